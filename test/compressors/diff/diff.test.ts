import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { diff } from "../../../src/compressors/diff/diff.ts"
import { type FilePatch, parsePatch } from "../../../src/compressors/diff/patch.ts"
import { noHint } from "../../../src/domain/content.ts"
import { textOf } from "../../../src/domain/spans.ts"
import { isLawful } from "../../../src/domain/tiling.ts"
import { estimateTokens } from "../../../src/domain/tokens.ts"
import { draft } from "../../../src/domain/view.ts"

const codecs = new Map(diff.codecs.map((codec) => [codec.name, codec.decode]))

const filesOf = (text: string): ReadonlyArray<FilePatch> =>
  (parsePatch(text) ?? []).filter((part): part is FilePatch => part._tag === "File")

const countsOf = (text: string): ReadonlyArray<string> =>
  filesOf(text).map(
    (file) => `${file.path} +${file.added} -${file.removed}${file.notes.map((note) => ` ${note}`).join("")}`
  )

const view = (text: string, budgetTokens: number, question = ""): string => {
  const segments = diff.tile({ kind: "diff", text, origin: "output" }, { visibleOnly: false, budgetTokens, question })
  if (segments === undefined) return text
  expect(isLawful({ input: text, segments })).toBe(true)
  for (const segment of segments)
    if (segment._tag === "Shown" && segment.codec !== "verbatim")
      expect(codecs.get(segment.codec)?.(segment.text)).toBe(textOf(text, segment.spans))
  return draft([{ input: text, segments }])
}

const repeat = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("")

const gitFile = (path: string, hunks: string): string =>
  `diff --git a/${path} b/${path}\nindex 1111111..2222222 100644\n--- a/${path}\n+++ b/${path}\n${hunks}`

const hunk = (at: number, name: string): string =>
  `@@ -${at},4 +${at},5 @@ function ${name}\n const before = ${at}\n-  return old${name}(${at})\n+  const value = ${name}(${at})\n+  return value\n }\n \n`

describe("parsePatch", () => {
  it("counts a hunk by its header, not by what its lines look like", () => {
    const text = gitFile("a.sql", "@@ -1,3 +1,3 @@\n--- drop\n+++ add\n-diff --git a/x b/x\n+@@ -1 +1 @@\n x\n")
    expect(countsOf(text)).toEqual(["a.sql +2 -2"])
  })

  it("reads plain unified diffs, missing newlines, CRLF and blank context lines", () => {
    const text =
      "--- a.txt\t2024-01-01\r\n+++ b.txt\t2024-01-02\r\n@@ -1,3 +1,3 @@\r\n x\r\n\r\n-y\r\n\\ No newline at end of file\r\n+z\r\n\\ No newline at end of file\r\nafter\r\n"
    expect(countsOf(text)).toEqual(["b.txt +1 -1"])
    expect(
      parsePatch(text)
        ?.map((part) => text.slice(part.start, part.end))
        .at(-1)
    ).toBe("after\r\n")
  })

  it("reads merges", () => {
    const text =
      "diff --cc a.c\nindex 1,2..3\n--- a/a.c\n+++ b/a.c\n@@@ -1,3 -1,2 +1,3 @@@\n  same\n- gone\n -gone too\n++new\n+ theirs\ntail\n"
    expect(countsOf(text)).toEqual(["a.c +2 -2"])
    expect(parsePatch(text)).toHaveLength(2)
  })

  it("notes renames, modes, new, deleted and binary files", () => {
    const text = [
      "diff --git a/old name b/new name\nsimilarity index 90%\nrename from old name\nrename to new name\n",
      "diff --git a/run b/run\nold mode 100644\nnew mode 100755\n",
      "diff --git a/n b/n\nnew file mode 100644\nindex 0000000..1\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n",
      "diff --git a/d b/d\ndeleted file mode 100644\nindex 1..0000000\n--- a/d\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
      "diff --git a/i.png b/i.png\nindex 1..2 100644\nBinary files a/i.png and b/i.png differ\n",
      "diff --git a/j.png b/j.png\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKcmZQz\n\nliteral 0\nHcmV?d00001\n\n"
    ].join("")
    expect(countsOf(text)).toEqual([
      "new name +0 -0 renamed",
      "run +0 -0 mode 100644 to 100755",
      "n +1 -0 new",
      "d +0 -1 deleted",
      "i.png +0 -0 binary",
      "j.png +0 -0 binary"
    ])
  })

  it("ends a hunk that was cut off, and goes on with the next file", () => {
    const text = `${gitFile("a", "@@ -1,9 +1,9 @@\n x\n-y\n")}${gitFile("b", "@@ -1 +1 @@\n-x\n+y\n")}`
    expect(countsOf(text)).toEqual(["a +0 -1", "b +1 -1"])
  })

  it("finds nothing in other text", () => {
    expect(parsePatch("--- a\n+++ b\nno hunk\n")).toBeUndefined()
    expect(parsePatch("")).toBeUndefined()
  })
})

describe("diff", () => {
  const large = repeat(12, (i) =>
    gitFile(`src/part${i}.ts`, [10, 90, 170].map((at) => hunk(at + i, `step${i}`)).join("")).trimEnd()
  )

  it("lists each file with its true counts", () => {
    const seen = view(large, 200)
    for (let i = 0; i < 12; i++) expect(seen).toMatch(new RegExp(`src/part${i}\\.ts \\| \\+6 -3\n`))
    expect(estimateTokens(seen)).toBeLessThan(0.2 * estimateTokens(large))
  })

  it("keeps a commit's message and shown hunks whole, and counts the hidden ones of a file in place", () => {
    const text = `commit 1234\n\n    fix things\n\n${large}`
    const seen = view(text, 700, "step7")
    expect(seen.startsWith("commit 1234\n\n    fix things\n\n")).toBe(true)
    expect(seen).toContain(hunk(17, "step7"))
    expect(view(text, 500)).toMatch(/\[… \d+-\d+: 2 hunks, \+4 -2 of \+6 -3\]/)
  })

  it("shows the beginning of a long hunk and counts the rest", () => {
    const text = gitFile("new.ts", `@@ -0,0 +1,300 @@\n${repeat(300, (i) => `+const value${i} = compute(${i})`)}`)
    const seen = view(text, 600)
    const shown = seen.split("\n").filter((line) => line.startsWith("+const")).length
    expect(shown).toBeGreaterThan(10)
    expect(seen).toContain(`: ${300 - shown} lines, +${300 - shown} -0]`)
  })

  it("puts long context within a shown hunk in a gap", () => {
    const context = repeat(60, (i) => ` line ${i}`)
    const text = `${gitFile("a.ts", `@@ -1,62 +1,62 @@\n-a\n+b\n${context}-c\n+d\n`)}${large}`
    const seen = view(text, 600, "a.ts")
    expect(seen).toContain("-a\n+b\n line 0\n line 1\n line 2\n[… ")
    expect(seen).toContain(": 54 lines, context]\n@@ -59,4 +59,4 @@\n line 57\n line 58\n line 59\n-c\n+d\n")
  })

  it("takes no change of a merge for context", () => {
    const same = repeat(20, (i) => `  same ${i}`)
    const theirs = repeat(20, (i) => ` +theirs ${i}`)
    const text = `diff --cc a.c\nindex 1,2..3\n--- a/a.c\n+++ b/a.c\n@@@ -1,40 -1,40 +1,61 @@@\n${same}${theirs}${same}++new\n${large}`
    const seen = view(text, 900, "a.c")
    expect(seen).toContain(theirs)
    expect(seen).toContain(": 17 lines, context]\n@@@ -18,26 -18,6 +18,26 @@@\n  same 17\n")
    expect(seen).toContain("@@@ -58,3 -38,3 +58,4 @@@\n  same 17\n  same 18\n  same 19\n++new\n")
  })

  it("shows of a long hunk what the question names, under its own ranges", () => {
    const text = gitFile("new.ts", `@@ -0,0 +1,300 @@\n${repeat(300, (i) => `+const value${i} = compute(${i})`)}`)
    const seen = view(text, 600, "where is value211 set?")
    expect(seen).toContain("@@ -0,0 +209,7 @@\n+const value208 = compute(208)\n")
    expect(seen).toContain("+const value211 = compute(211)\n")
    const shown = seen.split("\n").filter((line) => line.startsWith("+const")).length
    expect([...seen.matchAll(/: (\d+) lines, \+/g)].reduce((sum, [, count]) => sum + Number(count), shown)).toBe(300)
  })

  it("hides a remark only with its line", () => {
    const end = "\\ No newline at end of file\n"
    const text = gitFile("a", `@@ -1,2 +1,41 @@\n x\n-y\n${end}${repeat(40, (i) => `+const line${i} = "of it"`)}${end}`)
    for (let budget = 250; budget < 500; budget += 10)
      expect(view(text, budget)).not.toMatch(/\n(?:\[…[^\n]*|@@[^\n]*)\n\\/)
  })

  it("never shows lockfiles and binary data unless the question names the file", () => {
    const lock = gitFile("yarn.lock", `@@ -1,1 +1,40 @@\n x\n${repeat(39, (i) => `+  pkg${i} "1.0.${i}"`)}`)
    expect(view(lock + large, 900)).toMatch(/^yarn\.lock \| \+39 -0$/m)
    expect(view(lock + large, 900, "what changed in yarn.lock?")).toContain("+  pkg3")
  })

  it("lists renames by both names", () => {
    const text = repeat(
      30,
      (i) =>
        `diff --git a/old/f${i}.ts b/new/f${i}.ts\nsimilarity index 100%\nrename from old/f${i}.ts\nrename to new/f${i}.ts`
    )
    const seen = view(text, 100)
    expect(seen).toContain("old/f7.ts => new/f7.ts | +0 -0\n")
    expect(seen).toContain(": 30 files, headers only]")
  })

  it("leaves a diff within the budget, or where nothing may be hidden, as it is", () => {
    const content = { kind: "diff", text: large, origin: "output" } as const
    expect(diff.tile(content, { visibleOnly: true, budgetTokens: 10, question: "" })).toBeUndefined()
    expect(diff.tile(content, { visibleOnly: false, budgetTokens: 100_000, question: "" })).toBeUndefined()
    expect(
      diff.tile({ ...content, text: "no diff\n".repeat(50) }, { visibleOnly: false, budgetTokens: 10, question: "" })
    ).toBeUndefined()
  })

  it("is detected by structure alone, and by less of it where a command is known", () => {
    expect(diff.detect(large, noHint)).toBeGreaterThan(0.9)
    const mixed = `${"some words of a report\n".repeat(400)}${large}`
    expect(diff.detect(mixed, { commands: ["git show"], origin: "output" })).toBeGreaterThan(diff.detect(mixed, noHint))
    expect(diff.detect("- a\n- b\n+ c\n--- x\n", { commands: ["git diff"], origin: "output" })).toBe(0)
    expect(diff.detect("", noHint)).toBe(0)
  })
})

const corpus = fileURLToPath(new URL("../../../../shared/corpus/diffs", import.meta.url))

describe.skipIf(!existsSync(corpus))("diff on recorded diffs", () => {
  const recorded = existsSync(corpus)
    ? readdirSync(corpus).map((name) => readFileSync(`${corpus}/${name}`, "utf8"))
    : []

  it("names each file with its counts and saves 60 % of the large ones", () => {
    let before = 0
    let after = 0
    for (const text of recorded) {
      const seen = view(text, 1_800)
      for (const file of filesOf(text)) expect(seen).toContain(file.path)
      if (estimateTokens(text) > 4_000) {
        before += estimateTokens(text)
        after += estimateTokens(seen)
      }
    }
    expect(before).toBeGreaterThan(0)
    expect(after).toBeLessThan(0.4 * before)
  })
})

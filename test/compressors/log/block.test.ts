import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { logBlocks } from "../../../src/compressors/log/block.ts"
import { decodeLogBlocks, holdsLogBlocks } from "../../../src/compressors/log/block-form.ts"
import { log } from "../../../src/compressors/log/log.ts"

const listing = [
  "total 24",
  "-rw-r--r--  1 ada  staff   744 Apr 30 15:41 .gitignore",
  "-rw-r--r--  1 ada  staff  2683 Apr 30 15:41 build.toml",
  "-rw-r--r--  1 ada  staff    12 Apr 30 16:02 two words.md",
  "-rw-r--r--  1 ada  staff  1200 Apr 30 16:02 read.ts",
  "done",
  ""
].join("\n")

const tests = ["Read", "Write", "Scan/of the whole", "Close"]
  .map((name) => `=== RUN   Test${name}\n`)
  .concat(["Read", "Write", "Close"].map((name, i) => `--- PASS: Test${name} (0.0${i}s) in package pkg/io\n`))
  .join("")

const wordsOf = (text: string): ReadonlyArray<string> => text.split(/\s+/).filter((word) => word !== "")

describe("log blocks", () => {
  it("name what neighbouring lines share above what each has of its own", () => {
    expect(logBlocks(listing)).toBe(
      [
        "total 24",
        "[next 4 lines fill in] -rw-r--r--  1 ada  staff  … Apr 30 …",
        " 744 15:41 .gitignore",
        "2683 15:41 build.toml",
        "  12 16:02 two words.md",
        "1200 16:02 read.ts",
        "done",
        ""
      ].join("\n")
    )
  })

  it("name shared words at the end of lines that differ in length", () => {
    const text = ["one", "two of them", "three", "four and a half"]
      .map((name) => `error: ${name} is not assignable to parameter of type string\n`)
      .join("")
    expect(logBlocks(text)).toContain("[next 4 lines fill in] error: … parameter of type string\n")
  })

  it("give the lines back from the text alone", () => {
    for (const text of [listing, tests.repeat(3), listing.slice(0, -1), listing.replaceAll("\n", "\r\n")]) {
      const shown = logBlocks(text)
      expect(shown).toBeDefined()
      expect(decodeLogBlocks(shown as string)).toBe(text)
    }
  })

  it("bridge lines of another kind", () => {
    const row = (i: number): string => `ok  \texample.org/cli/package${i}\t(cached) with race detector on`
    const text = [
      row(1),
      row(2),
      row(3),
      "?   \texample.org/cli/json\t[no test files]",
      row(4),
      "! odd",
      row(5),
      ""
    ].join("\n")
    expect(logBlocks(text)).toBe(
      [
        "[next 7 lines fill in, ! marks whole ones] ok  \t…\t(cached) with race detector on",
        "example.org/cli/package1",
        "example.org/cli/package2",
        "example.org/cli/package3",
        "! ?   \texample.org/cli/json\t[no test files]",
        "example.org/cli/package4",
        "! ! odd",
        "example.org/cli/package5",
        ""
      ].join("\n")
    )
  })

  it("mark a row that reads like a marked one", () => {
    const row = (name: string): string => `${name} took a while in the very uncommon surroundings of lines`
    const rows = Array.from({ length: 12 }, (_, i) => row(`${i}`))
    const text = [...rows, "something else", row("! b"), row("!"), ...rows, "end"].join("\n")
    const shown = logBlocks(text) as string
    expect(shown).toContain(`\n! ${row("! b")}\n`)
    expect(decodeLogBlocks(shown)).toBe(text)
  })

  it("split no word", () => {
    const text = Array.from(
      { length: 30 },
      (_, i) =>
        `2024-05-01T10:00:${10 + i}.250Z web-1 api[77]: GET /users/${i}/posts?page=${i} took ${i * 3}ms in eu-west-1`
    ).join("\n")
    const words = new Set(wordsOf(logBlocks(text) as string))
    for (const word of wordsOf(text)) expect(words).toContain(word)
  })

  it("take a word like the sign of a hole for a value", () => {
    const text = Array.from({ length: 8 }, (_, i) => `fetched the package … from the registry number ${i}\n`).join("")
    expect(logBlocks(text)).toContain("fetched the package … from the registry number …\n… 0\n")
    expect(decodeLogBlocks(logBlocks(text) as string)).toBe(text)
  })

  it("leave a text that has such a heading, a file's text, and lines with nothing in common", () => {
    const want = { visibleOnly: true, budgetTokens: 0, question: "", wholeWords: true }
    const shown = log.tile({ kind: "log", text: listing, origin: "output" }, want)
    expect(shown?.[0]?._tag === "Shown" && shown[0].codec).toBe("log-blocks")
    expect(log.tile({ kind: "log", text: listing, origin: "file" }, want)).toBeUndefined()
    expect(holdsLogBlocks(listing)).toBe(false)
    expect(holdsLogBlocks(logBlocks(listing) as string)).toBe(true)
    expect(logBlocks(logBlocks(listing) as string)).toBeUndefined()
    expect(logBlocks("the quick brown fox\njumps over a lazy dog\nand then it sleeps\n")).toBeUndefined()
  })

  it("refuse a text that is none, or is cut short", () => {
    expect(decodeLogBlocks(listing)).toBeUndefined()
    expect(decodeLogBlocks("[next 3 lines fill in] a … b\n1\n2")).toBeUndefined()
    expect(decodeLogBlocks("[next 2 lines fill in] a … b … c\n1 2\n1\n")).toBeUndefined()
    expect(decodeLogBlocks("[next 1 lines fill in] a\n1\n")).toBeUndefined()
  })
})

const corpus = fileURLToPath(new URL("../../../../shared/corpus/logs", import.meta.url))
const filesIn = (path: string): ReadonlyArray<string> =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesIn(`${path}/${name}`)) : [path]

describe.runIf(existsSync(corpus))("log blocks of a corpus", () => {
  it("come back, with every word whole", () => {
    for (const file of filesIn(corpus)) {
      const text = readFileSync(file, "utf8").slice(0, 100_000)
      const shown = logBlocks(text)
      if (shown === undefined) continue
      expect(decodeLogBlocks(shown)).toBe(text)
      const words = new Set(wordsOf(shown))
      for (const word of wordsOf(text)) if (!words.has(word)) expect.fail(`${file}: ${word}`)
    }
  })
})

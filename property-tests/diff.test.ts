import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { diff } from "../src/compressors/diff/diff.ts"
import { type FilePatch, parsePatch } from "../src/compressors/diff/patch.ts"
import { textOf } from "../src/domain/spans.ts"
import { isLawful, type Segment } from "../src/domain/tiling.ts"
import { draft } from "../src/domain/view.ts"

const codecs = new Map(diff.codecs.map((codec) => [codec.name, codec.decode]))

/** Any UTF-16 units, lone surrogates too. */
const units = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) })
const content = fc.oneof(
  fc.constantFrom("", "- x", "-- x", "++ y", "diff --git a/x b/x", "@@ -1 +1 @@", "x | +1 -2", "a => b", "x\r", "\\ x"),
  fc.string().map((text) => text.replaceAll("\n", ""))
)
const line = fc.tuple(fc.constantFrom(" ", " ", "+", "-"), content).map(([mark, text]) => mark + text)

const hunk = fc.tuple(fc.array(line, { minLength: 1, maxLength: 30 }), fc.boolean()).map(([lines, hasEnd]) => {
  const old = lines.filter((text) => !text.startsWith("+")).length
  const fresh = lines.filter((text) => !text.startsWith("-")).length
  const end = hasEnd ? "" : "\\ No newline at end of file\n"
  return {
    text: `@@ -1,${old} +1,${fresh} @@ f\n${lines.join("\n")}\n${end}`,
    added: lines.filter((text) => text.startsWith("+")).length,
    removed: lines.filter((text) => text.startsWith("-")).length
  }
})

const path = fc.constantFrom("a.ts", "src/b c.ts", "yarn.lock", "x | +1 -2", "a => b", "t/é.md")
const file = fc
  .tuple(path, path, fc.array(hunk, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([from, to, hunks, isGit]) => ({
    text:
      (isGit ? `diff --git a/${from} b/${to}\nindex 1..2 100644\n` : "") +
      `--- a/${from}\n+++ b/${to}\n${hunks.map(({ text }) => text).join("")}`,
    path: to,
    added: hunks.reduce((sum, { added }) => sum + added, 0),
    removed: hunks.reduce((sum, { removed }) => sum + removed, 0)
  }))
const patch = fc.tuple(fc.constantFrom("", "commit 1\n\n    words\n\n"), fc.array(file, { minLength: 1, maxLength: 6 }))

const tile = (text: string, budgetTokens: number): ReadonlyArray<Segment> | undefined =>
  diff.tile({ kind: "diff", text, origin: "output" }, { visibleOnly: false, budgetTokens, question: "b" })

/** Changed lines that the segments show, and those that their gaps count. */
const changesIn = (segments: ReadonlyArray<Segment>): { shown: number; counted: number } => {
  let shown = 0
  let counted = 0
  for (const segment of segments)
    if (segment._tag === "Elide") {
      const counts = /^\+(\d+) -(\d+)/.exec(segment.gap.profile ?? "")
      if (counts !== null) counted += Number(counts[1]) + Number(counts[2])
    } else if (segment._tag === "Shown" && segment.codec !== "diff-stat") {
      const lines = segment.text.split("\n")
      // names of a shown file's header are no changes
      const header = lines.some((text, i) => text.startsWith("--- a/") && lines[i + 1]?.startsWith("+++ b/") === true)
      if (!header) shown += lines.filter((text) => /^[-+]/.test(text)).length
    }
  return { shown, counted }
}

/** Runs of lines that stay, go or come, of all lengths, every line another. */
const change = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(" ", " ", "-", "+"), fc.integer({ min: 1, max: 40 })), {
      minLength: 3,
      maxLength: 20
    }),
    fc.integer({ min: 0, max: 20 })
  )
  .map(([runs, context]) => {
    const lines = runs.flatMap(([mark, count], run) =>
      Array.from({ length: count }, (_, i) => `${mark}line ${run}.${i} of the file${i % 5 === 0 ? " b" : ""}`)
    )
    const isNear = (at: number): boolean =>
      lines.slice(Math.max(0, at - context), at + context + 1).some((line) => !line.startsWith(" "))
    const of = (marks: string, to = lines.length): ReadonlyArray<string> =>
      lines.slice(0, to).flatMap((line) => (marks.includes(line[0] as string) ? [line.slice(1)] : []))
    let text = "--- a/f.ts\n+++ b/f.ts\n"
    for (let at = 0; at < lines.length; at++) {
      if (!isNear(at)) continue
      const from = at
      while (at < lines.length && isNear(at)) at++
      const range = (marks: string): string => {
        const above = of(marks, from).length
        const count = of(marks, at).length - above
        return `${count === 0 ? above : above + 1},${count}`
      }
      text += `@@ -${range(" -")} +${range(" +")} @@\n${lines.slice(from, at).join("\n")}\n`
    }
    return { before: of(" -"), after: of(" +"), text }
  })

interface Side {
  /** From 0. */
  readonly start: number
  readonly lines: Array<string>
}

/** What a view's hunks and pieces say to stand where, as a reader of diffs takes it: up to the next gap, header or name. */
const standing = (view: string): ReadonlyArray<{ readonly olds: Side; readonly news: Side }> => {
  const found: Array<{ readonly olds: Side; readonly news: Side }> = []
  let isOpen = false
  for (const line of view.split("\n")) {
    const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/.exec(line)
    if (header !== null) {
      const side = (start: string | undefined, count: string | undefined): Side => ({
        start: count === "0" ? Number(start) : Number(start) - 1,
        lines: []
      })
      found.push({ olds: side(header[1], header[2]), news: side(header[3], header[4]) })
      isOpen = true
    } else if (!/^[-+ ]/.test(line)) isOpen = false
    else if (isOpen) {
      const last = found[found.length - 1]
      if (!line.startsWith("+")) last?.olds.lines.push(line.slice(1))
      if (!line.startsWith("-")) last?.news.lines.push(line.slice(1))
    }
  }
  return found
}

describe("diff", () => {
  it("reads files and counts as they were written", () => {
    fc.assert(
      fc.property(patch, ([before, files]) => {
        const parts = parsePatch(before + files.map(({ text }) => text).join("")) ?? []
        const read = parts.filter((part): part is FilePatch => part._tag === "File")
        expect(read.map(({ path: name, added, removed }) => ({ path: name, added, removed }))).toEqual(
          files.map(({ path: name, added, removed }) => ({ path: name, added, removed }))
        )
      })
    )
  })

  it("tiles lawfully, decodes what it shows, conserves the counts", () => {
    fc.assert(
      fc.property(patch, fc.integer({ min: 0, max: 400 }), ([before, files], budgetTokens) => {
        const text = before + files.map((one) => one.text).join("")
        const segments = tile(text, budgetTokens)
        if (segments === undefined) return
        expect(isLawful({ input: text, segments })).toBe(true)
        expect(tile(text, budgetTokens)).toEqual(segments)
        for (const segment of segments)
          if (segment._tag === "Shown" && segment.codec !== "verbatim")
            expect(codecs.get(segment.codec)?.(segment.text)).toBe(textOf(text, segment.spans))
        const { shown, counted } = changesIn(segments)
        expect(shown + counted).toBe(files.reduce((sum, { added, removed }) => sum + added + removed, 0))
      })
    )
  })

  it("shows each hunk and each piece of one where it says that it stands", () => {
    fc.assert(
      fc.property(change, fc.integer({ min: 0, max: 900 }), ({ before, after, text }, budgetTokens) => {
        const segments = tile(text, budgetTokens)
        if (segments === undefined) return
        for (const { olds, news } of standing(draft([{ input: text, segments }]))) {
          expect(before.slice(olds.start, olds.start + olds.lines.length)).toEqual(olds.lines)
          expect(after.slice(news.start, news.start + news.lines.length)).toEqual(news.lines)
        }
      })
    )
  })

  it("takes any text, and diffs cut anywhere", () => {
    const cut = fc.tuple(patch, fc.nat(2_000), fc.nat(2_000)).map(([[, files], from, length]) =>
      files
        .map((one) => one.text)
        .join("")
        .slice(from, from + length)
    )
    fc.assert(
      fc.property(fc.oneof(cut, units, fc.string({ unit: "binary" })), (text) => {
        const segments = tile(text, 5)
        expect(segments === undefined || isLawful({ input: text, segments })).toBe(true)
        const confidence = diff.detect(text, { commands: ["git diff"], origin: "output" })
        expect(confidence >= 0 && confidence <= 1).toBe(true)
      })
    )
  })
})

import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { decodeGroups, groupMatches } from "../src/compressors/search/groups.ts"
import { joinRows, rowsCodec } from "../src/compressors/search/rows.ts"
import { parseResult } from "../src/compressors/search/result.ts"
import { search } from "../src/compressors/search/search.ts"
import { textOf } from "../src/domain/spans.ts"
import { isLawful } from "../src/domain/tiling.ts"
import { draft } from "../src/domain/view.ts"

/** Any UTF-16 units, lone surrogates too. */
const units = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) })

const path = fc.constantFrom(
  "a.ts",
  "src/a.ts",
  "src/a-1-b.ts",
  "logs-2024-01/a.py",
  "Makefile",
  "C:\\x\\y.ts",
  "./b c/d.md",
  "HEAD:x/y.go",
  "12",
  "a"
)
const body = fc.oneof(
  fc.string(),
  fc.constantFrom("", "--", "12:x", "-1-", " x", "a.ts:1:y", "3 matches", "40,55", "\r", "//")
)
const separator = fc.constantFrom(":", "-")
const matchLine = fc
  .tuple(path, separator, fc.nat(200), body)
  .map(([file, mark, number, text]) => `${file}${mark}${number}${mark}${text.replaceAll("\n", "")}`)
const namedLine = fc
  .tuple(path, separator, body)
  .map(([file, mark, text]) => `${file}${mark}${text.replaceAll("\n", "")}`)
const otherLine = fc.oneof(
  body,
  fc.string({ unit: "binary" }),
  fc.constantFrom("--", "", "Binary file a.ts matches", "12:x", "13-y")
)

/** Texts of search-like and other lines, with paths that come in runs. */
const searchText = fc
  .array(fc.oneof({ weight: 5, arbitrary: matchLine }, { weight: 2, arbitrary: namedLine }, otherLine), {
    maxLength: 40
  })
  .chain((lines) => fc.boolean().map((last) => lines.flatMap((line) => [line, line]).join("\n") + (last ? "\n" : "")))

const read = (text: string): string =>
  groupMatches(text)
    .map((segment) => (segment.codec === "verbatim" ? segment.text : decodeGroups(segment.text)))
    .join("")

/** Rows of one file by rising number, whose texts recur. */
const recurring = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom("", "  res.send(id)", "return none of it", "12,20:x and y", "}")
    ),
    {
      minLength: 2,
      maxLength: 90
    }
  )
  .map((steps) => {
    let number = 0
    return steps.map(([step, text]) => `${(number += step)}:${text}`)
  })
const headings = fc
  .array(fc.tuple(fc.constantFrom("src/a.ts", "b.go", "3,4:5"), recurring), { minLength: 1, maxLength: 4 })
  .map((files) => files.map(([file, rows]) => `${file}\n${rows.join("\n")}\n`).join("\n"))

describe("rows of the same text", () => {
  it("read back below a heading that the tool has printed, each number and text in view", () => {
    fc.assert(
      fc.property(headings, (text) => {
        const joined = joinRows(text)
        if (joined === undefined) return
        expect(rowsCodec.decode(joined)).toBe(text)
        expect(joined.length).toBeLessThan(text.length)
        expect(new Set(joined.match(/\d+/g))).toEqual(new Set(text.match(/\d+/g)))
      })
    )
  })

  it("read back below a path that stood on each line", () => {
    fc.assert(
      fc.property(recurring, (rows) => {
        const text = rows.map((row) => `src/a.ts:${row}\n`).join("")
        expect(read(text)).toBe(text)
        const shown = groupMatches(text)
          .map((segment) => segment.text)
          .join("")
        expect(new Set(shown.match(/\d+/g))).toEqual(new Set(text.match(/\d+/g)))
      })
    )
  })

  it("read as nothing, or as lines, from any text", () => {
    fc.assert(
      fc.property(
        fc.oneof(units, headings, fc.string({ unit: fc.constantFrom("1", "2", ",", ":", "\n", "x") })),
        (text) => {
          rowsCodec.decode(text)
          decodeGroups(`a.ts\n${text}`)
        }
      )
    )
  })
})

describe("search groups", () => {
  it("decode to the text they were made of", () => {
    fc.assert(
      fc.property(searchText, (text) => {
        expect(read(text)).toBe(text)
      })
    )
  })

  it("tile the text lawfully, the same each time", () => {
    fc.assert(
      fc.property(searchText, (text) => {
        const segments = groupMatches(text)
        expect(isLawful({ input: text, segments })).toBe(true)
        expect(groupMatches(text)).toEqual(segments)
      })
    )
  })

  it("take any text", () => {
    fc.assert(
      fc.property(fc.oneof(units, fc.string({ unit: "binary" })), (text) => {
        expect(read(text)).toBe(text)
      })
    )
  })
})

const codecs = new Map(search.codecs.map((codec) => [codec.name, codec.decode]))

describe("search", () => {
  const tiled = fc.tuple(searchText, fc.integer({ min: 0, max: 120 }), fc.constantFrom("", "a.ts x"))

  it("tiles lawfully and decodes what it shows, whatever it hides", () => {
    fc.assert(
      fc.property(tiled, ([text, budgetTokens, question]) => {
        const content = { kind: "search", text, origin: "output" } as const
        const segments = search.tile(content, { visibleOnly: false, budgetTokens, question })
        if (segments === undefined) return
        expect(isLawful({ input: text, segments })).toBe(true)
        for (const segment of segments)
          if (segment._tag === "Shown" && segment.codec !== "verbatim")
            expect(codecs.get(segment.codec)?.(segment.text)).toBe(textOf(text, segment.spans))
        expect(search.tile(content, { visibleOnly: false, budgetTokens, question })).toEqual(segments)
      })
    )
  })

  it("shows or counts each match", () => {
    fc.assert(
      fc.property(tiled, ([text, budgetTokens, question]) => {
        const segments = search.tile(
          { kind: "search", text, origin: "output" },
          { visibleOnly: false, budgetTokens, question }
        )
        const matches = parseResult(text)?.lines.filter((line) => line.kind === "match") ?? []
        const gaps = (segments ?? []).flatMap((segment) => (segment._tag === "Elide" ? [segment] : []))
        const hides = (at: number): boolean =>
          gaps.some(({ spans }) =>
            spans.some((start, i) => i % 2 === 0 && start <= at && at < (spans[i + 1] as number))
          )
        const hidden = matches.filter((line) => line.end - line.body > 1 && hides(line.body)).length
        const counted = gaps.reduce((sum, { gap }) => sum + (gap.unit === "matches" ? gap.count : 0), 0)
        const empty = matches.filter((line) => line.end - line.body <= 1 && hides(line.body)).length
        expect(counted).toBe(hidden + empty)
      })
    )
  })

  it("ends each marker's line", () => {
    fc.assert(
      fc.property(tiled, ([text, budgetTokens, question]) => {
        const segments = search.tile(
          { kind: "search", text, origin: "output" },
          { visibleOnly: false, budgetTokens, question }
        )
        if (segments === undefined || text.includes("[…")) return
        for (const line of draft([{ input: text, segments }]).split("\n"))
          if (line.includes("[… ")) expect(line).toMatch(/^\[… [^\]]*\]$/)
      })
    )
  })

  it("detects any text without failing, between 0 and 1", () => {
    fc.assert(
      fc.property(fc.oneof(searchText, units), (text) => {
        const confidence = search.detect(text, { commands: ["rg"], origin: "output" })
        expect(confidence).toBeGreaterThanOrEqual(0)
        expect(confidence).toBeLessThanOrEqual(1)
      })
    )
  })
})

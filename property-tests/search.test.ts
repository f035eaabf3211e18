import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { isLawful } from "../src/domain/tiling.ts"
import { decodeGroups, groupMatches } from "../src/compressors/search/groups.ts"

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
  fc.fullUnicodeString(),
  fc.constantFrom("--", "", "Binary file a.ts matches", "12:x", "13-y")
)

/** Texts of search-like and other lines, with paths that come in runs. */
export const searchText = fc
  .array(fc.oneof({ weight: 5, arbitrary: matchLine }, { weight: 2, arbitrary: namedLine }, otherLine), {
    maxLength: 40
  })
  .chain((lines) => fc.boolean().map((last) => lines.flatMap((line) => [line, line]).join("\n") + (last ? "\n" : "")))

const read = (text: string): string =>
  groupMatches(text)
    .map((segment) => (segment.codec === "verbatim" ? segment.text : decodeGroups(segment.text)))
    .join("")

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
      fc.property(fc.oneof(fc.string16bits(), fc.fullUnicodeString()), (text) => {
        expect(read(text)).toBe(text)
      })
    )
  })
})

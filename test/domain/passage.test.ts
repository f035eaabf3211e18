import { describe, expect, it } from "vitest"
import { lineStarts } from "../../src/domain/lines.ts"
import { bestPassages, linesOf, parseRange, passageOf } from "../../src/domain/passage.ts"

const best = (text: string, query: string) =>
  bestPassages(text, query, passageOf(lineStarts(text), 0, text.length)).map((passage) => passage.lines)

describe("parseRange", () => {
  it("reads ranges as people write them", () => {
    expect(parseRange("12-80")).toEqual([12, 80])
    expect(parseRange(" 12 – 80 ")).toEqual([12, 80])
    expect(parseRange("12..80")).toEqual([12, 80])
    expect(parseRange("7")).toEqual([7, 7])
    expect(parseRange("7-")).toEqual([7, Number.MAX_SAFE_INTEGER])
  })

  it("refuses what is no range", () => {
    for (const text of ["", "-", "0-3", "0", "9-3", "a-b", "1-2-3", "-5", "1.5", "1e3", "99999999999"])
      expect(parseRange(text), text).toBeUndefined()
  })
})

describe("linesOf", () => {
  const text = "one\ntwo\r\nthree"

  it("gives lines with their breaks as they are", () => {
    expect(linesOf(text, [2, 2])).toEqual({ start: 4, end: 9, lines: [2, 2] })
    expect(linesOf(text, [1, 3])).toEqual({ start: 0, end: text.length, lines: [1, 3] })
  })

  it("cuts a range to the lines that there are, and has none beyond", () => {
    expect(linesOf(text, [3, 99])).toEqual({ start: 9, end: 14, lines: [3, 3] })
    expect(linesOf(text, [4, 5])).toBeUndefined()
    expect(linesOf("", [1, 1])).toBeUndefined()
    expect(linesOf("a\n", [2, 2])).toBeUndefined()
  })
})

describe("bestPassages", () => {
  const log = Array.from({ length: 100 }, (_, i) =>
    i === 60 ? "ERROR connection to db-7 refused" : i === 20 ? "WARN connection slow" : `INFO request ${i} served`
  ).join("\n")

  it("puts the line that holds the rarest and most words first, with two lines on each side", () => {
    expect(best(log, "why was the connection refused?")).toEqual([
      [59, 63],
      [19, 23]
    ])
  })

  it("finds words within longer names, in any case", () => {
    expect(best("a\n\n\n\n\nhandleConnectionError()\n\n\n\n\nb", "connectionerror")).toEqual([[4, 8]])
  })

  it("prefers whole words to parts of others", () => {
    const text = `${"\n".repeat(9)}recapture\n${"\n".repeat(9)}capture\n${"\n".repeat(9)}`
    expect(best(text, "capture")[0]).toEqual([18, 22])
  })

  it("joins neighbours into one passage and does not let passages overlap", () => {
    expect(best("x\n\nhit\n\nhit\n\nx", "hit")).toEqual([[1, 7]])
    for (let count = 1; count < 130; count++) {
      const all = best(Array.from({ length: count }, () => "hit").join("\n"), "hit")
      const lines = all.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i))
      expect(lines.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i + 1))
    }
  })

  it("finds words of a script that writes without spaces", () => {
    expect(best("一\n二\n三\n四\n服务器返回了一个错误\n五\n六", "返回错误")).toEqual([[3, 7]])
  })

  it("finds a part of one long line", () => {
    const text = `${"lorem ipsum ".repeat(20_000)}needle${" dolor sit".repeat(20_000)}`
    const [passage] = bestPassages(text, "needle", passageOf(lineStarts(text), 0, text.length))
    expect(text.slice(passage?.start, passage?.end)).toContain("needle")
    expect((passage?.end ?? 0) - (passage?.start ?? 0)).toBeLessThan(3000)
  })

  it("finds nothing where no word occurs or none is asked for", () => {
    expect(best(log, "zebra")).toEqual([])
    expect(best(log, "?!")).toEqual([])
    expect(best("", "word")).toEqual([])
  })
})

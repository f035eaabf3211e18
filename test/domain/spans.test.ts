import { describe, expect, it } from "vitest"
import { lengthOf, lifter, pushSpan, textOf } from "../../src/domain/spans.ts"

describe("spans", () => {
  it("join the text under them and count it", () => {
    expect(textOf("abcdefghij", [1, 3, 6, 9])).toBe("bcghi")
    expect(lengthOf([1, 3, 6, 9])).toBe(5)
  })

  it("grow where they touch and drop what is empty", () => {
    const spans: Array<number> = []
    pushSpan(spans, 2, 2)
    pushSpan(spans, 2, 4)
    pushSpan(spans, 4, 5)
    pushSpan(spans, 7, 8)
    expect(spans).toEqual([2, 5, 7, 8])
  })

  it("are lifted from a text to the input it was cut out of, across holes", () => {
    const outer = [2, 4, 10, 13, 20, 21]
    const input = "..ab......cde.......f"
    for (let from = 0; from < 6; from++)
      for (let to = from + 1; to <= 6; to++)
        expect(textOf(input, lifter(outer)([from, to]))).toBe("abcdef".slice(from, to))
    expect(lifter([5, 9])([1, 3])).toEqual([6, 8])
  })
})

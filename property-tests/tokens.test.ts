import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { estimateTokens, leastTokensIn } from "../src/domain/tokens.ts"

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        "a",
        "Foo",
        "BAR",
        "9",
        "12",
        " ",
        "\n",
        "\t",
        "{",
        "é",
        "中",
        "\ud800",
        "\u0000",
        "🚀",
        "-",
        "_"
      ),
      { maxLength: 80 }
    )
    .map((parts) => parts.join(""))
)

describe("laws of the estimate", () => {
  it("is a whole number between none and the units of the text, and none only of an empty one", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = estimateTokens(text)
        expect(Number.isInteger(tokens)).toBe(true)
        expect(tokens).toBeGreaterThanOrEqual(text === "" ? 0 : 1)
        expect(tokens).toBeLessThanOrEqual(2 * text.length + 1)
      })
    )
  })

  it("adds up over lines", () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const apart = estimateTokens(a) + estimateTokens(b)
        expect(Math.abs(estimateTokens(`${a}\n${b}`) - apart)).toBeLessThanOrEqual(3)
      })
    )
  })

  it("is no less than the least of its parts between blanks", () => {
    const parted = fc.array(anyText, { maxLength: 4 }).map((parts) => parts.join(" % "))
    fc.assert(
      fc.property(parted, (text) => {
        let least = 0
        for (const { index, 0: part } of text.matchAll(/[^ \n\r\t]+/g))
          least += leastTokensIn(text, index, index + part.length)
        expect(estimateTokens(text)).toBeGreaterThanOrEqual(least)
      }),
      { numRuns: 1_000 }
    )
  })

  it("never shrinks by more than a merge when text is added", () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(estimateTokens(a + b)).toBeGreaterThanOrEqual(estimateTokens(a) - 2)
      }),
      { numRuns: 300 }
    )
  })
})

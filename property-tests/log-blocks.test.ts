import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { logBlocks } from "../src/compressors/log/block.ts"
import { decodeLogBlocks } from "../src/compressors/log/block-form.ts"

const word = fc.constantFrom(
  "-rw-r--r--",
  "ada",
  "staff",
  "… ",
  "…",
  "!",
  "ok",
  "/p/q.ts",
  "7",
  "12:00:01",
  "]",
  "é",
  "\ud800",
  "[next",
  "\r"
)
const gap = fc.constantFrom(" ", "  ", "\t", " \t", "     ")
const mixed = fc
  .array(fc.tuple(gap, word), { maxLength: 24 })
  .map((parts) => parts.map(([blank, text], i) => (i === 0 ? text : blank + text)).join(""))
const alike = fc
  .tuple(
    fc.constantFrom("=== RUN   Test", "drwxr-xr-x  ", "! ", "\t"),
    gap,
    word,
    fc.constantFrom("", " of the same kind (0.00s)", " ")
  )
  .map((parts) => parts.join(""))
const lines = fc.array(fc.oneof(mixed, { arbitrary: alike, weight: 4 }), { maxLength: 60 })

describe("log blocks", () => {
  it("give back whatever they print, with every word whole", () => {
    fc.assert(
      fc.property(lines, fc.boolean(), (all, ends) => {
        const text = all.concat(all).join("\n") + (ends ? "\n" : "")
        const shown = logBlocks(text)
        if (shown === undefined) return
        expect(decodeLogBlocks(shown)).toBe(text)
        const words = new Set(shown.split(/[ \t\n]+/))
        for (const one of text.split(/[ \t\n]+/)) expect(one === "" || words.has(one)).toBe(true)
      })
    )
  })

  it("are found where lines share most of their words", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{3,9}$/), { minLength: 4, maxLength: 40 }), (names) => {
        const text = names.map((name) => `drwxr-xr-x  2 ada  staff  64 Nov 21 09:36 ${name}`).join("\n")
        expect(logBlocks(text)).toBe(
          `[next ${names.length} lines fill in] drwxr-xr-x  2 ada  staff  64 Nov 21 09:36 …\n${names.join("\n")}`
        )
      })
    )
  })

  it("are total on any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const shown = logBlocks(text)
        if (shown !== undefined) expect(decodeLogBlocks(shown)).toBe(text)
        decodeLogBlocks(text)
      })
    )
  })

  it("cost in proportion to the text", () => {
    const cost = (count: number): number => {
      const text = Array.from({ length: count }, (_, i) =>
        i % 3 === 0 ? `=== RUN   Test${i % 97}` : `${i % 7} --- PASS: Test${i} (0.0${i % 10}s) of ${i % 5} in pkg`
      ).join("\n")
      let best = Infinity
      for (let run = 0; run < 5; run++) {
        const start = performance.now()
        logBlocks(text)
        best = Math.min(best, performance.now() - start)
      }
      return best
    }
    cost(4000)
    expect(cost(24_000) / cost(12_000)).toBeLessThan(5)
  })
})

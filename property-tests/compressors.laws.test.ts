import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { mixedOf } from "../src/compressors/mixed.ts"
import { compressors, registry } from "../src/compressors/registry.ts"
import { decide } from "../src/compressors/decide.ts"
import { ShownIndex } from "../src/domain/shown.ts"
import { GIANTS, text, want } from "./arbitraries.ts"
import { compressorLaws, decisionLaws } from "./laws.ts"

const all = [...compressors, mixedOf(compressors)]
const hints = fc.record({
  commands: fc.subarray(["rg", "git diff", "npm test", "curl", "read"], { maxLength: 2 }),
  origin: fc.constantFrom("file" as const, "output" as const)
})

describe.each(all)("the laws of $kind", (compressor) => {
  it("hold on any text", () => {
    fc.assert(
      fc.property(text, want, (source, wanted) => {
        expect(compressorLaws(compressor, source, wanted, registry.codecs)).toBeUndefined()
      })
    )
  })
})

describe("the laws of a decision", () => {
  it("hold on any text after any other", () => {
    fc.assert(
      fc.property(text, text, hints, want, (before, source, hint, wanted) => {
        const shown = new ShownIndex()
        shown.add("before", before)
        const question = { text: source, hint, kind: undefined, want: wanted }
        const broken = decisionLaws(question, shown, registry, (name) => (name === "before" ? before : undefined))
        expect(broken).toBeUndefined()
      })
    )
  })

  it("hold on a text that was shown before, with some lines gone and some words changed", () => {
    const again = fc.tuple(text, fc.nat(30), fc.nat(6), fc.nat(99)).map(([source, from, gone, number]) => {
      const lines = source.split("\n")
      const changed = lines
        .toSpliced(from, gone)
        .map((line, i) => (i % 4 === 1 ? line.replace(/\d+/, String(number)) : line))
      return [source, changed.join("\n")] as const
    })
    fc.assert(
      fc.property(again, hints, want, ([before, source], hint, wanted) => {
        const shown = new ShownIndex()
        shown.add("before", before)
        const question = { text: source, hint, kind: undefined, want: wanted }
        const broken = decisionLaws(question, shown, registry, (name) => (name === "before" ? before : undefined))
        expect(broken).toBeUndefined()
      })
    )
  })

  it.each(GIANTS)("is total and linear on %s", (_, source) => {
    for (const origin of ["file", "output"] as const) {
      const cost = (part: string): number => {
        const shown = new ShownIndex()
        shown.add("before", part.slice(0, 9_000))
        const wanted = { visibleOnly: false, budgetTokens: 500, question: "" }
        const from = process.cpuUsage().user
        decide({ text: part, hint: { commands: [], origin }, kind: undefined, want: wanted }, shown, registry)
        return (process.cpuUsage().user - from) / 1_000
      }
      const quarter = cost(source.slice(0, source.length / 4))
      // Quadratic cost would be 16 times as much; the slack is for the garbage collector.
      expect(cost(source)).toBeLessThan(8 * quarter + 1_500)
    }
  })
})

import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { mixedOf, split } from "../src/compressors/mixed.ts"
import { compressors, registryOf } from "../src/compressors/registry.ts"
import { noHint } from "../src/domain/content.ts"
import { isLawful } from "../src/domain/tiling.ts"

const registry = registryOf()
const line = fc.oneof(
  fc.constantFrom(
    "",
    "=== a ===",
    "-----",
    "```json",
    "```",
    "~~~",
    "diff --git a/x b/x",
    "@@ -1,2 +1,2 @@",
    "+new",
    "-old",
    " same",
    "[",
    "{",
    "]",
    "}",
    '"',
    "2026-03-01 10:22:31,113 INFO worker started",
    "src/a.ts:12:const a = 1",
    "The quay is not open in winter.",
    "\ud800",
    "\u0000",
    "\r"
  ),
  fc.json(),
  fc.json().map((text) => JSON.stringify([JSON.parse(text), "x".repeat(170)])),
  fc.json().map((text) => JSON.stringify([JSON.parse(text), "x".repeat(170)], null, 2)),
  fc.string({ unit: "binary", maxLength: 40 })
)
const texts = fc.oneof(
  fc.array(line, { maxLength: 40 }).map((lines) => lines.join("\n")),
  fc.array(line, { maxLength: 40 }).map((lines) => lines.join("\r\n")),
  fc.string({ unit: "binary", maxLength: 400 })
)

/** Time on the processor, which other work on the machine does not lengthen. */
const processorMs = (): number => process.cpuUsage().user / 1_000

describe("the router", () => {
  it("gives any text one registered kind, the same each time", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const kind = registry.route(text, noHint)
        expect(registry.route(text, noHint)).toBe(kind)
        expect(kind === "text" || registry.compressorOf(kind) !== undefined).toBe(true)
      })
    )
  })

  it("costs no more than the length, whatever repeats", () => {
    const cost = (text: string): number => {
      const times = [1, 2, 3].map(() => {
        const from = processorMs()
        registry.route(text, noHint)
        return processorMs() - from
      })
      return Math.min(...times)
    }
    for (const unit of [
      "[",
      "{",
      '{"a":',
      "[1,\n",
      "```\n",
      "diff --git a b\n",
      "=====\n",
      "{\n",
      "[\n[1]\n",
      " ",
      "港",
      "a:1:",
      '{"a":1}\n',
      "| a ",
      "- ",
      "x/",
      "\u001b[",
      '"',
      "-"
    ]) {
      const text = unit.repeat(Math.ceil(50_000 / unit.length))
      cost(text)
      expect(cost(text.repeat(4)), JSON.stringify(unit)).toBeLessThan(8 * cost(text) + 150)
    }
  })
})

describe("parts of a text", () => {
  it("cover it exactly, in order, and JSON parts parse", () => {
    fc.assert(
      fc.property(texts, fc.func(fc.constantFrom("text", "log", "prose")), (text, kindOf) => {
        const parts = split(text, kindOf)
        expect(parts.map((part) => text.slice(part.start, part.end)).join("")).toBe(text)
        let end = 0
        for (const part of parts) {
          expect(part.start).toBe(end)
          expect(part.end).toBeGreaterThan(part.start)
          end = part.end
          if (part.kind === "json")
            expect(() =>
              text
                .slice(part.start, part.end)
                .split(/\n(?=[[{])/)
                .map((value) => value.trim())
            ).not.toThrow()
        }
        expect(end).toBe(text.length)
      })
    )
  })

  it("make a lawful tiling, whatever the parts' compressors make of them", () => {
    const mixed = mixedOf(compressors)
    fc.assert(
      fc.property(texts, fc.boolean(), fc.nat(400), (text, visibleOnly, budgetTokens) => {
        const content = { kind: "mixed", text, origin: "output" } as const
        const segments = mixed.tile(content, { visibleOnly, budgetTokens, question: "quay" })
        if (segments === undefined) return
        expect(isLawful({ input: text, segments })).toBe(true)
        if (visibleOnly) expect(segments.some((segment) => segment._tag === "Elide")).toBe(false)
      })
    )
  })
})

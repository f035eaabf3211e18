import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { decide } from "../src/compressors/decide.ts"
import { prose } from "../src/compressors/prose/prose.ts"
import { unitsOf } from "../src/compressors/prose/units.ts"
import { registry } from "../src/compressors/registry.ts"
import { noHint } from "../src/domain/content.ts"
import { ShownIndex } from "../src/domain/shown.ts"
import { textOf } from "../src/domain/spans.ts"
import { type Relevance, relevanceWithin, scoresAt } from "../src/domain/relevance.ts"
import { isLawful } from "../src/domain/tiling.ts"
import { estimateTokens } from "../src/domain/tokens.ts"
import { draft, renderDraft } from "../src/domain/view.ts"
import { decisionLaws } from "./laws.ts"

const piece = fc.constantFrom(
  "The quay is closed in winter. ",
  "However, boats may leave at noon. ",
  "Dr. Voss built it in 1871! ",
  "港は古い。",
  "هل هو قديم؟ ",
  "# Heading\n",
  "Title\n=====\n",
  "\n\n",
  "\n",
  "\r\n",
  "- item one\n",
  "1. item\n",
  "| a | b |\n",
  "```\ncode\n```\n",
  "```\n",
  "word ",
  " ",
  "...",
  "\u0000",
  "\ud800",
  "😀",
  "x".repeat(700),
  "A. "
)
const texts = fc.oneof(
  fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary", maxLength: 600 })
)
const wants = fc.record({
  visibleOnly: fc.constant(false),
  budgetTokens: fc.nat(300),
  question: fc.oneof(fc.constantFrom("", "When is the quay closed?", "1871 Voss", "港"), fc.string({ unit: "binary" }))
})
const origins = fc.constantFrom("file" as const, "output" as const)

/** Passages of a text of some length, in order and apart, with scores of any size. */
const relevances = (length: number): fc.Arbitrary<Relevance> =>
  fc
    .array(
      fc.record({
        gap: fc.nat(20),
        size: fc.integer({ min: 1, max: 60 }),
        score: fc.double({ noNaN: true, noDefaultInfinity: true })
      })
    )
    .map((list) => {
      let at = 0
      return list.flatMap(({ gap, size, score }) => {
        const from = at + gap
        at = from + size
        return at <= length ? [{ from, to: at, score }] : []
      })
    })

/** Time on the processor, which other work on the machine does not lengthen. */
const processorMs = (): number => process.cpuUsage().user / 1_000

describe("units", () => {
  it("tile any text, lead and head backwards, and end at line ends where asked to", () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, wholeLines) => {
        const units = unitsOf(text, wholeLines)
        expect(units.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text)
        units.forEach((unit, at) => {
          expect(unit.end).toBeGreaterThan(unit.start)
          expect(unit.lead).toBeLessThan(at)
          expect(unit.heading).toBeLessThan(at)
          if (wholeLines && at + 1 < units.length) expect(text[unit.end - 1]).toBe("\n")
        })
      })
    )
  })
})

describe("prose", () => {
  it("is tiled lawfully, the same each time, in the order of the text, whatever a model found near the question", () => {
    const judged = texts.chain((text) =>
      fc.tuple(fc.constant(text), fc.option(relevances(text.length), { nil: undefined }))
    )
    fc.assert(
      fc.property(judged, wants, origins, ([text, relevance], want, origin) => {
        const content = { kind: "prose", text, origin, ...(relevance === undefined ? {} : { relevance }) }
        const segments = prose.tile(content, want)
        expect(prose.tile(content, want)).toEqual(segments)
        if (segments === undefined) return
        expect(isLawful({ input: text, segments })).toBe(true)
        let end = 0
        for (const segment of segments) {
          expect(segment.spans.length).toBe(2)
          expect(segment.spans[0]).toBe(end)
          end = segment.spans[1] as number
          if (segment._tag === "Shown") expect(segment.text).toBe(textOf(text, segment.spans))
          if (segment._tag === "Elide") expect(segment.gap.count).toBeGreaterThan(0)
        }
        expect(end).toBe(text.length)
      })
    )
  })

  it("stays within the budget, short gaps shown aside", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[A-Z][a-z]{2,9}( [a-z]{2,9}){6,14}\. $/), { minLength: 20, maxLength: 80 }),
        fc.integer({ min: 120, max: 400 }),
        (sentences, budgetTokens) => {
          const text = sentences.join("")
          const segments = prose.tile(
            { kind: "prose", text, origin: "output" },
            { visibleOnly: false, budgetTokens, question: "" }
          )
          if (segments === undefined) return
          expect(estimateTokens(draft([{ input: text, segments }]))).toBeLessThanOrEqual(budgetTokens * 1.1 + 12)
        }
      )
    )
  })

  it("costs no more than the length", () => {
    const cost = (text: string): number => {
      const times = [1, 2].map(() => {
        const from = processorMs()
        prose.tile(
          { kind: "prose", text, origin: "output" },
          { visibleOnly: false, budgetTokens: 500, question: "quay winter 1871" }
        )
        return processorMs() - from
      })
      return Math.min(...times)
    }
    for (const unit of [
      "The quay is closed in winter. ",
      "港",
      "word ",
      " ",
      "\n",
      "- a\n",
      "```\n",
      "# a\n",
      "| a |\n",
      "a.",
      "...",
      "However, no. ",
      "x"
    ]) {
      const text = unit.repeat(Math.ceil(40_000 / unit.length))
      cost(text)
      expect(cost(text.repeat(4)), JSON.stringify(unit)).toBeLessThan(8 * cost(text) + 150)
    }
  })
})

describe("five megabytes", () => {
  it.each([
    [
      "prose, asked",
      "The quay is closed in winter, and nobody knows why. It was so in 1871. ",
      "When is the quay closed?"
    ],
    ["talk, asked", "Ann: Yes, the quay.\nBo: That is what I meant by it.\n", "When is the quay closed?"],
    ["one word", "quay", "quay"],
    ["no ends", "quay ", ""],
    ["no blanks, no ends", "港は古い", ""],
    ["right to left", "الميناء مغلق في الشتاء. ", ""],
    ["halves of signs", "\ud83d", ""]
  ])("of %s cost ten times what a tenth of them does", (_, unit, question) => {
    const cost = (length: number): number => {
      const text = unit.repeat(Math.ceil(length / unit.length))
      const from = processorMs()
      const want = { visibleOnly: false, budgetTokens: 2_000, question }
      const segments = prose.tile({ kind: "prose", text, origin: "output" }, want)
      const spent = processorMs() - from
      if (segments !== undefined) expect(isLawful({ input: text, segments })).toBe(true)
      return spent
    }
    cost(100_000)
    expect(cost(5_000_000)).toBeLessThan(20 * cost(500_000) + 500)
  })
})

describe("paragraphs that come back", () => {
  it("read back from their notes, in whatever order and company, in an earlier output or in the same", () => {
    const paragraph = fc.constantFrom(
      ...["quay", "gate", "港", "tower 1871", "الميناء"].map((word) => `The ${word} is told of here. `.repeat(14)),
      "1. An item that is long, and long again. ".repeat(9),
      "short",
      "",
      "   \t"
    )
    const outputs = fc.array(paragraph, { maxLength: 9 }).map((list) => list.join("\n"))
    fc.assert(
      fc.property(fc.array(outputs, { minLength: 1, maxLength: 4 }), fc.boolean(), (texts, visibleOnly) => {
        const shown = new ShownIndex()
        const named = new Map<string, string>()
        for (const text of texts) {
          const want = { visibleOnly, budgetTokens: 150, question: "quay" }
          const question = { text, hint: noHint, kind: undefined, want }
          expect(decisionLaws(question, shown, registry, (name) => named.get(name))).toBeUndefined()
          const decision = decide(question, shown, registry)
          const view = decision._tag === "Unchanged" ? text : renderDraft(decision.proof.layers).text
          named.set(shown.add("Search", view), view)
        }
      })
    )
  })
})

describe("relevance", () => {
  it("of a part is what the whole says of each place in it", () => {
    const parts = fc.array(fc.tuple(fc.nat(15), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(relevances(400), parts, (relevance, list) => {
        const spans: Array<number> = []
        let end = 0
        for (const [gap, size] of list) {
          spans.push(end + gap, end + gap + size)
          end += gap + size
        }
        const places = spans.flatMap((from, i) =>
          i % 2 === 0 ? Array.from({ length: (spans[i + 1] as number) - from }, (_, at) => from + at) : []
        )
        const within = relevanceWithin(relevance, spans)
        expect(scoresAt(within, [...places.keys()])).toEqual(scoresAt(relevance, places))
        within.forEach(({ from, to }, at) => {
          expect(from).toBeLessThan(to)
          expect(from).toBeGreaterThanOrEqual(within[at - 1]?.to ?? 0)
        })
      })
    )
  })
})

import { describe, expect, it } from "vitest"
import { decisionLaws } from "../../property-tests/laws.ts"
import { decide } from "../../src/compressors/decide.ts"
import { registry } from "../../src/compressors/registry.ts"
import { noHint } from "../../src/domain/content.ts"
import { ShownIndex } from "../../src/domain/shown.ts"
import { renderDraft } from "../../src/domain/view.ts"

const BODIES = [
  "const schema = window.session(ledger, 2590)",
  "",
  "export const column = session.index(digest)",
  "}",
  "const marker = render.buffer(index, 2812)"
]
/** Long enough that a note of three of them pays. */
const LONG = [
  "  const schema70 = window.session(ledger, 2590)",
  "  const column71 = session.index(digest, 2627)",
  "}",
  "",
  "export const session36 = (ledger: number): number => {",
  "  const ledger75 = segment.marker(cache, 2775)",
  "  const digest76 = render.buffer(index, 2812)"
]
const numbered = (from: number, bodies: ReadonlyArray<string>, separator = "→"): string =>
  bodies.map((body, at) => `${String(from + at).padStart(6)}${separator}${body}\n`).join("")
const plain = (bodies: ReadonlyArray<string>): string => bodies.map((body) => `${body}\n`).join("")
const folded = (from: number, bodies: ReadonlyArray<string>): string =>
  bodies.map((body, at) => (at === 0 || at === bodies.length - 1 ? `${from + at}→${body}\n` : `${body}\n`)).join("")

describe("an output that repeats its own lines", () => {
  it.each([
    ["numbered, then plain", numbered(33, BODIES) + plain(BODIES.slice(2))],
    ["numbered, then the last lines plain", numbered(33, LONG) + plain(LONG.slice(4))],
    ["numbered throughout", numbered(33, [...BODIES, ...BODIES, ...BODIES])],
    [
      "numbered throughout, three lines again at once",
      numbered(33, [...BODIES.slice(0, 3), ...BODIES.slice(0, 3), ...BODIES])
    ],
    ["numbered from 1, then plain", numbered(1, BODIES) + plain(BODIES)],
    ["folded, then folded again", folded(33, [...BODIES, ...BODIES]) + folded(43, [...BODIES, ...BODIES])],
    ["a list, its empty item far down", numbered(7, [...BODIES.slice(2), ...BODIES.slice(2), "", ...BODIES], ". ")],
    ["plain, then numbered", plain(BODIES) + numbered(33, BODIES)]
  ])("reads back from its view: %s", (_, text) => {
    for (const visibleOnly of [true, false]) {
      const want = { visibleOnly, budgetTokens: 40, question: "", wholeWords: true }
      const question = { text, hint: { commands: [], origin: "output" as const }, kind: undefined, want }
      expect(decisionLaws(question, new ShownIndex(), registry)).toBeUndefined()
    }
  })
})

describe("long lines", () => {
  const paragraphs = Array.from(
    { length: 5 },
    (_, i) =>
      `Paragraph ${i}: ${`the quay of town ${i} is closed in winter, by order of its guild; `.repeat(6)}and so on.`
  )
  const named = (view: string): ReadonlyArray<string> => view.split("\n").filter((line) => line.startsWith("[lines "))
  const view = (text: string, shown: ShownIndex): string => {
    const want = { visibleOnly: true, budgetTokens: 2_000, question: "" }
    const decision = decide({ text, hint: noHint, kind: undefined, want }, shown, registry)
    return decision._tag === "Unchanged" ? text : renderDraft(decision.proof.layers).text
  }

  it("are named one by one where they come back in another company, earlier and in the same output", () => {
    const shown = new ShownIndex()
    const first = [0, 1, 2].map((i) => paragraphs[i]).join("\n\n")
    expect(view(first, shown)).toBe(first)
    shown.add("Search", first)
    expect(named(view([2, 3, 0].map((i) => paragraphs[i]).join("\n\n"), shown))).toEqual([
      '[lines 5-5 as in Search above: "Paragraph 2:" … "Paragraph 2:"]',
      '[lines 1-1 as there: "Paragraph 0:" … "Paragraph 0:"]'
    ])
    const twice = [3, 4, 3].map((i) => paragraphs[i]).join("\n\n")
    expect(named(view(twice, new ShownIndex()))).toEqual([
      '[lines 1-1 as in this output above: "Paragraph 3:" … "Paragraph 3:"]'
    ])
  })

  it("that differ in one word are others", () => {
    const shown = new ShownIndex()
    shown.add("Search", paragraphs.slice(0, 2).join("\n\n"))
    const changed = (paragraphs[1] as string).replace("winter", "summer")
    expect(named(view(`${paragraphs[3]}\n\n${changed}\n`, shown))).toEqual([])
  })
})

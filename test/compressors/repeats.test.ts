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

describe("parts of long lines", () => {
  const sentences = Array.from(
    { length: 12 },
    (_, i) => `The quay of town ${i} is closed in "winter", by order of its guild, and ships lie ${i + 3} miles off.`
  )
  const passage = (from: number, to: number): string => sentences.slice(from, to).join(" ")
  const decided = (text: string, shown: ShownIndex, origin: "output" | "file" = "output"): string => {
    const want = { visibleOnly: true, budgetTokens: 2_000, question: "" }
    const decision = decide({ text, hint: { ...noHint, origin }, kind: "prose", want }, shown, registry)
    return decision._tag === "Unchanged" ? text : renderDraft(decision.proof.layers).text
  }

  it("are named where a passage is cut elsewhere, of earlier outputs and of the same", () => {
    const shown = new ShownIndex()
    shown.add("Search", passage(0, 5))
    const part = passage(2, 5)
    const again = `Behold: ${part} So it was.`
    expect(decided(again, shown)).toBe(
      `Behold: [part of line 1 in Search above: "The quay of town 2" … "ships lie 7 miles off."] So it was.`.replace(
        "ships lie 7",
        "lie 7"
      )
    )
    const own = `${passage(6, 10)}\n\n${passage(8, 11)}\n`
    expect(decided(own, new ShownIndex())).toBe(
      `${passage(6, 10)}\n\n[part of line 1 in this output above: "The quay of town 8" … "lie 12 miles off."] ${passage(10, 11)}\n`
    )
  })

  it("are whole words, in one note after another, and no part of a part", () => {
    const shown = new ShownIndex()
    shown.add("Search", passage(0, 4))
    shown.add("Fetch", passage(6, 9))
    const text = `un${passage(1, 4)} ${passage(7, 9)}ly and more\n\n${passage(1, 4)}\n`
    const view = decided(text, shown)
    expect(view).toBe(
      'unThe [part of line 1 in Search above: "quay of town 1 is" … "lie 6 miles off."] ' +
        '[part of line 1 in Fetch above: "The quay of town 7" … "ships lie 11 miles"] off.ly and more\n\n' +
        '[part of line 1 in Search above: "The quay of town 1" … "lie 6 miles off."]\n'
    )
    const question = {
      text,
      hint: noHint,
      kind: "prose" as const,
      want: { visibleOnly: true, budgetTokens: 0, question: "" }
    }
    expect(
      decisionLaws(question, shown, registry, (name) => (name === "Search" ? passage(0, 4) : passage(6, 9)))
    ).toBeUndefined()
  })

  it("stay where a few words do not tell their ends, in files, and in texts that hold such a note", () => {
    const shown = new ShownIndex()
    const dull = "and so it went on and on, by the order of the guild, ".repeat(12)
    shown.add("Search", `${passage(0, 5)}\n\nFirst, ${dull}at last.`)
    expect(decided(`Second, ${dull}though`, shown)).toBe(`Second, ${dull}though`)
    expect(decided(`See: ${passage(1, 5)}`, shown, "file")).toBe(`See: ${passage(1, 5)}`)
    const noted = `As [part of line 1 in Search above: "a" … "b"] says: ${passage(1, 5)}`
    expect(decided(noted, shown)).toBe(noted)
  })
})

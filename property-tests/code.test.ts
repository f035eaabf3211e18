import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { code } from "../src/compressors/code/code.ts"
import { languageOfLines } from "../src/compressors/code/language.ts"
import { registry } from "../src/compressors/registry.ts"
import { outlineOfLines } from "../src/compressors/code/scan.ts"
import { sourceOf } from "../src/compressors/code/source.ts"
import type { DeclarationKind, Outline } from "../src/domain/outline.ts"
import { ShownIndex } from "../src/domain/shown.ts"
import { textOf } from "../src/domain/spans.ts"
import { isLawful, type Segment } from "../src/domain/tiling.ts"
import { draft } from "../src/domain/view.ts"
import { SOURCES } from "../test/fixtures/sources.ts"
import { GIANTS, want } from "./arbitraries.ts"
import { decisionLaws } from "./laws.ts"

const codecs = new Map(code.codecs.map((codec) => [codec.name, codec.decode]))

const line = fc.oneof(
  fc.constantFrom(...SOURCES.flatMap(({ text }) => text.split("\n"))),
  fc.constantFrom(
    "",
    "}",
    "  }",
    "end",
    "\t",
    "\r",
    "12\tx",
    "20\t",
    "1\ta",
    "    13→b",
    "/*",
    " */",
    '"""',
    "@a(",
    ")",
    "// TODO"
  ),
  fc.string({ unit: "binary", maxLength: 20 }).map((text) => text.replace(/\n/g, " "))
)
const source = fc
  .tuple(fc.array(line, { maxLength: 60 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
  .map(([lines, ending, isClosed]) => lines.join(ending) + (isClosed ? ending : ""))

const numbered = fc
  .tuple(source, fc.integer({ min: 1, max: 5_000 }), fc.constantFrom("\t", "→", ": ", "  ", "|"), fc.boolean())
  .map(([text, first, separator, isPadded]) =>
    text
      .split("\n")
      .map((each, at) => `${String(first + at).padStart(isPadded ? 6 : 0)}${separator}${each}`)
      .join("\n")
  )

const span = fc.tuple(fc.integer({ min: -3, max: 70 }), fc.integer({ min: -3, max: 70 }))
/** Any list of declarations, whatever the text. */
const outline: fc.Arbitrary<Outline> = fc.array(
  fc.record({
    kind: fc.constantFrom<DeclarationKind>("import", "type", "container", "function", "value"),
    name: fc.constantFrom("", "moor", "Boat", "LIMIT"),
    depth: fc.nat(3),
    head: span,
    body: fc.option(span, { nil: undefined })
  }),
  { maxLength: 12 }
)

/** What of the input the segments show, by offset, after every codec has been decoded. */
const shownOf = (text: string, segments: ReadonlyArray<Segment>): ReadonlyMap<number, string> => {
  const shown = new Map<number, string>()
  for (const segment of segments) {
    if (segment._tag !== "Shown") continue
    const decoded = segment.codec === "verbatim" ? segment.text : codecs.get(segment.codec)?.(segment.text)
    expect(decoded).toBe(textOf(text, segment.spans))
    for (let i = 0; i < segment.spans.length; i += 2)
      shown.set(segment.spans[i] as number, text.slice(segment.spans[i], segment.spans[i + 1]))
  }
  return shown
}

describe("source", () => {
  it("is tiled lawfully, whatever outline comes with it", () => {
    fc.assert(
      fc.property(fc.oneof(source, numbered), outline, want, (text, declared, wanted) => {
        const content = { kind: "code", text, origin: "file", outline: declared } as const
        const segments = code.tile(content, wanted)
        expect(code.tile(content, wanted)).toEqual(segments)
        if (segments === undefined) return
        expect(wanted.visibleOnly).toBe(false)
        expect(isLawful({ input: text, segments })).toBe(true)
        shownOf(text, segments)
      })
    )
  })

  it("is decided lawfully, with an outline or without, after source that was shown before", () => {
    const declared = fc.oneof(outline, fc.constant(undefined), fc.constant("own" as const))
    fc.assert(
      fc.property(source, fc.oneof(source, numbered), declared, want, (before, text, given, wanted) => {
        const shown = new ShownIndex()
        shown.add("before", before)
        const known = given === "own" ? outlineOfLines(sourceOf(text).lines) : given
        const question = {
          text,
          hint: { commands: [], origin: "file" as const },
          kind: "code",
          want: wanted,
          ...(known === undefined ? {} : { outline: known })
        }
        expect(
          decisionLaws(question, shown, registry, (name) => (name === "before" ? before : undefined))
        ).toBeUndefined()
      })
    )
  })

  it("shows every head that its own lines declare, with the number that it has", () => {
    fc.assert(
      fc.property(source, fc.integer({ min: 1, max: 900 }), (text, firstLine) => {
        const { lines } = sourceOf(text)
        const declared = outlineOfLines(lines)
        const content = { kind: "code", text, origin: "file", outline: declared, firstLine } as const
        const segments = code.tile(content, { visibleOnly: false, budgetTokens: 0, question: "" })
        if (segments === undefined) return
        const shown = [...shownOf(text, segments).values()].join("")
        for (const { kind, head } of declared) if (kind !== "type") expect(shown).toContain(lines[head[0]])
        // Each printed number is that of its line.
        const all = text.split("\n")
        for (const segment of segments)
          if (segment._tag === "Shown" && segment.codec === "outline")
            for (const printed of segment.text.split("\n")) {
              const match = /^(\d+)\t(.*)$/.exec(printed)
              const number = Number(match?.[1] ?? -1) - firstLine
              // A line of the source may look like a numbered one.
              if (match !== null && !all.includes(printed)) expect(printed).toBe(`${match[1]}\t${all[number]}`)
            }
      })
    )
  })

  it("gives an outline of true lines for any text", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 80 }), (lines) => {
        let before = 0
        for (const { head, body } of outlineOfLines(lines)) {
          expect(head[0]).toBeGreaterThanOrEqual(before)
          expect(head[1]).toBeGreaterThan(head[0])
          expect((body ?? head)[1]).toBeLessThanOrEqual(lines.length)
          if (body !== undefined) expect([body[0], body[1] > body[0]]).toEqual([head[1], true])
          before = head[0]
        }
        languageOfLines(lines)
      })
    )
  })

  it.each([
    ...GIANTS.filter(([name]) => /newlines|numbered|equal|brackets|spaces|line of/.test(name)),
    ["1 MB of imports that never close", "import (\n".repeat(110_000)],
    ["1 MB of decorators that never close", "@a(\n)\n".repeat(170_000)],
    ["1 MB of comments", "/* a\n".repeat(200_000)],
    ["1 MB of functions", "function a(b) {\n  c()\n}\n".repeat(40_000)],
    ["1 MB of words before a parenthesis", "a b c d e f g h ( ( ( (\n".repeat(42_000)],
    ["functions nested 1,000 deep", Array.from({ length: 1_000 }, (_, i) => `${" ".repeat(i)}def a():`).join("\n")]
  ] as const)("is outlined in linear time: %s", (_, text) => {
    const cost = (part: string): number => {
      const from = process.cpuUsage().user
      const content = {
        kind: "code",
        text: part,
        origin: "file",
        outline: outlineOfLines(sourceOf(part).lines)
      } as const
      const segments = code.tile(content, { visibleOnly: false, budgetTokens: 500, question: "why is a() slow" })
      if (segments !== undefined) draft([{ input: part, segments }])
      return (process.cpuUsage().user - from) / 1_000
    }
    const quarter = cost(text.slice(0, text.length / 4))
    // Quadratic cost would be 16 times as much; the slack is for the garbage collector.
    expect(cost(text)).toBeLessThan(8 * quarter + 1_000)
  })
})

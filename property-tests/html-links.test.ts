/** Pages full of links, and of what looks like them: the short form reads back, and notes find lines in it. */
import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { decide } from "../src/compressors/decide.ts"
import { html } from "../src/compressors/html/html.ts"
import { shortLinks } from "../src/compressors/html/links.ts"
import { NOTICE } from "../src/compressors/html/mark.ts"
import { registry } from "../src/compressors/registry.ts"
import { noHint } from "../src/domain/content.ts"
import { spelledOut } from "../src/domain/link-form.ts"
import { ShownIndex } from "../src/domain/shown.ts"
import { draft } from "../src/domain/view.ts"
import { compressorLaws, decisionLaws } from "./laws.ts"

const WORDS = ["Tides", "ice", "the [north] quay", "1", "12", "", "x(y)", "…", "… 3", "lines 1-2", "String", "é"]
const label = fc.constantFrom(...WORDS)
const address = fc
  .tuple(
    fc.constantFrom(
      "",
      "./",
      "../",
      "/",
      "#",
      "https://ports.example.org/tables/",
      "/wiki/",
      "javascript:go(",
      "<",
      "]("
    ),
    fc.constantFrom("", "brest", "a_(b)", "a(b", "a b", "x]", "tides/spring?at=full&of=moon#high"),
    fc.constantFrom("", ")", ">", "/")
  )
  .map((parts) => parts.join(""))
const literal = fc.constantFrom(
  "[Tides]",
  "[ice][1]",
  "[1]: /wiki/brest",
  "](",
  "(x)",
  "[",
  "]",
  "\n",
  " ",
  "./",
  "; links: ",
  ", "
)
const NOTE = '[lines 1-3 as in Fetch above: "[Tides](/wiki/brest)" … "ice"]'

describe("a printed page in its short form", () => {
  const link = fc.tuple(label, address).map(([text, to]) => `[${text}](${to})`)
  const piece = fc.oneof({ weight: 4, arbitrary: link }, literal, fc.constant(`\n${NOTE}\n`))
  const page = fc
    .tuple(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), fc.constantFrom("", "got:\n"))
    .map(([pieces, times, head]) => `${head}${NOTICE}\n${pieces.join("").repeat(times)}`)

  it("reads back, whatever looks like a link in it", () => {
    let short = 0
    fc.assert(
      fc.property(page, fc.boolean(), (printed, wholeWords) => {
        const text = shortLinks(printed, wholeWords)
        if (text === undefined) return
        short++
        expect(spelledOut(text)).toBe(printed)
        expect(
          text
            .split("\n")
            .slice(0, printed.split("\n").length)
            .map((line) => line === NOTE)
        ).toEqual(printed.split("\n").map((line) => line === NOTE))
      })
    )
    expect(short).toBeGreaterThan(0)
  })
})

describe("a page of links", () => {
  const anchor = fc
    .tuple(label, address, fc.constantFrom('"', "'", ""))
    .map(([text, to, quote]) => `<a class=x href=${quote}${to}${quote}>${text}</a>`)
  const nested = fc.constantFrom(
    '<a href="/wiki/brest"><img src="b.png"></a>',
    '<a href="/wiki/brest">Brest <a href="/wiki/hull">Hull</a></a>',
    '<a href="/wiki/brest"><h2>Brest</h2></a>',
    "<nav><a href=/wiki/brest>Brest</a></nav>",
    "<p>The tide of the quay is told here in running text, with words enough for a paragraph of its own.</p>"
  )
  const block = fc
    .array(fc.oneof({ weight: 5, arbitrary: anchor }, nested, literal), { maxLength: 12 })
    .chain((parts) =>
      fc.constantFrom("p", "li", "td", "nav", "pre").map((tag) => `<${tag}>${parts.join(" ")}</${tag}>\n`)
    )
  const page = fc
    .tuple(fc.array(block, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 4 }))
    .map(([blocks, times]) => `<!doctype html><title>Tides</title>\n${blocks.join("").repeat(times)}`)
  const want = fc.record({
    visibleOnly: fc.boolean(),
    budgetTokens: fc.integer({ min: 0, max: 200 }),
    question: fc.constantFrom("", "tides of Brest")
  })

  it("keeps the laws of a compressor", () => {
    fc.assert(
      fc.property(page, want, fc.boolean(), (text, wanted, wholeWords) => {
        expect(compressorLaws(html, text, { ...wanted, wholeWords }, registry.codecs)).toBeUndefined()
      })
    )
  })

  it("keeps those of a decision, and is named where it is fetched again", () => {
    fc.assert(
      fc.property(page, want, (text, wanted) => {
        const shown = new ShownIndex()
        const question = { text, hint: noHint, kind: "html", want: wanted } as const
        const before = decide(question, shown, registry)
        const printed = before._tag === "Unchanged" ? text : draft(before.proof.layers)
        shown.add("Fetch", printed)
        const broken = decisionLaws(question, shown, registry, (name) => (name === "Fetch" ? printed : undefined))
        expect(broken).toBeUndefined()
      })
    )
  })
})

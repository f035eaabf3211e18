/**
 * Prints what is left of paragraphs that come back, as a search over documents gives them: six outputs of five paragraphs each, drawn from
 * ten of one title, so that two in three were given before, in another order and company.
 *
 * Run: npx tsx bench/paragraphs.ts
 *
 * Tokens are estimates. Whole: as they were. Overlapping: each cut elsewhere by some words every time, as chunks that overlap are. Wrapped: in
 * lines of 60 to 80 characters.
 */
import { existsSync, readFileSync } from "node:fs"
import { decide } from "../src/compressors/decide.ts"
import { registry } from "../src/compressors/registry.ts"
import { noHint } from "../src/domain/content.ts"
import { sequence } from "../src/domain/naive-cuts.ts"
import { ShownIndex } from "../src/domain/shown.ts"
import { estimateTokens } from "../src/domain/tokens.ts"
import { renderDraft } from "../src/domain/view.ts"

const FILE = new URL("../../shared/corpus/qa/squad_v2.contexts.json", import.meta.url)
const TITLES = 12
const POOL = 10
const OUTPUTS = 6
const EACH = 5
/** Words that a cut moves by. */
const STEP = 8

interface Squad {
  readonly data: ReadonlyArray<{ readonly paragraphs: ReadonlyArray<{ readonly context: string }> }>
}

const FORMS: Readonly<Record<string, (paragraph: string, turn: number) => string>> = {
  whole: (paragraph) => paragraph,
  overlapping: (paragraph, turn) => {
    const words = paragraph.split(" ")
    return words.slice((turn % 3) * STEP, words.length - ((turn + 1) % 3) * STEP).join(" ")
  },
  wrapped: (paragraph) => paragraph.replace(/(.{60,80}) /g, "$1\n")
}

/** The outputs of one title, as lists of paragraphs. */
const outputsOf = (pool: ReadonlyArray<string>, seed: number): ReadonlyArray<ReadonlyArray<string>> => {
  const next = sequence(seed)
  return Array.from({ length: OUTPUTS }, () => {
    const left = [...pool]
    return Array.from({ length: EACH }, () => left.splice(Math.floor(next() * left.length), 1)[0] ?? "")
  })
}

const measure = (titles: ReadonlyArray<ReadonlyArray<string>>, form: string, visibleOnly: boolean): void => {
  const sums = { given: 0, shown: 0, all: 0, again: 0 }
  for (const [at, pool] of titles.entries()) {
    const shown = new ShownIndex()
    const seen = new Set<string>()
    for (const [turn, paragraphs] of outputsOf(pool, at + 1).entries()) {
      for (const paragraph of paragraphs) {
        const tokens = estimateTokens(paragraph)
        sums.all += tokens
        if (seen.has(paragraph)) sums.again += tokens
        seen.add(paragraph)
      }
      const text = `${paragraphs.map((paragraph, place) => FORMS[form]?.(paragraph, turn + place)).join("\n\n")}\n`
      const given = estimateTokens(text)
      const budgetTokens = Math.floor(given * 0.4)
      const want = { visibleOnly, budgetTokens, question: "" }
      const decision = decide({ text, hint: noHint, kind: undefined, want }, shown, registry)
      const view = decision._tag === "Unchanged" ? text : renderDraft(decision.proof.layers).text
      sums.given += given
      sums.shown += estimateTokens(view)
      shown.add("Search", view)
    }
  }
  console.log(
    `${form.padEnd(12)} ${(visibleOnly ? "nothing hidden" : "40 % asked for").padEnd(15)} ${sums.given} → ${sums.shown} tokens, ${(sums.shown / sums.given).toFixed(3)}; given before: ${(sums.again / sums.all).toFixed(2)}`
  )
}

if (existsSync(FILE)) {
  const { data } = JSON.parse(readFileSync(FILE, "utf8")) as Squad
  const titles = data.slice(0, TITLES).map(({ paragraphs }) => paragraphs.slice(0, POOL).map(({ context }) => context))
  for (const form of Object.keys(FORMS)) for (const visibleOnly of [true, false]) measure(titles, form, visibleOnly)
} else console.log("no corpus")

/**
 * Prints what pages cost as text, and how many of the words of their main text stay visible, beside plain tag stripping and the page cut to
 * head and tail at the same size.
 *
 *     npx tsx bench/html.ts [FOLDER]
 *
 * FOLDER holds a folder for each page with `source.html` and `expected.html`, the main text as Mozilla's Readability test pages have it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { decide } from "../src/compressors/decide.ts"
import { registry } from "../src/compressors/registry.ts"
import { noHint } from "../src/domain/content.ts"
import { ShownIndex } from "../src/domain/shown.ts"
import { draft } from "../src/domain/view.ts"
import { countTokens, headAndTail, percent, plainTags, wordRecall } from "./measure.ts"

const folder = process.argv[2] ?? fileURLToPath(new URL("../../shared/corpus/web/readability", import.meta.url))
if (!existsSync(folder)) throw new Error(`no folder ${folder}`)

/** Tokens that a page should not exceed; its main text may. */
const BUDGET = 1_000

const rows: Array<Record<string, string | number>> = []
const sums = { given: 0, visible: 0, stored: 0, stripped: 0, seen: 0, cut: 0, tags: 0 }
let milliseconds = 0
let characters = 0
for (const name of readdirSync(folder).sort()) {
  const source = readFileSync(`${folder}/${name}/source.html`, "utf8")
  const expected = plainTags(readFileSync(`${folder}/${name}/expected.html`, "utf8"))
  const asked = { text: source, hint: noHint, kind: "html" } as const
  const want = { visibleOnly: true, budgetTokens: BUDGET, question: "" }
  const print = (visibleOnly: boolean): string => {
    const decision = decide({ ...asked, want: { ...want, visibleOnly } }, new ShownIndex(), registry)
    return decision._tag === "Unchanged" ? source : draft(decision.proof.layers)
  }
  const started = performance.now()
  const stored = print(false)
  milliseconds += performance.now() - started
  characters += source.length
  const visible = print(true)
  const given = countTokens(source)
  const tokens = countTokens(stored)
  const stripped = plainTags(source)
  const recall = wordRecall(expected, stored)
  const cut = wordRecall(expected, headAndTail(source, tokens / given))
  sums.given += given
  sums.visible += countTokens(visible)
  sums.stored += tokens
  sums.stripped += countTokens(stripped)
  sums.seen += recall
  sums.cut += cut
  sums.tags += wordRecall(expected, stripped)
  rows.push({
    page: name,
    tokens: given,
    visible: percent(countTokens(visible), given),
    stored: percent(tokens, given),
    words: recall.toFixed(3),
    "tags stripped": percent(countTokens(stripped), given),
    "head and tail, words": cut.toFixed(3)
  })
}
console.table(rows)
const mean = (sum: number): string => (sum / rows.length).toFixed(3)
console.log(
  `${rows.length} pages, ${sums.given} tokens: everything visible saves ${percent(sums.visible, sums.given)}, originals stored ${percent(sums.stored, sums.given)} with ${mean(sums.seen)} of the words; plain tag stripping ${percent(sums.stripped, sums.given)} with ${mean(sums.tags)}; head and tail at the same size ${mean(sums.cut)}; ${(characters / 1e3 / milliseconds).toFixed(1)} MB/s`
)

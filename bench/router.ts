/**
 * Route accuracy over the corpus, without a hint, as confusion tables: of whole files, of fragments, and of two texts in a row.
 *
 *     npx tsx bench/router.ts [--misses]
 */
import { existsSync } from "node:fs"
import { split } from "../src/compressors/mixed.ts"
import { registry } from "../src/compressors/registry.ts"
import { KINDS, noHint } from "../src/domain/content.ts"
import { Confusion } from "./confusion.ts"
import {
  type Cuts,
  filesOf,
  fragmentsOf,
  HELD_BACK_PAIRS,
  heldBackCuts,
  KNOWN_CUTS,
  KNOWN_PAIRS,
  pairsOf,
  SEEDS
} from "./samples.ts"

const corpus = new URL("../../shared/corpus/", import.meta.url)
if (!existsSync(corpus)) throw new Error(`no corpus at ${corpus.pathname}`)

const kindOf = (text: string): string => registry.route(text, noHint)
const files = filesOf(corpus)
const show = (name: string, confusion: Confusion): void => {
  console.log(`${name}: right ${confusion.right} of ${confusion.all} (${(100 * confusion.accuracy()).toFixed(2)} %)`)
  console.log(`${confusion.print(KINDS)}\n`)
  if (process.argv.includes("--misses")) for (const miss of confusion.misses) console.log(`  ${miss}`)
}

const whole = new Confusion()
for (const file of files) whole.add(file, kindOf(file.text))
show("whole files", whole)

const fragments = (name: string, cuts: Cuts): void => {
  const confusion = new Confusion()
  for (const part of fragmentsOf(files, cuts)) confusion.add(part, kindOf(part.text))
  show(name, confusion)
}
fragments("fragments", KNOWN_CUTS)
for (const seed of SEEDS) fragments(`fragments held back, seed ${seed}`, heldBackCuts(seed))

const pairs = (name: string, length: number, step: number): void => {
  const confusion = new Confusion()
  for (const pair of pairsOf(files, length, step)) {
    const parts = split(pair.text, kindOf)
    for (const { at, kinds } of pair.halves)
      confusion.add({ name: pair.name, kinds }, parts.find(({ start, end }) => start <= at && at < end)?.kind ?? "none")
  }
  show(name, confusion)
}
pairs("two texts in a row, each half", ...KNOWN_PAIRS)
for (const [length, step] of HELD_BACK_PAIRS) pairs(`held back, ${length} characters each`, length, step)

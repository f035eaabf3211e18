/** The router over the corpus, where it is at hand: confusion tables of whole files, fragments, and two texts in a row. */
import { existsSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { Confusion } from "../../bench/confusion.ts"
import { filesOf, fragmentsOf, pairsOf } from "../../bench/samples.ts"
import { split } from "../../src/compressors/mixed.ts"
import { registry } from "../../src/compressors/registry.ts"
import { KINDS, noHint } from "../../src/domain/content.ts"

const corpus = new URL("../../../shared/corpus/", import.meta.url)
const kindOf = (text: string): string => registry.route(text, noHint)
const told = (confusion: Confusion): string => `${confusion.print(KINDS)}\n${confusion.misses.join("\n")}`

describe.skipIf(!existsSync(corpus))("the router over the corpus", () => {
  const files = existsSync(corpus) ? filesOf(corpus) : []

  it("knows whole files", () => {
    const confusion = new Confusion()
    for (const file of files) confusion.add(file, kindOf(file.text))
    expect(confusion.all).toBeGreaterThan(300)
    expect(confusion.accuracy(), told(confusion)).toBeGreaterThanOrEqual(0.99)
  })

  it.each<readonly [string, Cuts]>([
    ["fragments", KNOWN_CUTS],
    ...SEEDS.map((seed) => [`fragments held back, seed ${seed}`, heldBackCuts(seed)] as const)
  ])("knows %s", (_, cuts) => {
    const confusion = new Confusion()
    for (const part of fragmentsOf(files, cuts)) confusion.add(part, kindOf(part.text))
    expect(confusion.all).toBeGreaterThan(300)
    expect(confusion.accuracy(), told(confusion)).toBeGreaterThanOrEqual(0.99)
  })

  it.each([KNOWN_PAIRS, ...HELD_BACK_PAIRS])(
    "knows each of two texts in a row, of %i characters each, %i files apart",
    (length, step) => {
      const confusion = new Confusion()
      for (const pair of pairsOf(files, length, step)) addHalves(confusion, pair)
      expect(confusion.all).toBeGreaterThan(300)
      expect(confusion.accuracy(), told(confusion)).toBeGreaterThanOrEqual(0.99)
    }
  )
})

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

  it("knows fragments", () => {
    const confusion = new Confusion()
    for (const part of fragmentsOf(files)) confusion.add(part, kindOf(part.text))
    expect(confusion.all).toBeGreaterThan(300)
    expect(confusion.accuracy(), told(confusion)).toBeGreaterThanOrEqual(0.97)
  })

  it("knows each of two texts in a row", () => {
    const confusion = new Confusion()
    for (const { name, text, halves } of pairsOf(files)) {
      const parts = split(text, kindOf)
      for (const { at, kinds } of halves)
        confusion.add({ name, kinds }, parts.find(({ start, end }) => start <= at && at < end)?.kind ?? "none")
    }
    expect(confusion.all).toBeGreaterThan(300)
    expect(confusion.accuracy(), told(confusion)).toBeGreaterThanOrEqual(0.97)
  })
})

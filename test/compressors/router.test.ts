/**
 * The router as confusion tables of whole files, fragments, and two texts in a row: over the corpus where it is at hand, and over texts of
 * this repository where it is not.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { Confusion } from "../../bench/confusion.ts"
import {
  type Cuts,
  filesOf,
  fragmentsOf,
  HELD_BACK_PAIRS,
  heldBackCuts,
  KNOWN_CUTS,
  KNOWN_PAIRS,
  pairsOf,
  type Sample,
  SEEDS
} from "../../bench/samples.ts"
import { split } from "../../src/compressors/mixed.ts"
import { registry } from "../../src/compressors/registry.ts"
import { KINDS, noHint } from "../../src/domain/content.ts"

const LEAST = 0.99
const kindOf = (text: string): string => registry.route(text, noHint)
const told = (confusion: Confusion): string => `${confusion.print(KINDS)}\n${confusion.misses.join("\n")}`

const expectRight = (confusion: Confusion, least: number): void => {
  expect(confusion.all).toBeGreaterThan(least)
  expect(confusion.accuracy(), told(confusion)).toBeGreaterThanOrEqual(LEAST)
}

const ofTexts = (texts: ReadonlyArray<Sample>): Confusion => {
  const confusion = new Confusion()
  for (const text of texts) confusion.add(text, kindOf(text.text))
  return confusion
}

const ofPairs = (files: ReadonlyArray<Sample>, length: number, step: number): Confusion => {
  const confusion = new Confusion()
  for (const { name, text, halves } of pairsOf(files, length, step)) {
    const parts = split(text, kindOf)
    for (const { at, kinds } of halves)
      confusion.add({ name, kinds }, parts.find(({ start, end }) => start <= at && at < end)?.kind ?? "none")
  }
  return confusion
}

const corpus = new URL("../../../shared/corpus/", import.meta.url)

describe.skipIf(!existsSync(corpus))("the router over the corpus", () => {
  const files = existsSync(corpus) ? filesOf(corpus) : []

  it("knows whole files", () => {
    expectRight(ofTexts(files), 300)
  })

  it.each<readonly [string, Cuts]>([
    ["fragments", KNOWN_CUTS],
    ...SEEDS.map((seed) => [`fragments held back, seed ${seed}`, heldBackCuts(seed)] as const)
  ])("knows %s", (_, cuts) => {
    expectRight(ofTexts(fragmentsOf(files, cuts)), 300)
  })

  it.each([KNOWN_PAIRS, ...HELD_BACK_PAIRS])(
    "knows each of two texts in a row, of %i characters each, by a step of %i",
    (length, step) => {
      expectRight(ofPairs(files, length, step), 300)
    }
  )
})

const root = new URL("../../", import.meta.url)

const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(new URL(folder, root))
    .sort()
    .flatMap((name) => {
      const path = `${folder}/${name}`
      return statSync(new URL(path, root)).isDirectory() ? filesUnder(path) : [path]
    })

const LOADS = Array.from(
  { length: 400 },
  (_, at) => `${at},worker-${at % 7},${(at * 37) % 1_000},${at % 5 === 0 ? "late" : "done"},2026-03-${(at % 28) + 1}`
)
const STORIES = Array.from(
  { length: 60 },
  (_, at) =>
    `<div class="story"><h2>Tide ${at}</h2>\n<p>The harbour stood open for ${at} days, and its boats came in.</p>\n<a href="/tide/${at}">All of it</a></div>`
)

/** Texts of this repository, and some that are made here, with what is right for each. */
const ownTexts = (): ReadonlyArray<Sample> => {
  const file = (name: string, ...kinds: ReadonlyArray<string>): Sample => ({
    name,
    text: readFileSync(new URL(name, root), "utf8"),
    kinds
  })
  const sources = filesUnder("src").filter((name) => name.endsWith(".ts"))
  return [
    file("samples/build.log", "log"),
    // Its fields are parted by tabs.
    file("samples/service.log", "log", "table"),
    file("samples/change.diff", "diff"),
    file("samples/events.json", "json"),
    file("samples/issues.json", "json"),
    file("samples/tests.jsonl", "json"),
    file("samples/search.txt", "search"),
    file("README.md", "prose", "text", "code", "mixed"),
    ...filesUnder("docs").flatMap((name) =>
      name.endsWith(".md") ? [file(name, "prose", "text", "code", "mixed")] : []
    ),
    ...sources.map((name) => file(name, "code")),
    { name: "a listing", text: `${sources.join("\n")}\n`, kinds: ["listing"] },
    { name: "a table", text: `id,worker,load,state,day\n${LOADS.join("\n")}\n`, kinds: ["table"] },
    {
      name: "a page",
      text: `<html><head><title>Tides</title></head>\n<body>\n${STORIES.join("\n")}\n</body></html>\n`,
      kinds: ["html"]
    }
  ]
}

describe("the router over this repository", () => {
  const files = ownTexts()

  it("knows whole texts", () => {
    expectRight(ofTexts(files), 200)
  })

  it.each<readonly [string, Cuts]>([
    ["at fixed places", KNOWN_CUTS],
    ["by a seed", heldBackCuts(5)]
  ])("knows fragments %s", (_, cuts) => {
    expectRight(ofTexts(fragmentsOf(files, cuts)), 100)
  })

  it("knows each of two texts in a row", () => {
    expectRight(ofPairs(files, 3_000, 61), 20)
  })

  it("is told where it errs", () => {
    const confusion = ofTexts([
      { name: "a table", text: `id,worker,load,state,day\n${LOADS.join("\n")}\n`, kinds: ["prose"] }
    ])
    expect(confusion.accuracy()).toBe(0)
    expect(told(confusion)).toContain("prose -> table  a table")
  })
})

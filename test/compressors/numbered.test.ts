import { describe, expect, it } from "vitest"
import { endsNamed } from "../../src/compressors/numbered.ts"
import { nameRepeats, FILE_REACH } from "../../src/compressors/repeats.ts"
import { ShownIndex } from "../../src/domain/shown.ts"
import { isLawful } from "../../src/domain/tiling.ts"
import { print } from "../../src/domain/view.ts"

const lines = (from: number, to: number, word = "line"): string =>
  Array.from(
    { length: to - from + 1 },
    (_, i) => `const ${word}${from + i} = compute(${from + i}) // of the file\n`
  ).join("")

const shown = (...texts: ReadonlyArray<string>): ShownIndex => {
  const index = new ShownIndex()
  texts.forEach((text, i) => index.add(`Read ${"abc"[i]}.ts`, text))
  return index
}

const named = (text: string, index: ShownIndex) => {
  const ends = endsNamed({ input: text, segments: nameRepeats(text, index, FILE_REACH) ?? [] })
  if (ends !== undefined) expect(isLawful(ends.tiling)).toBe(true)
  return ends && { text: print(ends.tiling), headLines: ends.headLines }
}

describe("lines that are numbered behind us", () => {
  it("are named where they stand at the beginning, and counted", () => {
    expect(named(lines(1, 20) + lines(21, 24, "fresh"), shown(lines(1, 20)))).toEqual({
      text: expect.stringMatching(/^\[lines 1-20 as in Read a\.ts above: .*\]\n/),
      headLines: 20
    })
  })

  it("are named where they stand at the end, and the first ones keep their numbers", () => {
    const view = named(lines(1, 4, "fresh") + lines(5, 24), shown(lines(5, 24)))
    expect(view?.headLines).toBe(0)
    expect(view?.text).toMatch(/^(?:const fresh.*\n){4}\[lines 1-20 as in Read a\.ts above: .*\]\n$/)
  })

  it("are named at both ends of a changed line, each with its source's name", () => {
    const view = named(lines(1, 20) + lines(21, 21, "changed") + lines(22, 40), shown(lines(1, 40)))
    expect(view?.headLines).toBe(20)
    expect(view?.text).toMatch(/^\[lines 1-20 as in .*\n.*changed21.*\n\[lines 22-40 as there: .*\]\n$/)
  })

  it("are printed in the midst of others, where a note would move every number behind it", () => {
    const text = lines(1, 3, "fresh") + lines(1, 20) + lines(24, 26, "fresh")
    expect(named(text, shown(lines(1, 20)))).toBe(undefined)
  })

  it("keep their source's name where the note that told it is gone", () => {
    const index = shown(lines(1, 40), lines(1, 40, "other"))
    const text = lines(1, 2, "x") + lines(1, 15, "other") + lines(3, 4, "x") + lines(20, 40, "other")
    expect(named(text, index)?.text).toMatch(/\[lines 20-40 as in Read b\.ts above: /)
  })
})

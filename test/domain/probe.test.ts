import { describe, expect, it } from "vitest"
import fc from "fast-check"
import { bm25, byLot, headTail } from "../../src/domain/naive-cuts.ts"
import { needleProbes } from "../../src/domain/needle.ts"
import { holdsAll, metIn, pairedDifference, scoreOf } from "../../src/domain/probe.ts"
import { estimateTokens } from "../../src/domain/tokens.ts"

describe("needs", () => {
  it("are met by any of their forms, whatever the white space", () => {
    expect(holdsAll("the\n  answer is forty two", [["42", "forty  two"], ["answer"]])).toBe(true)
    expect(metIn("only the answer", [["42", "forty two"], ["answer"]])).toBe(1)
  })
})

describe("scores", () => {
  it("take a short answer where it stands in the reply, whole words alone", () => {
    expect(scoreOf("It was the Duke of Cumberland.", ["duke of cumberland"])).toBe(1)
    expect(scoreOf("It costs 420.", ["42"])).toBe(0)
    expect(scoreOf("It costs 42.", ["41", "42"])).toBe(1)
  })

  it("compare a long answer by the words it shares", () => {
    const answer = "the remote control had to be original trendy easy to use and cheap"
    const score = scoreOf("remote control had to be original and cheap", [answer])
    expect(score).toBeGreaterThan(0.6)
    expect(score).toBeLessThan(1)
    expect(scoreOf("", [answer])).toBe(0)
  })
})

describe("a paired difference", () => {
  it("proves nothing by a few equal pairs", () => {
    const { mean, low, high } = pairedDifference([0, 0, 0])
    expect(mean).toBe(0)
    expect(low).toBeLessThan(-0.3)
    expect(high).toBeGreaterThan(0.3)
  })

  it("agrees with the interval worked out by hand for 100 pairs, 20 of them worse and 5 better", () => {
    // Agresti and Min 2005: each cell and a half: (5.5 - 20.5) / 102, and its standard error.
    const pairs = [...Array<number>(20).fill(-1), ...Array<number>(5).fill(1), ...Array<number>(75).fill(0)]
    const { mean, low, high } = pairedDifference(pairs)
    const centre = -15 / 102
    const error = Math.sqrt((26 - (15 * 15) / 102) / 102 / 102)
    expect(mean).toBeCloseTo(-0.15, 10)
    expect(low).toBeCloseTo(centre - 1.96 * error, 10)
    expect(high).toBeCloseTo(centre + 1.96 * error, 10)
  })

  it("holds its mean, within -1 and 1, and narrows with more pairs", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 60 }), (differences) => {
        const { mean, low, high } = pairedDifference(differences)
        expect(low).toBeLessThanOrEqual(mean)
        expect(high).toBeGreaterThanOrEqual(mean)
        expect(low).toBeGreaterThanOrEqual(-1)
        expect(high).toBeLessThanOrEqual(1)
        const more = pairedDifference([...differences, ...differences, ...differences, ...differences])
        expect(more.high - more.low).toBeLessThanOrEqual(high - low + 1e-9)
      })
    )
  })
})

describe("naive cuts", () => {
  const text = Array.from(
    { length: 80 },
    (_, at) => `Sentence ${at} tells of the ${at % 7 === 3 ? "harbour" : "town"}.`
  ).join("\n")

  it.each([
    ["head and tail", headTail],
    ["BM25", bm25],
    ["random", byLot]
  ])("%s keeps to its size, and cuts the same way every time", (_, cut) => {
    for (const tokens of [20, 100, 400]) {
      const once = cut(text, "Where is the harbour?", tokens)
      expect(estimateTokens(once)).toBeLessThanOrEqual(tokens * 1.1 + 10)
      expect(cut(text, "Where is the harbour?", tokens)).toBe(once)
    }
  })

  it("BM25 takes the sentences that share a rare word with the question", () => {
    expect(bm25(text, "Where is the harbour?", 60).match(/harbour/g)?.length).toBeGreaterThanOrEqual(4)
  })
})

describe("needles", () => {
  it("stand in their outputs once each, every kind at every place", () => {
    expect(new Set(needleProbes.map(({ id }) => id)).size).toBe(needleProbes.length)
    for (const { id, text, needs } of needleProbes) {
      const needle = needs[0]?.[0] as string
      expect(text.split(needle).length, id).toBe(2)
    }
  })
})

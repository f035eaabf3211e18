import { describe, expect, it } from "vitest"
import { LIST_PRICES } from "../../src/domain/economics.ts"
import { birthOf, epochOf, gain, momentOf } from "../../src/domain/epoch.ts"

const warm = (calls: number) => ({ calls, alive: 1, prices: LIST_PRICES })
const cold = (calls: number) => ({ calls, alive: 0, prices: LIST_PRICES })

describe("a rewrite's gain", () => {
  it("turns at the reads that its prices ask for", () => {
    expect(gain(2_000, 50_000, warm(287))).toBeLessThan(0)
    expect(gain(2_000, 50_000, warm(288))).toBeGreaterThan(0)
    expect(gain(50_000, 10_000, warm(2))).toBeLessThan(0)
    expect(gain(50_000, 10_000, warm(3))).toBeGreaterThan(0)
  })

  it("is that of every token where the cache is cold", () => {
    expect(gain(1, 1_000_000, cold(1))).toBeCloseTo(LIST_PRICES.write)
  })
})

describe("the birth of an epoch", () => {
  const still = { before: 20_000, after: 20_000 }

  it("begins where rewriting gains most: not at what would write a long suffix again for little", () => {
    const blocks = [{ before: 100, after: 10 }, still, { before: 9_000, after: 100 }, { before: 500, after: 500 }]
    expect(birthOf(blocks, warm(40))).toMatchObject({ from: 2, removed: 8_900 })
    expect(birthOf(blocks, cold(40))).toMatchObject({ from: 0, removed: 8_990 })
  })

  it("does not come where nothing pays", () => {
    expect(birthOf([{ before: 100, after: 10 }, still], warm(100))).toBeUndefined()
    expect(birthOf([still, still], cold(100))).toBeUndefined()
    expect(birthOf([{ before: 100, after: 150 }], cold(100))).toBeUndefined()
    expect(birthOf([], cold(100))).toBeUndefined()
  })

  it("gains at least what it says, whatever the blocks", () => {
    const blocks = [
      { before: 900, after: 40 },
      { before: 300, after: 300 },
      { before: 400, after: 450 }
    ]
    for (const moment of [warm(3), warm(30), cold(2)]) {
      const birth = birthOf(blocks, moment)
      if (birth === undefined) continue
      const behind = blocks.slice(birth.from)
      const removed = behind.reduce((sum, one) => sum + one.before - one.after, 0)
      const suffix = behind.reduce((sum, one) => sum + one.after, 0)
      expect(birth.removed).toBe(removed)
      expect(birth.gain).toBeLessThanOrEqual(gain(removed, suffix, moment))
    }
  })
})

describe("the moment of a request", () => {
  const standing = { calls: 40, sinceBirth: 3, idleMs: 1_000, lifetimeMs: 300_000 }

  it("is there once the cache is cold by its lifetime, and comes now and then while it is warm", () => {
    expect(momentOf({ ...standing, idleMs: 305_000 })).toBeUndefined()
    expect(momentOf({ ...standing, idleMs: 311_000 })).toMatchObject({ calls: 40, isCold: true })
    expect(momentOf({ ...standing, idleMs: 311_000, lifetimeMs: 3_600_000 })).toBeUndefined()
    expect(momentOf({ ...standing, sinceBirth: 16 })).toMatchObject({ calls: 8, isCold: false, alive: 1 })
    expect(momentOf({ ...standing, idleMs: undefined, sinceBirth: 16 })).toMatchObject({ alive: 1 })
    expect(momentOf({ ...standing, sinceBirth: 0 })).toBeUndefined()
    expect(momentOf({ ...standing, calls: 1, idleMs: 400_000 })).toBeUndefined()
  })

  it("at a pause asks of a birth that it pays for itself though the cache may have outlived its promise", () => {
    const pause = momentOf({ ...standing, idleMs: 400_000 })
    const [little, much] = [990, 900]
      .map((after) => [
        { before: 1_000, after },
        { before: 20_000, after: 20_000 }
      ])
      .map((blocks) => pause && birthOf(blocks, pause))
    expect(little).toBeUndefined()
    expect(much).toBeUndefined()
    const birth =
      pause &&
      birthOf(
        [
          { before: 30_000, after: 1_000 },
          { before: 20_000, after: 20_000 }
        ],
        pause
      )
    expect(birth?.removed).toBe(29_000)
    expect(gain(29_000, 21_000, warm(40))).toBeGreaterThan(0)
  })
})

describe("a request's epoch", () => {
  it("is that of the longest birth prefix which is a prefix of it", () => {
    const births = new Set(["b", "d"])
    expect(epochOf(["a", "b", "c", "d", "e"], births)).toBe("d")
    expect(epochOf(["a", "b", "c", "x"], births)).toBe("b")
    expect(epochOf(["a", "x"], births)).toBeUndefined()
    expect(epochOf([], births)).toBeUndefined()
  })
})

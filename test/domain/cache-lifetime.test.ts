import { describe, expect, it } from "vitest"
import { arrivalAfter, exposures, LIFETIMES, pausesOf, usageOf } from "../../src/domain/cache-lifetime.ts"
import { costOf } from "../../src/domain/prices.ts"
import { NO_USAGE, plusUsage } from "../../src/domain/usage.ts"

const MINUTE = 60_000
const RATES = { uncached: 3, cacheRead: 0.3, cacheWrite: 3.75, cacheWriteHour: 6, output: 15 }

describe("a call after a pause", () => {
  it.each([
    [5, false, false, false],
    [6, true, false, false],
    [18, true, false, false],
    [19, true, false, true],
    [59, true, false, true],
    [61, true, true, true]
  ])("of %i minutes finds the cache empty: five minutes %s, an hour %s, kept warm %s", (minutes, five, hour, warm) => {
    const isCold = Object.fromEntries(
      LIFETIMES.map((lifetime) => [lifetime, arrivalAfter(minutes * MINUTE, lifetime).isCold])
    )
    expect(isCold).toEqual({ "five-minutes": five, hour, "keep-warm": warm })
  })

  it("was preceded by as many renewals as the pause has room for, three at most", () => {
    expect([1, 5, 10, 14, 60].map((minutes) => arrivalAfter(minutes * MINUTE, "keep-warm").renewals)).toEqual([
      0, 1, 2, 3, 3
    ])
  })
})

describe("what would have been cheapest", () => {
  const costs = (pauses: ReadonlyArray<number>) =>
    Object.fromEntries(
      LIFETIMES.map((lifetime) => [
        lifetime,
        costOf(
          RATES,
          exposures(pauses, lifetime).reduce((sum, one) => plusUsage(sum, usageOf(2_000, one, lifetime)), NO_USAGE)
        )
      ])
    )
  const cheapest = (minutes: ReadonlyArray<number>): string | undefined =>
    Object.entries(costs(minutes.map((one) => one * MINUTE))).sort(([, a], [, b]) => a - b)[0]?.[0]
  const work = (calls: number): ReadonlyArray<number> => new Array<number>(calls).fill(0.5)

  it("is five minutes for work without pauses", () => {
    expect(cheapest([0, ...work(60)])).toBe("five-minutes")
  })

  it("is an hour for many long pauses", () => {
    expect(cheapest([0, ...Array.from({ length: 8 }, () => [...work(5), 40]).flat()])).toBe("hour")
  })

  it("is keeping warm for a few pauses of ten minutes", () => {
    expect(cheapest([0, ...work(30), 10, ...work(30), 10, ...work(60)])).toBe("keep-warm")
  })
})

describe("exposures", () => {
  it("tell how often a token is paid for, by the call that sent it first", () => {
    expect(exposures([0, MINUTE, 10 * MINUTE], "five-minutes")).toEqual([
      { written: 2, read: 1 },
      { written: 2, read: 0 },
      { written: 1, read: 0 }
    ])
  })

  it("leave out calls that are paid for elsewhere", () => {
    expect(exposures([0, MINUTE, MINUTE, 10 * MINUTE], "five-minutes", 2)).toEqual([
      { written: 1, read: 1 },
      { written: 1, read: 1 },
      { written: 2, read: 0 },
      { written: 1, read: 0 }
    ])
  })

  it("take an unknown moment for no pause", () => {
    expect(pausesOf([0, undefined, 10 * MINUTE, 11 * MINUTE])).toEqual([0, 0, 0, MINUTE])
  })
})

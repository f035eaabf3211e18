import { describe, expect, it } from "vitest"
import { NO_SUM, sumOf } from "../../src/domain/figures.ts"
import { LIST } from "../../src/domain/prices.ts"
import { missedUsage, savedUsage, tallyOf } from "../../src/domain/savings.ts"
import { NO_USAGE } from "../../src/domain/usage.ts"

/** A call of a long session: 90,000 tokens of history, 10,000 sent anew, each estimate worth 1.25 of the provider's tokens. */
const call: Parameters<typeof savedUsage>[0] = {
  provider: "anthropic",
  endpoint: "messages",
  status: 200,
  tokensBefore: 120_000,
  tokensAfter: 100_000,
  newTokensBefore: 14_000,
  newTokensAfter: 10_000,
  usage: { uncached: 0, cacheRead: 112_500, cacheWrite: 12_500, cacheWriteHour: 0, output: 500 },
  cacheMiss: "none",
  missedTokens: 0
}

describe("what an exchange saved", () => {
  it("is read from the cache where it is history, and written to it where it is new", () => {
    expect(savedUsage(call)).toEqual({
      uncached: 0,
      cacheRead: 16_000 * 1.25,
      cacheWrite: 4000 * 1.25,
      cacheWriteHour: 0,
      output: 0
    })
  })

  it("is uncached where the provider writes no cache", () => {
    const usage = { ...NO_USAGE, cacheRead: 90_000, uncached: 10_000 }
    const saved = savedUsage({ ...call, provider: "openai", usage })
    expect([saved.cacheRead, saved.uncached]).toEqual([16_000, 4000])
  })

  it("is written anew with all the rest after a pause, which was not our doing", () => {
    const usage = { ...NO_USAGE, cacheWrite: 125_000 }
    expect(savedUsage({ ...call, usage, cacheMiss: "expired" }).cacheWrite).toBe(20_000 * 1.25)
    expect(savedUsage({ ...call, usage, cacheMiss: "unknown" })).toMatchObject({
      cacheRead: 16_000 * 1.25,
      cacheWrite: 4000 * 1.25
    })
  })

  it("counts no more than text can be worth where images or tools fill the prompt", () => {
    const usage = { ...NO_USAGE, cacheRead: 990_000, cacheWrite: 10_000 }
    const saved = savedUsage({ ...call, usage })
    expect(saved.cacheRead + saved.cacheWrite).toBeCloseTo(20_000 * 1.75, 6)
  })

  it("is a loss where more was sent than came", () => {
    const saved = savedUsage({ ...call, tokensBefore: 99_000, newTokensBefore: 9000 })
    expect(saved).toMatchObject({ cacheRead: 0, cacheWrite: -1250 })
  })
})

describe("what a miss cost", () => {
  it("is the history that was processed again, in the classes in which it was", () => {
    const usage = { ...NO_USAGE, cacheWrite: 100_000, uncached: 25_000 }
    const missed = missedUsage({ ...call, usage, cacheMiss: "expired", missedTokens: 112_500 })
    expect(missed).toEqual({ ...NO_USAGE, cacheWrite: 90_000, uncached: 22_500 })
  })
})

describe("a sum", () => {
  const tally = { ...tallyOf(call), provider: "anthropic", model: "claude-opus-5", isRenewal: false, above: 0 } as const

  it("has money with what it is a part of", () => {
    const { money } = sumOf(LIST, { ...tally, isSubscription: false })
    expect(money.paid).toBeCloseTo((112_500 * 0.5 + 12_500 * 6.25 + 500 * 25) / 1e6, 12)
    expect(money.saved).toBeCloseTo((20_000 * 0.5 + 5000 * 6.25) / 1e6, 12)
    expect(money.without).toBeCloseTo(money.paid + money.saved, 12)
  })

  it("has a share of context instead under a subscription", () => {
    const sum = sumOf(LIST, { ...tally, isSubscription: true })
    expect(sum.money).toEqual(NO_SUM.money)
    expect(sum.context).toEqual({ requests: 1, tokensBefore: 120_000, tokensAfter: 100_000 })
  })

  it("has tokens alone where no price is known, and says so", () => {
    const sum = sumOf(LIST, { ...tally, model: "local-qwen", isSubscription: false })
    expect([sum.money, sum.unpriced, sum.used.output]).toEqual([NO_SUM.money, 1, 500])
  })
})

/** Laws of what is claimed to be saved: never more than can be defended, nothing of nothing, and sums that add up. */
import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import type { CacheMiss, Exchange, Provider } from "../src/domain/exchange.ts"
import { NO_SUM, plusSum, quantilesOf, sumOf } from "../src/domain/figures.ts"
import { inputCost, LIST, priceOf, type Rates } from "../src/domain/prices.ts"
import { missedUsage, MOST_TOKENS, plusTally, savedUsage, tallyOf } from "../src/domain/savings.ts"
import { inputOf, NO_USAGE, type Usage } from "../src/domain/usage.ts"
import { exchangesOf } from "../test/fixtures/exchanges.ts"

const [sample] = exchangesOf({ count: 1, until: 1e12 })
if (sample === undefined) throw new Error("no sample")

const tokens = fc.integer({ min: 0, max: 400_000 })

const usages: fc.Arbitrary<Usage> = fc.record({
  uncached: tokens,
  cacheRead: tokens,
  cacheWrite: tokens,
  cacheWriteHour: tokens,
  output: tokens
})

/** Prompts whose new part is a part of them, before and after; anything else would be a bug of the rewriter. */
const prompts = fc
  .record({
    old: tokens,
    fresh: tokens,
    savedOld: fc.double({ min: -0.2, max: 1, noNaN: true }),
    savedNew: fc.double({ min: -0.2, max: 1, noNaN: true })
  })
  .map(({ old, fresh, savedOld, savedNew }) => {
    const oldAfter = Math.round(old * (1 - savedOld))
    const freshAfter = Math.round(fresh * (1 - savedNew))
    return {
      tokensBefore: old + fresh,
      tokensAfter: oldAfter + freshAfter,
      newTokensBefore: fresh,
      newTokensAfter: freshAfter
    }
  })

const exchanges: fc.Arbitrary<Exchange> = fc
  .record({
    prompt: prompts,
    usage: fc.option(usages, { nil: undefined }),
    provider: fc.constantFrom<Provider>("anthropic", "openai", "gemini"),
    model: fc.constantFrom("claude-opus-5", "gpt-5.5", "gemini-2.5-pro", "nobody-knows", undefined),
    cacheMiss: fc.constantFrom<CacheMiss>("none", "cold-start", "expired", "prefix-changed", "unknown"),
    missedTokens: tokens,
    status: fc.constantFrom(200, 200, 200, 429),
    endpoint: fc.constantFrom<Exchange["endpoint"]>("messages", "messages", "responses", "count-tokens", "other"),
    isSubscription: fc.boolean()
  })
  .map(({ prompt, ...rest }) => ({ ...sample, ...prompt, ...rest }))

const classes = ["uncached", "cacheRead", "cacheWrite", "cacheWriteHour"] as const
const total = (usage: Usage): number => classes.reduce((sum, name) => sum + usage[name], 0)
const RATES: Rates = { uncached: 5, cacheRead: 0.5, cacheWrite: 6.25, cacheWriteHour: 10, output: 25 }
const close = (a: number, b: number): void =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(a), Math.abs(b)))
const tallied = (exchange: Exchange) => {
  const { provider, model, isSubscription } = exchange
  return { ...tallyOf(exchange), provider, model, isSubscription, isRenewal: false, above: 0 }
}

describe("laws of savings", () => {
  it("nothing saved is nothing claimed", () => {
    fc.assert(
      fc.property(exchanges, (exchange) => {
        const same = { ...exchange, tokensBefore: exchange.tokensAfter, newTokensBefore: exchange.newTokensAfter }
        expect(total(savedUsage(same))).toBe(0)
        expect(inputCost(RATES, savedUsage(same))).toBe(0)
      })
    )
  })

  it("never more tokens than our estimate took away, in the provider's own measure, and never above what was measured", () => {
    fc.assert(
      fc.property(exchanges, (exchange) => {
        const saved = total(savedUsage(exchange))
        const input = inputOf(exchange.usage ?? NO_USAGE)
        const gone =
          Math.max(0, exchange.newTokensBefore - exchange.newTokensAfter) +
          Math.max(
            0,
            exchange.tokensBefore - exchange.newTokensBefore - (exchange.tokensAfter - exchange.newTokensAfter)
          )
        const ratio =
          exchange.tokensAfter === 0 ? 0 : Math.min(input / exchange.tokensAfter, MOST_TOKENS[exchange.provider])
        expect(saved).toBeLessThanOrEqual(gone * ratio * (1 + 1e-9))
      })
    )
  })

  it("never more money than the whole input would have cost without, at the dearest class that the provider billed", () => {
    fc.assert(
      fc.property(exchanges, (exchange) => {
        const usage = exchange.usage ?? NO_USAGE
        const saved = savedUsage(exchange)
        const billed = classes.filter((name) => usage[name] > 0)
        const dearest = Math.max(RATES.cacheRead, ...billed.map((name) => RATES[name]))
        const input = exchange.tokensAfter === 0 ? 0 : (inputOf(usage) * exchange.tokensBefore) / exchange.tokensAfter
        expect(inputCost(RATES, saved)).toBeLessThanOrEqual((input * dearest * (1 + 1e-9)) / 1e6)
        for (const name of classes) if (name !== "cacheRead" && usage[name] === 0) expect(saved[name]).toBe(0)
      })
    )
  })

  it("a renewal saves less than nothing, and just what it averted is put on behind it", () => {
    fc.assert(
      fc.property(exchanges, (exchange) => {
        const renewal: Exchange = { ...exchange, endpoint: "renewal", provider: "anthropic", model: "claude-opus-5" }
        const { money } = sumOf(LIST, { ...tallied(renewal), isSubscription: false, isRenewal: true })
        expect(money.without).toBe(0)
        close(money.saved, -money.paid)
        const averted = { ...exchange, cacheMiss: "averted" } as const
        const plain = savedUsage({ ...exchange, cacheMiss: "none" })
        const more = savedUsage(averted)
        const tokens = tallyOf(averted).averted
        expect(tokens).toBeLessThanOrEqual(Math.min(exchange.missedTokens, exchange.usage?.cacheRead ?? 0))
        close(more.cacheWrite - plain.cacheWrite, tokens)
        close(more.cacheRead - plain.cacheRead, -tokens)
        expect(missedUsage(averted)).toEqual(NO_USAGE)
      })
    )
  })

  it("a miss that may be ours never makes a saving worth more than a hit would", () => {
    fc.assert(
      fc.property(exchanges, (exchange) => {
        fc.pre(exchange.tokensBefore - exchange.newTokensBefore > exchange.tokensAfter - exchange.newTokensAfter)
        const value = (cacheMiss: CacheMiss) => inputCost(RATES, savedUsage({ ...exchange, cacheMiss }))
        const fresh = exchange.newTokensBefore - exchange.newTokensAfter
        const newAlone = savedUsage({ ...exchange, tokensBefore: exchange.tokensAfter + fresh })
        for (const cause of ["prefix-changed", "unknown"] as const) {
          expect(value(cause)).toBeLessThanOrEqual(value("expired") + 1e-12)
          const saved = savedUsage({ ...exchange, cacheMiss: cause })
          for (const name of classes) if (name !== "cacheRead") close(saved[name], newAlone[name])
        }
      })
    )
  })

  it("what was made larger is a loss, never nothing", () => {
    fc.assert(
      fc.property(exchanges, fc.integer({ min: 1, max: 5000 }), (exchange, more) => {
        const usage = exchange.usage
        fc.pre(usage !== undefined && exchange.tokensAfter > 0 && inputOf(usage) > 0)
        fc.pre(exchange.status === 200 && exchange.endpoint !== "other" && exchange.endpoint !== "count-tokens")
        const larger = {
          ...exchange,
          tokensBefore: exchange.tokensAfter - more,
          newTokensBefore: exchange.newTokensAfter - more
        }
        expect(inputCost(RATES, savedUsage(larger))).toBeLessThan(0)
      })
    )
  })

  it("nothing is claimed of what no model answered or no provider counted", () => {
    fc.assert(
      fc.property(exchanges, (exchange) => {
        for (const unbilled of [
          { ...exchange, status: 529 },
          { ...exchange, endpoint: "count-tokens" as const },
          { ...exchange, usage: undefined }
        ]) {
          expect([savedUsage(unbilled), missedUsage(unbilled)]).toEqual([NO_USAGE, NO_USAGE])
        }
      })
    )
  })

  it("no miss costs more than what the provider processed", () => {
    fc.assert(
      fc.property(exchanges, (exchange) => {
        const missed = missedUsage(exchange)
        const usage = exchange.usage ?? NO_USAGE
        for (const name of ["uncached", "cacheWrite", "cacheWriteHour"] as const)
          expect(missed[name]).toBeLessThanOrEqual(usage[name] * (1 + 1e-9))
        expect(missed.cacheRead).toBe(0)
      })
    )
  })
})

describe("laws of figures", () => {
  it("sums add up, in any order and grouping, and each request is paid, unpriced, under a subscription or uncounted", () => {
    fc.assert(
      fc.property(fc.array(exchanges, { maxLength: 12 }), fc.nat(12), (all, cut) => {
        const sums = all.map((exchange) => sumOf(LIST, tallied(exchange)))
        const whole = sums.reduce(plusSum, NO_SUM)
        const halves = plusSum(sums.slice(0, cut).reduce(plusSum, NO_SUM), sums.slice(cut).reduce(plusSum, NO_SUM))
        close(whole.money.saved, halves.money.saved)
        close(whole.money.without, whole.money.paid + whole.money.saved)
        close(
          whole.money.paid,
          sums.reduce((sum, one) => sum + one.money.paid, 0)
        )
        expect(whole.requests).toBe(all.length)
        const paying = all.filter((exchange) => !exchange.isSubscription)
        const counted = paying.reduce((sum, exchange) => sum + tallyOf(exchange).counted, 0)
        expect(whole.money.requests + whole.unpriced).toBe(counted)
        expect(whole.context.requests).toBe(
          all
            .filter((exchange) => exchange.isSubscription)
            .reduce((sum, exchange) => sum + tallyOf(exchange).answered, 0)
        )
      })
    )
  })

  it("pricing a sum is summing prices: what is grouped costs what its parts cost", () => {
    fc.assert(
      fc.property(fc.array(exchanges, { minLength: 1, maxLength: 9 }), (all) => {
        const alike = all.map((exchange) => ({
          ...exchange,
          provider: "anthropic" as const,
          model: "claude-opus-5",
          isSubscription: false
        }))
        const grouped = sumOf(LIST, {
          ...alike.map(tallyOf).reduce(plusTally),
          provider: "anthropic",
          model: "claude-opus-5",
          isSubscription: false,
          isRenewal: false,
          above: 0
        })
        const single = alike.map((exchange) => sumOf(LIST, tallied(exchange))).reduce(plusSum, NO_SUM)
        close(grouped.money.saved, single.money.saved)
        close(grouped.money.paid, single.money.paid)
        close(grouped.money.missed, single.money.missed)
      })
    )
  })

  it("subscriptions and unknown models have no money", () => {
    fc.assert(
      fc.property(exchanges, (exchange) => {
        fc.pre(exchange.isSubscription || priceOf(LIST, exchange.provider, exchange.model) === undefined)
        expect(sumOf(LIST, tallied(exchange)).money).toEqual(NO_SUM.money)
      })
    )
  })

  it("quantiles are values that were there, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }), (values) => {
        const found = quantilesOf(values)
        if (found === undefined) throw new Error("none")
        const { p50, p90, p99, max } = found
        for (const value of [p50, p90, p99, max]) expect(values).toContain(value)
        expect(p50 <= p90 && p90 <= p99 && p99 <= max).toBe(true)
        expect(max).toBe(Math.max(...values))
        expect(values.filter((value) => value <= p50).length).toBeGreaterThanOrEqual(values.length / 2)
      })
    )
  })
})

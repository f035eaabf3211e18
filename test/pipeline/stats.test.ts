import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerMemory } from "../../src/adapters/ledger/memory.ts"
import type { Exchange } from "../../src/domain/exchange.ts"
import { NO_SUM, plusSum, sumOf } from "../../src/domain/figures.ts"
import { LIST } from "../../src/domain/prices.ts"
import { tallyOf } from "../../src/domain/savings.ts"
import { inputOf } from "../../src/domain/usage.ts"
import { Ledger } from "../../src/pipeline/ports/ledger.ts"
import { Prices } from "../../src/pipeline/ports/prices.ts"
import { gatherStats, recentOf, type StatsOptions } from "../../src/pipeline/stats.ts"
import { exchangesOf } from "../fixtures/exchanges.ts"

const DAY = 86_400_000
const NOW = 400 * DAY + 7_000_000
const many = exchangesOf({ count: 400, until: NOW, days: 12, seed: 3 })

const statsOf = (exchanges: ReadonlyArray<Exchange>, options: StatsOptions) =>
  Effect.gen(function* () {
    const ledger = yield* Ledger
    yield* Effect.forEach(exchanges, (exchange) => ledger.record(exchange))
    return yield* gatherStats(options)
  }).pipe(Effect.provide(Layer.merge(layerMemory(), Layer.succeed(Prices, LIST))))

const requests = (sums: ReadonlyArray<{ readonly requests: number }>): number =>
  sums.reduce((sum, one) => sum + one.requests, 0)
const near = (a: number, b: number): void =>
  assert.isTrue(Math.abs(a - b) < 1e-9 * Math.max(1, Math.abs(a)), `${a} ${b}`)

describe("stats", () => {
  it.live("tell one truth by time, provider, model, project and cause", () =>
    Effect.gen(function* () {
      for (const range of [DAY, 5 * DAY, 12 * DAY]) {
        const stats = yield* statsOf(many, { since: NOW - range, until: NOW, offsetMs: 3_600_000 })
        const mine = many.filter((exchange) => exchange.at >= NOW - range)
        const expected = mine.map((exchange) => recentOf(LIST, exchange).sum).reduce(plusSum, NO_SUM)
        assert.strictEqual(stats.total.requests, mine.length)
        near(stats.total.money.saved, expected.money.saved)
        near(stats.total.money.paid, expected.money.paid)
        for (const parts of [stats.series, stats.providers, stats.models, stats.projects]) {
          assert.strictEqual(requests(parts), mine.length)
          near(
            parts.map((part) => part.money.saved).reduce((a, b) => a + b, 0),
            stats.total.money.saved
          )
        }
        assert.strictEqual(requests(stats.finishes), mine.length)
        assert.strictEqual(stats.cache.read, expected.used.cacheRead)
        assert.strictEqual(stats.cache.input, inputOf(expected.used))
        near(
          stats.cache.misses.reduce((sum, miss) => sum + miss.dollars, 0),
          stats.total.money.missed
        )
        for (const groups of [stats.kinds, stats.tools, stats.outcomes]) {
          const slots = mine.filter((one) => one.status === 200).flatMap((one) => one.slots)
          assert.strictEqual(
            groups.reduce((sum, group) => sum + group.slots, 0),
            slots.length
          )
        }
        assert.strictEqual(stats.spanMs, { [DAY]: DAY / 24, [5 * DAY]: DAY / 4 }[range] ?? DAY)
        assert.strictEqual(stats.latency.requests, mine.length)
      }
    })
  )

  it.live("name models without a price, and give them no money", () =>
    Effect.gen(function* () {
      const unknown = many.slice(0, 20).map(
        (one): Exchange => ({
          ...one,
          id: `u${one.id}`,
          provider: "openai",
          model: "local-qwen",
          isSubscription: false
        })
      )
      const { models, total } = yield* statsOf([...many, ...unknown], { until: NOW })
      const local = models.find((model) => model.name === "local-qwen")
      const opus = models.find((model) => model.name === "claude-opus-5-5")
      assert.strictEqual(local?.price, undefined)
      assert.deepStrictEqual(local?.money, NO_SUM.money)
      assert.isTrue((local?.unpriced ?? 0) > 0 && total.unpriced >= (local?.unpriced ?? 0))
      assert.match(opus?.price?.asOf ?? "", /^\d{4}-/)
      assert.isTrue((opus?.money.saved ?? 0) > 0)
    })
  )

  it.live("give subscriptions a share of context", () =>
    Effect.gen(function* () {
      const { total } = yield* statsOf(many, { until: NOW })
      const subscribed = many.filter((exchange) => exchange.isSubscription && exchange.status === 200)
      assert.isTrue(subscribed.length > 0)
      assert.strictEqual(total.context.requests, subscribed.length)
      assert.strictEqual(
        total.context.tokensAfter,
        subscribed.reduce((sum, one) => sum + one.tokensAfter, 0)
      )
    })
  )

  it.live("price a long prompt by its own price, alone and in a sum", () =>
    Effect.gen(function* () {
      const base = many.find((one) => one.status === 200) as Exchange
      const long: Exchange = {
        ...base,
        provider: "gemini",
        endpoint: "generate-content",
        model: "gemini-2.5-pro",
        isSubscription: false,
        usage: { uncached: 200_001, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 0 }
      }
      const short = { ...long, id: "short", usage: { ...tallyOf(long).used, uncached: 200_000 } }
      const { total, recent } = yield* statsOf([long, short], { until: NOW })
      near(total.money.paid, 0.200001 * 2.5 + 0.2 * 1.25)
      near(requests(recent.map((one) => one.sum)), 2)
      near(
        recent.reduce((sum, one) => sum + one.sum.money.paid, 0),
        total.money.paid
      )
    })
  )

  it.live("take off what keeping caches warm cost, add what it averted, and tell what epochs gained", () =>
    Effect.gen(function* () {
      const base: Exchange = {
        ...(many.find((one) => one.status === 200 && one.usage !== undefined) as Exchange),
        provider: "anthropic",
        endpoint: "messages",
        model: "claude-opus-5",
        isSubscription: false,
        at: NOW - 5_000,
        conversation: "c",
        tokensBefore: 50_000,
        tokensAfter: 50_000,
        newTokensBefore: 0,
        newTokensAfter: 0,
        slots: [],
        prefix: { _tag: "Extends" },
        cacheMiss: "none",
        missedTokens: 0,
        usage: { uncached: 0, cacheRead: 100_000, cacheWrite: 0, cacheWriteHour: 0, output: 1 }
      }
      const ping: Exchange = { ...base, id: "1", endpoint: "renewal" }
      const back: Exchange = { ...base, id: "2", at: NOW - 4_000, cacheMiss: "averted", missedTokens: 90_000 }
      const epoch = { _tag: "Changed", part: "epoch", message: 3, tokens: 1_000, removed: 20_000 } as const
      const born: Exchange = { ...base, id: "3", at: NOW - 3_000, prefix: epoch }
      const cold: Exchange = { ...base, id: "4", at: NOW - 2_000, prefix: { ...epoch, tokens: 0 } }
      const { cache, epochs, finishes, total } = yield* statsOf([ping, back, born, cold], { until: NOW })
      // of a million tokens: 0.5 dollars to read, 6.25 to write, 25 for output
      const cost = 0.1 * 0.5 + 25e-6
      near(total.renewals.paid, cost)
      near(total.renewals.averted, 0.09 * 5.75)
      near(total.money.saved, 0.09 * 5.75 - cost)
      near(total.money.without, total.money.paid + total.money.saved)
      assert.deepStrictEqual([total.requests, total.renewals.requests, requests(finishes)], [3, 1, 3])
      assert.deepStrictEqual(cache.misses, [])
      assert.deepStrictEqual([epochs.births, epochs.removed, epochs.rewritten], [2, 40_000, 1_000])
      near(epochs.gained, 0.02 * 0.5 * 2 - 0.001 * 5.75 + 0.02 * 6.25)
    })
  )

  it.live("are all zero of nothing", () =>
    Effect.gen(function* () {
      const stats = yield* statsOf([], { until: NOW })
      assert.deepStrictEqual(stats.total, NO_SUM)
      assert.deepStrictEqual([stats.series, stats.models, stats.recent, stats.cache.misses], [[], [], [], []])
      assert.strictEqual(stats.latency.overheadMs, undefined)
    })
  )

  it.live("keep to the project or conversation that is asked for", () =>
    Effect.gen(function* () {
      const [one] = many
      if (one === undefined) return assert.fail("none")
      const { conversation, project } = one
      const stats = yield* statsOf(many, { until: NOW, conversation })
      assert.strictEqual(stats.total.requests, many.filter((each) => each.conversation === conversation).length)
      assert.deepStrictEqual(
        stats.conversations.map((each) => each.name),
        [conversation]
      )
      const ofProject = yield* statsOf(many, { until: NOW, project })
      assert.deepStrictEqual(
        ofProject.projects.map((each) => each.name),
        [project]
      )
    })
  )

  it("price nothing that nobody counted", () => {
    const uncounted = { ...(many[0] as Exchange), usage: undefined }
    const sum = sumOf(LIST, {
      ...tallyOf(uncounted),
      provider: "anthropic",
      model: "claude-opus-5",
      isSubscription: false,
      isRenewal: false,
      above: 0
    })
    assert.deepStrictEqual([sum.money.paid, sum.money.saved, sum.counted], [0, 0, 0])
  })
})

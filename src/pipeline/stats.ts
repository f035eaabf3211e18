/**
 * Everything that is told about what passed through: one query of the ledger a span of time, priced, and summed by whatever is asked for,
 * so that no figure has a second source.
 *
 * The store's driver is synchronous, so a long time is read span by span, and whoever waits in between gets their turn.
 */
import * as Effect from "effect/Effect"
import type { CacheMiss, Exchange, Finish, Provider } from "../domain/exchange.ts"
import {
  NO_SUM,
  plusSum,
  type Quantiles,
  quantilesOf,
  type Sum,
  type Summed,
  summed,
  sumOf,
  sumsBy
} from "../domain/figures.ts"
import { MILLION, type Price, priceOf, sizesIn } from "../domain/prices.ts"
import { tallyOf } from "../domain/savings.ts"
import { inputOf, NO_USAGE } from "../domain/usage.ts"
import {
  type Birth,
  type ExchangeFilter,
  type ExchangeTotal,
  Ledger,
  RETENTION,
  type SlotTotal
} from "./ports/ledger.ts"
import type { OriginalsError } from "./ports/originals.ts"
import { Prices } from "./ports/prices.ts"

export interface StatsOptions extends ExchangeFilter {
  readonly until: number
  /** The time zone's distance from UTC, for the starts of days. */
  readonly offsetMs?: number
}

export interface Named extends Sum {
  readonly name: string
}
export interface ModelSum extends Named {
  readonly provider: Provider
  /** Undefined: no price is known, so there is no money. */
  readonly price: Pick<Price, "source" | "asOf"> | undefined
}
export interface ConversationSum extends Named {
  readonly project: string
  readonly models: ReadonlyArray<string>
  readonly first: number
  readonly last: number
}
export interface SlotSum {
  readonly name: string
  readonly slots: number
  readonly changed: number
  readonly tokensBefore: number
  readonly tokensAfter: number
}
export interface Miss {
  readonly cause: CacheMiss
  readonly requests: number
  /** What the provider processed again. */
  readonly tokens: number
  /** Dollars above what reading it from the cache would have cost; where a price is known. */
  readonly dollars: number
}
/** What rendering histories anew came to. */
export interface Epochs {
  readonly births: number
  /** Estimated tokens that histories have less since, and those that were written again for it though the cache still held them. */
  readonly removed: number
  readonly rewritten: number
  /** Dollars by the calls since, below 0 where a rewrite has not paid yet; where a price is known. */
  readonly gained: number
}
/** An exchange with its own figures. */
export interface Recent extends Exchange {
  readonly sum: Sum
}

export interface Stats {
  readonly since: number
  readonly until: number
  /** Milliseconds of a point of the series. */
  readonly spanMs: number
  readonly total: Sum
  readonly series: ReadonlyArray<Sum & { readonly at: number }>
  readonly providers: ReadonlyArray<Named>
  readonly models: ReadonlyArray<ModelSum>
  readonly projects: ReadonlyArray<Named>
  readonly conversations: ReadonlyArray<ConversationSum>
  readonly kinds: ReadonlyArray<SlotSum>
  readonly tools: ReadonlyArray<SlotSum>
  /** What was done with slots: outcomes, and for what stayed as it was, why. */
  readonly outcomes: ReadonlyArray<SlotSum>
  readonly cache: {
    readonly read: number
    readonly input: number
    readonly misses: ReadonlyArray<Miss>
  }
  readonly epochs: Epochs
  readonly finishes: ReadonlyArray<{ readonly finish: Finish; readonly requests: number }>
  readonly passedOver: ReadonlyArray<{ readonly cause: string; readonly requests: number }>
  /** Milliseconds, of the latest of the time asked for. */
  readonly latency: {
    readonly requests: number
    readonly overheadMs: Quantiles | undefined
    readonly firstByteMs: Quantiles | undefined
  }
  readonly recent: ReadonlyArray<Recent>
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Up to so long a time a point is so long; beyond, a day. */
const POINTS: ReadonlyArray<readonly [until: number, spanMs: number]> = [
  [2 * DAY, HOUR],
  [8 * DAY, 6 * HOUR]
]
/** Up to here reading goes hour by hour, beyond by quarters of a day. */
const READ_HOURS_UNTIL = 8 * DAY
const TIMINGS = 2000
const RECENT = 30
const CONVERSATIONS = 12

/** Starts of spans that cover the time, on the clock of the time zone. */
const startsOf = (since: number, until: number, spanMs: number, offsetMs: number): ReadonlyArray<number> => {
  const starts: Array<number> = []
  const first = Math.floor((since + offsetMs) / spanMs) * spanMs - offsetMs
  for (let at = first; at < until; at += spanMs) starts.push(at)
  return starts
}

const largest = <A extends { readonly requests: number }>(sums: ReadonlyArray<A>): ReadonlyArray<A> =>
  [...sums].sort((a, b) => b.requests - a.requests)

interface Parts {
  readonly totals: ReadonlyArray<ExchangeTotal>
  readonly slots: ReadonlyArray<SlotTotal>
  readonly passedOver: Stats["passedOver"]
  readonly births: ReadonlyArray<Birth>
}

const readParts = (
  options: StatsOptions & { readonly since: number },
  spanMs: number,
  prices: ReadonlyArray<Price>
): Effect.Effect<Parts, OriginalsError, Ledger> =>
  Effect.gen(function* () {
    const ledger = yield* Ledger
    const { offsetMs = 0, since, until, ...filter } = options
    const readMs = until - since <= READ_HOURS_UNTIL ? HOUR : 6 * HOUR
    const totals: Array<ReadonlyArray<ExchangeTotal>> = []
    const slots: Array<ReadonlyArray<SlotTotal>> = []
    const births: Array<ReadonlyArray<Birth>> = []
    const passedOver = new Map<string, number>()
    for (const start of startsOf(since, until, readMs, offsetMs)) {
      const part = { ...filter, since: Math.max(since, start), until: Math.min(until, start + readMs) }
      const sums = yield* ledger.totals({ ...part, spanMs, offsetMs, sizes: sizesIn(prices) })
      // an hour without a request needs no second question
      if (sums.length === 0) continue
      totals.push(sums)
      slots.push(yield* ledger.slots(part))
      births.push(yield* ledger.births(part))
      for (const { cause, requests } of yield* ledger.passedOver(part))
        passedOver.set(cause, (passedOver.get(cause) ?? 0) + requests)
      yield* Effect.sleep(0)
    }
    return {
      totals: totals.flat(),
      slots: slots.flat(),
      births: births.flat(),
      passedOver: largest([...passedOver].map(([cause, requests]) => ({ cause, requests })))
    }
  })
const named = (sums: ReadonlyMap<string, Sum>): ReadonlyArray<Named> =>
  largest([...sums].map(([name, sum]) => ({ name, ...sum })))

const modelsOf = (
  prices: ReadonlyArray<Price>,
  totals: ReadonlyArray<Summed<ExchangeTotal>>
): ReadonlyArray<ModelSum> => {
  const firsts = new Map(totals.map((total) => [`${total.provider} ${total.model ?? ""}`, total]))
  const sums = sumsBy(totals, (total) => `${total.provider} ${total.model ?? ""}`)
  return largest(
    [...sums].flatMap(([key, sum]) => {
      const first = firsts.get(key)
      if (first === undefined) return []
      const price = priceOf(prices, first.provider, first.model)
      const listed = price === undefined ? undefined : { source: price.source, asOf: price.asOf }
      return [{ name: first.model ?? "", provider: first.provider, price: listed, ...sum }]
    })
  )
}

const slotSums = (slots: ReadonlyArray<SlotTotal>, nameOf: (slot: SlotTotal) => string): ReadonlyArray<SlotSum> => {
  const sums = new Map<string, SlotSum>()
  for (const slot of slots) {
    const name = nameOf(slot)
    const old = sums.get(name)
    sums.set(name, {
      name,
      slots: (old?.slots ?? 0) + slot.slots,
      changed: (old?.changed ?? 0) + (slot.outcome === "Unchanged" ? 0 : slot.slots),
      tokensBefore: (old?.tokensBefore ?? 0) + slot.tokensBefore,
      tokensAfter: (old?.tokensAfter ?? 0) + slot.tokensAfter
    })
  }
  return [...sums.values()].sort((a, b) => b.tokensBefore - a.tokensBefore)
}

const missesOf = (totals: ReadonlyArray<Summed<ExchangeTotal>>): ReadonlyArray<Miss> =>
  [...sumsBy(totals, (total) => total.cacheMiss)]
    .filter(([cause]) => cause !== "none" && cause !== "averted")
    .map(([cause, sum]) => ({
      cause,
      requests: sum.answered,
      tokens: inputOf(sum.missed),
      dollars: sum.money.missed
    }))
    .sort((a, b) => b.tokens - a.tokens)

/** What a birth has gained so far: less is written with it, or read, and less read by every call since; what the cache held behind is written. */
const gainedBy = (
  prices: ReadonlyArray<Price>,
  { provider, model, isSubscription, removed, rewritten, later }: Birth
): number => {
  const price = isSubscription ? undefined : priceOf(prices, provider, model)
  if (price === undefined) return 0
  const { cacheRead, cacheWrite } = price.rates
  // a rewrite that cost nothing found the cache cold
  const now = rewritten === 0 ? cacheWrite : cacheRead
  return (removed * (now + cacheRead * later) - rewritten * (cacheWrite - cacheRead)) / MILLION
}

const epochsOf = (prices: ReadonlyArray<Price>, births: ReadonlyArray<Birth>): Epochs => ({
  births: births.length,
  removed: births.reduce((sum, birth) => sum + birth.removed, 0),
  rewritten: births.reduce((sum, birth) => sum + birth.rewritten, 0),
  gained: births.reduce((sum, birth) => sum + gainedBy(prices, birth), 0)
})

const finishesOf = (totals: ReadonlyArray<ExchangeTotal>): Stats["finishes"] => {
  const counts = new Map<Finish, number>()
  for (const total of totals)
    if (!total.isRenewal) counts.set(total.finish, (counts.get(total.finish) ?? 0) + total.requests)
  return largest([...counts].map(([finish, requests]) => ({ finish, requests })))
}

/** An exchange with what it cost and saved. */
export const recentOf = (prices: ReadonlyArray<Price>, exchange: Exchange): Recent => {
  const above = Math.max(0, inputOf(exchange.usage ?? NO_USAGE) - 1)
  const { provider, model, isSubscription } = exchange
  const isRenewal = exchange.endpoint === "renewal"
  const tally = { ...tallyOf(exchange), provider, model, isSubscription, isRenewal, above }
  return { ...exchange, sum: sumOf(prices, tally) }
}

const conversationsOf = (
  options: StatsOptions,
  prices: ReadonlyArray<Price>
): Effect.Effect<ReadonlyArray<ConversationSum>, OriginalsError, Ledger> =>
  Effect.gen(function* () {
    const ledger = yield* Ledger
    const { offsetMs: _, ...filter } = options
    const totals = yield* ledger.conversations(CONVERSATIONS, { ...filter, sizes: sizesIn(prices) })
    return [...sumsBy(summed(prices, totals), (total) => total.conversation)].map(([name, sum]) => {
      const mine = totals.filter((total) => total.conversation === name)
      return {
        name,
        project: mine[0]?.project ?? "",
        models: [...new Set(mine.flatMap((total) => total.model ?? []))],
        first: Math.min(...mine.map((total) => total.first)),
        last: Math.max(...mine.map((total) => total.last)),
        ...sum
      }
    })
  })

/** All figures of a time; as far back as the ledger keeps, where no `since` is given. */
export const gatherStats = (options: StatsOptions): Effect.Effect<Stats, OriginalsError, Ledger | Prices> =>
  Effect.gen(function* () {
    const ledger = yield* Ledger
    const prices = yield* Prices
    const { offsetMs: _, ...filter } = options
    const since = Math.max(options.since ?? 0, options.until - RETENTION.maxAgeMs)
    const spanMs = POINTS.find(([until]) => options.until - since <= until)?.[1] ?? DAY
    const parts = yield* readParts({ ...options, since }, spanMs, prices)
    const totals = summed(prices, parts.totals)
    const timings = yield* ledger.timings(TIMINGS, filter)
    const recent = yield* ledger.latest(RECENT, filter)
    const series = sumsBy(totals, (total) => total.at)
    const total = [...series.values()].reduce(plusSum, NO_SUM)
    return {
      since,
      until: options.until,
      spanMs,
      total,
      series: [...series].map(([at, sum]) => ({ at, ...sum })),
      providers: named(sumsBy(totals, (one) => one.provider)),
      models: modelsOf(prices, totals),
      projects: named(sumsBy(totals, (one) => one.project)),
      conversations: yield* conversationsOf(options, prices),
      kinds: slotSums(parts.slots, (slot) => slot.kind),
      tools: slotSums(parts.slots, (slot) => slot.tool ?? ""),
      outcomes: slotSums(parts.slots, (slot) => slot.reason ?? slot.outcome),
      cache: { read: total.used.cacheRead, input: inputOf(total.used), misses: missesOf(totals) },
      epochs: epochsOf(prices, parts.births),
      finishes: finishesOf(totals),
      passedOver: parts.passedOver,
      latency: {
        requests: timings.overheadMs.length,
        overheadMs: quantilesOf(timings.overheadMs),
        firstByteMs: quantilesOf(timings.firstByteMs)
      },
      recent: recent.map((exchange) => recentOf(prices, exchange))
    }
  })

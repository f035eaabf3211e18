/**
 * Tallies made into figures: money where a model has a price and tokens are paid for, share of context for subscriptions, and always
 * what the figure is a part of.
 */
import type { Provider } from "./exchange.ts"
import { MILLION, costAboveRead, costOf, inputCost, type Price, priceOf, ratesFor } from "./prices.ts"
import { NO_TALLY, plusTally, type Tally } from "./savings.ts"

/** What one entry of a price list applies to. */
export interface PricedTally extends Tally {
  readonly provider: Provider
  readonly model: string | undefined
  readonly isSubscription: boolean
  /** Of our own renewals of a provider's cache, no client's requests. */
  readonly isRenewal: boolean
  /** The largest of the sizes at which a price changes that the inputs exceed, or 0. */
  readonly above: number
}

/** Dollars at list prices, input and output. */
export interface Money {
  readonly requests: number
  readonly paid: number
  /** What the same requests would have cost without Headroom. */
  readonly without: number
  /** The difference; below 0 where Headroom cost more. */
  readonly saved: number
  /** Of what was paid: for reading again what a cache should have given. */
  readonly missed: number
}

/** What keeping caches warm came to. */
export interface Renewals {
  readonly requests: number
  /** Dollars: what they cost, and what the requests behind them would have cost more without them. */
  readonly paid: number
  readonly averted: number
}

/** Requests are those of clients; what renewals cost is in the money, and taken off what is saved. */
export interface Sum extends Tally {
  readonly money: Money
  readonly renewals: Renewals
  /** Prompts under a subscription, by our estimate. */
  readonly context: { readonly requests: number; readonly tokensBefore: number; readonly tokensAfter: number }
  /** Paid requests of models without a price: tokens only. */
  readonly unpriced: number
}

export const NO_SUM: Sum = {
  ...NO_TALLY,
  money: { requests: 0, paid: 0, without: 0, saved: 0, missed: 0 },
  renewals: { requests: 0, paid: 0, averted: 0 },
  context: { requests: 0, tokensBefore: 0, tokensAfter: 0 },
  unpriced: 0
}

export const plusSum = (a: Sum, b: Sum): Sum => ({
  ...plusTally(a, b),
  money: {
    requests: a.money.requests + b.money.requests,
    paid: a.money.paid + b.money.paid,
    without: a.money.without + b.money.without,
    saved: a.money.saved + b.money.saved,
    missed: a.money.missed + b.money.missed
  },
  renewals: {
    requests: a.renewals.requests + b.renewals.requests,
    paid: a.renewals.paid + b.renewals.paid,
    averted: a.renewals.averted + b.renewals.averted
  },
  context: {
    requests: a.context.requests + b.context.requests,
    tokensBefore: a.context.tokensBefore + b.context.tokensBefore,
    tokensAfter: a.context.tokensAfter + b.context.tokensAfter
  },
  unpriced: a.unpriced + b.unpriced
})

const renewalsSum = (prices: ReadonlyArray<Price>, { used, saved, requests, ...tally }: PricedTally): Sum => {
  const price = priceOf(prices, tally.provider, tally.model)
  const paid = price === undefined ? 0 : costOf(ratesFor(price, tally.above + 1), used)
  return {
    ...NO_SUM,
    used,
    saved,
    money: { ...NO_SUM.money, paid, saved: 0 - paid },
    renewals: { requests, paid, averted: 0 }
  }
}

export const sumOf = (prices: ReadonlyArray<Price>, tally: PricedTally): Sum => {
  if (tally.isRenewal) return renewalsSum(prices, tally)
  const sum = { ...NO_SUM, ...plusTally(NO_TALLY, tally) }
  if (tally.isSubscription) {
    const { answered: requests, tokensBefore, tokensAfter } = tally
    return { ...sum, context: { requests, tokensBefore, tokensAfter } }
  }
  const price = priceOf(prices, tally.provider, tally.model)
  if (price === undefined) return { ...sum, unpriced: tally.counted }
  const rates = ratesFor(price, tally.above + 1)
  const paid = costOf(rates, tally.used)
  const saved = inputCost(rates, tally.saved)
  const averted = (tally.averted * (rates.cacheWrite - rates.cacheRead)) / MILLION
  return {
    ...sum,
    renewals: { requests: 0, paid: 0, averted },
    money: { requests: tally.counted, paid, without: paid + saved, saved, missed: costAboveRead(rates, tally.missed) }
  }
}

/** A tally with what it comes to. */
export type Summed<A extends PricedTally> = A & { readonly sum: Sum }

/** Each tally with its sum; a model's price is looked up once, for it is looked for by pattern. */
export const summed = <A extends PricedTally>(
  prices: ReadonlyArray<Price>,
  tallies: ReadonlyArray<A>
): ReadonlyArray<Summed<A>> => {
  const known = new Map<string, ReadonlyArray<Price>>()
  return tallies.map((tally) => {
    const key = `${tally.provider} ${tally.model ?? ""}`
    const price = known.get(key) ?? [priceOf(prices, tally.provider, tally.model)].flatMap((one) => one ?? [])
    known.set(key, price)
    return { ...tally, sum: sumOf(price, tally) }
  })
}

/** Sums by a key, in the order in which the keys first come. */
export const sumsBy = <A extends { readonly sum: Sum }, K>(
  all: ReadonlyArray<A>,
  keyOf: (one: A) => K
): ReadonlyMap<K, Sum> => {
  const sums = new Map<K, Sum>()
  for (const one of all) {
    const key = keyOf(one)
    sums.set(key, plusSum(sums.get(key) ?? NO_SUM, one.sum))
  }
  return sums
}

export interface Quantiles {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** By nearest rank; undefined of nothing. */
export const quantilesOf = (values: ReadonlyArray<number>): Quantiles | undefined => {
  if (values.length === 0) return undefined
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
}

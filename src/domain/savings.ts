/**
 * What an exchange spared, in the provider's own tokens by price class, so that it can be priced, summed and subtracted like usage.
 *
 * Each token is valued at the class that would have applied to it, and where that cannot be known at the cheapest: docs/ledger.md has
 * the formula and its reasons.
 */
import type { Exchange, Provider } from "./exchange.ts"
import { inputOf, NO_USAGE, plusUsage, type Usage } from "./usage.ts"

/**
 * A provider's tokens for one of our estimate, at most: what was measured on text (src/adapters/tokenizer/estimate.ts), with the
 * estimate's own error. A higher ratio comes from what the estimate does not count, such as images, and must not make saved text dearer.
 */
export const MOST_TOKENS: Readonly<Record<Provider, number>> = { anthropic: 1.75, openai: 1.1, gemini: 1.1 }

type Billed = Pick<
  Exchange,
  | "provider"
  | "tokensBefore"
  | "tokensAfter"
  | "newTokensBefore"
  | "newTokensAfter"
  | "usage"
  | "cacheMiss"
  | "missedTokens"
  | "endpoint"
  | "status"
>

/** Whether a model read the prompt: counting tokens and other routes are free, and an error is not billed. */
export const isAnswered = ({ endpoint, status }: Pick<Exchange, "endpoint" | "status">): boolean =>
  endpoint !== "count-tokens" && endpoint !== "other" && status >= 200 && status < 300

/** So many tokens, a share of them read from the cache, the rest in the classes in which the provider processed what it did not read. */
const spread = (tokens: number, readShare: number, usage: Usage): Usage => {
  const processed = usage.uncached + usage.cacheWrite + usage.cacheWriteHour
  if (processed === 0) return { ...NO_USAGE, cacheRead: tokens }
  const rest = (tokens * (1 - readShare)) / processed
  return {
    uncached: rest * usage.uncached,
    cacheRead: tokens * readShare,
    cacheWrite: rest * usage.cacheWrite,
    cacheWriteHour: rest * usage.cacheWriteHour,
    output: 0
  }
}

/** Whether the cache would have missed without us too: the clock says so, or there was nothing to miss. */
const isOurs = ({ cacheMiss }: Pick<Exchange, "cacheMiss">): boolean =>
  cacheMiss === "prefix-changed" || cacheMiss === "unknown"

/** Input alone, as all that is saved. */
const negated = ({ uncached, cacheRead, cacheWrite, cacheWriteHour }: Usage): Usage => ({
  uncached: 0 - uncached,
  cacheRead: 0 - cacheRead,
  cacheWrite: 0 - cacheWrite,
  cacheWriteHour: 0 - cacheWriteHour,
  output: 0
})

/** Input tokens that were read from the cache because we had renewed it, and would have been written to it anew. */
export const avertedTokens = (exchange: Billed): number =>
  exchange.cacheMiss === "averted" && isAnswered(exchange)
    ? Math.min(exchange.missedTokens, exchange.usage?.cacheRead ?? 0)
    : 0

/** What was averted, as written anew without us and read with us. */
const avertedUsage = (exchange: Billed): Usage => {
  const tokens = avertedTokens(exchange)
  return tokens === 0 ? NO_USAGE : { ...NO_USAGE, cacheWrite: tokens, cacheRead: -tokens }
}

/** Input tokens that the provider did not see because of us, or saw in a cheaper class; below 0 where it saw more. */
export const savedUsage = (exchange: Billed): Usage => {
  const { usage, tokensAfter } = exchange
  if (usage === undefined || !isAnswered(exchange)) return NO_USAGE
  // nobody else would have sent it
  if (exchange.endpoint === "renewal") return negated(usage)
  if (tokensAfter <= 0) return avertedUsage(exchange)
  const input = inputOf(usage)
  const perEstimate = input / tokensAfter
  const most = Math.min(perEstimate, MOST_TOKENS[exchange.provider])
  const scaled = (tokens: number): number => tokens * (tokens > 0 ? most : perEstimate)
  const fresh = exchange.newTokensBefore - exchange.newTokensAfter
  const savedNew = scaled(fresh)
  const savedOld = scaled(exchange.tokensBefore - tokensAfter - fresh)
  // a cache reads a prompt from its start, so history comes before what is new
  const newInput = input * Math.min(1, exchange.newTokensAfter / tokensAfter)
  const oldInput = input - newInput
  const oldRead = oldInput === 0 ? 1 : Math.min(1, usage.cacheRead / oldInput)
  const newRead = newInput === 0 ? 1 : Math.max(0, usage.cacheRead - oldInput) / newInput
  // a miss that may be ours must not make what it threw away worth more
  const historyRead = savedOld > 0 && isOurs(exchange) ? 1 : oldRead
  return plusUsage(
    plusUsage(spread(savedNew, Math.min(1, newRead), usage), spread(savedOld, historyRead, usage)),
    avertedUsage(exchange)
  )
}

/** Input tokens that a cache miss made the provider process again, in the classes in which it did. */
export const missedUsage = (exchange: Billed): Usage => {
  const { usage, missedTokens, cacheMiss } = exchange
  if (usage === undefined || missedTokens <= 0 || cacheMiss === "averted" || !isAnswered(exchange)) return NO_USAGE
  const processed = inputOf(usage) - usage.cacheRead
  return processed === 0 ? NO_USAGE : spread(Math.min(processed, missedTokens), 0, usage)
}

/** Sums over exchanges; every figure is one of these, priced. */
export interface Tally {
  readonly requests: number
  /** Of them, those that a model answered. */
  readonly answered: number
  /** Of these, those with the provider's own count. */
  readonly counted: number
  /** Prompts of the answered, by our estimate. */
  readonly tokensBefore: number
  readonly tokensAfter: number
  /** What the provider counted. */
  readonly used: Usage
  /** What it did not see because of us, and what it processed again because its cache missed. */
  readonly saved: Usage
  readonly missed: Usage
  /** Tokens that were read from the cache because we had renewed it. */
  readonly averted: number
}

export const NO_TALLY: Tally = {
  requests: 0,
  answered: 0,
  counted: 0,
  tokensBefore: 0,
  tokensAfter: 0,
  used: NO_USAGE,
  saved: NO_USAGE,
  missed: NO_USAGE,
  averted: 0
}

export const tallyOf = (exchange: Billed): Tally => {
  if (!isAnswered(exchange)) return { ...NO_TALLY, requests: 1 }
  return {
    requests: 1,
    answered: 1,
    counted: exchange.usage === undefined ? 0 : 1,
    tokensBefore: exchange.tokensBefore,
    tokensAfter: exchange.tokensAfter,
    used: exchange.usage ?? NO_USAGE,
    saved: savedUsage(exchange),
    missed: missedUsage(exchange),
    averted: avertedTokens(exchange)
  }
}

export const plusTally = (a: Tally, b: Tally): Tally => ({
  requests: a.requests + b.requests,
  answered: a.answered + b.answered,
  counted: a.counted + b.counted,
  tokensBefore: a.tokensBefore + b.tokensBefore,
  tokensAfter: a.tokensAfter + b.tokensAfter,
  used: plusUsage(a.used, b.used),
  saved: plusUsage(a.saved, b.saved),
  missed: plusUsage(a.missed, b.missed),
  averted: a.averted + b.averted
})

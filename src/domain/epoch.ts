/**
 * Epochs: within one every slot keeps the bytes that it was first sent as; at the birth of the next the whole history is rendered anew, as
 * one decision, because what was sent stays in the provider's cache and rewriting it must pay for itself.
 */
import { LIST_PRICES, type Prices } from "./economics.ts"

/** One block of the history in a rewrite that might be made: tokens as sent so far, and as they would be sent. */
export interface Rewrite {
  readonly before: number
  readonly after: number
}

/** What is known of a moment at which an epoch might begin. */
export interface Moment {
  /** Calls that are expected to read what is written now, this one included. */
  readonly calls: number
  /** Of what writing the suffix again costs beside reading it, the share that a rewrite has to pay. */
  readonly alive: number
  readonly prices: Prices
}

/** A moment that has come. */
export interface Occasion extends Moment {
  /** The cache's lifetime is over: the request waits for its prompt to be processed anyway. */
  readonly isCold: boolean
}

/** Of the price of writing the suffix again, the share that a rewrite must gain beside it: sessions end early, a pause may come for free. */
const MARGIN = 0.5
/** Of the calls since the last birth, the share that is expected to follow where the cache is warm. */
const EXPECTED = 0.5
/**
 * Where the cache is cold by its lifetime: providers keep prefixes longer than they promise, so a birth at a pause must pay for most of what
 * it would cost if the cache were still there. docs/policy.md has both accounts.
 */
const OUTLIVED = 0.8
/** A warm cache is looked at every so many calls. */
const EVERY = 8
/** A cache is taken to be cold so long after its lifetime: clocks and queues differ. */
const EDGE_MS = 10_000

/** How a request stands in its conversation. */
export interface Standing {
  /** Calls of the model so far. */
  readonly calls: number
  /** Calls since the epoch was born, or the conversation began. */
  readonly sinceBirth: number
  /** Milliseconds since the request before, where known. */
  readonly idleMs: number | undefined
  readonly lifetimeMs: number
}

/** The moment, if it is one at which an epoch may begin: a cold cache, or now and then a warm one. */
export const momentOf = (
  { calls, sinceBirth, idleMs, lifetimeMs }: Standing,
  prices: Prices = LIST_PRICES
): Occasion | undefined => {
  if (calls < 2) return undefined
  if (idleMs !== undefined && idleMs > lifetimeMs + EDGE_MS) return { calls, isCold: true, alive: OUTLIVED, prices }
  if (sinceBirth === 0 || sinceBirth % EVERY !== 0) return undefined
  return { calls: Math.max(1, sinceBirth * EXPECTED), isCold: false, alive: 1, prices }
}

/**
 * What a rewrite gains that removes so many tokens and writes so many behind them again, in units of one uncached input token.
 *
 * @example
 * // 2,000 tokens removed before 50,000 that are still in the cache pay after 287.5 reads
 * gain(2_000, 50_000, { calls: 288, alive: 1, prices: LIST_PRICES }) > 0 // => true
 */
export const gain = (removed: number, suffix: number, { calls, alive, prices: { write, read } }: Moment): number =>
  removed * (write + read * (Math.max(1, calls) - 1)) - alive * (write - read) * (Math.max(0, suffix) + removed)

/** Where a rewrite begins, what it removes and what it gains, the margin taken off. */
export interface Birth {
  readonly from: number
  readonly removed: number
  readonly gain: number
}

/**
 * The block from which on rewriting gains most, or undefined where no place gains enough: a later one writes a shorter suffix again, and
 * removes less. The blocks are those that the provider has seen.
 */
export const birthOf = (blocks: ReadonlyArray<Rewrite>, moment: Moment): Birth | undefined => {
  let removed = 0
  let suffix = 0
  let best: Birth | undefined
  for (let from = blocks.length - 1; from >= 0; from--) {
    const { before, after } = blocks[from] as Rewrite
    removed += before - after
    suffix += after
    if (before === after) continue
    const value = gain(removed, suffix, moment) - MARGIN * moment.alive * moment.prices.write * suffix
    if (removed > 0 && value > 0 && value > (best?.gain ?? 0)) best = { from, removed, gain: value }
  }
  return best
}

/**
 * The epoch that a request belongs to: that of the longest birth prefix which is a prefix of it, else undefined, the root. `prefixes` are the
 * digests of the request up to and with each of its turns, in order.
 */
export const epochOf = <Id>(
  prefixes: ReadonlyArray<Id>,
  births: { readonly has: (id: Id) => boolean }
): Id | undefined => prefixes.findLast((prefix) => births.has(prefix))

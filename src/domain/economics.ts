/**
 * What a session costs under a provider's prefix cache: each request reads the longest prefix that was sent before and writes the rest,
 * so that a text saved once is saved at every later call, and one changed early makes all after it dear.
 */

/** Prices in units of one uncached input token. */
export interface Prices {
  /** Input that enters the cache. */
  readonly write: number
  /** Input that is read from it. */
  readonly read: number
  readonly output: number
}

/** The ratios of the list prices of Anthropic's models, with a cache of five minutes. */
export const LIST_PRICES: Prices = { write: 1.25, read: 0.1, output: 5 }

/** How long a prefix that nobody asks for stays in the cache. */
export const CACHE_MS = 300_000

/** A part of a request that is cached as one. */
export interface Part {
  /** Two parts are the same to the cache where their keys are equal. */
  readonly key: string
  readonly tokens: number
}

/** One call of the model. */
export interface PricedCall {
  /** The request, in order. */
  readonly parts: ReadonlyArray<Part>
  readonly outputTokens: number
  /** Milliseconds since any fixed moment, where known. */
  readonly at?: number
}

export interface SessionCost {
  /** In units of one uncached input token. */
  readonly cost: number
  readonly read: number
  readonly written: number
  readonly output: number
}

interface Prefix {
  readonly longer: Map<string, Prefix>
}

const emptyPrefix = (): Prefix => ({ longer: new Map() })

/**
 * The cost of a session's calls, in their order; a pause longer than the cache lives empties it.
 *
 * @example
 * const a = { key: "a", tokens: 100 }
 * sessionCost([{ parts: [a], outputTokens: 0 }, { parts: [a], outputTokens: 2 }]).cost // => 125 + 10 + 10
 */
export const sessionCost = (
  calls: ReadonlyArray<PricedCall>,
  prices: Prices = LIST_PRICES,
  cacheMs: number = CACHE_MS
): SessionCost => {
  let seen = emptyPrefix()
  let previous: number | undefined
  let read = 0
  let written = 0
  let output = 0
  for (const call of calls) {
    if (call.at !== undefined && previous !== undefined && call.at - previous > cacheMs) seen = emptyPrefix()
    previous = call.at
    let prefix = seen
    for (const part of call.parts) {
      const known = prefix.longer.get(part.key)
      if (known === undefined) written += part.tokens
      else read += part.tokens
      const longer = known ?? emptyPrefix()
      if (known === undefined) prefix.longer.set(part.key, longer)
      prefix = longer
    }
    output += call.outputTokens
  }
  return { cost: written * prices.write + read * prices.read + output * prices.output, read, written, output }
}

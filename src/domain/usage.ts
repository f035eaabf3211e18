/**
 * What a provider says one call used, its own names made one, because prices differ by class and not by vendor.
 */

/** Tokens by price class; a class that the provider does not report is 0. The four input classes do not overlap. */
export interface Usage {
  readonly uncached: number
  readonly cacheRead: number
  /** Written to a cache that lives five minutes, or as long as the provider keeps it by itself. */
  readonly cacheWrite: number
  /** Written to a cache that lives an hour. */
  readonly cacheWriteHour: number
  /** With reasoning. */
  readonly output: number
}

export const NO_USAGE: Usage = { uncached: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 0 }

/** All input tokens, whatever their class. */
export const inputOf = (usage: Usage): number =>
  usage.uncached + usage.cacheRead + usage.cacheWrite + usage.cacheWriteHour

/** Class by class. */
export const plusUsage = (a: Usage, b: Usage): Usage => ({
  uncached: a.uncached + b.uncached,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite,
  cacheWriteHour: a.cacheWriteHour + b.cacheWriteHour,
  output: a.output + b.output
})

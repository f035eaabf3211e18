/** What requests cost and would have cost over time, one bar a span of it. */
import type { Stats } from "../../../../pipeline/stats.ts"

export interface Bar {
  readonly at: number
  readonly rest: number
  /** Below 0 where more was spent. */
  readonly spared: number
}

const MONTH = 31 * 86_400_000
/** More bars than this would be hairs; they are put together then. */
const MOST_BARS = 92

/** As many bars as fit, each of equally many. */
const fitted = (bars: ReadonlyArray<Bar>): ReadonlyArray<Bar> => {
  const each = Math.ceil(bars.length / MOST_BARS)
  if (each <= 1) return bars
  return Array.from({ length: Math.ceil(bars.length / each) }, (_, i) =>
    bars
      .slice(i * each, (i + 1) * each)
      .reduce((sum, bar) => ({ at: sum.at, rest: sum.rest + bar.rest, spared: sum.spared + bar.spared }))
  )
}

/** Bars that cover the time shown, in money where there is any, else in tokens; a long time begins with its first request. */
export const barsOf = (stats: Pick<Stats, "since" | "until" | "spanMs" | "series" | "total">): ReadonlyArray<Bar> => {
  const isMoney = stats.total.money.requests > 0
  const known = new Map(stats.series.map((point) => [point.at, point]))
  const first = Math.min(...known.keys())
  if (known.size === 0) return []
  const offset = first % stats.spanMs
  const since = Math.floor((stats.since - offset) / stats.spanMs) * stats.spanMs + offset
  const bars: Array<Bar> = []
  for (let at = stats.until - stats.since > MONTH ? first : since; at < stats.until; at += stats.spanMs) {
    const point = known.get(at)
    bars.push({
      at,
      rest: (isMoney ? point?.money.paid : point?.tokensAfter) ?? 0,
      spared: (isMoney ? point?.money.saved : point && point.tokensBefore - point.tokensAfter) ?? 0
    })
  }
  return fitted(bars)
}

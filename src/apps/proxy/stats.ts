/** `GET /stats`: every figure of a time as JSON, with what it is a part of. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Ledger } from "../../pipeline/ports/ledger.ts"
import type { Prices } from "../../pipeline/ports/prices.ts"
import { gatherStats, type Stats, type StatsOptions } from "../../pipeline/stats.ts"
import { Metrics } from "./metrics.ts"
import { type Asked, refused, type Shown, shownJson } from "./shown.ts"

/** What `/stats` answers with. */
export interface StatsAnswer extends Stats {
  /** Exchanges that this process could not record. */
  readonly dropped: number
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const DEFAULT_LAST = "24h"
/** No place is further from UTC, in minutes. */
const MAX_OFFSET = 14 * 60

/** Milliseconds; undefined for all, and null where it is neither. */
const lastOf = (text: string): number | undefined | null => {
  if (text === "all") return undefined
  const [, count = "", unit = ""] = /^([1-9]\d{0,3})([mhd])$/.exec(text) ?? []
  const unitMs = UNIT_MS[unit]
  return unitMs === undefined ? null : Number(count) * unitMs
}

/** The time and the filter that a query asks for, or what is wrong with it. */
export const optionsFrom = (query: URLSearchParams, now: number): StatsOptions | string => {
  const last = lastOf(query.get("last") ?? DEFAULT_LAST)
  if (last === null) return `last: expected all or a time such as 90m, 24h or 7d`
  const offset = query.get("offset") ?? "0"
  if (!/^-?\d{1,3}$/.test(offset) || Math.abs(Number(offset)) > MAX_OFFSET)
    return `offset: expected minutes from UTC between -${MAX_OFFSET} and ${MAX_OFFSET}`
  const project = query.get("project")
  const conversation = query.get("conversation")
  return {
    until: now + 1,
    offsetMs: Number(offset) * 60_000,
    ...(last === undefined ? {} : { since: now - last }),
    ...(project === null ? {} : { project }),
    ...(conversation === null ? {} : { conversation })
  }
}

export const stats = ({ query }: Asked): Effect.Effect<Shown, never, Ledger | Prices | Metrics> =>
  Effect.gen(function* () {
    const metrics = yield* Metrics
    const options = optionsFrom(query, yield* Clock.currentTimeMillis)
    if (typeof options === "string") return refused(400, "bad_query", options)
    const gathered = yield* gatherStats(options)
    const answer: StatsAnswer = { ...gathered, dropped: metrics.dropped() }
    return shownJson(200, answer)
  }).pipe(Effect.catchTag("OriginalsError", ({ message, reason }) => Effect.succeed(refused(503, reason, message))))

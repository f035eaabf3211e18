/**
 * What a prefix cache's lifetime makes of a person's pauses: a token is paid for at every call from the first that held it, dearly where
 * a pause had emptied the cache, so what to choose depends on how long one thinks between calls.
 */
import { CACHE_MS } from "./economics.ts"
import { NO_USAGE, type Usage } from "./usage.ts"

/** Five minutes and an hour are lifetimes that a request asks for; kept warm, the five minutes are renewed for a while after each call. */
export type Lifetime = "five-minutes" | "hour" | "keep-warm"

export const LIFETIMES: ReadonlyArray<Lifetime> = ["five-minutes", "hour", "keep-warm"]

const MINUTE = 60_000
const HOUR_MS = 60 * MINUTE
/** Between renewals: the margin is for clocks and queues. */
const RENEWAL_MS = CACHE_MS - MINUTE / 2
/** A quarter of an hour; after more than that few come back before it is cheaper to begin anew. */
const RENEWALS = Math.floor((15 * MINUTE) / RENEWAL_MS)

/** How a call found the cache. */
export interface Arrival {
  /** It held nothing of the call before. */
  readonly isCold: boolean
  /** How often it was renewed in the pause. */
  readonly renewals: number
}

/** The arrival of a call after a pause of so many milliseconds. */
export const arrivalAfter = (pause: number, lifetime: Lifetime): Arrival => {
  if (lifetime === "hour") return { isCold: pause > HOUR_MS, renewals: 0 }
  const renewals = lifetime === "keep-warm" ? Math.min(RENEWALS, Math.max(0, Math.floor(pause / RENEWAL_MS))) : 0
  return { isCold: pause > renewals * RENEWAL_MS + CACHE_MS, renewals }
}

/** The pauses before calls at these moments; none before the first, and where a moment is not known. */
export const pausesOf = (moments: ReadonlyArray<number | undefined>): ReadonlyArray<number> =>
  moments.map((moment, call) => {
    const before = moments[call - 1]
    return moment === undefined || before === undefined ? 0 : moment - before
  })

/** How often a token is written to the cache and read from it. */
export interface Exposure {
  readonly written: number
  readonly read: number
}

/**
 * By the call at which a token is sent first, its exposure until the end of the session; renewals read it too, and one that nobody came
 * back for, after the last call. Calls before `from` are paid for elsewhere.
 *
 * @example
 * exposures([0, 0, 400_000], "five-minutes") // the third call comes after a pause: [{ written: 2, read: 1 }, …]
 */
export const exposures = (
  pauses: ReadonlyArray<number>,
  lifetime: Lifetime,
  from: number = 0
): ReadonlyArray<Exposure> => {
  const all: Array<Exposure> = []
  let written = 0
  let read = lifetime === "keep-warm" ? RENEWALS : 0
  for (let call = pauses.length - 1; call >= 0; call--) {
    const isPaid = call >= from
    all.push({ written: written + (isPaid ? 1 : 0), read })
    if (!isPaid || call === 0) continue
    const { isCold, renewals } = arrivalAfter(pauses[call] ?? 0, lifetime)
    if (isCold) written++
    else read++
    read += renewals
  }
  return all.reverse()
}

/** Tokens with an exposure, by price class. */
export const usageOf = (tokens: number, { written, read }: Exposure, lifetime: Lifetime): Usage => ({
  ...NO_USAGE,
  cacheRead: tokens * read,
  [lifetime === "hour" ? "cacheWriteHour" : "cacheWrite"]: tokens * written
})

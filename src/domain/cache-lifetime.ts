/**
 * What a prefix cache's lifetime makes of a person's pauses: a token is paid for at every call from the first that held it, dearly where
 * a pause had emptied the cache, so what to choose depends on how long one thinks between calls.
 */
import { CACHE_MS, LIST_PRICES, type Prices } from "./economics.ts"
import { NO_USAGE, type Usage } from "./usage.ts"

/** Five minutes and an hour are lifetimes that a request asks for; kept warm, the five minutes are renewed for a while after each call. */
export type Lifetime = "five-minutes" | "hour" | "keep-warm"

export const LIFETIMES: ReadonlyArray<Lifetime> = ["five-minutes", "hour", "keep-warm"]

/** The lifetimes that a request can ask for, as its marks spell them. */
export type Ttl = "5m" | "1h"

export const LIFETIME_OF: Readonly<Record<Ttl, Lifetime>> = { "5m": "five-minutes", "1h": "hour" }

const MINUTE = 60_000
const HOUR_MS = 60 * MINUTE

export const TTL_MS: Readonly<Record<Ttl, number>> = { "5m": CACHE_MS, "1h": HOUR_MS }

/** Between renewals: the margin is for clocks and queues. */
export const RENEWAL_MS = CACHE_MS - MINUTE / 2
/** In a pause. A quarter of an hour; after more than that few come back before it is cheaper to begin anew. */
export const RENEWALS = Math.floor((15 * MINUTE) / RENEWAL_MS)

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

/** One conversation, call by call: the pauses before them, in milliseconds, and the tokens that each was the first to send. */
export interface Course {
  readonly pauses: ReadonlyArray<number>
  readonly added: ReadonlyArray<number>
}

/** What input costs in any unit, by class. */
export type InputRates = Pick<Usage, "cacheRead" | "cacheWrite" | "cacheWriteHour">

/** The ratios of the list prices of Anthropic's models, an hour's cache with them. */
export const INPUT_RATIOS: InputRates = {
  cacheRead: LIST_PRICES.read,
  cacheWrite: LIST_PRICES.write,
  cacheWriteHour: 2
}

/** What the input of a conversation costs under a lifetime. */
export const courseCost = ({ pauses, added }: Course, lifetime: Lifetime, rates: InputRates = INPUT_RATIOS): number =>
  exposures(pauses, lifetime).reduce((sum, exposure, call) => {
    const { cacheRead, cacheWrite, cacheWriteHour } = usageOf(added[call] ?? 0, exposure, lifetime)
    return sum + cacheRead * rates.cacheRead + cacheWrite * rates.cacheWrite + cacheWriteHour * rates.cacheWriteHour
  }, 0)

/** What is cheaper by less than this share is not worth a change. */
const NOTICEABLE = 0.01

/**
 * The lifetime under which these conversations would have cost least. The first of those to choose from stays unless another is noticeably
 * cheaper, so that no choice is one which the same pauses make dearer.
 *
 * @example
 * cheapestLifetime([], ["five-minutes", "hour"]) // => "five-minutes"
 */
export const cheapestLifetime = (
  courses: ReadonlyArray<Course>,
  among: readonly [Lifetime, ...ReadonlyArray<Lifetime>],
  rates: InputRates = INPUT_RATIOS
): Lifetime => {
  const costOf = (lifetime: Lifetime): number =>
    courses.reduce((sum, course) => sum + courseCost(course, lifetime, rates), 0)
  const [first, ...others] = among
  let best = first
  let least = costOf(first) * (1 - NOTICEABLE)
  for (const lifetime of others) {
    const cost = costOf(lifetime)
    if (cost >= least) continue
    best = lifetime
    least = cost
  }
  return best
}

/** A call of a conversation: when it came, in milliseconds, the tokens of its prompt, and those of them that were new. */
export interface CallMoment {
  readonly conversation: string
  readonly at: number
  readonly tokens: number
  readonly newTokens: number
}

/** The courses of conversations, from their calls in any order. */
export const coursesOf = (calls: ReadonlyArray<CallMoment>): ReadonlyArray<Course> => {
  const all = new Map<string, Array<CallMoment>>()
  for (const call of calls) {
    const known = all.get(call.conversation)
    if (known === undefined) all.set(call.conversation, [call])
    else known.push(call)
  }
  return [...all.values()].map((some) => {
    const ordered = some.toSorted((a, b) => a.at - b.at)
    return {
      pauses: pausesOf(ordered.map(({ at }) => at)),
      added: ordered.map(({ tokens, newTokens }, call) => (call === 0 ? tokens : newTokens))
    }
  })
}

/** How long people stayed away: the pauses within conversations, and no end to that of those which nobody came back to within an hour. */
export const absencesOf = (calls: ReadonlyArray<CallMoment>, now: number): ReadonlyArray<number> => {
  const last = new Map<string, number>()
  for (const { conversation, at } of calls) last.set(conversation, Math.max(at, last.get(conversation) ?? at))
  const left = [...last.values()].flatMap((at) => (now - at > HOUR_MS ? [Number.POSITIVE_INFINITY] : []))
  return [...coursesOf(calls).flatMap(({ pauses }) => pauses.slice(1)), ...left]
}

/**
 * What so many further renewals are expected to gain, the first of them due now, for each token that the cache holds, in units of one
 * uncached input token. `done` have been made in this pause, which has therefore lasted `(done + 1) * RENEWAL_MS`; of the absences those
 * that lasted longer tell how it may go on, and one without end is counted besides, for what little was seen proves little.
 */
const renewalGain = (
  absences: ReadonlyArray<number>,
  done: number,
  further: number,
  { read, write }: Prices = LIST_PRICES
): number => {
  const due = (done + 1) * RENEWAL_MS
  let sum = -further * read
  let count = 1
  for (const absence of absences) {
    if (absence <= due) continue
    const made = Math.min(further, Math.floor((absence - due) / RENEWAL_MS) + 1)
    const isKept = absence > done * RENEWAL_MS + CACHE_MS && absence <= (done + further) * RENEWAL_MS + CACHE_MS
    sum += (isKept ? write - read : 0) - made * read
    count++
  }
  return sum / count
}

/**
 * Whether the renewal that is due now is worth its price for a cache that holds so many tokens, with as many more in this pause as may
 * follow it.
 */
export const paysToRenew = (
  absences: ReadonlyArray<number>,
  done: number,
  held: number,
  prices: Prices = LIST_PRICES
): boolean => {
  for (let further = 1; done + further <= RENEWALS; further++) {
    // each writes one token
    if (renewalGain(absences, done, further, prices) * held > further * prices.output) return true
  }
  return false
}

/**
 * Where exchanges are recorded: a port, because a proxy keeps them on disk beside the originals and tests keep them in memory.
 *
 * Laws, checked for every layer by test/contracts/ledger.ts:
 *  1. Whole or not at all. What `latest` gives is what was recorded, field for field; a record of an id that is known changes nothing.
 *  2. Nothing waits. Recording never fails or delays an exchange: callers run it behind the answer and count its failures; records that
 *     cannot be kept are dropped, never queued without bound.
 *  3. One truth. Sums equal the sums over the records that the filter lets through.
 *  4. Tokens, not money. Prices are applied to what comes out; no content and no credential ever goes in.
 *  5. Bounded. `collect` leaves no more than its limits, the oldest go first.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { CallMoment } from "../../domain/cache-lifetime.ts"
import type { CacheMiss, Exchange, Finish, Provider } from "../../domain/exchange.ts"
import type { PricedTally } from "../../domain/figures.ts"
import type { Outcome, Reason } from "../../domain/outcome.ts"
import type { OriginalsError } from "./originals.ts"

export interface ExchangeFilter {
  readonly project?: string
  readonly conversation?: string
  /** Milliseconds since 1970: from this on, and before that. */
  readonly since?: number
  readonly until?: number
}

/** How sums are kept apart. */
export interface TotalsOptions extends ExchangeFilter {
  /** Milliseconds of a span of time, whose starts are multiples of it, moved by `offsetMs`: a time zone's distance from UTC. */
  readonly spanMs: number
  readonly offsetMs: number
  /** Sizes of input at which a price changes, smallest first. */
  readonly sizes: ReadonlyArray<number>
}

export interface ExchangeTotal extends PricedTally {
  /** When the span of time begins. */
  readonly at: number
  readonly project: string
  readonly cacheMiss: CacheMiss
  readonly finish: Finish
}

export interface ConversationTotal extends PricedTally {
  readonly conversation: string
  /** The last by name, where it had several. */
  readonly project: string
  readonly first: number
  readonly last: number
}

/** A request with which a conversation's history was first sent anew: the birth of an epoch. */
export interface Birth {
  readonly at: number
  readonly provider: Provider
  readonly model: string | undefined
  readonly isSubscription: boolean
  /** Estimated tokens that the history has less since, and those that were written again for it though the cache still held them. */
  readonly removed: number
  readonly rewritten: number
  /** Calls of the conversation that came after it. */
  readonly later: number
}

/** What happened to slots of requests that a model answered. */
export interface SlotTotal {
  readonly kind: string
  readonly tool: string | undefined
  readonly outcome: Outcome["_tag"]
  readonly reason: Reason | undefined
  readonly slots: number
  readonly tokensBefore: number
  readonly tokensAfter: number
}

/** Milliseconds, of the latest exchanges of clients. */
export interface Timings {
  readonly overheadMs: ReadonlyArray<number>
  readonly firstByteMs: ReadonlyArray<number>
}

export interface LedgerLimits {
  readonly maxAgeMs: number
  readonly maxExchanges: number
}

/** Conversations are looked for among so many latest exchanges: looking through all takes too long for who waits. */
export const CONVERSATIONS_AMONG = 5000

/** Calls are looked for among so many latest exchanges, for the same reason. */
export const CALLS_AMONG = 20_000

/** What a ledger keeps by itself: a year, at some 400 bytes an exchange no more than 80 MB. */
export const RETENTION: LedgerLimits = { maxAgeMs: 365 * 86_400_000, maxExchanges: 200_000 }

export class Ledger extends Context.Tag("headroom/Ledger")<
  Ledger,
  {
    readonly record: (exchange: Exchange) => Effect.Effect<void, OriginalsError>
    /** The latest exchanges, newest first. */
    readonly latest: (limit: number, filter?: ExchangeFilter) => Effect.Effect<ReadonlyArray<Exchange>, OriginalsError>
    /** When the conversation's last request came: whether a cache may still live. */
    readonly lastSeen: (conversation: string) => Effect.Effect<number | undefined, OriginalsError>
    /** Of the last `CALLS_AMONG` exchanges the latest that a model answered, newest first; our own renewals are none. */
    readonly calls: (limit: number, filter?: ExchangeFilter) => Effect.Effect<ReadonlyArray<CallMoment>, OriginalsError>
    readonly totals: (options: TotalsOptions) => Effect.Effect<ReadonlyArray<ExchangeTotal>, OriginalsError>
    /** Of the conversations with the latest requests, among the last `CONVERSATIONS_AMONG`. */
    readonly conversations: (
      limit: number,
      options: Omit<TotalsOptions, "spanMs" | "offsetMs">
    ) => Effect.Effect<ReadonlyArray<ConversationTotal>, OriginalsError>
    /** By kind, tool, outcome and reason, most tokens first. */
    readonly slots: (filter?: ExchangeFilter) => Effect.Effect<ReadonlyArray<SlotTotal>, OriginalsError>
    /** Births of epochs, oldest first. */
    readonly births: (filter?: ExchangeFilter) => Effect.Effect<ReadonlyArray<Birth>, OriginalsError>
    /** Failures of ours that were passed over, most frequent first. */
    readonly passedOver: (
      filter?: ExchangeFilter
    ) => Effect.Effect<ReadonlyArray<{ readonly cause: string; readonly requests: number }>, OriginalsError>
    readonly timings: (limit: number, filter?: ExchangeFilter) => Effect.Effect<Timings, OriginalsError>
    /** How many exchanges went. */
    readonly collect: (limits: LedgerLimits) => Effect.Effect<number, OriginalsError>
  }
>() {}

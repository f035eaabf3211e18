/**
 * Where exchanges are recorded: a port, because a proxy keeps them on disk beside the originals and tests keep them in memory.
 *
 * Laws: a record is kept whole or not at all; recording never delays or fails an exchange (callers run it behind the answer and count
 * its failures); sums over records equal what `totals` says; no content and no credential is ever kept.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Exchange } from "../../domain/exchange.ts"
import type { OriginalsError } from "./originals.ts"

export interface ExchangeFilter {
  readonly project?: string
  readonly conversation?: string
  /** Milliseconds since 1970. */
  readonly since?: number
}

export class Ledger extends Context.Tag("headroom/Ledger")<
  Ledger,
  {
    readonly record: (exchange: Exchange) => Effect.Effect<void, OriginalsError>
    /** The latest exchanges, newest first. */
    readonly latest: (limit: number, filter?: ExchangeFilter) => Effect.Effect<ReadonlyArray<Exchange>, OriginalsError>
    /** When the conversation's last request came: whether a cache may still live. */
    readonly lastSeen: (conversation: string) => Effect.Effect<number | undefined, OriginalsError>
  }
>() {}

/**
 * A request body as the client sent it, to the body that goes upstream: the use case that the proxy puts between its two sides.
 *
 * Never fails and never waits beyond its deadline: what cannot be made smaller goes on as the same bytes.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Expectation } from "../domain/cache-aligner.ts"
import type { SlotRecord } from "../domain/exchange.ts"
import type { Headers, Route } from "../wire/endpoint.ts"

export interface ClientRequest {
  readonly route: Route
  /** By lower-case name. */
  readonly headers: Headers
  /** Decoded from its transfer and content encodings. */
  readonly body: Uint8Array
  /** Its provider did not take the marks that we wrote: they stay as they came from now on. */
  readonly leavesMarks?: true
}

/** What the request says of itself, and what was done with it. */
export interface Rewritten {
  /** The very same buffer where nothing is replaced. */
  readonly body: Uint8Array
  readonly model: string | undefined
  readonly isStream: boolean
  readonly isSubscription: boolean
  /** What the client calls its session, else a digest of the first message; empty where there is neither. */
  readonly conversation: string
  readonly project: string
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly newTokensBefore: number
  readonly newTokensAfter: number
  readonly slots: ReadonlyArray<SlotRecord>
  /** What the provider's cache should hold of it. */
  readonly expected: Expectation
  readonly passedOver: ReadonlyArray<string>
  /** What its cache may be kept warm under; undefined where it may not be. */
  readonly thread?: string
  /** Whether its cache marks were changed, in the first request of its conversation, or in one behind it. */
  readonly marks?: "first" | "later"
}

export class Rewriter extends Context.Tag("headroom/Rewriter")<
  Rewriter,
  { readonly rewrite: (request: ClientRequest) => Effect.Effect<Rewritten> }
>() {}

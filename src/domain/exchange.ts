/**
 * One request through the proxy and its answer, as the ledger keeps it: one record from every path, so that no figure is made twice.
 *
 * Holds no content and no credential.
 */
import type { Kind } from "./content.ts"
import type { Ref } from "./digest.ts"
import type { Outcome, Reason } from "./outcome.ts"
import type { Usage } from "./usage.ts"

export type Provider = "anthropic" | "openai" | "gemini"

/**
 * The calls that are read; any other route of a provider is `other` and passes through. A `renewal` is none of a client's: we sent its last
 * request again, to keep it in the provider's cache.
 */
export type Endpoint =
  | "messages"
  | "count-tokens"
  | "chat-completions"
  | "responses"
  | "generate-content"
  | "renewal"
  | "other"

/** How the answer ended, as the client saw it. */
export type Finish =
  | "complete"
  /** Upstream closed or reset before the end. */
  | "truncated"
  /** Upstream answered with an error status, or an error event in the stream. */
  | "upstream-error"
  /** No connection, or no answer in time. */
  | "unreachable"
  | "client-abort"
  /** Refused here: too large, not allowed, malformed transfer. */
  | "refused"

/** What happened to one slot at first sight; later requests replay it and are not recorded again. */
export interface SlotRecord {
  readonly kind: Kind
  readonly tool: string | undefined
  readonly outcome: Outcome["_tag"]
  readonly reason: Reason | undefined
  readonly ref: Ref | undefined
  readonly tokensBefore: number
  readonly tokensAfter: number
}

/** What of the request before it a request repeats, in the order in which the provider's cache reads it. */
export type PrefixChange =
  /** No request of this conversation was seen before. */
  | { readonly _tag: "First" }
  /** All of the request before, and more. */
  | { readonly _tag: "Extends" }
  /** The first part that differs; all behind it must be written to the cache anew. */
  | {
      readonly _tag: "Changed"
      /** epoch: our own rendering of the history, anew. */
      readonly part: "model" | "tools" | "system" | "message" | "settings" | "epoch"
      /** Position of the message, from 0. */
      readonly message: number | undefined
      /** Estimated tokens of the request before that stand behind the change. */
      readonly tokens: number
      /** Of an epoch: estimated tokens that the history has less than before. */
      readonly removed?: number
    }

/**
 * Why a provider's cache gave less than the request before had put there; averted: it gave it, and would not have without our renewals.
 */
export type CacheMiss = "none" | "cold-start" | "expired" | "prefix-changed" | "unknown" | "averted"

export interface Exchange {
  /** Unique, and increasing with time. */
  readonly id: string
  /** When the request came, in milliseconds since 1970. */
  readonly at: number
  readonly provider: Provider
  readonly endpoint: Endpoint
  readonly model: string | undefined
  /** A digest, or what the client calls its session. */
  readonly conversation: string
  readonly project: string
  /** A subscription pays no money for tokens. */
  readonly isSubscription: boolean
  readonly isStream: boolean
  /** Bytes of the request body as it came and as it was sent. */
  readonly bytesBefore: number
  readonly bytesAfter: number
  /** The whole prompt by our estimate, as it came and as it was sent. */
  readonly tokensBefore: number
  readonly tokensAfter: number
  /** Of these, what is new in this request. */
  readonly newTokensBefore: number
  readonly newTokensAfter: number
  readonly slots: ReadonlyArray<SlotRecord>
  readonly prefix: PrefixChange
  readonly cacheMiss: CacheMiss
  /** Estimated tokens that the miss made the provider read or write again, or that it did not where the miss was averted. */
  readonly missedTokens: number
  /** What the provider reports, where it does. */
  readonly usage: Usage | undefined
  /** The answer's HTTP status; 0 where there was none. */
  readonly status: number
  readonly finish: Finish
  /** Failures of ours that were passed over, such as "deadline" and "store"; the request went on. */
  readonly passedOver: ReadonlyArray<string>
  /** Milliseconds: our own work before the request went out, to the first byte of the answer, and to its end. */
  readonly overheadMs: number
  readonly firstByteMs: number | undefined
  readonly totalMs: number
}

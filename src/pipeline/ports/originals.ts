/**
 * Where originals and pins are kept: a port, because a proxy keeps them on disk, a library in memory, and both must keep the same laws.
 *
 * Laws, checked for every layer by test/contracts/originals.ts:
 *  1. Exact. What `find` gives is, byte for byte, what was kept.
 *  2. All or nothing. `keep` stores all originals and pins of a batch and gives receipts, or stores nothing and fails.
 *  3. Receipts hold. A receipt is given after its original is kept as durably as the layer can, and its ref finds this original, and no
 *     other, until it is collected or purged. Keeping the same text again gives the same receipt.
 *  4. The first pin wins. Of two pins with one key, `keep` and `pinned` give back the one that was there first, to whoever asks.
 *  5. The living are spared. `collect` takes no original and no pin that a session seen within the window can ask for.
 *  6. Failures change nothing. After a failure the store holds what it held before, and reading goes on where the layer can read at all.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Digest, Ref } from "../../domain/digest.ts"
import type { Receipt } from "../../domain/receipt.ts"

/**
 * full: no space on the disk or under the cap. read-only: the file or its folder cannot be written. corrupt: no store, or a damaged one.
 * newer-version: written by a later version, which this one must not touch. busy: another process holds it for too long.
 * ill-formed: a text with a lone surrogate, whose bytes would not give it back. unavailable: anything else.
 */
export const OriginalsFailure = Schema.Literal(
  "full",
  "read-only",
  "corrupt",
  "newer-version",
  "busy",
  "ill-formed",
  "unavailable"
)
export type OriginalsFailure = typeof OriginalsFailure.Type

const explanations: Readonly<Record<OriginalsFailure, string>> = {
  full: "there is no space left: run `headroom purge`, or raise the limit",
  "read-only": "it cannot be written: check the permissions of its file and folder",
  corrupt: "its file is damaged or no store: move it away and a new one is made",
  "newer-version": "it was written by a later version: update headroom",
  busy: "another process holds it: try again",
  "ill-formed": "the text holds a lone surrogate, which no file can keep",
  unavailable: "it cannot be used"
}

export class OriginalsError extends Schema.TaggedError<OriginalsError>()("OriginalsError", {
  operation: Schema.Literal(
    "open",
    "keep",
    "find",
    "search",
    "pinned",
    "view",
    "sight",
    "collect",
    "purge",
    "stats",
    "record",
    "totals",
    "latest"
  ),
  reason: OriginalsFailure,
  cause: Schema.optional(Schema.Defect)
}) {
  override get message(): string {
    return `store of originals: ${this.operation} failed, ${explanations[this.reason]}`
  }
}

/** Whose request it is. */
export interface Session {
  readonly id: string
  readonly project: string
}

export interface PinKey {
  readonly epoch: string
  /** The digest of the request up to and with the block. */
  readonly prefix: Digest
}

export interface Pin extends PinKey {
  /** The text that was sent, or undefined where the block was left as it was. */
  readonly text: string | undefined
  /** What it stands for, where that is kept; asked for by `viewOf` alone. */
  readonly original?: Ref
}

/** What is kept together. */
export interface Batch {
  /** Texts, or the bytes of an input that is no valid UTF-8. */
  readonly originals: ReadonlyArray<string | Uint8Array>
  /** The pins, made from the receipts of `originals` in their order; runs inside the transaction and must be pure. */
  readonly pins?: (receipts: ReadonlyArray<Receipt>) => ReadonlyArray<Pin>
  readonly session?: Session
}

export interface Kept {
  readonly receipts: ReadonlyArray<Receipt>
  /** The batch's pins as they stand: where another was first, that one. */
  readonly pins: ReadonlyArray<Pin>
}

export type Found =
  | {
      readonly _tag: "Found"
      readonly ref: Ref
      readonly digest: Digest
      readonly bytes: Uint8Array
      readonly text: string
    }
  | { readonly _tag: "Unknown" }
  /** The digits begin more than one original: more of them are needed. */
  | { readonly _tag: "Ambiguous"; readonly refs: ReadonlyArray<Ref> }

export interface CollectLimits {
  /** Originals and pins as stored, in bytes. */
  readonly maxBytes: number
  /** Time since the last sighting. */
  readonly maxAgeMs: number
  /** A session is alive for so long after its last sighting. */
  readonly liveMs: number
}

export interface Collected {
  readonly originals: number
  readonly pins: number
  readonly bytes: number
}

export interface StoreStats {
  readonly originals: number
  readonly pins: number
  readonly sessions: number
  /** Bytes of the originals as they came. */
  readonly originalBytes: number
  /** Bytes of originals and pins as stored. */
  readonly storedBytes: number
}

/** What happened to one block: a row of the ledger. */
export interface OutcomeRow {
  readonly kind: string
  readonly outcome: string
  /** Why it stayed as it was, or "". */
  readonly reason: string
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly project: string
  /** Milliseconds since 1970. */
  readonly at: number
}

export interface OutcomeTotal {
  readonly kind: string
  readonly outcome: string
  readonly reason: string
  readonly count: number
  readonly tokensBefore: number
  readonly tokensAfter: number
}

export class Originals extends Context.Tag("headroom/Originals")<
  Originals,
  {
    readonly keep: (batch: Batch) => Effect.Effect<Kept, OriginalsError>
    /** By a ref as issued, or by any prefix of a digest, of 12 digits or more, that fits one original only. */
    readonly find: (ref: Ref) => Effect.Effect<Found, OriginalsError>
    /** Refs of originals that hold every word of the query, best first. */
    readonly search: (query: string, limit: number) => Effect.Effect<ReadonlyArray<Ref>, OriginalsError>
    /** The pin of each key, in the order of the keys. */
    readonly pinned: (keys: ReadonlyArray<PinKey>) => Effect.Effect<ReadonlyArray<Pin | undefined>, OriginalsError>
    /** The text that was pinned last for an original. */
    readonly viewOf: (ref: Ref) => Effect.Effect<string | undefined, OriginalsError>
    /** Renews what a request still names; unknown refs are passed over. */
    readonly sight: (refs: ReadonlyArray<Ref>, session?: Session) => Effect.Effect<void, OriginalsError>
    readonly collect: (limits: CollectLimits) => Effect.Effect<Collected, OriginalsError>
    /** Everything, or what only this project's sessions have kept. */
    readonly purge: (filter?: { readonly project?: string }) => Effect.Effect<Collected, OriginalsError>
    readonly stats: Effect.Effect<StoreStats, OriginalsError>
    readonly record: (rows: ReadonlyArray<OutcomeRow>) => Effect.Effect<void, OriginalsError>
    /** Sums of the ledger by kind, outcome and reason, most frequent first. */
    readonly totals: (filter?: {
      readonly project?: string
      readonly since?: number
    }) => Effect.Effect<ReadonlyArray<OutcomeTotal>, OriginalsError>
  }
>() {}

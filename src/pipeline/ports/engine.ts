/**
 * Where slots are decided: a port, because deciding takes milliseconds of pure computing and a proxy must not do that on the thread
 * that carries its streams.
 *
 * Laws: a job's slots are settled oldest first, each pinned before it is given back; of two jobs with one key the first pin wins for both;
 * a job that is over its deadline leaves the slots that remain as they are, and pins that; `settle` fails only where nothing was settled.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Fading } from "../../compressors/fade/rules.ts"
import type { Digest } from "../../domain/digest.ts"
import type { Block } from "../../domain/document.ts"
import type { Moment } from "../../domain/epoch.ts"
import type { SlotRecord } from "../../domain/exchange.ts"
import type { Treatments } from "../../domain/policy.ts"
import type { Mode } from "../headroom.ts"
import type { Session } from "./originals.ts"

/** What a slot is sent as; undefined where it is left as it came. */
export interface Rendering {
  readonly text: string | undefined
}

/** Where a slot stands in a job. */
export interface JobPlace {
  readonly key: Digest
  /** The rendering, where the asker knows it. */
  readonly known: Rendering | undefined
  /** An assistant's turn follows: the model has read the slot, in whatever form it was sent. */
  readonly isSent: boolean
}

export type JobBlock =
  | Block<JobPlace>
  /** The model sees nothing of what stands before. */
  | { readonly _tag: "Forgets" }
  /** A change that is made at first sight or never; `text` is its name. */
  | { readonly _tag: "Offer"; readonly at: JobPlace; readonly text: string }

/** What a conversation is known to be. */
interface Known {
  /** The epoch that the conversation is in, as far as the asker knows; undefined: the root. */
  readonly epoch?: Digest
}

export interface Job extends Known {
  /** The last block of an earlier job that the blocks follow on, by its digest; undefined where they begin a conversation. */
  readonly from: Digest | undefined
  /** The digest up to and with the last block. */
  readonly to: Digest
  readonly blocks: ReadonlyArray<JobBlock>
  /** Turns of which the asker does not know whether an epoch was born with them, in order. */
  readonly turns?: ReadonlyArray<Digest>
  readonly mode: Mode
  /** The user's own, by tool. */
  readonly treatments?: Treatments
  readonly session: Session
  /** Milliseconds since 1970. */
  readonly deadline: number
  /** Nothing is pinned or remembered: for counting. */
  readonly isDry: boolean
}

export interface SettledSlot extends Rendering {
  readonly key: Digest
  /** What was decided just now; undefined where a pin was there already. */
  readonly record: SlotRecord | undefined
}

export type JobResult =
  | {
      readonly _tag: "Settled"
      /** The slots that were not known, in order. */
      readonly slots: ReadonlyArray<SettledSlot>
      /** Failures that were passed over: "deadline", "store", "bug". */
      readonly passedOver: ReadonlyArray<string>
    }
  /** The conversation is in another epoch than the asker knows: ask again, from the beginning, in that one. */
  | { readonly _tag: "Elsewhere"; readonly epoch: Digest }
  /** What `from` names is not remembered here: send the blocks from the beginning. */
  | { readonly _tag: "Forgotten" }

/** A whole conversation, of which an epoch may be born. */
export interface FadeJob extends Known {
  /** All of it; what is known of each slot is how it is sent. */
  readonly blocks: ReadonlyArray<JobBlock>
  /** The prefix that the epoch is known by. */
  readonly birth: Digest
  readonly strength: Exclude<Fading, "off">
  readonly moment: Moment
  readonly treatments?: Treatments
  readonly session: Session
  readonly deadline: number
}

export type FadeResult =
  | {
      readonly _tag: "Born"
      /** Every slot of the conversation, as the epoch sends it. */
      readonly slots: ReadonlyArray<SettledSlot>
    }
  /** None pays, or it could not be kept. */
  | { readonly _tag: "Still" }

/** overdue: not done in time, even with a margin. busy: too many jobs wait. lost: the thread ended. */
export class EngineError extends Schema.TaggedError<EngineError>()("EngineError", {
  reason: Schema.Literal("overdue", "busy", "lost"),
  cause: Schema.optional(Schema.Defect)
}) {
  override get message(): string {
    return `engine: ${this.reason}`
  }
}

export class Engine extends Context.Tag("headroom/Engine")<
  Engine,
  {
    readonly settle: (job: Job) => Effect.Effect<JobResult, EngineError>
    /** Begins an epoch where that pays: pinned as a whole, or nothing is changed. */
    readonly fade: (job: FadeJob) => Effect.Effect<FadeResult, EngineError>
    /** Pins that these slots were left as they were in an epoch. */
    readonly leave: (keys: ReadonlyArray<Digest>, session: Session, epoch: Digest | undefined) => Effect.Effect<void>
  }
>() {}

/** The keys of a job that nothing is known of. */
export const unknownIn = (job: Job): ReadonlyArray<Digest> =>
  job.blocks.flatMap((block) => ("at" in block && block.at.known === undefined ? [block.at.key] : []))

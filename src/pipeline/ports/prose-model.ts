/**
 * How near passages come to a question, by a model that only scores: a port, because a model is heavy, loads when it is needed, and may
 * be missing or fail; it never writes a word.
 *
 * Laws, checked for every layer by test/contracts/prose-model.ts:
 *  1. Total. For any question and passages there is one finite score for each passage, in their order, or a failure; nothing is thrown,
 *     and nothing waits for ever.
 *  2. The same again. Scores depend on the model, the question and the passages alone, whatever was scored before, failures included. That
 *     another machine gives the same to the last digit is not promised: whoever decides by them keeps them (`keyOf`).
 *  3. Failures change nothing. A failure that may pass is tried again with the next question.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Digest } from "../../domain/digest.ts"

/**
 * not-installed: the package that runs models is not there. unsupported: it is, but not for this system or processor. missing: no such
 * model or file. damaged: a file's digest is not the one on record. unfit: no model of a form that is known here.
 * aborted: it broke off or took too long.
 */
const ProseModelFailure = Schema.Literal("not-installed", "unsupported", "missing", "damaged", "unfit", "aborted")
export type ProseModelFailure = typeof ProseModelFailure.Type

const explanations: Readonly<Record<ProseModelFailure, string>> = {
  "not-installed": "onnxruntime-node is not installed: npm install onnxruntime-node, or set HEADROOM_PROSE_MODEL=off",
  unsupported: "onnxruntime-node does not run on this system: set HEADROOM_PROSE_MODEL=off",
  missing: "it is not there: headroom models list shows which are",
  damaged: "a file of it is not the one on record: headroom models verify says which; add it again",
  unfit: "it is no model of sentence embeddings or token scores: headroom models add takes those",
  aborted: "it broke off or took too long"
}

export class ProseModelError extends Schema.TaggedError<ProseModelError>()("ProseModelError", {
  model: Schema.String,
  reason: ProseModelFailure,
  cause: Schema.optional(Schema.Defect)
}) {
  override get message(): string {
    const detail = this.cause instanceof Error ? ` (${this.cause.message.split("\n", 1)[0]})` : ""
    return `model ${this.model}: ${explanations[this.reason]}${detail}; prose is chosen by its words instead`
  }
}

export class ProseModel extends Context.Tag("headroom/ProseModel")<
  ProseModel,
  {
    readonly relevance: (
      question: string,
      passages: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<number>, ProseModelError>
    /** The digest of all that scores depend on, for whoever keeps them. */
    readonly keyOf: (question: string, passages: ReadonlyArray<string>) => Digest
  }
>() {}

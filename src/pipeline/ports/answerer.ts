/**
 * A model that answers questions over the output of a tool, for evaluation alone: a port, because which model it is, where it runs and
 * what it costs is the user's to say.
 *
 * Laws: one question, one answer; nothing is sent anywhere but to the address that the user named; a retrieval is only offered where it
 * can be carried out, and at most three are made for an answer.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export class AnswererError extends Schema.TaggedError<AnswererError>()("AnswererError", {
  reason: Schema.Literal("unreachable", "refused", "unreadable"),
  /** What is wrong, and the way out. */
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

export interface Asked {
  readonly question: string
  /** What the model reads. */
  readonly output: string
  /** Gives a part of an original back, or says why not; undefined where nothing can be retrieved. */
  readonly retrieve: ((ref: string, query: string | undefined) => Effect.Effect<string>) | undefined
}

export interface Answer {
  readonly text: string
  readonly retrievals: number
}

export class Answerer extends Context.Tag("headroom/Answerer")<
  Answerer,
  { readonly answer: (asked: Asked) => Effect.Effect<Answer, AnswererError> }
>() {}

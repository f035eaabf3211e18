/** Recorded sessions replayed and measured, each beside the oracle and the cuts that know nothing. */
import * as Effect from "effect/Effect"
import { callsOf, outputLength, type RecordedSession } from "../../../domain/recording.ts"
import { headAndTail, oracleOf, withResults } from "../../../domain/session-limits.ts"
import { measureSession, requestsOf, type SessionMeasure } from "../../../domain/session-measure.ts"
import { remembering } from "../../../domain/tokens.ts"
import type { ModelRequest } from "../../../domain/model-request.ts"
import { Tokenizer } from "../../../pipeline/ports/tokenizer.ts"
import { type ReplayOptions, replaySession, type Rewriter } from "../../../pipeline/replay-session.ts"

/** Characters of tool output below which there is nothing to show. */
const MIN_OUTPUT = 6_000
const MIN_CALLS = 3

export const isWorthReplay = (session: RecordedSession): boolean =>
  outputLength(session) >= MIN_OUTPUT && callsOf(session.messages).length >= MIN_CALLS

/** The bounds of what can be saved, by the names that they go by. */
export const LIMITS = ["oracle", "head and tail, 8 kB", "head and tail, 2 kB"] as const

export interface Measured {
  readonly measure: SessionMeasure
  readonly limits: Readonly<Record<(typeof LIMITS)[number], SessionMeasure>>
  readonly forwarded: ReadonlyArray<ModelRequest>
}

/** Replays a session and measures what was forwarded. */
export const measured = <R, E>(session: RecordedSession, rewriter: Rewriter<R, E>, options: ReplayOptions) =>
  Effect.gen(function* () {
    const tokenizer = yield* Tokenizer
    const exact = yield* tokenizer.counter("o200k")
    const count = remembering((text) => exact(text).tokens)
    const replay = yield* replaySession(session, rewriter, options)
    const limit = (rewrite: (text: string) => string): SessionMeasure =>
      measureSession({ ...replay, forwarded: requestsOf(session, withResults(session.messages, rewrite)) }, count)
    const result: Measured = {
      measure: measureSession(replay, count),
      limits: {
        oracle: limit(oracleOf(session.messages)),
        "head and tail, 8 kB": limit(headAndTail(8_000)),
        "head and tail, 2 kB": limit(headAndTail(2_000))
      },
      forwarded: replay.forwarded
    }
    return result
  })

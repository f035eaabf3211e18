/**
 * Replays a recorded session call by call through whatever rewrites requests, so that a library, a policy and a proxy are measured by the
 * same code.
 */
import * as Effect from "effect/Effect"
import type { ModelMessage, ModelRequest } from "../domain/model-request.ts"
import { callsOf, type RecordedSession } from "../domain/recording.ts"
import { requestOf } from "../domain/model-request.ts"
import { type Replay, timesWithPauses } from "../domain/session-measure.ts"
import { type CompressOptions, Headroom } from "./headroom.ts"

/** What is sent in place of the messages so far. */
export type Rewrite = (messages: ReadonlyArray<ModelMessage>) => Effect.Effect<ReadonlyArray<ModelMessage>>

/** Begins a session. */
export type Rewriter<R> = (session: RecordedSession) => Effect.Effect<Rewrite, never, R>

/** Of a session's calls, as many are compressed by themselves. */
const CHECKED = 5

/**
 * Headroom in process. A prefix comes out as the beginning of the whole, so the whole is compressed once; that this is true is checked
 * at a few calls, which are compressed by themselves as a client would.
 */
export const compressing =
  (options: CompressOptions): Rewriter<Headroom> =>
  (session) =>
    Effect.gen(function* () {
      const headroom = yield* Headroom
      const compress = (messages: ReadonlyArray<ModelMessage>) =>
        Effect.map(headroom.compress(messages, options), (result) => result.messages)
      const whole = yield* compress(session.messages)
      const calls = callsOf(session.messages)
      const step = Math.max(1, Math.floor(calls.length / CHECKED))
      const checked = new Set(calls.filter((_, call) => call % step === step - 1))
      return (messages) =>
        checked.has(messages.length) ? compress(messages) : Effect.succeed(whole.slice(0, messages.length))
    })

export interface ReplayOptions {
  /** Invented pauses, every so many calls, in place of the recorded times. */
  readonly pauseEvery?: number
}

export const replaySession = <R>(
  session: RecordedSession,
  rewriter: Rewriter<R>,
  { pauseEvery }: ReplayOptions = {}
): Effect.Effect<Replay, never, R> =>
  Effect.gen(function* () {
    const rewrite = yield* rewriter(session)
    const calls = callsOf(session.messages)
    const forwarded: Array<ModelRequest> = []
    for (const at of calls) forwarded.push(requestOf(session, yield* rewrite(session.messages.slice(0, at))))
    const at =
      pauseEvery === undefined
        ? calls.map((message) => session.circumstances[message]?.at)
        : timesWithPauses(calls.length, pauseEvery)
    return { session, forwarded, at }
  })

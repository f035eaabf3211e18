/**
 * Replays a recorded session call by call through whatever rewrites requests, so that a library, a policy and a proxy are measured by the
 * same code.
 */
import * as Effect from "effect/Effect"
import type { Fading } from "../compressors/fade/rules.ts"
import { CACHE_MS } from "../domain/economics.ts"
import { momentOf } from "../domain/epoch.ts"
import type { Path } from "../wire/json-value.ts"
import { readMessages, writeMessages } from "../wire/shape.ts"
import { settingsOf } from "./compress-document.ts"
import { FadingHistory } from "./fade-history.ts"
import { Originals } from "./ports/originals.ts"
import type { ModelMessage, ModelRequest } from "../domain/model-request.ts"
import { callsOf, type RecordedSession } from "../domain/recording.ts"
import { requestOf } from "../domain/model-request.ts"
import { type Replay, timesWithPauses } from "../domain/session-measure.ts"
import { type CompressOptions, Headroom } from "./headroom.ts"

/** What is sent in place of the messages so far. */
export interface Rewritten {
  readonly messages: ReadonlyArray<ModelMessage>
  /** Whether the history is rendered anew with this call. */
  readonly isBirth?: boolean
}

/** Rewrites the messages so far, at a moment where one is known. */
export type Rewrite<E = never> = (
  messages: ReadonlyArray<ModelMessage>,
  at: number | undefined
) => Effect.Effect<Rewritten, E>

/** Begins a session. */
export type Rewriter<R, E = never> = (session: RecordedSession) => Effect.Effect<Rewrite<E>, never, R>

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
        checked.has(messages.length)
          ? Effect.map(compress(messages), (own) => ({ messages: own }))
          : Effect.succeed({ messages: whole.slice(0, messages.length) })
    })

/** Headroom in process, its history fading as it would in a proxy. */
export const fading =
  (options: CompressOptions, strength: Exclude<Fading, "off">, lifetimeMs: number = CACHE_MS): Rewriter<Originals> =>
  (session) =>
    Effect.gen(function* () {
      const originals = yield* Originals
      const read = readMessages(session.messages)
      const blocks = read?.document.blocks ?? []
      const ends = messageEnds(session.messages)
      const history = new FadingHistory<Path>(settingsOf(options, false, true))
      let known = 0
      let calls = 0
      let lastBirth = 0
      let isAwaited = false
      let before: number | undefined
      let sent: ReadonlyArray<ModelMessage> = []
      const rewrite = (messages: ReadonlyArray<ModelMessage>, at: number | undefined) =>
        Effect.gen(function* () {
          if (read === undefined) return { messages }
          const count = ends[messages.length - 1] ?? 0
          yield* history.add(blocks.slice(known, count))
          known = count
          const idleMs = at === undefined || before === undefined ? undefined : at - before
          before = at
          const moment = momentOf({ calls, sinceBirth: calls - lastBirth, idleMs, lifetimeMs })
          const begin = Effect.gen(function* () {
            const plan = moment === undefined ? undefined : yield* history.fade(strength, moment)
            if (plan === undefined) return false
            lastBirth = calls
            return true
          })
          const isCold = moment?.isCold === true
          const isBirth = (isCold && (yield* begin)) || isAwaited
          isAwaited = false
          const replacements = new Map(
            history.entries.flatMap(({ text }, index) => (text === undefined ? [] : [[index, text] as const]))
          )
          const written = writeMessages(
            messages,
            { ...read, document: { blocks: blocks.slice(0, count) } },
            replacements
          )
          // What is sent again is the very same object, which is counted once.
          sent = isBirth ? written : [...sent, ...written.slice(sent.length)]
          // A warm cache is looked at behind the request, as a proxy does it.
          if (!isCold) isAwaited = yield* begin
          calls++
          return { messages: sent, isBirth }
        })
      return (messages, at) => Effect.provideService(rewrite(messages, at), Originals, originals)
    })

/** How many blocks the messages up to each come to; recorded ones are read alike alone and among others. */
const messageEnds = (messages: ReadonlyArray<ModelMessage>): ReadonlyArray<number> => {
  let count = 0
  return messages.map((message) => (count += readMessages([message])?.document.blocks.length ?? 0))
}

export interface ReplayOptions {
  /** Invented pauses, every so many calls, in place of the recorded times. */
  readonly pauseEvery?: number
}

export const replaySession = <R, E = never>(
  session: RecordedSession,
  rewriter: Rewriter<R, E>,
  { pauseEvery }: ReplayOptions = {}
): Effect.Effect<Replay, E, R> =>
  Effect.gen(function* () {
    const rewrite = yield* rewriter(session)
    const calls = callsOf(session.messages)
    const at =
      pauseEvery === undefined
        ? calls.map((message) => session.circumstances[message]?.at)
        : timesWithPauses(calls.length, pauseEvery)
    const forwarded: Array<ModelRequest> = []
    const births: Array<number> = []
    for (const [call, message] of calls.entries()) {
      const { messages, isBirth } = yield* rewrite(session.messages.slice(0, message), at[call])
      forwarded.push(requestOf(session, messages))
      if (isBirth === true) births.push(call)
    }
    return { session, forwarded, at, births }
  })

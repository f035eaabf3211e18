/**
 * Keeps the cache of idle conversations warm: shortly before it would go cold the last request is sent again, as cheaply as it can be, while
 * that is expected to cost less than writing all of it anew would.
 *
 * Only where the user asked for it, with the credentials that the client itself sent, which stand in memory for as long as it takes and
 * nowhere else. A renewal that does not do what it should ends it for its conversation; whatever the client does comes first.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { absencesOf, type CallMoment, paysToRenew, RENEWAL_MS, RENEWALS } from "../domain/cache-lifetime.ts"
import { NO_PAUSE, type Pause } from "../domain/cache-aligner.ts"
import { CACHE_MS } from "../domain/economics.ts"
import type { Finish } from "../domain/exchange.ts"
import { inputOf, type Usage } from "../domain/usage.ts"
import type { Route } from "../wire/endpoint.ts"
import { fieldOf, type Fields, withoutFields } from "../wire/fields.ts"
import { renewalOf } from "../wire/renewal.ts"
import { answerReader } from "../wire/usage.ts"
import { Encodings } from "./ports/encodings.ts"
import { Upstream } from "./ports/upstream.ts"
import { Recorder } from "./recorder.ts"
import type { Rewritten } from "./rewriter.ts"
import { remember } from "./lifetimes.ts"
import type { Warmth } from "./timing.ts"

/** A request that was answered. */
export interface Answered {
  readonly route: Route
  readonly fields: Fields
  /** As it was sent, and what it came to. */
  readonly rewritten: Rewritten
  readonly usage: Usage
  /** When it came, in milliseconds since 1970. */
  readonly at: number
  readonly project: string
  /** False once whoever sent it is gone for good, where that can be known. */
  readonly isThere: () => boolean
}

export class KeepWarm extends Context.Tag("headroom/KeepWarm")<
  KeepWarm,
  {
    /** A request of the thread is here: nothing more is sent for it. */
    readonly stop: (thread: string) => Effect.Effect<Pause>
    /** Its answer is here: from now on it is idle. */
    readonly keep: (thread: string, answered: Answered) => Effect.Effect<void>
  }
>() {}

export interface KeepWarmOptions {
  readonly warmth: Warmth
  /** The user's latest calls in a project. */
  readonly callsIn: (project: string) => Effect.Effect<ReadonlyArray<CallMoment>>
}

/** Conversations that are idle at the same time, and bytes of their requests: those that have been so for longest go. */
const MAX_THREADS = 16
const MAX_BYTES = 16 << 20
/** A renewal answers at once; a provider that takes so long has other troubles. */
const ANSWER_MS = 60_000
/** Of what should have been read, as much at least: else the cache was cold, and the renewal the very thing that it should spare. */
const HIT = 0.5

interface Idle {
  readonly at: number
  renewals: number
  /** Of what is held for it, until nothing more is to be sent. */
  bytes: number
  fiber: Fiber.RuntimeFiber<void> | undefined
}

const heldIn = ({ cacheRead, cacheWrite, cacheWriteHour }: Usage): number => cacheRead + cacheWrite + cacheWriteHour

const make = ({ callsIn, warmth }: KeepWarmOptions) =>
  Effect.gen(function* () {
    const upstream = yield* Upstream
    const recorder = yield* Recorder
    const encodings = yield* Encodings
    const scope = yield* Effect.scope
    const clock = yield* Effect.clock
    const idle = new Map<string, Idle>()
    const failed = new Map<string, true>()

    const drop = (thread: string): Effect.Effect<Idle | undefined> =>
      Effect.suspend(() => {
        const known = idle.get(thread)
        idle.delete(thread)
        return known?.fiber === undefined ? Effect.succeed(known) : Effect.as(Fiber.interruptFork(known.fiber), known)
      })

    /** Sends a renewal and records it, whatever comes of it; whether it did what it should. */
    const renew = ({ route, fields, rewritten, project, usage }: Answered, body: Uint8Array): Effect.Effect<boolean> =>
      Effect.gen(function* () {
        const at = yield* Clock.currentTimeMillis
        const startedAt = clock.unsafeCurrentTimeNanos()
        const reader = answerReader("renewal")
        const seen: { status: number; finish: Finish } = { status: 0, finish: "unreachable" }
        const plain = withoutFields(fields, (name) => name === "content-encoding")
        const sent = Effect.gen(function* () {
          const answer = yield* upstream.send({
            provider: route.provider,
            method: "POST",
            url: route.url,
            fields: plain,
            body
          })
          seen.status = answer.status
          const copy = reader && encodings.decoder(fieldOf(answer.fields, "content-encoding"), reader.feed)
          seen.finish = "truncated"
          for (;;) {
            const chunks = yield* answer.read
            if (chunks === undefined) break
            copy?.write(chunks)
          }
          if (copy !== undefined) yield* copy.end
          reader?.end()
          seen.finish = seen.status >= 400 ? "upstream-error" : "complete"
        }).pipe(Effect.scoped, Effect.timeout(ANSWER_MS), Effect.either)
        const record = (isInterrupted: boolean): Effect.Effect<void> =>
          Effect.suspend(() => {
            const totalMs = Number(clock.unsafeCurrentTimeNanos() - startedAt) / 1e6
            return recorder.offer(
              {
                at,
                provider: route.provider,
                endpoint: "renewal",
                model: rewritten.model,
                conversation: rewritten.conversation,
                project: rewritten.project === "" ? project : rewritten.project,
                isSubscription: rewritten.isSubscription,
                isStream: false,
                bytesBefore: body.length,
                bytesAfter: body.length,
                tokensBefore: rewritten.tokensAfter,
                tokensAfter: rewritten.tokensAfter,
                newTokensBefore: 0,
                newTokensAfter: 0,
                slots: [],
                prefix: { _tag: "Extends" },
                cacheMiss: "none",
                missedTokens: 0,
                usage: reader?.answer.usage,
                status: seen.status,
                finish: isInterrupted ? "client-abort" : seen.finish,
                passedOver: [],
                overheadMs: 0,
                firstByteMs: undefined,
                totalMs
              },
              0
            )
          })
        const ended = yield* Effect.onExit(sent, (exit) => record(Exit.isInterrupted(exit)))
        const read = reader?.answer.usage?.cacheRead ?? 0
        return Either.isRight(ended) && seen.finish === "complete" && read >= heldIn(usage) * HIT
      })

    const watch = (thread: string, answered: Answered, body: Uint8Array): Effect.Effect<void> =>
      Effect.gen(function* () {
        for (let done = 0; done < RENEWALS; done++) {
          const due = answered.at + (done + 1) * RENEWAL_MS
          yield* Effect.sleep(Math.max(0, due - (yield* Clock.currentTimeMillis)))
          const now = yield* Clock.currentTimeMillis
          // a machine that slept, or an answer that took so long
          if (now - due > (CACHE_MS - RENEWAL_MS) / 2 || !answered.isThere()) return
          const known = idle.get(thread)
          if (known === undefined) return
          const { project } = answered.rewritten
          const absences = absencesOf(yield* callsIn(project === "" ? answered.project : project), now)
          if (!paysToRenew(absences, done, heldIn(answered.usage))) return
          if (!(yield* renew(answered, body))) {
            remember(failed, thread, true)
            return
          }
          known.renewals++
          warmth.renewed(thread, now)
        }
      })

    /** The longest idle go where there are too many. */
    const makeRoom = Effect.suspend(() => {
      let bytes = [...idle.values()].reduce((sum, one) => sum + one.bytes, 0)
      const going: Array<string> = []
      for (const [thread, one] of idle) {
        if (idle.size - going.length <= MAX_THREADS && bytes <= MAX_BYTES) break
        going.push(thread)
        bytes -= one.bytes
      }
      return Effect.forEach(going, drop, { discard: true })
    })

    return {
      stop: (thread: string) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          Effect.map(drop(thread), (known) =>
            known === undefined ? NO_PAUSE : { renewals: known.renewals, ms: now - known.at }
          )
        ),
      keep: (thread: string, answered: Answered) =>
        Effect.gen(function* () {
          yield* drop(thread)
          if (failed.has(thread) || heldIn(answered.usage) === 0 || inputOf(answered.usage) === 0) return
          const body = renewalOf(answered.rewritten.body)
          if (body === undefined) return
          const known: Idle = { at: answered.at, bytes: body.length, fiber: undefined, renewals: 0 }
          idle.set(thread, known)
          const release = Effect.sync(() => {
            known.fiber = undefined
            known.bytes = 0
          })
          // who keeps it is at its end, where nothing may be interrupted any more
          const watching = Effect.interruptible(watch(thread, answered, body))
          known.fiber = yield* Effect.forkIn(Effect.ensuring(watching, release), scope)
          yield* makeRoom
        })
    }
  })

export const layerKeepWarm = (
  options: KeepWarmOptions
): Layer.Layer<KeepWarm, never, Upstream | Recorder | Encodings> => Layer.scoped(KeepWarm, make(options))

/** Keeps nothing warm. */
export const layerCold: Layer.Layer<KeepWarm> = Layer.succeed(KeepWarm, {
  stop: () => Effect.succeed(NO_PAUSE),
  keep: () => Effect.void
})

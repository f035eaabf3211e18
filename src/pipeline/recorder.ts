/**
 * Records of exchanges, written behind their answers: a bounded queue before the ledger, because a store that is slow or down must
 * neither hold an answer up nor fill the memory.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import * as Queue from "effect/Queue"
import type { Exchange } from "../domain/exchange.ts"
import { Ledger } from "./ports/ledger.ts"

export class Recorder extends Context.Tag("headroom/Recorder")<
  Recorder,
  {
    /** Logs an exchange and leaves it to be recorded; never waits. */
    readonly offer: (exchange: Omit<Exchange, "id">, retries: number) => Effect.Effect<void>
    /** Records that were lost since the start, to a full queue or a failing store. */
    readonly lost: Effect.Effect<number>
  }
>() {}

/** Seconds of a busy proxy; a record is a few hundred bytes. */
const MAX_WAITING = 1000

/** Ids sort as their exchanges came: the time, a count within the process, and the process. */
const newIds = (seed: number): ((at: number) => string) => {
  const process = Math.floor(seed * 36 ** 4)
    .toString(36)
    .padStart(4, "0")
  let count = 0
  return (at) => {
    count = (count + 1) % 36 ** 4
    return `${at.toString(36).padStart(9, "0")}-${count.toString(36).padStart(4, "0")}-${process}`
  }
}

const rounded = (ms: number | undefined): string => (ms === undefined ? "" : ms.toFixed(2))

/** One line an exchange; its fields are made only where it is shown, for they cost more than all else here. */
const logged = (exchange: Omit<Exchange, "id">, retries: number): Effect.Effect<void> =>
  Effect.flatMap(FiberRef.get(FiberRef.currentMinimumLogLevel), (least) =>
    LogLevel.greaterThan(least, LogLevel.Info)
      ? Effect.void
      : Effect.logInfo("exchange").pipe(
          Effect.annotateLogs({
            provider: exchange.provider,
            endpoint: exchange.endpoint,
            model: exchange.model ?? "",
            status: exchange.status,
            finish: exchange.finish,
            stream: exchange.isStream,
            bytes: exchange.bytesBefore,
            sent: exchange.bytesAfter,
            tokens: exchange.tokensBefore,
            kept: exchange.tokensAfter,
            retries,
            changed: exchange.prefix._tag === "Changed" ? exchange.prefix.part : "",
            cacheMiss: exchange.cacheMiss,
            missed: exchange.missedTokens,
            passedOver: exchange.passedOver.join(","),
            overheadMs: rounded(exchange.overheadMs),
            firstByteMs: rounded(exchange.firstByteMs),
            totalMs: rounded(exchange.totalMs)
          })
        )
  )

export const layerRecorder: Layer.Layer<Recorder, never, Ledger> = Layer.scoped(
  Recorder,
  Effect.gen(function* () {
    const ledger = yield* Ledger
    const queue = yield* Queue.dropping<Exchange>(MAX_WAITING)
    const newId = newIds(yield* Effect.random.pipe(Effect.flatMap((random) => random.next)))
    let lost = 0
    const write = (exchange: Exchange): Effect.Effect<void> =>
      Effect.catchAllCause(ledger.record(exchange), (cause) => {
        lost++
        return Effect.logDebug("exchange not recorded", cause)
      })
    // asked together, a ledger writes them together
    const writeAll = Effect.forEach(write, { concurrency: "unbounded", discard: true })
    // what is still there at the end is written before the store closes
    yield* Effect.addFinalizer(() => Effect.flatMap(Queue.takeAll(queue), writeAll))
    const next = Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(restore(Queue.takeBetween(queue, 1, MAX_WAITING)), writeAll)
    )
    yield* Effect.forkScoped(Effect.forever(next))
    return {
      offer: (exchange, retries) =>
        Effect.zipRight(
          logged(exchange, retries),
          Effect.map(queue.offer({ ...exchange, id: newId(exchange.at) }), (isKept) => {
            if (!isKept) lost++
          })
        ),
      lost: Effect.sync(() => lost)
    }
  })
)

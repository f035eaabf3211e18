/** The engine's side of a thread: answers messages until the thread is ended. */
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import { parentPort } from "node:worker_threads"
import { Engine, type EngineError } from "../../pipeline/ports/engine.ts"
import { warmUp } from "./warm-up.ts"
import type { Answered, Asked } from "./message.ts"

/** Answers jobs one after another: what one shows, the next may point at. */
export const serve: Effect.Effect<never, never, Engine> = Effect.gen(function* () {
  const engine = yield* Engine
  const runFork = Runtime.runFork(yield* Effect.runtime())
  const turn = yield* Effect.makeSemaphore(1)
  const answer = (message: Answered): void => parentPort?.postMessage(message)
  parentPort?.on("message", (asked: Asked) => {
    const work = (): Effect.Effect<void, EngineError> => {
      switch (asked._tag) {
        case "Leave":
          return engine.leave(asked.keys, asked.session, asked.epoch)
        case "Settle":
          return Effect.map(engine.settle(asked.job), (result) => answer({ _tag: "Settled", id: asked.id, result }))
        case "Fade":
          return Effect.map(engine.fade(asked.job), (result) => answer({ _tag: "Faded", id: asked.id, result }))
      }
    }
    runFork(turn.withPermits(1)(work()))
  })
  yield* warmUp
  answer({ _tag: "Ready" })
  return yield* Effect.never
})

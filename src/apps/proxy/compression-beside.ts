/**
 * `POST /v1/compress` on a thread of its own, because a body of many megabytes takes seconds, which neither the streams nor the agents' own
 * requests may wait for.
 *
 * The thread is started when it is first asked, and ended when nobody has asked for a while, or when a request takes too long: pure
 * computing cannot be interrupted. One request after another; what waits too long is refused as what takes too long.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Worker } from "node:worker_threads"
import { endThread, newEnding } from "../../adapters/originals/ending.ts"
import { Compression, type ToCompress } from "./compression.ts"
import { failed, type Page } from "./page.ts"

export interface BesideOptions {
  /** The thread's script, plain JavaScript, and what it is told, besides how it may be ended. */
  readonly script: URL
  readonly told: object
  /** For a request, its wait included. */
  readonly deadlineMs: number
  /** How long an idle thread is kept. */
  readonly idleMs: number
}

const OVERDUE = failed(503, "overdue", "headroom: the messages took too long; send less at once, or ask again later")
const BROKEN = failed(503, "broken", "headroom: the thread that compresses broke off; ask again")

/** A thread that comes and goes. */
class Beside {
  readonly #options: BesideOptions
  #worker: Worker | undefined
  #ending = newEnding()
  #idle: NodeJS.Timeout | undefined

  constructor(options: BesideOptions) {
    this.#options = options
  }

  /** Interrupted, it ends the thread. */
  ask(asked: ToCompress): Effect.Effect<Page> {
    return Effect.async((resume) => {
      clearTimeout(this.#idle)
      const worker = (this.#worker ??= this.#start())
      const settle = (page: Page): void => {
        worker.off("message", settle).off("error", broken).off("exit", broken)
        this.#idle = setTimeout(() => void this.end(), this.#options.idleMs).unref()
        resume(Exit.succeed(page))
      }
      const broken = (): void => {
        void this.end()
        settle(BROKEN)
      }
      worker.on("message", settle).on("error", broken).on("exit", broken)
      worker.postMessage(asked)
      return Effect.sync(() => {
        worker.off("message", settle).off("error", broken).off("exit", broken)
        void this.end()
      })
    })
  }

  #start(): Worker {
    this.#ending = newEnding()
    const { script, told } = this.#options
    const worker = new Worker(script, { workerData: { ...told, ending: this.#ending } })
    // Whoever asks hears of an error; one that nobody waits for must not end the process.
    worker.on("error", () => undefined).unref()
    return worker
  }

  end(): Promise<unknown> {
    clearTimeout(this.#idle)
    const worker = this.#worker
    this.#worker = undefined
    return worker === undefined ? Promise.resolve() : endThread(worker, this.#ending)
  }
}

const make = (options: BesideOptions): Effect.Effect<Compression["Type"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const turn = yield* Effect.makeSemaphore(1)
    const beside = yield* Effect.acquireRelease(
      Effect.sync(() => new Beside(options)),
      (thread) => Effect.promise(() => thread.end())
    )
    return {
      answer: (asked) =>
        turn
          .withPermits(1)(Effect.suspend(() => beside.ask(asked)))
          .pipe(
            Effect.timeoutTo({
              duration: options.deadlineMs,
              onSuccess: (page: Page) => page,
              onTimeout: () => OVERDUE
            })
          )
    }
  })

export const layerBeside = (options: BesideOptions): Layer.Layer<Compression> =>
  Layer.scoped(Compression, make(options))

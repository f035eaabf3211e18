/**
 * The engine on threads of its own, because deciding a large output takes as long as many requests: the thread that carries the streams
 * only waits.
 *
 * A conversation keeps to one thread, which remembers what it shows. A job that is overdue ends its thread, for pure computing cannot be
 * interrupted; a new one is started, and until it is ready jobs fail at once, so that requests go on as they came.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Worker } from "node:worker_threads"
import {
  Engine,
  EngineError,
  type FadeJob,
  type FadeResult,
  type Job,
  type JobResult
} from "../../pipeline/ports/engine.ts"
import type { Answered, Asked } from "./message.ts"

export interface ThreadsOptions {
  /** The script that serves the engine, plain JavaScript, and what it is told. */
  readonly script: URL
  readonly told: unknown
  readonly threads: number
  /** Whether conversations fade: that takes longer than a job may wait, and has a thread of its own. */
  readonly fades?: boolean
  /** How long after a job's deadline its thread may still answer, in milliseconds. */
  readonly graceMs: number
  /** Jobs that may wait for one thread. */
  readonly maxWaiting: number
}

/** What a thread makes is short-lived, and node's own share for it is memory that the process never gives back. */
const YOUNG_MB = 8

type Result = JobResult | FadeResult
type Waiting = Deferred.Deferred<Result, EngineError>

const isOfFade = (result: Result): result is FadeResult => result._tag === "Born" || result._tag === "Still"

/** One thread and what is waited for. */
class Thread {
  readonly #options: ThreadsOptions
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker
  #isReady = false
  #isClosed = false
  #next = 0
  readonly #ready = Deferred.unsafeMake<void, EngineError>(FiberId.none)

  constructor(options: ThreadsOptions) {
    this.#options = options
    this.#worker = this.#start()
  }

  get ready(): Effect.Effect<void, EngineError> {
    return Deferred.await(this.#ready)
  }

  #start(): Worker {
    const { script, told } = this.#options
    const worker = new Worker(script, { workerData: told, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } })
    worker.on("message", (answered: Answered) => {
      if (worker !== this.#worker) return
      if (answered._tag === "Ready") {
        this.#isReady = true
        // From now on the process lives as long as its server does.
        worker.unref()
        Deferred.unsafeDone(this.#ready, Effect.void)
        return
      }
      const waiting = this.#waiting.get(answered.id)
      this.#waiting.delete(answered.id)
      if (waiting !== undefined) Deferred.unsafeDone(waiting, Effect.succeed(answered.result))
    })
    worker.on("error", (cause) => this.#replace(worker, cause))
    worker.on("exit", () => this.#replace(worker, undefined))
    return worker
  }

  /** Fails what waits for a thread that is gone, and starts another where it was of use once: one that cannot start never will. */
  #replace(worker: Worker, cause: Error | undefined): void {
    if (worker !== this.#worker || this.#isClosed) return
    const lost = Effect.fail(new EngineError({ reason: "lost", cause }))
    for (const waiting of this.#waiting.values()) Deferred.unsafeDone(waiting, lost)
    this.#waiting.clear()
    if (this.#isReady) this.#worker = this.#start()
    else Deferred.unsafeDone(this.#ready, lost)
    this.#isReady = false
  }

  readonly settle = (job: Job): Effect.Effect<JobResult, EngineError> =>
    Effect.flatMap(
      this.#answer((id) => ({ _tag: "Settle", id, job }), job.deadline),
      (result) => (isOfFade(result) ? new EngineError({ reason: "lost" }) : Effect.succeed(result))
    )

  readonly fade = (job: FadeJob): Effect.Effect<FadeResult, EngineError> =>
    Effect.flatMap(
      this.#answer((id) => ({ _tag: "Fade", id, job }), job.deadline),
      (result) => (isOfFade(result) ? Effect.succeed(result) : new EngineError({ reason: "lost" }))
    )

  #answer(asked: (id: number) => Asked, deadline: number): Effect.Effect<Result, EngineError> {
    return Effect.gen(this, function* () {
      if (!this.#isReady) return yield* new EngineError({ reason: "lost" })
      if (this.#waiting.size >= this.#options.maxWaiting) return yield* new EngineError({ reason: "busy" })
      const waiting = yield* Deferred.make<Result, EngineError>()
      const id = this.#next++
      this.#waiting.set(id, waiting)
      const worker = this.#worker
      this.#ask(asked(id))
      const left = deadline - (yield* Clock.currentTimeMillis) + this.#options.graceMs
      return yield* Deferred.await(waiting).pipe(
        Effect.timeoutFail({ duration: Math.max(0, left), onTimeout: () => new EngineError({ reason: "overdue" }) }),
        Effect.tapError((error) => Effect.sync(() => (error.reason === "overdue" ? this.#end(worker) : undefined))),
        Effect.ensuring(Effect.sync(() => this.#waiting.delete(id)))
      )
    })
  }

  #ask(asked: Asked): void {
    this.#worker.postMessage(asked)
  }

  leave(asked: Extract<Asked, { readonly _tag: "Leave" }>): void {
    // Queued where the thread is still starting.
    this.#ask(asked)
  }

  /** Ends a thread that computes for too long. */
  #end(worker: Worker): void {
    this.#replace(worker, undefined)
    void worker.terminate()
  }

  close(): Promise<unknown> {
    this.#isClosed = true
    return this.#worker.terminate()
  }
}

/** Which of so many threads a conversation keeps to. */
const placeOf = (id: string, threads: number): number => {
  let sum = 0
  for (let at = 0; at < id.length; at++) sum = (Math.imul(sum, 31) + id.charCodeAt(at)) >>> 0
  return sum % threads
}

const make = (options: ThreadsOptions): Effect.Effect<Engine["Type"], EngineError, Scope.Scope> =>
  Effect.gen(function* () {
    const start = Effect.acquireRelease(
      Effect.sync(() => new Thread(options)),
      (thread) => Effect.promise(() => thread.close())
    )
    const threads = yield* Effect.forEach(Array.from({ length: options.threads }), () => start)
    const fading = options.fades === true ? yield* start : undefined
    yield* Effect.forEach(threads, (thread) => thread.ready, { discard: true })
    const threadOf = (conversation: string): Thread => threads[placeOf(conversation, threads.length)] as Thread
    return {
      settle: (job) => threadOf(job.session.id).settle(job),
      fade: (job) => fading?.fade(job) ?? Effect.succeed({ _tag: "Still" }),
      leave: (keys, session, epoch) =>
        Effect.sync(() => threadOf(session.id).leave({ _tag: "Leave", keys, session, epoch }))
    }
  })

/** The engine on threads; built once all of them are ready. */
export const layerThreads = (options: ThreadsOptions): Layer.Layer<Engine, EngineError> =>
  Layer.scoped(Engine, make(options))

/**
 * Relevance by an ONNX model in a thread of its own, which starts with the first question: where onnxruntime-node is not installed, the
 * system is not one of its own, or a file is not the one on record, that is said once, and prose is chosen by its words.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { chainDigest } from "../../domain/digest.ts"
import { ProseModel, ProseModelError } from "../../pipeline/ports/prose-model.ts"
import { hashParts } from "../bytes/node.ts"
import { type Model, MODEL_FILE, shippedModel, statesOf } from "./models.ts"
import { makeModelThread, type Reply, type Request } from "./thread.ts"

/** Four times what the most passages take on two busy processors. */
const MAX_DURATION = "120 seconds"

export interface OnnxOptions {
  /** The shipped one, where none is named. */
  readonly model?: Model
  /** The package that runs models, by its name or its path. */
  readonly runtime?: string
  /** Hears of the first failure. */
  readonly tell?: (error: ProseModelError) => Effect.Effect<void>
}

/** The model is ready, or why it never will be. */
type Readiness = Exit.Exit<void, ProseModelError>

const make = ({ model = shippedModel(), runtime = "onnxruntime-node", tell = () => Effect.void }: OnnxOptions) =>
  Effect.gen(function* () {
    const { manifest, folder } = model
    const thread = yield* Effect.acquireRelease(Effect.sync(makeModelThread), ({ discard }) => Effect.sync(discard))
    const alone = yield* Effect.makeSemaphore(1)
    let isTold = false
    let refused: Readiness | undefined

    const failure = (reason: ProseModelError["reason"], cause?: unknown): ProseModelError =>
      new ProseModelError({ model: manifest.name, reason, ...(cause === undefined ? {} : { cause }) })
    const ask = (request: Request): Effect.Effect<Extract<Reply, { _tag: "Loaded" | "Scored" }>, ProseModelError> =>
      thread.ask(request).pipe(
        Effect.timeout(MAX_DURATION),
        Effect.mapError((cause) => failure("aborted", cause)),
        Effect.flatMap((reply) =>
          reply._tag === "Failed" ? Effect.fail(failure(reply.reason, reply.cause)) : Effect.succeed(reply)
        )
      )

    const check = Effect.flatMap(statesOf(model), (states) => {
      const bad = states.find(([, state]) => state !== "good")
      if (bad === undefined) return Effect.void
      const [file, state] = bad
      return Effect.fail(
        failure(state === "missing" ? "missing" : "damaged", new Error(`${folder}: ${file} is ${state}`))
      )
    })
    /** Asked again after an abort, whose thread is gone. */
    const load = Effect.zipRight(check, Effect.asVoid(ask({ _tag: "Load", folder, form: manifest.form, runtime })))
    let isLoaded = false
    const ready = Effect.suspend((): Effect.Effect<void, ProseModelError> => {
      if (refused !== undefined) return refused
      if (isLoaded) return Effect.void
      return load.pipe(
        Effect.tap(() => Effect.sync(() => (isLoaded = true))),
        Effect.tapError((error) =>
          Effect.sync(() => (refused = error.reason === "aborted" ? undefined : Exit.fail(error)))
        )
      )
    })

    const relevance = (question: string, passages: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        yield* ready
        const reply = yield* ask({ _tag: "Score", question, passages })
        if (reply._tag === "Scored" && reply.scores.length === passages.length) return reply.scores
        return yield* failure("aborted")
      }).pipe(
        Effect.tapError((error) => {
          if (error.reason === "aborted") isLoaded = false
          if (isTold) return Effect.void
          isTold = true
          return tell(error)
        })
      )
    const identity = manifest.files.find(({ name }) => name === MODEL_FILE)?.sha256 ?? manifest.name
    return {
      relevance: (question: string, passages: ReadonlyArray<string>) =>
        passages.length === 0 ? Effect.succeed([]) : alone.withPermits(1)(relevance(question, passages)),
      keyOf: (question: string, passages: ReadonlyArray<string>) =>
        chainDigest(hashParts, "relevance", [identity, question, ...passages])
    }
  })

export const layerOnnx = (options: OnnxOptions = {}): Layer.Layer<ProseModel> => Layer.scoped(ProseModel, make(options))

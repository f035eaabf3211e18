/**
 * The library as promises: the service over a store of its own, for callers that do not use Effect.
 *
 * Nothing is opened before the first call, and nothing leaves the process.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { layerTreeSitter } from "../../adapters/code-parser/tree-sitter.ts"
import { layerMemory } from "../../adapters/originals/memory.ts"
import { layerSqlite } from "../../adapters/originals/sqlite.ts"
import { layerOnnx } from "../../adapters/prose-model/onnx.ts"
import {
  type BlockReport,
  type CompressOptions,
  type CompressResult,
  Headroom,
  type TextOptions,
  type TextResult
} from "../../pipeline/headroom.ts"
import type { OriginalsError } from "../../pipeline/ports/originals.ts"
import type { Retrieved, RetrieveOptions } from "../../pipeline/retrieve.ts"
import { layer } from "../../pipeline/service.ts"

export interface ClientOptions {
  /** Where originals are kept: in memory, or in a SQLite file that outlives the process. */
  readonly store?: "memory" | { readonly filename: string }
  /**
   * Whether prose that does not fit its budget is chosen with the model that ships, where there is a `query`: better, but seconds for a long
   * text. Needs onnxruntime-node; where that is missing a warning says so once, and the words alone decide. Default: false.
   */
  readonly proseModel?: boolean
}

export interface Client {
  /**
   * Makes the tool outputs of a message list smaller; the same shape comes back, everything else deep-equal.
   *
   * Takes the messages of Anthropic, OpenAI (chat and Responses), Gemini and the Vercel AI SDK, or a request body that holds them.
   */
  readonly compress: <M>(messages: M, options?: CompressOptions) => Promise<CompressResult<M>>
  /** What `compress` would do and why, block by block; stores nothing. */
  readonly simulate: (messages: unknown, options?: CompressOptions) => Promise<ReadonlyArray<BlockReport>>
  readonly compressText: (text: string, options?: TextOptions) => Promise<TextResult>
  /** An original or a part of it; rejects with a RetrieveError that says the way out. */
  readonly retrieve: (ref: string, options?: RetrieveOptions) => Promise<Retrieved>
  /** Closes the store; the client must not be used afterwards. */
  readonly close: () => Promise<void>
}

const layerWarningOnnx = layerOnnx({
  tell: (error) => Effect.sync(() => process.emitWarning(error.message, "HeadroomWarning"))
})

/**
 * A client over a store of its own.
 *
 * @example
 * const headroom = createHeadroom({ store: { filename: "originals.db" } })
 * const { messages } = await headroom.compress(conversation, { mode: "offload" })
 */
export const createHeadroom = (options: ClientOptions = {}): Client => {
  const store = options.store ?? "memory"
  const originals = store === "memory" ? layerMemory() : layerSqlite({ filename: store.filename })
  const service = layer.pipe(Layer.provide(originals), Layer.provide(layerTreeSitter))
  const runtime = ManagedRuntime.make<Headroom, OriginalsError>(
    options.proseModel === true ? service.pipe(Layer.provide(layerWarningOnnx)) : service
  )
  const run = <A, E>(use: (headroom: Headroom["Type"]) => Effect.Effect<A, E>): Promise<A> =>
    runtime.runPromise(Effect.flatMap(Headroom, use))
  return {
    compress: (messages, settings) => run((headroom) => headroom.compress(messages, settings)),
    simulate: (messages, settings) => run((headroom) => headroom.simulate(messages, settings)),
    compressText: (text, settings) => run((headroom) => headroom.compressText(text, settings)),
    retrieve: (ref, settings) => run((headroom) => headroom.retrieve(ref, settings)),
    close: () => runtime.dispose()
  }
}

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

/**
 * A client over a store of its own.
 *
 * @example
 * const headroom = createHeadroom({ store: { filename: "originals.db" } })
 * const { messages } = await headroom.compress(conversation, { mode: "offload" })
 */
export const createHeadroom = (options: ClientOptions = {}): Client => {
  const store = options.store ?? "memory"
  const runtime = ManagedRuntime.make<Headroom, OriginalsError>(
    layer.pipe(
      Layer.provide(store === "memory" ? layerMemory() : layerSqlite({ filename: store.filename })),
      Layer.provide(layerTreeSitter)
    )
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

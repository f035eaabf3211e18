/**
 * The public API, exported by hand: what stands here is promised, everything else may change.
 */
import { type Client, createHeadroom } from "./apps/library/client.ts"

let shared: Client | undefined

/** One client in memory for the functions below, made at the first call. */
const client = (): Client => {
  shared ??= createHeadroom()
  return shared
}

/** `createHeadroom().compress` over one store in memory. */
export const compress: Client["compress"] = (messages, options) => client().compress(messages, options)
/** `createHeadroom().simulate`. */
export const simulate: Client["simulate"] = (messages, options) => client().simulate(messages, options)
/** `createHeadroom().compressText` over the same store. */
export const compressText: Client["compressText"] = (text, options) => client().compressText(text, options)
/** `createHeadroom().retrieve` from the same store. */
export const retrieve: Client["retrieve"] = (ref, options) => client().retrieve(ref, options)

export { type Client, type ClientOptions, createHeadroom } from "./apps/library/client.ts"
export type { Compressor, Confidence, Want } from "./domain/compressor.ts"
export type { Content, Hint, Kind, Origin } from "./domain/content.ts"
export type { Ref } from "./domain/digest.ts"
export type { Outcome, Reason } from "./domain/outcome.ts"
export type { Codec, Elide, Noise, Repeat, Segment, Shown, Strip, Tiling } from "./domain/tiling.ts"
export { estimateTokens } from "./domain/tokens.ts"
export type {
  BlockReport,
  CompressOptions,
  CompressResult,
  Hooks,
  Mode,
  TextOptions,
  TextResult
} from "./pipeline/headroom.ts"
export { OriginalsError } from "./pipeline/ports/originals.ts"
export { RetrieveError, type Retrieved, type RetrieveOptions } from "./pipeline/retrieve.ts"

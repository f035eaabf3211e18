/**
 * The use cases as one service: what the library, the CLI and later the MCP server and the proxy offer, each composed of the same parts.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Compressor } from "../domain/compressor.ts"
import type { Kind } from "../domain/content.ts"
import type { Ref } from "../domain/digest.ts"
import type { Treatments } from "../domain/policy.ts"
import type { Outcome, Reason } from "../domain/outcome.ts"
import type { Noise } from "../domain/tiling.ts"
import type { OriginalsError } from "./ports/originals.ts"
import type { Retrieved, RetrieveError, RetrieveOptions } from "./retrieve.ts"

/** off: nothing changes. visible: nothing is hidden. offload: originals are stored and what is hidden is named by a marker. */
export type Mode = "off" | "visible" | "offload"

export interface CompressOptions {
  /** Names the tokenizer of the figures; defaults to o200k. */
  readonly model?: string
  /** What the reader is after; part of the configuration: keep it constant over a conversation. */
  readonly query?: string
  readonly mode?: Mode
  /** True: never hide, whatever the mode. */
  readonly lossless?: boolean
  /** Tokens that one block should not exceed where hiding is allowed. */
  readonly budgetTokens?: number
  /** How the outputs of some tools are treated, by the tool's or the command's name in lower case; others as the policy has it. */
  readonly treatments?: Treatments
  /** Roles whose text may change; user text only where the caller says so. */
  readonly roles?: ReadonlyArray<"tool" | "user">
  /** Compressors of the caller's own kinds, asked before the built-in ones. */
  readonly compressors?: ReadonlyArray<Compressor>
  readonly hooks?: Hooks
  /** Whose originals these are, for `purge`. */
  readonly project?: string
  readonly session?: string
}

/** Called around each block; `before` may veto. They must be pure and constant, or prefixes change. */
export interface Hooks {
  readonly before?: (block: {
    readonly index: number
    readonly text: string
    readonly tool: string | undefined
  }) => "veto" | undefined
  readonly after?: (block: BlockReport) => void
}

/** What happened to one block, and why. Tokens are estimates unless `exact` figures were asked for. */
export interface BlockReport {
  /** Position among the request's blocks, from 0. */
  readonly index: number
  readonly tool: string | undefined
  readonly kind: Kind
  readonly outcome: Outcome["_tag"]
  readonly reason?: Reason
  readonly ref?: Ref
  readonly noise: ReadonlyArray<Noise>
  readonly repeats: number
  readonly elisions: number
  readonly tokensBefore: number
  readonly tokensAfter: number
}

export interface CompressResult<M> {
  readonly messages: M
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly tokensSaved: number
  readonly refs: ReadonlyArray<Ref>
  readonly blocks: ReadonlyArray<BlockReport>
}

export interface TextOptions extends CompressOptions {
  readonly kind?: Kind
  /** Where the text came from; "file" keeps each line to the last blank. */
  readonly origin?: "file" | "output"
  /** The command that printed it, as a shell line or its words; it tells the kind and the origin, and counts as a call of an agent. */
  readonly command?: string | ReadonlyArray<string>
  /** The name of the file that it is, which tells the language of source. */
  readonly file?: string
}

export interface TextResult {
  readonly text: string
  readonly kind: Kind
  readonly outcome: Outcome["_tag"]
  readonly reason?: Reason
  readonly ref?: Ref
  readonly noise: ReadonlyArray<Noise>
  readonly tokensBefore: number
  readonly tokensAfter: number
  /** One entry a gap, in order: unit, count, range, profile. */
  readonly elisions: ReadonlyArray<{
    readonly unit: string
    readonly count: number
    readonly from: number
    readonly to: number
    readonly profile?: string
  }>
}

export class Headroom extends Context.Tag("headroom/Headroom")<
  Headroom,
  {
    /** Messages of the Anthropic, OpenAI (chat, Responses), Gemini or Vercel AI shape in, the same shape out. Never fails: what cannot be done is Unchanged with its reason. */
    readonly compress: <M>(messages: M, options?: CompressOptions) => Effect.Effect<CompressResult<M>>
    /** The same without storing or changing anything. */
    readonly simulate: (messages: unknown, options?: CompressOptions) => Effect.Effect<ReadonlyArray<BlockReport>>
    readonly compressText: (text: string, options?: TextOptions) => Effect.Effect<TextResult>
    readonly retrieve: (
      ref: string,
      options?: RetrieveOptions
    ) => Effect.Effect<Retrieved, RetrieveError | OriginalsError>
  }
>() {}

/**
 * `POST /v1/compress`: compression as a service, in the terms that its clients (gateways, guardrails) already speak; what is not replaced
 * is the text that they sent.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Settings } from "../../adapters/settings/settings.ts"
import { type CompressOptions, type CompressResult, Headroom, type Mode } from "../../pipeline/headroom.ts"
import { elementsAt, membersAt, type Splice, spanOf, spliced, valueEnd } from "../../wire/json-spans.ts"
import type { Headers } from "../../wire/endpoint.ts"
import { isRecord } from "../../wire/json-value.ts"
import { failed, type Page, type PageRequest } from "./page.ts"

/** "ccr" is what some of them call hiding with a way back. */
const MODES: Readonly<Record<string, Mode>> = { off: "off", visible: "visible", offload: "offload", ccr: "offload" }

const Asked = Schema.parseJson(
  Schema.Struct({
    messages: Schema.Array(Schema.Unknown),
    model: Schema.optional(Schema.NullOr(Schema.String)),
    config: Schema.optional(
      Schema.NullOr(
        Schema.Struct({
          mode: Schema.optional(Schema.String),
          query: Schema.optional(Schema.String),
          lossless: Schema.optional(Schema.Boolean)
        })
      )
    )
  })
)

/** Where two values differ, in the text of the first, which starts at `at`. */
const splicesOf = (bytes: Uint8Array, at: number, before: unknown, after: unknown): ReadonlyArray<Splice> => {
  if (before === after) return []
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return elementsAt(bytes, at).flatMap(([start], i) => splicesOf(bytes, start, before[i], after[i]))
  if (isRecord(before) && isRecord(after))
    return membersAt(bytes, at).flatMap(({ key, value: [start] }) => splicesOf(bytes, start, before[key], after[key]))
  return [{ span: [at, valueEnd(bytes, at)], bytes: new TextEncoder().encode(JSON.stringify(after)) }]
}

const decoder = new TextDecoder()

const answer = (text: string, result: CompressResult<unknown>): Page => {
  const { tokensBefore, tokensAfter, tokensSaved, blocks, refs } = result
  const changed = blocks.flatMap(({ kind, outcome }) => (outcome === "Unchanged" ? [] : [kind]))
  const figures = JSON.stringify({
    tokens_before: tokensBefore,
    tokens_after: tokensAfter,
    tokens_saved: tokensSaved,
    compression_ratio: tokensBefore === 0 ? 1 : tokensAfter / tokensBefore,
    transforms_applied: [...new Set(changed)],
    ccr_hashes: refs
  })
  return { status: 200, type: "application/json", body: `{"messages":${text},${figures.slice(1)}\n` }
}

/** A request, and what the settings say where it says nothing. */
export interface ToCompress {
  readonly headers: Headers
  readonly body: Uint8Array
  readonly defaults: {
    readonly mode: Mode | undefined
    readonly model: string | undefined
    readonly project: string
  }
}

/** Reads, compresses and answers: all of it computing that grows with the body. */
export const compressed = ({ headers, body, defaults }: ToCompress): Effect.Effect<Page, never, Headroom> =>
  Effect.gen(function* () {
    const headroom = yield* Headroom
    const { messages, model, config } = yield* Schema.decode(Asked)(decoder.decode(body))
    const isBypassed = headers["x-headroom-bypass"]?.toLowerCase() === "true"
    const session = headers["x-headroom-session-id"]
    const encoding = model ?? defaults.model
    const options: CompressOptions = {
      mode: isBypassed ? "off" : (MODES[config?.mode ?? ""] ?? defaults.mode ?? "visible"),
      project: headers["x-headroom-project"] ?? defaults.project,
      ...(encoding === undefined ? {} : { model: encoding }),
      ...(config?.query === undefined ? {} : { query: config.query }),
      ...(config?.lossless === undefined ? {} : { lossless: config.lossless }),
      ...(session === undefined ? {} : { session })
    }
    const result = yield* headroom.compress(messages, options)
    const [start, end] = spanOf(body, ["messages"]) ?? [0, 0]
    const text = body.subarray(start, end)
    return answer(decoder.decode(spliced(text, splicesOf(text, 0, messages, result.messages))), result)
  }).pipe(
    Effect.catchTag("ParseError", () =>
      Effect.succeed(failed(400, "invalid_request_error", 'expected JSON like {"messages": [...], "model": "..."}'))
    )
  )

/** Who computes the answer: this thread, or one beside it. */
export class Compression extends Context.Tag("headroom/proxy/Compression")<
  Compression,
  { readonly answer: (asked: ToCompress) => Effect.Effect<Page> }
>() {}

export const layerCompression: Layer.Layer<Compression, never, Headroom> = Layer.effect(
  Compression,
  Effect.map(Headroom, (headroom) => ({
    answer: (asked) => Effect.provideService(compressed(asked), Headroom, headroom)
  }))
)

export const compress = ({ headers, body }: PageRequest): Effect.Effect<Page, never, Compression | Settings> =>
  Effect.gen(function* () {
    const { mode, model, project } = yield* Settings
    const compression = yield* Compression
    return yield* compression.answer({ headers, body, defaults: { mode, model, project } })
  })

/**
 * Exact counts of OpenAI's encodings by gpt-tokenizer, loaded when the first figure is asked for: loading one takes 120 ms and 65 MB.
 *
 * Chosen over ai-tokenizer 1.0.6, which counts 1.0 to 1.4 times as fast, but takes 2.2 times as long and 60 MB more to load, and counts
 * a text that holds a byte-order mark wrong.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Encoding, type TokenCount, Tokenizer } from "../../pipeline/ports/tokenizer.ts"
import { estimateCount } from "./estimate.ts"

type Count = (text: string) => number

/** Merging takes time square in an unbroken run, so that longer ones are cut: a token or so more for each cut. */
const LONG_RUN = /(?:\S{256}(?=\S)|\s{256}(?=\s))/gu

const pieces = (text: string): ReadonlyArray<string> => {
  const out: Array<string> = []
  let start = 0
  for (const match of text.matchAll(LONG_RUN)) {
    const end = match.index + match[0].length
    out.push(text.slice(start, end))
    start = end
  }
  out.push(text.slice(start))
  return out
}

/** The names of control tokens are text here: a tool may print them. */
const asText = { disallowedSpecial: new Set<string>() }

const load: Readonly<Partial<Record<Encoding, () => Promise<Count>>>> = {
  o200k: async () => {
    const { countTokens } = await import("gpt-tokenizer/encoding/o200k_base")
    return (text) => countTokens(text, asText)
  },
  cl100k: async () => {
    const { countTokens } = await import("gpt-tokenizer/encoding/cl100k_base")
    return (text) => countTokens(text, asText)
  }
}

const exactCount = (count: Count, text: string, encoding: Encoding): TokenCount => ({
  tokens: pieces(text).reduce((sum, piece) => sum + count(piece), 0),
  method: "exact",
  encoding
})

/** Exact where the encoding is published and loads; an estimate, and labelled so, where not. */
export const layerGptTokenizer: Layer.Layer<Tokenizer> = Layer.sync(Tokenizer, () => {
  const loaded = new Map<Encoding, Effect.Effect<Count | undefined>>()
  const counterOf = (encoding: Encoding): Effect.Effect<Count | undefined> => {
    const start = load[encoding]
    if (start === undefined) return Effect.succeed(undefined)
    const known = loaded.get(encoding)
    if (known !== undefined) return known
    const promise = start()
    const counter = Effect.tryPromise(() => promise).pipe(Effect.orElseSucceed(() => undefined))
    loaded.set(encoding, counter)
    return counter
  }
  const counter = (encoding: Encoding): Effect.Effect<(text: string) => TokenCount> =>
    Effect.map(
      Effect.suspend(() => counterOf(encoding)),
      (count) => (text) => (count === undefined ? estimateCount(text, encoding) : exactCount(count, text, encoding))
    )
  return {
    count: (texts, encoding) => Effect.map(counter(encoding), (count) => texts.map((text) => count(text))),
    counter
  }
})

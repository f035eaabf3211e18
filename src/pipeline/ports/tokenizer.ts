/**
 * Token counts for figures: a port, because the exact vocabularies are heavy and some providers publish none.
 *
 * Laws: `count` never fails and is total on any string; `method` says truly whether the count is exact; equal texts count equal.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** claude: Claude from 4.7 on; claude-4: the models before. */
export type Encoding = "o200k" | "cl100k" | "claude" | "claude-4" | "gemini"

export interface TokenCount {
  readonly tokens: number
  readonly method: "exact" | "estimate"
  readonly encoding: Encoding
}

export class Tokenizer extends Context.Tag("headroom/Tokenizer")<
  Tokenizer,
  {
    /** Counts of the texts, in their order. */
    readonly count: (texts: ReadonlyArray<string>, encoding: Encoding) => Effect.Effect<ReadonlyArray<TokenCount>>
    /** The count of one text after another, once what it needs is loaded. */
    readonly counter: (encoding: Encoding) => Effect.Effect<(text: string) => TokenCount>
  }
>() {}

/** The encoding of a model by its name; o200k where the name says nothing. */
export const encodingOf = (model: string): Encoding => {
  const name = model.toLowerCase()
  if (/claude|sonnet|opus|haiku/.test(name)) {
    // A version such as 4-6 or 3.5, not a date.
    const version = /(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(name)
    return version !== null && Number(version[1]) * 100 + Number(version[2] ?? 0) < 407 ? "claude-4" : "claude"
  }
  if (/gemini|gemma/.test(name)) return "gemini"
  return /gpt-4(?!o|\.)|gpt-3\.5|text-embedding/.test(name) ? "cl100k" : "o200k"
}

/** Counts by the estimate alone, for where no vocabulary is loaded and for providers that publish none. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { estimateTokens } from "../../domain/tokens.ts"
import { type Encoding, type TokenCount, Tokenizer } from "../../pipeline/ports/tokenizer.ts"

/**
 * Tokens for each of o200k. Claude's are medians over recorded requests, of what the provider reported beyond the request before for the
 * tool results that it added: 1.6 over 258 requests of Opus 4.7 and 5 (half of them from 1.5 to 1.75); before those between 1.1 (46
 * of Sonnet 4) and 1.36 (75 of Opus 4.6). Those of cl100k and Gemini are assumed.
 */
const FACTORS: Readonly<Record<Encoding, number>> = { o200k: 1, cl100k: 1, claude: 1.6, "claude-4": 1.25, gemini: 1 }

export const estimateCount = (text: string, encoding: Encoding): TokenCount => ({
  tokens: Math.round(estimateTokens(text) * FACTORS[encoding]),
  method: "estimate",
  encoding
})

export const layerEstimate: Layer.Layer<Tokenizer> = Layer.succeed(Tokenizer, {
  count: (texts, encoding) => Effect.sync(() => texts.map((text) => estimateCount(text, encoding))),
  counter: (encoding) => Effect.succeed((text) => estimateCount(text, encoding))
})

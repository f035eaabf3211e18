/** Prices of models as transcripts name them: without their provider, and by some agents in a spelling of their own. */
import type { Provider } from "../../../domain/exchange.ts"
import { type Price, priceOf, type Rates, ratesFor } from "../../../domain/prices.ts"

const PROVIDERS: ReadonlyArray<Provider> = ["anthropic", "openai", "gemini"]

/** The rates of a request of so many input tokens; undefined where no price is known. */
export const ratesBy =
  (prices: ReadonlyArray<Price>) =>
  (model: string | undefined, inputTokens: number): Rates | undefined => {
    if (model === undefined) return undefined
    // Copilot writes claude-opus-4.8
    for (const name of [model, model.replaceAll(".", "-")])
      for (const provider of PROVIDERS) {
        const price = priceOf(prices, provider, name)
        if (price !== undefined) return ratesFor(price, inputTokens)
      }
    return undefined
  }

import { describe, expect, it } from "vitest"
import type { Provider } from "../../src/domain/exchange.ts"
import {
  costAboveRead,
  costOf,
  LIST,
  modelName,
  type Price,
  priceOf,
  ratesFor,
  sizesIn
} from "../../src/domain/prices.ts"
import { NO_USAGE } from "../../src/domain/usage.ts"

const uncached = (provider: Provider, model: string): number | undefined =>
  priceOf(LIST, provider, model)?.rates.uncached

describe("the list of prices", () => {
  it.each<readonly [Provider, string, number | undefined]>([
    ["anthropic", "claude-opus-5-5", 4],
    ["anthropic", "claude-opus-5", 5],
    ["anthropic", "claude-opus-4-5-20251101", 5],
    ["anthropic", "claude-opus-4-1-20250805", 15],
    ["anthropic", "claude-opus-4-20250514", 15],
    ["anthropic", "claude-sonnet-4-5@20250929", 3],
    ["anthropic", "claude-sonnet-4-6[1m]", 3],
    ["anthropic", "claude-3-5-haiku-latest", 0.8],
    ["openai", "gpt-5", 1.25],
    ["openai", "gpt-5-2025-08-07", 1.25],
    ["openai", "GPT-5-Mini", 0.25],
    ["openai", "openai/gpt-4o-2024-08-06", 2.5],
    ["openai", "gpt-4o-2024-05-13", 5],
    ["gemini", "models/gemini-2.5-pro-preview-05-06", 1.25],
    ["gemini", "gemini-2.5-flash-preview-09-2025", 0.3],
    ["gemini", "gemini-2.5-flash-lite", 0.1],
    ["openai", "claude-opus-5", undefined],
    ["anthropic", "claude-opus-6", undefined],
    ["openai", "gpt-5-search", undefined],
    ["openai", "", undefined],
    ["openai", "x".repeat(1e6), undefined]
  ])("knows what %s's %s costs, or that it does not", (provider, model, price) => {
    expect(uncached(provider, model)).toBe(price)
  })

  it("names its source and date, and no model twice", () => {
    const names = LIST.flatMap((price) => price.models.map((model) => `${price.provider}/${model}`))
    expect(new Set(names).size).toBe(names.length)
    for (const price of LIST) {
      expect(price.source).toMatch(/^https:\/\//)
      expect(price.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/)
      for (const rates of [price.rates, price.long?.rates ?? price.rates]) {
        expect(rates.cacheRead).toBeLessThanOrEqual(rates.uncached)
        expect(rates.cacheWrite).toBeGreaterThanOrEqual(rates.uncached)
        expect(rates.cacheWriteHour).toBeGreaterThanOrEqual(rates.cacheWrite)
        expect(rates.output).toBeGreaterThan(rates.uncached)
      }
    }
  })

  it("has the vendor's ratios where they are one rule", () => {
    const opus = priceOf(LIST, "anthropic", "claude-opus-5")?.rates
    expect(opus).toEqual({ uncached: 5, cacheRead: 0.5, cacheWrite: 6.25, cacheWriteHour: 10, output: 25 })
  })

  it("gives long prompts their own price", () => {
    const pro = priceOf(LIST, "gemini", "gemini-2.5-pro") as Price
    expect([ratesFor(pro, 200_000).uncached, ratesFor(pro, 200_001).uncached]).toEqual([1.25, 2.5])
    expect(sizesIn(LIST)).toEqual([100_000, 200_000, 272_000])
  })

  it("puts the first match first, and lets * stand for anything", () => {
    const own = (models: ReadonlyArray<string>, price: number): Price => ({
      ...(priceOf(LIST, "openai", "gpt-5") as Price),
      models,
      rates: { uncached: price, cacheRead: price, cacheWrite: price, cacheWriteHour: price, output: price }
    })
    const prices = [own(["gpt-5*mini"], 1), own(["local-*", "*:free"], 2), own(["*"], 3), ...LIST]
    const of = (model: string): number | undefined => priceOf(prices, "openai", model)?.rates.uncached
    expect(["gpt-5-mini", "gpt-5.1-codex-mini", "local-qwen", "local-", "a:free", "gpt-5", "mini"].map(of)).toEqual([
      1, 1, 2, 2, 2, 3, 3
    ])
    expect(priceOf([own(["a*a"], 1)], "openai", "a")).toBeUndefined()
  })

  it("strips what is no name", () => {
    expect(modelName("Models/gemini-2.5-pro-preview-05-06")).toBe("gemini-2.5-pro")
    expect(modelName("claude-3-5-haiku-20241022")).toBe("claude-3-5-haiku")
  })
})

describe("costs", () => {
  const rates = { uncached: 5, cacheRead: 0.5, cacheWrite: 6.25, cacheWriteHour: 10, output: 25 }
  it("are dollars for a million tokens of each class", () => {
    const usage = { uncached: 1e6, cacheRead: 1e6, cacheWrite: 1e6, cacheWriteHour: 1e6, output: 1e6 }
    expect(costOf(rates, usage)).toBeCloseTo(46.75, 9)
    expect(costAboveRead(rates, { ...NO_USAGE, cacheWrite: 1e6 })).toBeCloseTo(5.75, 9)
  })
})

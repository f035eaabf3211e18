/**
 * What tokens cost: list prices with their source and date, looked up by model, applied only when somebody asks for a figure, so that a
 * price corrected later corrects every figure before it.
 *
 * Long prompts may have prices of their own, which then hold for every token of the request. Discounts (batches, other service tiers,
 * contracts) are unknown here: a user's own list comes first.
 */
import type { Provider } from "./exchange.ts"
import { inputOf, type Usage } from "./usage.ts"

/** Dollars for a million tokens of each class. */
export type Rates = { readonly [Class in keyof Usage]: number }

export interface Price {
  readonly provider: Provider
  /** Names without date and version; `*` stands for any characters. */
  readonly models: ReadonlyArray<string>
  readonly rates: Rates
  /** For requests with more input than this. */
  readonly long?: { readonly aboveTokens: number; readonly rates: Rates }
  /** Where the price stands, and when it was read there (year, month, day). */
  readonly source: string
  readonly asOf: string
}

const CLAUDE = { source: "https://platform.claude.com/docs/en/about-claude/pricing", asOf: "2026-10-24" }
const OPENAI = { source: "https://developers.openai.com/api/docs/pricing", asOf: "2026-09-18" }
const GEMINI = { source: "https://ai.google.dev/gemini-api/docs/pricing", asOf: "2026-09-18" }

/** Writing costs 1.25 times the input for five minutes and twice for an hour; reading a tenth where nothing else is listed. */
const claudeRates = (uncached: number, output: number, cacheRead: number = uncached / 10): Rates => ({
  uncached,
  cacheRead,
  cacheWrite: uncached * 1.25,
  cacheWriteHour: uncached * 2,
  output
})

/** Writing to the cache costs the input's price, unless the vendor lists one. */
const listed = (uncached: number, cacheRead: number, output: number, cacheWrite: number = uncached): Rates => ({
  uncached,
  cacheRead,
  cacheWrite,
  cacheWriteHour: cacheWrite,
  output
})

const claude = (models: ReadonlyArray<string>, ...values: Parameters<typeof claudeRates>): Price => ({
  provider: "anthropic",
  models,
  rates: claudeRates(...values),
  ...CLAUDE
})

const openai = (models: ReadonlyArray<string>, short: Rates, long?: Rates): Price => ({
  provider: "openai",
  models,
  rates: short,
  ...(long === undefined ? {} : { long: { aboveTokens: 272_000, rates: long } }),
  ...OPENAI
})

const gemini = (models: ReadonlyArray<string>, short: Rates, long?: Rates): Price => ({
  provider: "gemini",
  models,
  rates: short,
  ...(long === undefined ? {} : { long: { aboveTokens: 200_000, rates: long } }),
  ...GEMINI
})

export const LIST: ReadonlyArray<Price> = [
  claude(["claude-fable-5-1", "claude-mythos-5-1"], 10, 50, 0.25),
  claude(["claude-fable-5", "claude-mythos-5"], 10, 50),
  claude(["claude-opus-5-5"], 4, 20, 0.2),
  claude(["claude-opus-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6", "claude-opus-4-5"], 5, 25),
  claude(["claude-opus-4-1", "claude-opus-4", "claude-opus-4-0", "claude-3-opus"], 15, 75),
  claude(["claude-sonnet-5-5"], 2, 10, 0.1),
  claude(["claude-sonnet-5"], 2, 10),
  claude(["claude-sonnet-4-6", "claude-sonnet-4-5", "claude-sonnet-4", "claude-sonnet-4-0"], 3, 15),
  claude(["claude-3-7-sonnet", "claude-3-5-sonnet"], 3, 15),
  {
    ...claude(["claude-haiku-5-5"], 0.1, 0.5),
    long: { aboveTokens: 100_000, rates: claudeRates(0.5, 2.5) }
  },
  claude(["claude-haiku-4-5"], 1, 5),
  claude(["claude-3-5-haiku"], 0.8, 4),
  openai(["gpt-6-astra"], listed(10, 1, 50, 12.5), listed(20, 2, 75, 25)),
  openai(["gpt-5.6-sol"], listed(4, 0.4, 20, 5), listed(8, 0.8, 30, 10)),
  openai(["gpt-5.6-terra"], listed(2, 0.2, 12, 2.5), listed(4, 0.4, 18, 5)),
  openai(["gpt-5.6-luna"], listed(0.2, 0.02, 1.2, 0.25), listed(0.4, 0.04, 1.8, 0.5)),
  openai(["gpt-5.5"], listed(5, 0.5, 30), listed(10, 1, 45)),
  openai(["gpt-5.5-pro", "gpt-5.4-pro"], listed(30, 30, 180), listed(60, 60, 270)),
  openai(["gpt-5.4"], listed(2.5, 0.25, 15), listed(5, 0.5, 22.5)),
  openai(["gpt-5.4-mini"], listed(0.75, 0.075, 4.5)),
  openai(["gpt-5.4-nano"], listed(0.2, 0.02, 1.25)),
  openai(["gpt-5.2", "gpt-5.2-codex"], listed(1.75, 0.175, 14)),
  openai(["gpt-5.2-pro"], listed(21, 21, 168)),
  openai(["gpt-5.1", "gpt-5.1-codex", "gpt-5.1-codex-max", "gpt-5", "gpt-5-codex"], listed(1.25, 0.125, 10)),
  openai(["gpt-5-mini", "gpt-5.1-codex-mini"], listed(0.25, 0.025, 2)),
  openai(["gpt-5-nano"], listed(0.05, 0.005, 0.4)),
  openai(["gpt-5-pro"], listed(15, 15, 120)),
  openai(["gpt-4.1", "o3"], listed(2, 0.5, 8)),
  openai(["gpt-4.1-mini"], listed(0.4, 0.1, 1.6)),
  openai(["gpt-4.1-nano"], listed(0.1, 0.025, 0.4)),
  openai(["gpt-4o-2024-05-13"], listed(5, 5, 15)),
  openai(["gpt-4o"], listed(2.5, 1.25, 10)),
  openai(["gpt-4o-mini"], listed(0.15, 0.075, 0.6)),
  openai(["o4-mini"], listed(1.1, 0.275, 4.4)),
  openai(["o3-mini"], listed(1.1, 0.55, 4.4)),
  openai(["o1"], listed(15, 7.5, 60)),
  gemini(["gemini-3.8-flash", "gemini-3.7-flash", "gemini-3.6-flash"], listed(0.75, 0.075, 3.75)),
  gemini(["gemini-3.5-flash"], listed(1.5, 0.15, 9)),
  gemini(["gemini-3.5-flash-lite", "gemini-2.5-flash"], listed(0.3, 0.03, 2.5)),
  gemini(["gemini-3.1-flash-lite"], listed(0.25, 0.025, 1.5)),
  gemini(["gemini-3-flash"], listed(0.5, 0.05, 3)),
  gemini(["gemini-3.1-pro", "gemini-3-pro"], listed(2, 0.2, 12), listed(4, 0.4, 18)),
  gemini(["gemini-2.5-pro"], listed(1.25, 0.125, 10), listed(2.5, 0.25, 15)),
  gemini(["gemini-2.5-flash-lite"], listed(0.1, 0.01, 0.4))
]

/** No model has a longer name; what is longer is not looked into. */
const NAME_LENGTH = 200

/** What stands behind a model's name: `-20251001`, `-2026-04-01`, `-001`, `@20251001`, `-latest`, `-preview`, `[1m]`. */
const VERSION = /(?:-\d{8}|-\d{4}-\d{2}-\d{2}|-\d{3}|@[\w-]+|-latest|-preview(?:-\d{2}-(?:\d{4}|\d{2}))?|\[\w+\])$/

/** The name that a price goes by. @example modelName("models/gemini-2.5-pro-preview-05-06") // => "gemini-2.5-pro" */
export const modelName = (model: string): string => {
  let name = model.toLowerCase().slice(model.lastIndexOf("/") + 1)
  for (let shorter = name.replace(VERSION, ""); shorter !== name; shorter = name.replace(VERSION, "")) name = shorter
  return name
}

/** Whether a pattern with `*` covers the whole name. */
const covers = (pattern: string, name: string): boolean => {
  const [first = "", ...rest] = pattern.toLowerCase().split("*")
  const last = rest.pop()
  if (last === undefined) return name === first
  if (!name.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return name.length >= at + last.length && name.endsWith(last)
}

/** The first price of the list that names the model; undefined where none does, for a guess would be a lie. */
export const priceOf = (
  prices: ReadonlyArray<Price>,
  provider: Provider,
  model: string | undefined
): Price | undefined => {
  if (model === undefined || model.length > NAME_LENGTH) return undefined
  const whole = model.toLowerCase()
  const name = modelName(model)
  return prices.find(
    (price) =>
      price.provider === provider && price.models.some((pattern) => covers(pattern, whole) || covers(pattern, name))
  )
}

/** The rates for a request of so many input tokens. */
export const ratesFor = (price: Price, inputTokens: number): Rates =>
  price.long !== undefined && inputTokens > price.long.aboveTokens ? price.long.rates : price.rates

/** The sizes of input at which some price changes, smallest first. */
export const sizesIn = (prices: ReadonlyArray<Price>): ReadonlyArray<number> =>
  [...new Set(prices.flatMap((price) => (price.long === undefined ? [] : [price.long.aboveTokens])))].sort(
    (a, b) => a - b
  )

/** Prices are for so many tokens. */
export const MILLION = 1_000_000

/** Dollars for the input alone. */
export const inputCost = (rates: Rates, usage: Usage): number =>
  (usage.uncached * rates.uncached +
    usage.cacheRead * rates.cacheRead +
    usage.cacheWrite * rates.cacheWrite +
    usage.cacheWriteHour * rates.cacheWriteHour) /
  MILLION

export const costOf = (rates: Rates, usage: Usage): number =>
  inputCost(rates, usage) + (usage.output * rates.output) / MILLION

/** Dollars that tokens cost above what reading them from the cache would have. */
export const costAboveRead = (rates: Rates, usage: Usage): number =>
  inputCost(rates, usage) - (inputOf(usage) * rates.cacheRead) / MILLION

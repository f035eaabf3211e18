/** The user's own prices, from a JSON file that a setting names, before the list that ships with Headroom. */
import { readFile } from "node:fs/promises"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { LIST, type Price, type Rates } from "../../domain/prices.ts"
import { Prices } from "../../pipeline/ports/prices.ts"
import { Settings } from "../settings/settings.ts"

const Dollars = Schema.JsonNumber.pipe(Schema.nonNegative())

const OwnRates = Schema.Struct({
  uncached: Dollars,
  cacheRead: Schema.optional(Dollars),
  cacheWrite: Schema.optional(Dollars),
  cacheWriteHour: Schema.optional(Dollars),
  output: Dollars
})

const OwnPrices = Schema.Array(
  Schema.Struct({
    provider: Schema.Literal("anthropic", "openai", "gemini"),
    models: Schema.NonEmptyArray(Schema.NonEmptyString),
    rates: OwnRates,
    long: Schema.optional(Schema.Struct({ aboveTokens: Schema.JsonNumber.pipe(Schema.positive()), rates: OwnRates })),
    source: Schema.optional(Schema.String),
    asOf: Schema.optional(Schema.String)
  })
)

const ratesFrom = (own: typeof OwnRates.Type): Rates => {
  const cacheWrite = own.cacheWrite ?? own.uncached
  return {
    uncached: own.uncached,
    cacheRead: own.cacheRead ?? own.uncached,
    cacheWrite,
    cacheWriteHour: own.cacheWriteHour ?? cacheWrite,
    output: own.output
  }
}

const pricesFrom = (own: typeof OwnPrices.Type, path: string): ReadonlyArray<Price> =>
  own.map((price) => ({
    provider: price.provider,
    models: price.models,
    rates: ratesFrom(price.rates),
    ...(price.long === undefined
      ? {}
      : { long: { aboveTokens: price.long.aboveTokens, rates: ratesFrom(price.long.rates) } }),
    source: price.source ?? path,
    asOf: price.asOf ?? ""
  }))

const wrong = (path: string, what: string): ConfigError.ConfigError =>
  ConfigError.InvalidData(["HEADROOM_PRICES"], `${path}: ${what}`)

/** The first issue as `[2].rates.output: expected …`. */
const issueOf = (error: ParseResult.ParseError): string => {
  const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
  const place = (issue?.path ?? []).map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("")
  return `${place.replace(/^\./, "")}: ${(issue?.message ?? error.message).split("\n")[0] ?? ""}`.replace(/^: /, "")
}

const readOwn = (path: string): Effect.Effect<ReadonlyArray<Price>, ConfigError.ConfigError> =>
  Effect.gen(function* () {
    const text = yield* Effect.tryPromise({
      try: () => readFile(path, "utf8"),
      catch: () => wrong(path, "cannot be read; name a JSON file of prices, or leave the setting out")
    })
    const value = yield* Effect.try({
      try: (): unknown => JSON.parse(text),
      catch: () => wrong(path, "is not JSON; docs/ledger.md shows its form")
    })
    const own = yield* Effect.mapError(Schema.decodeUnknown(OwnPrices)(value), (error) => wrong(path, issueOf(error)))
    return pricesFrom(own, path)
  })

export const layerPrices: Layer.Layer<Prices, ConfigError.ConfigError, Settings> = Layer.effect(
  Prices,
  Effect.flatMap(Settings, ({ prices }) =>
    prices === undefined ? Effect.succeed(LIST) : Effect.map(readOwn(prices), (own) => [...own, ...LIST])
  )
)

import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerPrices } from "../../src/adapters/prices/prices.ts"
import { layerEnvironment } from "../../src/adapters/settings/settings.ts"
import { LIST, priceOf } from "../../src/domain/prices.ts"
import { Prices } from "../../src/pipeline/ports/prices.ts"

/** The prices where the setting names a file of this text, or nothing. */
const pricesWith = (text: string | undefined) =>
  Effect.scoped(
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "prices-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true }))
      )
      const path = join(folder, "prices.json")
      if (text !== undefined && text !== "missing") writeFileSync(path, text)
      const settings = new Map(text === undefined ? [] : [["HEADROOM_PRICES", path]])
      return yield* Effect.provide(
        Prices,
        layerPrices.pipe(
          Layer.provide(layerEnvironment),
          Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(settings)))
        )
      )
    })
  )

const own = JSON.stringify([
  { provider: "openai", models: ["local-*"], rates: { uncached: 0.5, output: 1 } },
  {
    provider: "anthropic",
    models: ["claude-opus-5"],
    rates: { uncached: 4, cacheRead: 0.1, cacheWrite: 4.5, output: 20 },
    long: { aboveTokens: 200000, rates: { uncached: 8, output: 40 } },
    source: "our contract",
    asOf: "2026-11-01"
  }
])

describe("prices", () => {
  it.effect("are the list where nothing else is named", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* pricesWith(undefined), LIST)
    })
  )

  it.effect("of the user come first, and what they leave out costs what uncached input costs", () =>
    Effect.gen(function* () {
      const prices = yield* pricesWith(own)
      assert.strictEqual(prices.length, LIST.length + 2)
      const local = priceOf(prices, "openai", "local-qwen")
      assert.deepStrictEqual(local?.rates, {
        uncached: 0.5,
        cacheRead: 0.5,
        cacheWrite: 0.5,
        cacheWriteHour: 0.5,
        output: 1
      })
      const opus = priceOf(prices, "anthropic", "claude-opus-5-20260724")
      assert.deepStrictEqual(
        [opus?.rates.cacheWriteHour, opus?.source, opus?.long?.rates.cacheRead],
        [4.5, "our contract", 8]
      )
    })
  )

  const wrong: ReadonlyArray<readonly [text: string, says: RegExp]> = [
    ["missing", /prices\.json: cannot be read; /],
    ["[", /prices\.json: is not JSON; /],
    ["{}", /prices\.json: Expected ReadonlyArray/],
    ['[{"provider":"openai","models":["a"],"rates":{"uncached":1}}]', /prices\.json: \[0\]\.rates\.output: is missing/],
    [
      '[{"provider":"openai","models":["a"],"rates":{"uncached":-1,"output":1}}]',
      /\[0\]\.rates\.uncached: Expected a non-negative number, actual -1/
    ],
    ['[{"provider":"openai","models":[],"rates":{"uncached":1,"output":1}}]', /\[0\]\.models\[0\]: is missing/],
    ['[{"provider":"acme","models":["a"],"rates":{"uncached":1,"output":1}}]', /\[0\]\.provider: Expected "anthropic"/]
  ]
  it.effect.each(wrong)("that are wrong are told in one line that names setting, file and place: %s", ([text, says]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(pricesWith(text))
      assert.strictEqual(error._op, "InvalidData")
      const { path, message } = error as unknown as { readonly path: ReadonlyArray<string>; readonly message: string }
      assert.deepStrictEqual(path, ["HEADROOM_PRICES"])
      assert.match(message, says)
      assert.notInclude(message, "\n")
    })
  )
})

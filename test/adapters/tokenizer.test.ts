import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { countTokens as cl100k } from "gpt-tokenizer/encoding/cl100k_base"
import { countTokens as o200k } from "gpt-tokenizer/encoding/o200k_base"
import { layerEstimate } from "../../src/adapters/tokenizer/estimate.ts"
import { layerGptTokenizer } from "../../src/adapters/tokenizer/gpt-tokenizer.ts"
import { estimateTokens } from "../../src/domain/tokens.ts"
import { type Encoding, encodingOf, Tokenizer } from "../../src/pipeline/ports/tokenizer.ts"

const count = (text: string, encoding: Encoding) =>
  Effect.flatMap(Tokenizer, (tokenizer) => tokenizer.count([text], encoding)).pipe(Effect.map(([each]) => each))

const texts = ["", "The quick brown fox.", '{"a": [1, 2, 3]}\n', "\ufeff中文 🚀", "a\ud800b\u0000", "x".repeat(200)]

describe("exact counts", () => {
  it.effect("are those of the encoding", () =>
    Effect.gen(function* () {
      for (const text of texts) {
        assert.deepStrictEqual(yield* count(text, "o200k"), { tokens: o200k(text), method: "exact", encoding: "o200k" })
        assert.deepStrictEqual(yield* count(text, "cl100k"), {
          tokens: cl100k(text),
          method: "exact",
          encoding: "cl100k"
        })
      }
    }).pipe(Effect.provide(layerGptTokenizer))
  )

  it.effect("take the names of control tokens for text", () =>
    Effect.gen(function* () {
      const counted = yield* count("<|endoftext|><|im_start|>", "o200k")
      assert.isTrue((counted?.tokens ?? 0) > 4)
    }).pipe(Effect.provide(layerGptTokenizer))
  )

  it.effect("take time in proportion to an unbroken run", () =>
    Effect.gen(function* () {
      for (const unit of ["a", "中", " ", "-", "\n", "é"]) {
        const counted = yield* count(unit.repeat(100_000), "o200k")
        assert.isTrue((counted?.tokens ?? 0) > 100, unit)
      }
    }).pipe(Effect.provide(layerGptTokenizer))
  )

  it.effect("are labelled as estimates where the provider publishes no encoding", () =>
    Effect.gen(function* () {
      const text = "The server keeps every original and lets the reader fetch it back. ".repeat(20)
      for (const encoding of ["claude", "claude-4", "gemini"] as const) {
        const counted = yield* count(text, encoding)
        assert.deepStrictEqual([counted?.method, counted?.encoding], ["estimate", encoding])
      }
      const [claude, gpt] = [yield* count(text, "claude"), yield* count(text, "o200k")]
      assert.isTrue((claude?.tokens ?? 0) > (gpt?.tokens ?? 0))
    }).pipe(Effect.provide(layerGptTokenizer))
  )
})

describe("estimates", () => {
  it.effect("are those of the domain", () =>
    Effect.gen(function* () {
      for (const text of texts) {
        assert.deepStrictEqual(yield* count(text, "o200k"), {
          tokens: estimateTokens(text),
          method: "estimate",
          encoding: "o200k"
        })
      }
    }).pipe(Effect.provide(layerEstimate))
  )
})

describe("encodingOf", () => {
  it("knows models by their names", () => {
    const expected: Readonly<Record<Encoding, ReadonlyArray<string>>> = {
      claude: ["claude-opus-4-7", "claude-opus-5", "anthropic/claude-opus-4.8", "claude-sonnet-5-20260601", "opus"],
      "claude-4": [
        "claude-sonnet-4-20250514",
        "claude-opus-4-6",
        "claude-3-5-sonnet-20241022",
        "anthropic/claude-3.7-sonnet",
        "claude-haiku-4-5@20251001"
      ],
      gemini: ["gemini-3-pro-preview", "models/gemini-2.5-flash"],
      cl100k: ["gpt-4", "gpt-4-turbo-2024-04-09", "gpt-3.5-turbo", "text-embedding-3-large"],
      o200k: ["gpt-4o", "gpt-4.1-mini", "gpt-5.1-codex", "o3", "", "llama"]
    }
    for (const [encoding, models] of Object.entries(expected))
      for (const model of models) assert.strictEqual(encodingOf(model), encoding, model)
  })
})

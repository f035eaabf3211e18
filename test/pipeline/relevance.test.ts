import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hashParts } from "../../src/adapters/bytes/node.ts"
import { layerMemory } from "../../src/adapters/originals/memory.ts"
import { layerSqlite } from "../../src/adapters/originals/sqlite.ts"
import { chainDigest } from "../../src/domain/digest.ts"
import { Headroom, type TextOptions } from "../../src/pipeline/headroom.ts"
import { Originals, OriginalsError } from "../../src/pipeline/ports/originals.ts"
import { ProseModel, ProseModelError } from "../../src/pipeline/ports/prose-model.ts"
import { layer } from "../../src/pipeline/service.ts"

const SAID = [
  "The harbour was quiet in that year and few boats came in.",
  "Salt was dear again, for the pans had frozen over.",
  "Nobody mended the walls, which stood as they had stood before.",
  "A fire burnt the granary, and it was built anew by the guild.",
  "Timber went out in autumn, when the river was high enough.",
  "What the town earned it spent on oak and on rope.",
  "Children were taught in the tower, where it was cold."
]
const PARAGRAPHS = Array.from({ length: 24 }, (_, i) =>
  [0, 1, 2]
    .map((n) => `${SAID[(i * 3 + n * (1 + (i % 5))) % SAID.length]} That was noted as entry ${i}.${n}.`)
    .join(" ")
)
PARAGRAPHS[17] =
  "The railway never came to the town. Its people went on foot, as their fathers had, and the road was poor."
const TEXT = PARAGRAPHS.join("\n\n")
const ASKED: TextOptions = { mode: "offload", budgetTokens: 160, query: "Why did no trains run?" }

/** A model that likes one word, counts what it is asked, and may fail. */
const liking = (word: string, calls: Array<number>, fails = false) =>
  Layer.succeed(ProseModel, {
    relevance: (_, passages) =>
      Effect.suspend(() => {
        calls.push(passages.length)
        return fails
          ? Effect.fail(new ProseModelError({ model: "liking", reason: "aborted" }))
          : Effect.succeed(passages.map((passage) => (passage.includes(word) ? 0.9 : 0.1)))
      }),
    keyOf: (question, passages) => chainDigest(hashParts, "liking", [question, ...passages])
  })

const using = <A, E>(
  use: (headroom: Headroom["Type"]) => Effect.Effect<A>,
  model: Layer.Layer<ProseModel> | undefined,
  store: Layer.Layer<Originals, E> = layerMemory()
): Effect.Effect<A, E> => {
  const service = layer.pipe(Layer.provide(store))
  return Effect.provide(
    Effect.flatMap(Headroom, use),
    model === undefined ? service : service.pipe(Layer.provide(model))
  )
}

const viewOf = (options: TextOptions, model?: Layer.Layer<ProseModel>, text = TEXT) =>
  using((headroom) => headroom.compressText(text, { ...ASKED, ...options }), model)

describe("a model of prose", () => {
  it.effect("is asked where prose is hidden and there is a question, and nowhere else", () =>
    Effect.gen(function* () {
      for (const [options, count] of [
        [{}, 1],
        [{ query: "" }, 0],
        [{ query: " " }, 0],
        [{ mode: "visible" }, 0],
        [{ mode: "off" }, 0],
        [{ lossless: true }, 0],
        [{ budgetTokens: 50_000 }, 0],
        [{ kind: "log" }, 0]
      ] as const) {
        const calls: Array<number> = []
        yield* viewOf(options, liking("railway", calls))
        assert.deepStrictEqual([options, calls.length], [options, count])
      }
    })
  )

  it.effect("decides what is shown where the words do not", () =>
    Effect.gen(function* () {
      const withModel = yield* viewOf({}, liking("railway", []))
      assert.deepStrictEqual([withModel.kind, withModel.outcome], ["prose", "Offloaded"])
      assert.include(withModel.text, "The railway never came")
      assert.notInclude((yield* viewOf({})).text, "The railway never came")
    })
  )

  it.effect("changes nothing where it fails", () =>
    Effect.gen(function* () {
      const failing = yield* viewOf({}, liking("railway", [], true))
      assert.strictEqual(failing.text, (yield* viewOf({})).text)
    })
  )

  it.effect("is asked about the prose between other things, and about nothing else", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 60 }, (_, id) => ({ id, state: "idle", owner: `node ${id % 7}` }))
      const text = `${PARAGRAPHS.slice(0, 12).join("\n\n")}\n\n${JSON.stringify(rows)}\n\n${PARAGRAPHS.slice(12).join("\n\n")}\n`
      const asked: Array<string> = []
      const reading = Layer.succeed(ProseModel, {
        relevance: (_, passages) =>
          Effect.sync(() => {
            asked.push(...passages)
            return passages.map((passage) => (passage.includes("railway") ? 0.9 : 0.1))
          }),
        keyOf: (question, passages) => chainDigest(hashParts, "reading", [question, ...passages])
      })
      const view = yield* viewOf({ budgetTokens: 420 }, reading, text)
      assert.strictEqual(view.kind, "mixed")
      assert.include(view.text, "The railway never came")
      assert.notInclude((yield* viewOf({ budgetTokens: 420 }, undefined, text)).text, "The railway never came")
      assert.strictEqual(asked.length, PARAGRAPHS.length)
      for (const passage of asked) assert.notInclude(passage, "idle")
    })
  )

  it.effect("is asked in a conversation, about tool outputs alone", () =>
    Effect.gen(function* () {
      const calls: Array<number> = []
      const messages = [
        { role: "user", content: TEXT },
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "1", name: "WebFetch", input: { url: "https://a.example" } }]
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "1", content: TEXT.replaceAll("harbour", "haven") }]
        }
      ]
      const { blocks } = yield* using((headroom) => headroom.compress(messages, ASKED), liking("railway", calls))
      assert.deepStrictEqual([calls.length, blocks.map(({ outcome }) => outcome)], [1, ["Offloaded"]])
      // what an agent is after is a guess, not a question
      const { query: _, ...unasked } = ASKED
      yield* using((headroom) => headroom.compress(messages, unasked), liking("railway", calls))
      assert.strictEqual(calls.length, 1)
    })
  )

  it.effect("is given no more passages than it can read in time, and those of the question's words", () =>
    Effect.gen(function* () {
      const calls: Array<number> = []
      const long = Array.from({ length: 2_000 }, (_, i) => PARAGRAPHS[i % 17]).join("\n\n")
      const text = `${long}\n\nThe trains of the lower town ran on Sundays until the railway was sold.\n\n${long}`
      const view = yield* viewOf({ query: "Where did trains run?" }, liking("railway", calls), text)
      assert.deepStrictEqual(calls, [400])
      assert.include(view.text, "until the railway was sold")
    })
  )
})

describe("scores", () => {
  it.effect(
    "are kept with the originals, so that what was chosen once is chosen again by whatever model answers then",
    () =>
      Effect.acquireUseRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "headroom-scores-"))),
        (folder) =>
          Effect.gen(function* () {
            const filename = join(folder, "originals.db")
            const ask = (model: Layer.Layer<ProseModel>) =>
              using<string, OriginalsError>(
                (headroom) => Effect.map(headroom.compressText(TEXT, ASKED), ({ text }) => text),
                model,
                layerSqlite({ filename })
              )
            const calls: Array<number> = []
            const first = yield* ask(liking("railway", calls))
            const again = yield* ask(liking("Salt", calls))
            assert.strictEqual(again, first)
            assert.strictEqual(calls.length, 1)
            // other scores, where nothing was kept
            assert.notStrictEqual((yield* viewOf({}, liking("entry 3.0", []))).text, first)
          }).pipe(Effect.scoped),
        (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
      )
  )

  it.effect("serve though no store keeps them", () =>
    Effect.gen(function* () {
      const calls: Array<number> = []
      const closed = Effect.fail(new OriginalsError({ operation: "pinned", reason: "busy" }))
      const forgetful = Layer.effect(
        Originals,
        Effect.map(Originals, (originals) => ({ ...originals, pinned: () => closed }))
      ).pipe(Layer.provide(layerMemory()))
      const view = yield* using((headroom) => headroom.compressText(TEXT, ASKED), liking("railway", calls), forgetful)
      assert.include(view.text, "The railway never came")
    })
  )

  it.effect("of a simulation are not kept", () =>
    Effect.gen(function* () {
      const calls: Array<number> = []
      const messages = [{ role: "tool", tool_call_id: "1", content: TEXT }]
      yield* using(
        (headroom) => Effect.all([headroom.simulate(messages, ASKED), headroom.simulate(messages, ASKED)]),
        liking("railway", calls)
      )
      assert.strictEqual(calls.length, 2)
    })
  )
})

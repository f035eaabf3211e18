/** The laws of the port for models of prose, for every layer of it. */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import { ProseModel } from "../../src/pipeline/ports/prose-model.ts"

const PASSAGES: ReadonlyArray<string> = [
  "The quay is closed in winter, because of the ice.",
  "Salt came from the north in spring.",
  "港は冬のあいだ閉まっている。",
  "الميناء مغلق في الشتاء.",
  "🧊🚢".repeat(50),
  "word",
  "",
  "x".repeat(9_000),
  "漢".repeat(3_000),
  "\u0000 \ud800 \udfff",
  "no ends and no marks ".repeat(400)
]

/** Runs the laws; `layer` is built anew for each. */
export const proseModelContract = (name: string, layer: Layer.Layer<ProseModel>): void => {
  const run = <A, E>(use: (model: ProseModel["Type"]) => Effect.Effect<A, E>): Promise<A> =>
    Effect.runPromise(Effect.provide(Effect.flatMap(ProseModel, use), layer))

  describe(name, () => {
    it("gives a finite score for each passage of any kind, in their order, and the same again whatever it was read with", async () => {
      const question = "When is the quay closed?"
      // of a model that has read nothing else
      const alone = await run((model) => model.relevance(question, PASSAGES.slice(0, 2)))
      await run((model) =>
        Effect.gen(function* () {
          const scores = yield* model.relevance(question, PASSAGES)
          expect(scores).toHaveLength(PASSAGES.length)
          for (const score of scores) expect(Number.isFinite(score)).toBe(true)
          const turned = yield* model.relevance(question, [...PASSAGES].reverse())
          expect([...turned].reverse()).toEqual(scores)
          expect(scores.slice(0, 2)).toEqual(alone)
          for (const odd of ["", "?", "x".repeat(20_000), "\ud800"])
            expect(yield* model.relevance(odd, PASSAGES.slice(0, 2))).toHaveLength(2)
          expect(yield* model.relevance(question, [])).toEqual([])
        })
      )
    })

    it("answers many who ask at once", () =>
      run((model) =>
        Effect.gen(function* () {
          const asked = PASSAGES.slice(0, 4)
          const one = yield* model.relevance("Which salt?", asked)
          const many = yield* Effect.all(
            Array.from({ length: 6 }, () => model.relevance("Which salt?", asked)),
            { concurrency: "unbounded" }
          )
          for (const scores of many) expect(scores).toEqual(one)
        })
      ))

    it("has a key for what scores depend on, and for nothing else", () =>
      run((model) =>
        Effect.sync(() => {
          const key = model.keyOf("a", ["b", "c"])
          expect(model.keyOf("a", ["b", "c"])).toBe(key)
          for (const other of [model.keyOf("ab", ["c"]), model.keyOf("a", ["bc"]), model.keyOf("a", ["c", "b"])])
            expect(other).not.toBe(key)
        })
      ))
  })
}

/** The same inside an Effect program, with originals in a file and what was hidden fetched back. Run: npx tsx examples/compress-effect.ts */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Headroom, layer, layerMemory } from "headroom-ts/effect"

const log = Array.from({ length: 400 }, (_, n) =>
  n === 250
    ? "12:00:04 ERROR payment 8841 declined: card expired"
    : `12:00:0${n % 10} INFO  request ${1000 + n} served in ${n % 37} ms`
).join("\n")

const program = Effect.gen(function* () {
  const headroom = yield* Headroom
  const result = yield* headroom.compressText(log, { mode: "offload", budgetTokens: 300 })
  yield* Effect.sync(() => console.log(result.text))
  if (result.ref === undefined) return
  const original = yield* headroom.retrieve(result.ref, { lines: "249-253" })
  yield* Effect.sync(() => console.log(original.text))
})

await Effect.runPromise(Effect.provide(program, Layer.provide(layer, layerMemory())))

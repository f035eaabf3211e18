import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { layerMemory } from "../../src/adapters/originals/memory.ts"
import type { Block, Call } from "../../src/domain/document.ts"
import { LIST_PRICES } from "../../src/domain/economics.ts"
import { refsIn } from "../../src/domain/marker.ts"
import { holdsNote } from "../../src/domain/repeat.ts"
import { settingsOf } from "../../src/pipeline/compress-document.ts"
import { FadingHistory } from "../../src/pipeline/fade-history.ts"
import { Originals, OriginalsError } from "../../src/pipeline/ports/originals.ts"

const cold = { calls: 20, alive: 0, prices: LIST_PRICES }
const settings = settingsOf({ mode: "offload" }, false, true)

const ran = (command: string, text: string): ReadonlyArray<Block<number>> => {
  const call: Call = { tool: "Bash", input: { command } }
  return [
    { _tag: "Called", call },
    { _tag: "Slot", at: 0, role: "tool", text, call, isError: false, protection: undefined }
  ]
}
const idle = (turns: number): ReadonlyArray<Block<number>> =>
  Array.from({ length: turns }).flatMap(
    (): ReadonlyArray<Block<number>> => [
      { _tag: "Said", role: "user", text: "yes" },
      { _tag: "Said", role: "assistant", text: "Going on." }
    ]
  )

const WORDS = "cold river stone under quiet amber field while north paper seldom orange candle winter".split(" ")

/** A run whose lines have nothing in common, and differ from another run's in one word each. */
const run = (seed: number): string =>
  Array.from({ length: 24 }, (_, line) => {
    const words = Array.from(
      { length: 9 },
      (__, at) => WORDS[((line * line * 31 + line * at * 7 + at * at * 5) % 211) % WORDS.length]
    )
    return [...words.slice(0, line % 7), `${seed}${line}0`, ...words.slice(line % 7)].join(" ")
  }).join("\n")

const slots = (history: FadingHistory<number>): ReadonlyArray<string> =>
  history.entries.flatMap(({ block, text }) => (block._tag === "Slot" ? [text ?? block.text] : []))

describe("an epoch's birth", () => {
  it.effect("prints lines that were named where their source fades", () =>
    Effect.gen(function* () {
      const history = new FadingHistory<number>(settings)
      yield* history.add([...ran("make slow", run(1)), ...idle(3), ...ran("make slow", run(2)), ...idle(2)])
      const [first = "", second = ""] = slots(history)
      assert.isFalse(holdsNote(first))
      assert.isTrue(holdsNote(second))
      const plan = yield* history.fade("safe", cold)
      assert.isDefined(plan)
      const [faded = "", printed = ""] = slots(history)
      const [ref] = refsIn(faded)
      assert.isDefined(ref)
      const originals = yield* Originals
      const found = yield* originals.find(ref)
      assert.deepInclude(found, { _tag: "Found", text: run(1) })
      assert.isFalse(holdsNote(printed))
      assert.strictEqual(printed, run(2))
    }).pipe(Effect.provide(layerMemory()))
  )

  it.effect("changes nothing where the originals cannot be kept, or nothing pays", () =>
    Effect.gen(function* () {
      const closed = yield* Originals
      const broken = {
        ...closed,
        keep: () => Effect.fail(new OriginalsError({ operation: "keep", reason: "full" }))
      }
      const history = new FadingHistory<number>(settings)
      yield* history.add([...ran("make slow", run(1)), ...idle(9)])
      const before = slots(history)
      assert.isUndefined(yield* history.fade("safe", cold).pipe(Effect.provideService(Originals, broken)))
      assert.deepStrictEqual(slots(history), before)
      assert.isUndefined(yield* history.fade("safe", { calls: 1, alive: 1, prices: LIST_PRICES }))
      assert.deepStrictEqual(slots(history), before)
      assert.isDefined(yield* history.fade("safe", cold))
    }).pipe(Effect.provide(layerMemory()))
  )

  it.effect("leaves what was fetched back, and what holds another's marker", () =>
    Effect.gen(function* () {
      const history = new FadingHistory<number>(settings)
      const marked = `${run(3)}\n[… 2 of 30 lines hidden; headroom retrieve 0123456789ab]`
      yield* history.add([...ran("headroom retrieve 0123456789ab", run(1)), ...ran("make", marked), ...idle(300)])
      yield* history.fade("strong", cold)
      assert.deepStrictEqual(slots(history), [run(1), marked])
    }).pipe(Effect.provide(layerMemory()))
  )
})

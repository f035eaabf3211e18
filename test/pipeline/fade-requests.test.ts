import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { hashParts, sameBytes } from "../../src/adapters/bytes/node.ts"
import { layerMemory } from "../../src/adapters/originals/memory.ts"
import { refsIn } from "../../src/domain/marker.ts"
import { Originals } from "../../src/pipeline/ports/originals.ts"
import { layerRewriter, type RewriterOptions } from "../../src/pipeline/rewrite-request.ts"
import { Rewriter } from "../../src/pipeline/rewriter.ts"
import { layerEngine } from "../../src/pipeline/settle-slots.ts"
import { Timing, Warmth } from "../../src/pipeline/timing.ts"
import { routeOf } from "../../src/wire/endpoint.ts"

const SHELL = { "x-headroom-retrieval": "shell" }

const send = (messages: ReadonlyArray<unknown>, headers: Readonly<Record<string, string>> = SHELL) =>
  Effect.flatMap(Rewriter, (rewriter) => {
    const route = routeOf("POST", "/v1/messages", headers)
    if (route === undefined) throw new Error("no route")
    const body = new TextEncoder().encode(JSON.stringify({ model: "claude-sonnet-5", messages }))
    return Effect.map(rewriter.rewrite({ route, headers, body }), (sent) => ({
      ...sent,
      text: new TextDecoder().decode(sent.body)
    }))
  })

const WORDS = "cold river stone under quiet amber field while north paper seldom orange candle winter".split(" ")
const output = (seed: number): string =>
  Array.from({ length: 60 }, (_, line) =>
    Array.from(
      { length: 9 },
      (__, at) => WORDS[((line * line * 31 + line * at * 7 + at * at * 5 + seed) % 211) % 14]
    ).join(" ")
  ).join("\n")

const ran = (id: string, text: string) => [
  { role: "assistant", content: [{ type: "tool_use", id, name: "Bash", input: { command: `make ${id}` } }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: text }] }
]
/** A conversation of so many calls, whose first output is long. */
const conversation = (calls: number) => [
  { role: "user", content: "go" },
  ...ran("first", output(1)),
  ...Array.from({ length: calls - 1 }, (_, i) => ran(`t${i}`, "done")).flat()
]

const rewriter = (settings: Partial<RewriterOptions> = {}) =>
  layerRewriter({
    mode: "offload",
    fading: "safe",
    deadlineMs: 60_000,
    memoryBytes: 1_000_000,
    hash: hashParts,
    same: sameBytes,
    stabilises: false,
    ...settings
  }).pipe(Layer.provide(layerEngine))

const on = (settings: Partial<RewriterOptions> = {}) => Layer.provideMerge(rewriter(settings), layerMemory())

const hides = (text: string): boolean => refsIn(text).length > 0

describe("a conversation after a pause", () => {
  it.effect("begins an epoch with the request that comes first, and says so", () =>
    Effect.gen(function* () {
      const before = yield* send(conversation(7))
      yield* TestClock.adjust("10 minutes")
      const born = yield* send(conversation(8))
      assert.isFalse(hides(before.text))
      assert.isBelow(born.body.length, before.body.length)
      assert.deepInclude(born.expected.change, { _tag: "Changed", part: "epoch", tokens: 0 })
      const { change } = born.expected
      assert.isAbove(change._tag === "Changed" ? (change.removed ?? 0) : 0, 100)
      const faded = born.slots.find((slot) => slot.kind === "faded")
      assert.deepInclude(faded, { tool: "Bash", outcome: "Offloaded" })
      const originals = yield* Originals
      const [ref] = refsIn(born.text)
      const found = ref === undefined ? undefined : yield* originals.find(ref)
      assert.deepInclude(found, { _tag: "Found", text: output(1) })

      const next = yield* send(conversation(9))
      assert.deepStrictEqual(next.expected.change, { _tag: "Extends" })
      assert.isTrue(next.text.startsWith(born.text.slice(0, -2)))
      assert.isFalse(hides((yield* send(conversation(7))).text))
    }).pipe(Effect.provide(on()))
  )

  it.effect(
    "stays as it is where nothing may be hidden or got back, where it is off, and where the pause was short",
    () => {
      const stays = (settings: Partial<RewriterOptions>, headers: Readonly<Record<string, string>>, pause: number) =>
        Effect.gen(function* () {
          yield* send(conversation(7), headers)
          yield* TestClock.adjust(pause)
          const sent = yield* send(conversation(8), headers)
          assert.isFalse(hides(sent.text))
          assert.deepStrictEqual(sent.expected.change, { _tag: "Extends" })
        }).pipe(Effect.provide(Layer.fresh(on(settings))))
      return Effect.all([
        stays({ mode: "visible" }, SHELL, 600_000),
        stays({ fading: "off" }, SHELL, 600_000),
        stays({}, {}, 600_000),
        stays({}, SHELL, 240_000)
      ])
    }
  )

  it.effect("is not cold where its cache was kept warm meanwhile", () => {
    const warmth = Object.assign(new Warmth(), { at: () => 9 * 60_000 })
    return Effect.gen(function* () {
      yield* send(conversation(7))
      yield* TestClock.adjust("10 minutes")
      const warm = yield* send(conversation(8))
      assert.isFalse(hides(warm.text))
      assert.strictEqual(warm.expected.idleMs, 60_000)
      yield* TestClock.adjust("10 minutes")
      assert.isTrue(hides((yield* send(conversation(9))).text))
    }).pipe(Effect.provide(on({ timing: new Timing({ lifetimes: undefined, warmth }) })))
  })

  it.effect("that was another process's goes by what the ledger says of its last request", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      const born = yield* send(conversation(8))
      assert.isTrue(hides(born.text))
    }).pipe(Effect.provide(on({ lastAt: () => Effect.succeed(1_000) })))
  )

  it.effect("that goes on with words alone is in the epoch that another process bore at them", () =>
    Effect.gen(function* () {
      const other = yield* Layer.build(rewriter({ fading: "off" }))
      const beside = (messages: ReadonlyArray<unknown>) => Effect.provide(send(messages), other)
      const spoken = [
        ...conversation(7),
        { role: "assistant", content: "Done." },
        { role: "user", content: "And now?" }
      ]
      assert.strictEqual((yield* beside(conversation(7))).text, (yield* send(conversation(7))).text)
      yield* TestClock.adjust("10 minutes")
      const born = yield* send(spoken)
      assert.isTrue(hides(born.text))
      assert.strictEqual((yield* beside(spoken)).text, born.text)
    }).pipe(Effect.scoped, Effect.provide(on()))
  )
})

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { describe, expect, it } from "vitest"
import { layerMemory } from "../src/adapters/originals/memory.ts"
import { pack, unpack } from "../src/adapters/originals/packing.ts"
import { layerSqlite } from "../src/adapters/originals/sqlite.ts"
import type { Digest, Ref } from "../src/domain/digest.ts"
import { Originals, type OriginalsError, type Session } from "../src/pipeline/ports/originals.ts"

const HOUR = 3_600_000
const sessions: ReadonlyArray<Session> = [
  { id: "a", project: "/p" },
  { id: "b", project: "/p" },
  { id: "c", project: "/q" }
]

const text = fc.oneof(
  fc.constantFrom("one", "two", "three \ud800", "four\r\n\u0000", ""),
  fc.string({ unit: "grapheme", maxLength: 40 })
)
const session = fc.option(fc.constantFrom(...sessions), { nil: undefined })
const pin = fc.record({
  epoch: fc.constantFrom("", "e"),
  slot: fc.nat(3),
  text: fc.option(fc.constantFrom("x", "y", ""), { nil: undefined })
})

const command = fc.oneof(
  fc.record({
    _tag: fc.constant("keep" as const),
    texts: fc.array(text, { maxLength: 3 }),
    pins: fc.array(pin, { maxLength: 3 }),
    session
  }),
  fc.record({ _tag: fc.constant("sight" as const), nth: fc.nat(9), session }),
  fc.record({ _tag: fc.constant("wait" as const), hours: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ _tag: fc.constant("collect" as const), maxAge: fc.nat(40), live: fc.nat(20) }),
  fc.record({ _tag: fc.constant("purge" as const), project: fc.constantFrom(undefined, "/p", "/q", "/none") })
)
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

const prefixOf = (slot: number): Digest => String(slot).repeat(64) as Digest
const keys = [0, 1, 2, 3].flatMap((slot) => ["", "e"].map((epoch) => ({ epoch, prefix: prefixOf(slot) })))

/** Everything that can be seen of a store after each command. */
const observe = (commands: ReadonlyArray<Command>): Effect.Effect<ReadonlyArray<unknown>, OriginalsError, Originals> =>
  Effect.gen(function* () {
    const store = yield* Originals
    const issued: Array<Ref> = []
    const seen: Array<unknown> = []
    for (const each of commands) {
      switch (each._tag) {
        case "keep": {
          const pins = each.pins.map((pin) => ({ epoch: pin.epoch, prefix: prefixOf(pin.slot), text: pin.text }))
          const kept = yield* Effect.either(
            store.keep({
              originals: each.texts,
              pins: () => pins,
              ...(each.session === undefined ? {} : { session: each.session })
            })
          )
          if (kept._tag === "Right") issued.push(...kept.right.receipts.map((receipt) => receipt.ref))
          seen.push(kept._tag === "Left" ? kept.left.reason : kept.right)
          break
        }
        case "sight":
          yield* store.sight(issued.slice(each.nth, each.nth + 1), each.session)
          break
        case "wait":
          yield* TestClock.adjust(each.hours * HOUR)
          break
        case "collect": {
          const gone = yield* store.collect({
            maxBytes: Number.MAX_SAFE_INTEGER,
            maxAgeMs: each.maxAge * HOUR,
            liveMs: each.live * HOUR
          })
          seen.push([gone.originals, gone.pins])
          break
        }
        case "purge": {
          const gone = yield* store.purge(each.project === undefined ? {} : { project: each.project })
          seen.push([gone.originals, gone.pins])
        }
      }
      const { originals, originalBytes, pins, sessions } = yield* store.stats
      const found = yield* Effect.forEach(issued, (ref) => store.find(ref))
      seen.push(
        { originals, originalBytes, pins, sessions },
        found.map((one) => (one._tag === "Found" ? one.text : one._tag)),
        yield* store.pinned(keys)
      )
    }
    return seen
  })

const runOn = (
  layer: Layer.Layer<Originals, OriginalsError>,
  commands: ReadonlyArray<Command>
): Promise<ReadonlyArray<unknown>> =>
  Effect.scoped(
    Effect.flatMap(Layer.build(layer), (context) =>
      Effect.provideService(observe(commands), Originals, Context.get(context, Originals))
    )
  ).pipe(Effect.provide(TestContext.TestContext), Effect.runPromise)

describe("laws of originals", () => {
  it("looks the same in memory and in SQLite, whatever is done", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 12 }), async (commands) => {
        const folder = mkdtempSync(join(tmpdir(), "originals-"))
        try {
          const sqlite = await runOn(layerSqlite({ filename: join(folder, "originals.db") }), commands)
          expect(sqlite).toEqual(await runOn(layerMemory(), commands))
        } finally {
          rmSync(folder, { recursive: true })
        }
      }),
      { numRuns: Number(process.env["PROPERTY_RUNS"] ?? 40) }
    )
  })

  it("unpacks what was packed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect([...(unpack(pack(bytes)) ?? [])]).toEqual([...bytes])
      })
    )
  })

  it("does not throw on what was never packed", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void unpack(bytes)))
  })
})

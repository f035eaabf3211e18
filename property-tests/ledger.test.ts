/** A ledger looks the same in memory and in SQLite, whatever clients call their models, tools and projects. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import { layerMemory } from "../src/adapters/ledger/memory.ts"
import { layerLedger } from "../src/adapters/ledger/sqlite.ts"
import { layerDatabase } from "../src/adapters/originals/database.ts"
import type { Exchange, SlotRecord } from "../src/domain/exchange.ts"
import type { Ref } from "../src/domain/digest.ts"
import { Ledger } from "../src/pipeline/ports/ledger.ts"

const size = fc.integer({ min: 0, max: 500_000 })
/** Well-formed, with what SQL, JSON and C take for ends and quotes. */
const name = fc.oneof(
  fc.constantFrom("a", "b"),
  fc.string({ unit: "binary", maxLength: 12 }).filter((text) => !/\p{Surrogate}/u.test(text)),
  fc.constantFrom("", "\u0000", "a\u0000b", "'; DROP TABLE slots; --", '"', "\\", "%", "🚀", "[]", "null", "1e5", "007")
)

const slots: fc.Arbitrary<SlotRecord> = fc.record({
  kind: fc.oneof(name, fc.constant("faded")),
  tool: fc.option(name, { nil: undefined }),
  outcome: fc.constantFrom("Exact", "Visible", "Offloaded", "Unchanged"),
  reason: fc.option(fc.constantFrom("no-gain", "too-small"), { nil: undefined }),
  ref: fc.option(
    fc.constantFrom("0123456789ab", "000000000001").map((ref) => ref as Ref),
    { nil: undefined }
  ),
  tokensBefore: size,
  tokensAfter: size
})

const exchanges: fc.Arbitrary<Exchange> = fc.record({
  id: fc.oneof(fc.constantFrom("1", "2"), fc.uuid()),
  at: fc.integer({ min: 0, max: 3_000_000_000 }),
  provider: fc.constantFrom("anthropic", "openai", "gemini"),
  endpoint: fc.constantFrom("messages", "count-tokens", "renewal", "other"),
  model: fc.option(name, { nil: undefined }),
  conversation: name,
  project: name,
  isSubscription: fc.boolean(),
  isStream: fc.boolean(),
  bytesBefore: size,
  bytesAfter: size,
  tokensBefore: size,
  tokensAfter: size,
  newTokensBefore: size,
  newTokensAfter: size,
  slots: fc.array(slots, { maxLength: 4 }),
  prefix: fc.oneof(
    fc.constantFrom({ _tag: "First" } as const, { _tag: "Extends" } as const),
    fc.record({
      _tag: fc.constant("Changed" as const),
      part: fc.constant("tools" as const),
      message: fc.constant(7),
      tokens: size
    }),
    fc.record(
      {
        _tag: fc.constant("Changed" as const),
        part: fc.constant("epoch" as const),
        message: fc.constant(7),
        tokens: size,
        removed: size
      },
      { requiredKeys: ["_tag", "part", "message", "tokens"] }
    )
  ),
  cacheMiss: fc.constantFrom("none", "expired", "prefix-changed", "averted"),
  missedTokens: size,
  usage: fc.option(
    fc.record({ uncached: size, cacheRead: size, cacheWrite: size, cacheWriteHour: size, output: size }),
    { nil: undefined }
  ),
  status: fc.constantFrom(200, 0, 529),
  finish: fc.constantFrom("complete", "truncated"),
  passedOver: fc.array(name, { maxLength: 2 }),
  overheadMs: fc.double({ min: 0, max: 1e4, noNaN: true }),
  firstByteMs: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true }), { nil: undefined }),
  totalMs: fc.double({ min: 0, max: 1e6, noNaN: true })
})

interface Question {
  readonly project: string | undefined
  readonly since: number | undefined
  readonly offsetMs: number
}

/** Everything that can be asked, in an order of its own. */
const looked = (all: ReadonlyArray<Exchange>, { offsetMs, project, since }: Question) =>
  Effect.gen(function* () {
    const ledger = yield* Ledger
    yield* Effect.forEach(all, (exchange) => ledger.record(exchange))
    const filter = { ...(project === undefined ? {} : { project }), ...(since === undefined ? {} : { since }) }
    const sizes = [100_000, 400_000]
    const sorted = (rows: ReadonlyArray<object>): ReadonlyArray<string> =>
      rows
        .map((row) =>
          JSON.stringify(row, (_, part: unknown) => (typeof part === "number" ? Number(part.toPrecision(9)) : part), 0)
        )
        .sort()
    const totals = yield* ledger.totals({ ...filter, spanMs: 86_400_000, offsetMs, sizes })
    const conversations = yield* ledger.conversations(99, { ...filter, sizes })
    const keyed = (row: object): object => Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))
    return {
      latest: yield* ledger.latest(20, filter),
      totals: sorted(totals.map(keyed)),
      conversations: sorted(conversations.map(keyed)),
      slots: sorted((yield* ledger.slots(filter)).map(keyed)),
      passedOver: sorted(yield* ledger.passedOver(filter)),
      births: yield* ledger.births(filter),
      calls: sorted((yield* ledger.calls(99, filter)).map(keyed)),
      timings: yield* ledger.timings(9, filter),
      seen: yield* Effect.forEach(all.slice(0, 3), (exchange) => ledger.lastSeen(exchange.conversation))
    }
  })

describe("laws of the ledger", () => {
  it("looks the same in memory and in SQLite", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ledger-laws-"))
    let runs = 0
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(exchanges, { maxLength: 12 }),
          fc.record({
            project: fc.option(name, { nil: undefined }),
            since: fc.option(fc.integer({ min: 0, max: 3_000_000_000 }), { nil: undefined }),
            offsetMs: fc.constantFrom(0, 19_800_000, -18_000_000)
          }),
          async (all, question) => {
            const filename = join(folder, `${runs++}.db`)
            const inFile = Layer.provide(
              layerLedger({ maxAgeMs: 1e15, maxExchanges: 1e6 }),
              layerDatabase({ filename })
            )
            const [memory, file] = await Promise.all(
              [layerMemory(), inFile].map((layer) => Effect.runPromise(Effect.provide(looked(all, question), layer)))
            )
            expect(file).toEqual(memory)
          }
        )
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

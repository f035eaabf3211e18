/** The laws of src/pipeline/ports/ledger.ts, for each layer. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import type { Exchange, SlotRecord } from "../../src/domain/exchange.ts"
import type { Ref } from "../../src/domain/digest.ts"
import { NO_TALLY, plusTally, type Tally, tallyOf } from "../../src/domain/savings.ts"
import { Ledger, type LedgerLimits } from "../../src/pipeline/ports/ledger.ts"
import type { OriginalsError } from "../../src/pipeline/ports/originals.ts"
import { exchangesOf } from "../fixtures/exchanges.ts"

export type MakeLayer = (retention?: LedgerLimits) => Layer.Layer<Ledger, OriginalsError>

const DAY = 86_400_000
const HOUR = 3_600_000
const many = exchangesOf({ count: 300, until: 40 * DAY, days: 20 })

const slot: SlotRecord = {
  kind: "log",
  tool: "Bash",
  outcome: "Visible",
  reason: undefined,
  ref: "0123456789ab" as Ref,
  tokensBefore: 900,
  tokensAfter: 400
}

const whole: Exchange = {
  id: "a",
  at: 5 * DAY + 7 * HOUR,
  provider: "anthropic",
  endpoint: "messages",
  model: "claude-opus-5",
  conversation: "c",
  project: "/p",
  isSubscription: false,
  isStream: true,
  bytesBefore: 9000,
  bytesAfter: 7000,
  tokensBefore: 2000,
  tokensAfter: 1500,
  newTokensBefore: 1000,
  newTokensAfter: 500,
  slots: [slot, { ...slot, kind: "text", tool: undefined, outcome: "Unchanged", reason: "no-gain", ref: undefined }],
  prefix: { _tag: "Changed", part: "message", message: 3, tokens: 40 },
  cacheMiss: "prefix-changed",
  missedTokens: 40,
  usage: { uncached: 3, cacheRead: 1400, cacheWrite: 700, cacheWriteHour: 97, output: 55 },
  status: 200,
  finish: "complete",
  passedOver: ["deadline", "store"],
  overheadMs: 1.25,
  firstByteMs: 812.5,
  totalMs: 4000
}

/** Nothing is known of it but that it was there. */
const bare: Exchange = {
  ...whole,
  id: "b",
  at: whole.at + 1,
  provider: "openai",
  endpoint: "other",
  model: undefined,
  conversation: "",
  project: "",
  isSubscription: true,
  isStream: false,
  slots: [],
  prefix: { _tag: "First" },
  cacheMiss: "cold-start",
  usage: undefined,
  status: 0,
  finish: "unreachable",
  passedOver: [],
  firstByteMs: undefined
}

const recordAll = (exchanges: ReadonlyArray<Exchange>) =>
  Effect.flatMap(Ledger, (ledger) =>
    Effect.forEach(exchanges, (exchange) => ledger.record(exchange), { concurrency: 32 })
  )

const whole24 = { spanMs: DAY, offsetMs: 0, sizes: [] }

/** Floating sums in another order differ in their last digits. */
const rounded = <A>(value: A): A =>
  JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (typeof part === "number" ? Number(part.toPrecision(9)) : part))
  )

const sumOf = (tallies: ReadonlyArray<Tally>): Tally => {
  const { requests, answered, counted, tokensBefore, tokensAfter, used, saved, missed, averted } = tallies.reduce(
    plusTally,
    NO_TALLY
  )
  return rounded({ requests, answered, counted, tokensBefore, tokensAfter, used, saved, missed, averted })
}

export const ledgerContract = (name: string, makeLayer: MakeLayer): void => {
  describe(name, () => {
    const law = (title: string, body: () => Effect.Effect<void, OriginalsError, Ledger>, retention?: LedgerLimits) =>
      it.effect(title, () => Effect.provide(Effect.suspend(body), makeLayer(retention)))

    law("gives back what was recorded, field for field, newest first", () =>
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* recordAll([bare, whole])
        assert.deepStrictEqual(yield* ledger.latest(9), [bare, whole])
        assert.deepStrictEqual(yield* ledger.latest(1), [bare])
        yield* recordAll(many)
        const sorted = [...many].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
        assert.deepStrictEqual(yield* ledger.latest(50), sorted.slice(0, 50))
      })
    )

    law("keeps the first record of an id", () =>
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* recordAll([whole])
        yield* recordAll([{ ...whole, project: "/other", slots: [slot, slot, slot] }])
        assert.deepStrictEqual(yield* ledger.latest(9), [whole])
        assert.strictEqual(
          (yield* ledger.slots()).reduce((sum, total) => sum + total.slots, 0),
          2
        )
      })
    )

    law("is empty before the first record", () =>
      Effect.gen(function* () {
        const ledger = yield* Ledger
        assert.deepStrictEqual(yield* ledger.latest(9), [])
        assert.deepStrictEqual(yield* ledger.totals(whole24), [])
        assert.deepStrictEqual(yield* ledger.conversations(9, { sizes: [] }), [])
        assert.deepStrictEqual(yield* ledger.slots(), [])
        assert.deepStrictEqual(yield* ledger.passedOver(), [])
        assert.deepStrictEqual(yield* ledger.timings(9), { overheadMs: [], firstByteMs: [] })
        assert.strictEqual(yield* ledger.lastSeen("c"), undefined)
      })
    )

    law("lets through what the filter names", () =>
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* recordAll([whole, bare, { ...whole, id: "c", at: whole.at + 2, conversation: "d" }])
        const ids = (filter: Parameters<typeof ledger.latest>[1]) =>
          Effect.map(ledger.latest(9, filter), (found) => found.map((exchange) => exchange.id).join(""))
        assert.deepStrictEqual(
          yield* Effect.all([
            ids({ project: "/p" }),
            ids({ conversation: "c" }),
            ids({ since: whole.at + 1 }),
            ids({ project: "/p", since: whole.at + 1 }),
            ids({ since: whole.at, until: whole.at + 2 }),
            ids({ project: "" })
          ]),
          ["ca", "a", "cb", "c", "ba", "b"]
        )
        assert.strictEqual((yield* ledger.timings(9, { conversation: "d" })).overheadMs.length, 1)
        assert.strictEqual(yield* ledger.lastSeen("d"), whole.at + 2)
      })
    )

    law("tells calls apart from renewals of ours, and finds births of epochs by what they changed", () =>
      Effect.gen(function* () {
        const ledger = yield* Ledger
        const { at } = whole
        const faded: SlotRecord = { ...slot, kind: "faded" }
        yield* recordAll([
          { ...whole, id: "a", slots: [faded, faded] },
          { ...whole, id: "b", at: at + 1, endpoint: "renewal" },
          {
            ...whole,
            id: "c",
            at: at + 2,
            prefix: { _tag: "Changed", part: "epoch", message: 3, tokens: 70, removed: 900 }
          },
          { ...whole, id: "d", at: at + 3, status: 529 },
          { ...whole, id: "e", at: at + 4, conversation: "other" }
        ])
        const known = { provider: whole.provider, model: whole.model, isSubscription: false }
        assert.deepStrictEqual(yield* ledger.births({ conversation: "c" }), [
          { ...known, at, removed: 1000, rewritten: 0, later: 1 },
          { ...known, at: at + 2, removed: 900, rewritten: 70, later: 0 }
        ])
        assert.deepStrictEqual(
          (yield* ledger.calls(2)).map((call) => ({ ...call })),
          [
            { conversation: "other", at: at + 4, tokens: 1500, newTokens: 500 },
            { conversation: "c", at: at + 2, tokens: 1500, newTokens: 500 }
          ]
        )
      })
    )

    law("sums what it holds", () =>
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* recordAll([...many, bare, whole])
        const expected = sumOf([...many, bare, whole].map(tallyOf))
        assert.strictEqual(expected.requests, many.length + 2)
        assert.isTrue(expected.saved.cacheRead > 0 && expected.missed.cacheWrite > 0)
        for (const sizes of [[], [20_000, 50_000]])
          for (const [spanMs, offsetMs] of [
            [DAY, 0] as const,
            [HOUR, 330 * 60_000] as const,
            [DAY, -5 * HOUR] as const
          ])
            assert.deepStrictEqual(sumOf(yield* ledger.totals({ spanMs, offsetMs, sizes })), expected)
        assert.deepStrictEqual(sumOf(yield* ledger.conversations(999, { sizes: [] })), expected)
        const since = many[100]?.at ?? 0
        assert.deepStrictEqual(
          sumOf(yield* ledger.totals({ ...whole24, since })),
          sumOf([...many, bare, whole].filter((exchange) => exchange.at >= since).map(tallyOf))
        )
      })
    )

    law("keeps sums apart by what prices and readers ask for", () =>
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* recordAll(many)
        const rows = yield* ledger.totals({ spanMs: DAY, offsetMs: 2 * HOUR, sizes: [20_000, 50_000] })
        assert.isTrue(rows.length > 30)
        const of = (row: (typeof rows)[number]) =>
          [
            row.at,
            row.provider,
            row.model,
            row.project,
            row.isSubscription,
            row.above,
            row.cacheMiss,
            row.finish
          ].join()
        assert.strictEqual(new Set(rows.map(of)).size, rows.length)
        assert.isTrue(rows.every((row) => (row.at + 2 * HOUR) % DAY === 0))
        for (const row of rows) {
          const mine = many.filter((exchange) => {
            const { uncached, cacheRead, cacheWrite, cacheWriteHour } = exchange.usage ?? tallyOf(exchange).used
            const input = uncached + cacheRead + cacheWrite + cacheWriteHour
            return (
              exchange.at >= row.at &&
              exchange.at < row.at + DAY &&
              exchange.model === row.model &&
              exchange.project === row.project &&
              exchange.cacheMiss === row.cacheMiss &&
              exchange.finish === row.finish &&
              (input > 50_000 ? 50_000 : input > 20_000 ? 20_000 : 0) === row.above
            )
          })
          assert.deepStrictEqual(sumOf([row]), sumOf(mine.map(tallyOf)))
        }
      })
    )

    law("sums the conversations with the latest requests", () =>
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* recordAll(many)
        const [newest] = yield* ledger.conversations(1, { sizes: [] })
        const last = [...many].sort((a, b) => b.at - a.at)[0]
        const mine = many.filter((exchange) => exchange.conversation === last?.conversation)
        assert.strictEqual(newest?.conversation, last?.conversation)
        assert.strictEqual(newest?.requests, mine.length)
        assert.deepStrictEqual([newest?.first, newest?.last], [mine[0]?.at, last?.at])
        const names = (yield* ledger.conversations(5, { sizes: [] })).map((total) => total.conversation)
        assert.strictEqual(new Set(names).size, 5)
      })
    )

    law("sums slots of answered requests by kind, tool, outcome and reason", () =>
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* recordAll([
          whole,
          { ...whole, id: "b", slots: [slot] },
          { ...whole, id: "c", status: 429 },
          { ...whole, id: "d", endpoint: "count-tokens" }
        ])
        const { ref: _, ...rest } = slot
        const text = { ...rest, kind: "text", tool: undefined, outcome: "Unchanged", reason: "no-gain" }
        assert.deepStrictEqual(yield* ledger.slots(), [
          { ...rest, slots: 2, tokensBefore: 1800, tokensAfter: 800 },
          { ...text, slots: 1 } as never
        ])
        assert.deepStrictEqual(yield* ledger.slots({ project: "/other" }), [])
      })
    )

    law("counts what was passed over, and gives timings, newest first", () =>
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* recordAll([whole, { ...whole, id: "b", at: whole.at + 1, passedOver: ["store"], overheadMs: 7 }, bare])
        assert.deepStrictEqual(yield* ledger.passedOver(), [
          { cause: "store", requests: 2 },
          { cause: "deadline", requests: 1 }
        ])
        assert.deepStrictEqual(yield* ledger.timings(9, { project: "/p" }), {
          overheadMs: [7, 1.25],
          firstByteMs: [812.5, 812.5]
        })
        assert.strictEqual((yield* ledger.timings(1)).overheadMs.length, 1)
      })
    )

    law("collects the old, and the oldest of too many", () =>
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* TestClock.setTime(40 * DAY)
        yield* recordAll(many)
        const young = many.filter((exchange) => exchange.at >= 30 * DAY)
        const limits = { maxAgeMs: 10 * DAY, maxExchanges: 1000 }
        assert.strictEqual(yield* ledger.collect(limits), many.length - young.length)
        assert.strictEqual(yield* ledger.collect(limits), 0)
        assert.strictEqual(yield* ledger.collect({ ...limits, maxExchanges: 7 }), young.length - 7)
        assert.deepStrictEqual(yield* ledger.latest(99), [...young].reverse().slice(0, 7))
        assert.strictEqual(
          (yield* ledger.slots()).reduce((sum, total) => sum + total.slots, 0),
          (yield* ledger.latest(99)).filter((one) => one.status === 200).flatMap((one) => one.slots).length
        )
      })
    )
  })
}

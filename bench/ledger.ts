/**
 * What the ledger costs a proxy's event loop: processor time a record, alone and with others in flight, and of the figures of a time.
 *
 *     npx tsx bench/ledger.ts [EXCHANGES]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerLedger } from "../src/adapters/ledger/sqlite.ts"
import { layerDatabase } from "../src/adapters/originals/database.ts"
import { LIST } from "../src/domain/prices.ts"
import { Ledger } from "../src/pipeline/ports/ledger.ts"
import { Prices } from "../src/pipeline/ports/prices.ts"
import { gatherStats } from "../src/pipeline/stats.ts"
import { exchangesOf } from "../test/fixtures/exchanges.ts"

const DAY = 86_400_000
const count = Number(process.argv[2] ?? 20_000)
const now = Date.now()
const exchanges = exchangesOf({ count, until: now, days: 60 })
const folder = mkdtempSync(join(tmpdir(), "ledger-"))
const filename = join(folder, "originals.db")

const measured = <A, E, R>(name: string, times: number, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const before = process.cpuUsage()
    return Effect.tap(effect, () => {
      const { user, system } = process.cpuUsage(before)
      process.stdout.write(`${name.padEnd(34)} ${((user + system) / times / 1000).toFixed(3).padStart(9)} ms\n`)
    })
  })

/** The longest that one question kept the event loop from others, in processor time: the machine may be busy with more than this. */
let longest = 0

const watched = (ledger: Ledger["Type"]): Ledger["Type"] => {
  const stretch = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      const before = process.cpuUsage()
      return Effect.tap(effect, () => {
        const { user, system } = process.cpuUsage(before)
        longest = Math.max(longest, (user + system) / 1000)
      })
    })
  return {
    ...ledger,
    totals: (options) => stretch(ledger.totals(options)),
    slots: (filter) => stretch(ledger.slots(filter)),
    passedOver: (filter) => stretch(ledger.passedOver(filter)),
    conversations: (limit, options) => stretch(ledger.conversations(limit, options)),
    timings: (limit, filter) => stretch(ledger.timings(limit, filter)),
    latest: (limit, filter) => stretch(ledger.latest(limit, filter))
  }
}

const program = Effect.gen(function* () {
  const ledger = yield* Ledger
  const record = (from: number, to: number, concurrency: number) =>
    measured(
      `a record, ${concurrency} in flight`,
      to - from,
      Effect.forEach(exchanges.slice(from, to), (exchange) => ledger.record(exchange), { concurrency, discard: true })
    )
  const tenth = Math.floor(count / 10)
  yield* record(0, tenth, 1)
  yield* record(tenth, 2 * tenth, 1)
  yield* record(2 * tenth, 4 * tenth, 16)
  yield* record(4 * tenth, count, 256)
  for (const [name, since] of [
    ["1 day", now - DAY],
    ["7 days", now - 7 * DAY],
    ["all", 0]
  ] as const) {
    longest = 0
    const stats = gatherStats({ since, until: now }).pipe(Effect.provideService(Ledger, watched(ledger)))
    const { total } = yield* measured(`/stats, ${name}`, 1, stats)
    process.stdout.write(`  of ${total.requests} requests, at most ${longest.toFixed(1)} ms at a stretch\n`)
  }
  yield* measured("last seen", 100, Effect.repeatN(ledger.lastSeen(exchanges[0]?.conversation ?? ""), 99))
})

await Effect.runPromise(
  Effect.provide(
    program,
    Layer.merge(Layer.provide(layerLedger(), layerDatabase({ filename })), Layer.succeed(Prices, LIST))
  )
)
process.stdout.write(`${(statSync(filename).size / count).toFixed(0)} bytes an exchange on disk\n`)
rmSync(folder, { recursive: true })

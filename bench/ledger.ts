/**
 * What the ledger costs a proxy's event loop: processor time a record, alone and with others in flight, and of every query of its page.
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
import { LIST, sizesIn } from "../src/domain/prices.ts"
import { Ledger } from "../src/pipeline/ports/ledger.ts"
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
  const sizes = sizesIn(LIST)
  const spans = { spanMs: DAY, offsetMs: 0, sizes }
  for (const [name, since] of [
    ["all", 0],
    ["7 days", now - 7 * DAY],
    ["1 day", now - DAY]
  ] as const) {
    const rows = yield* measured(`totals, ${name}`, 1, ledger.totals({ ...spans, since }))
    yield* measured(`conversations, ${name}`, 1, ledger.conversations(20, { sizes, since }))
    yield* measured(`slots, ${name}`, 1, ledger.slots({ since }))
    yield* measured(`passed over, ${name}`, 1, ledger.passedOver({ since }))
    process.stdout.write(`${rows.length} sums\n`)
  }
  yield* measured("timings of 10,000", 1, ledger.timings(10_000))
  yield* measured("latest 20", 1, ledger.latest(20))
  yield* measured("last seen", 100, Effect.repeatN(ledger.lastSeen(exchanges[0]?.conversation ?? ""), 99))
})

await Effect.runPromise(Effect.provide(program, Layer.provide(layerLedger(), layerDatabase({ filename }))))
process.stdout.write(`${(statSync(filename).size / count).toFixed(0)} bytes an exchange on disk\n`)
rmSync(folder, { recursive: true })

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import Sqlite from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerMemory } from "../../src/adapters/ledger/memory.ts"
import { layerLedger } from "../../src/adapters/ledger/sqlite.ts"
import { layerDatabase } from "../../src/adapters/originals/database.ts"
import { layerOriginals } from "../../src/adapters/originals/sqlite.ts"
import { Ledger, RETENTION } from "../../src/pipeline/ports/ledger.ts"
import { Originals } from "../../src/pipeline/ports/originals.ts"
import { ledgerContract } from "../contracts/ledger.ts"
import { exchangesOf } from "../fixtures/exchanges.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "ledger-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

ledgerContract("a ledger in memory", layerMemory)
ledgerContract("a ledger in SQLite", (retention) =>
  Layer.unwrapScoped(
    Effect.map(folder, (path) =>
      Layer.provide(layerLedger(retention), layerDatabase({ filename: join(path, "originals.db") }))
    )
  )
)

const withFile = <A, E>(body: (filename: string) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.scoped(Effect.flatMap(folder, (path) => body(join(path, "originals.db"))))

const both = (filename: string, retention = RETENTION) =>
  Layer.merge(layerOriginals(), layerLedger(retention)).pipe(Layer.provide(layerDatabase({ filename })))

const recordAll = (exchanges: ReturnType<typeof exchangesOf>) =>
  Effect.flatMap(Ledger, (ledger) =>
    Effect.forEach(exchanges, (exchange) => ledger.record(exchange), { concurrency: "unbounded" })
  )
const held = Effect.flatMap(Ledger, (ledger) => ledger.latest(9999)).pipe(Effect.map((all) => all.length))

describe("a ledger in the file of the originals", () => {
  const some = exchangesOf({ count: 40, until: 1e12 })

  it.effect("keeps what it has over a restart", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        yield* Effect.provide(recordAll(some), both(filename))
        assert.strictEqual(yield* Effect.provide(held, both(filename)), 40)
      })
    )
  )

  it.effect("goes with the originals when they are purged, by project and whole", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        const project = some[0]?.project ?? ""
        yield* Effect.provide(
          Effect.gen(function* () {
            yield* recordAll(some)
            const originals = yield* Originals
            yield* originals.purge({ project })
            assert.strictEqual(yield* held, some.filter((one) => one.project !== project).length)
            yield* originals.purge()
            assert.strictEqual(yield* held, 0)
          }),
          both(filename)
        )
        const bytes = readFileSync(filename)
        assert.isFalse(bytes.includes(some[0]?.conversation ?? "?"))
        assert.isFalse(bytes.includes(project))
      })
    )
  )

  it.effect("looks after its retention by itself, at its first record", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        yield* Effect.provide(recordAll(some.slice(1)), both(filename))
        const layer = both(filename, { maxAgeMs: 1e13, maxExchanges: 12 })
        assert.strictEqual(yield* Effect.provide(held, layer), 39)
        assert.strictEqual(yield* Effect.provide(Effect.zipRight(recordAll(some.slice(0, 1)), held), layer), 12)
      })
    )
  )

  it.effect("turns a store of the version before into its own, and keeps its originals", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        const keep = Effect.flatMap(Originals, (originals) => originals.keep({ originals: ["text"] }))
        const kept = yield* Effect.provide(keep, both(filename))
        const old = new Sqlite(filename)
        old.exec(`DROP TABLE slots; DROP TABLE exchanges; DROP INDEX pins_by_original;
          ALTER TABLE pins DROP COLUMN original; DELETE FROM migrations WHERE migration_id > 1`)
        old.close()
        yield* Effect.provide(
          Effect.gen(function* () {
            yield* recordAll(some)
            const originals = yield* Originals
            const [receipt] = kept.receipts
            assert.strictEqual((yield* originals.stats).originals, 1)
            assert.strictEqual((yield* originals.keep({ originals: ["text"] })).receipts[0]?.ref, receipt?.ref)
            assert.strictEqual(yield* held, 40)
          }),
          both(filename)
        )
      })
    )
  )

  it.effect("drops what cannot be written, each record with its failure, and goes on", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        const layer = Layer.provide(layerLedger(), layerDatabase({ filename, maxBytes: 500_000, busyTimeoutMs: 0 }))
        yield* Effect.provide(
          Effect.gen(function* () {
            const ledger = yield* Ledger
            const other = new Sqlite(filename)
            other.exec("BEGIN IMMEDIATE")
            const failures = yield* Effect.forEach(some, (exchange) => Effect.flip(ledger.record(exchange)), {
              concurrency: "unbounded"
            })
            other.exec("ROLLBACK")
            other.close()
            assert.deepStrictEqual([...new Set(failures.map((failure) => failure.reason))], ["busy"])
            assert.strictEqual(yield* held, 0)
            yield* recordAll(some)
            assert.strictEqual(yield* held, 40)
            const flood = yield* Effect.forEach(
              exchangesOf({ count: 3000, until: 2e12, seed: 5 }).map((one) => ({ ...one, id: `f${one.id}` })),
              (exchange) => Effect.either(ledger.record(exchange)),
              { concurrency: 64 }
            )
            assert.isTrue(flood.some((result) => result._tag === "Left" && result.left.reason === "full"))
            assert.isTrue(statSync(filename).size <= 500_000)
            assert.isTrue((yield* held) >= 40)
          }),
          layer
        )
      })
    )
  )

  it.effect("writes what waits when it closes", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        yield* Effect.provide(
          Effect.flatMap(Ledger, (ledger) =>
            Effect.forEach(some, (exchange) => Effect.forkDaemon(ledger.record(exchange)), { discard: true })
          ).pipe(Effect.zipLeft(Effect.yieldNow())),
          both(filename)
        )
        assert.strictEqual(yield* Effect.provide(held, both(filename)), 40)
      })
    )
  )
})

/** The store without the Effect runtime: the laws of originals for what it can do, over a file that both layers use. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Sqlite from "better-sqlite3"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, describe, expect, it } from "vitest"
import { type DirectStore, openDirect } from "../../src/adapters/originals/direct.ts"
import { originalsError } from "../../src/adapters/originals/failures.ts"
import * as Sql from "../../src/adapters/originals/schema.ts"
import { layerSqlite } from "../../src/adapters/originals/sqlite.ts"
import { Originals, OriginalsError } from "../../src/pipeline/ports/originals.ts"
import { type MakeLayer, originalsContract } from "../contracts/originals.ts"

const folder = mkdtempSync(join(tmpdir(), "direct-"))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
const newFile = (): string => join(folder, String(count++), "originals.db")

/** `keep` without pins and `record` by the direct store, everything else by the other layer. */
const both = (direct: DirectStore, other: Originals["Type"]): Originals["Type"] => ({
  ...other,
  keep: (batch) =>
    batch.pins !== undefined
      ? other.keep(batch)
      : Effect.flatMap(Clock.currentTimeMillis, (now) =>
          Effect.tryPromise({
            try: async () => ({ receipts: await direct.keep(batch.originals, batch.session, now), pins: [] }),
            catch: (cause) =>
              String(cause).includes("surrogate")
                ? new OriginalsError({ operation: "keep", reason: "ill-formed" })
                : originalsError("keep")(cause)
          })
        ),
  record: (rows) => Effect.sync(() => direct.record(rows))
})

const overOneFile =
  (first: "direct" | "other"): MakeLayer =>
  (options = {}) =>
    Layer.scoped(
      Originals,
      Effect.gen(function* () {
        const filename = newFile()
        const direct = Effect.acquireRelease(
          Effect.sync(() => openDirect({ filename, busyTimeoutMs: 2_000, ...options })),
          (store) => Effect.sync(() => store.close())
        )
        const other = Effect.map(Layer.build(layerSqlite({ filename, ...options })), Context.get(Originals))
        if (first === "direct") return both(yield* direct, yield* other)
        const made = yield* other
        return both(yield* direct, made)
      })
    )

originalsContract("originals kept without Effect, in a file that it made", overOneFile("direct"))
originalsContract("originals kept without Effect, in the other layer's file", overOneFile("other"))

describe("a store opened without Effect", () => {
  it("is made like the other layer's, private to its owner", async () => {
    const [mine, theirs] = [newFile(), newFile()]
    openDirect({ filename: mine, busyTimeoutMs: 100 }).close()
    await Effect.runPromise(Effect.scoped(Layer.build(layerSqlite({ filename: theirs }))))
    const tablesOf = (filename: string): unknown => {
      const db = new Sqlite(filename, { readonly: true })
      const rows = db.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").all() as ReadonlyArray<{
        readonly sql: string | null
      }>
      const made = db.prepare(`SELECT migration_id, name FROM ${Sql.MIGRATIONS_TABLE}`).all()
      db.close()
      // Names may be quoted.
      return { made, rows: rows.map((row) => ({ ...row, sql: row.sql?.replaceAll(/["\s]+/g, " ").toLowerCase() })) }
    }
    expect(tablesOf(mine)).toEqual(tablesOf(theirs))
    expect(statSync(mine).mode & 0o777).toBe(0o600)
  })

  it("is none where the file is another's, damaged, or of a later version", () => {
    const foreign = newFile()
    openDirect({ filename: foreign, busyTimeoutMs: 100 }).close()
    const db = new Sqlite(foreign)
    db.prepare(Sql.insertMigration).run(Sql.VERSION + 1, "later")
    db.close()
    expect(() => openDirect({ filename: foreign, busyTimeoutMs: 100 })).toThrow("later version")
    const damaged = join(folder, "damaged.db")
    writeFileSync(damaged, "no database, but text of some length".repeat(40))
    expect(() => openDirect({ filename: damaged, busyTimeoutMs: 100 })).toThrow("not a database")
  })
})

/**
 * The same store without the Effect runtime, for a process that lives for one output: what it may do is keep originals and add to the
 * ledger, by the same statements in the same file.
 */
import Sqlite from "better-sqlite3"
import type { Receipt } from "../../domain/receipt.ts"
import type { OutcomeRow, Session } from "../../pipeline/ports/originals.ts"
import type { ByteHash } from "./content.ts"
import { hourOf } from "./ledger.ts"
import * as Sql from "./schema.ts"
import { createFile } from "./store-file.ts"

export interface DirectOptions {
  readonly filename: string
  /** How long a statement waits for another process. */
  readonly busyTimeoutMs: number
  readonly hash?: ByteHash
}

/** Throws where the port of originals would fail; what was there before is then there still. */
export interface DirectStore {
  /** All of the originals or none, on the disk before the receipts are given. */
  readonly keep: (
    originals: ReadonlyArray<string | Uint8Array>,
    session: Session | undefined,
    now: number
  ) => Promise<ReadonlyArray<Receipt>>
  readonly record: (rows: ReadonlyArray<OutcomeRow>) => void
  readonly close: () => void
}

type Connection = Sqlite.Database

class StoreError extends Error {}

const namesIn = (db: Connection): ReadonlyArray<string> =>
  db
    .prepare<[], { readonly name: string }>(Sql.tables)
    .all()
    .map(({ name }) => name)

/** The store's version: 0 for a new file. */
const versionOf = (db: Connection): number => {
  const names = namesIn(db)
  if (names.length === 0) return 0
  const id: unknown = db.pragma("application_id", { simple: true })
  if (id !== Sql.APPLICATION_ID || !names.includes(Sql.MIGRATIONS_TABLE)) throw new StoreError("no store")
  return db.prepare<[], { readonly version: number | null }>(Sql.latestMigration).get()?.version ?? 0
}

/** As the migrator of the other layer keeps its table, so that either may come first. */
const migrate = (db: Connection): void => {
  const version = versionOf(db)
  if (version > Sql.VERSION) throw new StoreError("written by a later version")
  if (version === Sql.VERSION) return
  db.transaction(() => {
    const from = versionOf(db)
    if (from >= Sql.VERSION) return
    db.pragma(`application_id = ${Sql.APPLICATION_ID}`)
    db.exec(Sql.createMigrations)
    for (const [name, statements] of Object.entries(Sql.migrations)) {
      const id = Number.parseInt(name, 10)
      if (id <= from) continue
      db.prepare(Sql.insertMigration).run(id, name.slice(name.indexOf("_") + 1))
      for (const statement of statements) db.exec(statement)
    }
  }).immediate()
}

export const openDirect = (options: DirectOptions): DirectStore => {
  createFile(options.filename)
  const db = new Sqlite(options.filename, { timeout: options.busyTimeoutMs })
  db.pragma("journal_mode = WAL")
  db.pragma("synchronous = NORMAL")
  db.pragma("foreign_keys = ON")
  migrate(db)
  return {
    keep: async (originals, session, now) => {
      const { keepIn } = await import("./direct-keep.ts")
      return keepIn(db, originals, session, now, options.hash)
    },
    record: (rows) => {
      const statement = db.prepare(Sql.record)
      db.transaction(() => {
        for (const { at, project, kind, outcome, reason, tokensBefore, tokensAfter } of rows)
          statement.run(hourOf(at), project, kind, outcome, reason, tokensBefore, tokensAfter)
      }).immediate()
    },
    close: () => db.close()
  }
}

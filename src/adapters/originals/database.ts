/**
 * Opens the store's file: private to its owner, ours and of no newer version, with transactions that take the write lock at once.
 *
 * The client's own transactions begin deferred, so a read before the first write can make the write fail at once when another process
 * wrote in between, and they turn a failed commit into a defect; here both are ordinary failures.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as Migrator from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import type { Connection } from "@effect/sql/SqlConnection"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { OriginalsError } from "../../pipeline/ports/originals.ts"
import { type Ending, enter, leave } from "./ending.ts"
import { originalsError } from "./failures.ts"
import { createFile } from "./store-file.ts"
import { APPLICATION_ID, latestMigration, MIGRATIONS_TABLE, migrations, tables, VERSION } from "./schema.ts"

export interface DatabaseOptions {
  readonly filename: string
  /** How long a statement waits for another process, which blocks this one; 2 seconds. */
  readonly busyTimeoutMs?: number
  /** The size that the file may grow to. */
  readonly maxBytes?: number
  /** On a thread that another may end: how both agree on when. */
  readonly ending?: Ending
}

/** Values that SQLite stores. */
type Value = string | number | Uint8Array | null
/** Runs a statement; the rows are what the statement says they are. */
export type Run = <Row extends object = Record<string, Value>>(
  statement: string,
  ...values: ReadonlyArray<Value>
) => Effect.Effect<ReadonlyArray<Row>, unknown>

export interface Database {
  readonly read: <A, E>(body: (run: Run) => Effect.Effect<A, E>) => Effect.Effect<A, unknown>
  /** All or nothing. The body must not wait: the whole process has one connection. */
  readonly write: <A, E>(body: (run: Run) => Effect.Effect<A, E>) => Effect.Effect<A, unknown>
}

/** The open file, shared by all that is kept in it. */
export class Store extends Context.Tag("headroom/Store")<Store, Database>() {}

const PAGE_SIZE = 4096

/** What calls the driver, so that its thread is not ended within. */
const unended = <A, E, R>(ending: Ending | undefined, work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  ending === undefined
    ? work
    : Effect.acquireUseRelease(
        Effect.sync(() => enter(ending)),
        () => work,
        () => Effect.sync(() => leave(ending))
      )

const runOn =
  (connection: Connection, ending: Ending | undefined): Run =>
  (statement, ...values) =>
    unended(ending, connection.execute(statement, values, undefined))

const databaseOf = (sql: SqlClient.SqlClient, ending: Ending | undefined): Database => ({
  read: (body) => Effect.scoped(Effect.flatMap(sql.reserve, (connection) => body(runOn(connection, ending)))),
  write: (body) =>
    Effect.uninterruptible(
      Effect.scoped(
        Effect.flatMap(sql.reserve, (connection) => {
          const run = runOn(connection, ending)
          const work = Effect.suspend(() => body(run)).pipe(
            Effect.provideService(SqlClient.TransactionConnection, [connection, 0]),
            Effect.zipLeft(run("COMMIT")),
            // A full disk has rolled back already.
            Effect.tapErrorCause(() => Effect.ignore(run("ROLLBACK")))
          )
          return Effect.zipRight(run("BEGIN IMMEDIATE"), work)
        })
      )
    )
})

const loader = Migrator.fromRecord(
  Object.fromEntries(
    Object.entries(migrations).map(([name, statements]) => [
      name,
      Effect.flatMap(SqlClient.SqlClient, (sql) =>
        Effect.forEach(statements, (statement) => sql.unsafe(statement).withoutTransform, { discard: true })
      )
    ])
  )
)

/** The store's version: 0 for a new file. */
const versionOf = (run: Run): Effect.Effect<number, unknown> =>
  Effect.gen(function* () {
    const names = (yield* run<{ readonly name: string }>(tables)).map((table) => table.name)
    if (names.length === 0) return 0
    const [id] = yield* run<{ readonly application_id: number }>("PRAGMA application_id")
    if (id?.application_id !== APPLICATION_ID || !names.includes(MIGRATIONS_TABLE)) {
      return yield* new OriginalsError({ operation: "open", reason: "corrupt" })
    }
    const [latest] = yield* run<{ readonly version: number | null }>(latestMigration)
    return latest?.version ?? 0
  })

const migrate = (database: Database, sql: SqlClient.SqlClient): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    const version = yield* database.read(versionOf)
    if (version > VERSION) return yield* new OriginalsError({ operation: "open", reason: "newer-version" })
    if (version === VERSION) return
    yield* database.write((run) =>
      Effect.gen(function* () {
        // Another process may have been first.
        if ((yield* versionOf(run)) >= VERSION) return
        yield* run(`PRAGMA application_id = ${APPLICATION_ID}`)
        yield* Migrator.make({})({ loader, table: MIGRATIONS_TABLE }).pipe(
          Effect.provideService(SqlClient.SqlClient, sql)
        )
      })
    )
  })

/** All of it is one call of the driver, for its own statements are not asked. */
const migrated = (sql: SqlClient.SqlClient, ending: Ending | undefined): Effect.Effect<void, unknown> =>
  unended(ending, Effect.catchAllDefect(migrate(databaseOf(sql, undefined), sql), Effect.fail))

const clientOf = (filename: string): Effect.Effect<SqlClient.SqlClient, unknown, Scope.Scope> =>
  SqliteClient.make({ filename, disableWAL: true }).pipe(
    Effect.provide(Reactivity.layer),
    // The driver throws where a file cannot be opened.
    Effect.catchAllDefect(Effect.fail)
  )

const connect = (options: DatabaseOptions): Effect.Effect<Database, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    yield* Effect.try({ try: () => createFile(options.filename), catch: (cause) => cause })
    const sql = yield* unended(options.ending, clientOf(options.filename))
    const database = databaseOf(sql, options.ending)
    yield* database.read((run) =>
      Effect.gen(function* () {
        yield* run(`PRAGMA busy_timeout = ${options.busyTimeoutMs ?? 2000}`)
        yield* run("PRAGMA journal_mode = WAL")
        yield* run("PRAGMA synchronous = NORMAL")
        yield* run("PRAGMA foreign_keys = ON")
        if (options.maxBytes !== undefined)
          yield* run(`PRAGMA max_page_count = ${Math.ceil(options.maxBytes / PAGE_SIZE)}`)
      })
    )
    yield* migrated(sql, options.ending)
    return database
  })

/**
 * For reading in a sandbox that may not write the store's folder, where SQLite cannot make the files that it shares the log through.
 * That they are missing says that nobody else has the store open, so a copy is the whole of it.
 */
const connectToCopy = ({ filename, ending }: DatabaseOptions): Effect.Effect<Database, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.try({ try: () => mkdtempSync(join(tmpdir(), "headroom-")), catch: (cause) => cause }),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
    )
    const copy = join(folder, "originals.db")
    yield* Effect.try({
      try: () => {
        copyFileSync(filename, copy)
        if (existsSync(`${filename}-wal`)) copyFileSync(`${filename}-wal`, `${copy}-wal`)
      },
      catch: (cause) => cause
    })
    const sql = yield* unended(ending, clientOf(copy))
    const database = databaseOf(sql, ending)
    yield* migrated(sql, ending)
    // what would be written would be lost
    yield* database.read((run) => run("PRAGMA query_only = ON"))
    return database
  })

const openDatabase = (options: DatabaseOptions): Effect.Effect<Database, OriginalsError, Scope.Scope> =>
  connect(options).pipe(
    Effect.mapError(originalsError("open")),
    // Two processes that make the file at once: changing the journal mode does not wait.
    Effect.retry({
      while: (error) => error.reason === "busy",
      times: 20,
      schedule: Schedule.jittered(Schedule.spaced("50 millis"))
    }),
    Effect.catchIf(
      (error) => error.reason === "read-only" && existsSync(options.filename),
      (error) => Effect.mapError(connectToCopy(options), (cause) => (cause instanceof OriginalsError ? cause : error))
    )
  )

export const layerDatabase = (options: DatabaseOptions): Layer.Layer<Store, OriginalsError> =>
  Layer.scoped(Store, openDatabase(options))

/** Takes originals, pins and ledger rows out of the file: what is old or too much, a project's, or all. */
import * as Effect from "effect/Effect"
import type { Collected, CollectLimits } from "../../pipeline/ports/originals.ts"
import * as LedgerSql from "../ledger/statements.ts"
import type { Database, Run } from "./database.ts"
import * as Sql from "./schema.ts"

interface Gone {
  readonly pin: number
  readonly stored: number
}

const collectedOf = (rows: ReadonlyArray<Gone>): Collected => ({
  originals: rows.filter((row) => row.pin === 0).length,
  pins: rows.filter((row) => row.pin === 1).length,
  bytes: rows.reduce((sum, row) => sum + row.stored, 0)
})

const deleteAll = (run: Run): Effect.Effect<ReadonlyArray<Gone>, unknown> =>
  Effect.zipLeft(
    run<Gone>(Sql.purgeAll),
    Effect.all([run(Sql.purgeAllSessions), run(Sql.purgeLedger), run(LedgerSql.purgeAll)])
  )

const deleteProject = (run: Run, project: string): Effect.Effect<ReadonlyArray<Gone>, unknown> =>
  Effect.zipLeft(
    run<Gone>(Sql.purgeProject, project, project),
    Effect.all([
      run(Sql.purgeProjectSessions, project),
      run(Sql.purgeProjectLedger, project),
      run(LedgerSql.purgeProject, project)
    ])
  )

export const purge = (database: Database, project: string | undefined): Effect.Effect<Collected, unknown> => {
  const pragma = (statement: string) => database.read((run) => run(`PRAGMA ${statement}`))
  const work = database.write((run) => (project === undefined ? deleteAll(run) : deleteProject(run, project)))
  // Where another process is in the way, its last close does the same.
  const emptyLog = Effect.ignore(pragma("wal_checkpoint(TRUNCATE)"))
  return Effect.gen(function* () {
    yield* emptyLog
    // Overwrites what it deletes, which takes space; on a full disk deleting comes first, and giving the space back overwrites.
    yield* pragma("secure_delete = ON")
    const gone = yield* Effect.catchAll(work, () => Effect.zipRight(pragma("secure_delete = OFF"), work))
    yield* Effect.ignore(database.read((run) => run("VACUUM")))
    yield* pragma("secure_delete = OFF")
    yield* emptyLog
    return collectedOf(gone)
  })
}

export const collect = (
  database: Database,
  { liveMs, maxAgeMs, maxBytes }: CollectLimits,
  now: number
): Effect.Effect<Collected, unknown> =>
  database.write((run) =>
    Effect.gen(function* () {
      const old = yield* run<Gone>(Sql.collectByAge, now - liveMs, now - liveMs, now - maxAgeMs)
      const large = yield* run<Gone>(Sql.collectBySize, now - liveMs, now - liveMs, maxBytes)
      yield* run(Sql.collectSessions, now - Math.max(maxAgeMs, liveMs))
      return collectedOf([...old, ...large])
    })
  )

/** OpenCode's database, opened for reading alone: its sessions, each in the form of OpenCode's own export. */
import Database from "better-sqlite3"
import type { Transcript } from "../../pipeline/ports/sessions.ts"

interface SessionRow {
  readonly id: string
  readonly time_updated: number
}

interface DataRow {
  readonly id: string
  readonly message_id: string
  readonly data: string
}

const withDatabase = <A>(path: string, use: (database: Database.Database) => A): A => {
  const database = new Database(path, { readonly: true, fileMustExist: true })
  try {
    return use(database)
  } finally {
    database.close()
  }
}

/** The sessions of a database of so many bytes. */
export const sessionsIn = (path: string, bytes: number): ReadonlyArray<Transcript> =>
  withDatabase(path, (database) =>
    database
      .prepare<[], SessionRow>("SELECT id, time_updated FROM session ORDER BY time_created, id")
      .all()
      .map((row, _, all) => ({ path, id: row.id, bytes: bytes / all.length, modified: row.time_updated, key: row.id }))
  )

const parsed = (text: string): object => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** The session as one line of JSON. */
export const exportOf = (path: string, key: string): string =>
  withDatabase(path, (database) => {
    const info = database.prepare<[string], object>("SELECT id, directory FROM session WHERE id = ?").get(key)
    const parts = new Map<string, Array<object>>()
    const rows = database.prepare<[string], DataRow>(
      "SELECT id, message_id, data FROM part WHERE session_id = ? ORDER BY message_id, id"
    )
    for (const row of rows.iterate(key)) {
      const list = parts.get(row.message_id)
      if (list === undefined) parts.set(row.message_id, [parsed(row.data)])
      else list.push(parsed(row.data))
    }
    const messages = database
      .prepare<[string], Omit<DataRow, "message_id">>(
        "SELECT id, data FROM message WHERE session_id = ? ORDER BY time_created, id"
      )
      .all(key)
      .map((row) => ({ info: parsed(row.data), parts: parts.get(row.id) ?? [] }))
    return JSON.stringify({ info, messages })
  })

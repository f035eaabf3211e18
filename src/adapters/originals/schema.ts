/**
 * The tables of the store and every statement on them, as plain SQL, so that a reader without the Effect runtime can share the file.
 *
 * What is read or renewed often (sightings) stands apart from what is large (contents): an update rewrites its whole row.
 */

import { tables as ledgerTables } from "../ledger/statements.ts"

/** "HDRM": marks a file as ours. */
export const APPLICATION_ID = 0x4844524d

/** Statements by migration; the number of the last is the store's version. */
export const migrations: Readonly<Record<string, ReadonlyArray<string>>> = {
  "1_originals": [
    `CREATE TABLE kept (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      pin INTEGER NOT NULL,
      stored INTEGER NOT NULL,
      seen_at INTEGER NOT NULL
    )`,
    `CREATE INDEX kept_by_sighting ON kept (seen_at)`,
    `CREATE TABLE contents (id INTEGER PRIMARY KEY REFERENCES kept ON DELETE CASCADE, packed BLOB NOT NULL)`,
    `CREATE TABLE originals (
      id INTEGER PRIMARY KEY REFERENCES kept ON DELETE CASCADE,
      digest BLOB NOT NULL UNIQUE,
      digits INTEGER NOT NULL,
      size INTEGER NOT NULL,
      indexed INTEGER NOT NULL DEFAULT 0
    )`,
    `CREATE INDEX originals_to_index ON originals (id) WHERE indexed = 0`,
    `CREATE TABLE pins (
      id INTEGER PRIMARY KEY REFERENCES kept ON DELETE CASCADE,
      epoch TEXT NOT NULL,
      prefix BLOB NOT NULL,
      UNIQUE (prefix, epoch)
    )`,
    `CREATE TABLE sessions (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      project TEXT NOT NULL,
      seen_at INTEGER NOT NULL
    )`,
    `CREATE TABLE sightings (
      kept INTEGER NOT NULL REFERENCES kept ON DELETE CASCADE,
      session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
      PRIMARY KEY (kept, session)
    ) WITHOUT ROWID`,
    `CREATE INDEX sightings_by_session ON sightings (session)`,
    // Words only, no text and no positions: the originals are kept once.
    `CREATE VIRTUAL TABLE words USING fts5(
      text, content = '', contentless_delete = 1, detail = none, tokenize = 'unicode61 remove_diacritics 0'
    )`,
    `CREATE TRIGGER forget_words AFTER DELETE ON originals WHEN old.indexed = 1
      BEGIN DELETE FROM words WHERE rowid = old.id; END`,
    `CREATE TABLE ledger (
      hour INTEGER NOT NULL,
      project TEXT NOT NULL,
      kind TEXT NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT NOT NULL,
      count INTEGER NOT NULL,
      tokens_before INTEGER NOT NULL,
      tokens_after INTEGER NOT NULL,
      PRIMARY KEY (hour, project, kind, outcome, reason)
    ) WITHOUT ROWID`
  ],
  "2_exchanges": [
    ...ledgerTables,
    `ALTER TABLE pins ADD COLUMN original INTEGER`,
    `CREATE INDEX pins_by_original ON pins (original) WHERE original IS NOT NULL`
  ]
}

export const VERSION = Math.max(...Object.keys(migrations).map((name) => Number.parseInt(name, 10)))
export const MIGRATIONS_TABLE = "migrations"

/** The table that @effect/sql's migrator keeps, for a layer that has to keep it without. */
export const createMigrations = `CREATE TABLE IF NOT EXISTS ${MIGRATIONS_TABLE} (
  migration_id integer PRIMARY KEY NOT NULL,
  created_at datetime NOT NULL DEFAULT current_timestamp,
  name VARCHAR(255) NOT NULL
)`
export const insertMigration = `INSERT INTO ${MIGRATIONS_TABLE} (migration_id, name) VALUES (?, ?)`

export const tables = `SELECT name FROM sqlite_schema WHERE type = 'table'`
export const latestMigration = `SELECT max(migration_id) AS version FROM ${MIGRATIONS_TABLE}`

export const originalByDigest = `SELECT id, digits FROM originals WHERE digest = ?`
export const digestsBetween = `SELECT id, digest, digits FROM originals WHERE digest BETWEEN ? AND ? ORDER BY digest`
export const insertKept = `INSERT INTO kept (pin, stored, seen_at) VALUES (?, ?, ?) RETURNING id`
export const insertContent = `INSERT INTO contents (id, packed) VALUES (?, ?)`
export const insertOriginal = `INSERT INTO originals (id, digest, digits, size) VALUES (?, ?, ?, ?)`
export const contentById = `SELECT packed FROM contents WHERE id = ?`

export const pinByKey = `SELECT p.id, c.packed FROM pins p LEFT JOIN contents c ON c.id = p.id WHERE p.prefix = ? AND p.epoch = ?`
/** The pins of a JSON array of pairs of prefix and epoch, each with its place there. */
export const pinsByKeys = `SELECT k.key AS place, p.id, c.packed
  FROM json_each(?) k
  JOIN pins p ON p.prefix = unhex(json_extract(k.value, '$[0]')) AND p.epoch = json_extract(k.value, '$[1]')
  LEFT JOIN contents c ON c.id = p.id`
export const insertPin = `INSERT INTO pins (id, epoch, prefix, original) VALUES (?, ?, ?, ?)`
export const viewByOriginal = `SELECT c.packed FROM pins p JOIN contents c ON c.id = p.id WHERE p.original = ? ORDER BY p.id DESC LIMIT 1`

export const upsertSession = `INSERT INTO sessions (name, project, seen_at) VALUES (?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET project = excluded.project, seen_at = max(seen_at, excluded.seen_at) RETURNING id`
export const insertSighting = `INSERT OR IGNORE INTO sightings (kept, session) VALUES (?, ?)`
/** Not written anew within a minute: requests name the same originals again and again. */
export const renew = `UPDATE kept SET seen_at = ? WHERE id = ? AND seen_at < ? - 60000`

/** What was last seen before a time, and by no session seen since; the time is passed twice. */
const SPARE = `kept.seen_at < ? AND NOT EXISTS (
  SELECT 1 FROM sightings g JOIN sessions s ON s.id = g.session WHERE g.kept = kept.id AND s.seen_at >= ?)`
export const collectByAge = `DELETE FROM kept WHERE ${SPARE} AND kept.seen_at < ? RETURNING pin, stored`
/** Longest unseen first, until the rest fits into the last parameter. */
export const collectBySize = `DELETE FROM kept WHERE id IN (
    SELECT id FROM (
      SELECT id, coalesce(sum(stored) OVER (ORDER BY seen_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS freed
      FROM kept WHERE ${SPARE})
    WHERE freed < (SELECT coalesce(sum(stored), 0) FROM kept) - ?)
  RETURNING pin, stored`
export const collectSessions = `DELETE FROM sessions WHERE seen_at < ? AND NOT EXISTS (SELECT 1 FROM sightings WHERE session = sessions.id)`

export const purgeAll = `DELETE FROM kept RETURNING pin, stored`
export const purgeAllSessions = `DELETE FROM sessions`
export const purgeLedger = `DELETE FROM ledger`
/** What only this project's sessions have seen; the project is passed twice. */
export const purgeProject = `DELETE FROM kept WHERE
    EXISTS (SELECT 1 FROM sightings g JOIN sessions s ON s.id = g.session WHERE g.kept = kept.id AND s.project = ?)
    AND NOT EXISTS (SELECT 1 FROM sightings g JOIN sessions s ON s.id = g.session WHERE g.kept = kept.id AND s.project <> ?)
  RETURNING pin, stored`
export const purgeProjectSessions = `DELETE FROM sessions WHERE project = ?`
export const purgeProjectLedger = `DELETE FROM ledger WHERE project = ?`

export const toIndex = `SELECT o.id, c.packed FROM originals o JOIN contents c ON c.id = o.id WHERE o.indexed = 0 LIMIT 32`
export const insertWords = `INSERT INTO words (rowid, text) VALUES (?, ?)`
export const markIndexed = `UPDATE originals SET indexed = 1 WHERE id = ?`
export const search = `SELECT o.digest, o.digits FROM words w JOIN originals o ON o.id = w.rowid WHERE words MATCH ? ORDER BY w.rank LIMIT ?`

export const stats = `SELECT
    (SELECT count(*) FROM originals) AS originals,
    (SELECT count(*) FROM pins) AS pins,
    (SELECT count(*) FROM sessions) AS sessions,
    (SELECT coalesce(sum(size), 0) FROM originals) AS originalBytes,
    (SELECT coalesce(sum(stored), 0) FROM kept) AS storedBytes`

export const record = `INSERT INTO ledger (hour, project, kind, outcome, reason, count, tokens_before, tokens_after)
  VALUES (?, ?, ?, ?, ?, 1, ?, ?)
  ON CONFLICT DO UPDATE SET count = count + 1,
    tokens_before = tokens_before + excluded.tokens_before, tokens_after = tokens_after + excluded.tokens_after`
/** Of one project, or of all where the project is null. */
export const totals = `SELECT kind, outcome, reason, sum(count) AS count, sum(tokens_before) AS tokensBefore, sum(tokens_after) AS tokensAfter
  FROM ledger WHERE hour >= ? AND project = coalesce(?, project) GROUP BY kind, outcome, reason ORDER BY count DESC`

/**
 * The tables of the ledger and every statement on them: one row an exchange and one a slot, in the file of the originals, so that a
 * purge takes both.
 *
 * What an exchange saved stands in its row by price class: it is a function of the row's other columns, kept so that sums need no
 * second reader.
 */
import type { Exchange } from "../../domain/exchange.ts"
import { missedUsage, savedUsage, isAnswered } from "../../domain/savings.ts"
import { NO_USAGE } from "../../domain/usage.ts"
import { CALLS_AMONG, CONVERSATIONS_AMONG } from "../../pipeline/ports/ledger.ts"

export const tables: ReadonlyArray<string> = [
  `CREATE TABLE exchanges (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    provider TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    model TEXT,
    conversation TEXT NOT NULL,
    project TEXT NOT NULL,
    subscription INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    bytes_before INTEGER NOT NULL,
    bytes_after INTEGER NOT NULL,
    tokens_before INTEGER NOT NULL,
    tokens_after INTEGER NOT NULL,
    new_before INTEGER NOT NULL,
    new_after INTEGER NOT NULL,
    prefix TEXT NOT NULL,
    cache_miss TEXT NOT NULL,
    missed_tokens INTEGER NOT NULL,
    status INTEGER NOT NULL,
    finish TEXT NOT NULL,
    passed_over TEXT NOT NULL,
    overhead_ms REAL NOT NULL,
    first_byte_ms REAL,
    total_ms REAL NOT NULL,
    answered INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    used_uncached INTEGER NOT NULL,
    used_read INTEGER NOT NULL,
    used_write INTEGER NOT NULL,
    used_hour INTEGER NOT NULL,
    used_output INTEGER NOT NULL,
    saved_uncached REAL NOT NULL,
    saved_read REAL NOT NULL,
    saved_write REAL NOT NULL,
    saved_hour REAL NOT NULL,
    missed_uncached REAL NOT NULL,
    missed_write REAL NOT NULL,
    missed_hour REAL NOT NULL
  )`,
  `CREATE INDEX exchanges_by_time ON exchanges (at)`,
  `CREATE INDEX exchanges_by_conversation ON exchanges (conversation, at)`,
  `CREATE TABLE slots (
    exchange INTEGER NOT NULL REFERENCES exchanges ON DELETE CASCADE,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    tool TEXT,
    outcome TEXT NOT NULL,
    reason TEXT,
    ref TEXT,
    tokens_before INTEGER NOT NULL,
    tokens_after INTEGER NOT NULL,
    PRIMARY KEY (exchange, place)
  ) WITHOUT ROWID`
]

type Value = string | number | null

/** The columns of a new row, with what stands in them. */
const COLUMNS: ReadonlyArray<readonly [column: string, value: (exchange: Exchange) => Value]> = [
  ["id", (exchange) => exchange.id],
  ["at", (exchange) => exchange.at],
  ["provider", (exchange) => exchange.provider],
  ["endpoint", (exchange) => exchange.endpoint],
  ["model", (exchange) => exchange.model ?? null],
  ["conversation", (exchange) => exchange.conversation],
  ["project", (exchange) => exchange.project],
  ["subscription", (exchange) => Number(exchange.isSubscription)],
  ["stream", (exchange) => Number(exchange.isStream)],
  ["bytes_before", (exchange) => exchange.bytesBefore],
  ["bytes_after", (exchange) => exchange.bytesAfter],
  ["tokens_before", (exchange) => exchange.tokensBefore],
  ["tokens_after", (exchange) => exchange.tokensAfter],
  ["new_before", (exchange) => exchange.newTokensBefore],
  ["new_after", (exchange) => exchange.newTokensAfter],
  ["prefix", (exchange) => JSON.stringify(exchange.prefix)],
  ["cache_miss", (exchange) => exchange.cacheMiss],
  ["missed_tokens", (exchange) => exchange.missedTokens],
  ["status", (exchange) => exchange.status],
  ["finish", (exchange) => exchange.finish],
  ["passed_over", (exchange) => JSON.stringify(exchange.passedOver)],
  ["overhead_ms", (exchange) => exchange.overheadMs],
  ["first_byte_ms", (exchange) => exchange.firstByteMs ?? null],
  ["total_ms", (exchange) => exchange.totalMs],
  ["answered", (exchange) => Number(isAnswered(exchange))],
  ["counted", (exchange) => Number(exchange.usage !== undefined)]
]

/** Input classes in the order of the columns below; what is missed was not read. */
const CLASSES = ["uncached", "cacheRead", "cacheWrite", "cacheWriteHour"] as const
const PROCESSED = ["uncached", "cacheWrite", "cacheWriteHour"] as const
const USED = ["used_uncached", "used_read", "used_write", "used_hour", "used_output"]
const SAVED = ["saved_uncached", "saved_read", "saved_write", "saved_hour"]
const MISSED = ["missed_uncached", "missed_write", "missed_hour"]

export const valuesOf = (exchange: Exchange): ReadonlyArray<Value> => {
  const used = exchange.usage ?? NO_USAGE
  const saved = savedUsage(exchange)
  const missed = missedUsage(exchange)
  return [
    ...COLUMNS.map(([, value]) => value(exchange)),
    ...CLASSES.map((name) => used[name]),
    used.output,
    ...CLASSES.map((name) => saved[name]),
    ...PROCESSED.map((name) => missed[name])
  ]
}

const columns = [...COLUMNS.map(([column]) => column), ...USED, ...SAVED, ...MISSED]

/** A known id changes nothing, and gives no number. */
export const insertExchange = `INSERT INTO exchanges (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})
  ON CONFLICT (id) DO NOTHING RETURNING n`
/** The slots of an exchange, as a JSON array. */
export const insertSlots = `INSERT INTO slots
  SELECT ?, key, value ->> 'kind', value ->> 'tool', value ->> 'outcome', value ->> 'reason', value ->> 'ref',
    value ->> 'tokensBefore', value ->> 'tokensAfter'
  FROM json_each(?)`

/** Its values: two times, a project or null, a conversation or null. */
const FILTER = `at >= ? AND at < ? AND project = coalesce(?, project) AND conversation = coalesce(?, conversation)`

export const latest = `SELECT * FROM exchanges WHERE ${FILTER} ORDER BY at DESC, id DESC LIMIT ?`
export const slotsOf = `SELECT * FROM slots WHERE exchange IN (SELECT value FROM json_each(?)) ORDER BY exchange, place`
/** A function, so that a program that never asks for them does not carry the port. */
export const calls = (): string => `SELECT conversation, at, tokens_after AS tokens, new_after AS newTokens
  FROM (SELECT * FROM exchanges WHERE at >= ? AND at < ? ORDER BY at DESC, id DESC LIMIT ${CALLS_AMONG})
  WHERE project = coalesce(?, project) AND conversation = coalesce(?, conversation) AND answered = 1 AND endpoint <> 'renewal'
  ORDER BY at DESC, id DESC LIMIT ?`
export const lastSeen = `SELECT max(at) AS at FROM exchanges WHERE conversation = ?`

const SUMS = [
  "count(*) AS requests",
  "sum(answered) AS answered",
  "sum(answered * counted) AS counted",
  "sum(answered * tokens_before) AS tokens_before",
  "sum(answered * tokens_after) AS tokens_after",
  ...USED.map((column) => `sum(answered * ${column}) AS ${column}`),
  ...[...SAVED, ...MISSED].map((column) => `sum(${column}) AS ${column}`),
  "sum(iif(cache_miss = 'averted', answered * min(missed_tokens, used_read), 0)) AS averted"
].join(", ")

/** Our own renewals of a cache. */
const RENEWAL = `endpoint = 'renewal' AS renewal`

/** The largest of the sizes that a row's input exceeds. */
const aboveOf = (sizes: ReadonlyArray<number>): string => {
  const input = "used_uncached + used_read + used_write + used_hour"
  const cases = [...sizes].reverse().map((size) => `WHEN ${input} > ${size} THEN ${size}`)
  return cases.length === 0 ? "0" : `CASE ${cases.join(" ")} ELSE 0 END`
}

/** The values before the filter's: the span twice around its offset, twice. */
export const totals = (sizes: ReadonlyArray<number>): string => `SELECT
    floor((at + ?) / ?) * ? - ? AS start, provider, model, project, subscription, ${RENEWAL}, ${aboveOf(sizes)} AS above,
    cache_miss, finish, ${SUMS}
  FROM exchanges WHERE ${FILTER} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY 1, min(n)`

/** The last value is how many conversations. */
export const conversations = (sizes: ReadonlyArray<number>): string => `SELECT
    conversation, provider, model, max(project) AS project, subscription, ${RENEWAL}, ${aboveOf(sizes)} AS above,
    min(at) AS first, max(at) AS last, ${SUMS}
  FROM exchanges WHERE ${FILTER} AND conversation IN (
    SELECT conversation FROM (
      SELECT conversation, at FROM exchanges WHERE ${FILTER} ORDER BY at DESC LIMIT ${CONVERSATIONS_AMONG})
    GROUP BY conversation ORDER BY max(at) DESC, conversation LIMIT ?)
  GROUP BY 1, 2, 3, 5, 6, 7 ORDER BY last DESC, conversation`

export const slotTotals = `SELECT s.kind, s.tool, s.outcome, s.reason, count(*) AS slots,
    sum(s.tokens_before) AS tokens_before, sum(s.tokens_after) AS tokens_after
  FROM slots s JOIN exchanges e ON e.n = s.exchange
  WHERE ${FILTER} AND answered = 1 GROUP BY 1, 2, 3, 4 ORDER BY 6 DESC, 5 DESC`

const FADED = `SELECT tokens_before - tokens_after AS gone FROM slots WHERE exchange = e.n AND kind = 'faded'`

export const births = `SELECT e.at, e.provider, e.model, e.subscription,
    coalesce(e.prefix ->> '$.removed', (SELECT sum(gone) FROM (${FADED})), 0) AS removed,
    iif(e.prefix ->> '$.part' = 'epoch', e.prefix ->> '$.tokens', 0) AS rewritten,
    (SELECT count(*) FROM exchanges l WHERE l.conversation = e.conversation AND l.at > e.at AND l.answered = 1
      AND l.endpoint <> 'renewal') AS later
  FROM exchanges e WHERE ${FILTER} AND answered = 1 AND (e.prefix ->> '$.part' = 'epoch' OR EXISTS (${FADED}))
  ORDER BY e.at, e.id`

export const passedOver = `SELECT p.value AS cause, count(*) AS requests
  FROM exchanges, json_each(passed_over) p WHERE ${FILTER} AND passed_over <> '[]' GROUP BY 1 ORDER BY 2 DESC, 1`

export const timings = `SELECT overhead_ms AS overhead, first_byte_ms AS firstByte
  FROM exchanges WHERE ${FILTER} AND endpoint <> 'renewal' ORDER BY at DESC, id DESC LIMIT ?`

export const collectByAge = `DELETE FROM exchanges WHERE at < ?`
export const collectByCount = `DELETE FROM exchanges WHERE n IN (
  SELECT n FROM exchanges ORDER BY at DESC, id DESC LIMIT -1 OFFSET ?)`
export const changes = `SELECT changes() AS count`

export const purgeAll = `DELETE FROM exchanges`
export const purgeProject = `DELETE FROM exchanges WHERE project = ?`

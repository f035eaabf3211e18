/**
 * The ledger in SQLite, through the originals' own connection: a second one in the same process would wait for the first, and block it.
 *
 * What comes in while a write is under way is written together by the next one: a busy proxy pays for one transaction, an idle one waits
 * for nothing.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { CallMoment } from "../../domain/cache-lifetime.ts"
import type { Exchange } from "../../domain/exchange.ts"
import { type ExchangeFilter, Ledger, type LedgerLimits, RETENTION } from "../../pipeline/ports/ledger.ts"
import { OriginalsError } from "../../pipeline/ports/originals.ts"
import { type Database, type Run, Store } from "../originals/database.ts"
import { originalsError } from "../originals/failures.ts"
import {
  birthFrom,
  conversationTotalFrom,
  exchangeFrom,
  exchangeTotalFrom,
  type Row,
  slotsFrom,
  slotTotalFrom
} from "./rows.ts"
import * as Sql from "./statements.ts"

interface Waiting {
  readonly exchange: Exchange
  readonly done: Deferred.Deferred<void, OriginalsError>
}

/** More than ever wait unless writing fails or stalls; the rest is dropped. */
const MOST_WAITING = 1024
/** How often the retention is looked after, in records. */
const COLLECT_EVERY = 1000

const filterValues = (filter: ExchangeFilter = {}) =>
  [
    filter.since ?? 0,
    filter.until ?? Number.MAX_SAFE_INTEGER,
    filter.project ?? null,
    filter.conversation ?? null
  ] as const

const insert = (run: Run, exchange: Exchange): Effect.Effect<void, unknown> =>
  Effect.flatMap(run<{ readonly n: number }>(Sql.insertExchange, ...Sql.valuesOf(exchange)), ([row]) =>
    row === undefined || exchange.slots.length === 0
      ? Effect.void
      : Effect.asVoid(run(Sql.insertSlots, row.n, JSON.stringify(exchange.slots)))
  )

const collect = (database: Database, limits: LedgerLimits, now: number): Effect.Effect<number, unknown> =>
  database.write((run) =>
    Effect.gen(function* () {
      yield* run(Sql.collectByAge, now - limits.maxAgeMs)
      const [old] = yield* run<{ readonly count: number }>(Sql.changes)
      yield* run(Sql.collectByCount, limits.maxExchanges)
      const [surplus] = yield* run<{ readonly count: number }>(Sql.changes)
      return (old?.count ?? 0) + (surplus?.count ?? 0)
    })
  )

const latest = (database: Database, limit: number, filter: ExchangeFilter | undefined) =>
  database.read((run) =>
    Effect.gen(function* () {
      const rows = yield* run<Row>(Sql.latest, ...filterValues(filter), limit)
      const numbers = JSON.stringify(rows.map((row) => row["n"]))
      const slots = slotsFrom(yield* run<Row>(Sql.slotsOf, numbers))
      return rows.map((row) => exchangeFrom(row, slots.get(row["n"] as number) ?? []))
    })
  )

const make = (retention: LedgerLimits): Effect.Effect<Ledger["Type"], never, Store | Scope.Scope> =>
  Effect.gen(function* () {
    const database = yield* Store
    const as =
      (operation: OriginalsError["operation"]) =>
      <A>(effect: Effect.Effect<A, unknown>): Effect.Effect<A, OriginalsError> =>
        Effect.mapError(effect, originalsError(operation))
    const read = <A>(
      operation: OriginalsError["operation"],
      from: (row: Row) => A,
      ...statement: Parameters<Run>
    ): Effect.Effect<ReadonlyArray<A>, OriginalsError> =>
      as(operation)(
        Effect.map(
          database.read((run) => run<Row>(...statement)),
          (found) => found.map(from)
        )
      )
    const waiting = yield* Queue.dropping<Waiting>(MOST_WAITING)
    let sinceCollected = COLLECT_EVERY

    const lookAfter = (count: number): Effect.Effect<void> =>
      Effect.suspend(() => {
        sinceCollected += count
        if (sinceCollected < COLLECT_EVERY) return Effect.void
        sinceCollected = 0
        return Effect.ignore(Effect.flatMap(Clock.currentTimeMillis, (now) => collect(database, retention, now)))
      })
    const write = (batch: ReadonlyArray<Waiting>): Effect.Effect<void, OriginalsError> =>
      as("record")(
        database.write((run) => Effect.forEach(batch, ({ exchange }) => insert(run, exchange), { discard: true }))
      ).pipe(Effect.zipLeft(lookAfter(batch.length)))
    const settle = (batch: ReadonlyArray<Waiting>): Effect.Effect<void> =>
      Effect.flatMap(Effect.exit(write(batch)), (exit) =>
        exit._tag === "Failure" && batch.length > 1
          ? // one of them may be to blame
            Effect.forEach(batch, (one) => settle([one]), { discard: true })
          : Effect.forEach(batch, ({ done }) => Deferred.done(done, exit), { discard: true })
      )
    const writeWaiting = Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(restore(Queue.takeBetween(waiting, 1, MOST_WAITING)), (taken) => settle([...taken]))
    )
    // what still waits when the scope closes is written after the fiber below has ended
    yield* Effect.addFinalizer(() => Effect.flatMap(Queue.takeAll(waiting), (rest) => settle([...rest])))
    yield* Effect.forkScoped(Effect.forever(writeWaiting))

    return {
      record: (exchange) =>
        Effect.gen(function* () {
          const done = yield* Deferred.make<void, OriginalsError>()
          const isTaken = yield* Queue.offer(waiting, { exchange, done })
          if (!isTaken) return yield* new OriginalsError({ operation: "record", reason: "busy" })
          yield* Deferred.await(done)
        }),
      latest: (limit, filter) => as("latest")(latest(database, limit, filter)),
      lastSeen: (conversation) =>
        as("latest")(
          Effect.map(
            database.read((run) => run<{ readonly at: number | null }>(Sql.lastSeen, conversation)),
            ([row]) => row?.at ?? undefined
          )
        ),
      calls: (limit, filter) =>
        as("latest")(database.read((run) => run<CallMoment>(Sql.calls(), ...filterValues(filter), limit))),
      totals: ({ sizes, spanMs, offsetMs, ...filter }) =>
        read(
          "totals",
          exchangeTotalFrom,
          Sql.totals(sizes),
          offsetMs,
          spanMs,
          spanMs,
          offsetMs,
          ...filterValues(filter)
        ),
      conversations: (limit, { sizes, ...filter }) =>
        read(
          "totals",
          conversationTotalFrom,
          Sql.conversations(sizes),
          ...filterValues(filter),
          ...filterValues(filter),
          limit
        ),
      slots: (filter) => read("totals", slotTotalFrom, Sql.slotTotals, ...filterValues(filter)),
      births: (filter) => read("totals", birthFrom, Sql.births, ...filterValues(filter)),
      passedOver: (filter) =>
        as("totals")(
          database.read((run) =>
            run<{ readonly cause: string; readonly requests: number }>(Sql.passedOver, ...filterValues(filter))
          )
        ),
      timings: (limit, filter) =>
        as("totals")(
          Effect.map(
            database.read((run) =>
              run<{ readonly overhead: number; readonly firstByte: number | null }>(
                Sql.timings,
                ...filterValues(filter),
                limit
              )
            ),
            (rows) => ({
              overheadMs: rows.map((row) => row.overhead),
              firstByteMs: rows.flatMap((row) => row.firstByte ?? [])
            })
          )
        ),
      collect: (limits) =>
        as("collect")(Effect.flatMap(Clock.currentTimeMillis, (now) => collect(database, limits, now)))
    }
  })

/** Over a file that is open; the originals stand in the same one. */
export const layerLedger = (retention: LedgerLimits = RETENTION): Layer.Layer<Ledger, never, Store> =>
  Layer.scoped(Ledger, make(retention))

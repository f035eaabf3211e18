/**
 * Originals in one SQLite file, shared by every process of a user: a write is one transaction in the write-ahead log, which a killed
 * process cannot lose or halve, and a receipt is given after its commit.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Digest, REF_DIGITS, type Ref, refOf } from "../../domain/digest.ts"
import { grantReceipt, type Receipt } from "../../domain/receipt.ts"
import {
  type Batch,
  type Found,
  type Kept,
  Originals,
  OriginalsError,
  type OutcomeTotal,
  type Pin,
  type PinKey,
  type Session,
  type StoreStats
} from "../../pipeline/ports/originals.ts"
import { type ByteHash, bytesOf, sha256, textOfBytes, wordsOf } from "./content.ts"
import { type Database, type DatabaseOptions, layerDatabase, type Run, Store } from "./database.ts"
import { originalsError } from "./failures.ts"
import { hourOf } from "./ledger.ts"
import { pack, unpack } from "./packing.ts"
import { collect, purge } from "./removal.ts"
import * as Sql from "./schema.ts"

export interface SqliteOptions extends DatabaseOptions {
  readonly hash?: ByteHash
}

interface Candidate {
  readonly id: number
  readonly digest: Uint8Array
  readonly digits: number
}

const blobOf = (digest: Digest): Uint8Array => Buffer.from(digest, "hex")
const digestOf = (blob: Uint8Array): Digest => Buffer.from(blob).toString("hex") as Digest
const refOfRow = (row: Omit<Candidate, "id">): Ref => digestOf(row.digest).slice(0, row.digits) as Ref

const corrupt = (operation: OriginalsError["operation"]) => new OriginalsError({ operation, reason: "corrupt" })
const illFormed = new OriginalsError({ operation: "keep", reason: "ill-formed" })

/** The originals whose digest begins with the digits. */
const beginningWith = (run: Run, digits: string): Effect.Effect<ReadonlyArray<Candidate>, unknown> =>
  run<Candidate>(
    Sql.digestsBetween,
    Buffer.from(digits.padEnd(64, "0"), "hex"),
    Buffer.from(digits.padEnd(64, "f"), "hex")
  )

const candidatesOf = (run: Run, ref: Ref): Effect.Effect<ReadonlyArray<Candidate>, unknown> =>
  Effect.map(beginningWith(run, ref), (candidates) => {
    const issued = candidates.filter((candidate) => refOfRow(candidate) === ref)
    return issued.length > 0 ? issued : candidates
  })

/** Who sees something and when. */
interface Sighting {
  readonly session: number | undefined
  readonly now: number
}

const sightingOf = (run: Run, session: Session | undefined, now: number): Effect.Effect<Sighting, unknown> =>
  session === undefined
    ? Effect.succeed({ session: undefined, now })
    : Effect.map(run<{ readonly id: number }>(Sql.upsertSession, session.id, session.project, now), ([row]) => ({
        session: row?.id,
        now
      }))

const see = (run: Run, id: number, sighting: Sighting): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    yield* run(Sql.renew, sighting.now, id, sighting.now)
    if (sighting.session !== undefined) yield* run(Sql.insertSighting, id, sighting.session)
  })

/** Stores a content under a new number. */
const store = (run: Run, isPin: boolean, packed: Uint8Array | undefined, now: number): Effect.Effect<number, unknown> =>
  Effect.gen(function* () {
    const [row] = yield* run<{ readonly id: number }>(Sql.insertKept, isPin ? 1 : 0, packed?.length ?? 0, now)
    if (row === undefined) return yield* corrupt("keep")
    if (packed !== undefined) yield* run(Sql.insertContent, row.id, packed)
    return row.id
  })

interface Prepared {
  readonly digest: Digest
  readonly size: number
  readonly packed: Uint8Array
}

const keepOriginal = (run: Run, original: Prepared, sighting: Sighting): Effect.Effect<Receipt, unknown> =>
  Effect.gen(function* () {
    const blob = blobOf(original.digest)
    const [known] = yield* run<{ readonly id: number; readonly digits: number }>(Sql.originalByDigest, blob)
    if (known !== undefined) {
      yield* see(run, known.id, sighting)
      return grantReceipt(original.digest.slice(0, known.digits) as Ref, original.digest)
    }
    const others = yield* beginningWith(run, original.digest.slice(0, REF_DIGITS))
    const ref = refOf(
      original.digest,
      others.map((other) => digestOf(other.digest))
    )
    const id = yield* store(run, false, original.packed, sighting.now)
    yield* run(Sql.insertOriginal, id, blob, ref.length, original.size)
    yield* see(run, id, sighting)
    return grantReceipt(ref, original.digest)
  })

interface PinRow {
  readonly id: number
  readonly packed: Uint8Array | null
}

const pinOf = (key: PinKey, row: PinRow, operation: "keep" | "pinned"): Effect.Effect<Pin, OriginalsError> => {
  const { epoch, prefix } = key
  if (row.packed === null) return Effect.succeed({ epoch, prefix, text: undefined })
  const bytes = unpack(row.packed)
  return bytes === undefined
    ? Effect.fail(corrupt(operation))
    : Effect.succeed({ epoch, prefix, text: textOfBytes(bytes) })
}

const keepPin = (run: Run, pin: Pin, sighting: Sighting): Effect.Effect<Pin, unknown> =>
  Effect.gen(function* () {
    const [known] = yield* run<PinRow>(Sql.pinByKey, blobOf(pin.prefix), pin.epoch)
    if (known !== undefined) {
      yield* see(run, known.id, sighting)
      return yield* pinOf(pin, known, "keep")
    }
    const bytes = pin.text === undefined ? undefined : bytesOf(pin.text)
    if (bytes === undefined && pin.text !== undefined) return yield* illFormed
    const id = yield* store(run, true, bytes === undefined ? undefined : pack(bytes), sighting.now)
    const [original] = pin.original === undefined ? [] : yield* candidatesOf(run, pin.original)
    yield* run(Sql.insertPin, id, pin.epoch, blobOf(pin.prefix), original?.id ?? null)
    yield* see(run, id, sighting)
    return { epoch: pin.epoch, prefix: pin.prefix, text: pin.text }
  })

const keep = (database: Database, hash: ByteHash, batch: Batch, now: number): Effect.Effect<Kept, unknown> =>
  Effect.suspend(() => {
    const prepared: Array<Prepared> = []
    for (const original of batch.originals) {
      const bytes = bytesOf(original)
      if (bytes === undefined) return Effect.fail(illFormed)
      prepared.push({ digest: hash(bytes), size: bytes.length, packed: pack(bytes) })
    }
    return database.write((run) =>
      Effect.gen(function* () {
        const sighting = yield* sightingOf(run, batch.session, now)
        const receipts = yield* Effect.forEach(prepared, (original) => keepOriginal(run, original, sighting))
        const pins = yield* Effect.forEach(batch.pins?.(receipts) ?? [], (pin) => keepPin(run, pin, sighting))
        return { receipts, pins }
      })
    )
  })

const find = (database: Database, hash: ByteHash, ref: Ref): Effect.Effect<Found, unknown> =>
  database.read((run) =>
    Effect.gen(function* () {
      const [found, ...others] = yield* candidatesOf(run, ref)
      if (found === undefined) return { _tag: "Unknown" }
      if (others.length > 0) return { _tag: "Ambiguous", refs: [found, ...others].map(refOfRow) }
      const [content] = yield* run<{ readonly packed: Uint8Array }>(Sql.contentById, found.id)
      // Collected by another process in between.
      if (content === undefined) return { _tag: "Unknown" }
      const bytes = unpack(content.packed)
      const digest = digestOf(found.digest)
      if (bytes === undefined || hash(bytes) !== digest) return yield* corrupt("find")
      return { _tag: "Found", ref: refOfRow(found), digest, bytes, text: textOfBytes(bytes) }
    })
  )

const pinned = (
  database: Database,
  keys: ReadonlyArray<PinKey>
): Effect.Effect<ReadonlyArray<Pin | undefined>, unknown> => {
  const pairs = JSON.stringify(keys.map((key) => [key.prefix, key.epoch]))
  return Effect.flatMap(
    database.read((run) => run<PinRow & { readonly place: number }>(Sql.pinsByKeys, pairs)),
    (rows) => {
      const found = new Map(rows.map((row) => [row.place, row]))
      return Effect.forEach(keys, (key, place) => {
        const row = found.get(place)
        return row === undefined ? Effect.succeed(undefined) : pinOf(key, row, "pinned")
      })
    }
  )
}

const viewOf = (database: Database, ref: Ref): Effect.Effect<string | undefined, unknown> =>
  database.read((run) =>
    Effect.gen(function* () {
      const [original] = yield* candidatesOf(run, ref)
      if (original === undefined) return undefined
      const [view] = yield* run<{ readonly packed: Uint8Array }>(Sql.viewByOriginal, original.id)
      const bytes = view === undefined ? undefined : unpack(view.packed)
      return bytes === undefined ? undefined : textOfBytes(bytes)
    })
  )

/** Words are indexed when somebody searches, not when an agent waits. */
const indexWords = (database: Database): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    const isRest = yield* database.read((run) => Effect.map(run(Sql.toIndex), (rows) => rows.length > 0))
    if (!isRest) return
    const done = yield* database.write((run) =>
      Effect.gen(function* () {
        const rows = yield* run<{ readonly id: number; readonly packed: Uint8Array }>(Sql.toIndex)
        for (const { id, packed } of rows) {
          yield* run(Sql.insertWords, id, textOfBytes(unpack(packed) ?? new Uint8Array()))
          yield* run(Sql.markIndexed, id)
        }
        return rows.length
      })
    )
    if (done > 0) yield* Effect.zipRight(Effect.yieldNow(), indexWords(database))
  })

const search = (database: Database, query: string, limit: number): Effect.Effect<ReadonlyArray<Ref>, unknown> => {
  const words = [...new Set(wordsOf(query))].map((word) => `"${word}"`)
  if (words.length === 0) return Effect.succeed([])
  // A store that cannot be written is searched as far as it is indexed.
  return Effect.ignore(indexWords(database)).pipe(
    Effect.zipRight(database.read((run) => run<Omit<Candidate, "id">>(Sql.search, words.join(" "), limit))),
    Effect.map((rows) => rows.map(refOfRow))
  )
}

const make = (hash: ByteHash) =>
  Effect.map(Store, (database): Originals["Type"] => {
    const as =
      (operation: OriginalsError["operation"]) =>
      <A>(effect: Effect.Effect<A, unknown>): Effect.Effect<A, OriginalsError> =>
        Effect.mapError(effect, originalsError(operation))
    return {
      keep: (batch) => Effect.flatMap(Clock.currentTimeMillis, (now) => as("keep")(keep(database, hash, batch, now))),
      find: (ref) => as("find")(find(database, hash, ref)),
      search: (query, limit) => as("search")(search(database, query, limit)),
      pinned: (keys) => as("pinned")(pinned(database, keys)),
      viewOf: (ref) => as("view")(viewOf(database, ref)),
      sight: (refs, session) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          as("sight")(
            database.write((run) =>
              Effect.gen(function* () {
                const sighting = yield* sightingOf(run, session, now)
                for (const ref of refs) {
                  const [found, ...others] = yield* candidatesOf(run, ref)
                  if (found !== undefined && others.length === 0) yield* see(run, found.id, sighting)
                }
              })
            )
          )
        ),
      collect: (limits) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => as("collect")(collect(database, limits, now))),
      purge: (filter) => as("purge")(purge(database, filter?.project)),
      stats: as("stats")(
        database.read((run) =>
          Effect.flatMap(run<StoreStats>(Sql.stats), ([row]) =>
            row === undefined ? Effect.fail(corrupt("stats")) : Effect.succeed(row)
          )
        )
      ),
      record: (rows) =>
        as("record")(
          database.write((run) =>
            Effect.forEach(
              rows,
              (row) =>
                run(
                  Sql.record,
                  hourOf(row.at),
                  row.project,
                  row.kind,
                  row.outcome,
                  row.reason,
                  row.tokensBefore,
                  row.tokensAfter
                ),
              { discard: true }
            )
          )
        ),
      totals: (filter) =>
        as("totals")(
          database.read((run) => run<OutcomeTotal>(Sql.totals, hourOf(filter?.since ?? 0), filter?.project ?? null))
        )
    }
  })

/** Over a file that is open; the ledger may stand in the same one. */
export const layerOriginals = (hash: ByteHash = sha256): Layer.Layer<Originals, never, Store> =>
  Layer.effect(Originals, make(hash))

export const layerSqlite = (options: SqliteOptions): Layer.Layer<Originals, OriginalsError> =>
  Layer.provide(layerOriginals(options.hash), layerDatabase(options))

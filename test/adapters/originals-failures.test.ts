import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import Sqlite from "better-sqlite3"
import * as Effect from "effect/Effect"
import { layerSqlite, type SqliteOptions } from "../../src/adapters/originals/sqlite.ts"
import type { Digest, Ref } from "../../src/domain/digest.ts"
import { Originals, type OriginalsError } from "../../src/pipeline/ports/originals.ts"

const noise = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    bytes[i] = state >>> 24
  }
  return bytes
}

const withFile = <A, E>(body: (filename: string) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.acquireUseRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "originals-"))),
    (path) => body(join(path, "store", "originals.db")),
    (path) => Effect.sync(() => rmSync(path, { recursive: true }))
  )

const on = <A, E>(options: SqliteOptions, body: Effect.Effect<A, E, Originals>): Effect.Effect<A, E | OriginalsError> =>
  Effect.provide(body, layerSqlite(options))

const keep = (...originals: ReadonlyArray<string | Uint8Array>) =>
  Effect.flatMap(Originals, (store) => store.keep({ originals })).pipe(
    Effect.map((kept) => kept.receipts.map((receipt) => receipt.ref))
  )
const textOf = (ref: Ref | undefined) =>
  Effect.flatMap(Originals, (store) => (ref === undefined ? Effect.succeed(undefined) : store.find(ref))).pipe(
    Effect.map((found) => (found?._tag === "Found" ? found.text : found?._tag))
  )
const count = Effect.flatMap(Originals, (store) => store.stats).pipe(Effect.map((stats) => stats.originals))
const reasonOf = <A, R>(effect: Effect.Effect<A, OriginalsError, R>) =>
  Effect.map(Effect.flip(effect), (error) => error.reason).pipe(Effect.orDieWith(() => new Error("did not fail")))

describe("a store of originals in SQLite", () => {
  it.effect("keeps what it has over a restart", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        const [ref] = yield* on({ filename }, keep("text\r\n\u0000"))
        assert.strictEqual(yield* on({ filename }, textOf(ref)), "text\r\n\u0000")
      })
    )
  )

  it.effect("is one for all who have it open", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        const key = { epoch: "", prefix: "a".repeat(64) as Digest }
        const pinning = (text: string) =>
          Effect.flatMap(Originals, (store) => store.keep({ originals: [text], pins: () => [{ ...key, text }] }))
        const seen = yield* on(
          { filename },
          Effect.gen(function* () {
            const mine = yield* pinning("mine")
            const theirs = yield* on({ filename }, Effect.zip(pinning("theirs"), textOf(mine.receipts[0]?.ref)))
            return { mine, theirs, found: yield* textOf(theirs[0].receipts[0]?.ref) }
          })
        )
        assert.deepStrictEqual([seen.theirs[1], seen.found], ["mine", "theirs"])
        assert.deepStrictEqual(seen.theirs[0].pins, seen.mine.pins)
      })
    )
  )

  it.effect("holds nothing of what was purged", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        const secret = randomBytes(50_000)
        yield* on({ filename }, keep(secret, "rest"))
        const holds = () =>
          ["", "-wal"].some(
            (suffix) =>
              existsSync(filename + suffix) && readFileSync(filename + suffix).includes(secret.subarray(9000, 9020))
          )
        assert.isTrue(holds())
        yield* on(
          { filename },
          Effect.flatMap(Originals, (store) => store.purge())
        )
        assert.isFalse(holds())
        assert.isTrue(statSync(filename).size < 120_000)
      })
    )
  )

  it.effect("is private to its owner", () =>
    withFile((filename) =>
      on(
        { filename },
        Effect.gen(function* () {
          yield* keep("text")
          assert.strictEqual(statSync(join(filename, "..")).mode & 0o777, 0o700)
          for (const suffix of ["", "-wal", "-shm"])
            assert.strictEqual(statSync(filename + suffix).mode & 0o777, 0o600, suffix)
        })
      )
    )
  )

  it.effect("fails as full at its limit, keeps nothing of the batch, and goes on reading", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        const options = { filename, maxBytes: 1_000_000 }
        const [ref] = yield* on(options, keep("small"))
        yield* on(
          options,
          Effect.gen(function* () {
            assert.strictEqual(yield* reasonOf(keep("other", noise(2_000_000))), "full")
            assert.strictEqual(yield* count, 1)
            assert.strictEqual(yield* textOf(ref), "small")
            const [next] = yield* keep("fits again")
            assert.strictEqual(yield* textOf(next), "fits again")
          })
        )
        assert.strictEqual(yield* on(options, count), 2)
      })
    )
  )

  it.effect("fails as corrupt on a file that is none, and leaves it alone", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        yield* on({ filename }, keep("text"))
        const text = "this is no database\n".repeat(500)
        writeFileSync(filename, text)
        assert.strictEqual(yield* reasonOf(on({ filename }, count)), "corrupt")
        assert.strictEqual(readFileSync(filename, "utf8"), text)
      })
    )
  )

  it.effect("fails as corrupt on another program's database, and leaves it alone", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        yield* on({ filename }, Effect.void)
        rmSync(filename)
        const other = new Sqlite(filename)
        other.exec("CREATE TABLE theirs (id INTEGER)")
        other.close()
        assert.strictEqual(yield* reasonOf(on({ filename }, count)), "corrupt")
        const again = new Sqlite(filename)
        assert.deepStrictEqual(again.prepare("SELECT name FROM sqlite_schema").all(), [{ name: "theirs" }])
        again.close()
      })
    )
  )

  it.effect("fails as corrupt where a content was damaged, instead of giving something else out", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        const [ref, whole] = yield* on({ filename }, keep("text", "whole"))
        const other = new Sqlite(filename)
        other.exec("UPDATE contents SET packed = x'0074657374' WHERE id = 1")
        other.close()
        assert.strictEqual(yield* reasonOf(on({ filename }, textOf(ref))), "corrupt")
        assert.strictEqual(yield* on({ filename }, textOf(whole)), "whole")
      })
    )
  )

  it.effect("refuses a store of a newer version", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        yield* on({ filename }, keep("text"))
        const other = new Sqlite(filename)
        other.exec("INSERT INTO migrations (migration_id, name) VALUES (999, 'later')")
        other.close()
        assert.strictEqual(yield* reasonOf(on({ filename }, count)), "newer-version")
      })
    )
  )

  it.live("fails as busy while another process holds the file for too long, and reads meanwhile", () =>
    withFile((filename) =>
      on(
        { filename, busyTimeoutMs: 20 },
        Effect.gen(function* () {
          const [ref] = yield* keep("text")
          const other = new Sqlite(filename)
          other.exec("BEGIN IMMEDIATE")
          assert.strictEqual(yield* reasonOf(keep("more")), "busy")
          assert.strictEqual(yield* textOf(ref), "text")
          other.exec("ROLLBACK")
          other.close()
          assert.strictEqual((yield* keep("more")).length, 1)
        })
      )
    )
  )

  it.effect("says in one line what is wrong and what to do", () =>
    withFile((filename) =>
      Effect.gen(function* () {
        yield* on({ filename }, Effect.void)
        writeFileSync(filename, "x".repeat(9000))
        const error = yield* Effect.flip(on({ filename }, count))
        assert.match(error.message, /^store of originals: open failed, its file is damaged or no store: move it away/)
      })
    )
  )

  const asNobody = process.getuid?.() === 0 && existsSync("/bin/sh")
  it.effect.runIf(asNobody || (process.getuid?.() ?? 0) !== 0)(
    "fails as read-only where the file cannot be written, and goes on reading",
    () =>
      withFile((filename) =>
        Effect.gen(function* () {
          const [ref] = yield* on({ filename }, keep("text"))
          spawnSync("chmod", ["-R", "a+rX", join(filename, "..", "..")])
          spawnSync("chmod", ["444", filename])
          // Root may write any file: give the right up for as long as this takes.
          if (asNobody) process.seteuid?.(65_534)
          const outcome = yield* Effect.ensuring(
            Effect.exit(
              on(
                { filename },
                Effect.gen(function* () {
                  return [yield* textOf(ref), yield* reasonOf(keep("more"))] as const
                })
              )
            ),
            Effect.sync(() => asNobody && process.seteuid?.(0))
          )
          assert.deepStrictEqual(outcome._tag === "Success" ? outcome.value : String(outcome), ["text", "read-only"])
        })
      )
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { layerMemory } from "../../src/adapters/originals/memory.ts"
import { Originals } from "../../src/pipeline/ports/originals.ts"
import { type RetrieveOptions, retrieve } from "../../src/pipeline/retrieve.ts"

const lines = Array.from({ length: 500 }, (_, i) => `line ${i + 1}${i === 249 ? " holds the needle" : ""}\r\n`).join("")
const json = '{"items": [{"id": 1.0}, {"id": 2.50, "name": "b"}], "total": 2}'

const kept = (text: string | Uint8Array) =>
  Effect.flatMap(Originals, (originals) => originals.keep({ originals: [text] })).pipe(
    Effect.map((batch) => batch.receipts[0]?.ref ?? "")
  )

const from = (text: string | Uint8Array, options?: RetrieveOptions) =>
  Effect.flatMap(kept(text), (ref) => retrieve(ref, options))
const refusal = (text: string, options: RetrieveOptions) => Effect.orDie(Effect.flip(from(text, options)))

describe("retrieve", () => {
  const on = <E>(title: string, body: () => Effect.Effect<void, E, Originals>) =>
    it.effect(title, () => Effect.provide(body(), layerMemory()))

  on("gives the whole, with its bytes", () =>
    Effect.gen(function* () {
      const whole = yield* from(lines)
      assert.strictEqual(whole.text, lines)
      assert.strictEqual(Buffer.from(whole.bytes ?? []).toString(), lines)
      assert.deepStrictEqual([whole.lines, whole.totalLines, whole.cursor], [[1, 500], 500, undefined])
      const binary = yield* from(Uint8Array.of(0xff, 0x00, 0x0a))
      assert.deepStrictEqual([...(binary.bytes ?? [])], [0xff, 0x00, 0x0a])
    })
  )

  on("takes a ref in upper case and among blanks", () =>
    Effect.gen(function* () {
      const ref = yield* kept(lines)
      assert.strictEqual((yield* retrieve(` ${ref.toUpperCase()}\n`)).ref, ref)
    })
  )

  on("gives a range of lines as they are", () =>
    Effect.gen(function* () {
      const part = yield* from(lines, { lines: "12-13" })
      assert.strictEqual(part.text, "line 12\r\nline 13\r\n")
      assert.deepStrictEqual(part.lines, [12, 13])
      assert.strictEqual((yield* from(lines, { lines: "499-9999" })).text, "line 499\r\nline 500\r\n")
    })
  )

  on("counts the lines of a text that the original wraps in JSON, and gives the original whole", () =>
    Effect.gen(function* () {
      const wrapped = JSON.stringify([
        { type: "text", text: JSON.stringify({ output: "one\ntwo\nthree\nfour\n", exit: 1 }) }
      ])
      assert.strictEqual((yield* from(wrapped, { lines: "3-4" })).text, "one\ntwo\n")
      assert.strictEqual((yield* from(wrapped, { lines: "1-1" })).text, wrapped)
      assert.match((yield* from(wrapped, { query: "three" })).text, /^two\nthree\nfour$/m)
      assert.strictEqual((yield* from(wrapped, { path: "$[0].type" })).text, '"text"')
      const whole = yield* from(wrapped)
      assert.deepStrictEqual([whole.text, Buffer.from(whole.bytes ?? []).toString()], [wrapped, wrapped])
    })
  )

  on("gives the passages of a query with their lines", () =>
    Effect.gen(function* () {
      const part = yield* from(lines, { query: "where is the needle" })
      assert.match(part.text, /^\[lines 248-252\]\nline 248\r\n/)
      assert.deepStrictEqual(part.lines, [248, 252])
      assert.strictEqual(
        (yield* refusal(lines, { query: "needle", lines: "1-100" })).message.includes("lines 1-100"),
        true
      )
    })
  )

  on("gives a JSON value as the source wrote it", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* from(json, { path: "$.items[1].id" })).text, "2.50")
      assert.strictEqual((yield* from(json, { path: "items[0]" })).text, '{"id": 1.0}')
    })
  )

  on("gives a long answer in parts that join to the whole", () =>
    Effect.gen(function* () {
      for (const text of [lines, "🚀".repeat(5000), "x".repeat(4321)]) {
        let joined = ""
        let cursor: string | undefined
        for (let parts = 0; parts < 20; parts++) {
          const part = yield* from(text, { maxLength: 1501, ...(cursor === undefined ? {} : { cursor }) })
          assert.isTrue(part.text.length > 0 && part.text.length <= 1501 && !/[\ud800-\udbff]$/.test(part.text))
          joined += part.text
          cursor = part.cursor
          if (cursor === undefined) break
        }
        assert.strictEqual(joined, text)
      }
    })
  )

  on("gives every passage of a query once, in parts", () =>
    Effect.gen(function* () {
      const text = Array.from({ length: 400 }, (_, i) => (i % 20 === 0 ? `hit number ${i}` : "-")).join("\n")
      const seen: Array<string> = []
      let cursor: string | undefined
      do {
        const part = yield* from(text, { query: "hit", maxLength: 1000, ...(cursor === undefined ? {} : { cursor }) })
        seen.push(...(part.text.match(/hit number \d+/g) ?? []))
        cursor = part.cursor
      } while (cursor !== undefined)
      assert.strictEqual(seen.length, 20)
      assert.strictEqual(new Set(seen).size, 20)
    })
  )

  on("says in one line what is wrong and what to ask for", () =>
    Effect.gen(function* () {
      const refused = [
        [yield* Effect.flip(retrieve("no\nref")), "malformed-ref", '"no ref"'],
        [yield* Effect.flip(retrieve("000000000000")), "unknown-ref", "000000000000"],
        [yield* refusal(lines, { lines: "x" }), "bad-range", "500"],
        [yield* refusal(lines, { lines: "501" }), "bad-range", "between 1 and 500"],
        [yield* refusal(lines, { path: "a" }), "bad-path", "lines 1-500"],
        [yield* refusal(json, { path: "a b" }), "bad-path", '"a b"'],
        [yield* refusal(json, { path: "items[7]" }), "bad-path", "$.items[1]"],
        [yield* refusal(json, { path: "items[1].nam" }), "bad-path", '"name"'],
        [yield* refusal(json, { path: "total.x" }), "bad-path", "$.total"],
        [yield* refusal(lines, { query: "zebra" }), "no-match", "lines 1-500"],
        [yield* refusal(lines, { cursor: "99999999" }), "bad-cursor", "cursor"],
        [yield* refusal(lines, { cursor: "x" }), "bad-cursor", "cursor"],
        [yield* refusal(lines, { query: "needle", cursor: "5" }), "bad-cursor", "cursor"]
      ] as const
      for (const [error, reason, holds] of refused) {
        assert.strictEqual(error._tag === "RetrieveError" && error.reason, reason)
        assert.include(error.message, holds)
        assert.notMatch(error.message, /\n/)
      }
    })
  )
})

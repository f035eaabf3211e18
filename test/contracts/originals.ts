/** The laws of src/pipeline/ports/originals.ts, for each layer. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import type { ByteHash } from "../../src/adapters/originals/content.ts"
import { type Digest, REF_DIGITS, type Ref, refFrom } from "../../src/domain/digest.ts"
import { Originals, type OriginalsError, type Pin, type Session } from "../../src/pipeline/ports/originals.ts"

export type MakeLayer = (options?: { readonly hash?: ByteHash }) => Layer.Layer<Originals, OriginalsError>

const alice: Session = { id: "alice", project: "/home/a" }
const bob: Session = { id: "bob", project: "/home/b" }
const HOUR = 3_600_000
const prefix = (digit: string): Digest => digit.repeat(64) as Digest
const ref = (text: string): Ref => {
  const parsed = refFrom(text)
  if (parsed === undefined) throw new Error(`no ref: ${text}`)
  return parsed
}

/** Two digests for texts that end in `1` and `2` which share 14 digits. */
const colliding: ByteHash = (bytes) => `${"ab".repeat(7)}${String(bytes.at(-1)).padStart(50, "0")}` as Digest

const keepText = (text: string, session?: Session) =>
  Effect.flatMap(Originals, (originals) =>
    originals.keep({ originals: [text], ...(session === undefined ? {} : { session }) })
  ).pipe(
    Effect.map((kept) => {
      const [receipt] = kept.receipts
      if (receipt === undefined) throw new Error("no receipt")
      return receipt
    })
  )
const found = (asked: Ref) =>
  Effect.flatMap(Originals, (originals) => originals.find(asked)).pipe(
    Effect.map((result) => (result._tag === "Found" ? result.text : result._tag))
  )

/** The failure of an effect; that there is one is part of the law. */
const failureOf = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<E, never, R> =>
  Effect.orDie(Effect.flip(effect))

const awkward: ReadonlyArray<readonly [name: string, text: string]> = [
  ["nothing", ""],
  ["NUL", "a\u0000b\u0000"],
  ["CRLF and CR", "a\r\nb\rc\n"],
  ["a byte-order mark", "\ufeffa"],
  ["characters beyond the basic plane", "🚀 𝄞 中文"],
  ["U+FFFD", "\ufffd"],
  ["U+2028", "a\u2028b\u2029c\u0085"],
  ["a long line", "x".repeat(300_000)],
  [
    "text that does not shrink",
    Array.from({ length: 9000 }, (_, i) => String.fromCharCode(33 + ((i * i * 7919) % 90))).join("")
  ],
  ["quotes", `'";--\\ %s $1 ?`]
]

export const originalsContract = (name: string, makeLayer: MakeLayer): void => {
  describe(name, () => {
    const law = (
      title: string,
      body: () => Effect.Effect<void, OriginalsError, Originals>,
      options?: { readonly hash: ByteHash }
    ) => it.effect(title, () => Effect.provide(Effect.suspend(body), makeLayer(options)))

    law("gives each text back as it was", () =>
      Effect.gen(function* () {
        for (const [what, text] of awkward) {
          const receipt = yield* keepText(text)
          assert.strictEqual(receipt.ref.length, REF_DIGITS)
          assert.strictEqual(yield* found(receipt.ref), text, what)
        }
      })
    )

    law("gives bytes back that are no valid UTF-8", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const bytes = Uint8Array.of(0xff, 0x41, 0xc3, 0x28, 0x00, 0xed, 0xa0, 0x80)
        const { receipts } = yield* originals.keep({ originals: [bytes] })
        bytes[1] = 0x42
        const result = yield* originals.find(receipts[0]?.ref ?? ref("0".repeat(12)))
        if (result._tag !== "Found") return assert.fail(result._tag)
        assert.deepStrictEqual([...result.bytes], [0xff, 0x41, 0xc3, 0x28, 0x00, 0xed, 0xa0, 0x80])
        assert.strictEqual(result.text, "\ufffdA\ufffd(\u0000\ufffd\ufffd\ufffd")
      })
    )

    law("names a text by the SHA-256 of its UTF-8 bytes", () =>
      Effect.gen(function* () {
        const receipt = yield* keepText("abc")
        assert.strictEqual(receipt.digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        assert.strictEqual(receipt.ref, "ba7816bf8f01")
      })
    )

    law("gives the same receipt for the same text, within a batch and after it", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const { receipts } = yield* originals.keep({ originals: ["same", "other", "same"] })
        const again = yield* keepText("same")
        assert.strictEqual(receipts[0]?.ref, receipts[2]?.ref)
        assert.strictEqual(again.ref, receipts[0]?.ref)
        assert.strictEqual((yield* originals.stats).originals, 2)
      })
    )

    law("finds by any longer prefix of the digest, and nothing by another ref", () =>
      Effect.gen(function* () {
        const { digest } = yield* keepText("abc")
        for (const digits of [12, 13, 40, 63, 64]) assert.strictEqual(yield* found(ref(digest.slice(0, digits))), "abc")
        assert.strictEqual(yield* found(ref(`${digest.slice(0, 12)}0`)), "Unknown")
        assert.strictEqual(yield* found(ref("000000000000")), "Unknown")
        assert.strictEqual(yield* found(ref("f".repeat(64))), "Unknown")
      })
    )

    law(
      "lengthens a ref where two originals share its digits, and the first keeps its own",
      () =>
        Effect.gen(function* () {
          const originals = yield* Originals
          const first = yield* keepText("text 1")
          const { receipts } = yield* originals.keep({ originals: ["text 2", "text 3"] })
          const [second, third] = receipts
          assert.strictEqual(first.ref.length, 12)
          assert.isTrue((second?.ref.length ?? 0) > 14)
          assert.strictEqual(yield* found(first.ref), "text 1")
          assert.strictEqual(yield* found(second?.ref ?? first.ref), "text 2")
          assert.strictEqual(yield* found(third?.ref ?? first.ref), "text 3")
          const shared = yield* originals.find(ref("ab".repeat(7).slice(0, 13)))
          assert.strictEqual(shared._tag, "Ambiguous")
          assert.strictEqual((yield* keepText("text 2")).ref, second?.ref)
        }),
      { hash: colliding }
    )

    law("refuses a text with a lone surrogate, and keeps nothing of its batch", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const error = yield* failureOf(originals.keep({ originals: ["good", "bad \ud800"] }))
        assert.strictEqual(error.reason, "ill-formed")
        const late = yield* failureOf(
          originals.keep({ originals: ["good"], pins: () => [{ epoch: "", prefix: prefix("a"), text: "\udc00" }] })
        )
        assert.strictEqual(late.reason, "ill-formed")
        assert.strictEqual((yield* originals.stats).originals, 0)
      })
    )

    law("keeps nothing where making the pins goes wrong", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const exit = yield* Effect.exit(
          originals.keep({
            originals: ["text"],
            pins: () => {
              throw new Error("bug")
            }
          })
        )
        assert.strictEqual(exit._tag, "Failure")
        assert.strictEqual((yield* originals.stats).originals, 0)
        assert.strictEqual(yield* keepText("text").pipe(Effect.flatMap((receipt) => found(receipt.ref))), "text")
      })
    )

    law("lets the first pin win and gives it to both", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const key = { epoch: "e", prefix: prefix("1") }
        const first = yield* originals.keep({
          originals: ["text"],
          pins: ([receipt]) => [{ ...key, text: `see ${receipt?.ref}` }]
        })
        const second = yield* originals.keep({ originals: ["text"], pins: () => [{ ...key, text: "another" }] })
        const left = yield* originals.keep({ originals: [], pins: () => [{ ...key, text: undefined }] })
        const expected: ReadonlyArray<Pin> = [{ ...key, text: `see ${first.receipts[0]?.ref}` }]
        assert.deepStrictEqual(first.pins, expected)
        assert.deepStrictEqual(second.pins, expected)
        assert.deepStrictEqual(left.pins, expected)
      })
    )

    law(
      "gives pins in the order of their keys, none where there is none, and an empty text is not one left as it was",
      () =>
        Effect.gen(function* () {
          const originals = yield* Originals
          const pins: ReadonlyArray<Pin> = [
            { epoch: "", prefix: prefix("1"), text: "" },
            { epoch: "", prefix: prefix("2"), text: undefined },
            { epoch: "later", prefix: prefix("1"), text: "a\u0000\r\n🚀" }
          ]
          yield* originals.keep({ originals: [], pins: () => pins })
          const asked = yield* originals.pinned([...pins, { epoch: "later", prefix: prefix("2") }, ...pins.slice(0, 1)])
          assert.deepStrictEqual(asked, [...pins, undefined, pins[0]])
          assert.deepStrictEqual(yield* originals.pinned([]), [])
        })
    )

    law("shows the text that was pinned last for an original", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const pin = (digit: string, text: string | undefined) =>
          originals.keep({
            originals: ["original"],
            pins: ([receipt]) => [
              { epoch: "", prefix: prefix(digit), text, ...(receipt === undefined ? {} : { original: receipt.ref }) }
            ]
          })
        const first = yield* pin("1", "view")
        const original = first.receipts[0]?.ref ?? ref("0".repeat(12))
        assert.deepStrictEqual(first.pins, [{ epoch: "", prefix: prefix("1"), text: "view" }])
        assert.strictEqual(yield* originals.viewOf(original), "view")
        yield* pin("1", "not pinned, for there is one")
        assert.strictEqual(yield* originals.viewOf(original), "view")
        yield* pin("2", "\ud83d\ude80 later")
        assert.strictEqual(yield* originals.viewOf(original), "\ud83d\ude80 later")
        const other = yield* keepText("without a pin")
        assert.strictEqual(yield* originals.viewOf(other.ref), undefined)
        assert.strictEqual(yield* originals.viewOf(ref("0".repeat(12))), undefined)
      })
    )

    law("collects by age, and never what a session saw within the window", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const limits = { maxBytes: Number.MAX_SAFE_INTEGER, maxAgeMs: 2 * HOUR, liveMs: HOUR }
        const old = yield* keepText("old", alice)
        const living = yield* keepText("living", bob)
        yield* originals.keep({
          originals: [],
          session: alice,
          pins: () => [{ epoch: "", prefix: prefix("a"), text: "pin of alice" }]
        })
        yield* originals.keep({
          originals: [],
          session: bob,
          pins: () => [{ epoch: "", prefix: prefix("b"), text: "pin of bob" }]
        })
        yield* TestClock.adjust(3 * HOUR)
        // A sighting of one thing keeps all that the session may still ask for.
        yield* originals.sight([], bob)
        const gone = yield* originals.collect(limits)
        assert.strictEqual(gone.originals, 1)
        assert.strictEqual(gone.pins, 1)
        assert.isTrue(gone.bytes > 0)
        assert.strictEqual(yield* found(old.ref), "Unknown")
        assert.strictEqual(yield* found(living.ref), "living")
        const pins = yield* originals.pinned([
          { epoch: "", prefix: prefix("a") },
          { epoch: "", prefix: prefix("b") }
        ])
        assert.deepStrictEqual(
          pins.map((pin) => pin?.text),
          [undefined, "pin of bob"]
        )
        assert.deepStrictEqual(yield* originals.collect(limits), { originals: 0, pins: 0, bytes: 0 })
      })
    )

    law("collects by size what was not seen for longest, and spares the living above the limit", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const refs: Array<Ref> = []
        for (let i = 0; i < 4; i++) {
          refs.push((yield* keepText(`text ${i} ${"xyz ".repeat(100)}`)).ref)
          yield* TestClock.adjust(HOUR)
        }
        yield* originals.sight([ref(refs[0] ?? ""), ref("000000000000")])
        const { storedBytes } = yield* originals.stats
        const gone = yield* originals.collect({ maxBytes: storedBytes - 1, maxAgeMs: 100 * HOUR, liveMs: HOUR })
        assert.strictEqual(gone.originals, 1)
        assert.strictEqual(yield* found(ref(refs[1] ?? "")), "Unknown")
        assert.match(yield* found(ref(refs[0] ?? "")), /^text 0/)
        yield* originals.collect({ maxBytes: 0, maxAgeMs: 100 * HOUR, liveMs: 100 * HOUR })
        assert.strictEqual((yield* originals.stats).originals, 3)
        yield* originals.collect({ maxBytes: 0, maxAgeMs: 100 * HOUR, liveMs: -1 })
        assert.strictEqual((yield* originals.stats).storedBytes, 0)
      })
    )

    law("keeps again what was collected, under the same ref", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const first = yield* keepText("text")
        yield* originals.purge()
        assert.strictEqual(yield* found(first.ref), "Unknown")
        const second = yield* keepText("text")
        assert.strictEqual(second.ref, first.ref)
        assert.strictEqual(yield* found(second.ref), "text")
      })
    )

    law("purges what only one project has, or all", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const mine = yield* keepText("mine", alice)
        const both = yield* keepText("both", alice)
        yield* keepText("both", bob)
        const nobodys = yield* keepText("nobody's")
        yield* originals.keep({
          originals: [],
          session: alice,
          pins: () => [{ epoch: "", prefix: prefix("a"), text: "pin" }]
        })
        yield* originals.record([
          { kind: "log", outcome: "Exact", reason: "", tokensBefore: 9, tokensAfter: 1, project: alice.project, at: 0 }
        ])
        const gone = yield* originals.purge({ project: alice.project })
        assert.strictEqual(gone.originals, 1)
        assert.strictEqual(gone.pins, 1)
        assert.deepStrictEqual(yield* Effect.all([found(mine.ref), found(both.ref), found(nobodys.ref)]), [
          "Unknown",
          "both",
          "nobody's"
        ])
        assert.deepStrictEqual(yield* originals.totals(), [])
        yield* originals.purge()
        const stats = yield* originals.stats
        assert.deepStrictEqual(stats, { originals: 0, pins: 0, sessions: 0, originalBytes: 0, storedBytes: 0 })
      })
    )

    law("finds originals by their words", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const one = yield* keepText("connection refused by host db-1\n")
        const two = yield* keepText("connection established\nhost db-2 connection refused, connection refused\n")
        yield* keepText("nothing of the kind\n")
        assert.deepStrictEqual(new Set(yield* originals.search("Refused CONNECTION", 9)), new Set([one.ref, two.ref]))
        assert.deepStrictEqual(yield* originals.search("established", 9), [two.ref])
        assert.strictEqual((yield* originals.search("connection", 1)).length, 1)
        for (const none of ["absent", "", `"`, "NOT OR (", "refused absent", "*"])
          assert.deepStrictEqual(yield* originals.search(none, 9), [], none)
        yield* originals.purge()
        assert.deepStrictEqual(yield* originals.search("established", 9), [])
      })
    )

    law("sums the ledger by kind, outcome and reason, of a project and since a time", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        const row = {
          kind: "log",
          outcome: "Exact",
          reason: "",
          tokensBefore: 100,
          tokensAfter: 40,
          project: "/a",
          at: 5 * HOUR + 1
        }
        yield* originals.record([row, row, { ...row, outcome: "Unchanged", reason: "no-gain", tokensAfter: 100 }])
        yield* originals.record([{ ...row, project: "/b", at: 0 }])
        yield* originals.record([])
        assert.deepStrictEqual(yield* originals.totals(), [
          { kind: "log", outcome: "Exact", reason: "", count: 3, tokensBefore: 300, tokensAfter: 120 },
          { kind: "log", outcome: "Unchanged", reason: "no-gain", count: 1, tokensBefore: 100, tokensAfter: 100 }
        ])
        assert.strictEqual((yield* originals.totals({ project: "/b" }))[0]?.count, 1)
        assert.strictEqual((yield* originals.totals({ since: 5 * HOUR }))[0]?.count, 2)
      })
    )

    law("counts what it holds", () =>
      Effect.gen(function* () {
        const originals = yield* Originals
        yield* keepText("four", alice)
        yield* originals.keep({
          originals: ["é"],
          session: bob,
          pins: () => [{ epoch: "", prefix: prefix("a"), text: "pin" }]
        })
        const stats = yield* originals.stats
        assert.strictEqual(stats.originals, 2)
        assert.strictEqual(stats.pins, 1)
        assert.strictEqual(stats.sessions, 2)
        assert.strictEqual(stats.originalBytes, 6)
        assert.isTrue(stats.storedBytes > 6)
      })
    )
  })
}

/**
 * Laws of epochs, over generated conversations with pauses: within one the same prefix gives the same bytes, and at its birth nothing is
 * lost that a reader cannot get back.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { describe, expect, it } from "vitest"
import { hashParts, sameBytes } from "../src/adapters/bytes/node.ts"
import { layerMemory } from "../src/adapters/originals/memory.ts"
import { LIST_PRICES } from "../src/domain/economics.ts"
import { birthOf, gain, type Moment } from "../src/domain/epoch.ts"
import { holdsMarker, refsIn } from "../src/domain/marker.ts"
import { HERE, notesIn, sourceNameOf } from "../src/domain/repeat.ts"
import { addPrinted, addSaid, nothingSeen, settingsOf } from "../src/pipeline/compress-document.ts"
import { type Entry, FadingHistory } from "../src/pipeline/fade-history.ts"
import { Originals } from "../src/pipeline/ports/originals.ts"
import { layerRewriter } from "../src/pipeline/rewrite-request.ts"
import { Rewriter } from "../src/pipeline/rewriter.ts"
import { layerEngine } from "../src/pipeline/settle-slots.ts"
import { type Route, routeOf } from "../src/wire/endpoint.ts"
import { readMessages } from "../src/wire/shape.ts"
import { turnsFor } from "./arbitraries.ts"
import { conversation, type Turn } from "./conversations.ts"

const cold: Moment = { calls: 20, alive: 0, prices: LIST_PRICES }
const warm: Moment = { calls: 20, alive: 1, prices: LIST_PRICES }

/** What every conversation begins with, so that there is something to grow old: an output of which nothing is named again. */
const log: Turn = {
  _tag: "Ran",
  call: { tool: "Bash", input: { command: "docker logs app" } },
  output: Array.from(
    { length: 120 },
    (_, i) => `request ${i * 7919} of tenant-${i * 31} took ${(i * 37) % 91} ms`
  ).join("\n"),
  failed: false
}

/** Long enough for outputs to grow old. */
const long: fc.Arbitrary<ReadonlyArray<Turn>> = fc
  .array(conversation, { minLength: 2, maxLength: 5 })
  .map((parts) => parts.flat())
  .map(([first, ...others]) => [first as Turn, log, ...others])

const blocksOf = (turns: ReadonlyArray<Turn>) =>
  turnsFor("anthropic", turns).map((_, at, all) => readMessages(all.slice(0, at + 1).flat())?.document.blocks ?? [])

const textOf = <At>({ block, text }: Entry<At>): string | undefined =>
  block._tag === "Slot" ? (text ?? block.text) : undefined

/** The lines that the notes of each slot stand for, by its text; own lines aside. */
const namedLines = <At>(entries: ReadonlyArray<Entry<At>>): ReadonlyArray<ReadonlyArray<string | undefined>> => {
  const seen = nothingSeen()
  return entries.map(({ block, text }) => {
    if (block._tag !== "Slot") {
      addSaid(block, seen)
      return []
    }
    let name: string | undefined
    const named: Array<string | undefined> = []
    for (const note of notesIn(text ?? "")) {
      if (block.text.includes(note)) continue
      const source = sourceNameOf(note, name)
      if (source !== HERE) named.push(seen.shown.recall(note, { text: "", end: 0, source: name }))
      name = source
    }
    addPrinted(block, text ?? block.text, seen)
    return named
  })
}

/** What a reader of the history cannot get back: a ref that nobody stored, a note whose lines stand nowhere above. */
const lost = <At>(entries: ReadonlyArray<Entry<At>>): Effect.Effect<string | undefined, never, Originals> =>
  Effect.gen(function* () {
    const originals = yield* Originals
    const named = namedLines(entries)
    for (const [at, { block, text }] of entries.entries()) {
      if (block._tag !== "Slot" || text === undefined) continue
      if (named[at]?.includes(undefined) === true) return `a note names nothing in ${text}`
      for (const ref of refsIn(text)) {
        const found = yield* Effect.option(originals.find(ref))
        if (found._tag === "None" || found.value._tag !== "Found") return `${ref} is not stored`
        if (found.value.text !== block.text) return `${ref} is another's original`
      }
      if (text.includes("\n[… ") && !holdsMarker(block.text) && refsIn(text).length !== 1) return `no ref in ${text}`
    }
    return undefined
  })

const settings = settingsOf({ mode: "offload", budgetTokens: 300 }, false, true)

describe("a history that fades", () => {
  it("sends the same bytes but at births, stores what it hides, and names what stands above", async () => {
    let births = 0
    await fc.assert(
      fc.asyncProperty(
        long,
        fc.array(fc.constantFrom(cold, warm, undefined), { maxLength: 40 }),
        async (turns, moments) => {
          const runtime = ManagedRuntime.make(layerMemory())
          const history = new FadingHistory(settings)
          let known = 0
          let before: ReadonlyArray<string | undefined> = []
          for (const [at, blocks] of blocksOf(turns).entries()) {
            const moment = at === turns.length - 1 ? cold : moments[at]
            await runtime.runPromise(history.add(blocks.slice(known)))
            known = blocks.length
            const read = namedLines(history.entries)
            const sent = history.entries.map(textOf)
            const isBirth =
              moment !== undefined && (await runtime.runPromise(history.fade("strong", moment))) !== undefined
            if (isBirth) births++
            const now = history.entries.map(textOf)
            if (!isBirth) expect(now.slice(0, before.length)).toEqual(before)
            if (isBirth) {
              expect(await runtime.runPromise(lost(history.entries))).toBeUndefined()
              const readNow = namedLines(history.entries)
              for (const [index, text] of sent.entries())
                if (now[index] === text) expect(readNow[index]).toEqual(read[index])
            }
            before = now
          }
          expect(await runtime.runPromise(lost(history.entries))).toBeUndefined()
          await runtime.dispose()
        }
      ),
      { numRuns: 40 }
    )
    expect(births).toBeGreaterThan(0)
  })

  it("is the same whoever renders it from the same beginning", async () => {
    await fc.assert(
      fc.asyncProperty(long, async (turns) => {
        const all = blocksOf(turns)
        const fade = async (steps: boolean) => {
          const runtime = ManagedRuntime.make(layerMemory())
          const history = new FadingHistory(settings)
          let known = 0
          for (const blocks of steps ? all : all.slice(-1)) {
            await runtime.runPromise(history.add(blocks.slice(known)))
            known = blocks.length
          }
          await runtime.runPromise(history.fade("strong", cold))
          return history.entries.map(textOf)
        }
        expect(await fade(true)).toEqual(await fade(false))
      }),
      { numRuns: 25 }
    )
  })
})

/** A proxy over a store, at a time that is told to it. */
const proxyOver = (store: Layer.Layer<Originals>, fading: "off" | "strong") => {
  let now = 1_000_000
  const clock: Clock.Clock = {
    ...Clock.make(),
    currentTimeMillis: Effect.sync(() => now),
    unsafeCurrentTimeMillis: () => now
  }
  const options = { mode: "offload", fading, deadlineMs: 60_000, memoryBytes: 10_000_000, stabilises: false } as const
  const runtime = ManagedRuntime.make(
    layerRewriter({ ...options, hash: hashParts, same: sameBytes }).pipe(
      Layer.provide(layerEngine),
      Layer.provide(store)
    )
  )
  const route = routeOf("POST", "/v1/messages", {}) as Route
  return {
    wait: (ms: number) => {
      now += ms
    },
    send: async (messages: ReadonlyArray<unknown>) => {
      const body = new TextEncoder().encode(JSON.stringify({ model: "m", messages }))
      const headers = { "x-headroom-retrieval": "shell" }
      const sent = await runtime.runPromise(
        Effect.flatMap(Rewriter, (rewriter) => rewriter.rewrite({ route, headers, body })).pipe(Effect.withClock(clock))
      )
      // What goes on behind the request is done before the next.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
      const given = JSON.parse(new TextDecoder().decode(sent.body)) as { readonly messages: ReadonlyArray<unknown> }
      return { messages: given.messages.map((message) => JSON.stringify(message)), change: sent.expected.change }
    }
  }
}

const PAUSE_MS = 600_000

describe("a proxy whose conversations fade", () => {
  it("changes sent bytes at births alone; forks, rewinds, restarts and other processes share what they share", async () => {
    let births = 0
    await fc.assert(
      fc.asyncProperty(long, fc.array(fc.boolean(), { maxLength: 40 }), fc.nat(), async (turns, pauses, cut) => {
        const store = Layer.succeed(Originals, await ManagedRuntime.make(layerMemory()).runPromise(Originals))
        const proxy = proxyOver(store, "strong")
        const steps = turnsFor("anthropic", turns)
        const calls = steps.map((_, at) => steps.slice(0, at + 1).flat())
        const sent: Array<ReadonlyArray<string>> = []
        let first = calls.length
        for (const [at, call] of calls.entries()) {
          proxy.wait(pauses[at] === true || at === calls.length - 1 ? PAUSE_MS : 1_000)
          const { messages, change } = await proxy.send(call)
          const isBirth = change._tag === "Changed"
          if (isBirth) {
            births++
            expect(change.part).toBe("epoch")
            first = Math.min(first, at)
          } else expect(messages.slice(0, sent.at(-1)?.length ?? 0)).toEqual(sent.at(-1) ?? [])
          sent.push(messages)
        }
        // An epoch is known by the last answer in the request that it was born with, or, planned behind one, in the request before.
        const born = (calls[Math.max(0, first - 1)] as ReadonlyArray<{ readonly role: string }>).findLastIndex(
          ({ role }) => role === "assistant"
        )
        // Whoever asks gets the epoch that the prefix belongs to: at once again, from a new process, from one that does not fade.
        const others = [proxyOver(store, "strong"), proxyOver(store, "off")]
        for (const [at, call] of calls.entries()) {
          const again = (await proxy.send(call)).messages
          for (const other of others) expect((await other.send(call)).messages).toEqual(again)
          if (call.length <= born) expect(again).toEqual(sent[at])
        }
        const back = cut % calls.length
        const forked = [...(calls[back] as ReadonlyArray<unknown>), { role: "user", content: "and now?" }]
        const again = (await proxy.send(calls[back] as ReadonlyArray<unknown>)).messages
        for (const one of [proxy, ...others])
          expect((await one.send(forked)).messages.slice(0, again.length)).toEqual(again)
      }),
      { numRuns: 30 }
    )
    expect(births).toBeGreaterThan(0)
  })
})

describe("the gate", () => {
  const block = fc.record({ before: fc.nat(5_000), after: fc.nat(5_000) })
  const moment = fc.record({ calls: fc.integer({ min: 1, max: 300 }), alive: fc.constantFrom(0, 0.5, 1) })

  it("never admits what would not pay, and finds no worse place than any other", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 30 }), moment, (blocks, known) => {
        const at = { ...known, prices: LIST_PRICES }
        const birth = birthOf(blocks, at)
        const value = (from: number): number => {
          const behind = blocks.slice(from)
          const removed = behind.reduce((sum, one) => sum + one.before - one.after, 0)
          return gain(
            removed,
            behind.reduce((sum, one) => sum + one.after, 0),
            at
          )
        }
        if (birth === undefined) return
        expect(birth.removed).toBeGreaterThan(0)
        expect(birth.gain).toBeGreaterThan(0)
        expect(value(birth.from)).toBeGreaterThanOrEqual(birth.gain - 1e-6)
        if (at.alive === 0)
          for (let from = 0; from < blocks.length; from++)
            if (value(from) > birth.gain + 1e-6) expect(blocks[from]?.before).toBe(blocks[from]?.after)
      })
    )
  })
})

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Layer from "effect/Layer"
import { afterAll, describe, expect, it } from "vitest"
import { layerMemory } from "../src/adapters/originals/memory.ts"
import { layerSqlite } from "../src/adapters/originals/sqlite.ts"
import { registryOf } from "../src/compressors/registry.ts"
import { parsePart } from "../src/domain/part-note.ts"
import { HERE, notesIn, parseNote, sourceNameOf } from "../src/domain/repeat.ts"
import type { CompressOptions, Headroom } from "../src/pipeline/headroom.ts"
import { DEFAULT_BUDGET_TOKENS } from "../src/pipeline/compress-document.ts"
import { layer } from "../src/pipeline/service.ts"
import { readMessages } from "../src/wire/shape.ts"
import { bodiesThatFade, messages } from "./arbitraries.ts"
import { FEIGNED } from "./conversations.ts"
import type { Broken } from "./laws.ts"
import {
  compressed,
  followsFromThePast,
  isFixed,
  isPure,
  isRedeemable,
  leavesTheRest,
  namesWhatStays
} from "./message-laws.ts"

const folder = mkdtempSync(join(tmpdir(), "laws-"))
afterAll(() => rmSync(folder, { recursive: true }))

const inMemory = Layer.provide(layer, layerMemory())
const inFile = Layer.orDie(Layer.provide(layer, layerSqlite({ filename: join(folder, "originals.db") })))
const run = <A>(effect: Effect.Effect<A, never, Headroom>, store = inMemory): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, store))

const OPTIONS: ReadonlyArray<readonly [string, CompressOptions]> = [
  ["visible", { mode: "visible" }],
  ["offload", { mode: "offload" }],
  ["offload to a small budget", { mode: "offload", budgetTokens: 150, query: "cache worker" }],
  ["visible, users' text too", { mode: "visible", roles: ["tool", "user"] }]
]

/** A list is many texts: a quarter of the runs that a text's laws get. */
const numRuns = Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 4)

const holds = (law: (list: ReadonlyArray<unknown>) => Promise<Broken>): Promise<void> =>
  fc.assert(
    fc.asyncProperty(messages, async (list) => {
      expect(await law(list)).toBeUndefined()
    }),
    { numRuns }
  )

describe.each(OPTIONS)("a message list under %s", (_, options) => {
  it("keeps everything but slots' texts, and gives the same every time", () =>
    holds(async (list) => {
      const before = JSON.stringify(list)
      const one = await run(compressed(list, options))
      const two = await run(compressed(structuredClone(list), options))
      expect(two).toEqual(one)
      return leavesTheRest(list, before, one.messages)
    }))

  it("is decided by what is printed before each slot alone, lawfully", () =>
    holds(async (list) => {
      const { messages: result } = await run(compressed(list, options))
      const want = {
        visibleOnly: options.mode !== "offload",
        budgetTokens: options.budgetTokens ?? DEFAULT_BUDGET_TOKENS,
        question: options.query ?? "",
        wholeWords: true
      }
      return followsFromThePast(list, result, want, registryOf(), options.roles)
    }))

  it("stays as it is when compressed again", () => holds((list) => run(isFixed(list, options))))

  it("begins as its beginning does", () => holds((list) => run(isPure(list, options))))

  it("gives back every original that it names, from memory and from a file", () =>
    holds(async (list) => {
      const law = Effect.flatMap(compressed(list, options), (result) => isRedeemable(list, result))
      return (await run(law)) ?? (await run(law, inFile))
    }))
})

describe.each(OPTIONS.slice(0, 2))("a body whose provider may take blocks away, under %s", (_, options) => {
  it("names no block that may vanish, and keeps the laws of a message list", async () => {
    const seen = { notes: 0, here: 0, vanishing: 0 }
    await fc.assert(
      fc.asyncProperty(bodiesThatFade, async (body) => {
        const before = JSON.stringify(body)
        const { messages: result } = await run(compressed(body, options))
        expect(leavesTheRest(body, before, result)).toBeUndefined()
        expect(namesWhatStays(body, result)).toBeUndefined()
        const want = {
          visibleOnly: options.mode !== "offload",
          budgetTokens: DEFAULT_BUDGET_TOKENS,
          question: "",
          wholeWords: true
        }
        expect(followsFromThePast(body, result, want, registryOf())).toBeUndefined()
        for (const block of readMessages(result)?.document.blocks ?? []) {
          if (block.mayVanish === true) seen.vanishing++
          if (block._tag !== "Slot") continue
          const names = notesIn(block.text).map((note) =>
            FEIGNED.includes(note) ? undefined : sourceNameOf(note, undefined)
          )
          seen.notes += names.filter((name) => name !== undefined && name !== HERE).length
          seen.here += names.filter((name) => name === HERE).length
        }
      }),
      { numRuns }
    )
    for (const count of Object.values(seen)) expect(count, JSON.stringify(seen)).toBeGreaterThan(0)
  })
})

describe("a message list", () => {
  it("changes nothing under off", () =>
    holds(async (list) => {
      const { messages: result } = await run(compressed(list, { mode: "off" }))
      return result === list ? undefined : "another list"
    }))

  it("may hold a call whose arguments are endless or many", async () => {
    const endless: Record<string, unknown> = { text: "a\nb\nc" }
    endless["self"] = endless
    const many = { rows: Array.from({ length: 200_000 }, (_, i) => `${i}`) }
    for (const input of [endless, many]) {
      const list = [
        { role: "assistant", content: [{ type: "tool_use", id: "t", name: "Put", input }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "done" }] }
      ]
      expect((await run(compressed(list, {}))).messages).toBe(list)
    }
  })

  it("holds every form of a note, so that the laws above speak of them", async () => {
    const seen = {
      note: 0,
      here: 0,
      renumbered: 0,
      bare: 0,
      changed: 0,
      part: 0,
      partHere: 0,
      feigned: 0,
      offloaded: 0,
      exact: 0,
      visible: 0
    }
    for (const list of fc.sample(messages, { numRuns: 150, seed: 7 })) {
      const { messages: result, blocks } = await run(compressed(list, { mode: "offload", budgetTokens: 300 }))
      for (const { outcome } of blocks) {
        if (outcome === "Offloaded") seen.offloaded++
        if (outcome === "Exact") seen.exact++
        if (outcome === "Visible") seen.visible++
      }
      for (const block of readMessages(result)?.document.blocks ?? []) {
        if (block._tag !== "Slot") continue
        if (FEIGNED.some((text) => block.text.includes(text))) seen.feigned++
        for (const printed of notesIn(block.text)) {
          if (FEIGNED.includes(printed)) continue
          const part = parsePart(printed)
          if (part !== undefined) seen.part++
          if (part?.name === HERE) seen.partHere++
          const note = parseNote(printed)
          if (note === undefined) continue
          seen.note++
          if (note.name === HERE) seen.here++
          if (typeof note.gutter === "object") seen.renumbered++
          if (note.gutter === "none") seen.bare++
          if (note.changes.length > 0) seen.changed++
        }
      }
    }
    for (const count of Object.values(seen)) expect(count, JSON.stringify(seen)).toBeGreaterThan(3)
  })
})

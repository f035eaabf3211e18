/** Laws of reading a conversation out of a body's bytes: it is what the parsed body holds, wherever reading is taken up. */
import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { hashParts, sameBytes } from "../src/adapters/bytes/node.ts"
import { chainDigest } from "../src/domain/digest.ts"
import { openBody } from "../src/wire/request-body.ts"
import { readMessages, shapeNamed } from "../src/wire/shape.ts"
import { type Read, readTurns, sharedTurns, type Turn } from "../src/wire/transcript.ts"
import { type Provider, turnsFor, WIRES } from "./arbitraries.ts"
import { conversation } from "./conversations.ts"

const SHAPE_OF = {
  anthropic: "anthropic-messages",
  chat: "openai-chat",
  responses: "openai-responses",
  gemini: "gemini-contents"
} as const

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const scope = chainDigest(hashParts, "scope", [])

const read = (provider: Provider, list: Uint8Array, known: ReadonlyArray<Turn> = []): Read => {
  const shape = shapeNamed(SHAPE_OF[provider])
  const found =
    shape === undefined ? undefined : readTurns(list, known, { shape, roles: ["tool"], scope, hash: hashParts })
  if (found === undefined) throw new Error("no list of turns")
  return found
}

const session = fc
  .tuple(conversation, fc.constantFrom(...(Object.keys(WIRES) as ReadonlyArray<Provider>)), fc.constantFrom(0, 1, 2))
  .map(([turns, provider, indent]) => {
    const messages = turnsFor(provider, turns).flat()
    return { provider, messages, text: JSON.stringify(messages, null, indent) }
  })

describe("a conversation read from bytes", () => {
  it("has the blocks of the parsed body, each slot's span its JSON value", () => {
    fc.assert(
      fc.property(session, ({ provider, messages, text }) => {
        const list = encode(text)
        const { blocks, end, turns } = read(provider, list)
        expect(end).toBe(list.length)
        const given = readMessages({ [WIRES[provider].field]: messages })?.document.blocks ?? []
        const found = blocks.flat()
        expect(found.map(({ _tag }) => _tag)).toEqual(given.map(({ _tag }) => _tag))
        for (const [i, block] of found.entries()) {
          const other = given[i]
          if (block._tag !== "Slot" || other?._tag !== "Slot") continue
          expect({ ...block, at: 0 }).toEqual({ ...other, at: 0 })
          const value: unknown = JSON.parse(decode(list.subarray(...block.at.span)))
          expect(typeof value === "string" ? value : JSON.stringify(value)).toBe(block.text)
        }
        const keys = turns.flatMap((turn) => turn.slots.map(({ key }) => key))
        expect(new Set(keys).size).toBe(keys.length)
      })
    )
  })

  it("taken up behind any turn is what reading all of it gives", () => {
    fc.assert(
      fc.property(session, fc.nat(), ({ provider, text }, cut) => {
        const list = encode(text)
        const whole = read(provider, list)
        const known = whole.turns.slice(0, cut % (whole.turns.length + 1))
        const rest = read(provider, list, known)
        expect([...known, ...rest.turns]).toEqual(whole.turns)
        expect(rest.blocks).toEqual(whole.blocks.slice(known.length))
      })
    )
  })

  it("shares with another list the turns that stand in the same bytes", () => {
    fc.assert(
      fc.property(session, fc.nat(), fc.nat(), ({ provider, text }, at, length) => {
        const list = encode(text)
        const { turns } = read(provider, list)
        const place = at % list.length
        const other = Uint8Array.from(list)
        other[place] = (other[place] as number) ^ 1
        const shared = turns.filter(({ end }) => end <= place).length
        expect(sharedTurns(other, { list, turns }, sameBytes)).toBe(shared)
        const cut = length % list.length
        const kept = turns.filter(({ end }) => end <= cut).length
        expect(sharedTurns(list.subarray(0, cut), { list, turns }, sameBytes)).toBe(kept)
      })
    )
  })

  it("stands where the body says, whatever is known of it", () => {
    fc.assert(
      fc.property(session, fc.nat(), ({ provider, text }, cut) => {
        const { field } = WIRES[provider]
        const body = encode(`{"a" : [1], "${field}": ${text} ,"b":"]"}`)
        const { turns } = read(provider, encode(text))
        const known = turns[(cut % (turns.length + 1)) - 1]?.end ?? 0
        const opened = openBody(body, field, () => known)
        if (opened === undefined) throw new Error("not opened")
        expect(decode(body.subarray(...opened.list))).toBe(text)
        expect([...opened.members.keys()]).toEqual(["a", "b"])
      })
    )
  })
})

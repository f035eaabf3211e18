/**
 * Laws of rewriting request bodies, over generated conversations sent call by call: the library says what each slot must come to, and
 * every byte outside the slots is the client's.
 */
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { describe, expect, it } from "vitest"
import { hashParts, sameBytes } from "../src/adapters/bytes/node.ts"
import { layerMemory } from "../src/adapters/originals/memory.ts"
import { Headroom } from "../src/pipeline/headroom.ts"
import { Originals } from "../src/pipeline/ports/originals.ts"
import { layerRewriter } from "../src/pipeline/rewrite-request.ts"
import { Rewriter } from "../src/pipeline/rewriter.ts"
import { layer } from "../src/pipeline/service.ts"
import { layerEngine } from "../src/pipeline/settle-slots.ts"
import { type Route, routeOf } from "../src/wire/endpoint.ts"
import { spanOf } from "../src/wire/json-spans.ts"
import { type JsonRecord, listOf } from "../src/wire/json-value.ts"
import { readMessages } from "../src/wire/shape.ts"
import { type Provider, turnsFor, WIRES } from "./arbitraries.ts"
import { conversation } from "./conversations.ts"

const URLS: Readonly<Record<Provider, string>> = {
  anthropic: "/v1/messages?beta=true",
  chat: "/v1/chat/completions",
  responses: "/v1/responses",
  gemini: "/v1beta/models/gemini-3-pro:generateContent"
}

const routeFor = (provider: Provider, url = URLS[provider]): Route => {
  const route = routeOf("POST", url, {})
  if (route === undefined) throw new Error(`no route for ${url}`)
  return route
}

const options = {
  mode: "visible",
  deadlineMs: 60_000,
  memoryBytes: 1_000_000,
  hash: hashParts,
  same: sameBytes,
  stabilises: false
} as const

/** A proxy's rewriter over a store, which may be another's too. */
const proxyOver = (store: Layer.Layer<Originals>, settings: Partial<Parameters<typeof layerRewriter>[0]> = {}) => {
  const runtime = ManagedRuntime.make(
    layerRewriter({ ...options, ...settings }).pipe(Layer.provide(layerEngine), Layer.provide(store))
  )
  return {
    send: (route: Route, body: Uint8Array, headers = {}) =>
      runtime.runPromise(Effect.flatMap(Rewriter, (rewriter) => rewriter.rewrite({ route, headers, body })))
  }
}

/** One store for several proxies. */
const sharedStore = async (): Promise<Layer.Layer<Originals>> =>
  Layer.succeed(Originals, await ManagedRuntime.make(layerMemory()).runPromise(Originals))

const library = ManagedRuntime.make(layer.pipe(Layer.provide(layerMemory())))
const compressed = (body: unknown) =>
  library.runPromise(Effect.flatMap(Headroom, (headroom) => headroom.compress(body, { mode: "visible" })))

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

interface Sent {
  readonly provider: Provider
  /** The bodies of the calls, each one's messages beginning with those of the one before. */
  readonly calls: ReadonlyArray<string>
}

/** A body as a client might write it, with numbers that JavaScript would spell otherwise. */
const bodyOf = (provider: Provider, messages: ReadonlyArray<unknown>, indent: number): string => {
  const { field } = WIRES[provider]
  const head = `{"model": "m\\u002d1",\n "temperature":1.0,"seed" : 12345678901234567890, "x": "\\/\\u00e9é"`
  return `${head},"${field}":${JSON.stringify(messages, null, indent)} , "max_tokens":1e3, "a":{"a":1,"a":2}}\n`
}

const sessions: fc.Arbitrary<Sent> = fc
  .tuple(conversation, fc.constantFrom(...(Object.keys(WIRES) as ReadonlyArray<Provider>)), fc.constantFrom(0, 1))
  .map(([turns, provider, indent]) => {
    const steps = turnsFor(provider, turns)
    const calls: Array<string> = []
    const messages: Array<unknown> = []
    for (const step of steps) {
      messages.push(...step)
      calls.push(bodyOf(provider, messages, indent))
    }
    return { provider, calls }
  })

/** The parts of a body that no slot stands in. */
const outside = (body: Uint8Array, read: unknown): ReadonlyArray<string> => {
  const slots = (readMessages(read)?.document.blocks ?? []).flatMap((block) =>
    block._tag === "Slot" ? [block.at] : []
  )
  const parts: Array<string> = []
  let end = 0
  for (const path of slots) {
    const span = spanOf(body, path)
    if (span === undefined) throw new Error(`no value at ${path.join(".")}`)
    parts.push(decode(body.subarray(end, span[0])))
    end = span[1]
  }
  return [...parts, decode(body.subarray(end))]
}

const listOfBody = (provider: Provider, body: Uint8Array): string => {
  const span = spanOf(body, [WIRES[provider].field])
  if (span === undefined) throw new Error("no messages")
  return decode(body.subarray(span[0], span[1])).replace(/\s*\]$/, "")
}

describe("a session sent call by call", () => {
  it("comes to what the library makes of it, every byte outside the slots the client's, each call extending the one before", async () => {
    await fc.assert(
      fc.asyncProperty(sessions, async ({ provider, calls }) => {
        const proxy = proxyOver(layerMemory())
        const route = routeFor(provider)
        let before = ""
        for (const call of calls) {
          const body = encode(call)
          const { body: sent } = await proxy.send(route, body)
          const given = JSON.parse(call) as JsonRecord
          const { messages } = await compressed(given)
          expect(JSON.parse(decode(sent))).toEqual(messages)
          expect(outside(sent, given)).toEqual(outside(body, given))
          if (decode(sent) === call) expect(sent).toBe(body)
          const list = listOfBody(provider, sent)
          expect(list.startsWith(before)).toBe(true)
          before = list
        }
      }),
      { numRuns: 60 }
    )
  })

  it("is sent the same by a proxy that starts anew on the same store, and by two that take turns", async () => {
    await fc.assert(
      fc.asyncProperty(sessions, async ({ provider, calls }) => {
        const store = await sharedStore()
        const route = routeFor(provider)
        const [first, second] = [proxyOver(store), proxyOver(store)]
        const sent: Array<string> = []
        for (const [i, call] of calls.entries())
          sent.push(decode((await (i % 2 === 0 ? first : second).send(route, encode(call))).body))
        const alone = proxyOver(layerMemory())
        for (const [i, call] of calls.entries())
          expect(decode((await alone.send(route, encode(call))).body)).toBe(sent[i])
        const late = proxyOver(store)
        for (const [i, call] of calls.entries())
          expect(decode((await late.send(route, encode(call))).body)).toBe(sent[i])
      }),
      { numRuns: 30 }
    )
  })

  it("keeps what was sent where the client moves its cache marks, forks, rewinds, or begins with another head", async () => {
    await fc.assert(
      fc.asyncProperty(sessions, fc.nat(), async ({ provider, calls }, cut) => {
        const proxy = proxyOver(layerMemory(), { memoryBytes: 200_000 })
        const route = routeFor(provider)
        const { field } = WIRES[provider]
        const sent = new Map<number, JsonRecord>()
        for (const [i, call] of calls.entries())
          sent.set(i, JSON.parse(decode((await proxy.send(route, encode(marked(call, field)))).body)) as JsonRecord)
        const back = cut % calls.length
        const rewound = JSON.parse(calls[back] as string) as JsonRecord
        const forked = { system: "another head", ...rewound, [field]: [...listOf(rewound[field]), ...AFTER[provider]] }
        const again = JSON.parse(decode((await proxy.send(route, encode(JSON.stringify(forked)))).body)) as JsonRecord
        expect(unmarked(listOf(again[field]).slice(0, -1))).toEqual(unmarked(listOf(sent.get(back)?.[field])))
      }),
      { numRuns: 40 }
    )
  })
})

const AFTER: Readonly<Record<Provider, ReadonlyArray<unknown>>> = {
  anthropic: [{ role: "user", content: "and now?" }],
  chat: [{ role: "user", content: "and now?" }],
  responses: [{ type: "message", role: "user", content: [{ type: "input_text", text: "and now?" }] }],
  gemini: [{ role: "user", parts: [{ text: "and now?" }] }]
}

/** The call with a cache mark on the last block of its last message, as Claude Code sets it. */
const marked = (call: string, field: string): string => {
  const body = JSON.parse(call) as JsonRecord
  const list = [...listOf(body[field])] as Array<JsonRecord>
  const last = list.at(-1)
  const content = listOf(last?.["content"]) as ReadonlyArray<JsonRecord>
  const block = content.at(-1)
  if (last === undefined || block === undefined) return JSON.stringify(body)
  list[list.length - 1] = {
    ...last,
    content: [...content.slice(0, -1), { ...block, cache_control: { type: "ephemeral" } }]
  }
  return JSON.stringify({ ...body, [field]: list })
}

const unmarked = (list: ReadonlyArray<unknown>): unknown =>
  JSON.parse(
    JSON.stringify(list, (key, value: unknown) =>
      key === "content" && Array.isArray(value)
        ? value.map((block: JsonRecord) =>
            Object.fromEntries(Object.entries(block).filter(([name]) => name !== "cache_control"))
          )
        : value
    )
  )

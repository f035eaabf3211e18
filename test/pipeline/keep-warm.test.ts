/** Requests through the exchange to a scripted provider with a cache of its own, by a clock that stands still until it is moved. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { hashParts, sameBytes } from "../../src/adapters/bytes/node.ts"
import { layerZlib } from "../../src/adapters/encodings/zlib.ts"
import { layerMemory } from "../../src/adapters/originals/memory.ts"
import type { CallMoment } from "../../src/domain/cache-lifetime.ts"
import type { Exchange } from "../../src/domain/exchange.ts"
import { sumOf } from "../../src/domain/figures.ts"
import { LIST } from "../../src/domain/prices.ts"
import { tallyOf } from "../../src/domain/savings.ts"
import { type Call, Exchanges, layerExchanges, type Reply } from "../../src/pipeline/exchange.ts"
import { layerKeepWarm } from "../../src/pipeline/keep-warm.ts"
import type { TtlChoice } from "../../src/pipeline/lifetimes.ts"
import { Originals } from "../../src/pipeline/ports/originals.ts"
import { Upstream, UpstreamError, type UpstreamRequest } from "../../src/pipeline/ports/upstream.ts"
import { Recorder } from "../../src/pipeline/recorder.ts"
import { layerRewriter } from "../../src/pipeline/rewrite-request.ts"
import { layerEngine } from "../../src/pipeline/settle-slots.ts"
import { Timing, Warmth } from "../../src/pipeline/timing.ts"
import { routeOf } from "../../src/wire/endpoint.ts"

const MINUTE = 60_000

type Json = { readonly [key: string]: unknown }

/** A provider that caches whole prompts for five minutes, or an hour where a mark says so. */
class Provider {
  readonly seen: Array<UpstreamRequest & { readonly json: Json }> = []
  status: number | ((json: Json) => number) = 200
  isDown = false
  #known = { at: -Infinity, lifetimeMs: 0, tokens: 0 }

  answer(request: UpstreamRequest, now: number): { readonly status: number; readonly body: string } {
    const json = JSON.parse(new TextDecoder().decode(request.body as Uint8Array)) as Json
    this.seen.push({ ...request, json })
    const status = typeof this.status === "number" ? this.status : this.status(json)
    if (status !== 200) return { status, body: '{"type":"error","error":{"type":"invalid_request_error"}}' }
    const tokens = Math.round(JSON.stringify(json["messages"]).length / 4) + 20_000
    const isWarm = now - this.#known.at <= this.#known.lifetimeMs
    const read = isWarm ? Math.min(this.#known.tokens, tokens) : 0
    this.#known = {
      at: now,
      lifetimeMs: JSON.stringify(json).includes('"ttl":"1h"') ? 60 * MINUTE : 5 * MINUTE,
      tokens
    }
    const usage = {
      input_tokens: 3,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: tokens - read,
      output_tokens: 1
    }
    return { status, body: JSON.stringify({ type: "message", model: json["model"], content: [], usage }) }
  }

  get pings(): ReadonlyArray<UpstreamRequest & { readonly json: Json }> {
    return this.seen.filter(({ json }) => json["max_tokens"] === 1)
  }
}

interface World {
  readonly provider: Provider
  readonly records: Array<Omit<Exchange, "id">>
  /** What is known of how the user works. */
  readonly pauses: ReadonlyArray<number>
  readonly ttl?: TtlChoice
  readonly keepsWarm?: boolean
}

/** Calls with so many minutes between them, long ago. */
const callsWith = (pauses: ReadonlyArray<number>): ReadonlyArray<CallMoment> => {
  let at = 0
  return [0, ...pauses].map((minutes) => {
    at += minutes * MINUTE
    return { conversation: "old", at, tokens: 30_000, newTokens: 500 }
  })
}

const exchangesOver = ({ provider, records, pauses, ttl, keepsWarm = true }: World) => {
  const warmth = new Warmth()
  const callsIn = () => Effect.succeed(callsWith(pauses))
  const upstream = Layer.succeed(Upstream, {
    send: (request) =>
      Effect.gen(function* () {
        if (provider.isDown) return yield* new UpstreamError({ origin: "x", reason: "broken", code: "ECONNRESET" })
        const { status, body } = provider.answer(request, yield* Effect.clockWith((clock) => clock.currentTimeMillis))
        const chunks = [new TextEncoder().encode(body)]
        return {
          status,
          statusText: "",
          fields: ["content-type", "application/json"],
          read: Effect.sync(() => (chunks.length === 0 ? undefined : chunks.splice(0)))
        }
      })
  })
  const recorder = Layer.succeed(Recorder, {
    offer: (record) => Effect.sync(() => void records.push(record)),
    lost: Effect.succeed(0)
  })
  const timing = new Timing({
    lifetimes: ttl === undefined ? undefined : { choice: ttl, hash: hashParts, callsIn },
    warmth: keepsWarm ? warmth : undefined
  })
  const rewriter = layerRewriter({
    mode: "visible",
    deadlineMs: 60_000,
    memoryBytes: 1_000_000,
    hash: hashParts,
    same: sameBytes,
    stabilises: false,
    timing
  }).pipe(Layer.provide(Layer.fresh(layerEngine)))
  return layerExchanges({ maxDecodedBytes: 1 << 24, maxRetries: 0, project: "/p" }).pipe(
    Layer.provide(rewriter),
    Layer.provide(layerKeepWarm({ warmth, callsIn })),
    Layer.provide(Layer.mergeAll(layerZlib, upstream, recorder))
  )
}

const layersOf = (world: World) => Layer.provideMerge(exchangesOver(world), layerMemory())

const newWorld = (pauses: ReadonlyArray<number>, rest: Partial<World> = {}): World => ({
  provider: new Provider(),
  records: [],
  pauses,
  ...rest
})

const reply: Reply = { begin: () => Effect.void, write: () => Effect.void, end: Effect.void, cut: Effect.void }
const mark = { cache_control: { type: "ephemeral" } }
const tools = [{ name: "Bash", input_schema: { type: "object", properties: { cache_control: { type: "string" } } } }]

const messagesOf = (calls: number, first = "go"): ReadonlyArray<Json> => [
  { role: "user", content: first },
  ...Array.from({ length: calls - 1 }, (_, i) => [
    { role: "assistant", content: [{ type: "tool_use", id: `t${i}`, name: "Bash", input: { command: `run ${i}` } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: `t${i}`, content: `output ${i} `.repeat(400) }] }
  ]).flat()
]

/** The last block of the last message is marked, as clients do. */
const marked = (messages: ReadonlyArray<Json>): ReadonlyArray<Json> =>
  messages.map((message, at) => {
    if (at < messages.length - 1) return message
    const content = message["content"]
    if (typeof content === "string") return { ...message, content: [{ type: "text", text: content, ...mark }] }
    return { ...message, content: (content as ReadonlyArray<Json>).map((block) => ({ ...block, ...mark })) }
  })

interface Sending {
  readonly fields?: Json
  readonly headers?: Readonly<Record<string, string>>
  readonly isThere?: () => boolean
}

const KEY = { "x-api-key": "sk-secret", "anthropic-version": "2023-06-01" }

const send = (messages: ReadonlyArray<Json>, { fields = {}, headers = KEY, isThere }: Sending = {}) =>
  Effect.gen(function* () {
    const exchanges = yield* Exchanges
    const given = { ...headers, "x-claude-code-session-id": "session" }
    const route = routeOf("POST", "/v1/messages", given)
    if (route === undefined) throw new Error("no route")
    const system = [{ type: "text", text: "be good", ...mark }]
    const json = { model: "claude-opus-5", max_tokens: 4096, stream: false, tools, system, messages, ...fields }
    const call: Call = {
      route,
      method: "POST",
      fields: Object.entries(given).flat(),
      headers: given,
      body: new TextEncoder().encode(JSON.stringify(json)),
      ...(isThere === undefined ? {} : { isThere })
    }
    yield* exchanges.pass(call, reply)
  })

/** Time goes by, in steps in which what is due is done. */
const wait = (minutes: number) =>
  Effect.gen(function* () {
    for (let step = 0; step < minutes * 2; step++) {
      yield* TestClock.adjust(Duration.seconds(30))
      for (let turn = 0; turn < 20; turn++) yield* Effect.yieldNow()
    }
  })

const inWorld = (world: World, body: Effect.Effect<void, never, Exchanges | Originals>) =>
  Effect.provide(Effect.zipRight(TestClock.adjust("100 days"), body), layersOf(world))

const COMES_BACK = [1, 1, 7, 1, 8, 1, 12, 2, 9]

const netOf = (records: ReadonlyArray<Omit<Exchange, "id">>) =>
  records.map((record) =>
    sumOf(LIST, {
      ...tallyOf(record),
      provider: "anthropic",
      model: record.model,
      isSubscription: false,
      isRenewal: record.endpoint === "renewal",
      above: 0
    })
  )

describe("an idle conversation that is kept warm", () => {
  it.effect("costs a read now and then, and is found in the cache after the pause", () => {
    const world = newWorld(COMES_BACK)
    const { provider, records } = world
    return inWorld(
      world,
      Effect.gen(function* () {
        yield* send(marked(messagesOf(3)))
        yield* wait(8)
        assert.strictEqual(provider.pings.length, 1)
        const [ping] = provider.pings
        const { max_tokens: _, stream, ...rest } = ping?.json ?? {}
        const { max_tokens: __, stream: ___, ...before } = provider.seen[0]?.json ?? {}
        assert.deepStrictEqual(rest, before)
        assert.strictEqual(stream, false)
        assert.deepStrictEqual(ping?.fields, Object.entries({ ...KEY, "x-claude-code-session-id": "session" }).flat())
        yield* send(marked(messagesOf(4)))
        const [first, renewal, back] = records
        assert.deepStrictEqual(
          [first?.endpoint, renewal?.endpoint, back?.endpoint, back?.cacheMiss],
          ["messages", "renewal", "messages", "averted"]
        )
        assert.strictEqual(renewal?.conversation, first?.conversation)
        assert.isAbove(renewal?.usage?.cacheRead ?? 0, 20_000)
        assert.strictEqual(renewal?.usage?.cacheWrite, 0)
        // its price is taken off, what it averted is put on
        const [, cost, gain] = netOf(records)
        assert.isBelow(cost?.money.saved ?? 0, 0)
        assert.strictEqual(cost?.money.saved, -(cost?.money.paid ?? 0))
        assert.isAbove((gain?.money.saved ?? 0) + (cost?.money.saved ?? 0), 0)
        // no credential stands in a record
        assert.notInclude(JSON.stringify(records), "sk-secret")
      })
    )
  })

  it.effect("is given up after a quarter of an hour, and is cold then", () => {
    const world = newWorld([...COMES_BACK, 14, 14, 14, 17, 18])
    const { provider, records } = world
    return inWorld(
      world,
      Effect.gen(function* () {
        yield* send(marked(messagesOf(3)))
        yield* wait(40)
        assert.strictEqual(provider.pings.length, 3)
        yield* send(marked(messagesOf(4)))
        assert.strictEqual(records.at(-1)?.cacheMiss, "expired")
        yield* wait(6)
        assert.strictEqual(provider.pings.length, 4)
      })
    )
  })

  it.effect("is left alone while it is busy, and where nothing says that anybody comes back", () =>
    Effect.gen(function* () {
      const busy = newWorld(COMES_BACK)
      yield* inWorld(
        busy,
        Effect.gen(function* () {
          for (let call = 2; call < 8; call++) {
            yield* send(marked(messagesOf(call)))
            yield* wait(4)
          }
        })
      )
      assert.strictEqual(busy.provider.pings.length, 0)
      for (const pauses of [[], [1, 2, 1], [1, 300, 1, 500, 1, 700]]) {
        const world = newWorld(pauses)
        yield* inWorld(world, Effect.zipRight(send(marked(messagesOf(3))), wait(20)))
        assert.strictEqual(world.provider.pings.length, 0)
      }
    })
  )

  it.effect(
    "is so only under a key, with marks of five minutes, without a budget to think, and as long as its client is there",
    () =>
      Effect.gen(function* () {
        const budget = { thinking: { type: "enabled", budget_tokens: 2_000 } }
        const long = { cache_control: { type: "ephemeral", ttl: "1h" } }
        const cases: ReadonlyArray<readonly [what: string, messages: ReadonlyArray<Json>, sending: Sending]> = [
          ["a login", marked(messagesOf(3)), { headers: { authorization: "Bearer sk-ant-oat01-x" } }],
          ["no mark", messagesOf(3), { fields: { system: "be good" } }],
          ["an hour", messagesOf(3), { fields: long }],
          ["a budget", marked(messagesOf(3)), { fields: budget }],
          ["a client that is gone", marked(messagesOf(3)), { isThere: () => false }],
          ["a bypass", marked(messagesOf(3)), { headers: { ...KEY, "x-headroom-bypass": "true" } }],
          ["no tools", marked(messagesOf(3)), { fields: { tools: undefined } }]
        ]
        for (const [what, messages, sending] of cases) {
          const world = newWorld(COMES_BACK)
          yield* inWorld(world, Effect.zipRight(send(messages, sending), wait(12)))
          assert.strictEqual(world.provider.pings.length, 0, what)
        }
      })
  )

  it.effect("is no sub-agent's, but is what goes on after a compaction", () => {
    const world = newWorld(COMES_BACK)
    return inWorld(
      world,
      Effect.gen(function* () {
        yield* send(marked(messagesOf(3)))
        yield* send(marked(messagesOf(3, "look into it")), { fields: { system: [{ type: "text", text: "a helper" }] } })
        yield* send(marked(messagesOf(3, "a summary")))
        yield* wait(6)
        const firsts = world.provider.pings.map(({ json }) => (json["messages"] as ReadonlyArray<Json>)[0]?.["content"])
        assert.deepStrictEqual(new Set(firsts), new Set(["go", "a summary"]))
      })
    )
  })

  it.effect("is so no more once a renewal failed or found nothing", () =>
    Effect.gen(function* () {
      const failing: ReadonlyArray<(provider: Provider) => void> = [
        (provider) => (provider.status = ({ max_tokens }) => (max_tokens === 1 ? 400 : 200)),
        (provider) => (provider.status = ({ max_tokens }) => (max_tokens === 1 ? 529 : 200))
      ]
      for (const fail of failing) {
        const world = newWorld([...COMES_BACK, 14, 14, 14])
        fail(world.provider)
        yield* inWorld(
          world,
          Effect.gen(function* () {
            yield* send(marked(messagesOf(3)))
            yield* wait(14)
            yield* send(marked(messagesOf(4)))
            yield* wait(14)
          })
        )
        assert.strictEqual(world.provider.pings.length, 1)
        assert.deepInclude(world.records[1], { endpoint: "renewal", finish: "upstream-error", usage: undefined })
      }
      const world = newWorld([...COMES_BACK, 14, 14, 14])
      yield* inWorld(
        world,
        Effect.gen(function* () {
          yield* send(marked(messagesOf(3)))
          yield* wait(4)
          world.provider.isDown = true
          yield* wait(10)
          world.provider.isDown = false
          yield* send(marked(messagesOf(4)))
          yield* wait(14)
        })
      )
      assert.strictEqual(world.provider.pings.length, 0)
      assert.strictEqual(world.records.filter(({ endpoint }) => endpoint === "renewal").length, 1)
    })
  )
})

const ttlsIn = (json: Json | undefined): ReadonlyArray<string> =>
  [...JSON.stringify(json).matchAll(/"cache_control":\{"type":"ephemeral"(?:,"ttl":"(\w+)")?\}/g)].map(
    ([, ttl]) => ttl ?? "none"
  )

describe("the lifetime that a conversation's marks ask for", () => {
  const LONG_PAUSES = [1, 40, 1, 1, 30, 1, 50, 1, 20]
  const cold = { keepsWarm: false }

  it.effect("is what is asked for, in every mark, and nothing else changes", () => {
    const world = newWorld([], { ttl: "1h", ...cold })
    return inWorld(
      world,
      Effect.gen(function* () {
        yield* send(marked(messagesOf(1)))
        yield* send(marked(messagesOf(4)))
        for (const { json } of world.provider.seen) assert.deepStrictEqual(ttlsIn(json), ["1h", "1h"])
        assert.deepStrictEqual(world.provider.seen[0]?.json["tools"], tools)
        yield* wait(20)
        yield* send(marked(messagesOf(5)))
        // the ledger knows how long it lives
        assert.strictEqual(world.records.at(-1)?.cacheMiss, "none")
      })
    )
  })

  it.effect("is by auto what the user's own pauses make cheapest, and is kept although they change", () =>
    Effect.gen(function* () {
      const pauses = [...LONG_PAUSES]
      const world = newWorld(pauses, { ttl: "auto", ...cold })
      yield* inWorld(
        world,
        Effect.gen(function* () {
          yield* send(marked(messagesOf(1)))
          pauses.splice(0)
          yield* send(marked(messagesOf(2)))
        })
      )
      assert.deepStrictEqual(
        world.provider.seen.flatMap(({ json }) => ttlsIn(json)),
        ["1h", "1h", "1h", "1h"]
      )
      const steady = newWorld([1, 1, 1, 1, 2], { ttl: "auto", ...cold })
      yield* inWorld(steady, send(marked(messagesOf(1))))
      assert.deepStrictEqual(ttlsIn(steady.provider.seen[0]?.json), ["none", "none"])
    })
  )

  it.effect("is kept by the next process too, which was told something else", () => {
    const first = newWorld([], { ttl: "1h", ...cold })
    return inWorld(
      first,
      Effect.gen(function* () {
        yield* send(marked(messagesOf(1)))
        const originals = yield* Originals
        const second = newWorld([], { ttl: "5m", ...cold })
        const shared = Layer.provide(exchangesOver(second), Layer.succeed(Originals, originals))
        yield* Effect.provide(send(marked(messagesOf(2))), shared)
        assert.deepStrictEqual(ttlsIn(second.provider.seen[0]?.json), ["1h", "1h"])
      })
    )
  })

  it.effect("stays as the client wrote it under a login, for a sub-agent, and for what was under way", () =>
    Effect.gen(function* () {
      const world = newWorld([], { ttl: "1h", ...cold })
      yield* inWorld(
        world,
        Effect.gen(function* () {
          yield* send(marked(messagesOf(1)), { headers: { authorization: "Bearer sk-ant-oat01-x" } })
          yield* send(marked(messagesOf(3, "begun before")))
          yield* send(marked(messagesOf(5, "begun before")))
          yield* send(marked(messagesOf(1, "helper")), {
            fields: { system: [{ type: "text", text: "a helper", ...mark }] }
          })
        })
      )
      for (const { json } of world.provider.seen) assert.deepStrictEqual(ttlsIn(json), ["none", "none"])
    })
  )

  it.effect("is the client's again where the provider refuses the other one, and the client sees no error", () => {
    const world = newWorld([], { ttl: "1h", ...cold })
    const { provider, records } = world
    provider.status = (json) => (ttlsIn(json).includes("1h") ? 400 : 200)
    return inWorld(
      world,
      Effect.gen(function* () {
        yield* send(marked(messagesOf(1)))
        yield* send(marked(messagesOf(2)))
        assert.deepStrictEqual(
          records.map(({ status }) => status),
          [200, 200]
        )
        assert.deepStrictEqual(
          provider.seen.map(({ json }) => ttlsIn(json)[0]),
          ["1h", "none", "none"]
        )
      })
    )
  })
})

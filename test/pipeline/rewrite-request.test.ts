import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hashParts, sameBytes } from "../../src/adapters/bytes/node.ts"
import { layerMemory } from "../../src/adapters/originals/memory.ts"
import type { Mode } from "../../src/pipeline/headroom.ts"
import { Engine, EngineError } from "../../src/pipeline/ports/engine.ts"
import { Originals, OriginalsError } from "../../src/pipeline/ports/originals.ts"
import { layerRewriter, type RewriterOptions } from "../../src/pipeline/rewrite-request.ts"
import { type ClientRequest, Rewriter, type Rewritten } from "../../src/pipeline/rewriter.ts"
import { layerEngine } from "../../src/pipeline/settle-slots.ts"
import { routeOf } from "../../src/wire/endpoint.ts"

const LISTING = Array.from({ length: 40 }, (_, i) => `${i + 1}\texport const value${i} = compute(${i * 17})`).join("\n")
const ROWS = JSON.stringify(
  Array.from({ length: 30 }, (_, id) => ({ id, name: `user-${id}`, role: "member", active: true })),
  null,
  2
)

const asked = (text: string) => ({ role: "user", content: text })
const ran = (id: string, output: unknown, tool = "Bash") => [
  { role: "assistant", content: [{ type: "tool_use", id, name: tool, input: { command: "ls" } }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: output }] }
]
const answered = (text: string) => ({ role: "assistant", content: [{ type: "text", text }] })

interface Sending {
  readonly path?: string
  readonly headers?: ClientRequest["headers"]
  readonly fields?: object
}

const send = (messages: ReadonlyArray<unknown>, { path = "/v1/messages", headers = {}, fields = {} }: Sending = {}) =>
  Effect.flatMap(Rewriter, (rewriter) => {
    const route = routeOf("POST", path, headers)
    if (route === undefined) throw new Error(`no route for ${path}`)
    const body = new TextEncoder().encode(JSON.stringify({ model: "claude-sonnet-5", ...fields, messages }))
    return Effect.map(rewriter.rewrite({ route, headers, body }), (rewritten) => ({ ...rewritten, given: body }))
  })

/** The texts of the tool results as they were sent, in order. */
const outputs = ({ body }: Rewritten): ReadonlyArray<unknown> => {
  const { messages } = JSON.parse(new TextDecoder().decode(body)) as {
    messages: ReadonlyArray<{ content: ReadonlyArray<{ type: string; content?: unknown }> }>
  }
  return messages.flatMap(({ content }) =>
    Array.isArray(content) ? content.flatMap((block) => (block.type === "tool_result" ? [block.content] : [])) : []
  )
}

const options: RewriterOptions = {
  mode: "visible",
  deadlineMs: 60_000,
  memoryBytes: 1_000_000,
  hash: hashParts,
  same: sameBytes,
  stabilises: false
}

const on = (store: Layer.Layer<Originals>, settings: Partial<RewriterOptions> = {}) =>
  Layer.fresh(layerRewriter({ ...options, ...settings })).pipe(
    Layer.provide(Layer.fresh(layerEngine)),
    Layer.provide(store)
  )

describe("a request", () => {
  it.effect("is sent smaller, and says how much", () =>
    Effect.gen(function* () {
      const sent = yield* send([asked("go"), ...ran("a", ROWS)])
      assert.isBelow(sent.body.length, sent.given.length)
      assert.strictEqual(sent.slots[0]?.outcome, "Visible")
      assert.isBelow(sent.tokensAfter, sent.tokensBefore)
      assert.strictEqual(sent.newTokensBefore - sent.newTokensAfter, sent.tokensBefore - sent.tokensAfter)
      assert.deepStrictEqual(sent.expected.change, { _tag: "First" })
    }).pipe(Effect.provide(on(layerMemory())))
  )

  it.effect("keeps what it makes smaller, to be compared with what was sent", () => {
    const store = layerMemory()
    return Effect.gen(function* () {
      const sent = yield* send([asked("go"), ...ran("a", ROWS)])
      const next = yield* send([asked("go"), ...ran("a", ROWS), ...ran("b", "ok")])
      const originals = yield* Originals
      const [ref, unchanged] = [...sent.slots, ...next.slots].map((slot) => slot.ref)
      if (ref === undefined) return assert.fail("nothing was kept")
      const found = yield* originals.find(ref)
      assert.strictEqual(found._tag === "Found" ? found.text : found._tag, ROWS)
      assert.strictEqual(yield* originals.viewOf(ref), outputs(sent)[0])
      assert.strictEqual(unchanged, undefined)
    }).pipe(Effect.provide(Layer.provideMerge(on(store), store)))
  })

  it.effect("that holds nothing to change is the very buffer that came", () =>
    Effect.gen(function* () {
      for (const messages of [[asked("go")], [asked("go"), ...ran("a", "ok")], []]) {
        const sent = yield* send(messages)
        assert.strictEqual(sent.body, sent.given)
      }
    }).pipe(Effect.provide(on(layerMemory())))
  )

  it.effect("of another route, a bypassed one, and one that is no conversation are the very buffer too", () =>
    Effect.gen(function* () {
      const messages = [asked("go"), ...ran("a", ROWS)]
      for (const how of [{ path: "/v1/complete" }, { headers: { "x-headroom-bypass": "true" } }]) {
        const sent = yield* send(messages, how)
        assert.strictEqual(sent.body, sent.given)
        assert.deepStrictEqual(sent.passedOver, [])
      }
      const rewriter = yield* Rewriter
      for (const text of [
        "",
        "{",
        "[]",
        '{"messages":1}',
        '{"messages":[1]}',
        '{"messages":[],"messages":[]}',
        "\ufeff{}"
      ]) {
        const body = new TextEncoder().encode(text)
        const route = routeOf("POST", "/v1/messages", {})
        if (route === undefined) throw new Error("no route")
        const sent = yield* rewriter.rewrite({ route, headers: {}, body })
        assert.strictEqual(sent.body, body)
      }
    }).pipe(Effect.provide(on(layerMemory())))
  )

  it.effect("that is no valid UTF-8 goes on as it came", () =>
    Effect.gen(function* () {
      const rewriter = yield* Rewriter
      const text = JSON.stringify({ messages: [asked("go"), ...ran("a", ROWS)] })
      const body = new TextEncoder().encode(text)
      body[text.indexOf("user-3")] = 0xff
      const route = routeOf("POST", "/v1/messages", {})
      if (route === undefined) throw new Error("no route")
      assert.strictEqual((yield* rewriter.rewrite({ route, headers: {}, body })).body, body)
    }).pipe(Effect.provide(on(layerMemory())))
  )
})

describe("a conversation", () => {
  it.effect("that the proxy is attached to leaves what was sent, and points at it", () =>
    Effect.gen(function* () {
      const history = [asked("go"), ...ran("a", LISTING, "Read"), answered("I see")]
      const sent = yield* send([...history, ...ran("b", LISTING, "Read")])
      const [first, second] = outputs(sent)
      assert.strictEqual(first, LISTING)
      assert.match(String(second), /^\[lines 1-40 as in Read/)
      assert.strictEqual(sent.slots[0]?.reason, "sent")
      const next = yield* send([...history, ...ran("b", LISTING, "Read"), answered("so"), ...ran("c", "done")])
      assert.deepStrictEqual(outputs(next).slice(0, 2), [first, second])
    }).pipe(Effect.provide(on(layerMemory())))
  )

  it.effect("keeps its renderings where its credentials are renewed, and shares none with another key's", () =>
    Effect.gen(function* () {
      const messages = [asked("go"), ...ran("a", ROWS)]
      const later = [...messages, answered("so"), ...ran("b", "done")]
      yield* send(messages, { headers: { authorization: "Bearer sk-ant-oat01-one" } })
      const renewed = yield* send(later, { headers: { authorization: "Bearer sk-ant-oat01-two" } })
      assert.notStrictEqual(outputs(renewed)[0], ROWS)
      const other = yield* send(later, { headers: { "x-api-key": "another" } })
      assert.strictEqual(outputs(other)[0], ROWS)
    }).pipe(Effect.provide(on(layerMemory())))
  )

  it.effect("whose client sends a text as a block with a cache mark later is the same conversation", () =>
    Effect.gen(function* () {
      const marked = { role: "user", content: [{ type: "text", text: "go", cache_control: { type: "ephemeral" } }] }
      const first = yield* send([asked("go"), ...ran("a", ROWS)])
      const next = yield* send([marked, ...ran("a", ROWS), answered("so"), ...ran("b", "done")])
      assert.strictEqual(outputs(next)[0], outputs(first)[0])
      assert.notStrictEqual(outputs(next)[0], ROWS)
    }).pipe(Effect.provide(on(layerMemory())))
  )

  it.effect("that is counted gets the renderings that it will be sent with, and nothing is pinned", () =>
    Effect.gen(function* () {
      const messages = [asked("go"), ...ran("a", ROWS)]
      const counted = yield* send(messages, { path: "/v1/messages/count_tokens" })
      const store = yield* Originals
      assert.strictEqual((yield* store.stats).pins, 0)
      assert.deepStrictEqual(outputs(yield* send(messages)), outputs(counted))
      assert.isAbove((yield* store.stats).pins, 0)
    }).pipe(Effect.provide(withStore()))
  )

  it.effect("that is compacted shows the model nothing of what stood before", () =>
    Effect.gen(function* () {
      const history = [asked("go"), ...ran("a", LISTING, "Read")]
      const before = yield* send(history)
      const compacted = [...history, { role: "assistant", content: [{ type: "compaction", content: "a listing" }] }]
      const sent = yield* send([...compacted, ...ran("b", LISTING, "Read")])
      assert.strictEqual(outputs(sent)[0], outputs(before)[0])
      assert.notMatch(String(outputs(sent)[1]), /above/)
    }).pipe(Effect.provide(on(layerMemory())))
  )

  it.effect("whose old results the provider clears is pointed at nowhere", () =>
    Effect.gen(function* () {
      const fields = { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } }
      const messages = [asked("go"), ...ran("a", LISTING, "Read"), answered("so"), ...ran("b", LISTING, "Read")]
      assert.notMatch(String(outputs(yield* send(messages, { fields }))[1]), /above/)
      assert.match(String(outputs(yield* send(messages))[1]), /above/)
    }).pipe(Effect.provide(on(layerMemory())))
  )

  it.effect("hides nothing where the client could not get it back", () =>
    Effect.gen(function* () {
      const log = Array.from(
        { length: 3_000 },
        (_, i) => `INFO step ${i * 7919} of ${i} took ${i % 13} ms at node ${i % 7}`
      ).join("\n")
      const mode: Mode = "offload"
      yield* Effect.gen(function* () {
        const hidden = (sent: Rewritten) => /headroom retrieve/.test(String(outputs(sent)[0]))
        const messages = (text: string) => [asked(text), ...ran("a", log)]
        assert.isFalse(hidden(yield* send(messages("one"))))
        assert.isTrue(hidden(yield* send(messages("two"), { headers: { "x-headroom-retrieval": "shell" } })))
        const tools = [{ name: "mcp__headroom__headroom_retrieve", input_schema: { type: "object" } }]
        assert.isTrue(hidden(yield* send(messages("three"), { fields: { tools } })))
      }).pipe(Effect.provide(on(layerMemory(), { mode })))
    })
  )
})

describe("volatile lines of the system text", () => {
  const system = (date: string) => ({ system: `You help.\nToday is ${date}.\nBe brief.` })
  const systemOf = ({ body }: Rewritten): unknown =>
    (JSON.parse(new TextDecoder().decode(body)) as { readonly system: unknown }).system

  it.effect("move behind the stable ones at first sight, and stay there when they change", () =>
    Effect.gen(function* () {
      const turns = [asked("go"), ...ran("a", "ok")]
      assert.strictEqual(systemOf(yield* send([asked("go")], { fields: system("2026-11-24") })), MOVED)
      assert.strictEqual(systemOf(yield* send(turns, { fields: system("2026-11-24") })), MOVED)
      const later = systemOf(yield* send([...turns, answered("1")], { fields: system("2026-11-25") }))
      assert.strictEqual(later, MOVED.replace("24", "25"))
    }).pipe(Effect.provide(on(layerMemory(), { stabilises: true })))
  )

  it.effect("stay where they were sent before the proxy was attached, then and later", () =>
    Effect.gen(function* () {
      const fields = system("2026-11-24")
      const turns = [asked("go"), ...ran("a", "ok")]
      assert.strictEqual(systemOf(yield* send(turns, { fields })), fields.system)
      assert.strictEqual(systemOf(yield* send([...turns, answered("1")], { fields })), fields.system)
    }).pipe(Effect.provide(on(layerMemory(), { stabilises: true })))
  )

  it.effect("stay where they are unless that is asked for", () =>
    Effect.gen(function* () {
      const sent = yield* send([asked("go")], { fields: system("2026-11-24") })
      assert.strictEqual(sent.body, sent.given)
    }).pipe(Effect.provide(on(layerMemory())))
  )
})

const MOVED = "You help.\nBe brief.\nToday is 2026-11-24."

/** The rewriter and its store. */
const withStore = () => Layer.provideMerge(layerRewriter(options).pipe(Layer.provide(layerEngine)), layerMemory())

/** A store that can be taken away, and given back. */
const fickle = Effect.map(Layer.build(layerMemory()), (context) => {
  const store = Context.get(context, Originals)
  let isAway = false
  const failing = <A>(operation: "keep" | "pinned", work: Effect.Effect<A, OriginalsError>) =>
    Effect.suspend(() => (isAway ? Effect.fail(new OriginalsError({ operation, reason: "full" })) : work))
  return {
    layer: Layer.succeed(Originals, {
      ...store,
      keep: (batch) => failing("keep", store.keep(batch)),
      pinned: (keys) => failing("pinned", store.pinned(keys))
    }),
    set: (away: boolean) => {
      isAway = away
    }
  }
})

describe("failures of ours", () => {
  it.scoped("of the store in mid-session change nothing that was sent, over a restart once it is back", () =>
    Effect.gen(function* () {
      const store = yield* fickle
      const turns = [
        [asked("go"), ...ran("a", ROWS)],
        [answered("1"), ...ran("b", LISTING, "Read")],
        [answered("2"), ...ran("c", LISTING, "Read")],
        [answered("3"), ...ran("d", ROWS)]
      ]
      const upTo = (count: number) => turns.slice(0, count).flat()
      const sent = yield* Effect.gen(function* () {
        yield* send(upTo(1))
        store.set(true)
        const away = yield* send(upTo(2))
        assert.deepStrictEqual(away.passedOver, ["store"])
        yield* send(upTo(3))
        store.set(false)
        return yield* send(upTo(4))
      }).pipe(Effect.provide(on(store.layer)))
      const again = yield* Effect.provide(send([...upTo(4), answered("4")]), on(store.layer))
      assert.deepStrictEqual(outputs(again), outputs(sent))
      assert.notStrictEqual(outputs(sent)[1], LISTING)
    })
  )

  it.scoped("where no pin can be read what was sent is rendered again as it was", () =>
    Effect.gen(function* () {
      const store = yield* fickle
      const messages = [asked("go"), ...ran("a", ROWS)]
      const sent = yield* Effect.provide(send(messages), on(store.layer))
      store.set(true)
      const again = yield* Effect.provide(send([...messages, answered("1"), ...ran("b", "done")]), on(store.layer))
      assert.strictEqual(outputs(again)[0], outputs(sent)[0])
    })
  )

  it.effect("of the engine leave the request as it came, then and later", () => {
    const left: Array<string> = []
    const broken = Layer.succeed(Engine, {
      settle: () => Effect.fail(new EngineError({ reason: "overdue" })),
      fade: () => Effect.fail(new EngineError({ reason: "overdue" })),
      leave: (keys) => Effect.sync(() => void left.push(...keys))
    })
    return Effect.gen(function* () {
      const messages = [asked("go"), ...ran("a", ROWS)]
      const sent = yield* send(messages)
      assert.strictEqual(sent.body, sent.given)
      assert.deepStrictEqual(sent.passedOver, ["deadline"])
      const later = yield* send([...messages, answered("1")])
      assert.strictEqual(later.body, later.given)
      assert.deepStrictEqual(later.passedOver, [])
      yield* Effect.yieldNow()
      assert.strictEqual(left.length, 1)
    }).pipe(Effect.provide(layerRewriter(options).pipe(Layer.provide(broken))))
  })

  it.effect("past its deadline a request is left as it came, and stays so", () =>
    Effect.gen(function* () {
      const messages = [asked("go"), ...ran("a", ROWS)]
      const sent = yield* send(messages)
      assert.strictEqual(sent.body, sent.given)
      assert.deepStrictEqual(sent.passedOver, ["deadline"])
      const later = yield* send([...messages, answered("1")])
      assert.strictEqual(later.body, later.given)
    }).pipe(Effect.provide(on(layerMemory(), { deadlineMs: -1 })))
  )
})

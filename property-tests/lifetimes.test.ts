/** A lifetime that is written into a conversation's marks: the same from its first request on, and the only thing that differs. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import { hashParts, sameBytes } from "../src/adapters/bytes/node.ts"
import { layerMemory } from "../src/adapters/originals/memory.ts"
import type { CallMoment } from "../src/domain/cache-lifetime.ts"
import type { TtlChoice } from "../src/pipeline/lifetimes.ts"
import type { Originals } from "../src/pipeline/ports/originals.ts"
import { layerRewriter } from "../src/pipeline/rewrite-request.ts"
import { Rewriter } from "../src/pipeline/rewriter.ts"
import { layerEngine } from "../src/pipeline/settle-slots.ts"
import { Timing } from "../src/pipeline/timing.ts"
import { routeOf } from "../src/wire/endpoint.ts"

const HEADERS = { "x-api-key": "k", "anthropic-version": "1", "x-claude-code-session-id": "s" }
const MINUTE = 60_000

const habits = fc
  .array(fc.constantFrom(1, 2, 7, 30, 50), { maxLength: 12 })
  .map((pauses): ReadonlyArray<CallMoment> => {
    let at = 0
    return pauses.map((minutes) => ({
      conversation: "c",
      at: (at += minutes * MINUTE),
      tokens: 20_000,
      newTokens: 800
    }))
  })

/** A proxy that begins anew: told this, with these habits of its user. */
const epochs = fc.array(
  fc.record({ choice: fc.constantFrom<TtlChoice>("5m", "1h", "auto"), habits, calls: fc.integer({ min: 1, max: 4 }) }),
  { minLength: 1, maxLength: 4 }
)

const outputs = fc.constantFrom(
  "ok",
  JSON.stringify(
    Array.from({ length: 20 }, (_, id) => ({ id, name: `user-${id}`, role: "member" })),
    null,
    2
  ),
  '{"cache_control":{"type":"ephemeral"}}'
)
const ttls = fc.constantFrom(undefined, "5m", "1h")

const mark = (ttl: string | undefined) => ({
  cache_control: { type: "ephemeral", ...(ttl === undefined ? {} : { ttl }) }
})

const bodyOf = (texts: ReadonlyArray<string>, ttl: string | undefined): Uint8Array => {
  const messages = [
    { role: "user", content: [{ type: "text", text: "go" }] },
    ...texts.flatMap((content, i) => [
      { role: "assistant", content: [{ type: "tool_use", id: `t${i}`, name: "Bash", input: { command: `run ${i}` } }] },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: `t${i}`, content, ...(i === texts.length - 1 ? mark(ttl) : {}) }]
      }
    ])
  ]
  const tools = [{ name: "Bash", input_schema: { type: "object" }, ...mark(ttl) }]
  return new TextEncoder().encode(JSON.stringify({ model: "claude-opus-5", max_tokens: 9, tools, messages }))
}

const MARK = /"cache_control":\{"type":"ephemeral"(?:,"ttl":"(\w+)")?\}/g
const ttlsIn = (text: string): ReadonlyArray<string> => [...text.matchAll(MARK)].map(([, ttl]) => ttl ?? "5m")

const sending = (store: Context.Context<Originals>, timing: Timing | undefined) => {
  const layer = layerRewriter({
    mode: "visible",
    deadlineMs: 60_000,
    memoryBytes: 1 << 20,
    hash: hashParts,
    same: sameBytes,
    stabilises: false,
    ...(timing === undefined ? {} : { timing })
  }).pipe(Layer.provide(Layer.fresh(layerEngine)), Layer.provide(Layer.succeedContext(store)))
  const route = routeOf("POST", "/v1/messages", HEADERS)
  if (route === undefined) throw new Error("no route")
  return Effect.map(
    Effect.provide(Rewriter, layer),
    (rewriter) => (body: Uint8Array) =>
      Effect.map(rewriter.rewrite({ route, headers: HEADERS, body }), (sent) => new TextDecoder().decode(sent.body))
  )
}

describe("a conversation whose marks are given a lifetime", () => {
  it("keeps the one that it began with, over restarts and other settings, and is else sent as without", async () => {
    await fc.assert(
      fc.asyncProperty(epochs, fc.array(outputs, { minLength: 12, maxLength: 12 }), ttls, (all, texts, ttl) =>
        Effect.gen(function* () {
          const store = yield* Effect.context<Originals>()
          const other = yield* Layer.build(layerMemory())
          const plain = yield* sending(other, undefined)
          let count = 0
          let chosen: string | undefined
          for (const { choice, habits: calls, calls: more } of all) {
            const callsIn = () => Effect.succeed(calls)
            const timing = new Timing({ lifetimes: { choice, hash: hashParts, callsIn }, warmth: undefined })
            const send = yield* sending(store, timing)
            for (let call = 0; call < more; call++) {
              const body = bodyOf(texts.slice(0, count++), ttl)
              const sent = yield* send(body)
              const without = yield* plain(body)
              expect(sent.replace(MARK, "MARK")).toBe(without.replace(MARK, "MARK"))
              const [first, ...others] = ttlsIn(sent)
              for (const each of others) expect(each).toBe(first)
              chosen ??= first
              expect(first).toBe(chosen)
              if (choice !== "auto" && count === 1) expect(first).toBe(choice)
            }
          }
        }).pipe(Effect.scoped, Effect.provide(layerMemory()), Effect.runPromise)
      ),
      { numRuns: 60 }
    )
  })
})

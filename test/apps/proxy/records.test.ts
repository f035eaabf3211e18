/** What is recorded of an exchange behind its answer. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import type { Exchange } from "../../../src/domain/exchange.ts"
import { layerMemory } from "../../../src/adapters/ledger/memory.ts"
import { Ledger } from "../../../src/pipeline/ports/ledger.ts"
import { OriginalsError } from "../../../src/pipeline/ports/originals.ts"
import { layerRecorder, Recorder } from "../../../src/pipeline/recorder.ts"
import { call, startProxy, startVendor } from "./harness.ts"

const USAGE = { input_tokens: 7, cache_creation_input_tokens: 11, cache_read_input_tokens: 13, output_tokens: 5 }
const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`
const START = event("message_start", { message: { model: "claude-x", usage: { ...USAGE, output_tokens: 1 } } })
const STOP =
  event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } }) +
  event("message_stop", {})
const TEXT = Array.from({ length: 50 }, (_, i) =>
  event("content_block_delta", { index: 0, delta: { type: "text_delta", text: `word ${i} ` } })
).join("")
const read = { uncached: 7, cacheRead: 13, cacheWrite: 11, cacheWriteHour: 0, output: 5 }

const recordOf = async (
  answer: Buffer | string,
  fields: Record<string, string>,
  body = '{"model":"m","messages":[]}'
): Promise<Exchange> => {
  const vendor = await startVendor((_, __, response) => void response.writeHead(200, fields).end(answer))
  const proxy = await startProxy({ upstream: vendor.port, set: { HEADROOM_PROJECT: "/p" } })
  await call(proxy.port, { path: "/v1/messages", headers: { "x-api-key": "k", "x-headroom-session-id": "s" }, body })
  return (await proxy.recorded(1))[0] as Exchange
}
const SSE = { "content-type": "text/event-stream; charset=utf-8" }

describe("a record", () => {
  it("says what the provider reports of a stream", async () => {
    expect(await recordOf(START + TEXT + STOP, SSE)).toMatchObject({
      provider: "anthropic",
      endpoint: "messages",
      model: "m",
      conversation: "s",
      project: "/p",
      isStream: true,
      isSubscription: false,
      status: 200,
      finish: "complete",
      usage: read,
      bytesBefore: 27,
      bytesAfter: 27,
      prefix: { _tag: "First" },
      passedOver: [],
      id: expect.stringMatching(/^[0-9a-z]{9}-[0-9a-z]{4}-[0-9a-z]{4}$/),
      overheadMs: expect.any(Number),
      firstByteMs: expect.any(Number),
      totalMs: expect.any(Number)
    })
  })

  it.each<readonly [string, (text: string) => Buffer]>([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync]
  ])("reads a stream in %s too", async (encoding, encode) => {
    expect(await recordOf(encode(START + TEXT + STOP), { ...SSE, "content-encoding": encoding })).toMatchObject({
      usage: read,
      finish: "complete"
    })
  })

  it("does without where the encoding is unknown", async () => {
    expect(await recordOf(START + STOP, { ...SSE, "content-encoding": "snappy" })).toMatchObject({
      usage: undefined,
      finish: "complete"
    })
  })

  it("tells a stream that ended early, or by an error, from one that ended well", async () => {
    expect(await recordOf(START + TEXT, SSE)).toMatchObject({ finish: "truncated", usage: { uncached: 7 } })
    const error = event("error", { error: { type: "overloaded_error", message: "m" } })
    expect(await recordOf(START + error, SSE)).toMatchObject({ finish: "upstream-error", status: 200 })
  })

  it("says what an answer at once reports", async () => {
    const answer = JSON.stringify({
      type: "message",
      model: "claude-x",
      content: [],
      stop_reason: "end_turn",
      usage: USAGE
    })
    expect(await recordOf(answer, { "content-type": "application/json" }, "{")).toMatchObject({
      usage: read,
      isStream: false,
      model: "claude-x",
      passedOver: ["unreadable"]
    })
  })
})

describe("a ledger that fails", () => {
  const exchange = {} as Exchange
  const offered = (ledger: Ledger["Type"], count: number) =>
    Effect.gen(function* () {
      const recorder = yield* Recorder
      for (let i = 0; i < count; i++) yield* recorder.offer({ ...exchange, at: i, passedOver: [] }, 0)
      yield* Effect.sleep(20)
      return yield* recorder.lost
    }).pipe(
      Effect.provide(layerRecorder.pipe(Layer.provide(Layer.succeed(Ledger, ledger)))),
      Logger.withMinimumLogLevel(LogLevel.None),
      Effect.runPromise
    )
  const nothing = Effect.runSync(Effect.provide(Ledger, layerMemory()))

  it("loses its records and says how many", async () => {
    const full = Effect.fail(new OriginalsError({ operation: "record", reason: "full" }))
    expect(await offered({ ...nothing, record: () => full }, 10)).toBe(10)
    expect(await offered({ ...nothing, record: () => Effect.die("bug") }, 10)).toBe(10)
  })

  it("holds no more than a bounded number back", async () => {
    let written = 0
    const slow = Effect.sleep(1).pipe(Effect.zipRight(Effect.sync(() => written++)), Effect.asVoid)
    const lost = await offered({ ...nothing, record: () => slow }, 5_000)
    expect(lost).toBeGreaterThan(3_500)
    expect(written + lost).toBe(5_000)
  })

  it("gets what still waits when the proxy ends, with ids that sort as they came", async () => {
    const ids: Array<string> = []
    expect(await offered({ ...nothing, record: ({ id }) => Effect.sync(() => void ids.push(id)) }, 500)).toBe(0)
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(500)
  })
})

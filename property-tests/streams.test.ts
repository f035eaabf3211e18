/** Laws of reading streams: events do not depend on how the bytes are cut, and nothing that a stream holds makes a reader throw. */
import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import type { Endpoint } from "../src/domain/exchange.ts"
import { inputOf } from "../src/domain/usage.ts"
import type { Answer } from "../src/wire/answer.ts"
import { type EventReader, eventReader, type StreamEvent } from "../src/wire/sse.ts"
import { answerReader } from "../src/wire/usage.ts"

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

const cuts = fc.array(fc.nat(10_000), { maxLength: 30 })

const chunksOf = (bytes: Uint8Array, places: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const sorted = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b)
  return [...sorted, bytes.length].map((place, i) => bytes.subarray(sorted[i - 1] ?? 0, place))
}

const eventsIn = (
  chunks: ReadonlyArray<Uint8Array>,
  reader: EventReader = eventReader()
): ReadonlyArray<StreamEvent> => [...chunks.flatMap((chunk) => reader.feed(chunk)), ...reader.end()]

const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.json())
const line = text.map((value) => value.replace(/[\r\n]/g, " "))

/** Events, and how a server writes them. */
const stream = fc
  .record({
    events: fc.array(
      fc.record({
        name: fc.option(fc.stringMatching(/^[a-z_.]{1,20}$/), { nil: undefined }),
        data: fc.array(line, { minLength: 1, maxLength: 3 }),
        noise: fc.array(fc.constantFrom(": ping", ":", "id: 7", "retry: 300", "retry: soon", "unknown: x", "bare"), {
          maxLength: 2
        }),
        space: fc.boolean()
      }),
      { maxLength: 8 }
    ),
    newline: fc.constantFrom("\n", "\r\n", "\r"),
    mark: fc.boolean()
  })
  .map(({ events, newline, mark }) => {
    const written = events.flatMap(({ name, data, noise, space }) => [
      ...noise,
      ...(name === undefined ? [] : [`event:${space ? " " : ""}${name}`]),
      ...data.map((part) => `data: ${part}`),
      "",
      ...(noise.length > 1 ? [""] : [])
    ])
    return {
      bytes: encode(`${mark ? "\ufeff" : ""}${written.map((part) => part + newline).join("")}`),
      events: events.map(({ name, data }) => ({ name, data: data.join("\n") }))
    }
  })

/** What has been seen to come through wires, and what has not. */
const soup = fc
  .array(
    fc.constantFrom(
      "data:",
      "data: ",
      "data",
      "event: a",
      ":",
      "\n",
      "\r",
      "\r\n",
      "\n\n",
      "{",
      "}",
      "[",
      "]",
      '"',
      "\\",
      ",",
      "[DONE]",
      '{"a":"}"}',
      "é",
      "👩‍💻",
      "\ufeff",
      "ï»¿",
      " "
    ),
    { maxLength: 40 }
  )
  .map((parts) => encode(parts.join("")))

describe("a stream's events", () => {
  it("are those that were written, however it is cut", () => {
    fc.assert(
      fc.property(stream, cuts, ({ bytes, events }, places) => {
        expect(eventsIn(chunksOf(bytes, places))).toEqual(events)
      })
    )
  })

  it("do not depend on the cuts, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.uint8Array({ maxLength: 200 })), cuts, (bytes, places) => {
        expect(eventsIn(chunksOf(bytes, places))).toEqual(eventsIn([bytes]))
      }),
      { numRuns: 2_000 }
    )
  })

  it("end at what is too large to hold, and nothing throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          soup,
          stream.map(({ bytes }) => bytes)
        ),
        cuts,
        fc.nat(40),
        (bytes, places, cap) => {
          const reader = eventReader(cap)
          const found = eventsIn(chunksOf(bytes, places), reader)
          for (const { data } of found) expect(data.length).toBeLessThanOrEqual(cap)
          if (reader.isOver) expect(reader.feed(encode("data: 1\n\n"))).toEqual([])
        }
      )
    )
  })
})

describe("the values of a JSON stream", () => {
  const values = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), { minLength: 1, maxLength: 6 })

  it("are those of its array or lines, however it is written and cut", () => {
    fc.assert(
      fc.property(
        values,
        fc.constantFrom(undefined, 2, "\t"),
        fc.constantFrom(["[", ",\r\n", "]"], ["[ ", "\n,\n", "\n]\n"], ["", "\n", "\n"], ["\ufeff", "\r\n", ""]),
        cuts,
        (list, indent, [open, between, close], places) => {
          const bytes = encode(
            `${open}${list.map((value) => JSON.stringify(value, null, indent)).join(between)}${close}`
          )
          const found = eventsIn(chunksOf(bytes, places)).map(({ data }): unknown => JSON.parse(data))
          expect(found).toEqual(list.map((value): unknown => JSON.parse(JSON.stringify(value))))
        }
      )
    )
  })
})

const ENDPOINTS: ReadonlyArray<Endpoint> = [
  "messages",
  "chat-completions",
  "responses",
  "generate-content",
  "count-tokens"
]

const answerIn = (endpoint: Endpoint, chunks: ReadonlyArray<Uint8Array>): Answer | undefined => {
  const reader = answerReader(endpoint)
  for (const chunk of chunks) reader?.feed(chunk)
  reader?.end()
  return reader?.answer
}

const count = fc.oneof(fc.nat(100_000), fc.constantFrom(null, -1, 1.5, "7", undefined))
const counts = fc.record({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  cache_creation: fc.record({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }),
  input_tokens_details: fc.record({ cached_tokens: count, cache_write_tokens: count }),
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: fc.record({ cached_tokens: count, cache_write_tokens: count }),
  promptTokenCount: count,
  cachedContentTokenCount: count,
  candidatesTokenCount: count,
  thoughtsTokenCount: count,
  toolUsePromptTokenCount: count
})

/** Values in the form of every wire at once, so that each reader finds its own among strangers. */
const event = fc.oneof(
  fc.record(
    {
      type: fc.constantFrom(
        "message",
        "message_start",
        "message_delta",
        "message_stop",
        "content_block_start",
        "error",
        "response.completed",
        "response.output_item.done",
        "ping",
        "new.kind"
      ),
      message: fc.record({ usage: counts, model: text }),
      delta: fc.record({ stop_reason: fc.option(text) }),
      usage: counts,
      usageMetadata: counts,
      response: fc.record({ usage: counts, status: fc.constantFrom("completed", "in_progress", 3) }),
      candidates: fc.array(fc.record({ finishReason: fc.option(text) })),
      choices: fc.array(fc.record({ finish_reason: fc.option(text), delta: fc.anything() })),
      error: fc.option(fc.oneof(text, fc.record({ type: text, message: text }), fc.jsonValue())),
      item: fc.jsonValue(),
      content_block: fc.jsonValue()
    },
    { requiredKeys: [] }
  ),
  fc.jsonValue(),
  fc.constant("[DONE]")
)

describe("an answer", () => {
  it("is read without a throw from any events, and what it counts is never negative", () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        fc.constantFrom(...ENDPOINTS),
        cuts,
        (events, endpoint, places) => {
          const written = events.map((value) => `data: ${JSON.stringify(value).replace(/^"\[DONE\]"$/, "[DONE]")}\n\n`)
          const bytes = encode(written.join(""))
          const answer = answerIn(endpoint, chunksOf(bytes, places))
          expect(answer).toEqual(answerIn(endpoint, [bytes]))
          const usage = answer?.usage
          if (usage === undefined) return
          for (const tokens of Object.values(usage)) expect(tokens).toBeGreaterThanOrEqual(0)
        }
      )
    )
  })

  it("never has more input in its parts than the provider counts in all", () => {
    fc.assert(
      fc.property(counts, (usage) => {
        const whole = (usage_: unknown): Uint8Array => encode(JSON.stringify({ usage: usage_, usageMetadata: usage_ }))
        const sum = (endpoint: Endpoint): number | undefined => {
          const found = answerIn(endpoint, [whole(usage)])?.usage
          return found === undefined ? undefined : inputOf(found)
        }
        if (typeof usage.prompt_tokens === "number" && usage.prompt_tokens >= 0)
          expect(sum("chat-completions")).toBe(usage.prompt_tokens)
        if (typeof usage.input_tokens === "number" && usage.input_tokens >= 0)
          expect(sum("responses")).toBe(usage.input_tokens)
      })
    )
  })
})

import { describe, expect, it } from "vitest"
import type { Endpoint } from "../../src/domain/exchange.ts"
import { type Answer, NO_ANSWER } from "../../src/wire/answer.ts"
import { answerReader } from "../../src/wire/usage.ts"

const answerTo = (endpoint: Endpoint, text: string): Answer => {
  const reader = answerReader(endpoint)
  if (reader === undefined) throw new Error("not read")
  reader.feed(new TextEncoder().encode(text))
  reader.end()
  return reader.answer
}

const streamed = (endpoint: Endpoint, ...events: ReadonlyArray<unknown>): Answer =>
  answerTo(
    endpoint,
    events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("")
  )

const whole = (endpoint: Endpoint, value: unknown): Answer => answerTo(endpoint, JSON.stringify(value))

const usage = (uncached: number, cacheRead: number, cacheWrite: number, cacheWriteHour: number, output: number) => ({
  uncached,
  cacheRead,
  cacheWrite,
  cacheWriteHour,
  output
})

describe("Anthropic", () => {
  const start = (counts: object) => ({ type: "message_start", message: { model: "m", content: [], usage: counts } })
  const delta = (counts: object) => ({ type: "message_delta", delta: { stop_reason: "tool_use" }, usage: counts })

  it("begins with counts and ends with totals, of the fields that it tells", () => {
    expect(
      streamed(
        "messages",
        start({
          input_tokens: 5,
          cache_read_input_tokens: 100,
          cache_creation_input_tokens: 30,
          cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
          output_tokens: 1
        }),
        { type: "content_block_start", index: 0, content_block: { type: "server_tool_use", name: "web_search" } },
        {
          type: "content_block_start",
          index: 1,
          content_block: { type: "tool_use", id: "t", name: "Bash", input: {} }
        },
        { type: "content_block_delta", index: 1, delta: { type: "new_delta" } },
        { type: "a_new_event", usage: { input_tokens: 9_999 } },
        delta({ output_tokens: 40 }),
        { type: "message_stop" }
      )
    ).toEqual({
      usage: usage(5, 100, 10, 20, 40),
      model: "m",
      finished: true,
      error: undefined,
      stop: "tool_use",
      tools: ["Bash"]
    })
  })

  it.each<readonly [what: string, first: object, last: object, written: readonly [number, number]]>([
    ["the split of before", { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 }, {}, [10, 20]],
    ["one class where all was of it", { ephemeral_1h_input_tokens: 30 }, { cache_creation_input_tokens: 50 }, [0, 50]],
    ["the shorter one without a split", {}, { cache_creation_input_tokens: 50 }, [50, 0]],
    [
      "its own split",
      { ephemeral_1h_input_tokens: 30 },
      { cache_creation_input_tokens: 50, cache_creation: { ephemeral_1h_input_tokens: 5 } },
      [45, 5]
    ],
    [
      "no more than was written",
      {},
      { cache_creation_input_tokens: 4, cache_creation: { ephemeral_1h_input_tokens: 9 } },
      [0, 4]
    ]
  ])("splits what is written by %s", (_, first, last, [short, hour]) => {
    const found = streamed(
      "messages",
      start({ input_tokens: 1, cache_creation_input_tokens: 30, cache_creation: first, output_tokens: 1 }),
      delta({ output_tokens: 2, ...last })
    )
    expect(found.usage).toEqual(usage(1, 0, short, hour, 2))
  })

  it("pays for every sampling behind one answer", () => {
    expect(
      whole("messages", {
        type: "message",
        model: "m",
        stop_reason: "end_turn",
        content: [{ type: "text", text: "x" }],
        usage: {
          input_tokens: 700,
          output_tokens: 20,
          iterations: [
            { type: "compaction", input_tokens: 6_000, output_tokens: 50, cache_read_input_tokens: 9 },
            { type: "message", input_tokens: 700, output_tokens: 20, cache_creation_input_tokens: 3 }
          ]
        }
      })
    ).toMatchObject({ usage: usage(6_700, 9, 3, 0, 70), finished: true, stop: "end_turn" })
  })

  it("starts anew at a second start", () => {
    expect(
      streamed(
        "messages",
        start({ input_tokens: 17, output_tokens: 1 }),
        { type: "content_block_start", content_block: { type: "tool_use", name: "lost" } },
        start({ input_tokens: 18, output_tokens: 1 }),
        delta({ output_tokens: 3 })
      )
    ).toMatchObject({ usage: usage(18, 0, 0, 0, 3), tools: [], finished: false })
  })

  it("fails whole, or in mid-stream", () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "sk-ant-secret" } }
    expect(whole("messages", error)).toEqual({ ...NO_ANSWER, error: "overloaded_error" })
    const broken = streamed("messages", start({ input_tokens: 3, output_tokens: 1 }), error)
    expect(broken).toMatchObject({ usage: usage(3, 0, 0, 0, 1), finished: false, error: "overloaded_error" })
    expect(JSON.stringify(broken)).not.toContain("secret")
  })
})

describe("Chat completions", () => {
  const chunk = (choice: object, rest: object = {}) => ({
    object: "chat.completion.chunk",
    model: "m",
    choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }],
    ...rest
  })

  it("has its usage in a last chunk, or none", () => {
    const chunks = [
      { model: "", choices: [] },
      chunk({ delta: { tool_calls: [{ index: 0, id: "c", function: { name: "run", arguments: "" } }] } }),
      chunk({ delta: { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] } }),
      chunk({ finish_reason: "" }),
      chunk({ finish_reason: "tool_calls" })
    ]
    const told = {
      model: "m",
      choices: [],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 7,
        total_tokens: 107,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 }
      }
    }
    expect(streamed("chat-completions", ...chunks, told, "[DONE]")).toEqual({
      usage: usage(10, 60, 30, 0, 7),
      model: "m",
      finished: true,
      error: undefined,
      stop: "tool_calls",
      tools: ["run"]
    })
    expect(streamed("chat-completions", ...chunks)).toMatchObject({ usage: undefined, finished: true })
    expect(streamed("chat-completions", ...chunks.slice(0, 4))).toMatchObject({ finished: false, stop: undefined })
  })

  it.each<readonly [vendor: string, counts: object, told: object]>([
    [
      "that counts reasoning apart",
      { prompt_tokens: 12, completion_tokens: 1, total_tokens: 303 },
      usage(12, 0, 0, 0, 291)
    ],
    [
      "that names its cache otherwise",
      { prompt_tokens: 12, completion_tokens: 1, prompt_cache_hit_tokens: 8 },
      usage(4, 8, 0, 0, 1)
    ],
    [
      "whose cache is larger than its prompt",
      { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 9, cache_write_tokens: 9 } },
      usage(0, 5, 0, 0, 1)
    ]
  ])("of a vendor %s", (_, counts, told) => {
    expect(whole("chat-completions", { choices: [], usage: counts }).usage).toEqual(told)
    expect(whole("chat-completions", { choices: [], x_groq: { usage: counts } }).usage).toEqual(told)
  })

  it("comes whole", () => {
    expect(
      whole("chat-completions", {
        model: "m",
        choices: [
          {
            finish_reason: "tool_calls",
            message: { tool_calls: [{ function: { name: "a" } }, { custom: { name: "b" } }], content: null }
          },
          { finish_reason: "stop", message: { function_call: { name: "c" } } }
        ]
      })
    ).toMatchObject({ finished: true, stop: "stop", tools: ["a", "b", "c"] })
  })

  it("fails whole, or in mid-stream", () => {
    const error = { error: { message: "m", type: "server_error", code: null } }
    expect(whole("chat-completions", error)).toEqual({ ...NO_ANSWER, error: "server_error" })
    expect(streamed("chat-completions", chunk({}), error)).toMatchObject({ finished: false, error: "server_error" })
    expect(streamed("chat-completions", chunk({}), { error: "no" }).error).toBe("error")
    expect(streamed("chat-completions", chunk({}), { error: { code: 502 } }).error).toBe("502")
  })
})

describe("Responses", () => {
  const counts = {
    input_tokens: 100,
    output_tokens: 9,
    total_tokens: 109,
    input_tokens_details: { cached_tokens: 80, cache_write_tokens: 5 }
  }

  it("ends with the whole, and calls as its items end", () => {
    expect(
      streamed(
        "responses",
        { type: "response.created", response: { model: "m", status: "in_progress", usage: null, error: null } },
        { type: "response.output_item.done", item: { type: "function_call", name: "run", arguments: "{}" } },
        { type: "response.output_item.done", item: { type: "web_search_call" } },
        { type: "response.output_item.done", item: { type: "local_shell_call" } },
        { type: "response.new_kind.done", item: { type: "function_call", name: "no" } },
        { type: "response.completed", response: { model: "m-1", status: "completed", usage: counts, output: [] } }
      )
    ).toEqual({
      usage: usage(15, 80, 5, 0, 9),
      model: "m-1",
      finished: true,
      error: undefined,
      stop: "completed",
      tools: ["run", "local_shell"]
    })
  })

  it("says why it is incomplete", () => {
    const response = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" }, usage: counts }
    expect(streamed("responses", { type: "response.incomplete", response })).toMatchObject({
      finished: true,
      stop: "max_output_tokens",
      error: undefined
    })
  })

  it("comes whole, a compaction without status", () => {
    const output = [{ type: "custom_tool_call", name: "patch", input: "" }, { type: "message" }]
    expect(whole("responses", { object: "response", status: "completed", output, usage: counts })).toMatchObject({
      usage: usage(15, 80, 5, 0, 9),
      finished: true,
      tools: ["patch"]
    })
    expect(whole("responses", { object: "response", status: "queued", output: [] }).finished).toBe(false)
    expect(whole("responses", { object: "response.compaction", output: [], usage: counts }).finished).toBe(true)
  })

  it("fails at its end, or in mid-stream in either form", () => {
    const response = { status: "failed", error: { code: "rate_limit_exceeded", message: "m" } }
    expect(streamed("responses", { type: "response.failed", response }).error).toBe("rate_limit_exceeded")
    expect(streamed("responses", { type: "error", code: "server_error", message: "m" })).toMatchObject({
      error: "server_error",
      finished: false
    })
    const nested = { type: "error", error: { type: "usage_limit_reached", message: "m" } }
    expect(streamed("responses", nested).error).toBe("usage_limit_reached")
    expect(whole("responses", { error: { message: "m", type: "invalid_request_error" } })).toMatchObject({
      error: "invalid_request_error",
      finished: false
    })
  })
})

describe("Gemini", () => {
  const part = (candidate: object, counts?: object) => ({
    candidates: [{ content: { role: "model", parts: [{ text: "x" }] }, ...candidate }],
    modelVersion: "g",
    ...(counts === undefined ? {} : { usageMetadata: counts })
  })

  const call = { content: { parts: [{ functionCall: { name: "run", willContinue: true } }, { functionCall: {} }] } }

  it("counts on, its cache within the prompt, thoughts and tools beside", () => {
    const events = [
      part({}, { promptTokenCount: 10, totalTokenCount: 10 }),
      part(call),
      part(
        { finishReason: "STOP" },
        {
          promptTokenCount: 100,
          cachedContentTokenCount: 70,
          toolUsePromptTokenCount: 5,
          candidatesTokenCount: 4,
          thoughtsTokenCount: 6
        }
      )
    ]
    const told = {
      usage: usage(35, 70, 0, 0, 10),
      model: "g",
      finished: true,
      error: undefined,
      stop: "STOP",
      tools: ["run"]
    }
    expect(streamed("generate-content", ...events)).toEqual(told)
    expect(answerTo("generate-content", JSON.stringify(events))).toEqual(told)
    expect(streamed("generate-content", ...events.slice(0, 2)).finished).toBe(false)
  })

  it("may refuse the prompt, or fail", () => {
    expect(whole("generate-content", { promptFeedback: { blockReason: "SAFETY" } })).toMatchObject({
      stop: "SAFETY",
      finished: true
    })
    const error = { error: { code: 429, message: "m", status: "RESOURCE_EXHAUSTED" } }
    expect(whole("generate-content", error).error).toBe("RESOURCE_EXHAUSTED")
    expect(streamed("generate-content", part({}), error)).toMatchObject({
      error: "RESOURCE_EXHAUSTED",
      finished: false
    })
  })
})

describe("other answers", () => {
  it("are counts, which end with themselves", () => {
    expect(whole("count-tokens", { input_tokens: 3 })).toEqual({ ...NO_ANSWER, finished: true })
    expect(whole("count-tokens", { type: "error", error: { type: "not_found_error" } })).toEqual({
      ...NO_ANSWER,
      error: "not_found_error"
    })
  })

  it("are not read, or are no JSON", () => {
    expect(answerReader("other")).toBeUndefined()
    for (const text of ["<html>502</html>", "", "data: {broken\n\n", "null", "[]", "data: 1\n\n"])
      for (const endpoint of ["messages", "chat-completions", "responses", "generate-content"] as const)
        expect([text, answerTo(endpoint, text)]).toEqual([text, NO_ANSWER])
  })
})

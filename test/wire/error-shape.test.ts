import { describe, expect, it } from "vitest"
import { errorEvent, errorReply } from "../../src/wire/error-shape.ts"
import { answerReader } from "../../src/wire/usage.ts"

const ANTHROPIC = { provider: "anthropic", endpoint: "messages" } as const
const CHAT = { provider: "openai", endpoint: "chat-completions" } as const
const RESPONSES = { provider: "openai", endpoint: "responses" } as const
const GEMINI = { provider: "gemini", endpoint: "generate-content" } as const

describe("an error reply", () => {
  const body = (...args: Parameters<typeof errorReply>): unknown => JSON.parse(errorReply(...args).body)

  it("has the form of the provider", () => {
    expect(body(ANTHROPIC, 413, "m")).toEqual({ type: "error", error: { type: "request_too_large", message: "m" } })
    expect(body(CHAT, 413, "m")).toEqual({
      error: { message: "m", type: "invalid_request_error", param: null, code: null }
    })
    expect(body(GEMINI, 413, "m")).toEqual({ error: { code: 413, message: "m", status: "INVALID_ARGUMENT" } })
  })

  it("has the form of the wire where one provider speaks another's", () => {
    expect(body({ provider: "gemini", endpoint: "chat-completions" }, 502, "m")).toEqual(body(CHAT, 502, "m"))
    expect(body({ provider: "anthropic", endpoint: "other" }, 502, "m")).toEqual(body(ANTHROPIC, 502, "m"))
  })

  it.each<readonly [status: number, anthropic: string, openai: string, gemini: string]>([
    [400, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT"],
    [401, "authentication_error", "authentication_error", "UNAUTHENTICATED"],
    [403, "permission_error", "permission_error", "PERMISSION_DENIED"],
    [404, "not_found_error", "invalid_request_error", "NOT_FOUND"],
    [415, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT"],
    [502, "api_error", "server_error", "UNAVAILABLE"],
    [503, "overloaded_error", "server_error", "UNAVAILABLE"],
    [504, "timeout_error", "server_error", "DEADLINE_EXCEEDED"]
  ])("of %d says %s, %s, %s", (status, anthropic, openai, gemini) => {
    expect(body(ANTHROPIC, status, "")).toMatchObject({ error: { type: anthropic } })
    expect(body(RESPONSES, status, "")).toMatchObject({ error: { type: openai } })
    expect(body(GEMINI, status, "")).toMatchObject({ error: { status: gemini } })
    expect(errorReply(GEMINI, status, "")).toMatchObject({ status, contentType: "application/json" })
  })
})

describe("an error event", () => {
  it.each([
    [ANTHROPIC, "timeout_error"],
    [CHAT, "server_error"],
    [RESPONSES, "server_error"],
    [GEMINI, "DEADLINE_EXCEEDED"]
  ])("is read back on the wire of %j as %s", (wire, word) => {
    const reader = answerReader(wire.endpoint)
    reader?.feed(new TextEncoder().encode(errorEvent(wire, 504, 'no answer in "time"\n')))
    expect(reader?.answer).toMatchObject({ error: word, finished: false, usage: undefined })
  })

  it("has a name where the wire has names", () => {
    expect(errorEvent(ANTHROPIC, 502, "m")).toMatch(/^event: error\ndata: \{"type":"error",.*\n\n$/)
    expect(errorEvent(RESPONSES, 502, "m")).toMatch(
      /^event: error\ndata: \{"type":"error","code":"server_error",.*\n\n$/
    )
    expect(errorEvent(CHAT, 502, "m")).toMatch(/^data: \{"error":.*\n\n$/)
  })
})

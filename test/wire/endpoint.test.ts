import { describe, expect, it } from "vitest"
import { type Headers, routeOf } from "../../src/wire/endpoint.ts"

const VERTEX = "/v1/projects/p/locations/us-east5/publishers"

const toldAs = (method: string, url: string, headers: Headers = {}): string => {
  const route = routeOf(method, url, headers)
  return route === undefined ? "none" : `${route.provider} ${route.endpoint} ${route.shape ?? "-"}`
}

describe("a call that is read", () => {
  it.each<readonly [url: string, told: string]>([
    ["/v1/messages", "anthropic messages anthropic-messages"],
    ["/v1/messages?beta=true", "anthropic messages anthropic-messages"],
    ["/v1/v1/messages", "anthropic messages anthropic-messages"],
    ["/messages", "anthropic messages anthropic-messages"],
    ["/anthropic/v1/messages", "anthropic messages anthropic-messages"],
    ["/p/shop/v1/messages", "anthropic messages anthropic-messages"],
    ["/v1/messages/count_tokens?beta=true", "anthropic count-tokens anthropic-messages"],
    [`${VERTEX}/anthropic/models/claude-x@2026:rawPredict`, "anthropic messages anthropic-messages"],
    [`${VERTEX}/anthropic/models/claude-x:streamRawPredict`, "anthropic messages anthropic-messages"],
    [`${VERTEX}/anthropic/models/count-tokens:rawPredict`, "anthropic count-tokens anthropic-messages"],
    ["/v1/chat/completions", "openai chat-completions openai-chat"],
    ["/api/v1/chat/completions", "openai chat-completions openai-chat"],
    ["/openai/deployments/d/chat/completions?api-version=1", "openai chat-completions openai-chat"],
    ["/v1beta/openai/chat/completions", "gemini chat-completions openai-chat"],
    ["/v1/responses", "openai responses openai-responses"],
    ["/responses", "openai responses openai-responses"],
    ["/backend-api/codex/responses", "openai responses openai-responses"],
    ["/openai/v1/responses", "openai responses openai-responses"],
    ["/v1/responses/compact", "openai responses openai-responses"],
    ["/v1/responses/input_tokens", "openai count-tokens openai-responses"],
    ["/v1beta/models/gemini-x:generateContent", "gemini generate-content gemini-contents"],
    ["/v1/models/gemini-x:streamGenerateContent?alt=sse", "gemini generate-content gemini-contents"],
    ["/v1beta/models/gemini-x:countTokens", "gemini count-tokens gemini-contents"],
    [`${VERTEX}/google/models/gemini-x:generateContent`, "gemini generate-content gemini-contents"]
  ])("POST %s is %s", (url, told) => {
    expect(toldAs("POST", url)).toBe(told)
  })

  it("names its model and a stream where the path does", () => {
    const told = (url: string) => {
      const { model, isStream } = routeOf("POST", url, {}) ?? {}
      return [model, isStream]
    }
    expect(told("/v1beta/models/gemini-x:streamGenerateContent?alt=sse")).toEqual(["gemini-x", true])
    expect(told("/v1beta/models/gemini-x:generateContent")).toEqual(["gemini-x", false])
    expect(told(`${VERTEX}/anthropic/models/claude-x%402026:streamRawPredict`)).toEqual(["claude-x@2026", true])
    expect(told(`${VERTEX}/anthropic/models/count-tokens:rawPredict`)).toEqual([undefined, false])
    expect(told("/v1beta/models/50%:generateContent")).toEqual(["50%", false])
    expect(told("/v1/messages")).toEqual([undefined, false])
  })

  it("goes to the provider whose key it bears, where several speak its wire", () => {
    expect(toldAs("POST", "/v1/chat/completions", { authorization: "Bearer sk-ant-api03-x" })).toBe(
      "anthropic chat-completions openai-chat"
    )
    expect(
      toldAs("POST", "/v1/projects/p/endpoints/openapi/chat/completions", { authorization: "Bearer ya29.x" })
    ).toBe("gemini chat-completions openai-chat")
  })
})

describe("a call that passes through", () => {
  it.each<readonly [method: string, url: string, headers: Headers, told: string]>([
    ["GET", "/v1/messages", {}, "anthropic other -"],
    ["POST", "/v1/messages/batches", {}, "anthropic other -"],
    ["POST", "/v1/complete", {}, "anthropic other -"],
    ["POST", "/model/anthropic.claude-v2:0/invoke", {}, "anthropic other -"],
    ["POST", "/model/m/invoke-with-response-stream", {}, "anthropic other -"],
    ["POST", "/model/m/converse-stream", {}, "anthropic other -"],
    ["POST", "/v1/messages", { authorization: "AWS4-HMAC-SHA256 Credential=x" }, "anthropic other -"],
    ["POST", "/v1/threads/t/messages", {}, "openai other -"],
    ["GET", "/v1/responses/resp_1", {}, "openai other -"],
    ["POST", "/v1/responses/resp_1/cancel", {}, "openai other -"],
    ["POST", "/v1/embeddings", {}, "openai other -"],
    ["POST", "/v1/realtime/sessions", {}, "openai other -"],
    ["GET", "/backend-api/codex/models", {}, "openai other -"],
    ["GET", "/v1beta/models", {}, "gemini other -"],
    ["POST", "/v1beta/models/m:embedContent", {}, "gemini other -"],
    ["POST", "/v1internal:streamGenerateContent", {}, "gemini other -"],
    ["POST", "/v1/v1internal:generateContent", {}, "gemini other -"],
    ["POST", `${VERTEX}/mistralai/models/m:rawPredict`, {}, "gemini other -"],
    ["POST", "/upload/v1beta/files", {}, "gemini other -"],
    ["GET", "/v1/models", { "anthropic-version": "2023-06-01" }, "anthropic other -"],
    ["GET", "/v1/models", { "x-api-key": "k" }, "anthropic other -"],
    ["GET", "/v1/models", { authorization: "Bearer sk-ant-oat01-x" }, "anthropic other -"],
    ["GET", "/v1/models", { authorization: "bearer sk-proj-x" }, "openai other -"],
    ["GET", "/v1/models", { "x-goog-api-key": "k" }, "gemini other -"],
    ["GET", "/v1/files?pageSize=1&key=k", {}, "gemini other -"],
    ["GET", "/v1/models", {}, "none"],
    ["HEAD", "/", {}, "none"],
    ["HEAD", "/", { "x-api-key": "k" }, "anthropic other -"]
  ])("%s %s %j is %s", (method, url, headers, told) => {
    expect(toldAs(method, url, headers)).toBe(told)
  })
})

describe("the address for upstream", () => {
  it.each([
    ["/v1/messages?beta=true", "/v1/messages?beta=true"],
    ["/v1/v1/messages?a=/v1/v1", "/v1/messages?a=/v1/v1"],
    ["/v1beta/v1beta/models/m:generateContent", "/v1beta/models/m:generateContent"],
    ["//evil.example/v1/messages", "/evil.example/v1/messages"],
    ["/v1/files/a%2Fb?", "/v1/files/a%2Fb?"],
    ["/v1/chat/completions/", "/v1/chat/completions/"]
  ])("of %s is %s", (url, upstream) => {
    expect(routeOf("POST", url, { "x-api-key": "k" })?.url).toBe(upstream)
  })
})

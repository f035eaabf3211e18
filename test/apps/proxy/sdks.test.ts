/** The providers' own clients through the proxy: the same objects as without it, and a smaller request. */
import { createAnthropic } from "@ai-sdk/anthropic"
import { createOpenAI } from "@ai-sdk/openai"
import Anthropic from "@anthropic-ai/sdk"
import { GoogleGenAI } from "@google/genai"
import { generateText, jsonSchema, streamText, type ToolSet } from "ai"
import OpenAI from "openai"
import { describe, expect, it } from "vitest"
import { type Said, scriptedAnswer } from "../../fixtures/scripted-vendor.ts"
import { startProxy, startVendor, type Vendor } from "./harness.ts"

const TEXT: Said = { _tag: "Text", text: "Twelve users, all members – «fine»." }
const CALL: Said = { _tag: "Call", id: "call_2", tool: "list_users", input: { page: 2, filter: 'a "quoted" one' } }

const ROWS = JSON.stringify(
  Array.from({ length: 40 }, (_, id) => ({ id, name: `user-${id}`, role: "member", active: true })),
  null,
  2
)
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
const SCHEMA = { type: "object", properties: { page: { type: "number" } } } as const

type Ask = (base: string) => Promise<unknown>

const anthropicAt = (baseURL: string) => new Anthropic({ baseURL, apiKey: "sk-ant-api03-x", maxRetries: 0 })
const openaiAt = (base: string) => new OpenAI({ baseURL: `${base}/v1`, apiKey: "sk-x", maxRetries: 0 })
const geminiAt = (baseUrl: string) => new GoogleGenAI({ apiKey: "x", httpOptions: { baseUrl } })

const messages: Array<Anthropic.MessageParam> = [
  {
    role: "user",
    content: [
      { type: "text", text: "How many users are there?" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } }
    ]
  },
  { role: "assistant", content: [{ type: "tool_use", id: "call_1", name: "list_users", input: { page: 1 } }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: ROWS }] }
]
const anthropicBody = {
  model: "claude-sonnet-5",
  max_tokens: 100,
  messages,
  tools: [{ name: "list_users", input_schema: SCHEMA }] as Array<Anthropic.Tool>
}
const chatBody = {
  model: "gpt-5.1",
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: "How many users are there?" },
        { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } }
      ]
    },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "call_1", type: "function", function: { name: "list_users", arguments: '{"page":1}' } }]
    },
    { role: "tool", tool_call_id: "call_1", content: ROWS }
  ] as Array<OpenAI.ChatCompletionMessageParam>,
  tools: [
    { type: "function", function: { name: "list_users", parameters: SCHEMA } }
  ] as Array<OpenAI.ChatCompletionTool>
}
const responsesBody = {
  model: "gpt-5.1",
  store: false,
  input: [
    {
      role: "user",
      content: [
        { type: "input_text", text: "How many users are there?" },
        { type: "input_image", detail: "auto", image_url: `data:image/png;base64,${PIXEL}` }
      ]
    },
    { type: "function_call", call_id: "call_1", name: "list_users", arguments: '{"page":1}' },
    { type: "function_call_output", call_id: "call_1", output: ROWS }
  ] as OpenAI.Responses.ResponseInput,
  tools: [{ type: "function", name: "list_users", parameters: SCHEMA, strict: false }] as Array<OpenAI.Responses.Tool>
}
const geminiBody = {
  model: "gemini-3-pro",
  contents: [
    {
      role: "user",
      parts: [{ text: "How many users are there?" }, { inlineData: { mimeType: "image/png", data: PIXEL } }]
    },
    { role: "model", parts: [{ functionCall: { name: "list_users", args: { page: 1 } } }] },
    { role: "user", parts: [{ functionResponse: { name: "list_users", response: { output: ROWS } } }] }
  ],
  config: { tools: [{ functionDeclarations: [{ name: "list_users", parametersJsonSchema: SCHEMA }] }] }
}

const all = async <T>(stream: AsyncIterable<T>): Promise<ReadonlyArray<T>> => {
  const list: Array<T> = []
  for await (const one of stream) list.push(one)
  return list
}

const aiMessages: Parameters<typeof generateText>[0]["messages"] = [
  {
    role: "user",
    content: [
      { type: "text", text: "How many users are there?" },
      { type: "image", image: PIXEL, mediaType: "image/png" }
    ]
  },
  {
    role: "assistant",
    content: [{ type: "tool-call", toolCallId: "call_1", toolName: "list_users", input: { page: 1 } }]
  },
  {
    role: "tool",
    content: [
      { type: "tool-result", toolCallId: "call_1", toolName: "list_users", output: { type: "text", value: ROWS } }
    ]
  }
]

type Model = Parameters<typeof generateText>[0]["model"]

const anthropicModel = (base: string): Model =>
  createAnthropic({ baseURL: `${base}/v1`, apiKey: "sk-ant-api03-x" })("claude-sonnet-5")
const openaiModel = (base: string): Model => createOpenAI({ baseURL: `${base}/v1`, apiKey: "sk-x" })("gpt-5.1")

const aiTools: ToolSet = { list_users: { inputSchema: jsonSchema(SCHEMA) } }

const generated = async (model: Model): Promise<unknown> => {
  const result = await generateText({ model, messages: aiMessages, tools: aiTools, maxRetries: 0 })
  const { text, toolCalls, finishReason, usage } = result
  return { text, toolCalls, finishReason, usage }
}

const streamed = async (model: Model): Promise<unknown> => {
  const result = streamText({ model, messages: aiMessages, tools: aiTools, maxRetries: 0 })
  const [text, toolCalls, finish, usage] = [
    await result.text,
    await result.toolCalls,
    await result.finishReason,
    await result.usage
  ]
  return { text, toolCalls, finish, usage }
}

const CLIENTS: Readonly<Record<string, Ask>> = {
  "@anthropic-ai/sdk": (base) => anthropicAt(base).messages.create(anthropicBody),
  "@anthropic-ai/sdk, streamed": async (base) => {
    const stream = anthropicAt(base).messages.stream(anthropicBody)
    return { events: await all(stream), message: await stream.finalMessage() }
  },
  "openai, chat": (base) => openaiAt(base).chat.completions.create(chatBody),
  "openai, chat, streamed": async (base) =>
    all(
      await openaiAt(base).chat.completions.create({
        ...chatBody,
        stream: true,
        stream_options: { include_usage: true }
      })
    ),
  "openai, responses": (base) => openaiAt(base).responses.create(responsesBody),
  "openai, responses, streamed": async (base) =>
    all(await openaiAt(base).responses.create({ ...responsesBody, stream: true })),
  "@google/genai": (base) => geminiAt(base).models.generateContent(geminiBody),
  "@google/genai, streamed": async (base) => all(await geminiAt(base).models.generateContentStream(geminiBody)),
  "ai, anthropic": (base) => generated(anthropicModel(base)),
  "ai, anthropic, streamed": (base) => streamed(anthropicModel(base)),
  "ai, openai": (base) => generated(openaiModel(base)),
  "ai, openai, streamed": (base) => streamed(openaiModel(base)),
  "ai, openai chat, streamed": (base) =>
    streamed(createOpenAI({ baseURL: `${base}/v1`, apiKey: "sk-x" }).chat("gpt-5.1"))
}

/** What is of the connection, not of the answer. */
const comparable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, inner: unknown) =>
      key === "sdkHttpResponse" || key === "_request_id" || key === "toolCallId" ? undefined : inner
    )
  )

const bodyOf = (vendor: Vendor, at: number): string => vendor.seen[at]?.body.toString("utf8") ?? ""

describe("through the proxy a client", () => {
  it.each(
    Object.entries(CLIENTS).flatMap(([name, ask]) => [
      [name, "a text", TEXT, ask] as const,
      [name, "a call", CALL, ask] as const
    ])
  )("%s gets %s as without it, for a smaller request", async (_, __, said, ask) => {
    const vendor = await startVendor(({ url, body }, ___, response) => {
      const answer = scriptedAnswer(url, body.toString("utf8"), said)
      response.writeHead(200, { "content-type": answer.type })
      response.end(answer.body)
    })
    const proxy = await startProxy({ upstream: vendor.port })
    const direct = await ask(`http://127.0.0.1:${vendor.port}`)
    const through = await ask(`http://127.0.0.1:${proxy.port}`)
    expect(comparable(through)).toEqual(comparable(direct))
    const [sent, forwarded] = [bodyOf(vendor, 0), bodyOf(vendor, 1)]
    expect(forwarded.length).toBeLessThan(sent.length * 0.8)
    expect(forwarded).toContain("How many users are there?")
    expect(forwarded).toContain(PIXEL)
    const [exchange] = await proxy.recorded(1)
    expect(exchange?.finish).toBe("complete")
    expect(exchange?.usage).toMatchObject({ cacheRead: 1000, output: 7 })
    expect(exchange?.slots.map(({ outcome }) => outcome)).toEqual(["Visible"])
  })
})

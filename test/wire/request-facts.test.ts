import { describe, expect, it } from "vitest"
import { type Headers, routeOf } from "../../src/wire/endpoint.ts"
import { factsOf } from "../../src/wire/request-facts.ts"

const facts = (body: unknown, headers: Headers = {}, url = "/v1/messages") => {
  const route = routeOf("POST", url, headers)
  if (route === undefined) throw new Error(`no route for ${url}`)
  return factsOf(route, headers, body)
}

describe("model and stream", () => {
  it("stand in the body, or in the path", () => {
    expect(facts({ model: "m", stream: true })).toMatchObject({ model: "m", isStream: true })
    expect(facts({ model: "m", stream: "yes" })).toMatchObject({ isStream: false })
    expect(facts({ contents: [] }, {}, "/v1beta/models/g:streamGenerateContent")).toMatchObject({
      model: "g",
      isStream: true
    })
  })

  it("are unknown of what is no request", () => {
    for (const body of [undefined, null, 1, "x", [], [{ model: "m" }]])
      expect(facts(body)).toMatchObject({
        model: undefined,
        isStream: false,
        conversation: undefined,
        cacheMs: undefined
      })
  })
})

describe("the conversation", () => {
  const session = "0b1c2d3e-1111-2222-3333-444455556666"

  it.each<readonly [what: string, body: unknown, headers: Headers, name: string | undefined]>([
    ["our header before all", { prompt_cache_key: "k" }, { "x-headroom-session-id": "a", session_id: "b" }, "a"],
    ["Claude Code's header", { prompt_cache_key: "k" }, { "x-claude-code-session-id": "c" }, "c"],
    ["Codex's header", {}, { session_id: "d" }, "d"],
    [
      "a session in the user's JSON",
      { metadata: { user_id: `{"device_id":"x","session_id":"${session}"}` } },
      {},
      session
    ],
    ["a session in the user's name", { metadata: { user_id: `user_ab_account_cd_session_${session}` } }, {}, session],
    ["a cache key", { prompt_cache_key: "k", conversation: "c" }, {}, "k"],
    ["a conversation held by the provider", { conversation: "conv_1" }, {}, "conv_1"],
    ["the same as an object", { conversation: { id: "conv_2" } }, {}, "conv_2"],
    ["a user alone, who has many", { metadata: { user_id: "user-7" } }, {}, undefined],
    ["an empty name", { prompt_cache_key: "" }, { "x-headroom-session-id": "" }, undefined],
    ["odd values", { metadata: { user_id: 7 }, prompt_cache_key: [], conversation: 1 }, {}, undefined],
    ["a user's JSON of another kind", { metadata: { user_id: "[1]" } }, {}, undefined]
  ])("is named by %s", (_, body, headers, name) => {
    expect(facts(body, headers).conversation).toBe(name)
  })
})

describe("a subscription", () => {
  const jwt = (claims: unknown) =>
    `Bearer eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`

  it.each<readonly [what: string, headers: Headers, isSubscription: boolean]>([
    ["an OAuth token", { authorization: "Bearer sk-ant-oat01-x" }, true],
    ["an OAuth token as a key", { "x-api-key": "sk-ant-oat01-x" }, true],
    ["an API key", { "x-api-key": "sk-ant-api03-x" }, false],
    ["a ChatGPT account", { authorization: "Bearer x", "chatgpt-account-id": "a" }, true],
    ["a ChatGPT token", { authorization: jwt({ "https://api.openai.com/auth": { plan: "ü?>" } }) }, true],
    ["another vendor's token", { authorization: jwt({ iss: "https://login.example" }) }, false],
    ["a token that is none", { authorization: "Bearer eyJ.eyJ%%.x" }, false],
    ["a Copilot client", { authorization: "Bearer x", "copilot-integration-id": "vscode-chat" }, true],
    ["an OpenAI key", { authorization: "Bearer sk-proj-x" }, false],
    ["nothing", {}, false]
  ])("is told of %s", (_, headers, isSubscription) => {
    expect(facts({}, headers, "/v1/responses").isSubscription).toBe(isSubscription)
  })
})

describe("the cache's lifetime", () => {
  const mark = (ttl?: string) => ({ cache_control: { type: "ephemeral", ...(ttl === undefined ? {} : { ttl }) } })

  it.each<readonly [what: string, body: unknown, ms: number | undefined]>([
    ["five minutes unless said", { messages: [{ role: "user", content: [{ type: "text", ...mark() }] }] }, 300_000],
    ["an hour", { system: [{ type: "text", text: "s", ...mark("1h") }], messages: [] }, 3_600_000],
    [
      "that of the deepest mark",
      {
        tools: [mark("1h")],
        system: [mark("1h")],
        messages: [
          { role: "user", content: [{ type: "text", ...mark("1h") }] },
          { role: "assistant", content: "x" },
          {
            role: "user",
            content: [{ type: "tool_result", content: [{ type: "text", ...mark("5m") }] }, { type: "text" }]
          }
        ]
      },
      300_000
    ],
    ["of marks that the provider places", { ...mark("1h"), messages: [] }, 3_600_000],
    ["of tools", { tools: [{ name: "a", ...mark() }], messages: "x" }, 300_000],
    ["of OpenAI's options", { prompt_cache_options: { ttl: "30m" } }, 1_800_000],
    ["of OpenAI's retention", { prompt_cache_retention: "24h" }, 86_400_000],
    [
      "the provider's, where nothing says",
      { prompt_cache_retention: "in_memory", messages: [{ role: "user" }] },
      undefined
    ]
  ])("is %s", (_, body, ms) => {
    expect(facts(body).cacheMs).toBe(ms)
  })
})

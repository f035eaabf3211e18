/**
 * Which call of which provider a request is, told by its method and path, because one address serves all providers and most of what
 * passes through it is none of the calls that are read.
 *
 * | path, behind any prefix | provider | endpoint |
 * |---|---|---|
 * | `POST v1/messages`, `…/publishers/anthropic/models/M:rawPredict`, `:streamRawPredict` | anthropic | messages |
 * | `POST v1/messages/count_tokens`, `…/publishers/anthropic/models/count-tokens:rawPredict` | anthropic | count-tokens |
 * | `POST chat/completions` | by key, else openai; under `v1beta` gemini | chat-completions |
 * | `POST v1/responses`, `v1/responses/compact`, `codex/responses` | openai | responses |
 * | `POST v1/responses/input_tokens` | openai | count-tokens |
 * | `POST models/M:generateContent`, `:streamGenerateContent` | gemini | generate-content |
 * | `POST models/M:countTokens` | gemini | count-tokens |
 * | `model/M/invoke`, `converse` and their streams (Bedrock), anything signed with SigV4 | anthropic | other |
 * | another resource of one provider alone: `v1/messages/batches`, `v1/embeddings`, `v1beta/files`, `backend-api/…` | that one | other |
 * | anything else: `v1/models`, `v1/files`, `/` | by key | other |
 *
 * By key: `x-goog-api-key`, a `key` in the query or a Google token are gemini's; `anthropic-version`, `anthropic-beta`, `x-api-key` and a
 * Bearer `sk-ant-…` are anthropic's; `api-key`, OpenAI's own headers and any other Bearer are openai's. A key of one provider so never
 * reaches another for want of a better guess; where nothing tells, there is no route.
 */
import type { Endpoint, Provider } from "../domain/exchange.ts"
import type { Shape } from "./provider-shape.ts"

/** By lower-case name. */
export type Headers = Readonly<Record<string, string>>

export interface Route {
  readonly provider: Provider
  readonly endpoint: Endpoint
  /** Of the body's message list, where it is read. */
  readonly shape: Shape["name"] | undefined
  /** The model, where the path names it. */
  readonly model: string | undefined
  /** The path asks for a stream, whatever the body says. */
  readonly isStream: boolean
  /** Path and query for upstream: one leading slash, and once a version that a client's base address and its own path both have. */
  readonly url: string
}

type Kind = Pick<Route, "provider" | "endpoint" | "shape">

const MESSAGES: Kind = { provider: "anthropic", endpoint: "messages", shape: "anthropic-messages" }
const RESPONSES: Kind = { provider: "openai", endpoint: "responses", shape: "openai-responses" }
const CONTENT: Kind = { provider: "gemini", endpoint: "generate-content", shape: "gemini-contents" }

const counting = (kind: Kind): Kind => ({ ...kind, endpoint: "count-tokens" })
const otherOf = (provider: Provider): Kind => ({ provider, endpoint: "other", shape: undefined })

const isVersion = (segment: string | undefined): boolean => segment !== undefined && /^v\d+\w*$/.test(segment)

/** What a provider's own clients put before a call besides a version. */
const BASES = new Set(["openai", "anthropic", "codex", "backend-api"])

/** The segments from the last version or known base on. */
const callIn = (segments: ReadonlyArray<string>): ReadonlyArray<string> =>
  segments.slice(segments.findLastIndex((segment) => isVersion(segment) || BASES.has(segment)) + 1)

const RESOURCES: ReadonlyArray<readonly [Provider, ReadonlySet<string>]> = [
  ["anthropic", new Set(["messages", "complete", "organizations", "agents", "sessions", "environments"])],
  ["gemini", new Set(["projects", "publishers", "tunedModels", "cachedContents", "interactions", "upload"])],
  [
    "openai",
    new Set([
      "chat",
      "completions",
      "responses",
      "embeddings",
      "moderations",
      "images",
      "audio",
      "videos",
      "realtime",
      "threads",
      "assistants",
      "vector_stores",
      "batches",
      "fine_tuning",
      "uploads",
      "containers",
      "conversations",
      "evals",
      "organization",
      "deployments"
    ])
  ]
]

export const bearerIn = (headers: Headers): string | undefined =>
  /^bearer\s+(.+)$/i.exec(headers["authorization"] ?? "")?.[1]

const has = (headers: Headers, ...names: ReadonlyArray<string>): boolean =>
  names.some((name) => headers[name] !== undefined)

const providerByKey = (headers: Headers, query: string): Provider | undefined => {
  const bearer = bearerIn(headers)
  if (has(headers, "x-goog-api-key", "x-goog-user-project") || /(?:^|&)key=/.test(query)) return "gemini"
  if (has(headers, "anthropic-version", "anthropic-beta", "x-api-key") || bearer?.startsWith("sk-ant-") === true)
    return "anthropic"
  if (bearer?.startsWith("ya29.") === true) return "gemini"
  return bearer !== undefined || has(headers, "api-key", "openai-organization", "openai-beta", "chatgpt-account-id")
    ? "openai"
    : undefined
}

/** A call named by a colon behind its model, as Google writes them. */
const actionIn = (segments: ReadonlyArray<string>): readonly [model: string, action: string] | undefined => {
  const last = segments[segments.length - 1] ?? ""
  const colon = last.lastIndexOf(":")
  return colon === -1 ? undefined : [last.slice(0, colon), last.slice(colon + 1)]
}

const kindOfAction = (segments: ReadonlyArray<string>, model: string, action: string): Kind => {
  if (segments[segments.length - 3] === "anthropic" && /^(?:streamR|r)awPredict$/.test(action))
    return model.startsWith("count-tokens") ? counting(MESSAGES) : MESSAGES
  // elsewhere, as under `v1internal`, the contents stand deeper in the body
  if (segments.length < 2 || isVersion(segments[segments.length - 2])) return otherOf("gemini")
  if (/^(?:streamG|g)enerateContent$/.test(action)) return CONTENT
  return action === "countTokens" ? counting(CONTENT) : otherOf("gemini")
}

/** The kind of a posted call that is read. */
const kindOfCall = (segments: ReadonlyArray<string>, byKey: Provider | undefined): Kind | undefined => {
  switch (callIn(segments).join("/")) {
    case "messages":
      return MESSAGES
    case "messages/count_tokens":
      return counting(MESSAGES)
    case "responses":
    case "responses/compact":
      return RESPONSES
    case "responses/input_tokens":
      return counting(RESPONSES)
  }
  if (segments.slice(-2).join("/") !== "chat/completions") return undefined
  const provider = segments.includes("v1beta") ? "gemini" : (byKey ?? "openai")
  return { provider, endpoint: "chat-completions", shape: "openai-chat" }
}

const isBedrock = (segments: ReadonlyArray<string>, headers: Headers): boolean =>
  headers["authorization"]?.startsWith("AWS4-HMAC-SHA256") === true ||
  (segments[segments.length - 3] === "model" &&
    /^(?:invoke|converse)(?:-\w+)*$/.test(segments[segments.length - 1] ?? ""))

const ownerOf = (segments: ReadonlyArray<string>): Provider | undefined => {
  if (segments.some((segment) => /^v1(?:alpha|beta)/.test(segment))) return "gemini"
  if (segments[0] === "backend-api" || segments.includes("openai")) return "openai"
  const resource = callIn(segments)[0] ?? ""
  return RESOURCES.find(([, names]) => names.has(resource))?.[0]
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * The route of a request, by its method, its path with query, and its headers.
 *
 * @example
 * routeOf("POST", "/v1/v1/messages?beta=true", {})?.url // => "/v1/messages?beta=true"
 */
export const routeOf = (method: string, url: string, headers: Headers): Route | undefined => {
  const mark = url.indexOf("?")
  const path = mark === -1 ? url : url.slice(0, mark)
  const query = mark === -1 ? "" : url.slice(mark + 1)
  const given = path.replace(/^\/+/, "").split("/")
  const kept = given.filter((segment, i) => !(isVersion(segment) && segment === given[i - 1]))
  const segments = kept.filter((segment) => segment !== "")
  const byKey = providerByKey(headers, query)
  const upstream = `/${kept.join("/")}${mark === -1 ? "" : url.slice(mark)}`
  const route = (kind: Kind, model?: string, isStream = false): Route => ({ ...kind, model, isStream, url: upstream })
  if (isBedrock(segments, headers)) return route(otherOf("anthropic"))
  const action = actionIn(segments)
  if (action !== undefined && method === "POST") {
    const [name, verb] = action
    const kind = kindOfAction(segments, name, verb)
    // Vertex counts under a name of its own, and the body names the model
    return route(
      kind,
      kind.shape === "anthropic-messages" && kind.endpoint === "count-tokens" ? undefined : decoded(name),
      verb.startsWith("stream")
    )
  }
  const call = method === "POST" ? kindOfCall(segments, byKey) : undefined
  if (call !== undefined) return route(call)
  const owner = ownerOf(segments) ?? byKey
  return owner === undefined ? undefined : route(otherOf(owner))
}

/**
 * What a request says of itself beside its messages: which conversation it belongs to, how it is paid, how long its cache lives, and what
 * its provider may take out of the model's sight.
 *
 * A conversation is named by what the client calls its session. A user's name is none: one user has many at once.
 */
import { CACHE_MS } from "../domain/economics.ts"
import { bearerIn, type Headers, type Route } from "./endpoint.ts"
import { isRecord, type JsonRecord, listOf, parsed, textIn } from "./json-value.ts"
import { type Window, windowOf } from "./window.ts"

export interface RequestFacts {
  readonly model: string | undefined
  readonly isStream: boolean
  /** What the client calls its session; undefined where the messages alone tell conversations apart. */
  readonly conversation: string | undefined
  readonly window: Window
  /** A login that pays by the month, not by the token; nothing may be added to its requests. */
  readonly isSubscription: boolean
  /** How long the deepest prefix that the request marks is kept, in milliseconds; undefined where it leaves that to the provider. */
  readonly cacheMs: number | undefined
}

const SESSION_HEADERS = ["x-headroom-session-id", "x-claude-code-session-id", "session_id", "session-id"]

/** Claude Code's user is a JSON text with its session, and was a chain of names that ends in it. */
const sessionInUser = (user: unknown): string | undefined => {
  if (typeof user !== "string") return undefined
  const read = parsed(user)
  return isRecord(read) ? textIn(read, "session_id") : /_session_([\w-]+)$/.exec(user)?.[1]
}

const conversationOf = (headers: Headers, body: JsonRecord): string | undefined => {
  const metadata = body["metadata"]
  const held = body["conversation"]
  const names = [
    ...SESSION_HEADERS.map((name) => headers[name]),
    isRecord(metadata) ? sessionInUser(metadata["user_id"]) : undefined,
    textIn(body, "prompt_cache_key"),
    isRecord(held) ? textIn(held, "id") : textIn(body, "conversation")
  ]
  return names.find((name) => name !== undefined && name !== "")
}

/** Whether the token is one of a ChatGPT account, which says so in its payload; it is read as a hint and proves nothing. */
const isChatgptToken = (token: string): boolean => {
  const payload = /^eyJ[\w-]*\.(eyJ[\w-]+)\.[\w-]*$/.exec(token)?.[1]
  if (payload === undefined) return false
  try {
    return atob(payload.replace(/-/g, "+").replace(/_/g, "/")).includes('"https://api.openai.com/auth"')
  } catch {
    return false
  }
}

/** Whether a subscription's login pays for the request: Anthropic's OAuth token, a ChatGPT account, or a Copilot client. */
const isSubscription = (headers: Headers): boolean => {
  const token = bearerIn(headers) ?? ""
  return (
    headers["chatgpt-account-id"] !== undefined ||
    headers["copilot-integration-id"] !== undefined ||
    [token, headers["x-api-key"] ?? ""].some((key) => key.startsWith("sk-ant-oat")) ||
    isChatgptToken(token)
  )
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

const durationOf = (text: unknown): number | undefined => {
  const match = typeof text === "string" ? /^(\d{1,6})([smh])$/.exec(text) : null
  return match === null ? undefined : Number(match[1]) * (UNIT_MS[match[2] as string] as number)
}

const markOn = (value: unknown): number | undefined => {
  const mark = isRecord(value) ? value["cache_control"] : undefined
  return isRecord(mark) ? (durationOf(mark["ttl"]) ?? CACHE_MS) : undefined
}

/** The last mark on a list's elements or on those of the lists inside them. */
const lastMarkIn = (list: unknown, depth: number): number | undefined => {
  const items = listOf(list)
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]
    const inner = depth > 0 && isRecord(item) ? lastMarkIn(item["content"], depth - 1) : undefined
    const found = markOn(item) ?? inner
    if (found !== undefined) return found
  }
  return undefined
}

const cacheMsOf = (body: JsonRecord): number | undefined => {
  const options = body["prompt_cache_options"]
  return (
    markOn(body) ??
    lastMarkIn(body["messages"], 2) ??
    lastMarkIn(body["system"], 0) ??
    lastMarkIn(body["tools"], 0) ??
    (isRecord(options) ? durationOf(options["ttl"]) : undefined) ??
    durationOf(body["prompt_cache_retention"])
  )
}

/** The facts of a request, from its route, its headers by lower-case name, and its parsed body. */
export const factsOf = (route: Route, headers: Headers, body: unknown): RequestFacts => {
  const request = isRecord(body) ? body : {}
  return {
    model: route.model ?? textIn(request, "model"),
    isStream: route.isStream || request["stream"] === true,
    conversation: conversationOf(headers, request),
    window: windowOf(request),
    isSubscription: isSubscription(headers),
    cacheMs: cacheMsOf(request)
  }
}

/**
 * Gemini's contents: turns of parts, calls and their responses matched by id where there is one, else by name in order.
 *
 * A response is an object. Where it carries text under the keys that Google's own clients use, that text is the slot; else the whole
 * object as JSON text, which may become `{ output: text }`, the provider's form for text.
 * @see https://ai.google.dev/api/caching#FunctionResponse
 */
import type { BlockList } from "./block-list.ts"
import { isRecord, type JsonRecord, jsonText, listOf, type Path, textIn } from "./json-value.ts"
import type { Shape } from "./provider-shape.ts"

const TEXT_KEYS = ["output", "result", "content", "error"]
const ROLES = new Set<unknown>([undefined, "user", "model", "function"])

/** A field by its JSON name or its protobuf one; the API takes either. */
const either = (part: JsonRecord, camel: string, snake: string): readonly [string, JsonRecord] | undefined => {
  const key = camel in part ? camel : snake
  const value = part[key]
  return isRecord(value) ? [key, value] : undefined
}

const callIn = (part: JsonRecord) => either(part, "functionCall", "function_call")
const responseIn = (part: JsonRecord) => either(part, "functionResponse", "function_response")

/** Texts of a list in the form of MCP results. */
const mcpTexts = (content: unknown, at: Path): ReadonlyArray<readonly [Path, string]> =>
  listOf(content).flatMap((part, i) => {
    const text = isRecord(part) && part["type"] === "text" ? textIn(part, "text") : undefined
    return text === undefined ? [] : [[[...at, i, "text"], text] as const]
  })

const textsOf = (response: JsonRecord, at: Path): ReadonlyArray<readonly [Path, string]> => {
  const named = TEXT_KEYS.flatMap((key) => {
    const text = textIn(response, key)
    return text === undefined ? mcpTexts(response[key], [...at, key]) : [[[...at, key], text] as const]
  })
  if (named.length > 0) return named
  const whole = jsonText(response)
  return whole === undefined ? [] : [[at, whole]]
}

const isFailed = (response: JsonRecord): boolean =>
  response["error"] !== undefined && response["error"] !== null && response["error"] !== ""

const listPart = (role: unknown, part: JsonRecord, at: Path, to: BlockList): void => {
  const called = callIn(part)
  if (called !== undefined) {
    const [, call] = called
    return to.called(textIn(call, "id"), { tool: textIn(call, "name") ?? "", input: call["args"] })
  }
  const answered = responseIn(part)
  if (answered !== undefined) {
    const [key, answer] = answered
    const response = answer["response"]
    if (!isRecord(response)) return
    const call = to.callOf(textIn(answer, "id"), textIn(answer, "name"))
    for (const [place, text] of textsOf(response, [...at, key, "response"]))
      to.result(place, text, call, isFailed(response))
    return
  }
  const text = textIn(part, "text")
  if (text === undefined || part["thought"] === true) return
  if (role === "model") to.assistant(text)
  else to.user([...at, "text"], text)
}

export const geminiContents: Shape = {
  name: "gemini-contents",
  field: "contents",
  tells: (turn) =>
    ROLES.has(turn["role"]) &&
    listOf(turn["parts"]).some(
      (part) =>
        isRecord(part) &&
        (callIn(part) !== undefined || responseIn(part) !== undefined || (!("type" in part) && "text" in part))
    ),
  isAssistant: (turn) => turn["role"] === "model",
  list: (turn, at, to) => {
    if (!ROLES.has(turn["role"])) return
    listOf(turn["parts"]).forEach((part, i) => {
      if (isRecord(part)) listPart(turn["role"], part, [...at, "parts", i], to)
    })
  },
  put: (old, text) => (typeof old === "string" ? text : { output: text })
}

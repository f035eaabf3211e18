/**
 * Codex's rollouts: one line an item of the conversation, among events; outputs wrapped as JSON by its code mode, recorded whole though
 * the model was sent them cut, and compactions that say what stands in the window's place.
 */
import { NO_USAGE, type Usage } from "../../domain/usage.ts"
import { isRecord, type JsonRecord, listOf, parsed, textIn } from "../json-value.ts"
import { moment } from "./moment.ts"
import type { Part, SessionReader } from "./session-reader.ts"
import { callBlock, plainText, resultBlock, textBlock, type Turn, withResultsBehindCalls } from "./turns.ts"

/** Characters that a tool's output may have in the request. */
type Limit = number | undefined

const CHARACTERS_PER_TOKEN = 4

const limitOf = (context: unknown): Limit => {
  const policy = isRecord(context) ? context["truncation_policy"] : undefined
  if (!isRecord(policy)) return undefined
  const limit = policy["limit"]
  if (typeof limit !== "number") return undefined
  if (policy["mode"] === "bytes") return limit
  return policy["mode"] === "tokens" ? limit * CHARACTERS_PER_TOKEN : undefined
}

/** How much longer than its limit an output must be before its middle goes. */
const SLACK = 1.2

/** The output as the model was sent it: head and tail, with Codex's own words between them. */
const asSent = (output: string, limit: Limit): string => {
  if (limit === undefined || output.length <= limit * SLACK) return output
  const half = limit / 2
  const lines = output.split("\n").length
  return `Total output lines: ${lines}\n\n${output.slice(0, half)}…${output.length - limit} chars truncated…${output.slice(-half)}`
}

const WRAPPING = new Set(
  "output metadata success exit_code wall_time_seconds chunk_id session_id original_token_count".split(" ")
)

/** Whether a text's JSON is Codex's wrapping, and not what the command printed. */
const isWrapping = (value: JsonRecord): boolean =>
  "output" in value && Object.keys(value).every((key) => WRAPPING.has(key))

/** The text in an output's wrapping, and whether the wrapping tells of a failure. */
const unwrapped = (output: unknown): readonly [text: string, failed: boolean] => {
  const value = parsed(output)
  if (Array.isArray(value)) return [plainText(value), false]
  if (!isRecord(value) || (typeof output === "string" && !isWrapping(value))) return [plainText(output), false]
  return [plainText(value["output"] ?? value["content"] ?? value["text"] ?? output), value["success"] === false]
}

const itemTurn = (item: JsonRecord, at: number | undefined, limit: Limit): Turn | undefined => {
  switch (item["type"]) {
    case "message": {
      const role = item["role"] === "assistant" ? "assistant" : "user"
      return { role, at, blocks: [textBlock(plainText(item["content"]))] }
    }
    case "function_call":
      return { role: "assistant", at, blocks: [callBlock(item["call_id"], item["name"], parsed(item["arguments"]))] }
    case "custom_tool_call":
      return { role: "assistant", at, blocks: [callBlock(item["call_id"], item["name"], { input: item["input"] })] }
    case "local_shell_call": {
      const id = item["call_id"] ?? item["id"]
      return { role: "assistant", at, blocks: [callBlock(id, "local_shell", item["action"])] }
    }
    case "function_call_output":
    case "custom_tool_call_output": {
      const [text, failed] = unwrapped(item["output"])
      return { role: "user", at, blocks: [resultBlock(item["call_id"], asSent(text, limit), failed)] }
    }
    default:
      return undefined
  }
}

const usageOf = (payload: JsonRecord): Usage | undefined => {
  const info = payload["info"]
  const last = isRecord(info) ? info["last_token_usage"] : undefined
  if (!isRecord(last)) return undefined
  const tokens = (key: string): number => (typeof last[key] === "number" ? last[key] : 0)
  const cacheRead = tokens("cached_input_tokens")
  const cacheWrite = tokens("cache_write_input_tokens")
  return {
    ...NO_USAGE,
    uncached: tokens("input_tokens") - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: tokens("output_tokens")
  }
}

/** Gives the count that stands behind a call to its turn. */
const count = (turns: Array<Turn>, usage: Usage): void => {
  const place = turns.findLastIndex((turn) => turn.role === "assistant")
  const turn = turns[place]
  if (turn !== undefined && turn.usage === undefined) turns[place] = { ...turn, usage }
}

const isItemType = (type: string): boolean => type === "message" || type.includes("call")

/** The item of an entry: wrapped in a response, or by itself in the rollouts of old. */
const itemOf = (entry: JsonRecord): JsonRecord | undefined => {
  const payload = entry["payload"]
  if (entry["type"] === "response_item") return isRecord(payload) ? payload : undefined
  return payload === undefined && isItemType(textIn(entry, "type") ?? "") ? entry : undefined
}

const ENTRIES = new Set(["session_meta", "response_item", "event_msg", "turn_context", "compacted"])

/** Entries of a file: its lines, or the items of a file of old. */
function* entriesOf(values: Iterable<unknown>): Generator<JsonRecord> {
  for (const value of values) {
    if (!isRecord(value)) continue
    if (isRecord(value["session"]) && Array.isArray(value["items"])) {
      for (const item of value["items"]) if (isRecord(item)) yield item
    } else yield value
  }
}

export const codex: SessionReader = {
  agent: "codex",
  detect: (head) =>
    head.some(
      (value) =>
        isRecord(value) &&
        ((ENTRIES.has(textIn(value, "type") ?? "") && isRecord(value["payload"])) ||
          (isRecord(value["session"]) && Array.isArray(value["items"])) ||
          (typeof value["call_id"] === "string" && isItemType(textIn(value, "type") ?? "")))
    ),
  read: (values) => {
    const parts: Array<Array<Turn>> = [[]]
    let project: string | undefined
    let system: string | undefined
    let model: string | undefined
    let limit: Limit
    for (const entry of entriesOf(values)) {
      const payload = entry["payload"]
      const at = moment(entry["timestamp"])
      let turns = parts.at(-1) ?? []
      const put = (item: unknown): void => {
        const turn = isRecord(item) ? itemTurn(item, at, limit) : undefined
        if (turn !== undefined) turns.push(model === undefined ? turn : { ...turn, model })
      }
      if (!isRecord(payload)) {
        put(itemOf(entry))
        continue
      }
      switch (entry["type"]) {
        case "session_meta": {
          const base = payload["base_instructions"]
          project ??= textIn(payload, "cwd")
          system ??= (isRecord(base) ? textIn(base, "text") : undefined) ?? textIn(payload, "instructions")
          break
        }
        case "turn_context":
          project ??= textIn(payload, "cwd")
          model = textIn(payload, "model") ?? model
          limit = limitOf(payload)
          break
        case "compacted": {
          turns = []
          parts.push(turns)
          for (const item of listOf(payload["replacement_history"])) put(item)
          const message = textIn(payload, "message") ?? ""
          if (message !== "") turns.push({ role: "user", blocks: [textBlock(message)], at })
          break
        }
        case "event_msg": {
          const usage = payload["type"] === "token_count" ? usageOf(payload) : undefined
          if (usage !== undefined) count(turns, usage)
          break
        }
        default:
          put(itemOf(entry))
      }
    }
    return [{ project, system, parts: parts.map((turns): Part => ({ turns: withResultsBehindCalls(turns) })) }]
  }
}

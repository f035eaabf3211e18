/**
 * Plain message lists, of OpenAI's chat form and Anthropic's: an array, a request body that holds one, or one message a line; the reader
 * of last resort, and of agents that keep their history in just this form.
 */
import { isRecord, type JsonRecord, listOf, parsed, textIn } from "../json-value.ts"
import { moment } from "./moment.ts"
import type { SessionReader, Transcript } from "./session-reader.ts"
import { anthropicBlocks, callBlock, plainText, resultBlock, textBlock, type Turn } from "./turns.ts"

const ROLES = new Set<unknown>(["system", "developer", "user", "assistant", "tool"])

const isMessage = (value: unknown): value is JsonRecord =>
  isRecord(value) && ROLES.has(value["role"]) && ("content" in value || "tool_calls" in value)

/** Where files keep their list. */
const FIELDS = ["messages", "traj", "history"]

const listIn = (value: unknown): ReadonlyArray<JsonRecord> => {
  if (Array.isArray(value)) return value.every(isMessage) ? value : []
  if (!isRecord(value)) return []
  const list = FIELDS.map((field) => listOf(value[field])).find((candidate) => candidate.length > 0) ?? []
  return list.every(isMessage) ? list : []
}

const HAS_OWN_BLOCKS = new Set<unknown>(["tool_use", "tool_result"])

const saidBlocks = (content: unknown) => {
  const blocks = listOf(content)
  const isAnthropic = blocks.some((block) => isRecord(block) && HAS_OWN_BLOCKS.has(block["type"]))
  if (isAnthropic) return anthropicBlocks(content)
  const text = plainText(content)
  return text === "" ? [] : [textBlock(text)]
}

const turnFrom = (message: JsonRecord): Turn => {
  const at = moment(message["timestamp"])
  const content = message["content"]
  if (message["role"] === "tool") {
    const id = message["tool_call_id"] ?? listOf(message["tool_call_ids"])[0]
    return { role: "user", at, blocks: [resultBlock(id, content)] }
  }
  return {
    role: message["role"] === "assistant" ? "assistant" : "user",
    at,
    blocks: [
      ...saidBlocks(content),
      ...listOf(message["tool_calls"])
        .filter(isRecord)
        .map((call) => {
          const named = isRecord(call["function"]) ? call["function"] : call
          const input = parsed(named["arguments"])
          return callBlock(call["id"], named["name"], isRecord(input) ? input : {})
        })
    ]
  }
}

/** The conversation of a message list; its last system text is the system's. */
export const listTranscript = (messages: ReadonlyArray<JsonRecord>, system?: unknown): Transcript => {
  const instructions = messages.findLast((message) => message["role"] === "system")
  return {
    system:
      instructions === undefined
        ? system === undefined
          ? undefined
          : plainText(system)
        : plainText(instructions["content"]),
    parts: [{ turns: messages.filter((message) => message["role"] !== "system").map(turnFrom) }]
  }
}

export const messageList: SessionReader = {
  agent: "messages",
  detect: (head) => head.some((value) => listIn(value).length > 0) || head.filter(isMessage).length > 1,
  read: (values) => {
    const all = [...values]
    const lists = all.flatMap((value) => {
      const list = listIn(value)
      return list.length === 0 ? [] : [{ list, system: isRecord(value) ? value["system"] : undefined, value }]
    })
    if (lists.length === 0) return [listTranscript(all.filter(isMessage))]
    return lists.map(({ list, system, value }) => {
      const project = isRecord(value) ? textIn(value, "cwd") : undefined
      return { ...listTranscript(list, system), project }
    })
  }
}

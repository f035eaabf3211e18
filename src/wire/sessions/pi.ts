/** pi's sessions: one line an entry, a tree by parent where a branch was left, compactions that begin anew with their summary. */
import { NO_USAGE, type Usage } from "../../domain/usage.ts"
import { isRecord, type JsonRecord, listOf, textIn } from "../json-value.ts"
import { moment } from "./moment.ts"
import type { SessionReader } from "./session-reader.ts"
import { callBlock, resultBlock, textBlock, type Turn } from "./turns.ts"

const ROLES = new Set<unknown>(["user", "assistant", "toolResult", "bashExecution"])

const messageOf = (entry: JsonRecord): JsonRecord | undefined => {
  const message = entry["message"]
  return entry["type"] === "message" && isRecord(message) ? message : undefined
}

const usageOf = (message: JsonRecord): Usage | undefined => {
  const usage = message["usage"]
  if (!isRecord(usage)) return undefined
  const tokens = (key: string): number => (typeof usage[key] === "number" ? usage[key] : 0)
  return {
    ...NO_USAGE,
    uncached: tokens("input"),
    cacheRead: tokens("cacheRead"),
    cacheWrite: tokens("cacheWrite"),
    output: tokens("output")
  }
}

const turnFrom = (message: JsonRecord, at: number | undefined): Turn => {
  const content = message["content"]
  if (message["role"] === "toolResult")
    return { role: "user", at, blocks: [resultBlock(message["toolCallId"], content, message["isError"] === true)] }
  if (message["role"] === "bashExecution")
    return { role: "user", at, blocks: [textBlock(`$ ${String(message["command"])}\n${String(message["output"])}`)] }
  const blocks =
    typeof content === "string"
      ? [textBlock(content)]
      : listOf(content).flatMap((block) => {
          if (!isRecord(block)) return []
          if (block["type"] === "text") return [textBlock(block["text"])]
          return block["type"] === "toolCall" ? [callBlock(block["id"], block["name"], block["arguments"])] : []
        })
  const usage = usageOf(message)
  const model = textIn(message, "model")
  return {
    role: message["role"] === "assistant" ? "assistant" : "user",
    at,
    blocks,
    ...(usage === undefined ? {} : { usage }),
    ...(model === undefined ? {} : { model })
  }
}

/** The entries on the way to the last message; all of them in files that know no parents. */
const pathOf = (entries: ReadonlyArray<JsonRecord>): ReadonlyArray<JsonRecord> => {
  const byId = new Map(entries.map((entry) => [entry["id"], entry]))
  const path: Array<JsonRecord> = []
  const passed = new Set<JsonRecord>()
  let entry = entries.findLast((candidate) => candidate["type"] === "message")
  while (entry !== undefined && !passed.has(entry)) {
    passed.add(entry)
    path.push(entry)
    const parent = entry["parentId"]
    entry = parent === undefined || parent === null ? undefined : byId.get(parent)
  }
  return path.length < 2 ? entries : path.toReversed()
}

export const pi: SessionReader = {
  agent: "pi",
  detect: (head) =>
    head.some((value) => isRecord(value) && ROLES.has(messageOf(value)?.["role"]) && !("sessionId" in value)) &&
    head.some((value) => isRecord(value) && value["type"] === "session"),
  read: (values) => {
    const entries = [...values].filter(isRecord)
    const parts: Array<Array<Turn>> = [[]]
    for (const entry of pathOf(entries)) {
      const at = moment(entry["timestamp"])
      if (entry["type"] === "compaction") parts.push([{ role: "user", blocks: [textBlock(entry["summary"])], at }])
      const message = messageOf(entry)
      if (message !== undefined) parts.at(-1)?.push(turnFrom(message, at))
    }
    const head = entries.find((entry) => entry["type"] === "session")
    return [{ project: head === undefined ? undefined : textIn(head, "cwd"), parts: parts.map((turns) => ({ turns })) }]
  }
}

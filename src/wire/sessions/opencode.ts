/** OpenCode's sessions, exported or as its database holds them: messages of parts, a step for each call, tools with their result inside. */
import type { RecordedBlock } from "../../domain/recording.ts"
import { NO_USAGE, type Usage } from "../../domain/usage.ts"
import { isRecord, type JsonRecord, listOf, textIn } from "../json-value.ts"
import { moment } from "./moment.ts"
import type { SessionReader } from "./session-reader.ts"
import { callBlock, resultBlock, textBlock, type Turn } from "./turns.ts"

const recordIn = (record: JsonRecord, key: string): JsonRecord => {
  const value = record[key]
  return isRecord(value) ? value : {}
}

const usageOf = (step: JsonRecord): Usage | undefined => {
  const tokens = step["tokens"]
  if (!isRecord(tokens)) return undefined
  const cache = recordIn(tokens, "cache")
  const number = (record: JsonRecord, key: string): number => (typeof record[key] === "number" ? record[key] : 0)
  return {
    ...NO_USAGE,
    uncached: number(tokens, "input"),
    cacheRead: number(cache, "read"),
    cacheWrite: number(cache, "write"),
    output: number(tokens, "output") + number(tokens, "reasoning")
  }
}

/** The calls of one answer, each with its results. */
const answerTurns = (info: JsonRecord, parts: ReadonlyArray<JsonRecord>): ReadonlyArray<Turn> => {
  const at = moment(recordIn(info, "time")["created"])
  const model = textIn(info, "modelID")
  const turns: Array<Turn> = []
  let says: Array<RecordedBlock> = []
  let results: Array<Turn> = []
  let usage: Usage | undefined
  const settle = (): void => {
    if (says.length > 0)
      turns.push({
        role: "assistant",
        blocks: says,
        at,
        ...(model === undefined ? {} : { model }),
        ...(usage === undefined ? {} : { usage })
      })
    if (says.length > 0) for (const result of results) turns.push(result)
    says = []
    results = []
    usage = undefined
  }
  for (const part of parts) {
    if (part["type"] === "step-start") settle()
    if (part["type"] === "step-finish") usage = usageOf(part)
    if (part["type"] === "text") says.push(textBlock(part["text"]))
    if (part["type"] !== "tool") continue
    const state = recordIn(part, "state")
    says.push(callBlock(part["callID"], part["tool"], state["input"]))
    const output = state["output"] ?? state["error"] ?? ""
    results.push({
      role: "user",
      blocks: [resultBlock(part["callID"], output, state["status"] === "error")],
      at: moment(recordIn(state, "time")["end"])
    })
  }
  settle()
  return turns
}

const isExport = (value: unknown): value is JsonRecord =>
  isRecord(value) &&
  isRecord(value["info"]) &&
  listOf(value["messages"]).some((message) => isRecord(message) && isRecord(message["info"]) && "parts" in message)

export const openCode: SessionReader = {
  agent: "opencode",
  detect: (head) => head.some(isExport),
  read: (values) =>
    [...values].filter(isExport).map((session) => {
      const parts: Array<Array<Turn>> = [[]]
      for (const message of listOf(session["messages"])) {
        if (!isRecord(message)) continue
        const info = recordIn(message, "info")
        const pieces = listOf(message["parts"]).filter(isRecord)
        if (info["role"] === "user") {
          if (pieces.some((piece) => piece["type"] === "compaction")) parts.push([])
          const blocks = pieces.filter((piece) => piece["type"] === "text").map((piece) => textBlock(piece["text"]))
          parts.at(-1)?.push({ role: "user", blocks, at: moment(recordIn(info, "time")["created"]) })
        } else for (const turn of answerTurns(info, pieces)) parts.at(-1)?.push(turn)
      }
      const project = textIn(recordIn(session, "info"), "directory")
      return { project, parts: parts.map((turns) => ({ turns })) }
    })
}

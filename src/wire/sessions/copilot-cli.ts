/** Copilot CLI's event logs: one line an event, results as events of their own, compactions that begin anew with their summary. */
import { NO_USAGE } from "../../domain/usage.ts"
import { isRecord, type JsonRecord, listOf, textIn } from "../json-value.ts"
import { moment } from "./moment.ts"
import type { SessionReader } from "./session-reader.ts"
import { callBlock, plainText, resultBlock, textBlock, type Turn, withResultsBehindCalls } from "./turns.ts"

const EVENT = /^(?:session|user|assistant|tool|system)\./

const isEvent = (value: unknown): value is JsonRecord =>
  isRecord(value) && EVENT.test(textIn(value, "type") ?? "") && isRecord(value["data"])

const answer = (data: JsonRecord, at: number | undefined): Turn => {
  const said = textIn(data, "content") ?? ""
  const output = data["outputTokens"]
  const model = textIn(data, "model")
  return {
    role: "assistant",
    at,
    blocks: [
      ...(said === "" ? [] : [textBlock(said)]),
      ...listOf(data["toolRequests"]).flatMap((call) =>
        isRecord(call) ? [callBlock(call["toolCallId"], call["name"], call["arguments"])] : []
      )
    ],
    // the log counts what was said alone; input stays unknown
    ...(typeof output === "number" ? { usage: { ...NO_USAGE, output } } : {}),
    ...(model === undefined ? {} : { model })
  }
}

const result = (data: JsonRecord, at: number | undefined): Turn => {
  const { result: given, error } = data
  const text = (isRecord(given) ? given["content"] : undefined) ?? (isRecord(error) ? error["message"] : undefined)
  return { role: "user", at, blocks: [resultBlock(data["toolCallId"], text ?? "", data["success"] === false)] }
}

export const copilotCli: SessionReader = {
  agent: "copilot-cli",
  detect: (head) => head.some(isEvent),
  read: (values) => {
    const parts: Array<Array<Turn>> = [[]]
    let system: string | undefined
    let project: string | undefined
    for (const event of values) {
      if (!isEvent(event)) continue
      const data = isRecord(event["data"]) ? event["data"] : {}
      const at = moment(event["timestamp"])
      const turns = parts.at(-1) ?? []
      const context = data["context"]
      if (isRecord(context)) project ??= textIn(context, "cwd")
      // what a sub-agent does is no part of this window
      if (data["parentToolCallId"] !== undefined && data["parentToolCallId"] !== null) continue
      switch (event["type"]) {
        case "system.message":
          system ??= plainText(data["content"])
          break
        case "session.compaction_complete": {
          const summary = textIn(data, "summaryContent") ?? ""
          if (summary !== "") parts.push([{ role: "user", blocks: [textBlock(summary)], at }])
          break
        }
        case "user.message":
          turns.push({ role: "user", blocks: [textBlock(data["transformedContent"] ?? data["content"])], at })
          break
        case "assistant.message":
          turns.push(answer(data, at))
          break
        case "tool.execution_complete":
          turns.push(result(data, at))
          break
        default:
      }
    }
    return [{ project, system, parts: parts.map((turns) => ({ turns: withResultsBehindCalls(turns) })) }]
  }
}

/** OpenHands' trajectories: a list of actions and observations, an observation naming the action that caused it. */
import { isRecord, type JsonRecord, listOf, textIn } from "../json-value.ts"
import { moment } from "./moment.ts"
import type { SessionReader, Transcript } from "./session-reader.ts"
import { callBlock, resultBlock, textBlock, type Turn } from "./turns.ts"

const isEvent = (value: unknown): value is JsonRecord =>
  isRecord(value) &&
  (typeof value["action"] === "string" || typeof value["observation"] === "string") &&
  "source" in value

const eventsIn = (value: unknown): ReadonlyArray<JsonRecord> => {
  const list = isRecord(value) ? (value["history"] ?? value["trajectory"]) : value
  const events = listOf(list)
  return events.some(isEvent) ? events.filter(isRecord) : []
}

const transcriptOf = (events: ReadonlyArray<JsonRecord>): Transcript => {
  const turns: Array<Turn> = []
  const callIds = new Map<unknown, unknown>()
  let system: string | undefined
  for (const event of events) {
    const at = moment(event["timestamp"])
    const args = isRecord(event["args"]) ? event["args"] : {}
    const call = event["tool_call_metadata"]
    const { action, source } = event
    const said = args["content"] ?? event["message"]
    const thought = textIn(args, "thought") ?? ""
    if (source === "agent" && action === "system") system = typeof said === "string" ? said : undefined
    else if (source === "user" && action === "message") turns.push({ role: "user", blocks: [textBlock(said)], at })
    else if (typeof action === "string" && isRecord(call)) {
      callIds.set(event["id"], call["tool_call_id"])
      const input = Object.fromEntries(
        Object.entries(args).filter(([key, value]) => typeof value === "string" && key !== "thought")
      )
      turns.push({
        role: "assistant",
        at,
        blocks: [
          ...(thought === "" ? [] : [textBlock(thought)]),
          callBlock(call["tool_call_id"], call["function_name"], input)
        ]
      })
    } else if (source === "agent" && action === "message")
      turns.push({ role: "assistant", blocks: [textBlock(said)], at })
    const answered = callIds.get(event["cause"])
    if (typeof event["observation"] === "string" && answered !== undefined)
      turns.push({ role: "user", blocks: [resultBlock(answered, event["content"] ?? event["message"] ?? "")], at })
  }
  return { system, parts: [{ turns }] }
}

export const openHands: SessionReader = {
  agent: "openhands",
  detect: (head) => head.some((value) => eventsIn(value).length > 0),
  read: (values) =>
    [...values]
      .map(eventsIn)
      .filter((events) => events.length > 0)
      .map(transcriptOf)
}

/**
 * Trajectories of SWE-agent and mini-swe-agent: an action an answer, the observation as the next user message; newer runs call tools, and
 * are message lists then.
 */
import { NO_USAGE, type Usage } from "../../domain/usage.ts"
import { isRecord, type JsonRecord, listOf, parsed, textIn } from "../json-value.ts"
import { listTranscript } from "./message-list.ts"
import { moment } from "./moment.ts"
import type { SessionReader, Transcript } from "./session-reader.ts"
import { callBlock, plainText, resultBlock, textBlock, type Turn } from "./turns.ts"

const FENCE = /```(?:bash|mswea_bash_command)?\s*\n([\s\S]*?)\n?```/

interface Action {
  readonly said: string
  readonly command: string
}

/** Turns of an agent that acts in plain text: each answer is one shell call, and the user's next words are its result. */
const actionTurns = (
  messages: ReadonlyArray<JsonRecord>,
  actionOf: (message: JsonRecord) => Action,
  knownOf: (message: JsonRecord) => Pick<Turn, "at" | "model" | "usage">
): ReadonlyArray<Turn> => {
  let calls = 0
  let at: number | undefined
  return messages
    .filter((message) => message["role"] !== "system")
    .map((message): Turn => {
      if (message["role"] === "assistant") {
        const known = knownOf(message)
        const { said, command } = actionOf(message)
        at = known.at
        return {
          role: "assistant",
          blocks: [...(said === "" ? [] : [textBlock(said)]), callBlock(`call_${++calls}`, "bash", { command })],
          ...known
        }
      }
      const content = message["content"]
      return calls === 0
        ? { role: "user", blocks: [textBlock(plainText(content))], at: undefined }
        : { role: "user", blocks: [resultBlock(`call_${calls}`, content)], at }
    })
}

const systemOf = (messages: ReadonlyArray<JsonRecord>): string | undefined => {
  const message = messages.findLast((candidate) => candidate["role"] === "system")
  return message === undefined ? undefined : plainText(message["content"])
}

const callsTools = (messages: ReadonlyArray<JsonRecord>): boolean =>
  messages.some((message) => listOf(message["tool_calls"]).length > 0)

/** Without what no call saw: the end of the run. */
const untilLast = (
  messages: ReadonlyArray<JsonRecord>,
  isAnswer: (message: JsonRecord) => boolean
): ReadonlyArray<JsonRecord> => messages.slice(0, messages.findLastIndex(isAnswer) + 1)

const STOPPED = /^exit_|^Exit due/

const historyOf = (value: unknown): ReadonlyArray<JsonRecord> =>
  isRecord(value) && ("trajectory" in value || "environment" in value)
    ? listOf(value["history"]).filter((entry): entry is JsonRecord => isRecord(entry) && "role" in entry)
    : []

export const sweAgent: SessionReader = {
  agent: "swe-agent",
  detect: (head) => head.some((value) => historyOf(value).length > 0),
  read: (values) =>
    [...values].map(historyOf).map((history): Transcript => {
      if (callsTools(history)) return listTranscript(history)
      const isAnswer = (message: JsonRecord): boolean =>
        message["role"] === "assistant" && !STOPPED.test(textIn(message, "action") ?? plainText(message["content"]))
      const turns = actionTurns(
        untilLast(history, isAnswer),
        (message) => ({ said: textIn(message, "thought") ?? "", command: textIn(message, "action") ?? "" }),
        () => ({ at: undefined })
      )
      return { system: systemOf(history), parts: [{ turns }] }
    })
}

const isMini = (value: unknown): value is JsonRecord =>
  isRecord(value) &&
  ((textIn(value, "trajectory_format") ?? "").startsWith("mini-swe-agent") ||
    (isRecord(value["info"]) && "mini_version" in value["info"]))

const fencedAction = (message: JsonRecord): Action => {
  const body = plainText(message["content"])
  const fence = FENCE.exec(body)
  return fence === null
    ? { said: body, command: "" }
    : { said: body.replace(fence[0], () => "").trim(), command: fence[1] ?? "" }
}

const knownOf = (message: JsonRecord): Pick<Turn, "at" | "model" | "usage"> => {
  const extra = isRecord(message["extra"]) ? message["extra"] : {}
  const response = isRecord(extra["response"]) ? extra["response"] : {}
  const usage = usageOf(response["usage"])
  const model = textIn(response, "model")
  return {
    at: moment(response["created"] ?? extra["timestamp"]),
    ...(usage === undefined ? {} : { usage }),
    ...(model === undefined ? {} : { model })
  }
}

const usageOf = (usage: unknown): Usage | undefined => {
  if (!isRecord(usage)) return undefined
  const details = isRecord(usage["prompt_tokens_details"]) ? usage["prompt_tokens_details"] : {}
  const number = (record: JsonRecord, key: string): number => (typeof record[key] === "number" ? record[key] : 0)
  const cacheRead = number(details, "cached_tokens")
  return {
    ...NO_USAGE,
    uncached: number(usage, "prompt_tokens") - cacheRead,
    cacheRead,
    output: number(usage, "completion_tokens")
  }
}

const workFolder = (value: JsonRecord): string | undefined => {
  let place: unknown = value
  for (const key of ["info", "config", "environment", "cwd"]) place = isRecord(place) ? parsed(place[key]) : undefined
  return typeof place === "string" ? place : undefined
}

export const miniSweAgent: SessionReader = {
  agent: "mini-swe-agent",
  detect: (head) => head.some(isMini),
  read: (values) =>
    [...values].filter(isMini).map((value): Transcript => {
      const all = listOf(value["messages"]).filter(isRecord)
      const messages = all.at(-1)?.["role"] === "assistant" ? all : all.slice(0, -1)
      const project = workFolder(value)
      if (callsTools(messages)) return { ...listTranscript(messages), project }
      return { project, system: systemOf(messages), parts: [{ turns: actionTurns(messages, fencedAction, knownOf) }] }
    })
}

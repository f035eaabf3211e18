/**
 * Gemini CLI's chats: one document of messages in the older files; in the newer ones one line a message, said anew when it changes, with
 * rewinds and updates between them; and bare `Content` lists as the API takes them.
 */
import type { RecordedBlock } from "../../domain/recording.ts"
import { NO_USAGE, type Usage } from "../../domain/usage.ts"
import { isRecord, type JsonRecord, listOf, textIn } from "../json-value.ts"
import { moment } from "./moment.ts"
import type { SessionReader, Transcript } from "./session-reader.ts"
import { callBlock, plainText, resultBlock, textBlock, type Turn } from "./turns.ts"

const isContent = (value: unknown): value is JsonRecord =>
  isRecord(value) && Array.isArray(value["parts"]) && (value["role"] === "user" || value["role"] === "model")

const isChatMessage = (value: unknown): boolean =>
  isRecord(value) && (value["type"] === "user" || value["type"] === "gemini") && "content" in value

const isChat = (value: unknown): value is JsonRecord => isRecord(value) && listOf(value["messages"]).some(isChatMessage)

const isHeader = (value: unknown): value is JsonRecord =>
  isRecord(value) && typeof value["sessionId"] === "string" && typeof value["projectHash"] === "string"

const responsesOf = (call: JsonRecord): string =>
  listOf(call["result"])
    .flatMap((part) => {
      const answered = isRecord(part) && isRecord(part["functionResponse"]) ? part["functionResponse"]["response"] : ""
      if (!isRecord(answered)) return []
      const text = answered["output"] ?? answered["error"]
      return [typeof text === "string" ? text : plainText(text ?? answered)]
    })
    .join("\n")

const usageOf = (message: JsonRecord): Usage | undefined => {
  const tokens = message["tokens"]
  if (!isRecord(tokens)) return undefined
  const number = (key: string): number => (typeof tokens[key] === "number" ? tokens[key] : 0)
  const cacheRead = number("cached")
  return {
    ...NO_USAGE,
    uncached: number("input") - cacheRead,
    cacheRead,
    output: number("output") + number("thoughts")
  }
}

const chatTurns = (message: unknown): ReadonlyArray<Turn> => {
  if (!isRecord(message)) return []
  const at = moment(message["timestamp"])
  const said = plainText(message["content"])
  if (message["type"] === "user") return [{ role: "user", blocks: [textBlock(said)], at }]
  if (message["type"] !== "gemini") return []
  const calls = listOf(message["toolCalls"]).filter(isRecord)
  const usage = usageOf(message)
  const model = textIn(message, "model")
  return [
    {
      role: "assistant",
      blocks: [
        ...(said === "" ? [] : [textBlock(said)]),
        ...calls.map((call) => callBlock(call["id"], call["name"], call["args"]))
      ],
      at,
      ...(usage === undefined ? {} : { usage }),
      ...(model === undefined ? {} : { model })
    },
    ...calls.map(
      (call): Turn => ({
        role: "user",
        blocks: [resultBlock(call["id"], responsesOf(call), call["status"] === "error")],
        at: moment(call["timestamp"])
      })
    )
  ]
}

/** The messages that stand at the end of a chat written line by line. */
const lastWords = (values: Iterable<unknown>): ReadonlyArray<unknown> => {
  let messages = new Map<unknown, unknown>()
  for (const value of values) {
    if (!isRecord(value)) continue
    const rewind = value["$rewindTo"]
    const update = value["$set"]
    if (rewind !== undefined) {
      const ids = [...messages.keys()]
      const from = Math.max(0, ids.indexOf(rewind))
      for (const id of ids.slice(from)) messages.delete(id)
    } else if (isRecord(update)) {
      const list = listOf(update["messages"])
      if (list.length > 0)
        messages = new Map(list.map((message, i) => [isRecord(message) ? message["id"] : i, message]))
    } else if (typeof value["id"] === "string") messages.set(value["id"], value)
  }
  return [...messages.values()]
}

const contentTurns = (contents: ReadonlyArray<unknown>): ReadonlyArray<Turn> => {
  let unnamed = 0
  return contents.filter(isContent).map((content): Turn => {
    const parts = listOf(content["parts"]).filter(isRecord)
    const isAnswer = content["role"] === "model"
    const blocks = parts.flatMap((part): ReadonlyArray<RecordedBlock> => {
      const { functionCall: call, functionResponse: response } = part
      if (isAnswer && part["thought"] === true) return []
      if (!isAnswer && isRecord(response)) {
        const given = response["response"]
        const text = isRecord(given) ? (given["output"] ?? given["error"] ?? given) : given
        return [resultBlock(response["id"], text)]
      }
      if (typeof part["text"] === "string" && part["text"] !== "") return [textBlock(part["text"])]
      return isAnswer && isRecord(call) ? [callBlock(call["id"] ?? `g${++unnamed}`, call["name"], call["args"])] : []
    })
    return { role: isAnswer ? "assistant" : "user", blocks, at: undefined }
  })
}

const chat = (head: JsonRecord | undefined, messages: ReadonlyArray<unknown>): Transcript => {
  const [folder] = listOf(head?.["directories"])
  return {
    project: typeof folder === "string" ? folder : undefined,
    parts: [{ turns: messages.flatMap(chatTurns) }]
  }
}

export const geminiCli: SessionReader = {
  agent: "gemini-cli",
  detect: (head) =>
    head.some(
      (value) => isHeader(value) || isChat(value) || isContent(value) || (Array.isArray(value) && value.some(isContent))
    ),
  read: (values) => {
    const all = [...values]
    const documents = all.filter(isChat)
    if (documents.length > 0) return documents.map((document) => chat(document, listOf(document["messages"])))
    const contents = all.flatMap((value): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [value]))
    if (contents.some(isContent)) return [{ parts: [{ turns: contentTurns(contents) }] }]
    return [chat(all.find(isHeader), lastWords(all))]
  }
}

/**
 * OpenAI's Chat Completions shape: one message a tool result, calls beside the assistant's text.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
import type { Call } from "../domain/document.ts"
import type { BlockList } from "./block-list.ts"
import { isRecord, type JsonRecord, listOf, parsed, type Path, textIn } from "./json-value.ts"
import type { Shape } from "./provider-shape.ts"

/** Each text of a content that is a string or a list of parts. */
const listTexts = (content: unknown, at: Path, put: (at: Path, text: string) => void): void => {
  if (typeof content === "string") return put(at, content)
  listOf(content).forEach((part, i) => {
    if (!isRecord(part) || part["type"] !== "text") return
    const text = textIn(part, "text")
    if (text !== undefined) put([...at, i, "text"], text)
  })
}

const holdsText = (content: unknown): boolean =>
  typeof content === "string" || listOf(content).some((part) => isRecord(part) && part["type"] === "text")

const callFrom = (called: JsonRecord): Call => ({
  tool: textIn(called, "name") ?? "",
  input: "arguments" in called ? parsed(called["arguments"]) : called["input"]
})

const listCalls = (turn: JsonRecord, to: BlockList): void => {
  for (const called of listOf(turn["tool_calls"])) {
    if (!isRecord(called)) continue
    const inner = isRecord(called["function"]) ? called["function"] : called["custom"]
    if (isRecord(inner)) to.called(textIn(called, "id"), callFrom(inner))
  }
  if (isRecord(turn["function_call"])) to.called(undefined, callFrom(turn["function_call"]))
}

export const openaiChat: Shape = {
  name: "openai-chat",
  field: "messages",
  tells: (turn) =>
    Array.isArray(turn["tool_calls"]) ||
    isRecord(turn["function_call"]) ||
    typeof turn["tool_call_id"] === "string" ||
    turn["role"] === "function" ||
    (turn["role"] === "tool" && holdsText(turn["content"])),
  isAssistant: (turn) => turn["role"] === "assistant",
  list: (turn, at, to) => {
    const content = turn["content"]
    const place = [...at, "content"]
    switch (turn["role"]) {
      case "user":
        return listTexts(content, place, to.user)
      case "assistant":
        listTexts(content, place, (_, text) => to.assistant(text))
        return listCalls(turn, to)
      case "tool":
      case "function": {
        const call = to.callOf(textIn(turn, "tool_call_id"), textIn(turn, "name"))
        return listTexts(content, place, (where, text) => to.result(where, text, call, false))
      }
    }
  },
  put: (_, text) => text
}

/**
 * The Vercel AI SDK's model messages: parts in camel case, tool results with a typed output.
 *
 * A JSON output may become a text output: the SDK sends JSON as text anyway. Outputs of its version 4 (`result`) are slots where they
 * are strings; a JSON `result` has no text form beside it and stays.
 * @see https://ai-sdk.dev/docs/reference/ai-sdk-core/model-message
 */
import { type BlockList, listContent } from "./block-list.ts"
import { isRecord, type JsonRecord, jsonText, listOf, type Path, textIn } from "./json-value.ts"
import type { Shape } from "./provider-shape.ts"

const TEXT_FORM: { readonly [type: string]: string } = { json: "text", "error-json": "error-text" }

const textsOf = (output: JsonRecord, at: Path): ReadonlyArray<readonly [Path, string]> => {
  const value = output["value"]
  if (typeof value === "string") return [[[...at, "value"], value]]
  switch (output["type"]) {
    case "content":
      return listOf(value).flatMap((part, i) => {
        const text = isRecord(part) && part["type"] === "text" ? textIn(part, "text") : undefined
        return text === undefined ? [] : [[[...at, "value", i, "text"], text] as const]
      })
    case "json":
    case "error-json": {
      const whole = jsonText(value)
      return whole === undefined ? [] : [[at, whole]]
    }
    default:
      return []
  }
}

const listResult = (part: JsonRecord, at: Path, to: BlockList): void => {
  const call = to.callOf(textIn(part, "toolCallId"), textIn(part, "toolName"))
  const output = part["output"]
  if (isRecord(output)) {
    const isError = output["type"] === "error-text" || output["type"] === "error-json"
    for (const [place, text] of textsOf(output, [...at, "output"])) to.result(place, text, call, isError)
    return
  }
  const result = textIn(part, "result")
  if (result !== undefined) to.result([...at, "result"], result, call, part["isError"] === true)
}

const listPart = (role: unknown, part: JsonRecord, at: Path, to: BlockList): void => {
  const text = part["type"] === "text" ? textIn(part, "text") : undefined
  if (role === "user" && text !== undefined) to.user([...at, "text"], text)
  if (role === "assistant" && text !== undefined) to.assistant(text)
  if (role === "assistant" && part["type"] === "tool-call") {
    to.called(textIn(part, "toolCallId"), {
      tool: textIn(part, "toolName") ?? "",
      input: part["input"] ?? part["args"]
    })
  }
  if (role === "tool" && part["type"] === "tool-result") listResult(part, at, to)
}

export const vercelMessages: Shape = {
  name: "vercel-messages",
  field: "messages",
  tells: (turn) =>
    listOf(turn["content"]).some(
      (part) => isRecord(part) && (part["type"] === "tool-call" || part["type"] === "tool-result")
    ),
  isAssistant: (turn) => turn["role"] === "assistant",
  list: (turn, at, to) => listContent(turn, at, to, listPart),
  put: (old, text) => {
    if (!isRecord(old)) return text
    return { ...old, type: TEXT_FORM[textIn(old, "type") ?? ""] ?? "text", value: text }
  }
}

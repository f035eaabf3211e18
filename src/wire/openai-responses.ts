/**
 * OpenAI's Responses shape: a flat list of items, of which calls, their outputs and messages are read.
 *
 * Reasoning, encrypted items, screenshots and what the provider's own tools returned are not listed, nor what a program of the model's
 * called and got. Items before the last compaction item are not
 * either: whether the model still sees them is the provider's to say.
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
import type { Call } from "../domain/document.ts"
import type { BlockList } from "./block-list.ts"
import { isRecord, type JsonRecord, listOf, parsed, type Path, textIn } from "./json-value.ts"
import type { Shape } from "./provider-shape.ts"

const TEXT_PARTS = new Set(["input_text", "output_text", "text"])
const STREAMS = ["stdout", "stderr"]

const listTexts = (content: unknown, at: Path, put: (at: Path, text: string) => void): void => {
  if (typeof content === "string") return put(at, content)
  listOf(content).forEach((part, i) => {
    if (!isRecord(part) || !TEXT_PARTS.has(textIn(part, "type") ?? "")) return
    const text = textIn(part, "text")
    if (text !== undefined) put([...at, i, "text"], text)
  })
}

const callFrom = (item: JsonRecord): Call | undefined => {
  switch (item["type"]) {
    case "function_call":
      return { tool: textIn(item, "name") ?? "", input: parsed(item["arguments"]) }
    case "custom_tool_call":
      return { tool: textIn(item, "name") ?? "", input: item["input"] }
    case "local_shell_call":
      return { tool: "local_shell", input: item["action"] }
    case "shell_call":
      return { tool: "shell", input: item["action"] }
    case "apply_patch_call":
      return { tool: "apply_patch", input: item["operation"] }
    default:
      return undefined
  }
}

const idOf = (item: JsonRecord): string | undefined => textIn(item, "call_id") ?? textIn(item, "id")

const isFailedExit = (outcome: unknown): boolean =>
  isRecord(outcome) &&
  (outcome["type"] === "timeout" || (typeof outcome["exit_code"] === "number" && outcome["exit_code"] !== 0))

/** The hosted shell's form: one entry a command, with its streams apart. */
const listStreams = (output: unknown, at: Path, call: Call | undefined, to: BlockList): void => {
  listOf(output).forEach((entry, i) => {
    if (!isRecord(entry)) return
    for (const stream of STREAMS) {
      const text = textIn(entry, stream)
      if (text !== undefined) to.result([...at, i, stream], text, call, isFailedExit(entry["outcome"]))
    }
  })
}

const isOfProgram = (item: JsonRecord): boolean => isRecord(item["caller"]) && item["caller"]["type"] !== "direct"

const listOutput = (item: JsonRecord, at: Path, to: BlockList): void => {
  if (isOfProgram(item) || to.isOfProgram(idOf(item))) return
  const call = to.callOf(idOf(item))
  const place = [...at, "output"]
  if (item["type"] === "shell_call_output") return listStreams(item["output"], place, call, to)
  listTexts(item["output"], place, (where, text) => to.result(where, text, call, item["status"] === "failed"))
}

const OUTPUTS = new Set([
  "function_call_output",
  "custom_tool_call_output",
  "local_shell_call_output",
  "shell_call_output",
  "apply_patch_call_output"
])

/** Items that the provider adds besides messages and calls. */
const ANSWERED = new Set([
  "reasoning",
  "compaction",
  "compaction_summary",
  "mcp_list_tools",
  "mcp_approval_request",
  "program",
  "program_output"
])

const isItem = (item: JsonRecord): boolean => {
  const type = textIn(item, "type")
  if (type === undefined || type === "message") return false
  return OUTPUTS.has(type) || callFrom(item) !== undefined || (type === "reasoning" && Array.isArray(item["summary"]))
}

export const openaiResponses: Shape = {
  name: "openai-responses",
  field: "input",
  tells: (item) =>
    isItem(item) ||
    listOf(item["content"]).some((part) => isRecord(part) && /^(input|output)_text$/.test(textIn(part, "type") ?? "")),
  isAssistant: (item) => {
    const type = textIn(item, "type") ?? ""
    return item["role"] === "assistant" || ANSWERED.has(type) || type.endsWith("_call")
  },
  list: (item, at, to) => {
    const type = item["type"]
    if (type === "compaction" || type === "compaction_summary") return to.forget()
    const call = callFrom(item)
    if (call !== undefined) return isOfProgram(item) ? to.calledByProgram(idOf(item)) : to.called(idOf(item), call)
    if (typeof type === "string" && OUTPUTS.has(type)) return listOutput(item, at, to)
    if (type !== undefined && type !== "message") return
    const place = [...at, "content"]
    if (item["role"] === "user") listTexts(item["content"], place, to.user)
    if (item["role"] === "assistant") listTexts(item["content"], place, (_, text) => to.assistant(text))
  },
  put: (_, text) => text
}

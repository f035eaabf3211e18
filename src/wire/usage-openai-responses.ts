/**
 * Responses: one object, or events of which the last holds it whole; a backend may leave its output out there, so calls are read from
 * the items as they end.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
import type { Usage } from "../domain/usage.ts"
import { type Answer, countIn, type Read, usageWithin, withError } from "./answer.ts"
import { isRecord, type JsonRecord, listOf, textIn } from "./json-value.ts"

const usageIn = (raw: unknown): Usage | undefined => {
  const input = countIn(raw, "input_tokens")
  if (input === undefined || !isRecord(raw)) return undefined
  const details = raw["input_tokens_details"]
  const output = Math.max(countIn(raw, "output_tokens") ?? 0, (countIn(raw, "total_tokens") ?? 0) - input)
  return usageWithin(input, countIn(details, "cached_tokens") ?? 0, countIn(details, "cache_write_tokens") ?? 0, output)
}

/** Tools that the client runs, by the type of their call; functions and custom tools have names. */
const CLIENT_CALLS: Readonly<Record<string, string>> = {
  local_shell_call: "local_shell",
  shell_call: "shell",
  apply_patch_call: "apply_patch",
  computer_call: "computer"
}

const toolIn = (item: unknown): ReadonlyArray<string> => {
  const type = isRecord(item) ? textIn(item, "type") : undefined
  if (!isRecord(item) || type === undefined) return []
  if (type === "function_call" || type === "custom_tool_call") return [textIn(item, "name") ?? ""]
  const name = CLIENT_CALLS[type]
  return name === undefined ? [] : [name]
}

const ENDS = new Set(["completed", "incomplete", "failed", "cancelled"])

const withResponse = (answer: Answer, response: JsonRecord): Answer => {
  const status = textIn(response, "status") ?? ""
  const incomplete = response["incomplete_details"]
  const reason = isRecord(incomplete) ? textIn(incomplete, "reason") : undefined
  return {
    ...withError(answer, response),
    usage: usageIn(response["usage"]) ?? answer.usage,
    model: textIn(response, "model") ?? answer.model,
    finished: answer.finished || ENDS.has(status),
    stop: ENDS.has(status) ? (reason ?? status) : answer.stop
  }
}

export const readOpenaiResponses: Read = (answer, value) => {
  const type = textIn(value, "type")
  const response = value["response"]
  if (type === "response.output_item.done") return { ...answer, tools: [...answer.tools, ...toolIn(value["item"])] }
  if (type === "error")
    return withError(answer, isRecord(value["error"]) ? value : { error: { ...value, type: undefined } })
  if (type?.startsWith("response.") === true && isRecord(response)) return withResponse(answer, response)
  if (type !== undefined) return answer
  const whole = withResponse(answer, value)
  const output = value["output"]
  return {
    ...whole,
    // a compaction has no status
    finished: whole.finished || (value["status"] === undefined && Array.isArray(output)),
    tools: [...whole.tools, ...listOf(output).flatMap(toolIn)]
  }
}

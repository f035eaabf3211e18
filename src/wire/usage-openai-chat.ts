/**
 * Chat completions: one object, or chunks of it, of which the last holds the usage where the client asked for it.
 *
 * Vendors of this wire differ in where reasoning is counted: what the total holds beyond the prompt is output.
 * @see https://platform.openai.com/docs/api-reference/chat/streaming
 */
import type { Usage } from "../domain/usage.ts"
import { type Answer, countIn, type Read, usageWithin, withError, wordIn } from "./answer.ts"
import { isRecord, type JsonRecord, listOf } from "./json-value.ts"

const usageIn = (raw: unknown): Usage | undefined => {
  if (!isRecord(raw)) return undefined
  const prompt = countIn(raw, "prompt_tokens")
  if (prompt === undefined) return undefined
  const details = raw["prompt_tokens_details"]
  const output = Math.max(countIn(raw, "completion_tokens") ?? 0, (countIn(raw, "total_tokens") ?? 0) - prompt)
  const read = countIn(details, "cached_tokens") ?? countIn(raw, "prompt_cache_hit_tokens") ?? 0
  return usageWithin(prompt, read, countIn(details, "cache_write_tokens") ?? 0, output)
}

/** A call's name comes once, with its first chunk. */
const toolsIn = (message: unknown): ReadonlyArray<string> =>
  isRecord(message)
    ? [...listOf(message["tool_calls"]), { function: message["function_call"] }].flatMap((call) => {
        const inner = isRecord(call) ? (call["function"] ?? call["custom"]) : undefined
        const name = isRecord(inner) ? wordIn(inner, "name") : undefined
        return name === undefined ? [] : [name]
      })
    : []

const withChoice = (answer: Answer, choice: JsonRecord): Answer => {
  const stop = wordIn(choice, "finish_reason")
  const tools = toolsIn(choice["delta"] ?? choice["message"])
  return {
    ...answer,
    stop: stop ?? answer.stop,
    finished: answer.finished || stop !== undefined,
    tools: tools.length === 0 ? answer.tools : [...answer.tools, ...tools]
  }
}

export const readOpenaiChat: Read = (answer, value) => {
  const groq = value["x_groq"]
  return listOf(value["choices"])
    .filter(isRecord)
    .reduce(withChoice, {
      ...withError(answer, value),
      usage: usageIn(value["usage"] ?? (isRecord(groq) ? groq["usage"] : undefined)) ?? answer.usage,
      model: wordIn(value, "model") ?? answer.model
    })
}

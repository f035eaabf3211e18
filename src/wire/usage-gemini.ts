/**
 * Gemini's answers: one object, or several of the same form, each with the counts so far.
 *
 * The prompt's count holds what came out of the cache; what Google's own tools brought in is counted beside it, and so are thoughts.
 * @see https://ai.google.dev/api/generate-content#UsageMetadata
 */
import type { Usage } from "../domain/usage.ts"
import { type Answer, countIn, type Read, usageWithin, withError, wordIn } from "./answer.ts"
import { isRecord, type JsonRecord, listOf } from "./json-value.ts"

const usageIn = (raw: unknown): Usage | undefined => {
  const prompt = countIn(raw, "promptTokenCount")
  if (prompt === undefined) return undefined
  const input = prompt + (countIn(raw, "toolUsePromptTokenCount") ?? 0)
  const output = (countIn(raw, "candidatesTokenCount") ?? 0) + (countIn(raw, "thoughtsTokenCount") ?? 0)
  return usageWithin(input, countIn(raw, "cachedContentTokenCount") ?? 0, 0, output)
}

/** A call whose arguments come in parts is named by the first. */
const toolIn = (part: unknown): ReadonlyArray<string> => {
  const call = isRecord(part) ? part["functionCall"] : undefined
  const name = isRecord(call) ? wordIn(call, "name") : undefined
  return name === undefined ? [] : [name]
}

const withCandidate = (answer: Answer, candidate: JsonRecord): Answer => {
  const content = candidate["content"]
  const stop = wordIn(candidate, "finishReason")
  const tools = isRecord(content) ? listOf(content["parts"]).flatMap(toolIn) : []
  return {
    ...answer,
    stop: stop ?? answer.stop,
    finished: answer.finished || stop !== undefined,
    tools: tools.length === 0 ? answer.tools : [...answer.tools, ...tools]
  }
}

export const readGemini: Read = (answer, value) => {
  const feedback = value["promptFeedback"]
  const blocked = isRecord(feedback) ? wordIn(feedback, "blockReason") : undefined
  return listOf(value["candidates"])
    .filter(isRecord)
    .reduce(withCandidate, {
      ...withError(answer, value),
      usage: usageIn(value["usageMetadata"]) ?? answer.usage,
      model: wordIn(value, "modelVersion") ?? answer.model,
      // a prompt that is refused has no candidate
      stop: blocked ?? answer.stop,
      finished: answer.finished || blocked !== undefined
    })
}

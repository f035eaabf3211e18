/**
 * Anthropic's answers: a message, or the events that build one up.
 *
 * Counts of `message_start` are a beginning and those of `message_delta` totals, of the fields that it has. Where the provider lists the
 * samplings behind one answer, their sum counts: a compaction's or an advisor's own tokens are paid for and stand in no total.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
import { NO_USAGE, type Usage } from "../domain/usage.ts"
import { type Answer, countIn, NO_ANSWER, type Read, withError } from "./answer.ts"
import { isRecord, type JsonRecord, listOf, textIn } from "./json-value.ts"

const sum = (a: Usage, b: Usage): Usage => ({
  uncached: a.uncached + b.uncached,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite,
  cacheWriteHour: a.cacheWriteHour + b.cacheWriteHour,
  output: a.output + b.output
})

/** The counts as they stand after `before`; what is not told anew stays. */
const countsIn = (raw: JsonRecord, before: Usage): Usage => {
  const split = raw["cache_creation"]
  const written = countIn(raw, "cache_creation_input_tokens") ?? before.cacheWrite + before.cacheWriteHour
  // a total without its split is split as the one before
  const likeBefore =
    before.cacheWrite === 0 && before.cacheWriteHour > 0 ? written : Math.min(before.cacheWriteHour, written)
  const hour = Math.min(countIn(split, "ephemeral_1h_input_tokens") ?? likeBefore, written)
  return {
    uncached: countIn(raw, "input_tokens") ?? before.uncached,
    cacheRead: countIn(raw, "cache_read_input_tokens") ?? before.cacheRead,
    cacheWrite: written - hour,
    cacheWriteHour: hour,
    output: countIn(raw, "output_tokens") ?? before.output
  }
}

const usageAfter = (raw: unknown, before: Usage | undefined): Usage | undefined => {
  if (!isRecord(raw)) return before
  const samplings = listOf(raw["iterations"]).filter(isRecord)
  return samplings.length > 0
    ? samplings.map((sampling) => countsIn(sampling, NO_USAGE)).reduce(sum)
    : countsIn(raw, before ?? NO_USAGE)
}

const toolIn = (block: unknown): ReadonlyArray<string> =>
  isRecord(block) && block["type"] === "tool_use" ? [textIn(block, "name") ?? ""] : []

/** A message, whole or at its start. */
const fromMessage = (message: JsonRecord): Answer => {
  const stop = textIn(message, "stop_reason")
  return {
    ...NO_ANSWER,
    usage: usageAfter(message["usage"], undefined),
    model: textIn(message, "model"),
    stop,
    tools: listOf(message["content"]).flatMap(toolIn)
  }
}

export const readAnthropic: Read = (answer, value) => {
  switch (value["type"]) {
    case "message":
      return { ...fromMessage(value), finished: true }
    case "message_start": {
      // a gateway that tries again sends a second start: what came before it is no part of the answer
      const message = value["message"]
      return isRecord(message) ? fromMessage(message) : answer
    }
    case "content_block_start":
      return { ...answer, tools: [...answer.tools, ...toolIn(value["content_block"])] }
    case "message_delta": {
      const delta = value["delta"]
      const stop = (isRecord(delta) ? textIn(delta, "stop_reason") : undefined) ?? answer.stop
      return { ...answer, usage: usageAfter(value["usage"], answer.usage), stop }
    }
    case "message_stop":
      return { ...answer, finished: true }
    case "error":
      return withError(answer, value)
    default:
      return answer
  }
}

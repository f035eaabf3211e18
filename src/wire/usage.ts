/**
 * What an answer used, read while it passes: the bytes of any provider's answer, streamed or whole, to one account of it.
 *
 * Most events carry a few words of text each and are told by their names, so they are not even parsed.
 */
import type { Endpoint } from "../domain/exchange.ts"
import { type Answer, NO_ANSWER, type Read, withError } from "./answer.ts"
import { isRecord, parsed } from "./json-value.ts"
import { eventReader, type StreamEvent } from "./sse.ts"
import { readAnthropic } from "./usage-anthropic.ts"
import { readGemini } from "./usage-gemini.ts"
import { readOpenaiChat } from "./usage-openai-chat.ts"
import { readOpenaiResponses } from "./usage-openai-responses.ts"

export interface AnswerReader {
  /** Takes the next bytes of the answer; never throws. */
  readonly feed: (chunk: Uint8Array) => void
  /** No more bytes come. */
  readonly end: () => void
  readonly answer: Answer
  /** An event was too large to hold, so the answer is not known to its end. */
  readonly isOver: boolean
}

/** A count is one small object, of every provider its own. */
const readCount: Read = (answer, value) => {
  const counted = withError(answer, value)
  return { ...counted, finished: counted.error === undefined }
}

const READERS: Readonly<Record<Endpoint, Read | undefined>> = {
  messages: readAnthropic,
  "chat-completions": readOpenaiChat,
  responses: readOpenaiResponses,
  "generate-content": readGemini,
  "count-tokens": readCount,
  // the client's own request, to Anthropic alone
  renewal: readAnthropic,
  other: undefined
}

/** Events of text alone. */
const isDelta = ({ name }: StreamEvent): boolean => name === "content_block_delta" || name?.endsWith(".delta") === true

const readEvent = (answer: Answer, event: StreamEvent, read: Read): Answer => {
  if (isDelta(event)) return answer
  if (event.data === "[DONE]") return { ...answer, finished: true }
  const value = parsed(event.data)
  return isRecord(value) ? read(answer, value) : answer
}

/**
 * A reader of the endpoint's answers; undefined where they are not read.
 *
 * @example
 * const reader = answerReader("messages")
 * reader?.feed(new TextEncoder().encode('{"type":"message","usage":{"input_tokens":3,"output_tokens":1}}'))
 * reader?.answer.usage // => { uncached: 3, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 1 }
 */
export const answerReader = (endpoint: Endpoint): AnswerReader | undefined => {
  const read = READERS[endpoint]
  if (read === undefined) return undefined
  const events = eventReader()
  let answer = NO_ANSWER
  const take = (found: ReadonlyArray<StreamEvent>): void => {
    for (const event of found) answer = readEvent(answer, event, read)
  }
  return {
    feed: (chunk) => take(events.feed(chunk)),
    end: () => take(events.end()),
    get answer() {
      return answer
    },
    get isOver() {
      return events.isOver
    }
  }
}

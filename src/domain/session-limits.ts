/** The bounds between which every rewrite of a session stands: an oracle that keeps only the lines used later, and cuts that know nothing. */
import { needsOf } from "./recall.ts"
import type { RecordedMessage } from "./recording.ts"

/** Rewrites the text of one tool result. */
export type ResultRewrite = (text: string) => string

/** Messages with the texts of their tool results rewritten. */
export const withResults = (
  messages: ReadonlyArray<RecordedMessage>,
  rewrite: ResultRewrite
): ReadonlyArray<RecordedMessage> =>
  messages.map((message) => ({
    ...message,
    content: message.content.map((block) =>
      block.type === "tool_result" ? { ...block, content: rewrite(block.content) } : block
    )
  }))

/** Keeps the first and the last half of so many characters. */
export const headAndTail =
  (limit: number): ResultRewrite =>
  (text) =>
    text.length < limit ? text : `${text.slice(0, limit / 2)}\n...\n${text.slice(-limit / 2)}`

/** Outputs that are not worth an oracle's work. */
const SHORT = 800
/** A line with more characters is told by what was used of it. */
const LONG_LINE = 2_000
const REST = 80

const usedByLine = (text: string, used: ReadonlyArray<string>): ReadonlyArray<string> => {
  const starts: Array<number> = [0]
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
  const phrases = new Map<number, Array<string>>()
  for (const phrase of used) {
    let line = 0
    for (let at = text.indexOf(phrase); at !== -1; ) {
      while ((starts[line + 1] ?? Infinity) <= at) line++
      const found = phrases.get(line)
      if (found === undefined) phrases.set(line, [phrase])
      else found.push(phrase)
      // once a line is enough
      const next = starts[line + 1]
      at = next === undefined ? -1 : text.indexOf(phrase, next)
    }
  }
  return [...phrases]
    .sort(([a], [b]) => a - b)
    .map(([line, found]) => {
      const next = starts[line + 1]
      const whole = text.slice(starts[line], next === undefined ? undefined : next - 1)
      return whole.length > LONG_LINE ? found.join(" ") : whole
    })
}

/** Keeps of every longer output the lines that the session's agent used at any time. */
export const oracleOf = (messages: ReadonlyArray<RecordedMessage>): ResultRewrite => {
  const used = [...new Set(needsOf(messages).flatMap((need) => [...need.facts, ...need.lines]))].filter(
    (phrase) => phrase !== ""
  )
  return (text) => (text.length < SHORT ? text : usedByLine(text, used).join("\n") || text.slice(0, REST))
}

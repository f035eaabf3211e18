/**
 * The events of `rg --json`, one JSON object a line, of which only type, path and line number are read, because a whole parse would
 * cost more than the answer.
 */

const EVENT = /\{"type":"(begin|match|context|end|summary)","data":\{/y
const PATH = /"path":\{"(?:text|bytes)":"((?:[^"\\]|\\.)*)"\}/y
const LINE = /"line_number":(\d+)/

export interface SearchEvent {
  readonly type: string
  /** As the line writes it, escapes and all. */
  readonly path: string
  readonly line: string
}

export const isEvent = (text: string, at: number): boolean => {
  EVENT.lastIndex = at
  return text.charCodeAt(at) === 123 && EVENT.test(text)
}

/** The event of the line from `at` to `end`. */
export const eventAt = (text: string, at: number, end: number): SearchEvent | undefined => {
  if (!isEvent(text, at)) return undefined
  EVENT.lastIndex = at
  const type = EVENT.exec(text)?.[1] ?? ""
  PATH.lastIndex = EVENT.lastIndex
  const path = PATH.exec(text)?.[1] ?? ""
  // the searched line's own text stands before the number and may hold the same words, so the last one counts
  const from = text.lastIndexOf('"line_number":', end)
  const line = from < at ? "" : (LINE.exec(text.slice(from, from + 30))?.[1] ?? "")
  return { type, path, line }
}

/**
 * The values of a JSON text that comes in parts: one whole answer, lines of JSON, or Gemini's stream, which is one array whose elements
 * arrive one by one.
 *
 * Objects end where their braces do, so each is handed on as soon as it is whole; they are found here and parsed by who reads them.
 */
import type { TextReader } from "./sse.ts"

const QUOTE = 34
const BACKSLASH = 92
const STRING_MARK = /["\\]/g
const OPEN_ARRAY = 91
const CLOSE_ARRAY = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

/** Where the next quote or backslash stands, or the text ends: most of a large value is one long string. */
const plainEnd = (text: string, from: number): number => {
  STRING_MARK.lastIndex = from
  return STRING_MARK.test(text) ? STRING_MARK.lastIndex - 1 : text.length
}

/** A reader of the objects that stand alone, in lines or in one array; a value over `cap` UTF-16 units ends the reading. */
export const jsonReader = (cap: number): TextReader => {
  const parts: Array<string> = []
  let held = 0
  let depth = 0
  let isInString = false
  let isEscaped = false
  let isOver = false

  /** Keeps a part of the value that is open. */
  const hold = (part: string): void => {
    parts.push(part)
    held += part.length
    if (held <= cap) return
    isOver = true
    parts.length = 0
  }

  const taken = (): string => {
    const value = parts.join("")
    parts.length = 0
    held = 0
    return value
  }

  return {
    get isOver() {
      return isOver
    },
    feed: (text) => {
      const values: Array<{ readonly data: string }> = []
      let start = 0
      for (let at = 0; at < text.length && !isOver; at++) {
        const code = text.charCodeAt(at)
        if (isInString) {
          if (isEscaped) isEscaped = false
          else if (code === BACKSLASH) isEscaped = true
          else if (code === QUOTE) isInString = false
          else at = plainEnd(text, at) - 1
        } else if (code === QUOTE) {
          isInString = depth > 0
        } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
          // an array around the values is no value
          if (depth === 0 && code === OPEN_ARRAY) continue
          if (depth === 0) start = at
          depth++
        } else if ((code === CLOSE_OBJECT || code === CLOSE_ARRAY) && depth > 0) {
          depth--
          if (depth > 0) continue
          hold(text.slice(start, at + 1))
          if (!isOver) values.push({ data: taken() })
        }
      }
      if (depth > 0 && !isOver) hold(text.slice(start))
      return values
    },
    end: () => []
  }
}

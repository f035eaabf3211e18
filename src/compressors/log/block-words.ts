/**
 * The words of each line, and numbers for those near its two ends, so that blocks are compared by numbers instead of by text.
 */
import { estimateTokens } from "../../domain/tokens.ts"
import { HOLE } from "./block-form.ts"

/** Columns that are compared from a line's beginning and from its end. */
export const LEFT = 16
export const RIGHT = 4
export const COLUMNS = LEFT + RIGHT

/** A longer line is none of a table. */
const MAX_LINE = 4000

export interface LineWords {
  readonly text: string
  readonly starts: ReadonlyArray<number>
  /** Start and end of each word, line by line; a line's last word goes on to the line's end. */
  readonly spans: Int32Array
  /** Where each line's words begin in `spans`. */
  readonly offsets: Int32Array
  /** Numbers of the first columns and then of the last ones, line by line; equal for equal words after equal blanks. */
  readonly numbers: Int32Array
  /** Tokens of a word by its number. */
  readonly tokens: ReadonlyArray<number>
}

export const wordsIn = (words: LineWords, line: number): number =>
  ((words.offsets[line + 1] as number) - (words.offsets[line] as number)) / 2

/** Where the blanks before a word begin. */
export const gapStart = (words: LineWords, line: number, word: number): number =>
  word === 0 ? (words.starts[line] as number) : (words.spans[(words.offsets[line] as number) + 2 * word - 1] as number)

export const wordStart = (words: LineWords, line: number, word: number): number =>
  words.spans[(words.offsets[line] as number) + 2 * word] as number

export const wordEnd = (words: LineWords, line: number, word: number): number =>
  words.spans[(words.offsets[line] as number) + 2 * word + 1] as number

/** The number of a line's word, counted from its beginning, or, from `LEFT` on, from its end. */
export const numberAt = (words: LineWords, line: number, column: number): number =>
  words.numbers[line * COLUMNS + column] as number

const isBlank = (code: number): boolean => code === 32 || code === 9

export const readWords = (text: string, starts: ReadonlyArray<number>): LineWords => {
  const spans = new Int32Array(text.length + 2)
  const offsets = new Int32Array(starts.length + 1)
  const numbers = new Int32Array(starts.length * COLUMNS)
  const known = new Map<string, number>()
  const tokens: Array<number> = [0]
  const words: LineWords = { text, starts, spans, offsets, numbers, tokens }
  let size = 0
  const numberOf = (line: number, word: number): number => {
    const start = wordStart(words, line, word)
    const end = wordEnd(words, line, word)
    // the sign of a hole is no constant
    if (end - start === HOLE.length && text.startsWith(HOLE, start)) return -line - 1
    const key = text.slice(gapStart(words, line, word), end)
    const found = known.get(key)
    if (found !== undefined) return found
    tokens.push(estimateTokens(key))
    known.set(key, tokens.length - 1)
    return tokens.length - 1
  }
  for (let line = 0; line < starts.length; line++) {
    const from = starts[line] as number
    let end = starts[line + 1] ?? text.length
    if (text.charCodeAt(end - 1) === 10) end--
    const first = size
    for (let at = from; at < end && end - from <= MAX_LINE; ) {
      while (at < end && isBlank(text.charCodeAt(at))) at++
      if (at === end) {
        if (size > first) spans[size - 1] = end
        break
      }
      spans[size++] = at
      while (at < end && !isBlank(text.charCodeAt(at))) at++
      spans[size++] = at
    }
    offsets[line + 1] = size
    const count = (size - first) / 2
    for (let word = 0; word < Math.min(count, LEFT); word++) numbers[line * COLUMNS + word] = numberOf(line, word)
    for (let back = 0; back < Math.min(count, RIGHT); back++) {
      const word = count - 1 - back
      numbers[line * COLUMNS + LEFT + back] =
        word < LEFT ? (numbers[line * COLUMNS + word] as number) : numberOf(line, word)
    }
  }
  return words
}

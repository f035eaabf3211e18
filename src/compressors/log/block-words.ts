/**
 * The words of each line, and numbers for those near its two ends, so that blocks are compared by numbers instead of by text.
 */
import { mixHigh, mixLow, Numbering } from "../../domain/fingerprint.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { HOLE } from "./block-form.ts"

/** Columns that are compared from a line's beginning and from its end. */
export const LEFT = 16
export const RIGHT = 4
export const COLUMNS = LEFT + RIGHT

/** A longer line is none of a table. */
const MAX_LINE = 4000

/** Where the words stand. */
interface WordSpans {
  readonly text: string
  readonly starts: ReadonlyArray<number>
  /** Start and end of each word, line by line; a line's last word goes on to the line's end. */
  readonly spans: Int32Array
  /** Where each line's words begin in `spans`. */
  readonly offsets: Int32Array
}

export interface LineWords extends WordSpans {
  /** Numbers of the first columns and then of the last ones, line by line; equal for equal words after equal blanks. */
  readonly numbers: Int32Array
  /** Tokens of a word by its number; of few words anybody asks. */
  readonly tokensOf: (number: number) => number
}

export const wordsIn = (words: WordSpans, line: number): number =>
  ((words.offsets[line + 1] as number) - (words.offsets[line] as number)) / 2

/** Where the blanks before a word begin. */
export const gapStart = (words: WordSpans, line: number, word: number): number =>
  word === 0 ? (words.starts[line] as number) : (words.spans[(words.offsets[line] as number) + 2 * word - 1] as number)

export const wordStart = (words: WordSpans, line: number, word: number): number =>
  words.spans[(words.offsets[line] as number) + 2 * word] as number

export const wordEnd = (words: WordSpans, line: number, word: number): number =>
  words.spans[(words.offsets[line] as number) + 2 * word + 1] as number

/** The number of a line's word, counted from its beginning, or, from `LEFT` on, from its end. */
export const numberAt = (words: LineWords, line: number, column: number): number =>
  words.numbers[line * COLUMNS + column] as number

const isBlank = (code: number): boolean => code === 32 || code === 9

/** Tokens of the words by their numbers; `samples` has where a word of each number begins and ends, the blanks before it included. */
const priceList = (text: string, samples: ReadonlyArray<number>): ((number: number) => number) => {
  const prices = new Int32Array(samples.length / 2)
  return (number) => {
    const known = prices[number] as number
    return known === 0 ? (prices[number] = estimateTokens(text, samples[2 * number], samples[2 * number + 1])) : known
  }
}

export const readWords = (text: string, starts: ReadonlyArray<number>): LineWords => {
  const spans = new Int32Array(text.length + 2)
  const offsets = new Int32Array(starts.length + 1)
  const numbers = new Int32Array(starts.length * COLUMNS)
  const numbering = new Numbering()
  const samples: Array<number> = []
  const words = { text, starts, spans, offsets, numbers }
  /** Fingerprints of the words of one line, each with the blanks before it. */
  const lows = new Int32Array(MAX_LINE)
  const highs = new Int32Array(MAX_LINE)
  let size = 0
  const numberOf = (line: number, word: number): number => {
    const start = wordStart(words, line, word)
    const end = wordEnd(words, line, word)
    // the sign of a hole is no constant
    if (end - start === HOLE.length && text.startsWith(HOLE, start)) return -line - 1
    const number = numbering.of(lows[word] as number, highs[word] as number)
    if (number * 2 === samples.length) samples.push(gapStart(words, line, word), end)
    return number
  }
  for (let line = 0; line < starts.length; line++) {
    const from = starts[line] as number
    let end = starts[line + 1] ?? text.length
    if (text.charCodeAt(end - 1) === 10) end--
    let last = end
    while (last > from && isBlank(text.charCodeAt(last - 1))) last--
    let count = 0
    for (let at = from; at < last && end - from <= MAX_LINE; count++) {
      let low = 0
      let high = 0
      for (; at < last; at++) {
        const code = text.charCodeAt(at)
        if (!isBlank(code)) break
        low = mixLow(low, code)
        high = mixHigh(high, code)
      }
      spans[size++] = at
      for (; at < end; at++) {
        const code = text.charCodeAt(at)
        if (isBlank(code) && at < last) break
        low = mixLow(low, code)
        high = mixHigh(high, code)
      }
      spans[size++] = at
      lows[count] = low
      highs[count] = high
    }
    offsets[line + 1] = size
    for (let word = 0; word < Math.min(count, LEFT); word++) numbers[line * COLUMNS + word] = numberOf(line, word)
    for (let back = 0; back < Math.min(count, RIGHT); back++) {
      const word = count - 1 - back
      numbers[line * COLUMNS + LEFT + back] =
        word < LEFT ? (numbers[line * COLUMNS + word] as number) : numberOf(line, word)
    }
  }
  return { ...words, tokensOf: priceList(text, samples) }
}

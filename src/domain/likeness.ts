/**
 * How like two lines are: the same word for word, or but for words that hold a digit (counts, times, hashes, versions, ids), told by
 * fingerprints, so that no line is compared with another unless it is like it.
 */
import { mixHigh, mixLow, Numbering } from "./fingerprint.ts"
import type { NumberedLines } from "./numbered-lines.ts"
import { leastTokensIn } from "./tokens.ts"

/** same: word for word. shape: but for words that hold a digit. */
export type Likeness = "same" | "shape"

/** What stands between words. */
const BETWEEN = new Set(Array.from(" \t\r\n\v\f\"'`()[]{}<>,;=|", (character) => character.charCodeAt(0)))
const IS_BETWEEN = Uint8Array.from({ length: 128 }, (_, code) => (BETWEEN.has(code) ? 1 : 0))

const isBetween = (code: number): boolean => code < 128 && IS_BETWEEN[code] === 1
const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** Whether `trim` takes the unit away. */
const isBlank = (code: number): boolean =>
  code <= 32
    ? code === 32 || (code >= 9 && code <= 13)
    : code >= 0xa0 && (code === 0xa0 || (code >= 0x1680 && /\s/.test(String.fromCharCode(code))))

/** Walks through the words of a part of a text that hold a digit. */
class OpenWords {
  from: number
  to = 0
  readonly #text: string
  readonly #end: number

  constructor(text: string, from: number, end: number) {
    this.#text = text
    this.from = from
    this.to = from - 1
    this.#end = end
  }

  /** Goes on to the next one; false where there is none. */
  next(): boolean {
    const text = this.#text
    const end = this.#end
    let from = this.to + 1
    let isOpen = false
    for (let at = from; at <= end; at++) {
      const code = at < end ? text.charCodeAt(at) : 32
      if (isBetween(code)) {
        if (isOpen) {
          this.from = from
          this.to = at
          return true
        }
        from = at + 1
      } else if (isDigit(code)) isOpen = true
    }
    return false
  }
}

/** Words that hold a digit. */
export const openWords = (body: string): ReadonlyArray<string> => {
  const words: Array<string> = []
  const open = new OpenWords(body, 0, body.length)
  while (open.next()) words.push(body.slice(open.from, open.to))
  return words
}

/** The length of a part of a text, blanks at its ends aside. */
const inkOf = (text: string, from: number, end: number): number => {
  let first = from
  while (first < end && isBlank(text.charCodeAt(first))) first++
  let last = end
  while (last > first && isBlank(text.charCodeAt(last - 1))) last--
  return last - first
}

/** Fields of a line's print. */
const FIELDS = 4
const SAME_LOW = 0
const SAME_HIGH = 1
const SHAPE_LOW = 2
const SHAPE_HIGH = 3

/** What a note could not tell of a line's words that hold a digit. */
const HAS_ARROW = 1
const HAS_COLON = 2

/** Lines with what is needed to find their like. */
export interface PrintedLines extends NumberedLines {
  /** Fingerprints of each line's own text and of its shape. */
  readonly prints: Int32Array
  /** Half a fingerprint of each word that holds a digit, the tokens of its digits, and where the words of each line begin. */
  readonly words: ReadonlyArray<number>
  readonly wordTokens: ReadonlyArray<number>
  readonly firstWords: Int32Array
  /** Characters from the first to the last that is not blank. */
  readonly inks: Int32Array
  readonly marks: Uint8Array
}

/** Stands for a word that holds a digit in a shape: no unit of a text. */
const OPEN = 0x10000
const BLANK = 32
const ARROW = 0x2192
const COLON = 58

/** The lines with their fingerprints, made of those of their words. */
export const printedLines = (lines: NumberedLines): PrintedLines => {
  const { text, count, bodies, ends } = lines
  const prints = new Int32Array(FIELDS * count)
  const words: Array<number> = []
  const wordTokens: Array<number> = []
  const firstWords = new Int32Array(count + 1)
  const inks = new Int32Array(count)
  const marks = new Uint8Array(count)
  for (let line = 0; line < count; line++) {
    const end = ends[line] as number
    let shapeLow = 0
    let shapeHigh = 0
    let sameLow = 0
    let sameHigh = 0
    let low = 0
    let high = 0
    // of the word's digits, three by three, and of the blank before them
    let tokens = 0
    let digits = 0
    let hasArrow = false
    let last = BLANK
    let mark = 0
    for (let at = bodies[line] as number; at <= end; at++) {
      const code = at < end ? text.charCodeAt(at) : 32
      if (!isBetween(code)) {
        low = mixLow(low, code)
        high = mixHigh(high, code)
        if (isDigit(code)) {
          if (last === BLANK) tokens++
          if (digits++ % 3 === 0) tokens++
        } else {
          digits = 0
          if (code === ARROW) hasArrow = true
        }
        last = code
        continue
      }
      if (tokens > 0) {
        words.push(low ^ high)
        wordTokens.push(tokens)
        sameLow = mixLow(sameLow, low)
        sameHigh = mixHigh(sameHigh, high)
        shapeLow = mixLow(shapeLow, OPEN)
        shapeHigh = mixHigh(shapeHigh, OPEN)
        if (hasArrow) mark |= HAS_ARROW
        if (last === COLON) mark |= HAS_COLON
      } else {
        shapeLow = mixLow(shapeLow, low)
        shapeHigh = mixHigh(shapeHigh, high)
      }
      if (at === end) break
      shapeLow = mixLow(shapeLow, code)
      shapeHigh = mixHigh(shapeHigh, code)
      low = 0
      high = 0
      tokens = 0
      digits = 0
      hasArrow = false
      last = BLANK
    }
    const field = FIELDS * line
    prints[field + SAME_LOW] = mixLow(shapeLow, sameLow)
    prints[field + SAME_HIGH] = mixHigh(shapeHigh, sameHigh)
    prints[field + SHAPE_LOW] = shapeLow
    prints[field + SHAPE_HIGH] = shapeHigh
    firstWords[line + 1] = words.length
    inks[line] = inkOf(text, bodies[line] as number, end)
    marks[line] = mark
  }
  return { ...lines, prints, words, wordTokens, firstWords, inks, marks }
}

/** Whether two lines are so like. */
export const isLike = (a: PrintedLines, line: number, b: PrintedLines, other: number, likeness: Likeness): boolean => {
  const field = likeness === "same" ? SAME_LOW : SHAPE_LOW
  const one = FIELDS * line + field
  const two = FIELDS * other + field
  return a.prints[one] === b.prints[two] && a.prints[one + 1] === b.prints[two + 1]
}

/**
 * Tokens that naming the changed words of a line costs at least, told without reading them: most changes are too dear by far. Infinity
 * where they are more than `most` or a note could not tell them.
 */
export const leastTokens = (
  source: PrintedLines,
  line: number,
  lines: PrintedLines,
  at: number,
  most: number
): number => {
  if (source.marks[line] !== 0 || ((lines.marks[at] as number) & HAS_ARROW) !== 0) return Number.POSITIVE_INFINITY
  const from = source.firstWords[line] as number
  const size = (source.firstWords[line + 1] as number) - from
  const shift = (lines.firstWords[at] as number) - from
  if ((lines.firstWords[at + 1] as number) !== from + shift + size) return Number.POSITIVE_INFINITY
  let tokens = 0
  let left = most
  for (let word = from; word < from + size; word++) {
    if (source.words[word] === lines.words[word + shift]) continue
    if (left-- === 0) return Number.POSITIVE_INFINITY
    tokens += (source.wordTokens[word] as number) + 1 + (lines.wordTokens[word + shift] as number)
  }
  return tokens === 0 ? Number.POSITIVE_INFINITY : tokens
}

/** Tokens that the walk's word costs at least behind a blank. */
const leastOf = (text: string, { from, to }: OpenWords): number =>
  leastTokensIn(text, from, to) + (isDigit(text.charCodeAt(from)) ? 1 : 0)

/**
 * The words in which a line differs from one of its shape; undefined where a note, which finds each behind the one before, could not tell
 * them, or where they surely cost `most` tokens, which is told before they are printed.
 */
export const changedWords = (
  source: PrintedLines,
  line: number,
  lines: PrintedLines,
  at: number,
  most: number
): ReadonlyArray<readonly [string, string]> | undefined => {
  const before = new OpenWords(source.text, source.bodies[line] as number, source.ends[line] as number)
  const after = new OpenWords(lines.text, lines.bodies[at] as number, lines.ends[at] as number)
  const words: Array<readonly [string, string]> = []
  const shift = (lines.firstWords[at] as number) - (source.firstWords[line] as number)
  let rest = before.from
  let least = -1
  for (let word = source.firstWords[line] as number; before.next() && after.next(); word++) {
    if (source.words[word] === lines.words[word + shift]) continue
    // of the arrow between the two, and of the comma before another pair
    least += leastOf(source.text, before) + leastOf(lines.text, after) + 2
    if (least >= most) return undefined
    const from = source.text.slice(before.from, before.to)
    if (source.text.indexOf(from, rest) !== before.from) return undefined
    words.push([from, lines.text.slice(after.from, after.to)])
    rest = before.to
  }
  return words
}

/** Lines of a window: two are found by chance, four miss short runs. */
export const WINDOW = 3
/** A window with less text is braces and blanks. */
const MIN_TEXT = 24
/** A line with as much text is found by itself, as a paragraph that stands among others now: twice what its note costs. */
const MIN_LONE = 240

/** Whether the line is long enough to be found by itself. */
const isLone = ({ inks }: PrintedLines, line: number): boolean => (inks[line] as number) >= MIN_LONE

/** A longer line is no passage: what is looked up in it would be looked for too long. */
const MAX_PASSAGE = 4_000

/** Whether parts of the line may be found. */
export const isPassage = ({ bodies, ends, inks }: PrintedLines, line: number): boolean =>
  (inks[line] as number) >= MIN_LONE && (ends[line] as number) - (bodies[line] as number) <= MAX_PASSAGE

const hasText = ({ inks }: PrintedLines, line: number): boolean =>
  (inks[line] as number) + (inks[line + 1] as number) + (inks[line + 2] as number) >= MIN_TEXT

const windowPrint = (prints: Int32Array, field: number): number =>
  Math.imul(prints[field] as number, 73856093) ^
  Math.imul(prints[field + FIELDS] as number, 19349663) ^
  Math.imul(prints[field + 2 * FIELDS] as number, 83492791)

/** Places of windows of three lines, and of long lines word for word: the first, which stays, and the last, which is often the longer run. */
export class Windows {
  readonly #same = new Places()
  readonly #shape = new Places()
  readonly #lone = new Places()

  /** Adds the window that begins at the line, under a number that is its place. */
  add(lines: PrintedLines, line: number, place: number): void {
    if (line + WINDOW > lines.count || !hasText(lines, line)) return
    const field = FIELDS * line
    const { prints } = lines
    this.#same.add(windowPrint(prints, field + SAME_LOW), windowPrint(prints, field + SAME_HIGH), place)
    this.#shape.add(windowPrint(prints, field + SHAPE_LOW), windowPrint(prints, field + SHAPE_HIGH), place)
  }

  /** Adds the line by itself, where it is a long one. */
  addLone(lines: PrintedLines, line: number, place: number): void {
    if (!isLone(lines, line)) return
    const field = FIELDS * line
    this.#lone.add(lines.prints[field + SAME_LOW] as number, lines.prints[field + SAME_HIGH] as number, place)
  }

  /** Places of the three lines from `line` on, or else of that line where it is a long one; the first one first. */
  find(lines: PrintedLines, line: number, likeness: Likeness): ReadonlyArray<number> {
    const { count, prints } = lines
    const field = FIELDS * line
    if (line + WINDOW <= count) {
      const found =
        likeness === "same"
          ? this.#same.find(windowPrint(prints, field + SAME_LOW), windowPrint(prints, field + SAME_HIGH))
          : this.#shape.find(windowPrint(prints, field + SHAPE_LOW), windowPrint(prints, field + SHAPE_HIGH))
      if (found.length > 0) return found
    }
    if (likeness !== "same" || !isLone(lines, line)) return NOWHERE
    return this.#lone.find(prints[field + SAME_LOW] as number, prints[field + SAME_HIGH] as number)
  }
}

const NOWHERE: ReadonlyArray<number> = []

class Places {
  readonly #windows = new Numbering()
  readonly #firsts: Array<number> = []
  /** The last place of each window, its first one where it has no other. */
  readonly #lasts: Array<number> = []

  add(low: number, high: number, place: number): void {
    const window = this.#windows.of(low, high)
    if (window === this.#firsts.length) this.#firsts.push(place)
    this.#lasts[window] = place
  }

  find(low: number, high: number): ReadonlyArray<number> {
    if (this.#firsts.length === 0) return NOWHERE
    const window = this.#windows.find(low, high)
    if (window === -1) return NOWHERE
    const first = this.#firsts[window] as number
    const last = this.#lasts[window] as number
    return first === last ? [first] : [first, last]
  }
}

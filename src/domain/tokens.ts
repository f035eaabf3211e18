/**
 * Tokens of a text, estimated without a vocabulary, because an exact tokenizer takes 120 ms to load and counts 7 to 26 MB/s.
 *
 * The text is cut where the o200k encoding cuts it before merging: words with the one character before them, digits by three, runs of
 * marks, white space. What a piece costs after merging follows from what it begins with, its case, its length and how hard its letters
 * are to pronounce; the constants are least squares over one half of the files of a corpus of code, diffs, JSON, logs, search results,
 * web pages, prose and recorded tool outputs, each kind with the same weight.
 *
 * Mean absolute error on the other half against o200k (bench/tokens.ts): 2.8 % of a file (kinds from 1.6 % to 4.3 %; nine files in ten
 * within 6 %), 5 % of three lines, 1.3 tokens of a line; -0.4 % of all together. Languages other than English: up to 25 %. Tables of JSON
 * are 2 % dearer than estimated, for their marks are seldom in source.
 */
import { recently } from "./recent.ts"

/** Classes of UTF-16 units. */
const SPACE = 0
const NEWLINE = 1
const DIGIT = 2
/** From here to `ACCENTED`: letters that words are made of. */
const LOWER = 3
const UPPER = 4
const ACCENTED = 5
const MARK = 6
/** Every other script, symbols and surrogates. */
const WIDE = 7

const classes = ((): Uint8Array => {
  const table = new Uint8Array(65_536)
    .fill(WIDE)
    .fill(MARK, 0, 128)
    .fill(ACCENTED, 0xc0, 0x250)
    .fill(ACCENTED, 0x1e00, 0x1f00)
  table[0xd7] = WIDE
  table[0xf7] = WIDE
  table.fill(SPACE, 9, 14).fill(SPACE, 32, 33).fill(DIGIT, 48, 58).fill(UPPER, 65, 91).fill(LOWER, 97, 123)
  table[10] = NEWLINE
  table[13] = NEWLINE
  return table
})()

const classAt = (text: string, at: number): number => classes[text.charCodeAt(at)] as number

const isLetter = (kind: number): boolean => kind >= LOWER && kind <= ACCENTED

/** What stands before a word's first letter: rows of the table below. */
const NOTHING = 0
const BLANK = 1
const AFTER_MARKS = 2
/** In an unbroken run that holds digits, such as hex and base64. */
const AFTER_DIGIT = 3
const AFTER_WORD = 4
/** `.`, `_`, `(` or a tab, with which many names are one token. */
const NAME_MARK = 5
/** `-` or `/`. */
const PATH_MARK = 6
const OTHER_MARK = 7

const markOf = (code: number): number => {
  if (code === 46 || code === 95 || code === 40) return NAME_MARK
  return code === 45 || code === 47 ? PATH_MARK : OTHER_MARK
}

/** Base and slope, in tokens and tokens a letter, of words written `word`, `Word`, `WORD` and `WORDword`. */
const WORDS = Float64Array.from(
  [
    [0.88, 0.024, 0.51, 0.138, 0.58, 0.171, 0.5, 0.3],
    [0.95, 0.012, 0.8, 0.057, 0.59, 0.159, 1.51, 0.026],
    [0.79, 0.049, 0.7, 0.079, 0.95, 0.105, 1.35, 0.081],
    [0.3, 0.358, 0.93, 0.183, 0.08, 0.503, 0.53, 0.423],
    [0.88, 0.024, 0.96, 0.012, 0.56, 0.202, 2.05, 0.033],
    [0.85, 0.071, 1.0, 0.049, 0.68, 0.198, 1.87, 0.08],
    [0.65, 0.17, 1.57, 0.075, 1.19, 0.193, 0.9, 0.3],
    [1.25, 0.137, 1.64, 0.078, 1.79, 0.079, 2.81, 0.081]
  ].flat()
)

/** Added for each consonant after the second in a row, each of `jkqvwxyz`, and each letter with an accent. */
const CONSONANT = 0.14
const RARE = 0.08
const ACCENT = 0.8

const VOWEL = 1
const RARE_LETTER = 2
const letters = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code).toLowerCase()
  return ("aeiouy".includes(letter) ? VOWEL : 0) | ("jkqvwxyz".includes(letter) ? RARE_LETTER : 0)
})

/** Tokens a unit beyond ASCII, by its high byte. */
const wide = new Float64Array(256)
  .fill(1)
  .fill(0.5, 0x03, 0x12)
  .fill(0.33, 0x04, 0x05)
  .fill(0.42, 0x06, 0x09)
  .fill(0.38, 0x09, 0x0a)
  .fill(1.5, 0x0e, 0x0f)
  .fill(2, 0x12, 0x14)
  .fill(0.7, 0x17, 0x18)
  .fill(0.7, 0x30, 0x34)
  .fill(0.82, 0x34, 0xa0)
  .fill(0.72, 0xac, 0xd8)

/** A symbol that repeats the one before, such as a line drawn of them. */
const REPEATED_SYMBOL = 0.12
const isSymbol = (code: number): boolean => code >= 0x2000 && code < 0x2c00

/** In a run of marks: each change after the third, each repeat; control characters never merge. */
const CHANGED_MARK = 0.5
const REPEATED_MARK = 0.02

/** UTF-16 units of a text that are counted in passing; a longer one is worth remembering. */
const SAMPLE = 16_384

/** White space that goes into one token, on average. */
const BLANKS_A_TOKEN = 100

const wordTokens = (text: string, start: number, end: number, uppers: number, before: number): number => {
  const length = end - start
  if (length === 1) return 1
  const writing = uppers === 0 ? 0 : uppers === length ? 2 : uppers === 1 ? 1 : 3
  const row = 8 * before + 2 * writing
  let tokens = (WORDS[row] as number) + length * (WORDS[row + 1] as number)
  let consonants = 0
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code >= 128) {
      tokens += ACCENT
      consonants = 0
      continue
    }
    const letter = letters[code] as number
    if (letter >= RARE_LETTER) tokens += RARE
    if ((letter & VOWEL) === VOWEL) consonants = 0
    else if (++consonants > 2) tokens += CONSONANT
  }
  return Math.max(1, tokens)
}

const markTokens = (text: string, start: number, end: number, before: number): number => {
  let changes = before === BLANK ? 1 : 0
  let repeats = 0
  let controls = 0
  let last = -1
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code < 32) controls++
    else if (code === last) repeats++
    else changes++
    last = code
  }
  return Math.max(
    1,
    controls + Math.min(1, changes) + repeats * REPEATED_MARK + Math.max(0, changes - 3) * CHANGED_MARK
  )
}

const wideTokens = (text: string, start: number, end: number): number => {
  let tokens = 0
  let last = 0
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    tokens += code === last && isSymbol(code) ? REPEATED_SYMBOL : (wide[code >> 8] as number)
    last = code
  }
  return tokens
}

/** Estimates how many tokens of the o200k encoding the text, or its part from `from` to `end`, takes by itself. */
export const estimateTokens = (text: string, from = 0, end = text.length): number =>
  end - from === text.length && text.length > SAMPLE ? tokensOf(text) : tokensIn(text, from, end)

/** Tokens of a whole text, a long one, which is weighed for its forms, its gate and what hides lines of it. */
const tokensOf = recently((text) => tokensIn(text, 0, text.length))

const tokensIn = (text: string, from: number, end: number): number => {
  let tokens = 0
  let before = NOTHING
  for (let at = from; at < end; ) {
    const start = at
    const kind = classAt(text, at)
    if (kind <= NEWLINE) {
      // One token up to the last line break, one for the indent; its last blank goes with what follows, digits aside.
      let indent = at
      for (let next = kind; next <= NEWLINE; next = at < end ? classAt(text, at) : WIDE) {
        at++
        if (next === NEWLINE) indent = at
      }
      if (indent > start) tokens += 1 + (indent - start - 1) / BLANKS_A_TOKEN
      const blanks = at - indent
      const alone = at === end || classAt(text, at) === DIGIT
      if (blanks > 1) tokens += 1 + blanks / BLANKS_A_TOKEN
      if (blanks > 0 && alone && (blanks === 1 || at < end)) tokens++
      before = blanks === 0 || alone ? NOTHING : text.charCodeAt(at - 1) === 9 ? NAME_MARK : BLANK
    } else if (isLetter(kind)) {
      while (at < end && classAt(text, at) === UPPER) at++
      const uppers = at - start
      for (; at < end; at++) {
        const next = classAt(text, at)
        if (next !== LOWER && next !== ACCENTED) break
      }
      tokens += wordTokens(text, start, at, uppers, before)
      if (before !== AFTER_DIGIT) before = AFTER_WORD
    } else if (kind === DIGIT) {
      while (at < end && classAt(text, at) === DIGIT) at++
      tokens += Math.ceil((at - start) / 3)
      before = AFTER_DIGIT
    } else if (kind === WIDE) {
      while (at < end && classAt(text, at) === WIDE) at++
      tokens += wideTokens(text, start, at)
      before = AFTER_WORD
    } else {
      at++
      if (before !== BLANK && at < end && isLetter(classAt(text, at))) {
        before = markOf(text.charCodeAt(start))
        continue
      }
      while (at < end && classAt(text, at) === MARK) at++
      tokens += markTokens(text, start, at, before)
      while (at < end && classAt(text, at) === NEWLINE) at++
      before = AFTER_MARKS
    }
  }
  return Math.round(tokens)
}

/**
 * Tokens that a part of a text costs at least, whatever stands around it: no word costs less than one, nor do three digits, nor marks
 * within it unless one alone begins a word.
 */
export const leastTokensIn = (text: string, from: number, end: number): number => {
  let tokens = 0
  let digits = 0
  let marks = 0
  let before = SPACE
  for (let at = from; at < end; at++) {
    const kind = classAt(text, at)
    if (kind === MARK) marks++
    else if (marks > 0) {
      if (at - marks > from && (marks > 1 || !isLetter(kind))) tokens++
      marks = 0
    }
    if (kind === DIGIT) {
      if (digits++ % 3 === 0) tokens++
    } else {
      digits = 0
      if (isLetter(kind) && (!isLetter(before) || (kind === UPPER && before !== UPPER))) tokens++
    }
    before = kind
  }
  return tokens
}

/** The least gain for which a view is worth its difference: 8 tokens and 2 % (design.md rule 6). */
export const GAIN_TOKENS = 8
const GAIN_SHARE = 0.02

/** The token gate: whether a view of `after` tokens may replace a text of `before`. */
export const admits = (before: number, after: number): boolean =>
  before - after >= GAIN_TOKENS && before - after >= before * GAIN_SHARE

/** The estimate of a text, of a long one by its beginning: for figures that nothing is decided by. */
export const roughTokens = (text: string): number =>
  text.length <= SAMPLE
    ? estimateTokens(text)
    : Math.round((estimateTokens(text.slice(0, SAMPLE)) * text.length) / SAMPLE)

/** A count that remembers: where a history is weighed in many ways most texts come again. */
export const remembering = (count: (text: string) => number): ((text: string) => number) => {
  const known = new Map<string, number>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const tokens = count(text)
    known.set(text, tokens)
    return tokens
  }
}

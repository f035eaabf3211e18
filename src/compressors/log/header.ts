/**
 * Splits a log line into its header (time, level, host, process, component) and its message, because templates mined on whole lines
 * are templates of their timestamps.
 *
 * No format is known beforehand: a sample of lines votes, column by column, on where times and levels stand; what lies before the last
 * of them is header, and what regularly follows (numbers, a bracket, `component:`) belongs to it.
 */

/** How grave a line says it is. */
export const UNSTATED = 0
const TRACE = 1
export const INFO = 2
export const WARNING = 3
export const ERROR = 4

const TIME = 0
const LEVEL = 1
const BRACKET = 2
const NUMBER = 3
const DASH = 4
const LABEL = 5
const WORD = 6
/** A word with a dot, underscore, slash or dollar inside: a component's name, no sentence's first word. */
const NAME = 7
const NOTHING = -1

/** Which class of atom stands in each column of a header, and how many columns its last time or level closes. */
export interface HeaderFormat {
  readonly anchors: ReadonlyArray<boolean>
  readonly tail: ReadonlyArray<number>
  /** The column of the longest time, or -1. */
  readonly time: number
}

const SAMPLE_LINES = 256
const MAX_COLUMNS = 12
const MAX_BRACKET = 240
const MAX_HEADER = 400

const LEVELS = new Map<string, number>([
  ...["TRACE", "VERBOSE", "FINEST", "FINER", "FINE", "DEBUG", "V", "T", "D", "DEBUG1"].map(
    (word) => [word, TRACE] as const
  ),
  ...["INFO", "NOTICE", "INFORMATION", "CONFIG", "LOG", "STATEMENT", "DETAIL", "HINT", "I", "INF", "SUCCESS"].map(
    (word) => [word, INFO] as const
  ),
  ...["WARN", "WARNING", "WRN", "W"].map((word) => [word, WARNING] as const),
  ...[
    "ERROR",
    "ERR",
    "ERR!",
    "FATAL",
    "CRITICAL",
    "CRIT",
    "SEVERE",
    "PANIC",
    "EMERG",
    "EMERGENCY",
    "ALERT",
    "FAILURE",
    "E",
    "F"
  ].map((word) => [word, ERROR] as const)
])

const CLOCK = String.raw`\d{1,2}[:.]\d{2}[:.]\d{2}(?:[.,:]\d{1,9})?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})\b)?`
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
const TIMESTAMP = new RegExp(
  [
    String.raw`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T _-]{1,2}${CLOCK})?`,
    String.raw`\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2,4})?[ T]${CLOCK}`,
    String.raw`\d{1,2}[/ -]${MONTH}[/ -]\d{4}[: ]${CLOCK}`,
    String.raw`(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?${MONTH} {1,2}\d{1,2},? (?:\d{4} )?${CLOCK}(?: \d{4})?`,
    CLOCK,
    String.raw`\d{8}[-T ]${CLOCK}`,
    String.raw`\d{6} \d{6}`,
    String.raw`[IWEF]\d{4} ${CLOCK}`,
    String.raw`\d{10}(?:\d{3})?(?:\.\d+)?`
  ]
    .map((form) => `${form}(?![\\w])`)
    .join("|"),
  "y"
)

const isDigit = (code: number): boolean => code >= 48 && code <= 57
/** What separates atoms: blanks, and the bar of `time|component|message`. */
const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 124

/** Whether so many digits, then this character, may begin a time: most numbers of a log are none, and the exact test is dear. */
const mayBeginTime = (digits: number, next: number, after: number): boolean => {
  if (digits <= 2) return next === 58 || (next >= 45 && next <= 47) || next === 32
  if (digits === 4) return next >= 45 && next <= 47
  if (digits === 6) return next === 32 && isDigit(after)
  return digits === 8 ? next === 45 || next === 84 || next === 32 : digits === 10 || digits === 13
}

/** The end of a time at the offset, or -1. */
const timeEnd = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  if (isDigit(code)) {
    let stop = at + 1
    while (stop - at <= 13 && isDigit(text.charCodeAt(stop))) stop++
    if (!mayBeginTime(stop - at, text.charCodeAt(stop), text.charCodeAt(stop + 1))) return -1
  } else if (!(code >= 65 && code <= 87)) return -1
  TIMESTAMP.lastIndex = at
  return TIMESTAMP.test(text) ? TIMESTAMP.lastIndex : -1
}

/** The level that a word names, or undefined; lower case counts only where the place says so. */
const levelOf = (word: string, anyCase: boolean): number | undefined =>
  LEVELS.get(word) ?? (anyCase && word.length > 1 && word.length < 12 ? LEVELS.get(word.toUpperCase()) : undefined)

/** The offset after the bracket that closes the one at the offset, or -1. */
const bracketEnd = (text: string, at: number, end: number): number => {
  let depth = 0
  const stop = Math.min(end, at + MAX_BRACKET)
  for (let i = at; i < stop; i++) {
    const code = text.charCodeAt(i)
    if (code === 91) depth++
    else if (code === 93 && --depth === 0) return i + 1
  }
  return -1
}

/** The atom at the offset, packed as `(end * 8 + level) * 8 + class`; in a column that lines share, `Info` is a level too. */
const atomAt = (text: string, at: number, end: number, shared: boolean): number => {
  const first = text.charCodeAt(at)
  if (first === 91) {
    const close = bracketEnd(text, at, end)
    if (close !== -1) {
      let inner = at + 1
      while (inner < close && isBlank(text.charCodeAt(inner))) inner++
      const time = timeEnd(text, inner)
      if (time !== -1 && time >= close - 10) return close * 64 + TIME
      if (close - at < 20 && /^\d+\.\d{3,6}\]$/.test(text.slice(inner, close))) return close * 64 + TIME
      const level = close - at > 16 ? undefined : levelOf(text.slice(at + 1, close - 1).trim(), true)
      const after = text.charCodeAt(close) === 58 ? close + 1 : close
      return level === undefined ? after * 64 + BRACKET : (after * 8 + level) * 8 + LEVEL
    }
  }
  const time = timeEnd(text, at)
  if (time !== -1 && time <= end) {
    const after = text.charCodeAt(time)
    if (first >= 65 && isDigit(text.charCodeAt(at + 1)))
      return (time * 8 + (LEVELS.get(text.charAt(at)) ?? INFO)) * 8 + TIME
    return (after === 58 || after === 44 || after === 93 ? time + 1 : time) * 64 + TIME
  }
  let stop = at
  let digits = 0
  let named = false
  for (let code = first; stop < end && !isBlank(code); code = text.charCodeAt(++stop)) {
    if (isDigit(code)) digits++
    else if (stop > at && (code === 46 || code === 95 || code === 47 || code === 36)) named = true
  }
  const length = stop - at
  if (length <= 13 && digits <= 1) {
    const colon = text.charCodeAt(stop - 1) === 58
    const framed = first === 60 || first === 40 || first === 124
    const level = levelOf(
      text.slice(framed ? at + 1 : at, framed || colon ? stop - 1 : stop),
      shared || framed || (colon && length > 2)
    )
    if (level !== undefined) return (stop * 8 + level) * 8 + LEVEL
  }
  if (digits === length || (digits > 0 && digits === length - 1 && first === 45)) return stop * 64 + NUMBER
  if (digits === 0 && length <= 2 && !/\w/.test(text.slice(at, stop))) return stop * 64 + DASH
  if (text.charCodeAt(stop - 1) === 58) return stop * 64 + LABEL
  return stop * 64 + (named ? NAME : WORD)
}

const endOf = (atom: number): number => Math.floor(atom / 64)
const classOf = (atom: number): number => atom % 8
const gravityOf = (atom: number): number => Math.floor(atom / 8) % 8

/** A line's first atoms, each packed as `length * 8 + class`. */
const shapeOf = (text: string, from: number, to: number): ReadonlyArray<number> => {
  const atoms: Array<number> = []
  const end = Math.min(to, from + MAX_HEADER)
  for (let at = from; atoms.length < MAX_COLUMNS; ) {
    while (at < end && isBlank(text.charCodeAt(at))) at++
    if (at >= end) break
    const atom = atomAt(text, at, end, true)
    atoms.push((endOf(atom) - at) * 8 + classOf(atom))
    at = endOf(atom)
  }
  return atoms
}

/** The format that most headed lines of the text share, or undefined where few lines have a time or a level in their head. */
export const headerFormat = (text: string, starts: ReadonlyArray<number>): HeaderFormat | undefined => {
  const shapes: Array<ReadonlyArray<number>> = []
  let seen = 0
  const step = Math.max(1, Math.floor(starts.length / SAMPLE_LINES))
  for (let line = 0; line < starts.length; line += step) {
    const from = starts[line] as number
    const to = starts[line + 1] ?? text.length
    if (to - from < 3) continue
    seen++
    if (isBlank(text.charCodeAt(from))) continue
    const shape = shapeOf(text, from, to - 1)
    if (shape.slice(0, 10).some((atom) => classOf(atom) === TIME || classOf(atom) === LEVEL)) shapes.push(shape)
  }
  if (shapes.length < 3 || shapes.length < seen / 5) return undefined
  const share = (column: number, ...classes: ReadonlyArray<number>): number =>
    shapes.filter((shape) => classes.includes(classOf(shape[column] ?? NOTHING))).length / shapes.length
  const anchors: Array<boolean> = []
  let columns = 0
  for (let column = 0; column < MAX_COLUMNS; column++) {
    anchors.push(share(column, TIME, LEVEL) >= 0.85)
    if (anchors[column]) columns = column + 1
  }
  // a level in midline without a time follows a place: `a.c:12: warning:`
  if (columns === 0 || !(anchors[0] || anchors.some((anchor, column) => anchor && share(column, TIME) > 0.5)))
    return undefined
  const tail: Array<number> = []
  for (let column = columns; column < MAX_COLUMNS && tail.length < 5; column++) {
    const regular =
      [NUMBER, DASH].find((kind) => share(column, kind) >= 0.95) ??
      (share(column, BRACKET) >= 0.8 ? BRACKET : undefined)
    if (regular !== undefined) tail.push(regular)
    else if (share(column, LABEL) >= 0.7) {
      tail.push(LABEL)
      break
    } else if (share(column, WORD, NAME) >= 0.8 && (share(column + 1, LABEL) >= 0.7 || share(column + 1, DASH) >= 0.9))
      tail.push(WORD)
    else if (share(column, NAME) >= 0.8 && share(column + 1, NUMBER, BRACKET) >= 0.9) tail.push(WORD)
    else break
  }
  const times = anchors.map((anchor, column) =>
    anchor && share(column, TIME) >= 0.85 ? shapes.reduce((sum, shape) => sum + ((shape[column] ?? 0) >> 3), 0) : 0
  )
  const longest = Math.max(...times)
  return { anchors: anchors.slice(0, columns), tail, time: longest === 0 ? -1 : times.indexOf(longest) }
}

/** Start of the message of the line and its stated level, packed as `start * 8 + level`; without a header it starts with the line. */
export const splitHeader = (text: string, from: number, to: number, format: HeaderFormat | undefined): number => {
  if (format !== undefined) {
    const split = splitBy(text, from, to, format)
    if (split !== -1) return split
  }
  return splitFree(text, from, to)
}

const splitBy = (text: string, from: number, to: number, format: HeaderFormat): number => {
  let at = from
  let level = UNSTATED
  for (const anchor of format.anchors) {
    while (at < to && isBlank(text.charCodeAt(at))) at++
    if (at >= to) return -1
    const atom = atomAt(text, at, to, true)
    if (anchor && classOf(atom) !== TIME && classOf(atom) !== LEVEL) return -1
    if (gravityOf(atom) !== UNSTATED) level = gravityOf(atom)
    at = endOf(atom)
  }
  for (const expected of format.tail) {
    let next = at
    while (next < to && isBlank(text.charCodeAt(next))) next++
    if (next >= to) break
    const atom = atomAt(text, next, to, true)
    if (classOf(atom) !== expected && !(expected === WORD && classOf(atom) === NAME)) break
    at = endOf(atom)
  }
  while (at < to && isBlank(text.charCodeAt(at))) at++
  return at * 8 + level
}

/** Start and end of a line's main time, brackets aside, or undefined where it has none at its column. */
export const timeOf = (
  text: string,
  from: number,
  to: number,
  format: HeaderFormat
): readonly [number, number] | undefined => {
  let at = from
  for (let column = 0; column <= format.time; column++) {
    while (at < to && isBlank(text.charCodeAt(at))) at++
    if (at >= to) return undefined
    const atom = atomAt(text, at, to, true)
    if (column === format.time) {
      if (classOf(atom) !== TIME) return undefined
      const start = text.charCodeAt(at) === 91 ? at + 1 : at
      const end = timeEnd(text, start)
      return end === -1 || end > to ? undefined : [start, end]
    }
    at = endOf(atom)
  }
  return undefined
}

/** Times and levels that a line opens with, and the brackets among them. */
const splitFree = (text: string, from: number, to: number): number => {
  let at = from
  let level = UNSTATED
  for (let column = 0; column < 4; column++) {
    let next = at
    while (next < to && isBlank(text.charCodeAt(next))) next++
    if (next >= to) break
    const first = text.charCodeAt(next)
    if (first !== 91 && first !== 60 && !isDigit(first) && !(first >= 65 && first <= 90)) break
    const atom = atomAt(text, next, to, false)
    const kind = classOf(atom)
    if (kind === LEVEL && endOf(atom) - next < 2) break
    if (kind !== TIME && kind !== LEVEL && kind !== BRACKET) break
    if (gravityOf(atom) !== UNSTATED) level = gravityOf(atom)
    at = endOf(atom)
  }
  while (at < to && isBlank(text.charCodeAt(at))) at++
  return at * 8 + level
}

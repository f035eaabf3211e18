/**
 * Lines of a text with their number gutters apart, as offsets, because a megabyte has fifty thousand of them and several passes read them.
 *
 * A gutter counts where at least four lines in a row count by one, numbered in full or folded: between a fold's numbers stand at most
 * nine lines without one.
 */
import { type Gutter, gutterAt, type GutterStyle, printGutter, withBlank } from "./gutter.ts"

export interface NumberedLines {
  readonly text: string
  readonly count: number
  /** Where each line begins; behind the last line the text's end. */
  readonly starts: Int32Array
  /** Where each line's own text begins, behind its gutter, and where it ends, before its newline. */
  readonly bodies: Int32Array
  readonly ends: Int32Array
  /** The number of each line, -1 where it has none. */
  readonly numbers: Int32Array
  /** How the number of each line that has one is printed; one object for all lines of a run. */
  readonly styles: ReadonlyArray<GutterStyle | undefined>
}

/** A fold prints every so many a number. */
export const EVERY = 10
/** Fewer lines save nothing once first and last carry their number. */
export const MIN_RUN = 4

/** The line's text without its gutter and newline. */
export const bodyOf = (lines: NumberedLines, line: number): string =>
  lines.text.slice(lines.bodies[line], lines.ends[line])

/** How many lines have a number. */
export const numberedCount = ({ numbers }: NumberedLines): number => {
  let count = 0
  for (const number of numbers) if (number >= 0) count++
  return count
}

/** The line's gutter as its run prints it in full, or "". */
export const gutterIn = ({ numbers, styles }: NumberedLines, line: number): string => {
  const style = styles[line]
  return style === undefined ? "" : printGutter(numbers[line] as number, style)
}

export const NO_LINES: NumberedLines = {
  text: "",
  count: 0,
  starts: Int32Array.of(0),
  bodies: new Int32Array(0),
  ends: new Int32Array(0),
  numbers: new Int32Array(0),
  styles: []
}

/** Whether `next` may stand `distance` lines after `first` in one run; folded numbers carry no padding. */
const continues = (first: Gutter, next: Gutter, distance: number): boolean =>
  next.number === first.number + distance &&
  next.style.separator === first.style.separator &&
  next.style.prefix === first.style.prefix &&
  (next.style.width === first.style.width || next.style.width === 0)

const lineCount = (text: string): number => {
  let count = 0
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++
  return text.endsWith("\n") ? count : count + 1
}

/** The lines of a text without looking for gutters; an empty text is one empty line. */
const plainLines = (text: string): NumberedLines => {
  const count = lineCount(text)
  const starts = new Int32Array(count + 1)
  const ends = new Int32Array(count)
  for (let line = 0, at = 0; line < count; line++) {
    const newline = text.indexOf("\n", at)
    ends[line] = newline === -1 ? text.length : newline
    at = newline === -1 ? text.length : newline + 1
    starts[line + 1] = at
  }
  const bodies = starts.slice(0, count)
  return { text, count, starts, bodies, ends, numbers: new Int32Array(count).fill(-1), styles: [] }
}

/** What might be a gutter, by line. */
const guttersIn = ({ text, count, starts }: NumberedLines): ReadonlyArray<Gutter | undefined> => {
  const gutters: Array<Gutter | undefined> = []
  for (let line = 0; line < count; line++) {
    const code = text.charCodeAt(starts[line] as number)
    gutters.push(
      code === 32 || code === 76 || (code >= 48 && code <= 57) ? gutterAt(text, starts[line] as number) : undefined
    )
  }
  return gutters
}

/** The last line of the run that begins at the line. */
const runEnd = (gutters: ReadonlyArray<Gutter | undefined>, from: number): number => {
  const first = gutters[from]
  let last = from
  if (first === undefined) return last
  for (let at = from + 1; at < gutters.length && at - last <= EVERY; at++) {
    const next = gutters[at]
    if (next === undefined) continue
    if (continues(first, next, at - from)) last = at
    else if (next.style.separator === first.style.separator) break
  }
  return last
}

/** A blank belongs to the separator where it stands behind every number in the run. */
const styleOf = (
  { text, starts }: NumberedLines,
  gutters: ReadonlyArray<Gutter | undefined>,
  from: number,
  to: number
): GutterStyle => {
  const { style } = gutters[from] as Gutter
  const wide = withBlank(style)
  if (wide === style) return style
  for (let at = from; at <= to; at++) {
    const gutter = gutters[at]
    if (gutter !== undefined && text.charCodeAt((starts[at] as number) + gutter.size) !== 32) return style
  }
  return wide
}

/** Numbers an ordered list too, but no list has an item without text. */
const OF_LISTS = ". "

/** Whether a line of the run is empty behind its gutter. */
const holdsEmpty = (
  { starts, ends }: NumberedLines,
  gutters: ReadonlyArray<Gutter | undefined>,
  from: number,
  to: number
): boolean => {
  for (let line = from; line <= to; line++)
    if ((starts[line] as number) + (gutters[line]?.size ?? 0) === ends[line]) return true
  return false
}

/** The lines of a text with their gutters apart. */
export const numberedLines = (text: string): NumberedLines => {
  const lines = plainLines(text)
  const gutters = guttersIn(lines)
  const { count, starts, bodies, numbers } = lines
  const styles: Array<GutterStyle | undefined> = []
  for (let at = 0; at < count; ) {
    const last = runEnd(gutters, at)
    const first = gutters[at]
    if (first === undefined || last - at + 1 < MIN_RUN) {
      at++
      continue
    }
    if (first.style.separator === OF_LISTS && !holdsEmpty(lines, gutters, at, last)) {
      at = last + 1
      continue
    }
    const style = styleOf(lines, gutters, at, last)
    const wider = style.separator.length - first.style.separator.length
    while (styles.length < at) styles.push(undefined)
    for (let line = at; line <= last; line++) {
      const gutter = gutters[line]
      if (gutter !== undefined && continues(first, gutter, line - at))
        bodies[line] = (starts[line] as number) + gutter.size + wider
      numbers[line] = first.number + line - at
      styles.push(style)
    }
    at = last + 1
  }
  return { ...lines, styles }
}

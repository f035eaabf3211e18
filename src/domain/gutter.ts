/**
 * Number gutters: lines that a tool numbered by one, printed with a number now and then, because every line's text stays verbatim for
 * edits while a quarter of such a read is digits.
 *
 * Folded form: the first line, every tenth number and the last line of a run carry their number, the lines between do not; so a folded
 * run says where it ends, and `parseGutter` reads both forms.
 */
import { type Segment, whole } from "./tiling.ts"

/** How a run of numbers is printed: padded on the left to `width` (0: not padded), and what follows the number. */
export interface GutterStyle {
  readonly width: number
  readonly separator: string
}

export interface NumberedLine {
  /** The line's text without its gutter and newline. */
  readonly body: string
  readonly number: number | undefined
  readonly style: GutterStyle | undefined
}

const EVERY = 10
/** Fewer lines save nothing once first and last carry their number. */
const MIN_RUN = 4

const GUTTER = /^( *)(\d{1,9})(→|\t|\||:| {2}| \| )/

/** A line that begins with a number. */
const NUMBERED = /^ {0,20}\d/m

interface Gutter {
  readonly number: number
  readonly style: GutterStyle
  readonly size: number
}

const gutterOf = (line: string): Gutter | undefined => {
  const code = line.charCodeAt(0)
  if (code !== 32 && (code < 48 || code > 57)) return undefined
  const match = GUTTER.exec(line)
  if (match === null) return undefined
  const [all, pad, digits, separator] = match as unknown as [string, string, string, string]
  if (digits.length > 1 && digits.startsWith("0")) return undefined
  return {
    number: Number(digits),
    style: { width: pad === "" ? 0 : pad.length + digits.length, separator },
    size: all.length
  }
}

/** The gutter as the style prints it. */
export const printGutter = (number: number, { width, separator }: GutterStyle): string =>
  `${String(number).padStart(width)}${separator}`

/** Whether `next` may stand `distance` lines after `first` in one run; folded numbers carry no padding. */
const continues = (style: GutterStyle, first: number, next: Gutter, distance: number): boolean =>
  next.number === first + distance &&
  next.style.separator === style.separator &&
  (next.style.width === style.width || next.style.width === 0)

/** A colon may have a blank behind it: it has where every number in the run has. */
const styleOf = (
  style: GutterStyle,
  lines: ReadonlyArray<string>,
  gutters: ReadonlyArray<Gutter | undefined>,
  from: number,
  to: number
): GutterStyle => {
  if (style.separator !== ":") return style
  for (let at = from; at <= to; at++) {
    const gutter = gutters[at]
    if (gutter !== undefined && (lines[at] as string)[gutter.size] !== " ") return style
  }
  return { ...style, separator: ": " }
}

/** Lines with their gutters split off, where at least four lines in a row count by one, numbered in full or folded. */
export const parseGutter = (lines: ReadonlyArray<string>): ReadonlyArray<NumberedLine> => {
  const out: Array<NumberedLine> = []
  const gutters = lines.map(gutterOf)
  for (let at = 0; at < lines.length; ) {
    const first = gutters[at]
    let last = at
    if (first !== undefined) {
      for (let ahead = at + 1; ahead < lines.length && ahead - last <= EVERY; ahead++) {
        const next = gutters[ahead]
        if (next === undefined) continue
        if (continues(first.style, first.number, next, ahead - at)) last = ahead
        else if (next.style.separator === first.style.separator) break
      }
    }
    if (first === undefined || last - at + 1 < MIN_RUN) {
      out.push({ body: lines[at] as string, number: undefined, style: undefined })
      at++
      continue
    }
    const style = styleOf(first.style, lines, gutters, at, last)
    for (let line = at; line <= last; line++) {
      const text = lines[line] as string
      const gutter = gutters[line]
      const numbered = gutter !== undefined && continues(first.style, first.number, gutter, line - at)
      const size = numbered ? gutter.size + style.separator.length - first.style.separator.length : 0
      out.push({ body: text.slice(size), number: first.number + line - at, style })
    }
    at = last + 1
  }
  return out
}

/** The first line shows the padding; the numbers after it need none. */
const fold = (lines: ReadonlyArray<NumberedLine>): string =>
  lines
    .map(({ body, number, style }, at) => {
      if (number === undefined || style === undefined) return body
      if (at === 0) return printGutter(number, style) + body
      const isNumbered = at === lines.length - 1 || number % EVERY === 0
      return isNumbered ? printGutter(number, style).trimStart() + body : body
    })
    .join("\n")

/** The decoder of a folded run: every line with its number. */
const unfoldGutter = (shown: string): string | undefined => {
  const open = shown.endsWith("\n")
  const lines = parseGutter((open ? shown.slice(0, -1) : shown).split("\n"))
  const out: Array<string> = []
  for (const { body, number, style } of lines) {
    if (number === undefined || style === undefined) return undefined
    out.push(printGutter(number, style) + body)
  }
  return open ? `${out.join("\n")}\n` : out.join("\n")
}

/** Segments of the text with each numbered run folded where its decoder gives it back. */
export const foldGutters = (text: string): ReadonlyArray<Segment> => {
  if (!NUMBERED.test(text)) return whole(text).segments
  const lines = text.split("\n")
  const parsed = parseGutter(lines)
  const segments: Array<Segment> = []
  let shownFrom = 0
  let offset = 0
  const verbatimTo = (end: number): void => {
    if (end > shownFrom)
      segments.push({ _tag: "Shown", spans: [shownFrom, end], codec: "verbatim", text: text.slice(shownFrom, end) })
  }
  for (let at = 0; at < parsed.length; ) {
    const head = parsed[at] as NumberedLine
    let end = at + 1
    let size = (lines[at] as string).length + 1
    if (head.number !== undefined) {
      while (
        end < parsed.length &&
        parsed[end]?.style === head.style &&
        parsed[end]?.number === head.number + end - at
      ) {
        size += (lines[end] as string).length + 1
        end++
      }
    }
    const stop = Math.min(offset + size, text.length)
    if (end - at >= MIN_RUN) {
      const raw = text.slice(offset, stop)
      const folded = fold(parsed.slice(at, end)) + (raw.endsWith("\n") ? "\n" : "")
      if (folded.length < raw.length && unfoldGutter(folded) === raw) {
        verbatimTo(offset)
        segments.push({ _tag: "Shown", spans: [offset, stop], codec: "gutter", text: folded })
        shownFrom = stop
      }
    }
    offset = stop
    at = end
  }
  verbatimTo(text.length)
  return segments
}

export const gutterCodec = { name: "gutter", decode: unfoldGutter }

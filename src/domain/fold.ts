/**
 * Folded gutters: lines that a tool numbered by one, printed with a number now and then, because every line's text stays verbatim for
 * edits while a quarter of such a read is digits.
 *
 * Folded form: the first line, every tenth number and the last line of a run carry their number, the lines between do not; so a folded
 * run says where it ends, and `numberedLines` reads both forms.
 */
import { bodyOf, EVERY, gutterIn, MIN_RUN, type NumberedLines, numberedLines } from "./numbered-lines.ts"
import { recently } from "./recent.ts"
import { type Segment, whole } from "./tiling.ts"

/** May stand before a number. */
const LETTER = 76
/** No line with more blanks before its number is looked for. */
const MAX_INDENT = 20

/** Whether a line begins with a number. */
const holdsNumber = (text: string): boolean => {
  for (let start = 0; start !== 0 || text !== ""; ) {
    let at = text.charCodeAt(start) === LETTER ? start + 1 : start
    while (text.charCodeAt(at) === 32 && at - start < MAX_INDENT) at++
    const code = text.charCodeAt(at)
    if (code >= 48 && code <= 57) return true
    start = text.indexOf("\n", at) + 1
    if (start === 0) return false
  }
  return false
}

/** The run of one style that begins at the line, by the line behind its last; none is one line. */
const runEnd = ({ count, numbers, styles }: NumberedLines, from: number): number => {
  const style = styles[from]
  let end = from + 1
  if (style === undefined) return end
  while (end < count && styles[end] === style && numbers[end] === (numbers[from] as number) + end - from) end++
  return end
}

/** The first line shows the padding; the numbers after it need none. */
const fold = (lines: NumberedLines, from: number, to: number): string => {
  const out: Array<string> = []
  for (let line = from; line < to; line++) {
    const isNumbered = line === from || line === to - 1 || (lines.numbers[line] as number) % EVERY === 0
    const gutter = isNumbered ? gutterIn(lines, line) : ""
    out.push(`${line === from ? gutter : gutter.trimStart()}${bodyOf(lines, line)}`)
  }
  return out.join("\n")
}

/** The decoder of a folded run: every line with its number. */
const unfoldGutter = recently((shown: string): string | undefined => {
  const lines = numberedLines(shown)
  const out: Array<string> = []
  for (let line = 0; line < lines.count; line++) {
    if (lines.styles[line] === undefined) return undefined
    out.push(gutterIn(lines, line) + bodyOf(lines, line))
  }
  return shown.endsWith("\n") ? `${out.join("\n")}\n` : out.join("\n")
})

/** Segments of the text with each numbered run folded where its decoder gives it back. */
export const foldGutters = (text: string): ReadonlyArray<Segment> => {
  if (!holdsNumber(text)) return whole(text).segments
  const lines = numberedLines(text)
  const segments: Array<Segment> = []
  let shownFrom = 0
  const verbatimTo = (end: number): void => {
    if (end > shownFrom)
      segments.push({ _tag: "Shown", spans: [shownFrom, end], codec: "verbatim", text: text.slice(shownFrom, end) })
  }
  for (let at = 0; at < lines.count; ) {
    const end = runEnd(lines, at)
    if (end - at >= MIN_RUN) {
      const start = lines.starts[at] as number
      const stop = lines.starts[end] as number
      const raw = text.slice(start, stop)
      const folded = fold(lines, at, end) + (raw.endsWith("\n") ? "\n" : "")
      if (folded.length < raw.length && unfoldGutter(folded) === raw) {
        verbatimTo(start)
        segments.push({ _tag: "Shown", spans: [start, stop], codec: "gutter", text: folded })
        shownFrom = stop
      }
    }
    at = end
  }
  verbatimTo(text.length)
  return segments
}

export const gutterCodec = { name: "gutter", decode: unfoldGutter }

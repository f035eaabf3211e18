/**
 * A number gutter: the number that a tool printed before a line, read and printed in one place for folds, repeats and their notes.
 */

/** How a run of numbers is printed: padded on the left to `width` (0: not padded), and what follows the number. */
export interface GutterStyle {
  readonly width: number
  readonly separator: string
}

export interface Gutter {
  readonly number: number
  readonly style: GutterStyle
  /** Its length. */
  readonly size: number
}

const SPACE = 32
const ZERO = 48
const MAX_DIGITS = 9

const isDigit = (code: number): boolean => code >= ZERO && code <= ZERO + 9

/** What sets the number off from the line's text; behind a colon it may be a blank too, which only the whole run can tell. */
const separatorAt = (text: string, at: number): string | undefined => {
  switch (text.charCodeAt(at)) {
    case 0x2192:
      return "→"
    case 9:
      return "\t"
    case 124:
      return "|"
    case 58:
      return ":"
    case SPACE:
      return text.charCodeAt(at + 1) === SPACE ? "  " : text.startsWith("| ", at + 1) ? " | " : undefined
    default:
      return undefined
  }
}

/** The gutter at the offset, where a line begins, or undefined. */
export const gutterAt = (text: string, from: number): Gutter | undefined => {
  let first = from
  while (text.charCodeAt(first) === SPACE) first++
  let at = first
  while (isDigit(text.charCodeAt(at)) && at - first < MAX_DIGITS) at++
  const digits = at - first
  if (digits === 0 || (digits > 1 && text.charCodeAt(first) === ZERO)) return undefined
  const separator = separatorAt(text, at)
  if (separator === undefined) return undefined
  return {
    number: Number(text.slice(first, at)),
    style: { width: first === from ? 0 : at - from, separator },
    size: at + separator.length - from
  }
}

/** The gutter as the style prints it. */
export const printGutter = (number: number, { width, separator }: GutterStyle): string =>
  `${String(number).padStart(width)}${separator}`

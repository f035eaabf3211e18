/**
 * A number gutter: the number that a tool printed before a line, read and printed in one place for folds, repeats and their notes.
 */

/** How a run of numbers is printed: padded on the left to `width` (0: not padded), and what follows the number. */
export interface GutterStyle {
  readonly width: number
  readonly separator: string
  /** What it is padded with, blanks unless it says otherwise, and what stands before it. */
  readonly fill?: "0"
  readonly prefix?: "L"
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
const LETTER = 76
/** Digits of a number that is padded with zeros, before a bar alone: elsewhere zeros belong to times and ids. */
const FILLED = 5

/** Separators that may have a blank behind them, which only the whole run can tell. */
const WITH_BLANK = new Set([":", "|"])

/** The style with a blank behind its separator, where one may stand. */
export const withBlank = (style: GutterStyle): GutterStyle =>
  WITH_BLANK.has(style.separator) ? { ...style, separator: `${style.separator} ` } : style

const isDigit = (code: number): boolean => code >= ZERO && code <= ZERO + 9

/** What sets the number off from the line's text. */
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
    case 46:
      return text.charCodeAt(at + 1) === SPACE ? ". " : undefined
    case SPACE:
      return text.charCodeAt(at + 1) === SPACE ? "  " : text.startsWith("| ", at + 1) ? " | " : undefined
    default:
      return undefined
  }
}

/** The gutter at the offset, where a line begins, or undefined. */
export const gutterAt = (text: string, from: number): Gutter | undefined => {
  const isLettered = text.charCodeAt(from) === LETTER
  const pad = isLettered ? from + 1 : from
  let first = pad
  while (text.charCodeAt(first) === SPACE) first++
  let at = first
  while (isDigit(text.charCodeAt(at)) && at - first < MAX_DIGITS) at++
  const digits = at - first
  if (digits === 0) return undefined
  const separator = separatorAt(text, at)
  const isFilled = digits > 1 && text.charCodeAt(first) === ZERO
  if (separator === undefined || (isFilled && (digits !== FILLED || separator !== "|"))) return undefined
  return {
    number: Number(text.slice(first, at)),
    style: {
      width: first === pad && !isFilled ? 0 : at - pad,
      separator,
      ...(isFilled ? { fill: "0" } : {}),
      ...(isLettered ? { prefix: "L" } : {})
    },
    size: at + separator.length - from
  }
}

/** The gutter as the style prints it. */
export const printGutter = (number: number, { width, separator, fill, prefix }: GutterStyle): string =>
  `${prefix ?? ""}${String(number).padStart(width, fill ?? " ")}${separator}`

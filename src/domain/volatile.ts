/**
 * Lines that differ from one day, session or machine start to the next: what makes a prompt that is otherwise the same another one to a
 * provider's cache.
 *
 * A line is judged whole and moved whole, so that no sentence is torn.
 */

/** Dates, times of day, seconds since 1970, UUIDs, and tokens that name a session. */
const VOLATILE: ReadonlyArray<RegExp> = [
  /\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b/,
  /\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\b(?!\d)/,
  /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d\b/i,
  /\b\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?:19|20)\d\d\b/i,
  /\b1[5-9]\d{8}(?:\d{3})?\b/,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*/
]

/** Longer lines are data, and are not looked through. */
const MAX_LINE = 2_000

export const isVolatile = (line: string): boolean =>
  line.length <= MAX_LINE && VOLATILE.some((pattern) => pattern.test(line))

/** A text's lines, those that stay the same apart from those that do not, each in their order. */
export interface Parted {
  readonly stable: string
  readonly volatile: string
}

/** Parts a text; undefined where all of it is of one sort. */
export const parted = (text: string): Parted | undefined => {
  const lines = text.split("\n")
  const stable = lines.filter((line) => !isVolatile(line))
  if (stable.length === lines.length || stable.every((line) => line.trim() === "")) return undefined
  return { stable: stable.join("\n"), volatile: lines.filter(isVolatile).join("\n") }
}

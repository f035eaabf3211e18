/**
 * A source text line by line, as a parser and a reader of lines want it: without the numbers that a tool printed before the lines, and
 * without what the tool said before and after them.
 */
import { bodyOf, numberedCount, numberedLines } from "../../domain/numbered-lines.ts"

export interface Source {
  /** Each line's own text, without gutter, CR and line break; blank where the line is the tool's. */
  readonly lines: ReadonlyArray<string>
  /** Whether a tool numbered the lines. */
  readonly isNumbered: boolean
  /** Whether the line is the tool's own: a heading, a reminder. */
  readonly isForeign: (line: number) => boolean
}

/** The share of numbered lines from which on the others are the tool's. */
const NUMBERED_SHARE = 0.6

const bare = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line)

export const sourceOf = (text: string): Source => {
  const all = numberedLines(text)
  const isNumbered = numberedCount(all) >= NUMBERED_SHARE * all.count
  const isForeign = (line: number): boolean => isNumbered && (all.numbers[line] as number) < 0
  const lines = Array.from({ length: all.count }, (_, line) => {
    if (!isNumbered) return bare(text.slice(all.starts[line], all.ends[line]))
    return isForeign(line) ? "" : bare(bodyOf(all, line))
  })
  return { lines, isNumbered, isForeign }
}

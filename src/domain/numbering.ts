/**
 * What the lines of a text are called: where a tool numbered them, by the numbers that stand before them, so that markers, requests for a
 * range and the text itself speak of the same lines; else by their places, from 1.
 */
import { numberedCount, numberedLines } from "./numbered-lines.ts"

/** The share of numbered lines from which on the others are the tool's own: a heading, a reminder. */
const NUMBERED_SHARE = 0.5

/** What is added to a line's place to have its number: 0 where the lines are not numbered in one run. */
export const numberShift = (text: string): number => {
  const lines = numberedLines(text)
  if (numberedCount(lines) < Math.max(1, NUMBERED_SHARE * lines.count)) return 0
  let shift: number | undefined
  for (let line = 0; line < lines.count; line++) {
    const number = lines.numbers[line] as number
    if (number < 0) continue
    shift ??= number - line - 1
    if (number - line - 1 !== shift) return 0
  }
  return shift ?? 0
}

/** The range as the lines are called; what stands above line 1 is called by it. */
export const shifted = ([from, to]: readonly [from: number, to: number], shift: number): readonly [number, number] => [
  Math.max(1, from + shift),
  Math.max(1, to + shift)
]

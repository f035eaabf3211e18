/**
 * Runs of units that a model reads at once: a sentence alone has lost what its pronouns stand for, and a model reads no more than some
 * hundred words.
 */
import { estimateTokens } from "../../domain/tokens.ts"
import type { Unit } from "./units.ts"

export interface Passage {
  /** Units, half-open. */
  readonly first: number
  readonly end: number
}

/** What the usual encoders of sentences read is 256 tokens of their own, somewhat smaller ones. */
const MAX_TOKENS = 180

/** Passages within a paragraph, over many of them where it is talk; headings and blanks stand in none. */
export const passagesOf = (text: string, units: ReadonlyArray<Unit>, talk: boolean): ReadonlyArray<Passage> => {
  const passages: Array<Passage> = []
  let first = 0
  let tokens = 0
  const close = (end: number): void => {
    if (end > first) passages.push({ first, end })
    first = end
    tokens = 0
  }
  for (const [at, unit] of units.entries()) {
    const sentence = text.slice(unit.start, unit.end)
    if (unit.isHeading || sentence.trim() === "") {
      close(at)
      first = at + 1
      continue
    }
    const cost = estimateTokens(sentence)
    const goesOn = talk || units[at - 1]?.paragraph === unit.paragraph
    if (!goesOn || tokens + cost > MAX_TOKENS) close(at)
    tokens += cost
  }
  close(units.length)
  return passages
}

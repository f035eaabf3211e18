/**
 * What a text could be cut to without knowing what it is, at a given size: its head and tail, the sentences that share most words with
 * the question, any sentences. A compressor has to do better than these to be worth its code.
 */
import { estimateTokens } from "./tokens.ts"

/** Cuts a text to about so many estimated tokens. */
export type Cut = (text: string, question: string, tokens: number) => string

/** The first and the last half of the tokens. */
export const headTail: Cut = (text, _, tokens) => {
  const all = estimateTokens(text)
  if (all <= tokens) return text
  const half = Math.max(0, Math.floor((text.length * tokens) / all / 2))
  return `${text.slice(0, half)}\n...\n${half === 0 ? "" : text.slice(-half)}`
}

/** Sentences, and lines where there are no sentences. */
const unitsOf = (text: string): ReadonlyArray<string> =>
  text.split(/(?<=[.!?]["')\]]?)\s+(?=[\p{Lu}\p{N}"'([])|\n+/u).filter((unit) => unit.trim() !== "")

/** Places by their scores, best first, of equals the earlier. */
export const byScore = (scores: ReadonlyArray<number>): ReadonlyArray<number> =>
  scores.map((_, at) => at).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)

/** The units in the given order of worth, as many as there is room for, printed in the text's order. */
export const fitting = (units: ReadonlyArray<string>, order: ReadonlyArray<number>, tokens: number): string => {
  const kept = new Set<number>()
  let room = tokens
  for (const at of order) {
    const cost = estimateTokens(units[at] as string) + 1
    if (cost > room) continue
    room -= cost
    kept.add(at)
  }
  return units.filter((_, at) => kept.has(at)).join("\n")
}

const wordsOf = (text: string): ReadonlyArray<string> => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []

/** Okapi BM25 with its usual constants, the text's own units as the collection. */
const SATURATION = 1.2
const LENGTH_WEIGHT = 0.75

/** A score for each bag of words: how well it answers the words that are asked. */
export const bm25Scores = (
  bags: ReadonlyArray<ReadonlyArray<string>>,
  asked: ReadonlyArray<string>
): ReadonlyArray<number> => {
  const mean = bags.reduce((sum, bag) => sum + bag.length, 0) / Math.max(1, bags.length)
  const scores = bags.map(() => 0)
  const countsOf = bags.map((bag) => {
    const counts = new Map<string, number>()
    for (const word of bag) counts.set(word, (counts.get(word) ?? 0) + 1)
    return counts
  })
  for (const word of new Set(asked)) {
    const holders = countsOf.filter((counts) => counts.has(word)).length
    const rarity = Math.log(1 + (bags.length - holders + 0.5) / (holders + 0.5))
    bags.forEach(({ length }, at) => {
      const count = countsOf[at]?.get(word) ?? 0
      const norm = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * length) / mean)
      scores[at] = (scores[at] as number) + (rarity * count * (SATURATION + 1)) / (count + norm)
    })
  }
  return scores
}

export const bm25: Cut = (text, question, tokens) => {
  const units = unitsOf(text)
  return fitting(units, byScore(bm25Scores(units.map(wordsOf), wordsOf(question))), tokens)
}

/** A sequence of numbers from 0 to 1 that is the same in every run. */
export const sequence = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Units by lot, the same ones in every run. */
export const byLot: Cut = (text, _, tokens) => {
  const units = unitsOf(text)
  const next = sequence(text.length)
  const order = units
    .map((__, at) => ({ at, lot: next() }))
    .sort((a, b) => a.lot - b.lot || a.at - b.at)
    .map(({ at }) => at)
  return fitting(units, order, tokens)
}

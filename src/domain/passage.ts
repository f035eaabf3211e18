/**
 * Parts of a text by line range, by words, and by JSON path, each as a span of the source, so that what is given out is what was kept.
 */
import { lineAt, lineStarts } from "./lines.ts"

/** A part of a text, by offsets and by its lines from 1, both ends included. */
export interface Passage {
  readonly start: number
  readonly end: number
  readonly lines: readonly [from: number, to: number]
}

export const passageOf = (starts: ReadonlyArray<number>, start: number, end: number): Passage => ({
  start,
  end,
  lines: [lineAt(starts, start) + 1, lineAt(starts, Math.max(start, end - 1)) + 1]
})

/** A range as people write it: `12-80`, `12`, `12-`; undefined where it is none. */
export const parseRange = (text: string): readonly [from: number, to: number] | undefined => {
  const match = /^\s*(\d{1,9})\s*(?:(-|–|\.\.)\s*(\d{1,9})?)?\s*$/.exec(text)
  if (match === null) return undefined
  const from = Number(match[1])
  const to = match[2] === undefined ? from : match[3] === undefined ? Number.MAX_SAFE_INTEGER : Number(match[3])
  return from < 1 || to < from ? undefined : [from, to]
}

/** The lines of a range, line breaks included, cut to those that there are; undefined where the first is beyond the end. */
export const linesOf = (text: string, range: readonly [from: number, to: number]): Passage | undefined => {
  const starts = lineStarts(text)
  const start = starts[range[0] - 1]
  if (start === undefined) return undefined
  return passageOf(starts, start, starts[range[1]] ?? text.length)
}

/** The longest piece of a line that is scored as one. */
const UNIT_LENGTH = 400
/** Lines shown around a hit. */
const CONTEXT = 2
/** Okapi BM25, with less weight on length than for documents: lines of a log differ in length for no reason. */
const SATURATION = 1.2
const LENGTH_WEIGHT = 0.4

/** Words of a query in lower case, each once; runs of letters of a script that writes without spaces become pairs. */
const termsOf = (query: string): ReadonlyArray<string> => {
  const terms = new Set<string>()
  for (const word of query
    .slice(0, 2000)
    .toLowerCase()
    .match(/[\p{L}\p{N}_]+/gu) ?? []) {
    if (word.length > 2 && /^[\u3040-\u30ff\u3400-\u9fff]+$/.test(word)) {
      for (let i = 0; i + 2 <= word.length; i++) terms.add(word.slice(i, i + 2))
    } else terms.add(word)
  }
  return [...terms].slice(0, 32)
}

const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || code === 95 || (code >= 128 && code !== 0xa0)

/** Occurrences of a term: a whole word counts one, a part of a longer one a half; seven say no more than six. */
const frequency = (unit: string, term: string): number => {
  let count = 0
  for (let at = unit.indexOf(term); at !== -1 && count < 6; at = unit.indexOf(term, at + term.length)) {
    const whole = (at === 0 || !isWord(unit.charCodeAt(at - 1))) && !isWord(unit.charCodeAt(at + term.length))
    count += whole ? 1 : 0.5
  }
  return count
}

interface Unit {
  readonly start: number
  readonly end: number
  /** A little beyond the end where a long line goes on, so that a word that the cut splits is found. */
  readonly searchEnd: number
}

const unitsOf = (starts: ReadonlyArray<number>, within: Passage): ReadonlyArray<Unit> => {
  const units: Array<Unit> = []
  for (let line = within.lines[0] - 1; line < within.lines[1]; line++) {
    const from = Math.max(within.start, starts[line] ?? within.end)
    const to = Math.min(within.end, starts[line + 1] ?? within.end)
    for (let start = from; start < to; start += UNIT_LENGTH) {
      units.push({ start, end: Math.min(to, start + UNIT_LENGTH), searchEnd: Math.min(to, start + UNIT_LENGTH + 40) })
    }
  }
  return units
}

/** BM25 scores of the units that hold a term. */
const scoresOf = (
  text: string,
  units: ReadonlyArray<Unit>,
  terms: ReadonlyArray<string>
): ReadonlyMap<number, number> => {
  const found: Array<readonly [unit: number, frequencies: ReadonlyArray<number>]> = []
  const holders = terms.map(() => 0)
  let length = 0
  units.forEach((unit, index) => {
    length += unit.end - unit.start
    const lower = text.slice(unit.start, unit.searchEnd).toLowerCase()
    if (!terms.some((term) => lower.includes(term))) return
    const frequencies = terms.map((term) => frequency(lower, term))
    frequencies.forEach((count, term) => {
      if (count > 0) holders[term] = (holders[term] ?? 0) + 1
    })
    found.push([index, frequencies])
  })
  const mean = length / Math.max(1, units.length)
  const scores = new Map<number, number>()
  for (const [index, frequencies] of found) {
    const unit = units[index]
    if (unit === undefined) continue
    const norm = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * (unit.end - unit.start)) / mean)
    let score = 0
    frequencies.forEach((count, term) => {
      const holding = holders[term] ?? 0
      const rarity = Math.log(1 + (units.length - holding + 0.5) / (holding + 0.5))
      score += (rarity * count * (SATURATION + 1)) / (count + norm)
    })
    scores.set(index, score)
  }
  return scores
}

/** The passages that answer a query, best first: lines that hold its words, with their neighbours; none where no word occurs. */
export const bestPassages = (text: string, query: string, within: Passage): ReadonlyArray<Passage> => {
  const starts = lineStarts(text)
  const terms = termsOf(query)
  const units = unitsOf(starts, within)
  if (terms.length === 0) return []
  const scores = scoresOf(text, units, terms)
  const passages: Array<{ first: number; last: number; best: number; sum: number }> = []
  for (const [index, score] of [...scores].sort((a, b) => a[0] - b[0])) {
    const first = Math.max(0, index - CONTEXT)
    const last = Math.min(units.length - 1, index + CONTEXT)
    const before = passages[passages.length - 1]
    // Neighbours join, up to a size that a reader still takes in at a glance.
    if (before !== undefined && first <= before.last + 1 && last - before.first < 40) {
      before.last = last
      before.best = Math.max(before.best, score)
      before.sum += score
    } else {
      passages.push({ first: Math.max(first, (before?.last ?? -1) + 1), last, best: score, sum: score })
    }
  }
  return passages
    .sort((a, b) => b.best - a.best || b.sum - a.sum || a.first - b.first)
    .map(({ first, last }) => passageOf(starts, units[first]?.start ?? within.start, units[last]?.end ?? within.end))
}

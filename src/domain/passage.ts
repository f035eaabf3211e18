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

/** Where each unit begins: each line, and each piece of a long one. */
const unitStarts = (text: string, starts: ReadonlyArray<number>, within: Passage): ReadonlyArray<number> => {
  const units: Array<number> = []
  for (let line = within.lines[0] - 1; line < within.lines[1]; line++) {
    const end = Math.min(within.end, starts[line + 1] ?? text.length)
    for (let start = Math.max(within.start, starts[line] ?? end); start < end; start += UNIT_LENGTH) units.push(start)
  }
  return units
}

/** The units in which a term begins, ascending; a term that a cut splits belongs to the unit before the cut. */
const unitsWith = (
  text: string,
  terms: ReadonlyArray<string>,
  units: ReadonlyArray<number>,
  within: Passage
): ReadonlyArray<number> => {
  const found: Array<number> = []
  const pattern = new RegExp(terms.join("|"), "giu")
  pattern.lastIndex = within.start
  for (let match = pattern.exec(text); match !== null && match.index < within.end; match = pattern.exec(text)) {
    const unit = lineAt(units, match.index)
    found.push(unit)
    const next = units[unit + 1]
    if (next === undefined) break
    // One hit is enough to score the unit, all of which is read then.
    pattern.lastIndex = Math.max(pattern.lastIndex, next)
  }
  return found
}

/** BM25 scores of the units that hold a term. */
const scoresOf = (
  text: string,
  terms: ReadonlyArray<string>,
  units: ReadonlyArray<number>,
  within: Passage
): ReadonlyArray<readonly [unit: number, score: number]> => {
  const mean = (within.end - within.start) / units.length
  const holders = terms.map(() => 0)
  const found = unitsWith(text, terms, units, within).map((unit) => {
    const start = units[unit] ?? within.end
    const end = units[unit + 1] ?? within.end
    // The cut of a long line may split a word: read on, but not into the next line.
    const goesOn = end < within.end && text[end - 1] !== "\n"
    const lower = text.slice(start, goesOn ? Math.min(end + 40, within.end) : end).toLowerCase()
    const frequencies = terms.map((term) => frequency(lower, term))
    frequencies.forEach((count, term) => {
      if (count > 0) holders[term] = (holders[term] ?? 0) + 1
    })
    return { unit, length: end - start, frequencies }
  })
  return found.map(({ unit, length, frequencies }) => {
    const norm = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * length) / mean)
    let score = 0
    frequencies.forEach((count, term) => {
      const holding = holders[term] ?? 0
      const rarity = Math.log(1 + (units.length - holding + 0.5) / (holding + 0.5))
      score += (rarity * count * (SATURATION + 1)) / (count + norm)
    })
    return [unit, score]
  })
}

/** The passages that answer a query, best first: lines that hold its words, with their neighbours; none where no word occurs. */
export const bestPassages = (text: string, query: string, within: Passage): ReadonlyArray<Passage> => {
  const terms = termsOf(query)
  const starts = lineStarts(text)
  const units = unitStarts(text, starts, within)
  if (terms.length === 0 || units.length === 0) return []
  const passages: Array<{ first: number; last: number; best: number; sum: number }> = []
  for (const [unit, score] of scoresOf(text, terms, units, within)) {
    const first = Math.max(0, unit - CONTEXT)
    const last = Math.min(units.length - 1, unit + CONTEXT)
    const before = passages[passages.length - 1]
    // Neighbours join, up to a size that a reader still takes in at a glance.
    if (before !== undefined && (last === before.last || (first <= before.last + 1 && last - before.first < 40))) {
      before.last = last
      before.best = Math.max(before.best, score)
      before.sum += score
    } else {
      passages.push({ first: Math.max(first, (before?.last ?? -1) + 1), last, best: score, sum: score })
    }
  }
  return passages
    .sort((a, b) => b.best - a.best || b.sum - a.sum || a.first - b.first)
    .map(({ first, last }) => passageOf(starts, units[first] ?? within.start, units[last + 1] ?? within.end))
}

/**
 * Okapi BM25 of a question's words, with the inverse document frequency of the text's own units: over groups of units, and over windows
 * that glide along them.
 */
import type { Asked, Words } from "./words.ts"

/** How soon a repeated word says nothing new, and how much a long unit pays for its length. */
const SATURATION = 1.2
const LENGTH_WEIGHT = 0.6

const rarityOf = (spread: number, groups: number): number => Math.log(1 + (groups - spread + 0.5) / (spread + 0.5))

/** Where each asked word stands in the list, by its term. */
const placesOf = (words: Words, asked: ReadonlyArray<Asked>): ReadonlyMap<number, number> =>
  new Map(
    asked.flatMap(({ stem }, place) => {
      const term = words.idOf.get(stem)
      return term === undefined ? [] : [[term, place] as const]
    })
  )

/** How often each asked word stands in each group, `group` naming each unit's, and how many words there are in it. */
const countsIn = (words: Words, asked: ReadonlyArray<Asked>, group: Int32Array, groups: number) => {
  const lengths = new Float64Array(groups)
  const counts = asked.map(() => new Float64Array(groups))
  const places = placesOf(words, asked)
  for (let unit = 0; unit + 1 < words.from.length; unit++) {
    const at = group[unit] as number
    for (let i = words.from[unit] as number; i < (words.from[unit + 1] as number); i++) {
      lengths[at] = (lengths[at] as number) + 1
      const place = places.get(words.terms[i] as number)
      const row = place === undefined ? undefined : counts[place]
      if (row !== undefined) row[at] = (row[at] as number) + 1
    }
  }
  return { lengths, counts }
}

const spreadOf = (row: Float64Array): number => row.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)

/** Sums over the asked words for each group. */
export const okapi = (words: Words, asked: ReadonlyArray<Asked>, group: Int32Array, groups: number): Float64Array => {
  const { lengths, counts } = countsIn(words, asked, group, groups)
  const mean = Math.max(1, lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, groups))
  const scores = new Float64Array(groups)
  asked.forEach(({ weight }, place) => {
    const row = counts[place] as Float64Array
    const spread = spreadOf(row)
    if (spread === 0) return
    const rarity = rarityOf(spread, groups)
    for (let at = 0; at < groups; at++) {
      const count = row[at] as number
      if (count === 0) continue
      const norm = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * (lengths[at] as number)) / mean)
      scores[at] = (scores[at] as number) + (weight * rarity * count * (SATURATION + 1)) / (count + norm)
    }
  })
  return scores
}

/** The mean over so many neighbours to either side. */
const box = (values: Float64Array, reach: number): Float64Array => {
  const sums = new Float64Array(values.length + 1)
  values.forEach((value, at) => {
    sums[at + 1] = (sums[at] as number) + value
  })
  return values.map((_, at) => {
    const from = Math.max(0, at - reach)
    const to = Math.min(values.length, at + reach + 1)
    return ((sums[to] as number) - (sums[from] as number)) / (to - from)
  })
}

/** The mean over neighbours that count the less the farther they stand. */
export const smooth = (values: Float64Array, reach: number): Float64Array => box(box(values, reach), reach)

/** Sums over the asked words for each unit, as they stand in it and, the less the farther, in those around it. */
export const okapiAround = (words: Words, asked: ReadonlyArray<Asked>, reach: number): Float64Array => {
  const units = words.from.length - 1
  const { counts } = countsIn(
    words,
    asked,
    Int32Array.from({ length: units }, (_, unit) => unit),
    units
  )
  const scores = new Float64Array(units)
  asked.forEach(({ weight }, place) => {
    const row = counts[place] as Float64Array
    const spread = spreadOf(row)
    if (spread === 0) return
    const rarity = rarityOf(spread, units)
    smooth(row, reach).forEach((share, at) => {
      const count = share * (reach + 1)
      scores[at] = (scores[at] as number) + (weight * rarity * count * (SATURATION + 1)) / (count + SATURATION)
    })
  })
  return scores
}

/**
 * How much each unit is worth showing, from the words alone: what the question asks for where there is one, what the text is about
 * where there is none. A model's scores can stand in for it, for nothing else depends on how they came about.
 */
import type { Unit } from "./units.ts"
import { type Asked, askedOf, type Words, wordsOf } from "./words.ts"

/** One number a unit; higher is shown first. */
export type Salience = Float64Array

/** Okapi BM25: how soon a repeated word says nothing new, and how much a long unit pays for its length. */
const SATURATION = 1.2
const LENGTH_WEIGHT = 0.6
/** What a paragraph's and the neighbours' scores add to a sentence's own, and what the look of an answer does. */
const PARAGRAPH = 0.5
const NEIGHBOUR = 0.25
const ANSWER = 0.3
/** An id of the question, found as written, outweighs every word. */
const EXACT = 3

/** Sums BM25 of the asked terms over groups of units, `group` naming each unit's. */
const okapi = (words: Words, asked: ReadonlyArray<Asked>, group: Int32Array, groups: number): Float64Array => {
  const lengths = new Float64Array(groups)
  const counts = asked.map(() => new Float64Array(groups))
  const position = new Map<number, number>()
  asked.forEach(({ stem }, i) => {
    const id = words.idOf.get(stem)
    if (id !== undefined) position.set(id, i)
  })
  for (let unit = 0; unit + 1 < words.from.length; unit++) {
    const at = group[unit] as number
    for (let i = words.from[unit] as number; i < (words.from[unit + 1] as number); i++) {
      lengths[at] = (lengths[at] as number) + 1
      const term = position.get(words.terms[i] as number)
      const row = term === undefined ? undefined : counts[term]
      if (row !== undefined) row[at] = (row[at] as number) + 1
    }
  }
  let total = 0
  for (const length of lengths) total += length
  const mean = Math.max(1, total / Math.max(1, groups))
  const scores = new Float64Array(groups)
  asked.forEach(({ weight }, term) => {
    const row = counts[term] as Float64Array
    let spread = 0
    for (const count of row) if (count > 0) spread++
    if (spread === 0) return
    const rarity = Math.log(1 + (groups - spread + 0.5) / (spread + 0.5))
    for (let at = 0; at < groups; at++) {
      const count = row[at] as number
      if (count === 0) continue
      const norm = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * (lengths[at] as number)) / mean)
      scores[at] = (scores[at] as number) + (weight * rarity * count * (SATURATION + 1)) / (count + norm)
    }
  })
  return scores
}

/** What kind of thing an answer must hold, by the question's words. */
const answerShape = (question: string): RegExp | undefined => {
  const lower = question.toLowerCase()
  if (/\bwhen\b|\bwhat (?:year|date|day|month|century|decade)\b|\bhow long\b|\bwann\b|\bquand\b/.test(lower))
    return /\b\d{3,4}s?\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December|century|decade|years?|months?|days?)\b/
  if (/\bhow (?:many|much|far|old|large|big|tall|often)\b|\bpercent|\bwhat (?:number|percentage|amount)\b/.test(lower))
    return /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|billion|half|third|dozen|several)\b/i
  if (/\bwho(?:m|se)?\b|\bwhich (?:person|king|author)\b|\bwer\b|\bqui\b/.test(lower)) return /\s\p{Lu}\p{Ll}+/u
  if (/\bwhere\b|\bwhat (?:city|country|state|place|region)\b|\bin which\b/.test(lower))
    return /\b(?:in|at|near|to|from|of)\s+(?:the\s+)?\p{Lu}/u
  if (/\bwhy\b|\bwhat (?:caused|reason)\b/.test(lower))
    return /\b(?:because|since|due|caus\w+|reason|result\w*|led|therefore|so that|in order)\b/i
  return undefined
}

const normal = (scores: Float64Array): Float64Array => {
  const best = scores.reduce((max, score) => Math.max(max, score), 0)
  return best === 0 ? scores : scores.map((score) => score / best)
}

const asksFor = (text: string, units: ReadonlyArray<Unit>, words: Words, question: string): Salience | undefined => {
  const asked = askedOf(question)
  const own = normal(okapi(words, asked, Int32Array.from(units.keys()), units.length))
  if (!own.some((score) => score > 0)) return undefined
  const paragraphs = Int32Array.from(units, (unit) => unit.paragraph)
  const whole = normal(okapi(words, asked, paragraphs, (units[units.length - 1]?.paragraph ?? 0) + 1))
  const shape = answerShape(question)
  const ids = asked.filter((word) => word.exact !== "")
  return Float64Array.from(units, (unit, at) => {
    const around = Math.max(own[at - 1] ?? 0, own[at + 1] ?? 0)
    let score = (own[at] as number) + PARAGRAPH * (whole[unit.paragraph] as number) + NEIGHBOUR * around
    if (shape !== undefined || ids.length > 0) {
      const sentence = text.slice(unit.start, unit.end)
      if (shape?.test(sentence) === true) score += ANSWER * (whole[unit.paragraph] as number)
      for (const { exact } of ids) if (sentence.includes(exact)) score += EXACT
    }
    return score
  })
}

/** What the text is about: units that share its frequent words, first sentences, figures and names before the rest. */
const isAbout = (text: string, units: ReadonlyArray<Unit>, words: Words): Salience => {
  const frequency = new Float64Array(words.spread.length)
  for (const term of words.terms) frequency[term] = (frequency[term] as number) + 1
  const scores = Float64Array.from(units, (_, at) => {
    const from = words.from[at] as number
    const to = words.from[at + 1] as number
    let sum = 0
    for (let i = from; i < to; i++) {
      const term = words.terms[i] as number
      const spread = words.spread[term] as number
      // A word in one unit alone says nothing of the whole.
      if (spread > 1) sum += Math.log(1 + (frequency[term] as number)) * Math.log(1 + units.length / spread)
    }
    return to === from ? 0 : sum / Math.sqrt(to - from + 4)
  })
  const central = normal(scores)
  return Float64Array.from(units, (unit, at) => {
    const isFirst = units[at - 1]?.paragraph !== unit.paragraph
    const told =
      /\d|\b(?:must|never|always|only|not|required?|important|warning|note|error|fail\w*|because|therefore|result\w*|conclu\w+|summary)\b/i
    const sentence = text.slice(unit.start, Math.min(unit.end, unit.start + 1_000))
    return (central[at] as number) + (isFirst ? 0.35 : 0) + (told.test(sentence) ? 0.15 : 0) + (at === 0 ? 0.5 : 0)
  })
}

/** Salience by the words of the text and of the question. */
export const lexicalSalience = (text: string, units: ReadonlyArray<Unit>, question: string): Salience => {
  const words = wordsOf(text, units)
  return (question.trim() === "" ? undefined : asksFor(text, units, words, question)) ?? isAbout(text, units, words)
}

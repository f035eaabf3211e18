/**
 * How much each unit is worth showing: what the question asks for where there is one, by its words and, where a model has read the text,
 * by what that found near it; what the text is about where there is none.
 */
import { type Relevance, scoresAt } from "../../domain/relevance.ts"
import { byNovelty, outliersOf } from "./novelty.ts"
import { okapi, okapiAround, smooth } from "./okapi.ts"
import { askedOfTalk, isTalk } from "./talk.ts"
import type { Unit } from "./units.ts"
import { type Asked, askedOf, type Words, wordsOf } from "./words.ts"

/** One number a unit; higher is shown first. */
export type Salience = Float64Array

/** A text, and what a model made of it. */
interface Read {
  readonly text: string
  readonly relevance?: Relevance
}

/** What a paragraph's and the neighbours' scores add to a sentence's own. */
const PARAGRAPH = 0.5
const NEIGHBOUR = 0.25
/** An id of the question, found as written, outweighs every word. */
const EXACT = 3
/** Sentences of talk, to either side, over which what is said of one matter spreads. */
const REACH = 15
/** A model's judgement, standardised, against that of the words: more, for words stand by chance in the wrong place too (docs/prose.md). */
const MODEL = 1.5

const normal = (scores: Float64Array): Float64Array => {
  const best = scores.reduce((max, score) => Math.max(max, score), 0)
  return best === 0 ? scores : scores.map((score) => score / best)
}

/** Less the mean, in standard deviations; nothing where all are equal. */
const standard = (scores: Float64Array): Float64Array => {
  const mean = scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length)
  const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / Math.max(1, scores.length))
  return scores.map((score) => (deviation < 1e-9 ? 0 : (score - mean) / deviation))
}

/** What the words ask for, in a text of paragraphs: sentences by themselves, with what their paragraph and their neighbours hold. */
const inParagraphs = (units: ReadonlyArray<Unit>, words: Words, asked: ReadonlyArray<Asked>): Float64Array => {
  const own = normal(okapi(words, asked, Int32Array.from(units.keys()), units.length))
  const paragraphs = Int32Array.from(units, (unit) => unit.paragraph)
  const whole = normal(okapi(words, asked, paragraphs, (units[units.length - 1]?.paragraph ?? 0) + 1))
  return own.map((score, at) => {
    const around = Math.max(own[at - 1] ?? 0, own[at + 1] ?? 0)
    return score + PARAGRAPH * (whole[(units[at] as Unit).paragraph] as number) + NEIGHBOUR * around
  })
}

/** The model's judgement of each unit; what it was not given ranks with the least of what it was. */
const judged = (units: ReadonlyArray<Unit>, relevance: Relevance): Float64Array => {
  const scores = scoresAt(
    relevance,
    units.map(({ start, end }) => (start + end) >> 1)
  )
  const least = relevance.reduce((min, { score }) => Math.min(min, score), Infinity)
  return Float64Array.from(scores, (score) => score ?? least)
}

const holds = (text: string, { start, end }: Unit, words: string): boolean => text.slice(start, end).includes(words)

const asksFor = ({ text, relevance = [] }: Read, units: ReadonlyArray<Unit>, words: Words, question: string) => {
  const asked = askedOf(question)
  const talk = isTalk(text)
  const found = talk ? normal(okapiAround(words, askedOfTalk(asked), REACH)) : inParagraphs(units, words, asked)
  const ids = asked.filter((word) => word.exact !== "")
  if (ids.length > 0)
    units.forEach((unit, at) => {
      for (const { exact } of ids) if (holds(text, unit, exact)) found[at] = (found[at] as number) + EXACT
    })
  if (relevance.length === 0) return found.some((score) => score > 0) ? found : undefined
  const model = judged(units, relevance)
  const nearness = standard(talk ? smooth(model, REACH) : model)
  return standard(found).map((score, at) => score + MODEL * (nearness[at] as number))
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

/** How much each unit is worth showing. */
export const salienceOf = (read: Read, units: ReadonlyArray<Unit>, question: string): Salience => {
  const words = wordsOf(read.text, units)
  const found = question.trim() === "" ? undefined : asksFor(read, units, words, question)
  const salience = found ?? byNovelty(isAbout(read.text, units, words), words)
  // What stands out is as good as the best of the rest, asked for or not.
  const best = salience.reduce((max, score) => Math.max(max, score), 0)
  const outliers = outliersOf(words)
  return salience.map((score, at) => (outliers[at] === true ? score + best : score))
}

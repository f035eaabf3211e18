/**
 * Other ways to keep a part of a text, each by whole sentences: BM25, TextRank, head and tail, chance.
 *
 * Each takes its sentences in its order until a number of tokens is spent, and prints them in the order of the text, without any mark for
 * what is left out.
 */
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { bm25Scores, byScore, sequence } from "../src/domain/naive-cuts.ts"

interface Sentence {
  readonly text: string
  readonly from: number
  readonly tokens: number
  readonly words: ReadonlyArray<string>
}

export interface Kept {
  readonly view: string
  readonly spans: ReadonlyArray<readonly [from: number, to: number]>
  readonly tokens: number
}

/** The order in which a rival takes sentences, best first. */
type Rival = (sentences: ReadonlyArray<Sentence>, question: string) => ReadonlyArray<number>

const counted = new Map<string, number>()
const tokensOf = (sentence: string): number => {
  const known = counted.get(sentence) ?? countTokens(`${sentence} `)
  counted.set(sentence, known)
  return known
}

const wordsIn = (text: string): ReadonlyArray<string> => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

const sentencesOf = (text: string): ReadonlyArray<Sentence> => {
  let from = 0
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .filter((sentence) => sentence !== "")
    .map((sentence) => {
      from = text.indexOf(sentence, from)
      const found = { text: sentence, from, tokens: tokensOf(sentence), words: wordsIn(sentence) }
      from += sentence.length
      return found
    })
}

const bm25: Rival = (sentences, question) =>
  byScore(
    bm25Scores(
      sentences.map(({ words }) => words),
      wordsIn(question)
    )
  )

/** Sentences by the stationary share of a walk along shared words (Mihalcea and Tarau, 2004). */
const textRank: Rival = (sentences) => {
  const count = sentences.length
  const bags = sentences.map(({ words }) => new Set(words))
  const holders = new Map<string, Array<number>>()
  bags.forEach((bag, at) => {
    for (const word of bag) holders.set(word, [...(holders.get(word) ?? []), at])
  })
  const edges = bags.map((bag, at) => {
    const shared = new Map<number, number>()
    for (const word of bag)
      for (const other of holders.get(word) ?? []) if (other !== at) shared.set(other, (shared.get(other) ?? 0) + 1)
    return [...shared].flatMap(([other, words]) => {
      const norm = Math.log(bag.size) + Math.log((bags[other] as Set<string>).size)
      return norm > 0 ? [[other, words / norm] as const] : []
    })
  })
  const out = edges.map((row) => row.reduce((sum, [, weight]) => sum + weight, 0))
  let scores = bags.map(() => 1)
  for (let round = 0; round < 20; round++) {
    const next = bags.map(() => 0.15)
    for (let at = 0; at < count; at++)
      for (const [other, weight] of edges[at] as ReadonlyArray<readonly [number, number]>)
        next[other] = (next[other] as number) + (0.85 * weight * (scores[at] as number)) / (out[at] as number)
    scores = next
  }
  return byScore(scores)
}

/** From both ends inwards. */
const headAndTail: Rival = (sentences) =>
  sentences.map((_, at) => (at % 2 === 0 ? at / 2 : sentences.length - (at + 1) / 2))

const chance: Rival = (sentences) => {
  const next = sequence(sentences.length)
  return byScore(sentences.map(() => next()))
}

export const RIVALS = { "BM25 sentences": bm25, TextRank: textRank, "head and tail": headAndTail, chance } as const
export type RivalName = keyof typeof RIVALS

/** Needs no question, and is asked about one text many times. */
const orders = new Map<string, ReadonlyArray<number>>()
const orderOf = (
  name: RivalName,
  text: string,
  sentences: ReadonlyArray<Sentence>,
  question: string
): ReadonlyArray<number> => {
  const key = `${name} ${name === "BM25 sentences" ? question : ""} ${text}`
  const known = orders.get(key) ?? RIVALS[name](sentences, question)
  if (orders.size > 40) orders.clear()
  orders.set(key, known)
  return known
}

/** What a rival keeps of a text in each number of tokens. */
export const keptBy = (
  name: RivalName,
  text: string,
  question: string,
  sizes: ReadonlyArray<number>
): ReadonlyArray<Kept> => {
  const sentences = sentencesOf(text)
  const order = orderOf(name, text, sentences, question)
  const stops = name === "head and tail"
  return sizes.map((size) => {
    const chosen: Array<number> = []
    let tokens = 0
    for (const at of order) {
      const cost = (sentences[at] as Sentence).tokens
      if (tokens + cost <= size) {
        tokens += cost
        chosen.push(at)
      } else if (stops) break
    }
    const kept = chosen.sort((a, b) => a - b).map((at) => sentences[at] as Sentence)
    return {
      view: kept.map((sentence) => sentence.text).join(" "),
      spans: kept.map(({ from, text: sentence }) => [from, from + sentence.length] as const),
      tokens
    }
  })
}

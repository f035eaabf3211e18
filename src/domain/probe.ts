/**
 * Probes: outputs of tools that hold the answer to a question, and where that answer stands once the output was made smaller: in sight,
 * one retrieval away, or lost.
 */

/** A text that an answer may be told by; any one of the forms will do. */
export type Need = ReadonlyArray<string>

export interface Probe {
  readonly id: string
  /** What the model is asked before it calls the tool. */
  readonly question: string
  readonly tool: string
  readonly input: { readonly [name: string]: unknown }
  /** What the tool answers. */
  readonly text: string
  /** What must stand in it for the question to be answered: each of them. */
  readonly needs: ReadonlyArray<Need>
  /** Answers that count as right; empty where only sight is judged. */
  readonly answers: ReadonlyArray<string>
}

/** query: a retrieval by the question's words finds it. whole: a retrieval of everything does. */
export type Sight = "visible" | "query" | "whole" | "lost"

/** White space says nothing: a view may break its lines elsewhere. */
const flat = (text: string): string => text.replace(/\s+/g, " ")

/** How many of the needs the text holds. */
export const metIn = (text: string, needs: ReadonlyArray<Need>): number => {
  const plain = flat(text)
  return needs.filter((forms) => forms.some((form) => plain.includes(flat(form).trim()))).length
}

export const holdsAll = (text: string, needs: ReadonlyArray<Need>): boolean => metIn(text, needs) === needs.length

/** The share of probes for each sight. */
export interface Sights {
  readonly probes: number
  readonly visible: number
  readonly query: number
  readonly whole: number
  readonly lost: number
  /** Needs of all probes, and those in sight. */
  readonly needs: number
  readonly met: number
}

export const NO_SIGHTS: Sights = { probes: 0, visible: 0, query: 0, whole: 0, lost: 0, needs: 0, met: 0 }

export const withSight = (sights: Sights, sight: Sight, needs: number, met: number): Sights => ({
  ...sights,
  probes: sights.probes + 1,
  [sight]: sights[sight] + 1,
  needs: sights.needs + needs,
  met: sights.met + met
})

/** Words of an answer as SQuAD's own measure compares them: lower case, without articles and marks. */
const wordsOf = (text: string): ReadonlyArray<string> =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !/^(?:a|an|the)$/.test(word))

/** Answers of at most so many words must stand in the reply; longer ones are compared by the words that they share. */
const SHORT_ANSWER = 8

/** How right a reply is, from 0 to 1: the best over the answers that count. */
export const scoreOf = (reply: string, answers: ReadonlyArray<string>): number => {
  const said = wordsOf(reply)
  const joined = ` ${said.join(" ")} `
  let best = 0
  for (const answer of answers) {
    const words = wordsOf(answer)
    if (words.length === 0) continue
    if (words.length <= SHORT_ANSWER) {
      if (joined.includes(` ${words.join(" ")} `)) return 1
    } else best = Math.max(best, overlap(said, words))
  }
  return best
}

/** The harmonic mean of precision and recall over words. */
const overlap = (said: ReadonlyArray<string>, words: ReadonlyArray<string>): number => {
  const left = new Map<string, number>()
  for (const word of words) left.set(word, (left.get(word) ?? 0) + 1)
  let shared = 0
  for (const word of said) {
    const count = left.get(word) ?? 0
    if (count === 0) continue
    shared++
    left.set(word, count - 1)
  }
  return shared === 0 ? 0 : (2 * shared) / (said.length + words.length)
}

/** The mean of paired differences, with the ends of its 95 % confidence interval. */
export interface PairedDifference {
  readonly pairs: number
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** The normal distribution's two-sided 95 %. */
const Z = 1.96

/**
 * The interval of paired scores between 0 and 1, with half a pair added for each way to differ, as Agresti and Min (2005) do for
 * proportions: without it, a few equal pairs would seem to prove that nothing ever differs.
 */
export const pairedDifference = (differences: ReadonlyArray<number>): PairedDifference => {
  const pairs = differences.length
  const sum = differences.reduce((total, difference) => total + difference, 0)
  const squares = differences.reduce((total, difference) => total + difference * difference, 0)
  const count = pairs + 2
  const centre = sum / count
  const spread = Z * Math.sqrt(Math.max(0, (squares + 1) / count - centre * centre) / count)
  const mean = pairs === 0 ? 0 : sum / pairs
  return {
    pairs,
    mean,
    low: Math.max(-1, Math.min(mean, centre - spread)),
    high: Math.min(1, Math.max(mean, centre + spread))
  }
}

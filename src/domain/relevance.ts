/**
 * How near the passages of a text come to a question, as plain data: a model finds it, which the core may not call, so that the pipeline
 * hands the core this list instead.
 *
 * Passages stand in the order of the text and do not overlap; what stands in none was not judged.
 */
import type { Spans } from "./spans.ts"

export interface Judged {
  readonly from: number
  readonly to: number
  /** Higher is nearer; only comparable within one list. */
  readonly score: number
}

export type Relevance = ReadonlyArray<Judged>

/** The relevance of the text under the spans, in its own offsets. */
export const relevanceWithin = (relevance: Relevance, spans: Spans): Relevance => {
  const within: Array<Judged> = []
  let at = 0
  let length = 0
  for (let i = 0; i < spans.length; i += 2) {
    const start = spans[i] as number
    const end = spans[i + 1] as number
    while (at < relevance.length && (relevance[at] as Judged).to <= start) at++
    for (let next = at; next < relevance.length && (relevance[next] as Judged).from < end; next++) {
      const { from, to, score } = relevance[next] as Judged
      within.push({ from: length + Math.max(from, start) - start, to: length + Math.min(to, end) - start, score })
    }
    length += end - start
  }
  return within
}

/** The score of whatever stands at each of the ascending offsets; undefined where nothing was judged. */
export const scoresAt = (relevance: Relevance, offsets: ReadonlyArray<number>): ReadonlyArray<number | undefined> => {
  let at = 0
  return offsets.map((offset) => {
    while (at < relevance.length && (relevance[at] as Judged).to <= offset) at++
    const judged = relevance[at]
    return judged !== undefined && judged.from <= offset ? judged.score : undefined
  })
}

/**
 * A text of lines under a budget by a rank for each line: the lowest ranks stay, of the last that has room its first lines; what the
 * question names stays in any case, and so does a rank below 0, whatever the budget.
 */
import type { Want } from "../domain/compressor.ts"
import { lineStarts } from "../domain/lines.ts"
import { pushSpan } from "../domain/spans.ts"
import { type Segment, verbatim } from "../domain/tiling.ts"
import { estimateTokens } from "../domain/tokens.ts"
import { entriesAsked } from "./question.ts"

const MARKER_TOKENS = 20
/** Gaps of their own that runs of hidden lines get at most; beyond, one gap stands for all. */
const MAX_GAPS = 8
/** Less hidden than this share is not worth the markers. */
const MIN_HIDDEN = 0.2
/** Higher ranks are this one. */
const MAX_RANK = 32

/** Which lines stay: by rank, then from the beginning, as many as the budget holds; what the question names in any case. */
const chosenLines = (
  lines: ReadonlyArray<string>,
  ranks: ReadonlyArray<number>,
  { budgetTokens, question }: Want
): Uint8Array => {
  const shown = new Uint8Array(lines.length)
  let room = budgetTokens - 2 * MARKER_TOKENS
  const costs = lines.map((line) => 1 + estimateTokens(line))
  for (const at of entriesAsked(lines, question)) {
    room -= costs[at] as number
    if (room > 0) shown[at] = 1
  }
  const last = lines.length - 1
  shown[last] = 1
  lines.forEach((_, at) => {
    if ((ranks[at] as number) >= 0 || shown[at] === 1) return
    room -= costs[at] as number
    shown[at] = 1
  })
  for (let rank = 0; rank <= MAX_RANK && room > 0; rank++)
    for (let at = 0; at < lines.length; at++) {
      if (ranks[at] !== rank || shown[at] === 1) continue
      room -= costs[at] as number
      if (room < 0) break
      shown[at] = 1
    }
  return shown
}

/** The text with the lines of the highest ranks hidden, or undefined where too few would be. */
export const hideByRank = (
  text: string,
  ranksOf: (lines: ReadonlyArray<string>) => ReadonlyArray<number>,
  want: Want
): ReadonlyArray<Segment> | undefined => {
  const starts = lineStarts(text)
  const lines = starts.map((start, at) => text.slice(start, starts[at + 1] ?? text.length).replace(/\r?\n$/, ""))
  const shown = chosenLines(
    lines,
    ranksOf(lines).map((rank) => Math.min(rank, MAX_RANK)),
    want
  )
  const runs: Array<readonly [from: number, to: number]> = []
  for (let at = 0; at < lines.length; ) {
    const from = at
    while (at < lines.length && shown[at] === 0) at++
    if (at > from) runs.push([from, at])
    while (at < lines.length && shown[at] === 1) at++
  }
  const endOf = (line: number): number => starts[line] ?? text.length
  const hidden = runs.reduce((sum, [from, to]) => sum + endOf(to) - endOf(from), 0)
  if (hidden < MIN_HIDDEN * text.length) return undefined
  const segments: Array<Segment> = []
  const rest: Array<number> = []
  if (runs.length > MAX_GAPS) {
    const spans: Array<number> = []
    let count = 0
    for (const [from, to] of runs) {
      pushSpan(spans, endOf(from), endOf(to))
      count += to - from
    }
    segments.push({ _tag: "Elide", spans, gap: { unit: "lines", count } })
  } else
    for (const [from, to] of runs)
      segments.push({ _tag: "Elide", spans: [endOf(from), endOf(to)], gap: { unit: "lines", count: to - from } })
  let at = 0
  const isCut = runs.length <= MAX_GAPS
  const firstHidden = endOf((runs[0] as readonly [number, number])[0])
  const put = (): void => {
    if (rest.length > 0) segments.push(verbatim(text, rest.splice(0)))
  }
  for (const [from, to] of runs) {
    pushSpan(rest, at, endOf(from))
    // One gap for all stands where the first hidden line does.
    if (isCut || endOf(from) === firstHidden) put()
    at = endOf(to)
  }
  pushSpan(rest, at, text.length)
  put()
  return segments.sort((a, b) => (a.spans[0] as number) - (b.spans[0] as number))
}

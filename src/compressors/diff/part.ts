/**
 * A hunk shown in part: the middle of long context goes first; where that is not enough, the lines that the question names stay with what
 * stands beside them, and of the others as many from the beginning as there is room for.
 */
import { type Elide, type Segment, verbatim } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { entriesAsked } from "../question.ts"
import { type Hunk, lineEnd } from "./patch.ts"
import { pieceOf } from "./piece.ts"

/** Context next to a change that stays, and the shortest run that is worth a gap, in lines. */
const NEAR = 3
const LONG_CONTEXT = 14
/** Tokens of a gap within a hunk, with the ranges of what follows it. */
const GAP_TOKENS = 36
/** What the question names may take this share of the room. */
const ASKED_SHARE = 0.75

interface Lines {
  readonly text: string
  readonly hunk: Hunk
  /** Where each begins, and the end of the last. */
  readonly starts: ReadonlyArray<number>
}

const linesOf = (text: string, hunk: Hunk): Lines => {
  const starts: Array<number> = []
  for (let at = lineEnd(text, hunk.start); at < hunk.end; at = lineEnd(text, at)) starts.push(at)
  starts.push(hunk.end)
  return { text, hunk, starts }
}

const lineAt = ({ text, starts }: Lines, line: number): string => text.slice(starts[line], starts[line + 1])

const marksAt = ({ text, hunk, starts }: Lines, line: number): string => {
  const start = starts[line] as number
  return text.slice(start, Math.min(start + hunk.columns, starts[line + 1] as number))
}

/** The mark of what is said of the line above, such as that no newline ends it. */
const REMARK = "\\"

/** Neither added nor removed; a remark on the line above goes with it. */
const isContext = (lines: Lines, line: number): boolean => !/[-+\\]/.test(marksAt(lines, line))

/** 1 for each line but those in the middle of long context. */
const withoutLongContext = (lines: Lines): Uint8Array => {
  const count = lines.starts.length - 1
  const kept = new Uint8Array(count).fill(1)
  for (let line = 0; line < count; line++) {
    if (!isContext(lines, line)) continue
    const first = line
    while (line < count && isContext(lines, line)) line++
    if (line - first < LONG_CONTEXT) continue
    kept.fill(0, first === 0 ? 0 : first + NEAR, line === count ? count : line - NEAR)
  }
  return kept
}

/** Of the lines that stay those for which there is room. */
const within = (lines: Lines, kept: Uint8Array, tokens: number, question: string): Uint8Array => {
  const chosen = new Uint8Array(kept.length)
  const costs = Array.from(kept, (_, line) => estimateTokens(lineAt(lines, line)))
  let room = tokens
  const take = (line: number): void => {
    for (let at = line; chosen[at] === 0 && (at === line || marksAt(lines, at) === REMARK); at++) {
      chosen[at] = 1
      room -= costs[at] as number
    }
  }
  const entries = Array.from(kept, (keep, line) => (keep === 1 ? lineAt(lines, line) : ""))
  for (const line of [...entriesAsked(entries, question)].sort((a, b) => a - b)) {
    const from = Math.max(0, line - NEAR)
    const to = Math.min(kept.length, line + NEAR + 1)
    const cost = costs.slice(from, to).reduce((sum, one) => sum + one, chosen[from] === 1 ? 0 : GAP_TOKENS)
    if (room - cost < tokens * (1 - ASKED_SHARE)) break
    if (chosen[from] !== 1) room -= GAP_TOKENS
    for (let near = from; near < to; near++) take(near)
  }
  for (let line = 0; line < kept.length; line++) {
    if (kept[line] === 0) continue
    if (chosen[line] === 0 && room < (costs[line] as number)) break
    take(line)
  }
  return chosen
}

/** Lines between two that stay are shown where a gap would cost as much. */
const closeGaps = (lines: Lines, kept: Uint8Array): void => {
  for (let line = 0; line < kept.length; line++) {
    if (kept[line] === 1) continue
    const first = line
    while (line < kept.length && kept[line] === 0) line++
    const isBetween = line < kept.length
    const text = lines.text.slice(lines.starts[first], lines.starts[line])
    if (isBetween && line - first <= GAP_TOKENS && estimateTokens(text) <= GAP_TOKENS) kept.fill(1, first, line)
  }
}

const elide = (lines: Lines, from: number, to: number): Elide => {
  let added = 0
  let removed = 0
  for (let line = from; line < to; line++) {
    const marks = marksAt(lines, line)
    if (marks.includes("-")) removed++
    else if (marks.includes("+")) added++
  }
  const profile = added + removed === 0 ? "context" : `+${added} -${removed}`
  const spans = [lines.starts[from] as number, lines.starts[to] as number]
  return { _tag: "Elide", spans, gap: { unit: "lines", count: to - from, profile } }
}

/** The hunk in about so many tokens. */
export const showHunk = (text: string, hunk: Hunk, tokens: number, question: string): ReadonlyArray<Segment> => {
  const lines = linesOf(text, hunk)
  const whole = withoutLongContext(lines)
  const kept = tokens === Number.POSITIVE_INFINITY ? whole : within(lines, whole, tokens, question)
  closeGaps(lines, kept)
  const segments: Array<Segment> = []
  const body = lines.starts[0] as number
  for (let line = 0; line < kept.length; ) {
    const first = line
    while (line < kept.length && kept[line] === kept[first]) line++
    const from = lines.starts[first] as number
    const to = lines.starts[line] as number
    if (kept[first] === 0) {
      if (first === 0) segments.push(verbatim(text, [hunk.start, body]))
      segments.push(elide(lines, first, line))
    } else segments.push(first === 0 ? verbatim(text, [hunk.start, to]) : pieceOf(text, hunk, from, to))
  }
  return segments.length === 0 ? [verbatim(text, [hunk.start, hunk.end])] : segments
}

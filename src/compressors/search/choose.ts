/**
 * Which matches keep their text: those that answer the question, define something or stand out, spread over the files, as many as
 * the budget holds.
 */
import { estimateTokens } from "../../domain/tokens.ts"
import { questionWords } from "../question.ts"
import type { Line, Result } from "./result.ts"

const DEFINITION =
  /^\s*(?:export |default |pub(?:\([a-z]+\))? |public |private |protected |static |async |abstract |final |unsafe )*(?:function|class|def|fn|func|interface|type|struct|enum|trait|impl|module|macro_rules!|#define)\b/
const SEVERE = /\b(?:error|fatal|panic|exception|deprecated)\b/i
const SIDE_PATH =
  /(?:^|[\\/])(?:node_modules|vendor|dist|build|third_party|fixtures|testdata)[\\/]|\.min\.|\.lock$|\.map$/
const TEST_PATH = /(?:^|[\\/._-])(?:tests?|spec|specs)(?:[\\/._-]|$)/i

/** Text of a match that is longer costs more than it tells. */
const LONG_BODY = 2_000

/** The text less its numbers and blanks, so that near-equal lines count as one. */
const shapeOf = (body: string): string => body.slice(0, 200).replace(/\d+/g, "0").replace(/\s+/g, " ")

interface Scored {
  readonly index: number
  readonly score: number
}

const byScore = (a: Scored, b: Scored): number => b.score - a.score || a.index - b.index

/** Matches by falling worth, as indexes of lines. */
export const rankMatches = (text: string, { lines }: Result, question: string): ReadonlyArray<number> => {
  const matches = lines.flatMap((line, index) => (line.kind === "match" ? [index] : []))
  const bodies = matches.map((index) =>
    text.slice(lines[index]?.body, Math.min(lines[index]?.end ?? 0, (lines[index]?.body ?? 0) + LONG_BODY))
  )
  const shapes = bodies.map(shapeOf)
  const frequency = new Map<string, number>()
  for (const shape of shapes) frequency.set(shape, (frequency.get(shape) ?? 0) + 1)
  const words = questionWords(question)
  const lowered =
    words.length === 0 ? [] : bodies.map((body, i) => `${lines[matches[i] as number]?.path}:${body}`.toLowerCase())
  const weights = words.map((word) => {
    const holding = lowered.reduce((sum, body) => sum + (body.includes(word) ? 1 : 0), 0)
    // a word on most lines is what was searched for: it tells nothing more
    return holding === 0 || holding * 2 > lowered.length ? 0 : Math.log2(1 + lowered.length / holding)
  })
  const byFile = new Map<string, Array<Scored>>()
  for (let i = 0; i < matches.length; i++) {
    const index = matches[i] as number
    const path = lines[index]?.path ?? ""
    const body = bodies[i] as string
    let score = 1 + 2 / (frequency.get(shapes[i] as string) as number)
    if (DEFINITION.test(body)) score += 2
    if (SEVERE.test(body)) score += 0.5
    if (SIDE_PATH.test(path)) score *= 0.5
    else if (TEST_PATH.test(path)) score *= 0.8
    for (let w = 0; w < words.length; w++)
      if (lowered[i]?.includes(words[w] as string)) score += 2 * (weights[w] as number)
    const others = byFile.get(path)
    if (others === undefined) byFile.set(path, [{ index, score: score + 1 }])
    else others.push({ index, score })
  }
  const all: Array<Scored> = []
  for (const file of byFile.values()) {
    let factor = 1
    for (const { index, score } of file.sort(byScore)) {
      all.push({ index, score: score * factor })
      factor = Math.max(0.1, factor * 0.8)
    }
  }
  return all.sort(byScore).map(({ index }) => index)
}

/** Context directly around a match, nearest first. */
const around = (lines: ReadonlyArray<Line>, index: number): ReadonlyArray<number> => {
  const out: Array<number> = []
  const isContext = (at: number): boolean => lines[at]?.kind === "context" && lines[at].path === lines[index]?.path
  for (let distance = 1; distance <= 20; distance++) {
    const before = isContext(index - distance) && (distance === 1 || out.includes(index - distance + 1))
    const after = isContext(index + distance) && (distance === 1 || out.includes(index + distance - 1))
    if (before) out.push(index - distance)
    if (after) out.push(index + distance)
    if (!before && !after) break
  }
  return out
}

/** The share of the budget for matches where there is context to show as well. */
const MATCH_SHARE = 0.6

/** Indexes of the matches, in this order of worth, and of context lines around them that are shown whole within the budget. */
export const chooseLines = (
  text: string,
  result: Result,
  order: ReadonlyArray<number>,
  budgetTokens: number
): ReadonlySet<number> => {
  const { lines } = result
  const shown = new Set<number>()
  const costOf = (index: number): number => {
    const line = lines[index] as Line
    if (line.end - line.body > 4 * LONG_BODY) return Number.POSITIVE_INFINITY
    return 2 + estimateTokens(text.slice(line.body, line.end))
  }
  const hasContext = lines.some((line) => line.kind === "context")
  let left = budgetTokens * (hasContext ? MATCH_SHARE : 1)
  for (const index of order) {
    if (left <= 3) break
    const cost = costOf(index)
    // one long line must not take the place of many
    if (cost > left || cost > budgetTokens / 4) continue
    shown.add(index)
    left -= cost
  }
  if (!hasContext) return shown
  left += budgetTokens * (1 - MATCH_SHARE)
  for (const index of order) {
    if (left <= 3) break
    if (!shown.has(index)) continue
    for (const near of around(lines, index)) {
      const cost = shown.has(near) ? 0 : costOf(near)
      if (cost > left) break
      shown.add(near)
      left -= cost
    }
  }
  return shown
}

/**
 * Joins runs of one template over a few lines that are none of it, because such lines cost less by a mark than by another heading.
 */
import { gainOf, joined, MIN_LINES, type Run } from "./block-find.ts"
import type { LineWords } from "./block-words.ts"

/** Consecutive lines under one heading; without gain they stand as they are. */
export interface Block {
  /** What the lines of the template share. */
  readonly run: Run
  readonly first: number
  readonly count: number
  /** The runs whose lines are of the template, in order; the other lines stand whole. */
  readonly parts: ReadonlyArray<Run>
  readonly gain: number
}

/** Runs that one bridge may pass. */
const REACH = 8
/** Tokens of what a heading says of marks, and of a mark. */
const NOTE_TOKENS = 6
const MARK_TOKENS = 1.3

const blockOf = (parts: ReadonlyArray<Run>, run: Run): Block => {
  const { first } = parts[0] as Run
  const last = parts[parts.length - 1] as Run
  const count = last.first + last.count - first
  const odd = count - run.count
  const cost = odd === 0 ? 0 : NOTE_TOKENS + odd * MARK_TOKENS
  return { run, first, count, parts, gain: Math.max(0, gainOf(run) - cost) }
}

/** Where more lines stand whole for each of the template, the heading misleads. */
const MAX_ODD = 1

/** The runs as blocks, in order, with every line in one of them. */
export const bridge = (words: LineWords, runs: ReadonlyArray<Run>): ReadonlyArray<Block> => {
  const blocks: Array<Block> = []
  for (let at = 0; at < runs.length; at++) {
    const start = at
    const parts = [runs[at] as Run]
    let run = runs[at] as Run
    for (;;) {
      let most = 0
      let target = at
      let both = run
      let lost = gainOf(run)
      for (let next = at + 1; next <= at + REACH && next < runs.length; next++) {
        const other = runs[next] as Run
        const count = run.count + other.count
        const odd = other.first + other.count - run.first - count
        const candidate = count < MIN_LINES || odd > count * MAX_ODD ? undefined : joined(words, run, other)
        const gain = candidate === undefined ? 0 : gainOf(candidate) - lost - gainOf(other)
        if (candidate !== undefined && gain > most) {
          most = gain
          target = next
          both = candidate
        }
        lost += gainOf(other) + MARK_TOKENS * other.count
      }
      if (target === at) break
      run = both
      at = target
      parts.push(runs[at] as Run)
    }
    const bridged = blockOf(parts, run)
    const apart = runs.slice(start, at + 1)
    if (apart.reduce((sum, part) => sum + gainOf(part), 0) < bridged.gain) blocks.push(bridged)
    else for (const part of apart) blocks.push(blockOf([part], part))
  }
  return blocks
}

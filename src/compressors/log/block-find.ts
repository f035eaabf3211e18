/**
 * Finds runs of lines that share words at their places, by joining neighbours while that names fewer words: what counts is decided by
 * the lines themselves, not by a grammar of logs.
 */
import { COLUMNS, LEFT, type LineWords, numberAt, RIGHT, wordsIn } from "./block-words.ts"

/** Consecutive lines and what they share. */
export interface Run {
  readonly first: number
  readonly count: number
  /** The fewest words of a line, and whether all have as many. */
  readonly fewest: number
  readonly even: boolean
  /** Bits of the columns in which all lines hold the same word. */
  readonly shared: number
  /** Tokens that each line shares with the others. */
  readonly tokens: number
}

/** Tokens of a heading without its words. */
const HEADING_TOKENS = 12
const ROUNDS = 40
/** A round that leaves more of the runs than this is the last. */
const SETTLED = 0.99
const LEFT_BITS = (1 << LEFT) - 1

/** The columns of the shared ones that a template can name: at least one word is left for the row. */
export const namedColumns = (
  run: Pick<Run, "fewest" | "even" | "shared">
): { readonly left: number; readonly right: number } => {
  const limit = run.even ? run.fewest : run.fewest - 1
  let left = run.shared & LEFT_BITS & ((1 << Math.min(limit, LEFT)) - 1)
  if (run.even && run.fewest <= LEFT && left === (1 << run.fewest) - 1) left &= ~(1 << (run.fewest - 1))
  const used = 32 - Math.clz32(left)
  let right = 0
  // lines of as many words have all their columns on the left
  if (!run.even || run.fewest > LEFT)
    while (right < RIGHT && used + 1 + right < run.fewest && (run.shared >> (LEFT + right)) & 1) right++
  return { left, right }
}

const sharedTokens = (words: LineWords, first: number, fewest: number, even: boolean, shared: number): number => {
  const { left, right } = namedColumns({ fewest, even, shared })
  let sum = 0
  for (let column = 0; left >> column !== 0; column++)
    if ((left >> column) & 1) sum += words.tokens[numberAt(words, first, column)] ?? 0
  for (let back = 0; back < right; back++) sum += words.tokens[numberAt(words, first, LEFT + back)] ?? 0
  return sum
}

const single = (words: LineWords, line: number): Run => {
  const count = wordsIn(words, line)
  const left = count >= LEFT ? LEFT_BITS : (1 << count) - 1
  const right = (1 << Math.min(count, RIGHT)) - 1
  return { first: line, count: 1, fewest: count, even: true, shared: left | (right << LEFT), tokens: 0 }
}

/** Two runs as one: the lines of both, the first line for all. */
export const joined = (words: LineWords, a: Run, b: Run): Run => {
  const { numbers } = words
  const one = a.first * COLUMNS
  const other = b.first * COLUMNS
  let shared = a.shared & b.shared
  for (let rest = shared; rest !== 0; rest &= rest - 1) {
    const column = 31 - Math.clz32(rest & -rest)
    if (numbers[one + column] !== numbers[other + column]) shared &= ~(1 << column)
  }
  const fewest = Math.min(a.fewest, b.fewest)
  const even = a.even && b.even && a.fewest === b.fewest
  const tokens = shared === 0 ? 0 : sharedTokens(words, a.first, fewest, even, shared)
  return { first: a.first, count: a.count + b.count, fewest, even, shared, tokens }
}

/** What a run saves, were its heading free. */
const savedBy = (run: Run): number => (run.count - 1) * run.tokens

/** Fewer lines, or lines that share less, are read faster as they are. */
const MIN_LINES = 3
const MIN_TOKENS = 3

/** What a run saves: nothing where it is not worth its heading. */
export const gainOf = (run: Run): number =>
  run.count < MIN_LINES || run.tokens < MIN_TOKENS ? 0 : Math.max(0, savedBy(run) - HEADING_TOKENS)

/** A run, what it and the next are together, and what that gains. */
interface Link {
  readonly run: Run
  both: Run | undefined
  gain: number
}

type Gain = (a: Run, b: Run, both: Run) => number

/** Joins neighbours that gain most by it, until none gains. */
const joinAll = (words: LineWords, start: ReadonlyArray<Run>, gainOfJoin: Gain): ReadonlyArray<Run> => {
  let links = start.map((run): Link => ({ run, both: undefined, gain: Number.NaN }))
  for (let round = 0; round < ROUNDS; round++) {
    links.forEach((link, i) => {
      const next = links[i + 1]
      if (!Number.isNaN(link.gain)) return
      link.both = next === undefined ? undefined : joined(words, link.run, next.run)
      link.gain = next === undefined || link.both === undefined ? 0 : gainOfJoin(link.run, next.run, link.both)
    })
    const kept: Array<Link> = []
    for (let i = 0; i < links.length; i++) {
      const link = links[i] as Link
      if (
        link.both === undefined ||
        link.gain <= 0 ||
        link.gain < (links[i - 1]?.gain ?? 0) ||
        link.gain < (links[i + 1]?.gain ?? 0)
      ) {
        kept.push(link)
        continue
      }
      const before = kept[kept.length - 1]
      if (before !== undefined) before.gain = Number.NaN
      kept.push({ run: link.both, both: undefined, gain: Number.NaN })
      i++
    }
    const few = kept.length > links.length * SETTLED
    links = kept
    if (few) break
  }
  return links.map(({ run }) => run)
}

const totalOf = (runs: ReadonlyArray<Run>): number => runs.reduce((sum, run) => sum + gainOf(run), 0)

/** What a join may lose, step by step: many small runs may lose by each single join and gain by all of them. */
const ALLOWANCES = [0, 12, 24, 48, 96, 192]

/** The runs of all lines, in order; those without gain are to stand as they are. */
export const findRuns = (words: LineWords): ReadonlyArray<Run> => {
  const singles = words.starts.map((_, line) => single(words, line))
  let runs = joinAll(words, singles, (a, b, both) => savedBy(both) - savedBy(a) - savedBy(b))
  let best = runs
  for (const allowance of ALLOWANCES) {
    runs = joinAll(words, runs, (a, b, both) =>
      both.tokens === 0 ? 0 : gainOf(both) - gainOf(a) - gainOf(b) + allowance
    )
    if (totalOf(runs) > totalOf(best)) best = runs
  }
  return best
}

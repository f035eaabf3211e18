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
    if ((left >> column) & 1) sum += words.tokensOf(numberAt(words, first, column))
  for (let back = 0; back < right; back++) sum += words.tokensOf(numberAt(words, first, LEFT + back))
  return sum
}

const single = (words: LineWords, line: number): Run => {
  const count = wordsIn(words, line)
  const left = count >= LEFT ? LEFT_BITS : (1 << count) - 1
  const right = (1 << Math.min(count, RIGHT)) - 1
  return { first: line, count: 1, fewest: count, even: true, shared: left | (right << LEFT), tokens: 0 }
}

/** Two runs as one: the lines of both, the first line for all; undefined where they share no words. */
export const joined = (words: LineWords, a: Run, b: Run): Run | undefined => {
  const { numbers } = words
  const one = a.first * COLUMNS
  const other = b.first * COLUMNS
  let shared = a.shared & b.shared
  for (let rest = shared; rest !== 0; rest &= rest - 1) {
    const column = 31 - Math.clz32(rest & -rest)
    if (numbers[one + column] !== numbers[other + column]) shared &= ~(1 << column)
  }
  if (shared === 0) return undefined
  const fewest = Math.min(a.fewest, b.fewest)
  const even = a.even && b.even && a.fewest === b.fewest
  const tokens = sharedTokens(words, a.first, fewest, even, shared)
  return tokens === 0 ? undefined : { first: a.first, count: a.count + b.count, fewest, even, shared, tokens }
}

/** What a run saves, were its heading free. */
const savedBy = (run: Run): number => (run.count - 1) * run.tokens

/** Fewer lines, or lines that share less, are read faster as they are. */
export const MIN_LINES = 3
const MIN_TOKENS = 3

/** What a run saves: nothing where it is not worth its heading. */
export const gainOf = (run: Run): number =>
  run.count < MIN_LINES || run.tokens < MIN_TOKENS ? 0 : Math.max(0, savedBy(run) - HEADING_TOKENS)

type Gain = (a: Run, b: Run, both: Run) => number

/** Runs in order, each with what it and the next one are together, which outlives what a join is said to gain. */
class Chain {
  readonly #words: LineWords
  readonly #runs: Array<Run>
  readonly #joins: Array<Run | undefined>
  /** Not a number where it is not known yet. */
  readonly #gains: Float64Array

  constructor(words: LineWords, runs: ReadonlyArray<Run>) {
    this.#words = words
    this.#runs = [...runs]
    this.#joins = runs.map((run, i) => this.#joinOf(run, runs[i + 1]))
    this.#gains = new Float64Array(runs.length)
  }

  get runs(): ReadonlyArray<Run> {
    return this.#runs
  }

  #joinOf(run: Run, next: Run | undefined): Run | undefined {
    return next === undefined ? undefined : joined(this.#words, run, next)
  }

  /** Whether no two neighbours share a word. */
  get isApart(): boolean {
    return this.#joins.every((both) => both === undefined)
  }

  /** Joins neighbours that gain most by it, until none gains. */
  joinAll(gainOfJoin: Gain): void {
    this.#gains.fill(Number.NaN, 0, this.#runs.length)
    for (let round = 0; round < ROUNDS; round++) {
      const before = this.#runs.length
      this.#weigh(gainOfJoin)
      this.#joinOnce()
      if (this.#runs.length > before * SETTLED) break
    }
  }

  #weigh(gainOfJoin: Gain): void {
    const gains = this.#gains
    for (let i = 0; i < this.#runs.length; i++) {
      if (!Number.isNaN(gains[i])) continue
      const both = this.#joins[i]
      gains[i] = both === undefined ? 0 : gainOfJoin(this.#runs[i] as Run, this.#runs[i + 1] as Run, both)
    }
  }

  /** Joins each run with the next where that gains more than a join with its other neighbour. */
  #joinOnce(): void {
    const runs = this.#runs
    const joins = this.#joins
    const gains = this.#gains
    const { length } = runs
    let size = 0
    let before = 0
    for (let i = 0; i < length; i++) {
      const both = joins[i]
      const gain = gains[i] as number
      const after = i + 1 < length ? (gains[i + 1] as number) : 0
      if (both === undefined || gain <= 0 || gain < before || gain < after) {
        runs[size] = runs[i] as Run
        joins[size] = both
        gains[size++] = gain
        before = gain
        continue
      }
      runs[size] = both
      gains[size++] = Number.NaN
      before = after
      i++
    }
    runs.length = size
    joins.length = size
    if (size < length) this.#renew()
  }

  /** What a join has changed for its neighbours. */
  #renew(): void {
    const gains = this.#gains
    for (let i = 0; i < this.#runs.length; i++) {
      if (!Number.isNaN(gains[i])) continue
      this.#joins[i] = this.#joinOf(this.#runs[i] as Run, this.#runs[i + 1])
      if (i === 0 || Number.isNaN(gains[i - 1])) continue
      this.#joins[i - 1] = this.#joinOf(this.#runs[i - 1] as Run, this.#runs[i])
      gains[i - 1] = Number.NaN
    }
  }
}

const totalOf = (runs: ReadonlyArray<Run>): number => runs.reduce((sum, run) => sum + gainOf(run), 0)

/** What a join may lose, step by step: many small runs may lose by each single join and gain by all of them. */
const ALLOWANCES = [0, 12, 24, 48, 96, 192]

/** The runs of all lines, in order, those without gain to stand as they are; undefined where no line shares words with the next. */
export const findRuns = (words: LineWords): ReadonlyArray<Run> | undefined => {
  const chain = new Chain(
    words,
    words.starts.map((_, line) => single(words, line))
  )
  if (chain.isApart) return undefined
  chain.joinAll((a, b, both) => savedBy(both) - savedBy(a) - savedBy(b))
  let best = [...chain.runs]
  for (const allowance of ALLOWANCES) {
    chain.joinAll((a, b, both) => gainOf(both) - gainOf(a) - gainOf(b) + allowance)
    if (totalOf(chain.runs) > totalOf(best)) best = [...chain.runs]
  }
  return best
}

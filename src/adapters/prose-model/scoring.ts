/** Scores of passages from what a model says of their tokens: texts of like length are read together, for the shorter ones are filled up. */
import type { Run, Scored } from "./runtime.ts"

type Tokenize = (text: string) => ReadonlyArray<number>

/** Tokens read at once, filling included: more gain no speed and cost memory. */
const MAX_BATCH = 1_024
/** Vectors kept of texts read before: a text is asked about more than once. */
const MAX_KEPT = 4_096
/** Digits that do not depend on which texts were read together. */
const DIGITS = 10_000

const rounded = (value: number): number => (Number.isFinite(value) ? Math.round(value * DIGITS) / DIGITS : 0)

/** What `read` makes of each text, in their order; read in batches, shortest first. */
const inBatches = async <A>(
  texts: ReadonlyArray<string>,
  tokenize: Tokenize,
  run: Run,
  read: (scored: Scored, row: number, count: number) => A
): Promise<ReadonlyArray<A>> => {
  const tokens = texts.map(tokenize)
  const lengthOf = (at: number): number => (tokens[at] as ReadonlyArray<number>).length
  const order = [...texts.keys()].sort((a, b) => lengthOf(a) - lengthOf(b) || a - b)
  const results: Array<A> = []
  for (let at = 0; at < order.length; ) {
    let end = at + 1
    while (end < order.length && lengthOf(order[end] as number) * (end + 1 - at) <= MAX_BATCH) end++
    const batch = order.slice(at, end)
    const scored = await run(batch.map((text) => tokens[text] as ReadonlyArray<number>))
    batch.forEach((text, row) => {
      results[text] = read(scored, row, lengthOf(text))
    })
    at = end
  }
  return results
}

/** The mean of the tokens' vectors, at length 1. */
const meanVector = ({ length, width, values }: Scored, row: number, count: number): Float64Array => {
  const sum = new Float64Array(width)
  for (let token = 0; token < count; token++)
    for (let i = 0; i < width; i++) sum[i] = (sum[i] as number) + (values[(row * length + token) * width + i] as number)
  const norm = Math.sqrt(sum.reduce((all, value) => all + value * value, 0))
  return norm === 0 ? sum : sum.map((value) => value / norm)
}

const kept = new Map<string, Float64Array>()

/** Each text's vector. */
export const embeddings = async (
  texts: ReadonlyArray<string>,
  tokenize: Tokenize,
  run: Run
): Promise<ReadonlyArray<Float64Array>> => {
  const unknown = [...new Set(texts)].filter((text) => !kept.has(text))
  const vectors = await inBatches(unknown, tokenize, run, meanVector)
  const found = new Map(unknown.map((text, at) => [text, vectors[at] as Float64Array]))
  const all = texts.map((text) => (found.get(text) ?? kept.get(text)) as Float64Array)
  for (const [text, vector] of found) kept.set(text, vector)
  for (const text of kept.keys()) {
    if (kept.size <= MAX_KEPT) break
    kept.delete(text)
  }
  return all
}

/** The cosine of each vector with the question's. */
export const nearness = (asked: Float64Array, vectors: ReadonlyArray<Float64Array>): ReadonlyArray<number> =>
  vectors.map((vector) => rounded(vector.reduce((sum, value, i) => sum + value * (asked[i] as number), 0)))

/** The mean of each text's token scores; these read no question. */
export const tokenMeans = (
  texts: ReadonlyArray<string>,
  tokenize: Tokenize,
  run: Run
): Promise<ReadonlyArray<number>> =>
  inBatches(texts, tokenize, run, ({ length, values }, row, count) => {
    let sum = 0
    for (let token = 0; token < count; token++) sum += values[row * length + token] as number
    return rounded(sum / Math.max(1, count))
  })

/** Changed lines as pairs, for two sides that stand beside each other. */
import type { Row } from "../block.ts"

/** What stands beside each other: kept lines in both, gone ones before, new ones after. */
export interface Pair {
  readonly before: Row | undefined
  readonly after: Row | undefined
}

/** Fewer kept lines than this share leave nothing to align by: what was printed has another form than what came. */
const ALIGNED = 0.1

export const isAligned = (rows: ReadonlyArray<Row>): boolean =>
  rows.filter((row) => row.sign === " ").length >= ALIGNED * rows.length

/** @example pairsOf([{ sign: "-", line: "a" }, { sign: "+", line: "b" }]) // => one pair */
export const pairsOf = (rows: ReadonlyArray<Row>): ReadonlyArray<Pair> => {
  const pairs: Array<Pair> = []
  for (let i = 0; i < rows.length; ) {
    const row = rows[i] as Row
    if (row.sign === " ") {
      pairs.push({ before: row, after: row })
      i++
      continue
    }
    const gone: Array<Row> = []
    const fresh: Array<Row> = []
    for (; i < rows.length && rows[i]?.sign !== " "; i++) {
      const changed = rows[i] as Row
      if (changed.sign === "-") gone.push(changed)
      else fresh.push(changed)
    }
    for (let k = 0; k < Math.max(gone.length, fresh.length); k++) pairs.push({ before: gone[k], after: fresh[k] })
  }
  return pairs
}

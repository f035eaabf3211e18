/**
 * What is hidden between the values of a reduced document, by the offsets of its compact text.
 */
import type { Json, Value } from "./scan.ts"

/**
 * How many units are hidden before the row or member that begins at an offset, before the closing bracket there, or before the closing
 * quote there.
 */
export type Gaps = ReadonlyMap<number, number>

const print = (count: number | undefined): string => (count === undefined ? "" : `…${count}`)

/** What is hidden before the value and its key, as it is printed. */
export const gapBefore = (json: Json, gaps: Gaps, value: Value): string => {
  const key = json.key[value] as number
  return print(gaps.get(key === -1 ? (json.start[value] as number) : key))
}

/** What is hidden at the end of a container or string, as it is printed. */
export const gapAtEnd = (json: Json, gaps: Gaps, value: Value): string =>
  print(gaps.get((json.end[value] as number) - 1))

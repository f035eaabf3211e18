/**
 * Times of a table's rows: where each stands, and how it is cut into what many rows share and what a row prints, by what either costs.
 */
import { type HeaderFormat, timeOf } from "./header.ts"
import type { Lines } from "./record.ts"

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57

/** Start and end of each line's time; equal where it has none. */
export const timesOf = (text: string, lines: Lines, format: HeaderFormat | undefined): Int32Array => {
  const times = new Int32Array(lines.count * 2)
  if (format === undefined || format.time === -1) return times
  for (let line = 0; line < lines.count; line++) {
    const time = timeOf(text, lines.starts[line] as number, lines.ends[line] as number, format)
    if (time === undefined) continue
    const year = /(?<=[\d.]) \d{4}$/.exec(text.slice(time[0], time[1]))
    times[2 * line] = time[0]
    times[2 * line + 1] = year === null ? time[1] : time[1] - year[0].length
  }
  return times
}

/** Ends of the parts that a time falls into: after each run of separators, and its end. */
const cutsOf = (time: string): ReadonlyArray<number> =>
  [...time.matchAll(/\D+/g)].map((match) => match.index + match[0].length)

/** A time's first parts and its rest. */
export const splitTime = (time: string, cut: number): readonly [string, string] => {
  if (cut === Infinity) return [time, ""]
  let at = 0
  for (let parts = 0; parts < cut; parts++) {
    while (at < time.length && isDigit(time.charCodeAt(at))) at++
    while (at < time.length && !isDigit(time.charCodeAt(at))) at++
  }
  return [time.slice(0, at), time.slice(at)]
}

/** Times that the choice of a cut looks at. */
const MAX_TIMES = 1000

/** Tokens of a time's part: three digits are one, and so is each mark. */
const timeTokens = (time: string): number => time.match(/\d{1,3}|\D/g)?.length ?? 0

/** How many parts of its time a group's head takes, by what heads and rows then cost; Infinity for all. */
export const bestCut = (times: ReadonlyArray<string>): number => {
  const first = times[0] as string
  const sample = times.slice(0, MAX_TIMES)
  const parts = cutsOf(first).length
  let best = Infinity
  let least = Infinity
  for (let part = 0; part <= parts + 1; part++) {
    const cut = part > parts ? Infinity : part
    const [firstHead, firstRest] = splitTime(first, cut)
    const headCost = timeTokens(firstHead) + 2
    const rowCost = timeTokens(firstRest)
    let cost = 0
    let last = ""
    for (const time of sample) {
      const [head, rest] = splitTime(time, cut)
      if (cut !== Infinity && (rest === "" || rest.includes(" "))) cost = Infinity
      if (head !== last) cost += headCost
      last = head
      cost += rowCost
    }
    if (cost < least) {
      least = cost
      best = cut
    }
  }
  return best
}

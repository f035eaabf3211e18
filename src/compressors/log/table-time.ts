/**
 * Times of a table's rows: where each stands, and how it is cut into what many rows share and what a row prints, by what either costs.
 */
import { type HeaderFormat, timeOf } from "./header.ts"
import type { Lines } from "./record.ts"

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57

/** A blank and four digits. */
const YEAR = 5

/** Whether a year is the end of a time, behind a digit or a dot. */
const endsWithYear = (text: string, from: number, end: number): boolean => {
  if (end - YEAR <= from || text.charCodeAt(end - YEAR) !== 32) return false
  for (let at = end - YEAR + 1; at < end; at++) if (!isDigit(text.charCodeAt(at))) return false
  const before = text.charCodeAt(end - YEAR - 1)
  return isDigit(before) || before === 46
}

/** Start and end of each line's time; equal where it has none. */
export const timesOf = (text: string, lines: Lines, format: HeaderFormat | undefined): Int32Array => {
  const times = new Int32Array(lines.count * 2)
  if (format === undefined || format.time === -1) return times
  for (let line = 0; line < lines.count; line++) {
    const time = timeOf(text, lines.starts[line] as number, lines.ends[line] as number, format)
    if (time === undefined) continue
    times[2 * line] = time[0]
    times[2 * line + 1] = endsWithYear(text, time[0], time[1]) ? time[1] - YEAR : time[1]
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

/** The first lines that have a time. */
export const timeSample = (times: Int32Array): ReadonlyArray<number> => {
  const lines: Array<number> = []
  for (let line = 0; 2 * line < times.length && lines.length < MAX_TIMES; line++)
    if ((times[2 * line + 1] as number) > (times[2 * line] as number)) lines.push(line)
  return lines
}

/** Tokens of a time's part: three digits are one, and so is each mark. */
const timeTokens = (time: string): number => time.match(/\d{1,3}|\D/g)?.length ?? 0

/** How many parts of its time a group's head takes, by what heads and rows then cost; Infinity for all. */
export const bestCut = (times: ReadonlyArray<string>): number => {
  const first = times[0] as string
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
    for (const time of times) {
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

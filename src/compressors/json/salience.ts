/**
 * Says of each row of a set why it should be seen: a question's words, errors, outliers, rare states, changes, the ends.
 *
 * Errors are judged by values, never by keys: a column that is named `error` and holds null marks nothing.
 */
import type { Column, Columns, RowSet } from "./row-set.ts"
import { FALSE, type Json, lexemesOf, NULL, NUMBER, STRING } from "./scan.ts"

/** Classes, most important first. */
export const ASKED = 0
export const ERROR = 1
export const ODD = 2
export const CHANGE = 3
export const END = 4
export const REST = 5

export interface Salience {
  /** The class of each row. */
  readonly classes: Uint8Array
  /** What makes the row an error, with digits masked, where its class is ERROR: rows of one kind may stand for each other. */
  readonly errorKinds: ReadonlyMap<number, string>
  /** Columns of few different values, for a profile of what is hidden. */
  readonly states: ReadonlyArray<Column>
}

const TROUBLE =
  /error|fatal|critical|panic|exception|traceback|fail|refused|denied|unauthori[sz]ed|forbidden|time(?:d )?out|oom|killed|crash|abort|corrupt|exhausted|unavailable|unhealthy|evicted|backoff|deadlock|overflow|econn/i

/** A word of trouble in more of a column's values than this tells rows apart no longer. */
const COMMON = 0.3
const MAX_STRING = 400

export const salienceOf = (
  json: Json,
  set: RowSet,
  { columns, shapes }: Columns,
  asked: ReadonlySet<number>
): Salience => {
  const count = set.rows.length
  const classes = new Uint8Array(count).fill(REST)
  const errorKinds = new Map<number, string>()
  const states: Array<Column> = []
  const mark = (row: number, found: number): void => {
    if (found < (classes[row] as number)) classes[row] = found
  }
  for (const row of [0, 1, count - 1]) if (row < count) mark(row, END)
  for (const row of asked) mark(row, ASKED)
  for (const row of rareOf(shapes, count)) mark(row, ODD)
  for (const column of columns) {
    for (const [row, kind] of errorsOf(json, column)) {
      mark(row, ERROR)
      if (!errorKinds.has(row)) errorKinds.set(row, kind)
    }
    const kinds = column.values.map((value) => kindOf(json, value))
    const different = new Set(kinds)
    if (isState(json, column, count)) states.push(column)
    if (different.size <= Math.max(12, kinds.length / 5)) {
      for (const place of rareOf(kinds, kinds.length)) mark(column.rows[place] as number, ODD)
      for (const place of changesOf(kinds)) mark(column.rows[place] as number, CHANGE)
    } else for (const place of lonelyOf(json, column)) mark(column.rows[place] as number, ODD)
    for (const place of outliersOf(json, column)) mark(column.rows[place] as number, ODD)
  }
  return { classes, errorKinds, states: states.sort((a, b) => a.depth - b.depth) }
}

/** Whether the column holds few different values. */
const isState = (json: Json, column: Column, count: number): boolean => {
  if (column.rows.length < 0.5 * count) return false
  const different = new Set<string>()
  for (const value of column.values) {
    different.add(lexemesOf(json, value))
    if (different.size > 8) return false
  }
  return different.size >= 2 && 3 * different.size <= column.values.length
}

/** The value with what differs between two of its kind masked. */
const kindOf = (json: Json, value: number): string => {
  const kind = json.kind[value]
  if (kind !== STRING) return lexemesOf(json, value)
  const start = json.start[value] as number
  return json.compact
    .slice(start, Math.min(json.end[value] as number, start + MAX_STRING))
    .replace(/\b[0-9a-f]{8,}\b|\d+/gi, "#")
}

/** Places of the values that only a few have, where most values are common. */
const rareOf = (values: ReadonlyArray<string | number>, count: number): ReadonlyArray<number> => {
  if (count < 8) return []
  const counts = new Map<string | number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  if (counts.size < 2 || counts.size > count / 4 + 2) return []
  const few = Math.max(1, Math.floor(0.02 * count))
  const places: Array<number> = []
  values.forEach((value, place) => {
    if ((counts.get(value) ?? 0) <= few) places.push(place)
  })
  return places.length <= Math.max(3, 0.15 * count) ? places : []
}

/** Places that hold something where nearly all hold null, false or an empty string, or the other way round. */
const lonelyOf = (json: Json, column: Column): ReadonlyArray<number> => {
  const isEmpty = (value: number): boolean => {
    const kind = json.kind[value]
    return kind === NULL || kind === FALSE || (json.end[value] as number) - (json.start[value] as number) <= 2
  }
  const full: Array<number> = []
  const empty: Array<number> = []
  column.values.forEach((value, place) => (isEmpty(value) && json.kind[value] !== NUMBER ? empty : full).push(place))
  const [fewer, more] = full.length < empty.length ? [full, empty] : [empty, full]
  return fewer.length <= 0.05 * more.length && more.length >= 8 ? fewer : []
}

/** Places where a value gives way to another, where that happens seldom. */
const changesOf = (values: ReadonlyArray<string>): ReadonlyArray<number> => {
  const places: Array<number> = []
  for (let place = 1; place < values.length; place++) if (values[place] !== values[place - 1]) places.push(place)
  return places.length <= Math.max(2, 0.03 * values.length) ? places : []
}

/** Rows whose value tells of trouble, with the kind of it. */
const errorsOf = (json: Json, column: Column): ReadonlyArray<readonly [number, string]> => {
  const found: Array<readonly [number, string]> = []
  const kinds = new Map<string, number>()
  column.values.forEach((value, place) => {
    const row = column.rows[place] as number
    if (json.kind[value] === STRING) {
      const start = json.start[value] as number
      const text = json.compact.slice(start, Math.min(json.end[value] as number, start + MAX_STRING))
      if (!TROUBLE.test(text)) return
    } else if (json.kind[value] !== NUMBER || !isFailure(column.name, Number(lexemesOf(json, value)))) return
    const kind = kindOf(json, value)
    found.push([row, kind])
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  })
  if (found.length <= COMMON * column.values.length || column.values.length < 4) return found
  // Where trouble is common, the rare kinds of it stand out.
  return found.filter(([, kind]) => (kinds.get(kind) ?? 0) <= Math.max(1, 0.02 * column.values.length))
}

/** A status of HTTP that tells of failure. */
const isFailure = (name: string, value: number): boolean => /status|code/i.test(name) && value >= 400 && value < 600

/** Median absolute deviations from the median beyond which a number stands out. */
const FAR = 8
/** A share of far numbers above which the column is just uneven: only its extremes count. */
const UNEVEN = 0.03

const outliersOf = (json: Json, column: Column): ReadonlyArray<number> => {
  const numbers: Array<number> = []
  const places: Array<number> = []
  column.values.forEach((value, place) => {
    const number = numberIn(json, value)
    if (number === undefined) return
    numbers.push(number)
    places.push(place)
  })
  if (numbers.length < 8 || numbers.length < 0.6 * column.values.length) return []
  const middle = medianOf(numbers)
  const distances = numbers.map((number) => Math.abs(number - middle))
  const spread = medianOf(distances)
  const limit = spread > 0 ? FAR * spread : 0
  const far = places.map((_, index) => index).filter((index) => (distances[index] as number) > limit)
  if (far.length <= Math.max(2, UNEVEN * numbers.length)) return far.map((index) => places[index] as number)
  if (spread === 0) return []
  const farthest = far.reduce((best, index) =>
    (distances[index] as number) > (distances[best] as number) ? index : best
  )
  return [places[farthest] as number]
}

/** A number, or the only number in a short string such as `latency=50ms`. */
const numberIn = (json: Json, value: number): number | undefined => {
  const kind = json.kind[value]
  if (kind === NUMBER) return Number(lexemesOf(json, value))
  if (kind !== STRING || (json.end[value] as number) - (json.start[value] as number) > 80) return undefined
  const found = /^[^\d]*[=: ]?(\d+(?:\.\d+)?) ?(?:ms|s|%|[KMGT]i?B?|us|ns)?"?$/.exec(lexemesOf(json, value))
  return found === null ? undefined : Number(found[1])
}

const medianOf = (numbers: ReadonlyArray<number>): number => {
  const sorted = Float64Array.from(numbers).sort()
  return sorted[sorted.length >> 1] as number
}

/** Words too common to tell rows apart. */
const STOP = new Set(
  "the and for with from that this what which when where who how why are was were did does has have not all any can you our about into find show list get".split(
    " "
  )
)

const MAX_WORDS = 16

/** Offsets in the compact text where a word of the question stands that few places hold. */
export const hitsOf = (compact: string, question: string): ReadonlyArray<ReadonlyArray<number>> => {
  if (question === "") return []
  const lower = compact.toLowerCase()
  if (lower.length !== compact.length) return []
  const words = [...new Set(question.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}_./:-]+[\p{L}\p{N}]/gu) ?? [])]
  return words
    .filter((word) => !STOP.has(word))
    .slice(0, MAX_WORDS)
    .map((word) => {
      const places: Array<number> = []
      for (let at = lower.indexOf(word); at !== -1; at = lower.indexOf(word, at + word.length)) places.push(at)
      return places
    })
}

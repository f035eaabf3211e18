/**
 * Says of each row of a set why it should be seen: a question's words, errors, outliers, rare states, changes, extremes, the ends.
 *
 * Errors are judged by values, never by keys: a column that is named `error` and holds null marks nothing.
 */
import type { Column, Columns, RowSet } from "./row-set.ts"
import { placesIn } from "../places.ts"
import type { Document } from "./identity.ts"
import { extremesOf, jumpsOf, numbersOf, outliersOf, shiftOf } from "./numbers.ts"
import { FALSE, lexemesOf, NULL, NUMBER, STRING, TRUE, type Value } from "./scan.ts"

/** Classes, most important first. */
export const ASKED = 0
export const ERROR = 1
export const ODD = 2
export const KIN = 3
export const CHANGE = 4
export const EXTREME = 5
export const END = 6
export const SELDOM = 7
export const REST = 8

export interface Salience {
  /** The rows of each class, in their order. */
  readonly classes: ReadonlyArray<ReadonlyArray<number>>
  /** The kinds of trouble in each row of class ERROR: rows with the same ones may stand for each other. */
  readonly errorKinds: ReadonlyMap<number, string>
  /** Columns of few different values, for a profile of what is hidden. */
  readonly states: ReadonlyArray<Column>
}

const TROUBLE =
  /error|fatal|critical|panic|exception|traceback|fail|refused|denied|unauthori[sz]ed|forbidden|time(?:d )?out|(?<![a-z])oom|killed|crash|abort|corrupt|exhausted|unavailable|unhealthy|evicted|backoff|deadlock|overflow|econn/i

/** A word of trouble in more of a column's values than this tells rows apart no longer. */
const COMMON = 0.3
const MAX_STRING = 400

/** In fewer rows many a column has something that happens once: it stays while there is room. */
const MANY_ROWS = 200

/** A column that changes so seldom tells by it where something happened. */
const FEW_CHANGES = 2

/** Rows up to which numbers are measured against each other: beyond it only rare values and trouble count. */
const MAX_MEASURED = 50_000

export const salienceOf = (
  facts: Facts,
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
  const lone = count < MANY_ROWS ? CHANGE : ODD
  for (const row of [0, 1, count - 1]) if (row < count) mark(row, END)
  for (const row of asked) mark(row, ASKED)
  for (const row of rareOf(shapes)) mark(row, ODD)
  for (const column of columns) {
    const kinds = column.values.map((value) => facts.kindOf(value))
    for (const place of errorsOf(facts, column, kinds)) {
      const row = column.rows[place] as number
      mark(row, ERROR)
      errorKinds.set(row, `${errorKinds.get(row) ?? ""} ${kinds[place]}`)
    }
    if (isState(facts.json, column, count)) {
      states.push(column)
      for (const place of seldomOf(kinds)) mark(column.rows[place] as number, SELDOM)
    }
    for (const place of rareOf(kinds)) mark(column.rows[place] as number, ODD)
    for (const place of sourcesOf(facts, column)) mark(column.rows[place] as number, ODD)
    if (count > MAX_MEASURED) continue
    for (const place of lonelyOf(facts.json, column)) mark(column.rows[place] as number, ODD)
    for (const place of strangersOf(facts.json, column)) mark(column.rows[place] as number, lone)
    const breaks: Array<number> = []
    const numbers = numbersOf(column.values.map((value) => facts.numberIn(value)))
    if (numbers !== undefined) {
      const outliers = outliersOf(numbers)
      for (const place of outliers) mark(column.rows[place] as number, ODD)
      for (const place of extremesOf(numbers)) mark(column.rows[place] as number, EXTREME)
      breaks.push(...jumpsOf(numbers, outliers), ...shiftOf(numbers))
    }
    const changes = changesOf(kinds)
    for (const place of changes) mark(column.rows[place] as number, CHANGE)
    for (const place of changes.length <= FEW_CHANGES ? [...changes, ...breaks] : breaks) {
      mark(column.rows[place] as number, lone)
      mark(column.rows[place - 1] as number, CHANGE)
    }
  }
  for (const column of columns)
    for (const place of kinOf(facts.json, column, (row) => classes[row] === ERROR))
      mark(column.rows[place] as number, KIN)
  const byClass = Array.from({ length: REST + 1 }, (): Array<number> => [])
  for (let row = 0; row < count; row++) byClass[classes[row] as number]?.push(row)
  return { classes: byClass, errorKinds, states: states.sort((a, b) => a.depth - b.depth) }
}

/** Whether the column holds few different values. */
const isState = (json: Document, column: Column, count: number): boolean => {
  if (column.rows.length < 0.5 * count) return false
  const different = new Set<number>()
  for (const value of column.values) {
    different.add(json.ids[value] as number)
    if (different.size > 8) return false
  }
  return different.size >= 2 && 3 * different.size <= column.values.length
}

/** What is asked of many values, answered once for each different one. */
export class Facts {
  readonly json: Document
  private readonly kinds: Int32Array
  private readonly numbers: Float64Array
  private readonly troubles: Uint8Array
  private readonly sources: Uint8Array
  private readonly masked = new Map<string, number>()

  constructor(json: Document) {
    this.json = json
    this.kinds = new Int32Array(json.counts.length).fill(-1)
    this.numbers = new Float64Array(json.counts.length).fill(Number.POSITIVE_INFINITY)
    this.troubles = new Uint8Array(json.counts.length)
    this.sources = new Uint8Array(json.counts.length)
  }

  /** A number for the value with what differs between two of its kind masked. */
  kindOf(value: Value): number {
    const id = this.json.ids[value] as number
    const known = this.kinds[id] as number
    if (known !== -1) return known
    const isText = this.json.kind[value] === STRING
    const lexemes = this.start(value)
    const masked = isText ? lexemes.replace(/\b[0-9a-f]{8,}\b|\d+/gi, "#") : lexemes
    const kind = this.masked.get(masked) ?? this.masked.size
    this.masked.set(masked, kind)
    this.kinds[id] = kind
    return kind
  }

  /** Whether the value is a string that tells of trouble. */
  isTrouble(value: Value): boolean {
    const id = this.json.ids[value] as number
    if (this.troubles[id] === 0) {
      this.troubles[id] = this.json.kind[value] === STRING && TROUBLE.test(this.start(value)) ? 2 : 1
    }
    return this.troubles[id] === 2
  }

  /** Whether the value is a string that names a line of a file. */
  isSource(value: Value): boolean {
    const id = this.json.ids[value] as number
    if (this.sources[id] === 0) {
      this.sources[id] = this.json.kind[value] === STRING && namesPlace(this.start(value)) ? 2 : 1
    }
    return this.sources[id] === 2
  }

  /** A number, or the only number in a short string such as `latency=50ms`; not a number for all else. */
  numberIn(value: Value): number {
    const id = this.json.ids[value] as number
    if (this.numbers[id] === Number.POSITIVE_INFINITY) this.numbers[id] = readNumber(this.json, value)
    return this.numbers[id] as number
  }

  private start(value: Value): string {
    const start = this.json.start[value] as number
    return this.json.compact.slice(start, Math.min(this.json.end[value] as number, start + MAX_STRING))
  }
}

/** A place has a file's extension, and most strings are done with by that. */
const namesPlace = (text: string): boolean => text.includes(".") && placesIn(text).length > 0

const readNumber = (json: Document, value: Value): number => {
  const kind = json.kind[value]
  if (kind === NUMBER) return Number(lexemesOf(json, value))
  if (kind !== STRING || (json.end[value] as number) - (json.start[value] as number) > 80) return Number.NaN
  const found = /^[^\d]*(\d+(?:\.\d+)?) ?(?:ms|s|%|[KMGT]i?B?|us|ns)?"$/.exec(lexemesOf(json, value))
  return found === null ? Number.NaN : Number(found[1])
}

/** Places of the values that only a few have, where most values are common. */
const rareOf = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const count = values.length
  if (count < 8) return []
  const most = Math.max(12, count / 5)
  const counts = new Map<number, number>()
  for (const value of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1)
    if (counts.size > most) return []
  }
  if (counts.size < 2) return []
  const few = Math.max(1, Math.floor(0.02 * count))
  const places: Array<number> = []
  values.forEach((value, place) => {
    if ((counts.get(value) ?? 0) <= few) places.push(place)
  })
  return places.length <= Math.max(3, 0.15 * count) ? places : []
}

/** More rows with one value are a group, not what happened to one thing. */
const MAX_KIN = 12

/** Places of a text that a row of trouble has and few other rows: events of one test, request or job tell what led to its failure. */
const kinOf = (json: Document, column: Column, isError: (row: number) => boolean): ReadonlyArray<number> => {
  const places = new Map<number, Array<number>>()
  column.values.forEach((value, place) => {
    if (json.kind[value] !== STRING) return
    const id = json.ids[value] as number
    const same = places.get(id)
    if (same === undefined) places.set(id, [place])
    else if (same.length <= MAX_KIN) same.push(place)
  })
  return [...places.values()].flatMap((same) =>
    same.length > 1 && same.length <= MAX_KIN && same.some((place) => isError(column.rows[place] as number)) ? same : []
  )
}

/** A state that this share of the rows is in tells more than the common ones, though it is not rare. */
const SELDOM_SHARE = 0.1

/** Places of the values that few have. */
const seldomOf = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const most = SELDOM_SHARE * values.length
  return values.flatMap((value, place) => ((counts.get(value) ?? 0) <= most ? [place] : []))
}

/** Places that hold something where nearly all hold null, false or an empty string, or the other way round. */
const lonelyOf = (json: Document, column: Column): ReadonlyArray<number> => {
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

/** A value of a type or twice there where hardly any is, in a column of this many. */
const STRANGERS = 3
const MANY = 30

/** Places of the few values of another type, such as a number written as a string, and of the only value that comes twice. */
const strangersOf = (json: Document, { values }: Column): ReadonlyArray<number> => {
  if (values.length < MANY) return []
  const types = new Map<number, Array<number>>()
  const seen = new Map<number, number>()
  const twice: Array<number> = []
  values.forEach((value, place) => {
    // true and false are one type
    const kind = json.kind[value] as number
    const type = kind === FALSE ? TRUE : kind
    const same = types.get(type)
    if (same === undefined) types.set(type, [place])
    else if (same.length <= STRANGERS) same.push(place)
    const id = json.ids[value] as number
    const before = seen.get(id)
    if (before === undefined) seen.set(id, place)
    else if (twice.length <= 2) twice.push(before, place)
  })
  const strangers = types.size === 1 ? [] : [...types.values()].filter((places) => places.length <= STRANGERS).flat()
  return twice.length === 2 ? [...strangers, ...twice] : strangers
}

/** Places where a value gives way to another, where that happens seldom. */
const changesOf = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const places: Array<number> = []
  for (let place = 1; place < values.length; place++) if (values[place] !== values[place - 1]) places.push(place)
  return places.length <= Math.max(2, 0.03 * values.length) ? places : []
}

/** Places whose value tells of trouble. */
const errorsOf = (facts: Facts, column: Column, kinds: ReadonlyArray<number>): ReadonlyArray<number> => {
  const found: Array<number> = []
  const isStatus = /status|code/i.test(column.name)
  column.values.forEach((value, place) => {
    if (facts.isTrouble(value) || (isStatus && isFailure(facts.numberIn(value)))) found.push(place)
  })
  if (found.length <= COMMON * column.values.length || column.values.length < 4) return found
  // Where trouble is common, the rare kinds of it stand out.
  const counts = new Map<number, number>()
  for (const place of found) counts.set(kinds[place] as number, (counts.get(kinds[place] as number) ?? 0) + 1)
  const few = Math.max(1, 0.02 * column.values.length)
  return found.filter((place) => (counts.get(kinds[place] as number) ?? 0) <= few)
}

/** Places whose value names a line of a file, as a failed test's output does; where many do, they tell rows apart no longer. */
const sourcesOf = (facts: Facts, column: Column): ReadonlyArray<number> => {
  const found: Array<number> = []
  column.values.forEach((value, place) => {
    if (facts.isSource(value)) found.push(place)
  })
  return found.length <= COMMON * column.values.length ? found : []
}

/** A status of HTTP that tells of failure. */
const isFailure = (status: number): boolean => status >= 400 && status < 600

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

/**
 * The layout of a table's lines: lexemes between blanks and delimiters, groups of lines that differ in lexemes alone, and the template of
 * each group, found from its own lines, so that a value in a row is never more than what truly varies.
 */
import type { Lines } from "./record.ts"

const isPunctuation = (code: number): boolean =>
  code < 128 && !(code >= 48 && code <= 57) && !(code >= 65 && code <= 90) && !(code >= 97 && code <= 122)

const delimiters = new Uint8Array(128)
for (const delimiter of " \t=,;()[]{}<>|\"'&?") delimiters[delimiter.charCodeAt(0)] = 1

/** Most lexemes of a line that is laid out; longer lines stand whole. */
const MAX_LEXEMES = 120

/** Lines of one template whose blanks and delimiters agree. */
export interface Group {
  readonly lines: Array<number>
  /** For each lexeme its hole, or -1 where it is constant. */
  holes: ReadonlyArray<number>
  /** For each hole its lexeme and how many characters before and after the value are constant. */
  values: ReadonlyArray<Hole>
  template: string
  code: string
}

interface Hole {
  readonly lexeme: number
  readonly before: number
  readonly after: number
}

export interface Layout {
  readonly text: string
  readonly lines: Lines
  /** Start and end of each line's time; equal where it has none. */
  readonly times: Int32Array
  /** Starts and ends of all lexemes, line by line. */
  readonly spans: Int32Array
  /** Where each line's lexemes begin in `spans`. */
  readonly offsets: Int32Array
}

/** Lexemes of each line, and a hash of what stands between them. */
export const layOut = (
  text: string,
  lines: Lines,
  times: Int32Array
): { readonly layout: Layout; readonly hashes: Float64Array } => {
  const spans = new Int32Array(text.length + 2)
  let size = 0
  const offsets = new Int32Array(lines.count + 1)
  const hashes = new Float64Array(lines.count)
  for (let line = 0; line < lines.count; line++) {
    const end = lines.ends[line] as number
    const timeStart = times[2 * line] as number
    const timeEnd = times[2 * line + 1] as number
    let low = 17
    let high = 19
    let count = 0
    for (let at = lines.starts[line] as number; at < end; ) {
      if (at === timeStart && timeEnd > timeStart) {
        low = Math.imul(low, 31) + 7
        high = Math.imul(high, 37) + 7
        at = timeEnd
        continue
      }
      const unit = text.charCodeAt(at)
      if (unit < 128 && delimiters[unit] === 1) {
        low = Math.imul(low, 31) + unit
        high = Math.imul(high, 37) ^ unit
        at++
        continue
      }
      let stop = at + 1
      for (; stop < end && stop !== timeStart; stop++) {
        const next = text.charCodeAt(stop)
        if (next < 128 && delimiters[next] === 1) break
      }
      spans[size++] = at
      spans[size++] = stop
      low = Math.imul(low, 31) + 1
      high = Math.imul(high, 37) + 1
      count++
      at = stop
    }
    hashes[line] = count > MAX_LEXEMES ? -1 : (low >>> 0) * 0x200000 + ((high >>> 0) & 0x1fffff)
    offsets[line + 1] = size
  }
  return { layout: { text, lines, times, spans, offsets }, hashes }
}

export const groupsOf = (lines: Lines, hashes: Float64Array): ReadonlyArray<Group> => {
  const groups = new Map<number, Map<number, Group>>()
  for (let line = 0; line < lines.count; line++) {
    const hash = hashes[line] as number
    if (hash === -1) continue
    const template = lines.templates[line] as number
    let layouts = groups.get(template)
    if (layouts === undefined) groups.set(template, (layouts = new Map<number, Group>()))
    const group = layouts.get(hash)
    if (group === undefined) layouts.set(hash, { lines: [line], holes: [], values: [], template: "", code: "" })
    else group.lines.push(line)
  }
  return [...groups.values()].flatMap((layouts) => [...layouts.values()].filter((group) => group.lines.length > 1))
}

const lexeme = (layout: Layout, line: number, index: number): string => {
  const at = (layout.offsets[line] as number) + 2 * index
  return layout.text.slice(layout.spans[at], layout.spans[at + 1])
}

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57

/** Whether `word` may be cut at the offset: after punctuation that is no sign, no decimal point and no part of an address. */
const mayCut = (word: string, at: number): boolean => {
  const mark = word.charCodeAt(at - 1)
  if (!isPunctuation(mark)) return false
  if (!isDigit(word.charCodeAt(at))) return true
  const before = at > 1 ? word.charCodeAt(at - 2) : 32
  return (
    (mark === 45 || mark === 43 ? !isPunctuation(before) : true) && !(isDigit(before) && (mark === 46 || mark === 58))
  )
}

/** Characters that all values of a lexeme begin and end with, cut where a word or number ends. */
const commonEnds = (values: ReadonlyArray<string>): readonly [number, number] => {
  const first = values[0] as string
  let before = first.length
  let after = first.length
  let shortest = first.length
  for (const value of values) {
    shortest = Math.min(shortest, value.length)
    let same = 0
    while (same < before && value.charCodeAt(same) === first.charCodeAt(same)) same++
    before = Math.min(before, same)
    same = 0
    while (same < after && value.charCodeAt(value.length - 1 - same) === first.charCodeAt(first.length - 1 - same))
      same++
    after = Math.min(after, same)
  }
  before = Math.min(before, shortest - 1)
  while (before > 0 && !(isPunctuation(first.charCodeAt(before - 1)) && values.every((value) => mayCut(value, before))))
    before--
  after = Math.min(after, shortest - 1 - before)
  while (
    after > 0 &&
    !(
      isPunctuation(first.charCodeAt(first.length - after)) &&
      values.every((value) => mayCut(value, value.length - after + 1))
    )
  )
    after--
  return [before, after]
}

/** Finds the group's holes and prints its template; undefined where the template could not be told from a row's holes. */
export const fit = (layout: Layout, group: Group): boolean => {
  const { text } = layout
  const first = group.lines[0] as number
  const count = ((layout.offsets[first + 1] as number) - (layout.offsets[first] as number)) / 2
  const columns: Array<ReadonlyArray<string>> = []
  const values: Array<Hole> = []
  const holes: Array<number> = []
  for (let index = 0; index < count; index++) {
    const one = lexeme(layout, first, index)
    let same = true
    for (const line of group.lines) {
      const at = (layout.offsets[line] as number) + 2 * index
      if (
        (layout.spans[at + 1] as number) - (layout.spans[at] as number) !== one.length ||
        !text.startsWith(one, layout.spans[at])
      ) {
        same = false
        break
      }
    }
    if (same) {
      holes.push(-1)
      continue
    }
    const column = group.lines.map((line) => lexeme(layout, line, index))
    // the same word twice in each line is one value
    const twin = columns.findIndex((other) => other[0] === column[0] && other.every((value, i) => value === column[i]))
    if (twin !== -1) {
      holes.push(twin)
      continue
    }
    const [before, after] = commonEnds(column)
    holes.push(values.length)
    values.push({ lexeme: index, before, after })
    columns.push(column)
  }
  const parts: Array<string> = []
  let at = layout.lines.starts[first] as number
  const put = (to: number, marker: string, from: number): void => {
    parts.push(text.slice(at, to), marker)
    at = from
  }
  const timeStart = layout.times[2 * first] as number
  const timeEnd = layout.times[2 * first + 1] as number
  let timed = timeEnd === timeStart
  for (let index = 0; index <= count; index++) {
    const span = (layout.offsets[first] as number) + 2 * index
    const start = index === count ? (layout.lines.ends[first] as number) : (layout.spans[span] as number)
    if (!timed && timeStart <= start) {
      put(timeStart, "<0>", timeEnd)
      timed = true
    }
    const hole = index === count ? -1 : (holes[index] as number)
    if (hole === -1) continue
    const { before, after } = values[hole] as Hole
    put(start + before, `<${hole + 1}>`, (layout.spans[span + 1] as number) - after)
  }
  parts.push(text.slice(at, layout.lines.ends[first]))
  if (parts.some((part, i) => i % 2 === 0 && /<\d+>/.test(part))) return false
  // a constant part may complete a marker: `<` before `1>`
  const template = parts.join("")
  if ((template.match(/<\d+>/g)?.length ?? 0) !== (parts.length - 1) / 2) return false
  group.holes = holes
  group.values = values
  group.template = template
  return true
}

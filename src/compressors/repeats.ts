/**
 * Repeats: runs of three or more lines that the request already shows, named in one note instead of printed again, because a quarter of
 * all tool output in recorded sessions is the file read again, the edit echoed back, the same listing.
 *
 * Gutters are left aside when lines are compared, so an edit's echo is found in the numbered read before it.
 */
import { type NumberedLine, parseGutter, printGutter } from "../domain/gutter.ts"
import { type Change, printChange, printNote } from "../domain/repeat.ts"
import { type Lookup, OPEN_WORD, type Place, type ShownIndex } from "../domain/shown.ts"
import type { Segment } from "../domain/tiling.ts"
import { estimateTokens, GAIN_TOKENS } from "../domain/tokens.ts"

interface Run {
  readonly place: Place
  /** First line of the text and one behind the last. */
  readonly from: number
  readonly to: number
  readonly changes: ReadonlyArray<Change>
}

/** Tokens that a run may lose on changed lines before it gives up hope of the lines behind them. */
const SLACK = 40
/** A line with more changed words is another line. */
const MAX_WORDS = 3

const isBlank = (line: NumberedLine | undefined): boolean => line === undefined || line.body.trim() === ""

/** The words in which two lines of one shape differ; undefined where a note could not tell them. */
const changedWords = (source: string, line: string): ReadonlyArray<readonly [string, string]> | undefined => {
  const before = source.match(OPEN_WORD) ?? []
  const after = line.match(OPEN_WORD) ?? []
  const words: Array<readonly [string, string]> = []
  for (const [at, from] of before.entries()) {
    const to = after[at] as string
    if (/[→:]$/.test(from) || /→/.test(from + to)) return undefined
    if (from !== to) words.push([from, to])
  }
  return words
}

/** The run that begins at line `at`, as long as naming each further line costs less than printing it. */
const runAt = (place: Place, { ids, shapes }: Lookup, lines: ReadonlyArray<NumberedLine>, at: number): Run => {
  const { source, line } = place
  const changes: Array<Change> = []
  let best = { size: 0, gain: 0, changes: 0 }
  let gain = 0
  for (let size = 0; at + size < ids.length && line + size < source.ids.length; size++) {
    const body = (lines[at + size] as NumberedLine).body
    if (ids[at + size] !== source.ids[line + size] || ids[at + size] === 0) {
      if (shapes[at + size] !== source.shapes[line + size] || shapes[at + size] === 0) break
      const words = changedWords((source.lines[line + size] as NumberedLine).body, body)
      if (words === undefined || words.length > MAX_WORDS) break
      const change = { line: source.base + line + size, words }
      changes.push(change)
      gain -= estimateTokens(printChange(change)) + 1
    }
    gain += estimateTokens(body) + 1
    if (gain < best.gain - SLACK) break
    if (gain > best.gain) best = { size: size + 1, gain, changes: changes.length }
  }
  return { place, from: at, to: at + best.size, changes: changes.slice(0, best.changes) }
}

/** The run less blank lines at its ends: they would leave nothing to quote. */
const trimmed = (run: Run, lines: ReadonlyArray<NumberedLine>): Run => {
  let { from, to } = run
  while (from < to && isBlank(lines[from])) from++
  while (to > from && isBlank(lines[to - 1])) to--
  return { ...run, place: { ...run.place, line: run.place.line + from - run.from }, from, to }
}

const noteFor = ({ place: { source, line }, from, to, changes }: Run, lines: ReadonlyArray<NumberedLine>): string => {
  const first = lines[from] as NumberedLine
  const last = lines[to - 1] as NumberedLine
  return printNote({
    name: source.name,
    from: source.base + line,
    to: source.base + line + to - from - 1,
    gutter: gutterOf(lines.slice(from, to), source.lines.slice(line, line + to - from)),
    first: first.body,
    last: last.body,
    changes: changes.filter((change) => change.line < source.base + line + to - from)
  })
}

const printed = (line: NumberedLine): string =>
  line.number === undefined || line.style === undefined ? "" : printGutter(line.number, line.style)

/** How the lines' gutter follows from the source's. */
const gutterOf = (lines: ReadonlyArray<NumberedLine>, source: ReadonlyArray<NumberedLine>) => {
  if (lines.every((line, at) => printed(line) === printed(source[at] as NumberedLine))) return "same"
  const { number, style } = lines[0] as NumberedLine
  return number === undefined || style === undefined ? "none" : { start: number, style }
}

/** Where the run is numbered in one go, or not at all, the note can say so; else the run ends where the numbering changes. */
const evenly = (run: Run, lines: ReadonlyArray<NumberedLine>): Run => {
  const first = lines[run.from] as NumberedLine
  let to = run.from + 1
  while (to < run.to) {
    const line = lines[to] as NumberedLine
    const expected = first.number === undefined ? undefined : first.number + to - run.from
    if (line.number !== expected) break
    to++
  }
  return { ...run, to: Math.min(to, run.to) }
}

/** Segments of the text in which every run that pays is a Repeat; the rest stays verbatim. */
export const nameRepeats = (text: string, shown: ShownIndex): ReadonlyArray<Segment> => {
  const raw = text.split("\n")
  if (text.endsWith("\n")) raw.pop()
  const lines = parseGutter(raw)
  const lookup = shown.lookUp(lines)
  const offsets = [0]
  for (const line of raw) offsets.push((offsets[offsets.length - 1] as number) + line.length + 1)
  const segments: Array<Segment> = []
  let shownFrom = 0
  const verbatimTo = (end: number): void => {
    if (end > shownFrom)
      segments.push({ _tag: "Shown", spans: [shownFrom, end], codec: "verbatim", text: text.slice(shownFrom, end) })
  }
  for (let at = 0; at < lines.length; ) {
    const place = shown.find(lookup, at)
    if (place === undefined) {
      at++
      continue
    }
    const found = runAt(place, lookup, lines, at)
    const run = trimmed(evenly(found, lines), lines)
    if (run.to > run.from) {
      const note = noteFor(run, lines)
      const bodies = lines.slice(run.from, run.to).map((line) => line.body)
      if (estimateTokens(bodies.join("\n")) - estimateTokens(note) >= GAIN_TOKENS) {
        const start = offsets[run.from] as number
        const end = Math.min(offsets[run.to] as number, text.length)
        verbatimTo(start)
        segments.push({ _tag: "Repeat", spans: [start, end], note })
        shownFrom = end
        at = run.to
        continue
      }
    }
    at = Math.max(run.to, at + 1)
  }
  verbatimTo(text.length)
  return segments
}

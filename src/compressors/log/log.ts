/**
 * Shows what a log says: every kind of line once, every error with its trace, and names what it leaves out.
 *
 * What it does   splits headers off, mines templates of the messages, shows chosen lines verbatim and one gap for each run between;
 *                where nothing may be hidden, prints a table of templates and rows that keeps every value (table.ts);
 *                where words must stay whole besides, blocks of lines under the words that they share (block.ts).
 * Why            a log of 2,000 lines has some dozens of templates; which of them occurred, and every error, is what is read in it.
 * Lossy          with gaps: the hidden lines are in the store; the table and the blocks: no, their decoders give the lines back.
 * Units          budget in estimated tokens; gaps in lines.
 * Never throws   returns undefined where the text is short or every line is its own kind.
 * Source         the idea of position-wise word statistics from Brain (Yu et al., 2023), by a method of its own.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import type { Content } from "../../domain/content.ts"
import { lengthOf } from "../../domain/spans.ts"
import { type Elide, type Segment, type VisibleSegment, verbatim } from "../../domain/tiling.ts"
import { admits, estimateTokens } from "../../domain/tokens.ts"
import { logBlocks } from "./block.ts"
import { decodeLogBlocks, LOG_BLOCKS } from "./block-form.ts"
import { detectLog } from "./detect.ts"
import { placesIn } from "../places.ts"
import { WARNING } from "./header.ts"
import { isBlankLine, type Log, messageOf, readLines, readLog } from "./record.ts"
import { selectLines } from "./select.ts"
import { logTable } from "./table.ts"
import { decodeLogTable } from "./table-decode.ts"
import { holdsLogTable, LOG_TABLE } from "./table-form.ts"

const MIN_LINES = 12
/** The first line of a table costs as much as three lines of a log. */
const MIN_TABLE = 600
/** Shorter lines on average are no log, or cost as much as the rows of a table. */
const MIN_LINE = 4
const MIN_ROW = 12
/** Less hidden than this share is not worth the markers. */
const MIN_HIDDEN = 0.12
/** Gaps of fewer lines are counted, not described. */
const PROFILED_LINES = 8
const PROFILE_LETTERS = 26

/** The words that name a template: its first constant ones. */
const nameOf = (log: Log, template: number): string => {
  const words: Array<string> = []
  let length = 0
  for (const word of messageOf(log, log.first[template] as number)
    .slice(0, 120)
    .split(/[\s=,;()[\]{}"<>|]+/)) {
    if (!/^[\p{L}][\p{L}_'.-]*:?$/u.test(word)) {
      if (words.length > 0) break
      continue
    }
    if (length + word.length > PROFILE_LETTERS && words.length > 0) break
    words.push(word)
    length += word.length + 1
  }
  return words
    .join(" ")
    .slice(0, PROFILE_LETTERS)
    .replace(/[\ud800-\udbff]$/, "")
}

/** What a gap hides, in a few words: how many lines of its most frequent template. */
const profileOf = (log: Log, from: number, to: number): string | undefined => {
  if (to - from < PROFILED_LINES) return undefined
  const counts = new Map<number, number>()
  let top = -1
  let most = 0
  for (let line = from; line < to; line++) {
    if (isBlankLine(log, line)) continue
    const template = log.templates[line] as number
    const count = (counts.get(template) ?? 0) + 1
    counts.set(template, count)
    if (count > most) {
      most = count
      top = template
    }
  }
  if (top === log.templateCount) return counts.size === 1 ? "all passing" : `${most} passing`
  const name = top === -1 ? "" : nameOf(log, top)
  if (name === "" || most < 3 || most * 5 < to - from) return counts.size > 1 ? `${counts.size} templates` : undefined
  return counts.size === 1 ? `"${name}"` : `${most} "${name}", ${counts.size} templates`
}

/** Characters of a line on average, judged by the text's beginning. */
const lineLength = (text: string): number => {
  const head = text.slice(0, 65_536)
  return head.length / head.split("\n").length
}

/** A line longer than this shows its first and last part. */
const LONG_LINE = 2400
const LONG_HEAD = 1200
const LONG_TAIL = 400
/** Fewer characters between two places cost less than their gap. */
const MIN_GAP = 80

/** Where a long line may be cut: not inside a surrogate pair. */
const cutAt = (text: string, at: number): number => ((text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at + 1 : at)

/** Places shown of the middle of one long line, and characters shown after each. */
const INNER_PLACES = 96
const AFTER_PLACE = 24

/** Where the middle of a grave line that is cut names files that nothing before names. */
const innerPlaces = (log: Log, line: number, head: number, tail: number, seen: Set<string>) => {
  if ((log.gravity[line] as number) < WARNING) return []
  const found: Array<readonly [from: number, to: number]> = []
  for (const { from, to, name } of placesIn(log.text.slice(head, tail))) {
    // code in one line has `.slice(1):` too, but no folder in it
    if (found.length >= INNER_PLACES || !/[\\/]/.test(name) || seen.has(name)) continue
    seen.add(name)
    found.push([head + from, Math.min(tail, cutAt(log.text, head + to + AFTER_PLACE))])
  }
  return found
}

/** The lines of a run to show, long ones without their middle but for the places in it. */
const shownRun = (log: Log, from: number, to: number, seen: Set<string>): ReadonlyArray<Segment> => {
  const { text, starts, ends } = log
  const segments: Array<Segment> = []
  let open = starts[from] as number
  for (let line = from; line < to; line++) {
    const start = starts[line] as number
    const end = ends[line] as number
    if (end - start < LONG_LINE) continue
    const head = cutAt(text, start + LONG_HEAD)
    const tail = cutAt(text, end - LONG_TAIL)
    const pieces = [...innerPlaces(log, line, head, tail, seen), [tail, tail] as const]
    let hidden = head
    for (const [first, last] of pieces) {
      if (hidden < first && (first - hidden >= MIN_GAP || first === tail)) {
        segments.push(verbatim(text, [open, hidden]))
        const range = [hidden - start + 1, first - start] as const
        segments.push({
          _tag: "Elide",
          spans: [hidden, first],
          gap: { unit: "characters", count: first - hidden, range }
        })
        open = first
      }
      hidden = Math.max(hidden, last)
    }
  }
  const stop = starts[to] ?? text.length
  if (stop > open) segments.push(verbatim(text, [open, stop]))
  return segments
}

const elide = (log: Log, from: number, to: number): Elide => {
  const end = log.starts[to] ?? log.text.length
  const profile = profileOf(log, from, to)
  return {
    _tag: "Elide",
    spans: [log.starts[from] as number, end],
    gap: { unit: "lines", count: to - from, ...(profile === undefined ? {} : { profile }) }
  }
}

const offload = (text: string, want: Want): ReadonlyArray<Segment> | undefined => {
  if (lineLength(text) < MIN_LINE) return undefined
  const log = readLog(text)
  if (log.count < MIN_LINES && text.length < LONG_LINE) return undefined
  const shown = selectLines(log, want.budgetTokens, want.question)
  const segments: Array<Segment> = []
  const seen = new Set<string>()
  for (let line = 0; line < log.count; ) {
    const state = shown[line]
    let end = line
    while (end < log.count && shown[end] === state) end++
    if (state === 1) for (const segment of shownRun(log, line, end, seen)) segments.push(segment)
    else segments.push(elide(log, line, end))
    line = end
  }
  const hidden = segments.reduce((sum, segment) => (segment._tag === "Elide" ? sum + lengthOf(segment.spans) : sum), 0)
  return hidden >= text.length * MIN_HIDDEN ? segments : undefined
}

/** The whole text as a table where that is smaller; a file's text is matched by later edits and stays. */
const tabulate = (content: Content): ReadonlyArray<VisibleSegment> | undefined => {
  const { text } = content
  if (content.origin === "file" || text.length < MIN_TABLE || lineLength(text) < MIN_ROW || holdsLogTable(text))
    return undefined
  const table = logTable(text, readLines(text))
  if (table === undefined) return undefined
  // a quarter of the letters is surely fewer tokens
  if (table.length > text.length / 4 && !admits(estimateTokens(text), estimateTokens(table))) return undefined
  return [{ _tag: "Shown", spans: [0, text.length], codec: LOG_TABLE, text: table }]
}

/** Shorter texts gain nothing by a heading. */
const MIN_BLOCKS = 120

/** The words that neighbouring lines share printed once, for outputs of any kind; every word stays whole. */
export const tileBlocks = ({
  text,
  origin
}: Pick<Content, "text" | "origin">): ReadonlyArray<VisibleSegment> | undefined => {
  if (origin === "file" || text.length < MIN_BLOCKS || lineLength(text) < MIN_ROW || holdsLogTable(text))
    return undefined
  const shown = logBlocks(text)
  return shown === undefined ? undefined : [{ _tag: "Shown", spans: [0, text.length], codec: LOG_BLOCKS, text: shown }]
}

export const log: Compressor = {
  kind: "log",
  version: 2,
  detect: detectLog,
  // A template may end within a word, a block's heading does not.
  tile: (content: Content, want: Want) => {
    if (!want.visibleOnly) return offload(content.text, want)
    return want.wholeWords === true ? tileBlocks(content) : tabulate(content)
  },
  codecs: [
    { name: LOG_TABLE, decode: decodeLogTable },
    { name: LOG_BLOCKS, decode: decodeLogBlocks }
  ]
}

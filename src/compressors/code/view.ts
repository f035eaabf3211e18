/**
 * The codec `outline`: lines of a source that had no numbers, shown with the number of each line that stands behind a gap, so that every
 * gap is seen where it is and every line is where its file has it, for a token or two instead of a marker of a dozen.
 *
 *     1	import { readFile } from "node:fs/promises"
 *     [… 2-90: 71 lines, here and where the numbers skip]
 *     12	export const load = async (path: string) => {
 *
 * As in any gutter, the first line of a run and every tenth number are printed. The decoder takes the numbers off.
 */
import { pushSpan } from "../../domain/spans.ts"
import { type Codec, type Elide, type Segment, verbatim } from "../../domain/tiling.ts"

const OUTLINE = "outline"
const EVERY = 10
const NUMBER = /^(\d{1,9})\t/

/** Runs of shown lines, numbered from `first`; `starts` closes with the text's end. */
const encode = (text: string, starts: ReadonlyArray<number>, runs: ReadonlyArray<LineRun>, first: number): string => {
  let out = ""
  for (const [from, to] of runs)
    for (let line = from; line < to; line++) {
      const number = line + first
      if (line === from || number % EVERY === 0) out += `${number}\t`
      out += text.slice(starts[line], starts[line + 1])
    }
  return out
}

const decode = (shown: string): string | undefined => {
  const lines = shown.split("\n")
  let before: number | undefined
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string
    if (line === "" && at === lines.length - 1) break
    const digits = NUMBER.exec(line)
    const number = Number(digits?.[1] ?? -1)
    if (before === undefined && digits === null) return undefined
    const isPrinted: boolean =
      digits !== null &&
      (before === undefined || number > before + 1 || (number === before + 1 && number % EVERY === 0))
    if (isPrinted) lines[at] = line.slice((digits as RegExpExecArray)[0].length)
    before = isPrinted ? number : (before as number) + 1
  }
  return lines.join("\n")
}

export const outlineCodec: Codec = { name: OUTLINE, decode }

type LineRun = readonly [from: number, to: number]

const runsOf = (isShown: (line: number) => boolean, from: number, to: number): ReadonlyArray<LineRun> => {
  const runs: Array<LineRun> = []
  for (let at = from; at < to; ) {
    let end = at + 1
    while (end < to && isShown(end) === isShown(at)) end++
    if (isShown(at)) runs.push([at, end])
    at = end
  }
  return runs
}

const spansOf = (starts: ReadonlyArray<number>, runs: ReadonlyArray<LineRun>): ReadonlyArray<number> => {
  const spans: Array<number> = []
  for (const [from, to] of runs) pushSpan(spans, starts[from] as number, starts[to] as number)
  return spans
}

const gapOver = (spans: ReadonlyArray<number>, count: number): Elide => ({
  _tag: "Elide",
  spans,
  gap: { unit: "lines", count, ...(spans.length > 2 ? { profile: "here and where the numbers skip" } : {}) }
})

/** What is shown of the text and what stands in gaps, as a tiling prints it. */
export interface Choice {
  readonly text: string
  /** Where each line begins, and the text's end. */
  readonly starts: ReadonlyArray<number>
  readonly isShown: (line: number) => boolean
  /** The number of the first line. */
  readonly first: number
  /** Whether the text's lines carry their numbers. */
  readonly isNumbered: boolean
}

/** A gap of its own for each run of hidden lines, where a line of the source looks like a numbered one. */
const segmentsWithGaps = ({ text, starts, isShown }: Choice): ReadonlyArray<Segment> => {
  const segments: Array<Segment> = []
  const count = starts.length - 1
  for (let at = 0; at < count; ) {
    let end = at + 1
    while (end < count && isShown(end) === isShown(at)) end++
    const span = [starts[at] as number, starts[end] as number]
    segments.push(isShown(at) ? verbatim(text, span) : gapOver(span, end - at))
    at = end
  }
  return segments
}

/** The segments of a choice: the lines before the first gap, one gap for all that is hidden, the other lines. */
export const segmentsOf = (choice: Choice): ReadonlyArray<Segment> => {
  const { text, starts, isShown, first, isNumbered } = choice
  const count = starts.length - 1
  const hidden = runsOf((line) => !isShown(line), 0, count)
  const [gap] = hidden
  if (gap === undefined) return [verbatim(text, [0, text.length])]
  const segments: Array<Segment> = []
  for (const [from, to] of [[0, gap[0]] as const, [gap[1], count] as const]) {
    const runs = runsOf(isShown, from, to)
    const spans = spansOf(starts, runs)
    if (spans.length > 0) {
      const shown = verbatim(text, spans)
      const numbered = isNumbered ? shown.text : encode(text, starts, runs, first)
      if (!isNumbered && decode(numbered) !== shown.text) return segmentsWithGaps(choice)
      segments.push(isNumbered ? shown : { ...shown, codec: OUTLINE, text: numbered })
    }
    if (from === 0)
      segments.push(
        gapOver(
          spansOf(starts, hidden),
          hidden.reduce((sum, [a, b]) => sum + b - a, 0)
        )
      )
  }
  return segments
}

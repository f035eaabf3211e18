/**
 * Parts of long lines that the request already shows: passages found by a search overlap and are cut elsewhere each time, so that no whole
 * line of them comes back, but most of its sentences do.
 */
import { anchorsIn } from "../domain/part-index.ts"
import { partNote, printPart } from "../domain/part-note.ts"
import type { PrintedLines } from "../domain/likeness.ts"
import { bodyOf } from "../domain/numbered-lines.ts"
import type { PartOf, Source } from "../domain/shown.ts"
import { estimateTokens, GAIN_TOKENS } from "../domain/tokens.ts"

/** A part that costs less as its note, in offsets of the text. */
export interface NamedPart {
  readonly from: number
  readonly to: number
  readonly note: string
  readonly tokens: number
  readonly source: Source
}

/** No note on a part costs less. */
const LEAST_NOTE = 16

const isBlankAt = (text: string, at: number): boolean => /\s/.test(text.charAt(at))

/** How far the words around the anchor at `at` go on alike, from `from` on, in whole words. */
const extent = (
  { text, ends }: PrintedLines,
  line: number,
  from: number,
  at: number,
  { source, line: shownLine, offset }: PartOf
): readonly [from: number, to: number] => {
  const shown = source.lines
  const first = shown.bodies[shownLine] as number
  const last = shown.ends[shownLine] as number
  const end = ends[line] as number
  let start = at
  for (let before = offset; start > from && before > first && text[start - 1] === shown.text[before - 1]; before--)
    start--
  let to = at
  let behind = offset
  for (; to < end && behind < last && text[to] === shown.text[behind]; behind++) to++
  const startsWord = (place: number, begin: number, of: string): boolean => place === begin || isBlankAt(of, place - 1)
  const endsWord = (place: number, close: number, of: string): boolean => place === close || isBlankAt(of, place)
  const shift = offset - at
  while (
    start < to &&
    (isBlankAt(text, start) || !startsWord(start, from, text) || !startsWord(start + shift, first, shown.text))
  )
    start++
  while (to > start && (isBlankAt(text, to - 1) || !endsWord(to, end, text) || !endsWord(to + shift, last, shown.text)))
    to--
  return [start, to]
}

/** The parts of a line that pay, `find` giving the place of an anchor's words; `before` is the source of the note before the line. */
export const partsOfLine = (
  lines: PrintedLines,
  line: number,
  before: Source | undefined,
  find: (text: string, offset: number) => PartOf | undefined
): ReadonlyArray<NamedPart> => {
  const { text } = lines
  const parts: Array<NamedPart> = []
  let from = lines.bodies[line] as number
  let named = before
  for (const at of anchorsIn(text, from, lines.ends[line] as number)) {
    if (at < from) continue
    const place = find(text, at)
    if (place === undefined) continue
    const { source } = place
    const [start, to] = extent(lines, line, from, at, place)
    // What does not pay is not weighed again from each of its words.
    from = Math.max(from, to)
    const price = estimateTokens(text, start, to)
    if (price < LEAST_NOTE + GAIN_TOKENS) continue
    const first = source.lines.bodies[place.line] as number
    const shift = place.offset - at - first
    const name = source === named ? undefined : source.name
    const note = partNote(bodyOf(source.lines, place.line), [start + shift, to + shift], name, source.base + place.line)
    if (note === undefined) continue
    const printed = printPart(note)
    const tokens = estimateTokens(printed)
    if (price - tokens < GAIN_TOKENS) continue
    parts.push({ from: start, to, note: printed, tokens, source })
    named = source
  }
  return parts
}

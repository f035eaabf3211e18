/**
 * What a request shows so far: the index in which repeats are found and from which their notes are read back.
 *
 * Built oldest first from the views as printed, so a slot's repeats depend on what stands before it alone. Runs of three lines,
 * and long lines, are looked up by fingerprints; the first place wins.
 */
import { printGutter } from "./gutter.ts"
import { lineAt } from "./lines.ts"
import { type Likeness, type PrintedLines, printedLines, WINDOW, Windows } from "./likeness.ts"
import { spelledOut } from "./link-form.ts"
import { bodyOf, gutterIn, NO_LINES, numberedLines, type NumberedLines } from "./numbered-lines.ts"
import { expanded } from "./own-notes.ts"
import { PartIndex } from "./part-index.ts"
import { parsePart, partIn, type PartNote } from "./part-note.ts"
import { HERE, type Note, parseNote, rewording } from "./repeat.ts"
import type { Before } from "./view.ts"

export interface Source {
  readonly name: string
  readonly lines: PrintedLines
  /** The number that stands for the first line in a note: its gutter's, or 1. */
  readonly base: number
}

export interface Place {
  readonly source: Source
  /** Index of the first line in the source. */
  readonly line: number
}

/** A place inside a line. */
export interface PartOf extends Place {
  /** In the text of the source. */
  readonly offset: number
}

const baseOf = ({ count, numbers }: NumberedLines): number => {
  const first = numbers[0] ?? -1
  if (first === -1) return 1
  for (let line = 0; line < count; line++) if (numbers[line] !== first + line) return 1
  return first
}

const sourceOf = (name: string, lines: NumberedLines): Source => ({
  name,
  lines: printedLines(lines),
  base: baseOf(lines)
})

/** Whether the lines are too short on average for any window to have text enough; looked at in long texts alone. */
export const isTooFine = (text: string): boolean => {
  if (text.length < LONG) return false
  let lines = 0
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++
  return lines * WINDOW * 2 > text.length
}

/** UTF-16 units from which on a text's lines are counted first. */
const LONG = 20_000

/** Texts of the output that is being decided are read again for its further forms and for its proof. */
const MAX_RECENT = 6

export class ShownIndex {
  readonly #windows = new Windows()
  readonly #sources = new Map<string, Source>()
  /** The sources in their order, and the place of the first line of each. */
  readonly #ordered: Array<Source> = []
  readonly #firsts: Array<number> = []
  #places = 0
  /** Words of long lines, of as many sources as have been asked for any. */
  readonly #parts = new PartIndex()
  #partsOf = 0
  #length = 0
  #recent: ReadonlyArray<{ readonly text: string; readonly source: Source }> = []

  /** UTF-16 units of all that is shown: the index takes eight bytes of memory for each. */
  get length(): number {
    return this.#length
  }

  /** Adds what a block shows, under its name made unique, which is returned. */
  add(name: string, text: string): string {
    let unique = name
    for (let n = 2; this.#sources.has(unique); n++) unique = `${name} (${n})`
    const source = sourceOf(unique, isTooFine(text) ? NO_LINES : expanded(numberedLines(spelledOut(text) ?? text)))
    const { lines } = source
    this.#sources.set(unique, source)
    this.#ordered.push(source)
    this.#firsts.push(this.#places)
    for (let line = 0; line < lines.count; line++) {
      this.#windows.add(lines, line, this.#places + line)
      this.#windows.addLone(lines, line, this.#places + line)
    }
    this.#places += lines.count
    this.#length += text.length
    this.#recent = []
    return unique
  }

  /** A text as a source of itself. */
  here(text: string): Source {
    const known = this.#recent.find((recent) => recent.text === text)
    const source = known?.source ?? sourceOf(HERE, numberedLines(text))
    // Asked for again and again, the very string is found at once, while another of its length is compared letter by letter.
    this.#recent = [{ text, source }, ...this.#recent.filter((recent) => recent !== known).slice(0, MAX_RECENT - 1)]
    return source
  }

  /** Places that show the three lines from `line` on, or that line where it is a long one. */
  find(lines: PrintedLines, line: number, likeness: Likeness): ReadonlyArray<Place> {
    return this.#windows.find(lines, line, likeness).map((place) => this.#placeOf(place))
  }

  #placeOf(place: number): Place {
    const at = lineAt(this.#firsts, place)
    return { source: this.#ordered[at] as Source, line: place - (this.#firsts[at] as number) }
  }

  /** Where a long line shows the words behind the anchor at `offset`. */
  findPart(text: string, offset: number): PartOf | undefined {
    for (; this.#partsOf < this.#ordered.length; this.#partsOf++) {
      const { lines } = this.#ordered[this.#partsOf] as Source
      const first = this.#firsts[this.#partsOf] as number
      for (let line = 0; line < lines.count; line++) this.#parts.add(lines, line, first + line)
    }
    const found = this.#parts.find(text, offset)
    return found === undefined ? undefined : { ...this.#placeOf(found.place), offset: found.offset }
  }

  /** What a note stands for, lines joined by newlines; `before` is what its own output shows up to it. */
  recall(text: string, before: Before): string | undefined {
    const part = parsePart(text)
    const note = part === undefined ? parseNote(text) : undefined
    const name = (part ?? note)?.name ?? before.source
    const last = part?.line ?? note?.to
    if (name === undefined || last === undefined) return undefined
    const source = name === HERE ? this.here(before.text) : this.#sources.get(name)
    if (source === undefined) return undefined
    const behind = source.lines.starts[last - source.base + 1] ?? before.text.length
    if (name === HERE && behind > before.end) return undefined
    if (part !== undefined) return partOfNote(part, source)
    return note === undefined ? undefined : linesOfNote(note, source)
  }
}

const partOfNote = (note: PartNote, { lines, base }: Source): string | undefined => {
  const line = note.line - base
  if (line < 0 || line >= lines.count) return undefined
  const body = bodyOf(lines, line)
  const found = partIn(body, note)
  return found === undefined ? undefined : body.slice(...found)
}

const linesOfNote = (note: Note, { lines, base }: Source): string | undefined => {
  const from = note.from - base
  const to = note.to - base
  if (from < 0 || to >= lines.count || to < from) return undefined
  const reword = rewording(note)
  const out: Array<string> = []
  for (let line = from; line <= to; line++)
    out.push(`${gutterFor(note, lines, line, line - from)}${reword(line + base, bodyOf(lines, line))}`)
  return out.join("\n")
}

const gutterFor = (note: Note, lines: NumberedLines, line: number, at: number): string => {
  if (typeof note.gutter === "object") return printGutter(note.gutter.start + at, note.gutter.style)
  return note.gutter === "none" ? "" : gutterIn(lines, line)
}

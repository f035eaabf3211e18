/**
 * What a request shows so far: the index in which repeats are found and from which their notes are read back.
 *
 * Built oldest first from the views as printed, so a slot's repeats depend on what stands before it alone. Runs of three lines are
 * looked up by the interned numbers of their lines; the first place wins.
 */
import { type NumberedLine, parseGutter, printGutter } from "./gutter.ts"
import { type Note, parseNote } from "./repeat.ts"

/** Lines of a window: two are found by chance, four miss short runs. */
export const WINDOW = 3
/** A window with less text is braces and blanks. */
const MIN_TEXT = 24

export interface Source {
  readonly name: string
  readonly lines: ReadonlyArray<NumberedLine>
  /** Numbers of the lines by their text; equal text, equal number. */
  readonly ids: ReadonlyArray<number>
  /** The same with every word that holds a digit left open. */
  readonly shapes: ReadonlyArray<number>
  /** The number that stands for the first line in a note: its gutter's, or 1. */
  readonly base: number
}

export interface Place {
  readonly source: Source
  /** Index of the first line in the source. */
  readonly line: number
}

const linesOf = (text: string): ReadonlyArray<string> => (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n")

export class ShownIndex {
  readonly #ids = new Map<string, number>()
  readonly #windows = new Map<number, Place>()
  readonly #shapeWindows = new Map<number, Place>()
  readonly #sources = new Map<string, Source>()

  /** The line's number, new where the text is. */
  #intern(body: string): number {
    let id = this.#ids.get(body)
    if (id === undefined) {
      id = this.#ids.size + 1
      this.#ids.set(body, id)
    }
    return id
  }

  /** Adds what a block shows, under its name made unique, which is returned. */
  add(name: string, text: string): string {
    let unique = name
    for (let n = 2; this.#sources.has(unique); n++) unique = `${name} (${n})`
    const lines = parseGutter(linesOf(text))
    const ids = lines.map((line) => this.#intern(line.body))
    const shapes = lines.map((line) => this.#intern(shapeOf(line.body)))
    const first = lines[0]?.number
    const base = first !== undefined && lines.every((line, at) => line.number === first + at) ? first : 1
    const source: Source = { name: unique, lines, ids, shapes, base }
    this.#sources.set(unique, source)
    for (let at = 0; at + WINDOW <= ids.length; at++) {
      if (!hasText(lines, at)) continue
      const key = windowKey(ids, at)
      if (!this.#windows.has(key)) this.#windows.set(key, { source, line: at })
      const shape = windowKey(shapes, at)
      if (!this.#shapeWindows.has(shape)) this.#shapeWindows.set(shape, { source, line: at })
    }
    return unique
  }

  /** Numbers of lines that may be looked up; unknown text gets 0, which never matches. */
  lookUp(lines: ReadonlyArray<NumberedLine>): Lookup {
    return {
      ids: lines.map((line) => this.#ids.get(line.body) ?? 0),
      shapes: lines.map((line) => this.#ids.get(shapeOf(line.body)) ?? 0)
    }
  }

  /** The first place that shows the three lines from `at` on, word for word or but for words that hold a digit. */
  find({ ids, shapes }: Lookup, at: number): Place | undefined {
    const exact = this.#windows.get(windowKey(ids, at))
    if (exact !== undefined && agrees(ids, at, exact.source.ids, exact.line)) return exact
    const near = this.#shapeWindows.get(windowKey(shapes, at))
    return near !== undefined && agrees(shapes, at, near.source.shapes, near.line) ? near : undefined
  }

  /** The lines that a note stands for, joined by newlines. */
  recall(text: string): string | undefined {
    const note = parseNote(text)
    const source = note === undefined ? undefined : this.#sources.get(note.name)
    return note === undefined || source === undefined ? undefined : linesOfNote(note, source)
  }
}

/** The lines of a text, as numbers of the index. */
export interface Lookup {
  readonly ids: ReadonlyArray<number>
  readonly shapes: ReadonlyArray<number>
}

/** Words that hold a digit: counts, times, hashes, versions, ids. */
export const OPEN_WORD = /[^\s"'`()[\]{}<>,;=|]*\d[^\s"'`()[\]{}<>,;=|]*/g

const shapeOf = (body: string): string => body.replace(OPEN_WORD, "\u0000")

const agrees = (ids: ReadonlyArray<number>, at: number, others: ReadonlyArray<number>, from: number): boolean => {
  for (let i = 0; i < WINDOW; i++)
    if (ids[at + i] === 0 || ids[at + i] === undefined || ids[at + i] !== others[from + i]) return false
  return true
}

const windowKey = (ids: ReadonlyArray<number>, at: number): number =>
  (Math.imul(ids[at] as number, 73856093) ^
    Math.imul(ids[at + 1] as number, 19349663) ^
    Math.imul(ids[at + 2] as number, 83492791)) >>>
  0

const hasText = (lines: ReadonlyArray<NumberedLine>, at: number): boolean => {
  let text = WINDOW - 1
  for (let i = 0; i < WINDOW; i++) text += (lines[at + i] as NumberedLine).body.length
  return (
    text >= MIN_TEXT &&
    lines
      .slice(at, at + WINDOW)
      .map((line) => line.body)
      .join("\n")
      .trim().length >= MIN_TEXT
  )
}

const linesOfNote = (note: Note, source: Source): string | undefined => {
  const from = note.from - source.base
  const to = note.to - source.base
  if (from < 0 || to >= source.lines.length || to < from) return undefined
  const out: Array<string> = []
  for (let at = from; at <= to; at++) {
    const line = source.lines[at] as NumberedLine
    const changed = note.changes.find((change) => change.line === at + source.base)
    const body = changed === undefined ? line.body : substitute(line.body, changed.words)
    out.push(`${gutterFor(note, line, at - from)}${body}`)
  }
  return out.join("\n")
}

const gutterFor = (note: Note, line: NumberedLine, at: number): string => {
  if (typeof note.gutter === "object") return printGutter(note.gutter.start + at, note.gutter.style)
  return note.gutter === "none" || line.number === undefined || line.style === undefined
    ? ""
    : printGutter(line.number, line.style)
}

/** Words replaced one after another, each searched behind the one before. */
const substitute = (body: string, words: ReadonlyArray<readonly [string, string]>): string => {
  let out = ""
  let rest = body
  for (const [from, to] of words) {
    const at = rest.indexOf(from)
    if (at === -1) return body
    out += rest.slice(0, at) + to
    rest = rest.slice(at + from.length)
  }
  return out + rest
}

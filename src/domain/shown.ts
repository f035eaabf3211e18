/**
 * What a request shows so far: the index in which repeats are found and from which their notes are read back.
 *
 * Built oldest first from the views as printed, so a slot's repeats depend on what stands before it alone. Runs of three lines are
 * looked up by the interned numbers of their lines; the first place wins.
 */
import { type NumberedLine, parseGutter, printGutter } from "./gutter.ts"
import { lineStarts } from "./lines.ts"
import { type Note, parseNote } from "./repeat.ts"
import type { Before } from "./view.ts"

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

/** The name of the output itself in its own notes. */
export const HERE = "this output"

const baseOf = (lines: ReadonlyArray<NumberedLine>): number => {
  const first = lines[0]?.number
  return first !== undefined && lines.every((line, at) => line.number === first + at) ? first : 1
}

/** Whether the lines are too short on average for any window to have text enough; looked at in long texts alone. */
export const isTooFine = (text: string): boolean => {
  if (text.length < LONG) return false
  let lines = 0
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++
  return lines * WINDOW * 2 > text.length
}

/** UTF-16 units from which on a text's lines are counted first. */
const LONG = 20_000

const linesOf = (text: string): ReadonlyArray<string> => (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n")

export class ShownIndex {
  readonly #ids = new Map<string, number>()
  readonly #windows = new Windows()
  readonly #sources = new Map<string, Source>()
  /** The output that `here` read last: its notes are recalled next. */
  #recalled: { readonly text: string; readonly source: Source; readonly starts: ReadonlyArray<number> } | undefined

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
    const lines = isTooFine(text) ? [] : expanded(parseGutter(linesOf(text)))
    const ids = lines.map((line) => this.#intern(line.body))
    const shapes = lines.map((line) => this.#intern(shapeOf(line.body)))
    const source: Source = { name: unique, lines, ids, shapes, base: baseOf(lines) }
    this.#sources.set(unique, source)
    for (let at = 0; at + WINDOW <= ids.length; at++) this.#windows.add(source, at)
    return unique
  }

  /** A text as a source of itself: lines that no block has shown get numbers below zero. */
  here(text: string): Source {
    const lines = parseGutter(linesOf(text))
    const own = new Map<string, number>()
    const idOf = (body: string): number => {
      const known = this.#ids.get(body) ?? own.get(body)
      if (known !== undefined) return known
      own.set(body, -own.size - 1)
      return -own.size
    }
    const ids = lines.map((line) => idOf(line.body))
    const shapes = lines.map((line) => idOf(shapeOf(line.body)))
    const source = { name: HERE, lines, ids, shapes, base: baseOf(lines) }
    this.#recalled = { text, source, starts: lineStarts(text) }
    return source
  }

  /** Places that show the three lines from `at` on. */
  find(source: Source, at: number, likeness: Likeness): ReadonlyArray<Place> {
    return this.#windows.find(source, at, likeness)
  }

  /** The lines that a note stands for, joined by newlines; `before` is what its own output shows up to it. */
  recall(text: string, before: Before): string | undefined {
    const note = parseNote(text)
    const name = note?.name ?? before.source
    if (note === undefined || name === undefined) return undefined
    if (name !== HERE) {
      const source = this.#sources.get(name)
      return source === undefined ? undefined : linesOfNote(note, source)
    }
    if (this.#recalled?.text !== before.text) this.here(before.text)
    if (this.#recalled === undefined) return undefined
    const { source, starts } = this.#recalled
    const behind = starts[note.to - source.base + 1] ?? before.text.length
    return behind > before.end ? undefined : linesOfNote(note, source)
  }
}

/** Places of windows of three lines: the first, which stays, and the last, which is often the longer run. */
export class Windows {
  readonly #first: Readonly<Record<Likeness, Map<number, Place>>> = { same: new Map(), shape: new Map() }
  readonly #last: Readonly<Record<Likeness, Map<number, Place>>> = { same: new Map(), shape: new Map() }

  /** Adds the window that begins at the line. */
  add(source: Source, line: number): void {
    if (!hasText(source, line)) return
    const place = { source, line }
    for (const likeness of LIKENESSES) {
      const key = windowKey(idsFor(source, likeness), line)
      if (this.#first[likeness].has(key)) this.#last[likeness].set(key, place)
      else this.#first[likeness].set(key, place)
    }
  }

  /** Places of the three lines from `at` on, the first one first. */
  find(source: Source, at: number, likeness: Likeness): ReadonlyArray<Place> {
    const ids = idsFor(source, likeness)
    if (at + WINDOW > ids.length) return []
    const key = windowKey(ids, at)
    return [this.#first[likeness].get(key), this.#last[likeness].get(key)].filter(
      (place): place is Place => place !== undefined && agrees(ids, at, idsFor(place.source, likeness), place.line)
    )
  }
}

const agrees = (ids: ReadonlyArray<number>, at: number, others: ReadonlyArray<number>, line: number): boolean => {
  for (let i = 0; i < WINDOW; i++) if (ids[at + i] !== others[line + i]) return false
  return true
}

/** same: word for word. shape: but for words that hold a digit. */
export type Likeness = "same" | "shape"
const LIKENESSES: ReadonlyArray<Likeness> = ["same", "shape"]

const idsFor = (source: Source, likeness: Likeness): ReadonlyArray<number> =>
  likeness === "same" ? source.ids : source.shapes

/** The notes of an output on itself, by line. */
const ownNotes = (lines: ReadonlyArray<NumberedLine>): ReadonlyMap<number, Note> => {
  const own = new Map<number, Note>()
  if (!lines.some((line) => line.body.startsWith("[") && line.body.includes(` in ${HERE} above`))) return own
  let name: string | undefined
  for (const [at, { body }] of lines.entries()) {
    const note = body.startsWith("[") ? parseNote(body) : undefined
    name = note?.name ?? name
    if (note !== undefined && name === HERE) own.set(at, note)
  }
  return own
}

/** Lines with an output's notes on itself replaced by what they stand for: the lines stand in that very output. */
const expanded = (lines: ReadonlyArray<NumberedLine>): ReadonlyArray<NumberedLine> => {
  const own = ownNotes(lines)
  if (own.size === 0) return lines
  const base = baseOfNoted(lines, own)
  const out: Array<NumberedLine> = []
  for (const [index, line] of lines.entries()) {
    const note = own.get(index)
    const from = note === undefined ? 0 : note.from - base
    const named = note === undefined ? [] : out.slice(from, note.to - base + 1)
    if (note === undefined || from < 0 || named.length !== note.to - note.from + 1) out.push(line)
    else
      for (const [at, { body, number, style }] of named.entries()) {
        const text = changed(note, note.from + at, body)
        if (typeof note.gutter === "object")
          out.push({ body: text, number: note.gutter.start + at, style: note.gutter.style })
        else if (note.gutter === "none") out.push({ body: text, number: undefined, style: undefined })
        else out.push({ body: text, number, style })
      }
  }
  return out
}

/** What `baseOf` will say of the lines once their notes are expanded. */
const baseOfNoted = (lines: ReadonlyArray<NumberedLine>, own: ReadonlyMap<number, Note>): number => {
  const first = lines[0]?.number
  let expected = first
  for (const [at, line] of lines.entries()) {
    const note = own.get(at)
    const number = note === undefined ? line.number : typeof note.gutter === "object" ? note.gutter.start : undefined
    if (expected === undefined || number !== expected) return 1
    expected += note === undefined ? 1 : note.to - note.from + 1
  }
  return first ?? 1
}

/** What stands between words. */
const BETWEEN = new Set(Array.from(" \t\r\n\v\f\"'`()[]{}<>,;=|", (character) => character.charCodeAt(0)))
const IS_BETWEEN = Uint8Array.from({ length: 128 }, (_, code) => (BETWEEN.has(code) ? 1 : 0))

/** Calls back with the span of each word that holds a digit. */
const eachOpenWord = (body: string, use: (from: number, to: number) => void): void => {
  let from = 0
  let isOpen = false
  for (let at = 0; at <= body.length; at++) {
    const code = at < body.length ? body.charCodeAt(at) : 32
    if (code < 128 && IS_BETWEEN[code] === 1) {
      if (isOpen) use(from, at)
      from = at + 1
      isOpen = false
    } else if (code >= 48 && code <= 57) isOpen = true
  }
}

/** Words that hold a digit: counts, times, hashes, versions, ids. */
export const openWords = (body: string): ReadonlyArray<string> => {
  const words: Array<string> = []
  eachOpenWord(body, (from, to) => words.push(body.slice(from, to)))
  return words
}

const shapeOf = (body: string): string => {
  let out = ""
  let rest = 0
  eachOpenWord(body, (from, to) => {
    out += `${body.slice(rest, from)}\u0000`
    rest = to
  })
  return rest === 0 ? body : out + body.slice(rest)
}

const windowKey = (ids: ReadonlyArray<number>, at: number): number =>
  (Math.imul(ids[at] as number, 73856093) ^
    Math.imul(ids[at + 1] as number, 19349663) ^
    Math.imul(ids[at + 2] as number, 83492791)) >>>
  0

const hasText = ({ lines }: Source, at: number): boolean => {
  let text = 0
  for (let i = 0; i < WINDOW && text < MIN_TEXT; i++) text += (lines[at + i] as NumberedLine).body.trim().length
  return text >= MIN_TEXT
}

const linesOfNote = (note: Note, source: Source): string | undefined => {
  const from = note.from - source.base
  const to = note.to - source.base
  if (from < 0 || to >= source.lines.length || to < from) return undefined
  const out: Array<string> = []
  for (let at = from; at <= to; at++) {
    const line = source.lines[at] as NumberedLine
    out.push(`${gutterFor(note, line, at - from)}${changed(note, at + source.base, line.body)}`)
  }
  return out.join("\n")
}

/** The line with the words that the note changes in it. */
const changed = (note: Note, line: number, body: string): string => {
  const change = note.changes.find((candidate) => candidate.line === line)
  return change === undefined ? body : substitute(body, change.words)
}

const gutterFor = (note: Note, line: NumberedLine, at: number): string => {
  if (typeof note.gutter === "object") return printGutter(note.gutter.start + at, note.gutter.style)
  return note.gutter === "none" || line.number === undefined || line.style === undefined
    ? ""
    : printGutter(line.number, line.style)
}

/** Words replaced one after another, each searched behind the one before. */
export const substitute = (body: string, words: ReadonlyArray<readonly [string, string]>): string => {
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

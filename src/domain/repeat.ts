/**
 * The note that stands for lines which the same request already shows, printed and parsed in one place.
 *
 *     [lines 12-80 as in Read src/a.ts above: "import * as" … "export const x"]
 *
 * The name and the range alone find the lines; the words quoted are there for the reader. Ranges are the source's own numbers where it
 * is numbered throughout, else its lines counted from 1. "as there" goes on in the source of the note before. "here" gives the lines the gutter that the quotes begin with; "text of lines"
 * drops the source's.
 */
import { gutterAt, type GutterStyle, printGutter, withBlank } from "./gutter.ts"
import { parsePart, partNotesIn } from "./part-note.ts"

export interface Note {
  /** The source's name, or undefined: that of the note before. */
  readonly name: string | undefined
  readonly from: number
  readonly to: number
  /** same: the lines with the gutter they have there, if any. none: their text alone. A style: numbered anew from `start`. */
  readonly gutter: "same" | "none" | { readonly start: number; readonly style: GutterStyle }
  readonly first: string
  readonly last: string
  /** Lines that differ from their source in some words. */
  readonly changes: ReadonlyArray<Change>
}

export interface Change {
  readonly line: number
  readonly words: ReadonlyArray<readonly [string, string]>
}

/** The name of the output itself in its own notes. */
export const HERE = "this output"

/** Long enough to be found by eye, short enough to pay. */
const QUOTE = 14

const quote = (body: string): string => {
  const text = body.trim().replace(/["\u201c\u201d\r]/g, "'")
  if (text.length <= QUOTE) return text
  const cut = text.slice(0, QUOTE)
  const blank = cut.lastIndexOf(" ")
  return (blank > QUOTE / 2 ? cut.slice(0, blank) : cut).replace(/[\ud800-\udbff]$/, "")
}

const NOTE =
  /^\[(text of )?lines (\d+)-(\d+)(?: as)?(?: in ([^"[\]\n]+?) above| there)(, here)?(?:, but ([^\n]*?))?: "([^"\n]*)" … "([^"\n]*)"\]$/

/** The words of one line that differ from its source. */
export const printChange = ({ line, words }: Change): string =>
  `${line}: ${words.map(([from, to]) => `${from} → ${to}`).join(", ")}`

export const printNote = (note: Note): string => {
  const numbered = typeof note.gutter === "object"
  const size = note.to - note.from
  const gutter = (line: number): string =>
    typeof note.gutter === "object" ? printGutter(note.gutter.start + line, note.gutter.style) : ""
  const lines = `lines ${note.from}-${note.to}`
  const head = note.gutter === "none" ? `text of ${lines}` : `${lines} as`
  const place = note.name === undefined ? "there" : `in ${note.name} above`
  const changes = note.changes.length === 0 ? "" : `, but ${note.changes.map(printChange).join("; ")}`
  const first = `"${gutter(0)}${quote(note.first)}"`
  const last = `"${numbered ? gutter(size) : ""}${quote(note.last)}"`
  return `[${head} ${place}${numbered ? ", here" : ""}${changes}: ${first} … ${last}]`
}

const parseChanges = (text: string | undefined): ReadonlyArray<Change> =>
  text === undefined
    ? []
    : text.split("; ").map((part) => {
        const colon = part.indexOf(": ")
        const words = part
          .slice(colon + 2)
          .split(", ")
          .map((pair) => {
            const [from = "", to = ""] = pair.split(" → ")
            return [from, to] as const
          })
        return { line: Number(part.slice(0, colon)), words }
      })

export const parseNote = (text: string): Note | undefined => {
  const match = NOTE.exec(text)
  if (match === null) return undefined
  const [, bare, from, to, name, here, changes, first, last] = match
  const gutter = here === undefined ? "same" : parseGutterOf(first as string)
  if (gutter === undefined) return undefined
  return {
    name,
    from: Number(from),
    to: Number(to),
    gutter: bare === undefined ? gutter : "none",
    first: first as string,
    last: last as string,
    changes: parseChanges(changes)
  }
}

/** The gutter of one quoted line, read as if the run went on. */
const parseGutterOf = (line: string): { readonly start: number; readonly style: GutterStyle } | undefined => {
  const gutter = gutterAt(line, 0)
  if (gutter === undefined) return undefined
  const { number, style, size } = gutter
  return { start: number, style: line.charAt(size) === " " ? withBlank(style) : style }
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

/** Puts the words that the note changes into a line of its source, which is told by its number there. */
export const rewording = ({ changes }: Note): ((line: number, body: string) => string) => {
  const words = new Map(changes.map((change) => [change.line, change.words]))
  return (line, body) => substitute(body, words.get(line) ?? [])
}

/** The source that a note on lines or on a part of one names, where `before` is the one of the note before it. */
export const sourceNameOf = (note: string, before: string | undefined): string | undefined =>
  (parsePart(note) ?? parseNote(note))?.name ?? before

/** The notes that a text holds, in their order: on lines of their own, or inside lines where they stand for a part of one. */
export const notesIn = (text: string): ReadonlyArray<string> =>
  text.includes(" above")
    ? text.split("\n").flatMap((line) => (line.startsWith("[") && NOTE.test(line) ? [line] : partNotesIn(line)))
    : []

export const holdsNote = (text: string): boolean => notesIn(text).length > 0

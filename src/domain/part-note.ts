/**
 * The note that stands inside a line for words which an earlier line shows, printed, parsed and looked up in one place: passages of
 * documents are cut elsewhere each time they are found, so that a line comes back in part.
 *
 *     It was closed. [part of line 3 in Search above: "The quay of" … "of its guild."] In spring …
 *
 * The number alone finds the line, as in other notes; in it the part begins where the first quote stands first and ends where the last one
 * does from there on. "there" goes on in the source of the note before.
 */

export interface PartNote {
  /** The source's name, or undefined: that of the note before. */
  readonly name: string | undefined
  readonly line: number
  readonly first: string
  readonly last: string
}

const PART = /\[part of line (\d+)(?: in ([^"[\]\n]+?) above| there): "([^"\n]*)" … "([^"\n]*)"\]/
const ONE_PART = new RegExp(`^${PART.source}$`)

export const printPart = ({ name, line, first, last }: PartNote): string =>
  `[part of line ${line}${name === undefined ? " there" : ` in ${name} above`}: "${first}" … "${last}"]`

export const parsePart = (text: string): PartNote | undefined => {
  if (!text.startsWith("[part ")) return undefined
  const [, line, name, first = "", last = ""] = ONE_PART.exec(text) ?? []
  return line === undefined ? undefined : { name, line: Number(line), first, last }
}

const EACH_PART = new RegExp(PART.source, "g")

/** The notes of this grammar that a line holds. */
export const partNotesIn = (line: string): ReadonlyArray<string> =>
  line.includes("[part of line ") ? (line.match(EACH_PART) ?? []) : []

/** A line as it is quoted: of the same length, without what ends a quote. */
const quotable = (body: string): string => body.replace(/["\u201c\u201d\r\n]/g, "'")

/** Where the part stands in its line. */
export const partIn = (body: string, { first, last }: PartNote): readonly [from: number, to: number] | undefined => {
  const line = quotable(body)
  const from = line.indexOf(first)
  const end = from === -1 ? -1 : line.indexOf(last, from)
  return end === -1 ? undefined : [from, end + last.length]
}

/** Long enough to be found by eye, and longer where the same words stand in the line before. */
const QUOTES = [18, 28, 44]

/** The first words of a text, in about so many units. */
const head = (text: string, size: number): string => {
  const blank = text.slice(0, size + 1).lastIndexOf(" ")
  return (blank > size / 2 ? text.slice(0, blank) : text.slice(0, size)).replace(/[\ud800-\udbff]$/, "")
}

/** The last words. */
const tail = (text: string, size: number): string => {
  const blank = text.slice(-size - 1).indexOf(" ")
  const cut = blank !== -1 && blank < size / 2 ? text.slice(-size - 1).slice(blank + 1) : text.slice(-size)
  return cut.replace(/^[\udc00-\udfff]/, "")
}

/** The note on a part of a line; undefined where its ends cannot be told by a few words. */
export const partNote = (
  body: string,
  [from, to]: readonly [from: number, to: number],
  name: string | undefined,
  line: number
): PartNote | undefined => {
  const part = quotable(body.slice(from, to))
  for (const size of QUOTES) {
    const note = { name, line, first: head(part, size), last: tail(part, size) }
    const found = partIn(body, note)
    if (found?.[0] === from && found[1] === to) return note
  }
  return undefined
}

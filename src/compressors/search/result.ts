/**
 * A search result line by line: matches, context, separators and what is none of them, each with its place; the
 * three forms (path on each line, path as a heading, JSON events) differ only in where the path stands.
 */
import { lineStarts } from "../../domain/lines.ts"
import { contextEnd, numberEnd, type Place, placeAt } from "./coordinate.ts"
import { eventAt, isEvent } from "./events.ts"

export type Form = "paths" | "headings" | "events"

export interface Line {
  readonly kind: "match" | "context" | "separator" | "other"
  readonly start: number
  readonly end: number
  /** Where the text of the match begins, behind its place. */
  readonly body: number
  /** The path, or "" where none is known. */
  readonly path: string
  /** The line number as the source writes it, or "". */
  readonly number: string
}

export interface Result {
  readonly form: Form
  readonly lines: ReadonlyArray<Line>
}

const COLON = 58
const DASH = 45
/** Hours, minutes and seconds behind a path are text of the file, not line and column. */
const CLOCK = /^\d\d?:\d\d:\d\d(?!\d)/

/** Whether a line starts with a number that a separator ends and that is no time of day. */
const rowEnd = (text: string, at: number): number => {
  const end = numberEnd(text, at, COLON)
  return end !== -1 && CLOCK.test(text.slice(at, at + 9)) ? -1 : end
}

const isSeparator = (text: string, start: number, end: number): boolean =>
  text.startsWith("--", start) && (end - start === 2 || text[start + 2] === "\n" || text.startsWith("\r\n", start + 2))

const other = (start: number, end: number): Line => ({ kind: "other", start, end, body: start, path: "", number: "" })

const pathLine = (
  text: string,
  start: number,
  end: number,
  place: Place | undefined,
  isPath: (path: string) => boolean,
  before: string
): Line => {
  if (isSeparator(text, start, end)) return { kind: "separator", start, end, body: start, path: "", number: "" }
  const context = contextEnd(text, start, place?.end ?? end, isPath)
  if (context !== -1) {
    const number = text.slice(context + 1, numberEnd(text, context + 1, DASH))
    return { kind: "context", start, end, body: start, path: text.slice(start, context), number }
  }
  if (place !== undefined) {
    const numberTo = place.numbered ? rowEnd(text, place.end + 1) : -1
    const body = numberTo === -1 ? place.end + 1 : numberTo + 1
    const number = numberTo === -1 ? "" : text.slice(place.end + 1, numberTo)
    return { kind: "match", start, end, body, path: text.slice(start, place.end), number }
  }
  if (before !== "" && text.startsWith(before, start) && text.charCodeAt(start + before.length) === DASH)
    return { kind: "context", start, end, body: start, path: before, number: "" }
  return other(start, end)
}

const headedLine = (text: string, start: number, end: number, path: string): Line => {
  // a blank line parts the files
  const parts = end - start === 1 || text.startsWith("\r\n", start) || isSeparator(text, start, end)
  if (parts) return { kind: "separator", start, end, body: start, path, number: "" }
  const match = rowEnd(text, start)
  if (match !== -1) return { kind: "match", start, end, body: match + 1, path, number: text.slice(start, match) }
  const context = numberEnd(text, start, DASH)
  if (context !== -1) return { kind: "context", start, end, body: start, path, number: text.slice(start, context) }
  return other(start, end)
}

const eventLine = (text: string, start: number, end: number): Line => {
  const event = eventAt(text, start, end)
  const kind =
    event?.type === "match" ? "match" : event?.type === "context" || event?.type === "end" ? "context" : "other"
  return { kind, start, end, body: start, path: event?.path ?? "", number: event?.line ?? "" }
}

/** The form that most lines have, or undefined where no line has any. */
const formOf = (
  text: string,
  starts: ReadonlyArray<number>,
  places: ReadonlyArray<Place | undefined>
): Form | undefined => {
  let named = 0
  let rows = 0
  let events = 0
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number
    if (rowEnd(text, start) !== -1) rows++
    else if (isEvent(text, start)) events++
    else if (places[i] !== undefined) named++
  }
  if (events > rows && events > named) return "events"
  if (rows === 0 && named === 0) return undefined
  return rows > named ? "headings" : "paths"
}

/** Takes a text apart; undefined where nothing in it is a match. A last line without a newline is `other`, so that it stays as it is. */
export const parseResult = (text: string): Result | undefined => {
  const starts = lineStarts(text)
  const places = starts.map((start, i) => placeAt(text, start, starts[i + 1] ?? text.length))
  const form = formOf(text, starts, places)
  if (form === undefined) return undefined
  const paths = new Set<string>()
  if (form === "paths")
    for (let i = 0; i < starts.length; i++) if (places[i]?.numbered) paths.add(text.slice(starts[i], places[i]?.end))
  const isPath = (path: string): boolean => paths.has(path)
  const lines: Array<Line> = []
  let path = ""
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number
    const end = starts[i + 1] ?? text.length
    const open = text[end - 1] !== "\n"
    const line: Line = open
      ? other(start, end)
      : form === "paths"
        ? pathLine(text, start, end, places[i], isPath, path)
        : form === "headings"
          ? headedLine(text, start, end, path)
          : eventLine(text, start, end)
    if (form === "paths") path = line.kind === "other" ? "" : line.path || path
    else if (form === "headings" && line.kind === "other") path = text.slice(start, end).replace(/\r?\n$/, "")
    const before = lines[lines.length - 1]
    if (line.kind === "other" && before?.kind === "other") lines[lines.length - 1] = other(before.start, end)
    else lines.push(line)
  }
  return { form, lines }
}

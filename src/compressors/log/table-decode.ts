/** Reads a log table back into the log, from the table's text alone. */
import { recently } from "../../domain/recent.ts"
import { isValueCode, OPENING, OPENING_TIMELESS } from "./table-form.ts"

/** A template's constant parts with the number of the value after each, -1 after the last. */
type Template = ReadonlyArray<readonly [string, number]>

const readTemplate = (source: string): Template => {
  const parts: Array<readonly [string, number]> = []
  let at = 0
  for (const match of source.matchAll(/<(\d+)>/g)) {
    parts.push([source.slice(at, match.index), Number(match[1])])
    at = match.index + match[0].length
  }
  parts.push([source.slice(at), -1])
  return parts
}

/** The log that a table prints, or undefined where the text is none. */
export const decodeLogTable = recently((table: string): string | undefined => {
  const ends = table.endsWith("\n")
  const lines = (ends ? table.slice(0, -1) : table).split("\n")
  const timed = lines[0] === OPENING
  if (!timed && lines[0] !== OPENING_TIMELESS) return undefined
  const templates = new Map<string, Template>()
  const values = new Map<string, string>()
  let row = 1
  for (; row < lines.length; row++) {
    const match = /^([a-z]{1,2}|[A-Z]{1,2}) (.*)$/.exec(lines[row] as string)
    if (match === null) break
    const name = match[1] as string
    // rows without times look like templates: theirs are named once
    if (templates.has(name) || values.has(name)) break
    if (isValueCode(name)) values.set(name, match[2] as string)
    else templates.set(name, readTemplate(match[2] as string))
  }
  const out: Array<string> = []
  let head = ""
  for (; row < lines.length; row++) {
    const line = lines[row] as string
    if (line.startsWith("!!")) out.push(line.slice(2), "\n")
    else if (timed && line.startsWith("@ ")) head = line.slice(2)
    else if (readRow(line, timed, head, templates, values, out)) out.push("\n")
    else return undefined
  }
  if (!ends) out.pop()
  return out.join("")
})

/** Whether a row begins with neither a template's letter nor the mark of plain text. */
const beginsWithTime = (row: string): boolean => {
  const unit = row.charCodeAt(0)
  return row !== "" && unit !== 33 && !(unit >= 97 && unit <= 122)
}

/** Adds the parts of a row's line; false where the row has no template or too few values. */
const readRow = (
  line: string,
  timed: boolean,
  head: string,
  templates: ReadonlyMap<string, Template>,
  values: ReadonlyMap<string, string>,
  out: Array<string>
): boolean => {
  let start = 0
  let time = head
  if (timed && beginsWithTime(line)) {
    const blank = line.indexOf(" ")
    if (blank === -1) return false
    time = head + line.slice(0, blank)
    start = blank + 1
  }
  if (line.startsWith("!", start)) {
    out.push(time, line.slice(start + 1))
    return true
  }
  const first = cellEnd(line, start)
  const template = templates.get(line.slice(start, first))
  if (template === undefined) return false
  // the cell that begins at `from`, counted from the template's letter
  let cell = 1
  let from = first + 1
  for (const [constant, number] of template) {
    out.push(constant)
    if (number === 0) out.push(time)
    if (number <= 0) continue
    if (number < cell) {
      cell = 1
      from = first + 1
    }
    for (; cell < number; cell++) from = cellEnd(line, from) + 1
    if (from > line.length) return false
    const value = valueOf(line.slice(from, cellEnd(line, from)), values)
    if (value === undefined) return false
    out.push(value)
  }
  return true
}

const cellEnd = (line: string, from: number): number => {
  const end = from > line.length ? -1 : line.indexOf(" ", from)
  return end === -1 ? Math.max(from, line.length) : end
}

const valueOf = (cell: string, values: ReadonlyMap<string, string>): string | undefined =>
  isValueCode(cell) ? values.get(cell) : cell.startsWith("\\") ? cell.slice(1) : cell

/** Reads a log table back into the log, from the table's text alone. */
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
export const decodeLogTable = (table: string): string | undefined => {
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
    if (line.startsWith("!!")) out.push(line.slice(2))
    else if (timed && line.startsWith("@ ")) head = line.slice(2)
    else {
      const read = readRow(line, timed, head, templates, values)
      if (read === undefined) return undefined
      out.push(read)
    }
  }
  return out.join("\n") + (ends ? "\n" : "")
}

const readRow = (
  line: string,
  timed: boolean,
  head: string,
  templates: ReadonlyMap<string, Template>,
  values: ReadonlyMap<string, string>
): string | undefined => {
  let rest = line
  let time = head
  if (timed && /^[^a-z!]/.test(line)) {
    const blank = line.indexOf(" ")
    if (blank === -1) return undefined
    time = head + line.slice(0, blank)
    rest = line.slice(blank + 1)
  }
  if (rest.startsWith("!")) return time + rest.slice(1)
  const cells = rest.split(" ")
  const template = templates.get(cells[0] as string)
  if (template === undefined) return undefined
  let text = ""
  for (const [constant, number] of template) {
    text += constant
    if (number === 0) text += time
    else if (number > 0) {
      const cell = cells[number]
      if (cell === undefined) return undefined
      const value = isValueCode(cell) ? values.get(cell) : cell.startsWith("\\") ? cell.slice(1) : cell
      if (value === undefined) return undefined
      text += value
    }
  }
  return text
}

/**
 * A table in the notation that JSON's tables have, under a first line that names its layout, because the texts and prefixes that cells
 * share are worth as much here, and one writer and one reader are enough.
 *
 *     # CSV; k:v: v where empty        the layout, and what the notation makes use of
 *     id,state:"open",title            a header; then a line for each row
 *     7,,Fix the quay
 */
import { recently } from "../../domain/recent.ts"
import { type Document, identify } from "../json/identity.ts"
import { readTable } from "../json/read.ts"
import { childrenOf, type Json, keyOf, lexemesOf, OBJECT, scan, STRING, type Value } from "../json/scan.ts"
import { writeTable } from "../json/write.ts"
import { delimitedLayout } from "./delimited.ts"
import { drawnLayout } from "./drawn-layout.ts"
import { type Layout, printGrid, type Row } from "./grid.ts"

const layoutOf = (form: string): Layout | undefined => delimitedLayout(form) ?? drawnLayout(form)

const LINES = "# JSON lines as a table"
const LITERAL = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

/** What JSON escapes, and what begins like a number, true, false or null. */
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/
const MAYBE_LITERAL = /^[-\dtfn]/

const textJson = (text: string): string => (ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`)

const cellJson = (cell: string): string => (MAYBE_LITERAL.test(cell) && LITERAL.test(cell) ? cell : textJson(cell))

/** The column of lines that are no rows. */
const WHOLE = '"(line)"'

const rowJson = (row: Row, keys: ReadonlyArray<string> | undefined, isFirst: boolean): string => {
  if (typeof row === "string") return keys === undefined ? textJson(row) : `{${WHOLE}:${textJson(row)}}`
  if (keys === undefined) return `[${row.map(cellJson).join(",")}]`
  const members: Array<string> = []
  // The first row has every key, so that the header is known from it.
  for (let at = 0; at < keys.length; at++) {
    const cell = row[at] as string
    if (cell !== "" || isFirst) members.push(`${keys[at]}:${cellJson(cell)}`)
  }
  return `{${members.join(",")}}`
}

/** The rows as JSON, one value a line, numbered for the choice among them. */
export const documentOf = (
  header: ReadonlyArray<string> | undefined,
  rows: ReadonlyArray<Row>,
  wholeWords: boolean
): Document | undefined => {
  const keys = header?.map((name) => JSON.stringify(name))
  let isFirst = true
  const lines = rows.map((row) => {
    const line = rowJson(row, keys, isFirst)
    if (typeof row !== "string") isFirst = false
    return line
  })
  const json = scan(lines.join("\n"))
  return json === undefined ? undefined : identify(json, wholeWords)
}

/** The document under the name of its layout; `gaps` as the table writer takes them. */
export const writeNotation = (
  form: string,
  document: Document,
  gaps?: ReadonlyMap<number, number>
): string | undefined => {
  const table = writeTable(document, gaps)
  return table?.startsWith(LINES) === true ? `# ${form}${table.slice(LINES.length)}\n` : undefined
}

const textOf = (lexemes: string): string =>
  lexemes.includes("\\") ? (JSON.parse(lexemes) as string) : lexemes.slice(1, -1)

const cellOf = (json: Json, value: Value): string => {
  const lexemes = lexemesOf(json, value)
  return json.kind[value] === STRING ? textOf(lexemes) : lexemes
}

/** The text that a table stands for. */
export const readNotation = recently((shown: string): string | undefined => {
  if (!shown.startsWith("# ") || !shown.endsWith("\n")) return undefined
  const line = shown.slice(2, shown.indexOf("\n"))
  // A layout may hold a semicolon itself.
  for (let at = line.length; at > 0; at = line.lastIndexOf("; ", at - 1)) {
    const layout = layoutOf(line.slice(0, at))
    if (layout !== undefined) return readUnder(layout, `${LINES}${shown.slice(2 + at, -1)}`)
  }
  return undefined
})

const readUnder = (layout: Layout, table: string): string | undefined => {
  const lines = readTable(table)
  const json = lines === undefined ? undefined : scan(lines)
  if (json === undefined) return undefined
  let keys: ReadonlyArray<string> | undefined
  const rows: Array<Row> = []
  for (const root of json.roots) {
    const kind = json.kind[root] as number
    if (kind === STRING) rows.push(cellOf(json, root))
    else if (kind !== OBJECT) rows.push(childrenOf(json, root).map((value) => cellOf(json, value)))
    else {
      const values = childrenOf(json, root)
      if (values.length === 1 && keyOf(json, values[0] as Value) === WHOLE) {
        rows.push(cellOf(json, values[0] as Value))
        continue
      }
      keys ??= values.map((value) => keyOf(json, value))
      const cells: Array<string> = []
      // Members stand in the header's order; a key that is left out is an empty cell.
      for (const value of values) {
        const key = keyOf(json, value)
        while (cells.length < keys.length && keys[cells.length] !== key) cells.push("")
        if (cells.length === keys.length) return undefined
        cells.push(cellOf(json, value))
      }
      while (cells.length < keys.length) cells.push("")
      rows.push(cells)
    }
  }
  return printGrid(layout, keys?.map(textOf), rows)
}

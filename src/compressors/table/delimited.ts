/** Tables whose cells a character parts: CSV, TSV and the like, quoted cells and line breaks within them included. */
import { type Grid, isHeader, type Layout, type Row } from "./grid.ts"

const NAMES: Readonly<Record<string, string>> = { ",": "CSV", "\t": "TSV", ";": "CSV by ;", "|": "CSV by |" }
const DELIMITERS: ReadonlyArray<string> = Object.keys(NAMES)

/** When a cell stands in quotation marks. */
const QUOTING = ["", ", all quoted", ", text quoted", ", as it stands"] as const
type Quoting = (typeof QUOTING)[number]

const FORM = /^(CSV by ;|CSV by \||CSV|TSV)(, all quoted|, text quoted|, as it stands)?(, bare header)?(, CRLF)?$/

const MIN_CELLS = 2
const MIN_ROWS = 3
/** Of all rows so many may have another number of cells. */
const MAX_RAGGED = 0.2
/** Rows that the number of cells is judged by. */
const JUDGED = 40
const MAX_CELLS = 200

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
const isNumber = (cell: string): boolean => /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(cell)

const cellPrinter = (delimiter: string, quoting: Quoting): ((cell: string) => string) => {
  if (quoting === ", as it stands") return (cell) => cell
  if (quoting === ", all quoted") return quoted
  const mark = new RegExp(`["\\r\\n${delimiter}]`)
  const isQuoted = (cell: string): boolean => mark.test(cell) || (quoting === ", text quoted" && !isNumber(cell))
  return (cell) => (isQuoted(cell) ? quoted(cell) : cell)
}

export const delimitedLayout = (form: string): Layout | undefined => {
  const match = FORM.exec(form)
  if (match === null) return undefined
  const delimiter = DELIMITERS.find((one) => NAMES[one] === match[1]) as string
  const quoting = (match[2] ?? "") as Quoting
  const lineEnd = match[4] === undefined ? "\n" : "\r\n"
  const printCell = cellPrinter(delimiter, quoting)
  const row = (cells: ReadonlyArray<string>): string => cells.map(printCell).join(delimiter) + lineEnd
  const head = match[3] === undefined ? row : (cells: ReadonlyArray<string>) => `${cells.join(delimiter)}${lineEnd}`
  return { head, row, tail: "", lineEnd }
}

interface Entry {
  readonly cells: ReadonlyArray<string>
  /** Whether no cell holds a quotation mark or a carriage return: where few cells are quoted each is printed as it stands. */
  readonly isPlain: boolean
}

/** The record from `at`, its cells as they stand, and where the next begins; undefined where a quotation mark stays open. */
const recordAt = (text: string, at: number, delimiter: number): (Entry & { readonly next: number }) | undefined => {
  const cells: Array<string> = []
  let isPlain = true
  let from = at
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 34 || code === 13) isPlain &&= code === 13 && text.charCodeAt(i + 1) === 10
    if (code === 34 && i === from) {
      for (;;) {
        const close = text.indexOf('"', i + 1)
        if (close === -1) return undefined
        i = close
        if (text.charCodeAt(i + 1) !== 34) break
        i++
      }
    } else if (code === delimiter) {
      cells.push(text.slice(from, i))
      from = i + 1
      if (cells.length > MAX_CELLS) return undefined
    } else if (code === 10) {
      cells.push(text.slice(from, text.charCodeAt(i - 1) === 13 && i > from ? i - 1 : i))
      return { cells, isPlain, next: i + 1 }
    }
  }
  return undefined
}

const bare = (cell: string): string =>
  cell.length >= 2 && cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell

interface Records {
  readonly rows: ReadonlyArray<Entry>
  readonly starts: ReadonlyArray<number>
}

const recordsOf = (text: string, delimiter: string, most = Number.POSITIVE_INFINITY): Records => {
  const code = delimiter.charCodeAt(0)
  const rows: Array<Entry> = []
  const starts = [0]
  for (let at = 0; at < text.length && rows.length < most; ) {
    const record = recordAt(text, at, code)
    if (record === undefined) break
    rows.push(record)
    at = record.next
    starts.push(at)
  }
  return { rows, starts }
}

/** The delimiter by which the first rows agree on a number of cells, and that number. */
const judge = (text: string): readonly [delimiter: string, cells: number] | undefined => {
  let best: readonly [string, number] | undefined
  let bestScore = 0
  for (const delimiter of DELIMITERS) {
    const { rows } = recordsOf(text, delimiter, JUDGED)
    const cells = rows[0]?.cells.length ?? 0
    if (rows.length < MIN_ROWS || cells < MIN_CELLS) continue
    const agreeing = rows.filter((row) => row.cells.length === cells).length
    if (agreeing < rows.length * (1 - MAX_RAGGED)) continue
    const score = (agreeing / rows.length) * Math.min(cells, 6)
    if (score > bestScore) {
      best = [delimiter, cells]
      bestScore = score
    }
  }
  return best
}

/** The text as one table, a last line without a line break aside; undefined where its rows do not agree. */
export const readDelimited = (text: string): Grid | undefined => {
  const judged = judge(text)
  if (judged === undefined) return undefined
  const [delimiter, cells] = judged
  const { rows, starts } = recordsOf(text, delimiter)
  if (rows.length < MIN_ROWS) return undefined
  const isCrlfAt = (row: number): boolean => text.charCodeAt((starts[row + 1] as number) - 2) === 13
  const isCrlf = isCrlfAt(0)
  for (const quoting of QUOTING) {
    const formOf = (header: string): string => `${NAMES[delimiter]}${quoting}${header}${isCrlf ? ", CRLF" : ""}`
    const layout = delimitedLayout(formOf("")) as Layout
    const printCell = cellPrinter(delimiter, quoting)
    const isAsRead = ({ isPlain }: Entry): boolean => quoting === ", as it stands" || (isPlain && quoting === "")
    const read = (row: Entry): ReadonlyArray<string> => (isAsRead(row) ? row.cells : row.cells.map(bare))
    const isTrue = (row: Entry, at: number): boolean =>
      isCrlfAt(at) === isCrlf && (isAsRead(row) || row.cells.every((cell) => printCell(bare(cell)) === cell))
    const sample = rows.slice(0, JUDGED)
    if (quoting !== ", as it stands" && sample.filter(isTrue).length < sample.length * (1 - MAX_RAGGED)) continue
    const top = rows[0] as Entry
    // Some programs quote every cell but the names of the columns.
    const isBare = !isTrue(top, 0) && `${top.cells.join(delimiter)}${layout.lineEnd}` === text.slice(0, starts[1])
    const first = isBare ? top.cells : read(top)
    const hasHeader = isHeader(first) && (isBare || isTrue(top, 0))
    let ragged = 0
    const all = rows.map((row, at): Row => {
      if (row.cells.length === cells && isTrue(row, at)) return read(row)
      ragged++
      return text.slice(starts[at], (starts[at + 1] as number) - layout.lineEnd.length)
    })
    if (ragged > rows.length * MAX_RAGGED) continue
    return {
      form: formOf(isBare && hasHeader ? ", bare header" : ""),
      start: 0,
      end: starts[starts.length - 1] as number,
      header: hasHeader ? first : undefined,
      rows: hasHeader ? all.slice(1) : all,
      starts: hasHeader ? starts.slice(1) : starts
    }
  }
  return undefined
}

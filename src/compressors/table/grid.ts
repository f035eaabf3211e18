/**
 * A table as the tool printed it: a header, rows of cells, and the layout that puts the cells back into the very same lines.
 *
 * The layout is a few words (`CSV`, `mysql 4 -10`), so that a view can name it in one line and a decoder needs nothing else.
 */

/** A row of cells, or a line that is none, without its line break. */
export type Row = ReadonlyArray<string> | string

export interface Grid {
  /** Names the layout. */
  readonly form: string
  readonly start: number
  readonly end: number
  readonly header: ReadonlyArray<string> | undefined
  readonly rows: ReadonlyArray<Row>
  /** Where each row begins, and behind them where the last one ends. */
  readonly starts: ReadonlyArray<number>
}

/** Prints a header, rows, and what stands behind them. */
export interface Layout {
  readonly head: (header: ReadonlyArray<string>) => string
  readonly row: (cells: ReadonlyArray<string>) => string
  readonly tail: string
  readonly lineEnd: string
}

export const printGrid = (
  layout: Layout,
  header: ReadonlyArray<string> | undefined,
  rows: ReadonlyArray<Row>
): string => {
  const out: Array<string> = []
  if (header !== undefined) out.push(layout.head(header))
  for (const row of rows) out.push(typeof row === "string" ? row + layout.lineEnd : layout.row(row))
  out.push(layout.tail)
  return out.join("")
}

/** Whether a first row names columns: texts, none of them empty, no two alike. */
export const isHeader = (cells: ReadonlyArray<string>): boolean =>
  new Set(cells).size === cells.length &&
  cells.every((cell) => cell !== "" && !/^[-+.\d]/.test(cell) && cell.length <= 60)

/** The parts of a log table that its printer and its reader share. */

export const LOG_TABLE = "log-table"

const EXPLAINED =
  "then its template's letter and the values of that template's <1>, <2>…; capitals are values named below; ! leads plain text]"
/** First line of a table: what its rows mean. */
export const OPENING = `[log table: after @ how times begin; a row is the rest of its time (<0>), ${EXPLAINED}`
export const OPENING_TIMELESS = `[log table: a row is ${EXPLAINED}`

/** Whether a text is a log table already. */
export const holdsLogTable = (text: string): boolean =>
  text.startsWith(`${OPENING}\n`) || text.startsWith(`${OPENING_TIMELESS}\n`)

/** The name of the nth template: a … z, aa … zz. */
export const code = (index: number): string =>
  index < 26 ? String.fromCharCode(97 + index) : String.fromCharCode(96 + Math.floor(index / 26), 97 + (index % 26))

const isCapital = (unit: number): boolean => unit >= 65 && unit <= 90

/** Whether a cell is one or two capitals. */
export const isValueCode = (cell: string): boolean =>
  cell.length <= 2 && isCapital(cell.charCodeAt(0)) && (cell.length === 1 || isCapital(cell.charCodeAt(1)))

/** A cell that reads like a code, or like an escaped one, is led by a backslash. */
export const escapeCell = (cell: string): string => (isValueCode(cell) || cell.startsWith("\\") ? `\\${cell}` : cell)

/** Whether a text is a table: whether the rows of its beginning come back from the cells read in them. */
import type { Hint } from "../../domain/content.ts"
import { readDelimited } from "./delimited.ts"
import { readDrawn } from "./drawn.ts"
import type { Grid } from "./grid.ts"

const LOOK = 8_192
/** Two columns are sure only where all rows agree, for a comma stands in many lines. */
const FEW_COLUMNS = 3

/** What a column is called. */
const NAME = /^[\p{L}_#$@][^\n]*[^\s:;]$|^[\p{L}#]$/u

/** A part of a table without its header must have this many, some of numbers. */
const MANY_COLUMNS = 4

/** Whether a column holds numbers in nearly all rows. */
const isTyped = ({ rows }: Grid): boolean => {
  const sample = rows.slice(0, 40).filter((row) => typeof row !== "string")
  return (sample[0] ?? []).some(
    (_, at) => sample.filter((row) => /^-?\d+(?:\.\d+)?$/.test(row[at] ?? "")).length >= 0.9 * sample.length
  )
}

/** The rule above a bordered table, and what of it is another at the bottom. */
const TOP = /^(?:┌[─┬]+┐|\+-[-+]*\+)$/gm
const BOTTOM: Readonly<Record<string, string>> = { "┌": "└", "┬": "┴", "┐": "┘" }

/** The whole lines of the beginning; a bordered table that goes on behind them is closed. */
const headOf = (text: string): string => {
  if (text.length <= LOOK) return text
  const head = text.slice(0, Math.max(text.lastIndexOf("\n", LOOK) + 1, 0))
  const top = head.match(TOP)?.at(-1)
  return top === undefined ? head : `${head}${top.replace(/[┌┬┐]/g, (corner) => BOTTOM[corner] as string)}\n`
}

/** The share of a text that its drawn tables make up, where their cells are names and numbers, or sentences. */
const HALF = 0.5
const MOSTLY = 0.9

const isProse = ({ rows }: Grid): boolean => {
  let words = 0
  let cells = 0
  for (const row of rows.slice(0, 40))
    for (const cell of typeof row === "string" ? [row] : row) {
      cells++
      words += cell.split(" ").length
    }
  return words > 4 * cells
}

export const detectTable = (text: string, hint: Hint): number => {
  const head = headOf(text)
  const drawn = readDrawn(head)
  if (drawn.length > 0) {
    const covered = drawn.reduce((sum, { start, end }) => sum + end - start, 0) / Math.max(1, head.trim().length)
    return covered >= (drawn.some(isProse) ? MOSTLY : HALF) ? 0.95 : 0
  }
  const grid = readDelimited(head.endsWith("\n") ? head : `${head}\n`)
  if (grid === undefined) return 0
  const cells = Math.max(...grid.rows.slice(0, 40).map((row) => (typeof row === "string" ? 1 : row.length)))
  const others = grid.rows.filter((row) => typeof row === "string").length / grid.rows.length
  const named = hint.files?.every((file) => /\.(?:csv|tsv)$/i.test(file)) === true
  if (named) return 0.97
  if (isProse(grid) || (grid.header !== undefined && !grid.header.every((cell) => NAME.test(cell)))) return 0
  if (grid.header === undefined) return cells >= MANY_COLUMNS && others <= 0.05 && isTyped(grid) ? 0.91 : 0
  if (cells < FEW_COLUMNS) return others === 0 && grid.rows.length >= 5 && /^\w+$/.test(grid.header.join("")) ? 0.9 : 0
  return others <= 0.05 ? 0.96 : 0.7
}

/** How drawn tables are printed: the layouts that a first line names by a word and the widths of its columns. */
import type { Layout } from "./grid.ts"

/** A negative width is of a column whose cells stand at its right. */
export type Widths = ReadonlyArray<number>

const pad = (cell: string, width: number): string => (width < 0 ? cell.padStart(-width) : cell.padEnd(width))

const centred = (cell: string, width: number): string => {
  const room = Math.abs(width) - cell.length
  const left = Math.max(0, room >> 1)
  return " ".repeat(left) + cell + " ".repeat(Math.max(0, room - left))
}

const bordered = (widths: Widths, marks: string, isCentred: boolean): Layout => {
  const [top, middle, bottom] = [marks.slice(0, 3), marks.slice(3, 6), marks.slice(6, 9)]
  const across = marks[9] as string
  const down = marks[10] as string
  const rule = (corners: string): string =>
    `${corners[0]}${widths.map((width) => across.repeat(Math.abs(width) + 2)).join(corners[1])}${corners[2]}\n`
  const line = (cells: ReadonlyArray<string>): string => `${down} ${cells.join(` ${down} `)} ${down}\n`
  const fit = (cell: string, at: number): string => pad(cell, widths[at] as number)
  return {
    head: (header) =>
      rule(top) +
      line(
        header.map((cell, at) =>
          isCentred ? centred(cell, widths[at] as number) : cell.padEnd(Math.abs(widths[at] as number))
        )
      ) +
      rule(middle),
    row: (cells) => line(cells.map(fit)),
    tail: rule(bottom),
    lineEnd: "\n"
  }
}

const MYSQL = "+++++++++-|"
const BOX = "┌┬┐├┼┤└┴┘─│"

const psql = (widths: Widths): Layout => ({
  head: (header) =>
    `${header.map((cell, at) => ` ${centred(cell, widths[at] as number)} `).join("|")}\n` +
    `${widths.map((width) => "-".repeat(Math.abs(width) + 2)).join("+")}\n`,
  row: (cells) =>
    `${cells.map((cell, at) => ` ${at === widths.length - 1 && (widths[at] as number) > 0 ? cell : pad(cell, widths[at] as number)}`).join(" |")}\n`,
  tail: "",
  lineEnd: "\n"
})

/** centred: the header alone, as sqlite3 prints it. */
const markdown = (rule: string, manner: string): Layout => {
  const isPadded = manner !== ""
  const rules = rule.split("|").slice(1, -1)
  const widths = rules.map((cell) =>
    isPadded ? (/-:\s*$/.test(cell) && !/^\s*:/.test(cell) ? 2 - cell.length : cell.length - 2) : 0
  )
  const row = (cells: ReadonlyArray<string>): string =>
    `|${cells.map((cell, at) => (cell === "" && !isPadded ? " " : ` ${pad(cell, widths[at] ?? 0)} `)).join("|")}|\n`
  const top = (header: ReadonlyArray<string>): string =>
    manner === "centred" ? `| ${header.map((cell, at) => centred(cell, widths[at] ?? 0)).join(" | ")} |\n` : row(header)
  return { head: (header) => `${top(header)}${rule}\n`, row, tail: "", lineEnd: "\n" }
}

const columns = (widths: Widths, isTrimmed: boolean): Layout => {
  const row = (cells: ReadonlyArray<string>): string => {
    const line = cells.map((cell, at) => pad(cell, widths[at] as number)).join("")
    return `${isTrimmed ? line.trimEnd() : line}\n`
  }
  return { head: row, row, tail: "", lineEnd: "\n" }
}

/** The layout of a form that a first line names. */
export const drawnLayout = (form: string): Layout | undefined => {
  const ruled = /^markdown(?: (padded|centred))? (\|[-:| ]+\|)$/.exec(form)
  if (ruled !== null) return markdown(ruled[2] as string, ruled[1] ?? "")
  const match = /^(psql|mysql|box|columns|trimmed columns)( centred)?((?: -?\d{1,4}){1,60})$/.exec(form)
  if (match === null) return undefined
  const widths = (match[3] as string).trim().split(" ").map(Number)
  switch (match[1]) {
    case "psql":
      return psql(widths)
    case "mysql":
      return bordered(widths, MYSQL, match[2] !== undefined)
    case "box":
      return bordered(widths, BOX, match[2] !== undefined)
    default:
      return columns(widths, match[1] !== "columns")
  }
}

/** Tables drawn in characters: psql's, mysql's and sqlite3's, Markdown's, and columns that blanks part, as docker, kubectl and pip print. */
import { lineStarts } from "../../domain/lines.ts"
import { drawnLayout, type Widths } from "./drawn-layout.ts"
import { type Grid, isHeader, type Row } from "./grid.ts"

const MIN_ROWS = 2
const MAX_COLUMNS = 60
/** Of the rows so many may be lines of another form. */
const MAX_OTHERS = 0.2

/** The lines of a text, without their breaks, and where each begins. */
interface Lines {
  readonly lines: ReadonlyArray<string>
  readonly starts: ReadonlyArray<number>
}

/** A last line without a line break is no row. */
const linesOf = (text: string): Lines => {
  const end = text.lastIndexOf("\n") + 1
  const starts = [...lineStarts(text.slice(0, end)), end]
  const lines = starts.slice(0, -1).map((start, at) => text.slice(start, (starts[at + 1] as number) - 1))
  return { lines, starts }
}

/** The widths of columns, negative where every cell that does not fill its column stands at its right end. */
const signed = (widths: ReadonlyArray<number>, raw: ReadonlyArray<ReadonlyArray<string>>): Widths =>
  widths.map((own, at) => {
    let left = 0
    let right = 0
    for (const row of raw) {
      const cell = row[at] ?? ""
      if (cell.trim() === "" || cell.length < own) continue
      if (cell.startsWith(" ") && !cell.endsWith(" ")) right++
      else if (cell.endsWith(" ") && !cell.startsWith(" ")) left++
    }
    return right > left ? -own : own
  })

interface Candidate {
  readonly forms: ReadonlyArray<string>
  /** Line of the header and of the first row, and the line behind the last one and behind the table. */
  readonly head: number
  readonly first: number
  readonly last: number
  readonly end: number
  readonly header: ReadonlyArray<string>
  readonly cellsOf: (line: string) => ReadonlyArray<string>
}

/** The candidate under the first of its forms that prints its head and nearly all rows as they stand. */
const settle = ({ lines, starts }: Lines, candidate: Candidate): Grid | undefined => {
  const { forms, head, first, last, end, header, cellsOf } = candidate
  if (last - first < MIN_ROWS || header.length > MAX_COLUMNS || !isNamed(header)) return undefined
  for (const form of forms) {
    const layout = drawnLayout(form)
    if (layout === undefined) continue
    const top = `${lines.slice(head, first).join("\n")}\n`
    const bottom = lines
      .slice(last, end)
      .map((line) => `${line}\n`)
      .join("")
    if (layout.head(header) !== top || layout.tail !== bottom) continue
    let others = 0
    const rows = lines.slice(first, last).map((line): Row => {
      const cells = cellsOf(line)
      if (cells.length === header.length && layout.row(cells) === `${line}\n`) return cells
      others++
      return line
    })
    if (others > MAX_OTHERS * rows.length) continue
    return {
      form,
      start: starts[head] as number,
      end: starts[end] as number,
      header,
      rows,
      starts: starts.slice(first, last + 1)
    }
  }
  return undefined
}

const isNamed = (header: ReadonlyArray<string>): boolean => header.length >= 2 && isHeader(header)

const trimmed = (cells: ReadonlyArray<string>): ReadonlyArray<string> => cells.map((cell) => cell.trim())

const boxAt = ({ lines }: Lines, at: number): Candidate | undefined => {
  const line = lines[at] as string
  const isBox = line.startsWith("┌")
  if (!isBox && !/^\+-[-+]*\+$/.test(line)) return undefined
  const down = isBox ? "│" : "|"
  const isRow = (one: string | undefined): boolean => one?.startsWith(down) === true && one.endsWith(down)
  if (!isRow(lines[at + 1]) || !/^[+├][-─]/.test(lines[at + 2] ?? "")) return undefined
  let last = at + 3
  while (isRow(lines[last])) last++
  if (!/^[+└][-─]/.test(lines[last] ?? "")) return undefined
  const widths = line
    .slice(1, -1)
    .split(isBox ? "┬" : "+")
    .map((part) => part.length - 2)
  // Cells end where the rule above has its corners, so they may hold the mark between them.
  const rawOf = (one: string): ReadonlyArray<string> => {
    let from = 0
    return widths.map((own) => {
      const cell = one.slice(from + 2, from + 2 + own)
      from += own + 3
      return cell
    })
  }
  const sides = signed(widths, lines.slice(at + 3, last).map(rawOf)).join(" ")
  const name = isBox ? "box" : "mysql"
  return {
    forms: [`${name} ${sides}`, `${name} centred ${sides}`],
    head: at,
    first: at + 3,
    last,
    end: last + 1,
    header: trimmed(rawOf(lines[at + 1] as string)),
    cellsOf: (one) => trimmed(rawOf(one))
  }
}

const psqlAt = ({ lines }: Lines, at: number): Candidate | undefined => {
  const rule = lines[at + 1] ?? ""
  if (!/^-{3,}(?:\+-{3,})+$/.test(rule) || !(lines[at] as string).includes("|")) return undefined
  const widths = rule.split("+").map((part) => part.length - 2)
  const rawOf = (one: string): ReadonlyArray<string> => {
    let from = 1
    return widths.map((own, column) => {
      const cell = column === widths.length - 1 ? one.slice(from) : one.slice(from, from + own)
      from += own + 3
      return cell
    })
  }
  const isRow = (one: string | undefined): boolean => one?.startsWith(" ") === true && one.includes(" | ".trimEnd())
  let last = at + 2
  while (isRow(lines[last])) last++
  return {
    forms: [`psql ${signed(widths, lines.slice(at + 2, last).map(rawOf)).join(" ")}`],
    head: at,
    first: at + 2,
    last,
    end: last,
    header: trimmed(rawOf(lines[at] as string)),
    cellsOf: (one) => trimmed(rawOf(one))
  }
}

const markdownAt = ({ lines }: Lines, at: number): Candidate | undefined => {
  const rule = lines[at + 1] ?? ""
  if (!(lines[at] as string).startsWith("|") || !/^\|(?:\s*:?-+:?\s*\|)+$/.test(rule)) return undefined
  let last = at + 2
  while (lines[last]?.startsWith("|") === true && lines[last]?.endsWith("|") === true) last++
  const cellsOf = (one: string): ReadonlyArray<string> => trimmed(one.split("|").slice(1, -1))
  return {
    forms: [`markdown ${rule}`, `markdown padded ${rule}`, `markdown centred ${rule}`],
    head: at,
    first: at + 2,
    last,
    end: last,
    header: cellsOf(lines[at] as string),
    cellsOf
  }
}

/** Lines read in vain, beside four times the text. */
const PATIENCE = 2_000

/** Lines up to which columns are looked for, and characters of a line. */
const JUDGED = 400
const MAX_LINE = 400

/** Offsets at which every line that is long enough has a blank. */
const blankColumns = (lines: ReadonlyArray<string>): ReadonlyArray<readonly [number, number]> => {
  const longest = Math.min(MAX_LINE, Math.max(0, ...lines.map((line) => line.length)))
  const used = new Uint8Array(longest + 1)
  for (const line of lines)
    for (let at = 0; at < line.length && at < longest; at++) if (line.charCodeAt(at) !== 32) used[at] = 1
  const runs: Array<readonly [number, number]> = []
  for (let at = 0; at < longest; at++) {
    if (used[at] === 1) continue
    const from = at
    while (at < longest && used[at] !== 1) at++
    if (from > 0 && at < longest) runs.push([from, at])
  }
  return runs
}

/** Blanks that part columns for sure; a header in capitals or a rule below it makes do with fewer. */
const columnsAt = ({ lines }: Lines, at: number): Candidate | undefined => {
  const header = lines[at] as string
  const isRuled = /^-+(?: +-+)+ *$/.test(lines[at + 1] ?? "")
  if (!/\S\s{2,}\S/.test(header) && !isRuled) return undefined
  if (!isRuled && !/^[A-Z][A-Z0-9 _()%/:.#-]*$/.test(header)) return undefined
  let last = at + 1
  while (last < lines.length && last - at <= JUDGED * 100 && (lines[last] as string).trim() !== "") last++
  const block = lines.slice(at, last)
  const gaps = blankColumns(block.slice(0, JUDGED)).filter(([from, to]) => to - from >= 2 || isRuled)
  if (gaps.length === 0) return undefined
  const body = block.slice(isRuled ? 2 : 1, JUDGED)
  /** Columns end before the next one's first character, or, where that one's cells stand at its right, where the gap begins. */
  const bounds: Array<readonly [number, boolean]> = gaps.map(([from, to]) => {
    const flush = body.filter((line) => line.length > to && line.charCodeAt(to) !== 32).length
    const isRight = flush < 0.9 * body.filter((line) => line.length > to).length
    return [isRight ? from : to, isRight]
  })
  const widths = bounds.map(([bound], column) => {
    const before = column === 0 ? 0 : (bounds[column - 1]?.[0] as number)
    return bound - before
  })
  const sides: Array<number> = widths.map((own, column) =>
    column > 0 && bounds[column - 1]?.[1] === true ? -own : own
  )
  const lastRight = bounds[bounds.length - 1]?.[1] === true
  const end = Math.max(...body.map((line) => line.length))
  sides.push(lastRight ? -(end - (bounds[bounds.length - 1]?.[0] as number)) : 0)
  const cellsOf = (line: string): ReadonlyArray<string> => {
    let from = 0
    return sides.map((_, column) => {
      const to = bounds[column]?.[0] ?? Math.max(from, line.length)
      const cell = line.slice(from, to).trim()
      from = to
      return cell
    })
  }
  const names = sides.join(" ")
  const filled = [...sides.slice(0, -1), end - (bounds[bounds.length - 1]?.[0] as number)].join(" ")
  return {
    forms: [`columns ${names}`, `trimmed columns ${names}`, `columns ${filled}`],
    head: at,
    first: at + 1,
    last,
    end: last,
    header: cellsOf(header),
    cellsOf
  }
}

/** The drawn tables of a text, in order; what looks like one and is none is read a few times at most. */
export const readDrawn = (text: string): ReadonlyArray<Grid> => {
  const all = linesOf(text)
  const grids: Array<Grid> = []
  let patience = PATIENCE + 4 * all.lines.length
  for (let at = 0; at < all.lines.length && patience > 0; at++) {
    const line = all.lines[at] as string
    if (line.length > 4 * MAX_LINE || line.trim() === "") continue
    const candidate = boxAt(all, at) ?? psqlAt(all, at) ?? markdownAt(all, at) ?? columnsAt(all, at)
    if (candidate === undefined) continue
    patience -= candidate.end - candidate.head
    const grid = settle(all, candidate)
    if (grid === undefined) continue
    grids.push(grid)
    at = candidate.end - 1
  }
  return grids
}

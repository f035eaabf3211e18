/**
 * Prints a log as a table in which every value stands: templates are named once, a row holds its time, its template's letter and its
 * values. Nothing is computed, so the rows read like the log they came from.
 *
 *     [log table: …]                        what the parts mean
 *     a <0> INFO [main] Shop: served <1>    a template; <0> is the row's time
 *     A 10.251.43.21                        a value that many rows hold
 *     @ 2024-05-01 10:00:                   how the times of the rows below begin
 *     17,978 a A                            a row: rest of the time, template, values
 *     18,001 ! WARN disk almost full        a line of no template, after its time
 *     !!	at Shop.buy(Shop.java:99)          a whole line
 */
import { Numbering } from "../../domain/fingerprint.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import type { Lines } from "./record.ts"
import { decodeLogTable } from "./table-decode.ts"
import { code, escapeCell, OPENING, OPENING_TIMELESS } from "./table-form.ts"
import { fit, type Group, groupsOf, type Layout, layOut } from "./table-layout.ts"
import { bestCut, splitTime, timeSample, timesOf } from "./table-time.ts"

/** Values of the rows by number, each with how often it stands. */
interface Cells {
  /** The value of each hole of each line of a group, line by line, as numbers; where those of a line begin. */
  readonly values: Array<number>
  readonly firsts: Int32Array
  readonly texts: Array<string>
  readonly counts: Array<number>
}

const readCells = (layout: Layout, groups: ReadonlyArray<Group>, count: number): Cells => {
  const { text, offsets, spans } = layout
  const cells: Cells = { values: [], firsts: new Int32Array(count), texts: [], counts: [] }
  const numbering = new Numbering()
  for (const group of groups)
    for (const line of group.lines) {
      cells.firsts[line] = cells.values.length
      for (const { lexeme, before, after } of group.values) {
        const at = (offsets[line] as number) + 2 * lexeme
        const from = (spans[at] as number) + before
        const to = (spans[at + 1] as number) - after
        const number = numbering.ofText(text, from, to)
        if (number === cells.texts.length) {
          cells.texts.push(text.slice(from, to))
          cells.counts.push(0)
        }
        cells.counts[number] = (cells.counts[number] as number) + 1
        cells.values.push(number)
      }
    }
  return cells
}

/** Numbers of the values that many cells hold, the most worth first. */
const namedValues = ({ texts, counts }: Cells): ReadonlyArray<number> => {
  const worth: Array<readonly [number, number]> = []
  for (const [number, value] of texts.entries()) {
    const count = counts[number] as number
    if (count < 3 || value.length < 3) continue
    const tokens = estimateTokens(value)
    const digits = value.charCodeAt(0) < 65 ? 1 : 0
    const gain = count * (tokens + digits - 1) - tokens - 4
    if (gain > 4) worth.push([number, gain])
  }
  const isBefore = (a: number, b: number): boolean => (texts[a] as string) < (texts[b] as string)
  worth.sort((a, b) => b[1] - a[1] || (isBefore(a[0], b[0]) ? -1 : 1))
  return worth.slice(0, MAX_NAMES).map(([number]) => number)
}

/** One and two letters name as many. */
const MAX_NAMES = 702

/** The text as a table, or undefined where it cannot be one or would not come back. */
export const logTable = (text: string, lines: Lines): string | undefined => {
  if (text.includes("\r") || text === "") return undefined
  const times = timesOf(text, lines, lines.format)
  const { layout, hashes } = layOut(text, lines, times)
  const groups = groupsOf(lines, hashes)
    .filter((group) => fit(layout, group))
    .sort((a, b) => b.lines.length - a.lines.length || (a.lines[0] as number) - (b.lines[0] as number))
    .slice(0, MAX_NAMES)
  if (groups.length === 0) return undefined
  const groupOf: Array<Group | undefined> = new Array<Group | undefined>(lines.count).fill(undefined)
  groups.forEach((group, i) => {
    group.code = code(i)
    for (const line of group.lines) groupOf[line] = group
  })
  const timeAt = (line: number): string => text.slice(times[2 * line], times[2 * line + 1])
  const sample = timeSample(times).map(timeAt)
  const hasTimes = sample.length > 0
  const cut = hasTimes ? bestCut(sample) : 0
  const cells = readCells(layout, groups, lines.count)
  const named = namedValues(cells)
  const printed = cells.texts.map(escapeCell)
  const out: Array<string> = [hasTimes ? OPENING : OPENING_TIMELESS]
  for (const group of groups) out.push(`${group.code} ${group.template}`)
  for (const [i, number] of named.entries()) {
    printed[number] = code(i).toUpperCase()
    out.push(`${printed[number]} ${cells.texts[number] as string}`)
  }
  let head = ""
  for (let line = 0; line < lines.count; line++) {
    const group = groupOf[line]
    const time = timeAt(line)
    const atStart = times[2 * line] === lines.starts[line]
    if (group === undefined && (time === "" || !atStart)) {
      out.push(`!!${text.slice(lines.starts[line], lines.ends[line])}`)
      continue
    }
    const [begins, ends] = splitTime(time, cut)
    if (time !== "" && begins !== head) {
      head = begins
      out.push(`@ ${head}`)
    }
    const rest = ends === "" ? "" : `${ends} `
    if (group === undefined) out.push(`${rest}!${text.slice(times[2 * line + 1], lines.ends[line])}`)
    else {
      let row = rest + group.code
      const first = cells.firsts[line] as number
      for (let cell = first; cell < first + group.values.length; cell++)
        row += ` ${printed[cells.values[cell] as number] as string}`
      out.push(row)
    }
  }
  const table = out.join("\n") + (text.endsWith("\n") ? "\n" : "")
  return decodeLogTable(table) === text ? table : undefined
}

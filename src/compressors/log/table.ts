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
import { estimateTokens } from "../../domain/tokens.ts"
import type { Lines } from "./record.ts"
import { decodeLogTable } from "./table-decode.ts"
import { code, escapeCell, OPENING, OPENING_TIMELESS } from "./table-form.ts"
import { fit, type Group, groupsOf, layOut } from "./table-layout.ts"
import { bestCut, splitTime, timesOf } from "./table-time.ts"

/** Values that many cells hold, by their codes. */
const dictionaryOf = (cells: ReadonlyMap<string, number>): ReadonlyMap<string, string> => {
  const worth: Array<readonly [string, number]> = []
  for (const [value, count] of cells) {
    if (count < 3 || value.length < 3) continue
    const tokens = estimateTokens(value)
    const digits = value.charCodeAt(0) < 65 ? 1 : 0
    const gain = count * (tokens + digits - 1) - tokens - 4
    if (gain > 4) worth.push([value, gain])
  }
  worth.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return new Map(worth.slice(0, 702).map(([value], i) => [value, code(i).toUpperCase()]))
}

/** The text as a table, or undefined where it cannot be one or would not come back. */
export const logTable = (text: string, lines: Lines): string | undefined => {
  if (text.includes("\r") || text === "") return undefined
  const times = timesOf(text, lines, lines.format)
  const { layout, hashes } = layOut(text, lines, times)
  const groups = groupsOf(lines, hashes)
    .filter((group) => fit(layout, group))
    .sort((a, b) => b.lines.length - a.lines.length || (a.lines[0] as number) - (b.lines[0] as number))
    .slice(0, 702)
  if (groups.length === 0) return undefined
  const groupOf = new Map<number, Group>()
  groups.forEach((group, i) => {
    group.code = code(i)
    for (const line of group.lines) groupOf.set(line, group)
  })
  const timeAt = (line: number): string => text.slice(times[2 * line], times[2 * line + 1])
  const timed = Array.from({ length: lines.count }, (_, line) => line).filter(
    (line) => (times[2 * line + 1] as number) > (times[2 * line] as number)
  )
  const hasTimes = timed.length > 0
  const cut = hasTimes ? bestCut(timed.map(timeAt)) : 0
  const cells: Array<ReadonlyArray<string>> = []
  const counts = new Map<string, number>()
  for (const group of groups)
    for (const line of group.lines) {
      const values = group.values.map(({ lexeme: index, before, after }) => {
        const at = (layout.offsets[line] as number) + 2 * index
        return text.slice((layout.spans[at] as number) + before, (layout.spans[at + 1] as number) - after)
      })
      cells[line] = values
      for (const value of values) if (value.length > 2) counts.set(value, (counts.get(value) ?? 0) + 1)
    }
  const dictionary = dictionaryOf(counts)
  const out: Array<string> = [hasTimes ? OPENING : OPENING_TIMELESS]
  for (const group of groups) out.push(`${group.code} ${group.template}`)
  for (const [value, name] of dictionary) out.push(`${name} ${value}`)
  let head = ""
  for (let line = 0; line < lines.count; line++) {
    const group = groupOf.get(line)
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
      for (const cell of cells[line] ?? []) row += ` ${dictionary.get(cell) ?? escapeCell(cell)}`
      out.push(row)
    }
  }
  const table = out.join("\n") + (text.endsWith("\n") ? "\n" : "")
  return decodeLogTable(table) === text ? table : undefined
}

/**
 * How a block of lines is printed: a heading with the words that all of them share, and below it what each line has of its own; plain
 * enough to be read without a legend.
 *
 *     [next 3 lines fill in] -rw-r--r--  1 ada staff … Nov 21 …
 *     1200 09:36 read.ts
 *       64 09:36 write.ts
 *     9071 10:02 scan the whole.ts
 *
 * With `[next 4 lines fill in, ! marks whole ones]` a row such as `! total 24` is a line of its own.
 * Each `…` is one word of the row, the last one all that is left of it; blanks beyond the one between two words are the line's own.
 */
import { recently } from "../../domain/recent.ts"

export const LOG_BLOCKS = "log-blocks"

export const HOLE = "…"

/** Leads a line of another kind, where the heading says so. */
export const WHOLE = "! "

const HEADING = /^\[next (\d{1,9}) lines fill in(, ! marks whole ones)?\] ([^]*)$/
const HOLES = /(?<![^ \t])…(?![^ \t])/g
const WORD = /[ \t]*[^ \t]+/y

export const printHeading = (count: number, marked: boolean, template: string): string =>
  `[next ${count} lines fill in${marked ? ", ! marks whole ones" : ""}] ${template}`

const isHeading = (line: string): boolean => line.startsWith("[next ") && HEADING.test(line)

/** Whether a text has a heading of this form already. */
export const holdsLogBlocks = (text: string): boolean => text.includes("[next ") && text.split("\n").some(isHeading)

/** The line of a row, or undefined where words are missing. */
const fill = (parts: ReadonlyArray<string>, row: string): string | undefined => {
  let line = parts[0] as string
  let at = 0
  for (let hole = 1; hole < parts.length; hole++) {
    if (hole === parts.length - 1) return line + row.slice(at) + (parts[hole] as string)
    WORD.lastIndex = at
    if (!WORD.test(row) || row[WORD.lastIndex] !== " ") return undefined
    line += row.slice(at, WORD.lastIndex) + (parts[hole] as string)
    at = WORD.lastIndex + 1
  }
  return undefined
}

/** The lines that a text of blocks prints, or undefined where it has no block or one is not whole. */
export const decodeLogBlocks = recently((shown: string): string | undefined => {
  const lines = shown.split("\n")
  const out: Array<string> = []
  let blocks = 0
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string
    const heading = line.startsWith("[next ") ? HEADING.exec(line) : null
    if (heading === null) {
      out.push(line)
      continue
    }
    blocks++
    const marked = heading[2] !== undefined
    const parts = (heading[3] as string).split(HOLES)
    const end = at + Number(heading[1])
    if (end >= lines.length) return undefined
    while (at < end) {
      const row = lines[++at] as string
      const filled = marked && row.startsWith(WHOLE) ? row.slice(WHOLE.length) : fill(parts, row)
      if (filled === undefined) return undefined
      out.push(filled)
    }
  }
  return blocks === 0 ? undefined : out.join("\n")
})

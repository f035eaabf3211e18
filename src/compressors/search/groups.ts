/**
 * The codec `search-groups`: a path once above its lines, as `rg --heading` prints them, because models know that form and every
 * coordinate stays whole.
 *
 *     src/a.ts            a heading: the path of the rows below
 *     12:text             src/a.ts:12:text
 *     13-text             src/a.ts-13-text
 *     --                  the tools' own line between blocks
 *      text               src/a.ts:text, a blank in place of path and colon
 *     -text               src/a.ts-text
 *     20,25:text          src/a.ts:20:text and src/a.ts:25:text, at their places among the rows by number
 *     40,55               src/a.ts:40: and src/a.ts:55:, their text hidden by a gap
 *     3 matches           src/a.ts: three times, their text hidden by a gap; `3 more matches` below other rows of the file
 */
import { recently } from "../../domain/recent.ts"
import type { Codec, Shown } from "../../domain/tiling.ts"
import { verbatim } from "../../domain/tiling.ts"
import { contextEnd, isBareWord, numberEnd, type Place, placeAt } from "./coordinate.ts"
import { joinedRows, numbersOf, partedRows, ROW_START } from "./same.ts"

const GROUPS = "search-groups"

const COLON = 58
const DASH = 45
const SPACE = 32
const NUMBERS = /^\d+(?:,\d+)*$/
/** Bounded, so that no short row stands for a long text. */
const TIMES = /^([1-9]\d{0,2}) (?:more )?match(?:es)?$/
export const MAX_TIMES = 999

/** The row of a line `path` + separator + `rest`. */
export const rowOf = (separator: number, rest: string): string => {
  if (separator === COLON) return numberEnd(rest, 0, COLON) === -1 ? ` ${rest}` : rest
  return numberEnd(rest, 0, DASH) === -1 ? `-${rest}` : rest
}

/** The line that a row stands for; undefined where it is no row but a heading. */
const lineOf = (path: string, row: string): string | undefined => {
  const first = row.charCodeAt(0)
  if (first === SPACE) return `${path}:${row.slice(1)}`
  if (first === DASH) return row === "--\n" ? row : `${path}${row}`
  if (numberEnd(row, 0, COLON) !== -1) return `${path}:${row}`
  if (numberEnd(row, 0, DASH) !== -1) return `${path}-${row}`
  if (!(first >= 48 && first <= 57) || !row.endsWith("\n")) return undefined
  const bare = row.slice(0, -1)
  if (NUMBERS.test(bare)) return bare.replace(/\d+,?/g, (number) => `${path}:${number.replace(",", "")}:`)
  const times = TIMES.exec(bare)
  return times === null ? undefined : `${path}:`.repeat(Number(times[1]))
}

/** Whether a line is a row, no heading. */
const isRow = (line: string): boolean => lineOf("", line) !== undefined || numbersOf(line) !== undefined

/** The lines of a file's rows; undefined where they cannot be told, or one is no row. */
const linesOf = (path: string, rows: ReadonlyArray<string>): string | undefined => {
  let out = ""
  for (const row of partedRows(rows) ?? []) out += lineOf(path, row) ?? ""
  return out === "" ? undefined : out
}

/** The lines back from headings and rows; undefined where the text does not start with a heading or ends with one. */
export const decodeGroups = recently((shown: string): string | undefined => {
  let path: string | undefined
  let rows: Array<string> = []
  let out = ""
  const close = (): boolean => {
    const lines = path === undefined ? "" : linesOf(path, rows)
    out += lines ?? ""
    rows = []
    return lines !== undefined
  }
  for (let at = 0; at < shown.length; ) {
    const newline = shown.indexOf("\n", at)
    const end = newline === -1 ? shown.length : newline + 1
    const row = shown.slice(at, end)
    if (path !== undefined && isRow(row)) rows.push(row)
    else {
      if (newline === -1 || newline === at || !close()) return undefined
      path = shown.slice(at, newline)
    }
    at = end
  }
  return rows.length > 0 && close() ? out : undefined
})

export const groupsCodec: Codec = { name: GROUPS, decode: decodeGroups }

/** Paths that stand before a number and a colon anywhere in the text: what makes a context line's path sure. */
export const matchPaths = (text: string): ReadonlySet<string> => {
  const paths = new Set<string>()
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at)
    const place = placeAt(text, at, end)
    if (place?.numbered) paths.add(text.slice(at, place.end))
    at = end
  }
  return paths
}

const lineEnd = (text: string, at: number): number => {
  const newline = text.indexOf("\n", at)
  return newline === -1 ? text.length : newline + 1
}

/** Lines of one path in a row, as offsets of the text. */
interface Run {
  readonly end: number
  readonly rows: ReadonlyArray<string>
}

/** Whether a line that starts with the path and a separator belongs to that path's run. */
const belongs = (text: string, at: number, end: number, pathEnd: number): boolean => {
  const separator = text.charCodeAt(pathEnd)
  if (separator === COLON) return !text.startsWith("//", pathEnd + 1)
  return separator === DASH && (numberEnd(text, pathEnd + 1, DASH) !== -1 || placeAt(text, at, end) === undefined)
}

/** The run of lines of this path from `start` on; separators `--` belong to it where the path goes on behind them. */
const runFrom = (text: string, start: number, path: string): Run => {
  const ascending = isBareWord(path)
  let last = -1
  const rows: Array<string> = []
  let end = start
  let pending = ""
  for (let at = start; at < text.length; ) {
    const stop = lineEnd(text, at)
    if (rows.length > 0 && stop - at === 3 && text.startsWith("--\n", at)) {
      pending = "--\n"
      at = stop
      continue
    }
    const pathEnd = at + path.length
    if (pathEnd >= stop || !text.startsWith(path, at) || !belongs(text, at, stop, pathEnd)) break
    if (ascending) {
      const number = numberEnd(text, pathEnd + 1, text.charCodeAt(pathEnd))
      const value = number === -1 ? -1 : Number(text.slice(pathEnd + 1, number))
      if (value <= last) break
      last = value
    }
    if (pending !== "") rows.push(pending)
    rows.push(rowOf(text.charCodeAt(pathEnd), text.slice(pathEnd + 1, stop)))
    pending = ""
    end = stop
    at = stop
  }
  return { end, rows }
}

/** Whether the line at `at`, printed below rows, would be taken for one of them. */
const readsAsRow = (text: string, at: number, rows: ReadonlyArray<string>): boolean => {
  const first = text.charCodeAt(at)
  if (first === SPACE) return rows.some((row) => row.charCodeAt(0) === SPACE)
  if (first === DASH) return !text.startsWith("--\n", at) && rows.some((row) => row.charCodeAt(0) === DASH)
  // a row is told from a heading within its first characters
  return isRow(text.slice(at, Math.min(lineEnd(text, at), at + ROW_START)))
}

/**
 * The text in segments: runs of two or more lines of one path grouped, all else verbatim. A run whose group does not decode to its
 * lines, or whose next line would read as one more row, stays as it is.
 *
 * @example
 * groupMatches("src/a.ts:1:x\nsrc/a.ts:2:y\n") // => one segment, "src/a.ts\n1:x\n2:y\n"
 */
export const groupMatches = (text: string): ReadonlyArray<Shown> => {
  const segments: Array<Shown> = []
  let paths: ReadonlySet<string> | undefined
  const isPath = (path: string): boolean => {
    paths ??= matchPaths(text)
    return paths.has(path)
  }
  let shownTo = 0
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at)
    const place: Place | undefined = placeAt(text, at, end)
    const context = contextEnd(text, at, place?.end ?? end, isPath)
    const pathEnd = context === -1 ? place?.end : context
    if (pathEnd === undefined) {
      at = end
      continue
    }
    const path = text.slice(at, pathEnd)
    const run = runFrom(text, at, path)
    if (run.rows.length < 2) {
      at = end
      continue
    }
    const shown = `${path}\n${joinedRows(run.rows).join("")}`
    const safe = run.end === text.length || !readsAsRow(text, run.end, run.rows)
    if (safe && decodeGroups(shown) === text.slice(at, run.end)) {
      if (at > shownTo) segments.push(verbatim(text, [shownTo, at]))
      segments.push({ _tag: "Shown", spans: [at, run.end], codec: GROUPS, text: shown })
      shownTo = run.end
    }
    at = run.end
  }
  if (shownTo < text.length) segments.push(verbatim(text, [shownTo, text.length]))
  return segments
}

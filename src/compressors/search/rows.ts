/**
 * The codec `search-rows`: the rows of a result with headings, where matches whose text is hidden leave their numbers, `40,55`, in
 * place of `40:` and `55:`, and rows of the same text stand as one behind their numbers (same.ts); all else stands as it is.
 */
import { recently } from "../../domain/recent.ts"
import type { Codec } from "../../domain/tiling.ts"
import { numberEnd } from "./coordinate.ts"
import { joinedRows, numbersOf, partedRows } from "./same.ts"

const ROWS = "search-rows"

const BARE = /^\d+(?:,\d+)*\n$/
const COLON = 58

/** The text with each run of rows, and each other line, as `runOf` and `lineOf` give it back; undefined where a run has no way back. */
const mapRuns = (
  text: string,
  runOf: (rows: ReadonlyArray<string>) => ReadonlyArray<string> | undefined,
  lineOf: (line: string) => string
): string | undefined => {
  let out = ""
  let rows: Array<string> = []
  const close = (): boolean => {
    const run = runOf(rows)
    out += run?.join("") ?? ""
    rows = []
    return run !== undefined
  }
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at)
    const end = newline === -1 ? text.length : newline + 1
    const line = text.slice(at, end)
    if (numberEnd(line, 0, COLON) !== -1 || numbersOf(line) !== undefined) rows.push(line)
    else if (!close()) return undefined
    else out += lineOf(line)
    at = end
  }
  return close() ? out : undefined
}

const decodeRows = recently((shown: string): string | undefined =>
  mapRuns(shown, partedRows, (line) => (BARE.test(line) ? `${line.slice(0, -1).replaceAll(",", ":")}:` : line))
)

/** The text with rows of the same text joined below each heading; undefined where none are, or where it would not read back. */
export const joinRows = (text: string): string | undefined => {
  const joined = mapRuns(text, joinedRows, (line) => line)
  return joined === undefined || joined === text || decodeRows(joined) !== text ? undefined : joined
}

export const rowsCodec: Codec = { name: ROWS, decode: decodeRows }

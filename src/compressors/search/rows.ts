/**
 * The codec `search-rows`: the rows of a result with headings, where matches whose text is hidden leave their numbers, `40,55`, in
 * place of `40:` and `55:`; all else stands as it is.
 */
import type { Codec } from "../../domain/tiling.ts"

const ROWS = "search-rows"

const BARE = /^\d+(?:,\d+)*\n$/

const decodeRows = (shown: string): string => {
  let out = ""
  for (let at = 0; at < shown.length; ) {
    const newline = shown.indexOf("\n", at)
    const end = newline === -1 ? shown.length : newline + 1
    const first = shown.charCodeAt(at)
    const line = shown.slice(at, end)
    out += first >= 48 && first <= 57 && BARE.test(line) ? `${line.slice(0, -1).replaceAll(",", ":")}:` : line
    at = end
  }
  return out
}

export const rowsCodec: Codec = { name: ROWS, decode: decodeRows }

/**
 * SmartCrusher: JSON as compact JSON or as tables that keep every lexeme; where the budget asks for more, rows by what they tell.
 *
 * What it does   shows the cheaper of the lexemes joined and the table notation (notation.ts); above the budget keeps rows that
 *                stand out and marks the others as hidden.
 * Why            tool outputs in JSON repeat every key in every row: a third of the tokens is white space, a third keys.
 * Lossy          not with `visibleOnly`: white space between tokens is stripped, every lexeme comes back as the source wrote it.
 * Units          budget in estimated tokens; row numbers of gaps count from 0, as in a JSON path.
 * Never throws   undefined for what is no JSON, and for a file's text, which later edits must match to the last blank.
 * Source         own design; relational tables and YAML's anchors for the notation.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import type { Content } from "../../domain/content.ts"
import type { Codec, Segment } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { readTable } from "./read.ts"
import { type Json, scan } from "./scan.ts"
import { writeTable } from "./write.ts"

export { holdsTable } from "./notation.ts"

const TABLE: Codec = { name: "json-table", decode: readTable }

export const json: Compressor = {
  kind: "json",
  version: 1,
  codecs: [TABLE],
  detect: (text) => (/^\s*[[{]/.test(text) && scan(text) !== undefined ? 1 : 0),
  tile: (content, want) => tile(content, want)
}

const tile = (content: Content, want: Want): ReadonlyArray<Segment> | undefined => {
  if (content.origin === "file") return undefined
  const found = scan(content.text)
  if (found === undefined) return undefined
  const { text } = lossless(found)
  void want
  return segmentsOf(found, text)
}

/** The cheapest text that holds every lexeme, with its estimated tokens. */
const lossless = (found: Json): { readonly text: string; readonly tokens: number } => {
  const tokens = estimateTokens(found.compact)
  const table = writeTable(found)
  if (table === undefined || table.length > 1.5 * found.compact.length) return { text: found.compact, tokens }
  const tableTokens = estimateTokens(table)
  return tableTokens < tokens ? { text: table, tokens: tableTokens } : { text: found.compact, tokens }
}

const segmentsOf = (found: Json, text: string): ReadonlyArray<Segment> => {
  const spans = found.shown
  const shown: Segment =
    text === found.compact
      ? { _tag: "Shown", spans, codec: "verbatim", text }
      : { _tag: "Shown", spans, codec: TABLE.name, text }
  if (found.blanks.length === 0) return [shown]
  const strip: Segment = { _tag: "Strip", spans: found.blanks, noise: "json-space" }
  return (found.blanks[0] as number) < (spans[0] as number) ? [strip, shown] : [shown, strip]
}

/**
 * Structured text: YAML, TOML and XML, by the depth of their lines.
 *
 * What it does   above the budget shows the outer levels before the inner ones and of like siblings the first ones before the later.
 * Why            such a text is read for its shape and for a few of its values; values deep in its fortieth item are neither.
 * Lossy          hidden lines stand behind gaps that count them; nothing where nothing may be hidden.
 * Units          budget in estimated tokens; gaps in lines.
 * Never throws   undefined for what is none of the three, or is on too few lines to choose from.
 * Source         own.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import type { Content } from "../../domain/content.ts"
import type { Segment } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { hideByRank } from "../ranked.ts"
import { detectStructure, TROUBLE } from "./detect.ts"

const MIN_LINES = 12
/** What a later sibling's rank grows by, at most. */
const MOST_SIBLINGS = 6
const MAX_DEPTH = 60

const indentOf = (line: string): number => {
  let at = 0
  while (at < line.length && (line.charCodeAt(at) === 32 || line.charCodeAt(at) === 9)) at++
  return at
}

/** The heading of a table: what stands below it is in it, though no deeper. */
const HEADING = /^\[{1,2}[^\]]+\]{1,2}\s*(?:#.*)?$/

/** What a line is called among its siblings: a key, a tag, or `-` for items. */
const nameOf = (line: string): string => /^\s*(?:<\/?[\w:.-]+|\[+[^\]]*|-|[^\s:=]+)/.exec(line)?.[0].trim() ?? ""

/** A rank for each line: its depth, and how many like it have stood there before. */
export const ranksOf = (lines: ReadonlyArray<string>): ReadonlyArray<number> => {
  /** The open levels: an indent, how deep it is ranked, and how often each name stood there. */
  const open: Array<{ readonly indent: number; readonly base: number; readonly names: Map<string, number> }> = [
    { indent: 0, base: 0, names: new Map() }
  ]
  let rank = 0
  let isHeaded = false
  return lines.map((line) => {
    if (line.trim() === "" || /^\s*(?:#|<!--)/.test(line)) return rank + 1
    const indent = indentOf(line)
    while (open.length > 1 && (open[open.length - 1] as { indent: number }).indent > indent) open.pop()
    let level = open[open.length - 1] as (typeof open)[number]
    if (level.indent < indent && open.length < MAX_DEPTH) {
      level = { indent, base: rank + 1, names: new Map() }
      open.push(level)
    }
    const name = nameOf(line)
    const before = level.names.get(name) ?? 0
    level.names.set(name, before + 1)
    const isHeading = indent === 0 && HEADING.test(line)
    isHeaded ||= isHeading
    const isItem = name === "-" || name.startsWith("<") || name.startsWith("[")
    rank = level.base + (isItem ? Math.min(MOST_SIBLINGS, Math.floor(Math.log2(before + 1))) : 0)
    const own = isHeaded && !isHeading ? rank + 1 : rank
    return TROUBLE.test(line) ? Math.min(own, 1) : own
  })
}

const tile = ({ text, origin }: Content, want: Want): ReadonlyArray<Segment> | undefined => {
  if (want.visibleOnly || origin === "file" || estimateTokens(text) <= want.budgetTokens) return undefined
  if (text.split("\n", MIN_LINES).length < MIN_LINES) return undefined
  return hideByRank(text, ranksOf, want)
}

export const structure: Compressor = { kind: "structure", version: 1, detect: detectStructure, tile, codecs: [] }

/**
 * SmartCrusher: JSON as compact JSON or as tables that keep every lexeme; where the budget asks for more, the rows that tell most.
 *
 * What it does   shows the cheaper of the lexemes joined and the table notation (notation.ts); above the budget keeps the rows that
 *                stand out (salience.ts) and the beginnings of long strings, and marks the rest as hidden.
 * Why            tool outputs in JSON repeat every key in every row: a third of the tokens is white space, a third keys.
 * Lossy          not with `visibleOnly`: white space between tokens is stripped, every lexeme comes back as the source wrote it.
 * Units          budget in estimated tokens; row numbers of gaps count from 0, as in a JSON path.
 * Never throws   undefined for what is no JSON, and for a file's text, which later edits must match to the last blank.
 * Source         own design; relational tables and YAML's anchors for the notation, median absolute deviations for outliers.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import type { Content } from "../../domain/content.ts"
import { once } from "../../domain/recent.ts"
import { lifter, pushSpan, type Spans } from "../../domain/spans.ts"
import type { Codec, Segment } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { type Document, identify } from "./identity.ts"
import { readTable } from "./read.ts"
import { type Cut, type Hidden, type Plan, planOf } from "./reduce.ts"
import { type Json, scan } from "./scan.ts"
import { MAX_DEPTH, writeTable } from "./write.ts"

const TABLE: Codec = { name: "json-table", decode: readTable }

export const json: Compressor = {
  kind: "json",
  version: 3,
  readsWhole: true,
  codecs: [TABLE],
  detect: (text) => (/^\s*[[{]/.test(text) && scan(text) !== undefined ? 1 : 0),
  tile: (content, want) => tile(content, want)
}

const tile = (content: Content, want: Want): ReadonlyArray<Segment> | undefined => {
  if (content.origin === "file") return undefined
  const read = scan(content.text)
  if (read === undefined) return undefined
  if (read.depth > MAX_DEPTH) return segmentsOf(read, read.compact, [])
  const found = identify(read, want.wholeWords)
  // What all of it costs is known to a decision that has looked at that form before.
  let whole = want.visibleTokens === undefined ? lossless(found) : undefined
  const wholeTokens = want.visibleTokens ?? whole?.tokens ?? 0
  if (!want.visibleOnly && wholeTokens > want.budgetTokens) {
    const reduced = offload(found, want, wholeTokens)
    if (reduced !== undefined) return reduced
  }
  whole ??= lossless(found)
  return segmentsOf(found, whole.text, [])
}

interface Written {
  readonly text: string
  readonly tokens: number
}

/** The cheapest text that holds every lexeme. */
const lossless = once((found: Document): Written => {
  const compact = { text: found.compact, tokens: estimateTokens(found.compact) }
  const table = writeTable(found)
  if (table === undefined || table.length > 1.5 * found.compact.length) return compact
  const tokens = estimateTokens(table)
  return tokens < compact.tokens ? { text: table, tokens } : compact
})

/** Attempts at a plan's budget: what a character costs is known only when the table is written. */
const ATTEMPTS = 3
/** Values from which on a document gets one attempt less. */
const MANY = 100_000

/** A view with gaps, or undefined where nothing can be hidden. */
const offload = (found: Document, want: Want, wholeTokens: number): ReadonlyArray<Segment> | undefined => {
  const plan = planOf(found, want)
  let budget = (found.compact.length * want.budgetTokens) / wholeTokens
  let best: { readonly text: string; readonly tokens: number; readonly hidden: ReadonlyArray<Hidden> } | undefined
  const attempts = found.kind.length < MANY ? ATTEMPTS : ATTEMPTS - 1
  for (let attempt = 0; attempt < attempts; attempt++) {
    const reduced = reduce(found, plan, budget)
    if (reduced === undefined) break
    const tokens = estimateTokens(reduced.text) + markerTokens(reduced.hidden)
    const fits = tokens <= want.budgetTokens
    const isBetter =
      best === undefined || (fits ? best.tokens > want.budgetTokens || tokens > best.tokens : tokens < best.tokens)
    if (isBetter) best = { ...reduced, tokens }
    if (fits && tokens > 0.85 * want.budgetTokens) break
    budget *= Math.min(4, want.budgetTokens / Math.max(1, tokens))
  }
  if (best === undefined || best.tokens >= wholeTokens) return undefined
  return segmentsOf(found, best.text, best.hidden)
}

/** Tokens of the markers and of the foot, their numbers aside. */
const markerTokens = (hidden: ReadonlyArray<Hidden>): number =>
  hidden.reduce((sum, { gap }) => sum + 10 + estimateTokens(gap.profile ?? ""), 30)

/** The table of what the plan keeps within the budget, with its gaps named where they are. */
const reduce = (
  found: Document,
  plan: Plan,
  budgetCharacters: number
): { readonly text: string; readonly hidden: ReadonlyArray<Hidden> } | undefined => {
  const hidden = plan.cutTo(budgetCharacters)
  if (hidden.length === 0) return undefined
  const cuts = hidden.flatMap((one) => one.cuts).sort((a, b) => a.from - b.from)
  const gaps = new Map<number, number>()
  const parts: Array<string> = []
  let at = 0
  let removed = 0
  for (const cut of cuts) {
    parts.push(found.compact.slice(at, cut.from))
    gaps.set(cut.from - removed, cut.count)
    removed += cut.to - cut.from
    at = cut.to
  }
  parts.push(found.compact.slice(at))
  const rest = scan(parts.join(""))
  const text = rest === undefined ? undefined : writeTable(identify(rest, found.wholeWords), gaps)
  return text === undefined ? undefined : { text: `${text}\n`, hidden }
}

const segmentsOf = (found: Json, text: string, hidden: ReadonlyArray<Hidden>): ReadonlyArray<Segment> => {
  const toInput = lifter(found.shown)
  const ranges = (cuts: ReadonlyArray<Cut>): Spans => {
    const spans: Array<number> = []
    for (const cut of [...cuts].sort((a, b) => a.from - b.from)) {
      const lifted = toInput([cut.from, cut.to])
      pushSpan(spans, lifted[0] as number, lifted[lifted.length - 1] as number)
    }
    return spans
  }
  const elided = hidden.map((one): Segment => ({ _tag: "Elide", spans: ranges(one.cuts), gap: one.gap }))
  const all = ranges(hidden.flatMap((one) => one.cuts))
  const spans = without(found.shown, all)
  const blanks = without(found.blanks, all)
  const isVerbatim = hidden.length === 0 && text === found.compact
  const segments: Array<Segment> = [
    ...elided,
    { _tag: "Shown", spans, codec: isVerbatim ? "verbatim" : TABLE.name, text }
  ]
  if (blanks.length > 0) segments.push({ _tag: "Strip", spans: blanks, noise: "json-space" })
  return segments.sort((a, b) => (a.spans[0] as number) - (b.spans[0] as number))
}

/** The spans less the ranges, which are spans as well. */
const without = (spans: Spans, ranges: Spans): Spans => {
  if (ranges.length === 0) return spans
  const out: Array<number> = []
  let range = 0
  for (let i = 0; i < spans.length; i += 2) {
    let start = spans[i] as number
    const end = spans[i + 1] as number
    while (range < ranges.length && (ranges[range + 1] as number) <= start) range += 2
    for (let at = range; at < ranges.length && (ranges[at] as number) < end; at += 2) {
      pushSpan(out, start, Math.min(end, ranges[at] as number))
      start = Math.max(start, ranges[at + 1] as number)
    }
    if (start < end) pushSpan(out, start, end)
  }
  return out
}

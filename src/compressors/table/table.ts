/**
 * Tables: CSV and its like, Markdown's, those of SQL clients, and columns that blanks part.
 *
 * What it does   prints a table without its drawing, texts that cells share named once; above the budget keeps the rows that stand out.
 * Why            a table's rows are alike: what is read in it are the columns, the odd rows, and those that were asked for.
 * Lossy          no: borders and blanks come back from the widths in the first line; hidden rows stand behind a gap that counts them.
 * Units          budget in estimated tokens; gaps in rows, from 0.
 * Never throws   lines that are no rows stay as they are; undefined where no table is found or none becomes cheaper.
 * Source         the notation of JSON tables (json/notation.ts), and their choice of rows.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import type { Content } from "../../domain/content.ts"
import { recently } from "../../domain/recent.ts"
import { pushSpan } from "../../domain/spans.ts"
import { hidesNothing, type Segment, verbatim } from "../../domain/tiling.ts"
import { estimateTokens, roughTokens } from "../../domain/tokens.ts"
import { planOf } from "../json/reduce.ts"
import { detectTable } from "./detect.ts"
import { readDelimited } from "./delimited.ts"
import { readDrawn } from "./drawn.ts"
import type { Grid } from "./grid.ts"
import { documentOf, readNotation, writeNotation } from "./notation.ts"

const TABLE = "table"
/** Longer tables are left as they are: the notation is worked out in memory, and takes its time where all of it is shown. */
const MAX_LENGTH = 4_000_000
const MAX_WHOLE = 600_000
const MARKER_TOKENS = 30
const ATTEMPTS = 3
/** Characters of text for each token of the budget beyond which no notation fits it. */
const HOPELESS = 60

/** The tables of a text, in order. */
export const gridsOf = recently((text: string): ReadonlyArray<Grid> => {
  const drawn = readDrawn(text)
  if (drawn.length > 0) return drawn
  const delimited = readDelimited(text)
  return delimited === undefined ? [] : [delimited]
})

interface Printed {
  readonly segments: ReadonlyArray<Segment>
  readonly tokens: number
}

const asItStands = (text: string, grid: Grid): Printed => ({
  segments: [verbatim(text, [grid.start, grid.end])],
  tokens: roughTokens(text.slice(grid.start, grid.end))
})

/** Where words with a backslash before them are no escapes, a notation with escapes would split them. */
const holdsEscapes = (text: string, { start, end }: Grid): boolean => {
  const at = text.indexOf("\\", start)
  return at !== -1 && at < end
}

/** All rows, in the notation where that is cheaper. */
const whole = (text: string, grid: Grid, wholeWords: boolean): Printed => {
  const plain = { ...asItStands(text, grid), tokens: estimateTokens(text, grid.start, grid.end) }
  if (grid.end - grid.start > MAX_WHOLE || holdsEscapes(text, grid)) return plain
  const document = documentOf(grid.header, grid.rows, wholeWords)
  const shown = document === undefined ? undefined : writeNotation(grid.form, document)
  if (shown === undefined || readNotation(shown) !== text.slice(grid.start, grid.end)) return plain
  const tokens = estimateTokens(shown)
  if (tokens >= plain.tokens) return plain
  return { segments: [{ _tag: "Shown", spans: [grid.start, grid.end], codec: TABLE, text: shown }], tokens }
}

/** The rows that stand out, and one gap for the others; undefined where none can be hidden. */
const reduced = (text: string, grid: Grid, want: Want): Printed | undefined => {
  const document = documentOf(grid.header, grid.rows, want.wholeWords === true)
  if (document === undefined) return undefined
  const plan = planOf(document, want)
  const perCharacter = roughTokens(text.slice(grid.start, grid.end)) / Math.max(1, document.compact.length)
  let room = want.budgetTokens / Math.max(0.01, perCharacter)
  let best: Printed | undefined
  const attempts = text.length > MAX_WHOLE ? 1 : ATTEMPTS
  for (let attempt = 0; attempt < attempts; attempt++) {
    const hidden = plan.cutTo(room).find(({ gap }) => gap.unit === "rows" || gap.unit === "items")
    if (hidden === undefined) break
    const printed = without(text, grid, hidden.gap.profile, rowsIn(document, hidden.cuts), want)
    const fits = printed.tokens <= want.budgetTokens
    if (
      best === undefined ||
      (fits ? printed.tokens > best.tokens || best.tokens > want.budgetTokens : printed.tokens < best.tokens)
    )
      best = printed
    if (fits && printed.tokens > 0.85 * want.budgetTokens) break
    room *= Math.min(4, want.budgetTokens / Math.max(1, printed.tokens))
  }
  return best
}

/** Which rows the cuts take away. */
const rowsIn = (
  document: NonNullable<ReturnType<typeof documentOf>>,
  cuts: ReadonlyArray<{ readonly from: number; readonly to: number }>
): ReadonlySet<number> => {
  const rows = new Set<number>()
  const sorted = [...cuts].sort((a, b) => a.from - b.from)
  let cut = 0
  document.roots.forEach((root, row) => {
    const end = document.end[root] as number
    while (cut < sorted.length && (sorted[cut] as { to: number }).to < end) cut++
    if (cut < sorted.length && (sorted[cut] as { from: number }).from < end) rows.add(row)
  })
  return rows
}

/** The grid less these rows, in the notation where that is cheaper. */
const without = (
  text: string,
  grid: Grid,
  profile: string | undefined,
  hiddenRows: ReadonlySet<number>,
  want: Want
): Printed => {
  const shown = [grid.start, grid.starts[0] as number]
  const hidden: Array<number> = []
  grid.rows.forEach((_, row) => {
    pushSpan(hiddenRows.has(row) ? hidden : shown, grid.starts[row] as number, grid.starts[row + 1] as number)
  })
  if (shown[0] === shown[1]) shown.splice(0, 2)
  pushSpan(shown, grid.starts[grid.rows.length] as number, grid.end)
  const kept = grid.rows.filter((_, row) => !hiddenRows.has(row))
  const first = [...hiddenRows][0] as number
  const last = Math.max(...hiddenRows)
  const gap = {
    unit: "rows",
    count: hiddenRows.size,
    range: [first, last],
    ...(profile === undefined ? {} : { profile })
  } as const
  const plain = verbatim(text, shown)
  const part: Grid = { ...grid, rows: kept }
  const document = holdsEscapes(text, grid) ? undefined : documentOf(part.header, part.rows, want.wholeWords === true)
  const notation = document === undefined ? undefined : writeNotation(grid.form, document)
  const isTrue = notation !== undefined && readNotation(notation) === plain.text
  const tokens = estimateTokens(plain.text)
  const own = isTrue ? estimateTokens(notation) : Number.POSITIVE_INFINITY
  const show: Segment = own < tokens ? { ...plain, codec: TABLE, text: notation as string } : plain
  const elide: Segment = { _tag: "Elide", spans: hidden, gap }
  return {
    segments: [show, elide].sort((a, b) => (a.spans[0] as number) - (b.spans[0] as number)),
    tokens: Math.min(own, tokens) + MARKER_TOKENS
  }
}

/** What stands between the tables. */
const linesAround = (text: string, grids: ReadonlyArray<Grid>): ReadonlyArray<readonly [number, number]> => {
  const starts = [0, ...grids.map(({ end }) => end)]
  const ends = [...grids.map(({ start }) => start), text.length]
  return starts.map((start, at) => [start, ends[at] as number] as const)
}

const tile = ({ text, origin }: Content, want: Want): ReadonlyArray<Segment> | undefined => {
  if (origin === "file" || text.length > MAX_LENGTH) return undefined
  const grids = gridsOf(text)
  if (grids.length === 0) return undefined
  const lines = linesAround(text, grids)
  // What is many times too long to fit need not be written whole.
  const isKnown = (want.visibleTokens ?? 0) > want.budgetTokens
  const isHopeless = !want.visibleOnly && (isKnown || text.length > HOPELESS * want.budgetTokens)
  const wholes = grids.map((grid) =>
    isHopeless ? asItStands(text, grid) : whole(text, grid, want.wholeWords === true)
  )
  const around = lines.reduce((sum, [start, end]) => sum + estimateTokens(text, start, end), 0)
  const total = wholes.reduce((sum, { tokens }) => sum + tokens, around)
  const segments: Array<Segment> = []
  let from = 0
  grids.forEach((grid, at) => {
    if (grid.start > from) segments.push(verbatim(text, [from, grid.start]))
    const all = wholes[at] as Printed
    const share = Math.floor((Math.max(0, want.budgetTokens - around) * all.tokens) / Math.max(1, total - around))
    const printed =
      want.visibleOnly || total <= want.budgetTokens
        ? all
        : (reduced(text, grid, { ...want, budgetTokens: share }) ?? all)
    for (const segment of (printed.tokens < all.tokens ? printed : all).segments) segments.push(segment)
    from = grid.end
  })
  if (from < text.length) segments.push(verbatim(text, [from, text.length]))
  const isChanged = segments.some((segment) => segment._tag !== "Shown" || segment.codec !== "verbatim")
  return isChanged && (!want.visibleOnly || hidesNothing({ input: text, segments })) ? segments : undefined
}

export const table: Compressor = {
  kind: "table",
  version: 3,
  readsWhole: true,
  detect: detectTable,
  tile,
  codecs: [{ name: TABLE, decode: readNotation }]
}

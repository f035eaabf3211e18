/**
 * Listings: files, packages, commits, changes of a working tree, lines with who wrote them.
 *
 * What it does   prints a folder once above its names and a commit once for its lines; above the budget hides names before folders, the
 *                deep before the shallow, the old before the new, and keeps what the question names and what is wrong.
 * Why            a listing is read for a few of its entries; where there are more, and how many, is enough to ask for them.
 * Lossy          no where all is visible; hidden lines and names stand behind gaps that count them.
 * Units          budget in estimated tokens; gaps in lines, in files for names.
 * Never throws   undefined where the text is no listing, and for a file's text.
 * Source         own.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import type { Content } from "../../domain/content.ts"
import { lineStarts } from "../../domain/lines.ts"
import { pushSpan } from "../../domain/spans.ts"
import { type Segment, type VisibleSegment, verbatim } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { entriesAsked } from "../question.ts"
import { blameCodec, printBlame } from "./blame.ts"
import { detectListing, type Form, formOf } from "./form.ts"
import { groupPaths, hideNames, pathsCodec } from "./paths.ts"
import { ranksOf } from "./rank.ts"

const MARKER_TOKENS = 20
/** Gaps of their own that runs of hidden lines get at most; beyond, one gap stands for all. */
const MAX_GAPS = 8
/** Less hidden than this share is not worth the markers. */
const MIN_HIDDEN = 0.2

/** The listing in its own codec, or undefined. */
const encoded = (text: string, form: Form): ReadonlyArray<VisibleSegment> | undefined => {
  const end = text.lastIndexOf("\n") + 1
  let shown: VisibleSegment | undefined
  if (form === "paths") shown = groupPaths(text)
  if (form === "blame") {
    const printed = printBlame(text.slice(0, end))
    if (printed !== undefined) shown = { _tag: "Shown", spans: [0, end], codec: blameCodec.name, text: printed }
  }
  if (shown === undefined) return undefined
  return end < text.length ? [shown, verbatim(text, [end, text.length])] : [shown]
}

const costOf = (segments: ReadonlyArray<Segment>): number =>
  segments.reduce((sum, segment) => sum + (segment._tag === "Shown" ? estimateTokens(segment.text) : 0), 0)

/** Which lines stay: by rank, then from the beginning, as many as the budget holds; what the question names in any case. */
const chosenLines = (
  lines: ReadonlyArray<string>,
  ranks: ReadonlyArray<number>,
  { budgetTokens, question }: Want
): Uint8Array => {
  const shown = new Uint8Array(lines.length)
  let room = budgetTokens - 2 * MARKER_TOKENS
  const costs = lines.map((line) => 1 + estimateTokens(line))
  for (const at of entriesAsked(lines, question)) {
    room -= costs[at] as number
    if (room > 0) shown[at] = 1
  }
  const last = lines.length - 1
  shown[last] = 1
  const highest = Math.max(...new Set(ranks))
  for (let rank = 0; rank <= highest && room > 0; rank++)
    for (let at = 0; at < lines.length; at++) {
      if (ranks[at] !== rank || shown[at] === 1) continue
      room -= costs[at] as number
      if (room < 0) break
      shown[at] = 1
    }
  return shown
}

const hiddenLines = (text: string, form: Form, want: Want): ReadonlyArray<Segment> | undefined => {
  const starts = lineStarts(text)
  const lines = starts.map((start, at) => text.slice(start, starts[at + 1] ?? text.length).replace(/\r?\n$/, ""))
  const shown = chosenLines(lines, ranksOf(form, lines), want)
  const runs: Array<readonly [from: number, to: number]> = []
  for (let at = 0; at < lines.length; ) {
    const from = at
    while (at < lines.length && shown[at] === 0) at++
    if (at > from) runs.push([from, at])
    while (at < lines.length && shown[at] === 1) at++
  }
  const endOf = (line: number): number => starts[line] ?? text.length
  const hidden = runs.reduce((sum, [from, to]) => sum + endOf(to) - endOf(from), 0)
  if (hidden < MIN_HIDDEN * text.length) return undefined
  const segments: Array<Segment> = []
  const rest: Array<number> = []
  if (runs.length > MAX_GAPS) {
    const spans: Array<number> = []
    let count = 0
    for (const [from, to] of runs) {
      pushSpan(spans, endOf(from), endOf(to))
      count += to - from
    }
    segments.push({ _tag: "Elide", spans, gap: { unit: "lines", count } })
  } else
    for (const [from, to] of runs)
      segments.push({ _tag: "Elide", spans: [endOf(from), endOf(to)], gap: { unit: "lines", count: to - from } })
  let at = 0
  const isCut = runs.length <= MAX_GAPS
  const firstHidden = endOf((runs[0] as readonly [number, number])[0])
  const put = (): void => {
    if (rest.length > 0) segments.push(verbatim(text, rest.splice(0)))
  }
  for (const [from, to] of runs) {
    pushSpan(rest, at, endOf(from))
    // One gap for all stands where the first hidden line does.
    if (isCut || endOf(from) === firstHidden) put()
    at = endOf(to)
  }
  pushSpan(rest, at, text.length)
  put()
  return segments.sort((a, b) => (a.spans[0] as number) - (b.spans[0] as number))
}

const tile = ({ text, origin }: Content, want: Want): ReadonlyArray<Segment> | undefined => {
  const form = origin === "file" ? undefined : formOf(text)
  if (form === undefined) return undefined
  const visible = encoded(text, form)
  const cost = visible === undefined ? estimateTokens(text) : costOf(visible)
  if (want.visibleOnly || cost <= want.budgetTokens) return visible
  const hidden =
    (form === "paths" ? hideNames(text, want.budgetTokens, want.question) : undefined) ?? hiddenLines(text, form, want)
  return hidden === undefined || costOf(hidden) >= cost ? visible : hidden
}

export const listing: Compressor = {
  kind: "listing",
  version: 1,
  detect: detectListing,
  tile,
  codecs: [pathsCodec, blameCodec]
}

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
import { type Segment, type VisibleSegment, verbatim } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { hideByRank } from "../ranked.ts"
import { blameCodec, printBlame } from "./blame.ts"
import { detectListing, type Form, formOf } from "./form.ts"
import { groupPaths, hideNames, pathsCodec } from "./paths.ts"
import { ranksOf } from "./rank.ts"

/** The listing in its own codec, or undefined. A path that the agent's next call will name is not parted from its folder. */
const encoded = (text: string, form: Form, wholeWords: boolean): ReadonlyArray<VisibleSegment> | undefined => {
  const end = text.lastIndexOf("\n") + 1
  let shown: VisibleSegment | undefined
  if (form === "paths" && !wholeWords) shown = groupPaths(text)
  if (form === "blame") {
    const printed = printBlame(text.slice(0, end))
    if (printed !== undefined) shown = { _tag: "Shown", spans: [0, end], codec: blameCodec.name, text: printed }
  }
  if (shown === undefined) return undefined
  return end < text.length ? [shown, verbatim(text, [end, text.length])] : [shown]
}

const costOf = (segments: ReadonlyArray<Segment>): number =>
  segments.reduce((sum, segment) => sum + (segment._tag === "Shown" ? estimateTokens(segment.text) : 0), 0)

const tile = ({ text, origin }: Content, want: Want): ReadonlyArray<Segment> | undefined => {
  const form = origin === "file" ? undefined : formOf(text)
  if (form === undefined) return undefined
  const wholeWords = want.wholeWords === true
  const visible = encoded(text, form, wholeWords)
  const cost = visible === undefined ? estimateTokens(text) : costOf(visible)
  if (want.visibleOnly || cost <= want.budgetTokens) return visible
  const hidden =
    (form === "paths" && !wholeWords ? hideNames(text, want.budgetTokens, want.question) : undefined) ??
    hideByRank(text, (lines) => ranksOf(form, lines), want)
  return hidden === undefined || costOf(hidden) >= cost ? visible : hidden
}

export const listing: Compressor = {
  kind: "listing",
  version: 1,
  detect: detectListing,
  tile,
  codecs: [pathsCodec, blameCodec]
}

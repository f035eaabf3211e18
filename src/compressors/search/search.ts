/**
 * Search results: grep, ripgrep (plain, headings, context, --json) and git grep.
 *
 * What it does   prints a path once above its lines; where the budget needs more, hides the text of matches, never their places.
 * Why            half the tokens of a result are paths printed again; which files match, and where, is what is asked for next.
 * Lossy          no for groups; hidden text stands behind a gap that counts it.
 * Units          budget in estimated tokens; gaps in matches, or in lines where only context is hidden.
 * Never throws   what is no match stays verbatim in place; undefined where nothing can be grouped or hidden.
 * Source         the heading form of ripgrep.
 */
import type { Compressor } from "../../domain/compressor.ts"
import { detectSearch } from "./detect.ts"
import { groupMatches, groupsCodec } from "./groups.ts"

export const search: Compressor = {
  kind: "search",
  version: 1,
  detect: detectSearch,
  tile: (content) => {
    if (content.origin === "file") return undefined
    const segments = groupMatches(content.text)
    return segments.some((segment) => segment.codec !== "verbatim") ? segments : undefined
  },
  codecs: [groupsCodec]
}

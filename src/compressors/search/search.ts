/**
 * Search results: grep, ripgrep (plain, headings, context, --json) and git grep.
 *
 * What it does   prints a path once above its lines, and rows of one text once behind their numbers; where the budget needs more, hides the text of matches, never their places.
 * Why            half the tokens of a result are paths printed again; which files match, and where, is what is asked for next.
 * Lossy          no for groups; hidden text stands behind a gap that counts it.
 * Units          budget in estimated tokens; gaps in matches, or in lines where only context is hidden.
 * Never throws   what is no match stays verbatim in place; undefined where nothing can be grouped or hidden.
 * Source         the heading form of ripgrep.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import { recently } from "../../domain/recent.ts"
import { hidesNothing, type Segment, type Shown } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { chooseLines, rankMatches } from "./choose.ts"
import { detectSearch } from "./detect.ts"
import { groupMatches, groupsCodec } from "./groups.ts"
import { hideLines } from "./hide.ts"
import { parseResult, type Result } from "./result.ts"
import { joinRows, rowsCodec } from "./rows.ts"

/** Runs of so many hidden matches of one file keep their numbers; less where the numbers alone would fill the budget. */
const RUN_LIMITS = [80, 40, 20, 8] as const
/** Tokens of a gap's marker, its path aside. */
const MARKER_TOKENS = 20
/** Tokens of a line number and its comma, or of a count of lines without numbers. */
const NUMBER_TOKENS = 2
const ATTEMPTS = 3

const costOf = (segments: ReadonlyArray<Segment>): number =>
  segments.reduce(
    (sum, segment) =>
      sum + (segment._tag === "Shown" ? estimateTokens(segment.text) : segment._tag === "Elide" ? MARKER_TOKENS : 0),
    0
  )

/** Tokens of names and places with no match shown, where runs of more than `limit` matches become gaps. */
const placesCost = (text: string, { lines, form }: Result, limit: number): number => {
  const known = new Map<string, number>()
  let cost = MARKER_TOKENS
  let path = ""
  let run = 0
  let isNumbered = false
  const close = (): void => {
    cost += run > limit ? MARKER_TOKENS : isNumbered ? run * NUMBER_TOKENS : NUMBER_TOKENS
    run = 0
  }
  for (const line of lines) {
    if (line.kind === "other") cost += estimateTokens(text.slice(line.start, line.end))
    if (line.kind !== "match") continue
    if (line.path !== path) {
      close()
      path = line.path
      const tokens = known.get(path) ?? 2 + estimateTokens(path)
      known.set(path, tokens)
      if (form !== "headings") cost += tokens
    }
    run++
    isNumbered = line.number !== ""
  }
  close()
  return cost
}

/** The result within the budget, or as near as names, places and what is no match allow. */
const withinBudget = (text: string, want: Want): ReadonlyArray<Segment> | undefined => {
  const result = parseResult(text)
  if (result === undefined) return undefined
  let limit = 0
  let places = Number.POSITIVE_INFINITY
  for (const candidate of RUN_LIMITS) {
    const cost = placesCost(text, result, candidate)
    if (cost < places) {
      limit = candidate
      places = cost
    }
    if (places <= want.budgetTokens / 2) break
  }
  let room = want.budgetTokens - places
  const order = room > 0 ? rankMatches(text, result, want.question) : []
  for (let attempt = 1; ; attempt++) {
    const shown = chooseLines(text, result, order, room)
    const segments = hideLines(text, result, shown, limit)
    if (attempt === ATTEMPTS || shown.size === 0) return segments
    const cost = costOf(segments)
    if (cost <= want.budgetTokens) return segments
    // a shown match may part a gap in two; how many do is known only afterwards
    room = (room * Math.max(0, want.budgetTokens - places)) / Math.max(1, cost - places)
  }
}

/** The whole result: paths once above their lines, and rows of one text joined, also where the tool itself has printed headings. */
const shortest = recently((text: string): ReadonlyArray<Shown> => {
  const groups = groupMatches(text)
  if (groups.length !== 1 || groups[0]?.codec !== "verbatim") return groups
  const joined = joinRows(text)
  return joined === undefined
    ? groups
    : [{ _tag: "Shown", spans: [0, text.length], codec: rowsCodec.name, text: joined }]
})

export const search: Compressor = {
  kind: "search",
  version: 2,
  detect: detectSearch,
  tile: (content, want) => {
    const { text } = content
    if (content.origin === "file" || text === "") return undefined
    const groups = shortest(text)
    const grouped = groups.some((segment) => segment.codec !== "verbatim") ? groups : undefined
    if (want.visibleOnly || costOf(groups) <= want.budgetTokens) return grouped
    const segments = withinBudget(text, want)
    return segments === undefined || hidesNothing({ input: text, segments }) ? grouped : segments
  },
  codecs: [groupsCodec, rowsCodec]
}

/**
 * Diffs: unified, git, merges (combined), with or without commits around them.
 *
 * What it does   where the budget needs it, lists files with their counts and hides hunks; only the last to fit may end in a gap.
 * Why            a diff is read for a few of its changes, but which files changed, and how much, must stay true.
 * Lossy          hidden hunks and lines stand behind gaps that count them; within the budget nothing is changed, so that a patch still applies.
 * Units          budget in estimated tokens; gaps in hunks, or in lines within a hunk.
 * Never throws   what is no diff stays verbatim in place; undefined where nothing can be hidden.
 * Source         the unified format of GNU diff and git.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import { hidesNothing, type Segment } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { type Candidate, rankHunks } from "./choose.ts"
import { detectDiff } from "./detect.ts"
import { type Choice, hideHunks } from "./hide.ts"
import { type FilePatch, type Part, parsePatch } from "./patch.ts"
import { pieceCodec } from "./piece.ts"
import { statCodec } from "./stat.ts"

/** Tokens of a gap's marker. */
const MARKER_TOKENS = 24
/** With fewer tokens than this the beginning of a long hunk tells nothing. */
const MIN_PART_TOKENS = 120
const ATTEMPTS = 3

const costOf = (segments: ReadonlyArray<Segment>): number =>
  segments.reduce(
    (sum, segment) =>
      sum + (segment._tag === "Shown" ? estimateTokens(segment.text) : segment._tag === "Elide" ? MARKER_TOKENS : 0),
    0
  )

/** As many of the best hunks as these tokens hold; what is left goes to the beginnings of longer ones. */
const fill = (ranked: ReadonlyArray<Candidate>, headers: ReadonlyMap<FilePatch, number>, tokens: number): Choice => {
  const choice = new Map<FilePatch, Map<number, number>>()
  let left = tokens
  const show = ({ file, hunk }: Candidate, limit: number, cost: number): void => {
    const shown = choice.get(file)
    if (shown === undefined) choice.set(file, new Map([[hunk, limit]]))
    else shown.set(hunk, limit)
    left -= cost
  }
  const overhead = (file: FilePatch): number => (choice.has(file) ? 0 : (headers.get(file) ?? 0) + MARKER_TOKENS)
  const long: Array<Candidate> = []
  for (const candidate of ranked) {
    const cost = candidate.tokens + overhead(candidate.file)
    if (cost > left) long.push(candidate)
    else show(candidate, Number.POSITIVE_INFINITY, cost)
  }
  for (const candidate of long) {
    const room = left - overhead(candidate.file) - 2 * MARKER_TOKENS
    if (room < MIN_PART_TOKENS) break
    show(candidate, room, left)
  }
  return choice
}

const withinBudget = (text: string, parts: ReadonlyArray<Part>, want: Want): ReadonlyArray<Segment> => {
  const files = parts.filter((part): part is FilePatch => part._tag === "File")
  let segments = hideHunks(text, parts, new Map(), want.question)
  const base = costOf(segments)
  let room = want.budgetTokens - base
  if (room <= 0) return segments
  const ranked = rankHunks(text, files, want.question)
  const headers = new Map(files.map((file) => [file, estimateTokens(text.slice(file.start, file.headEnd))]))
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    segments = hideHunks(text, parts, fill(ranked, headers, room), want.question)
    const cost = costOf(segments)
    if (cost <= want.budgetTokens) break
    // a shown file parts a list in two; how many do is known only afterwards
    room = (room * (want.budgetTokens - base)) / Math.max(1, cost - base)
  }
  return segments
}

export const diff: Compressor = {
  kind: "diff",
  version: 2,
  readsWhole: true,
  detect: detectDiff,
  tile: (content, want) => {
    const { text } = content
    if (want.visibleOnly || text === "" || estimateTokens(text) <= want.budgetTokens) return undefined
    const parts = parsePatch(text)
    if (parts === undefined) return undefined
    const segments = withinBudget(text, parts, want)
    return hidesNothing({ input: text, segments }) ? undefined : segments
  },
  codecs: [statCodec, pieceCodec]
}

/**
 * Diffs: unified, git, merges (combined), with or without commits around them.
 *
 * What it does   where the budget needs it, lists files with their counts and hides hunks; those that fit in part only are shown in part;
 *                of lockfiles the versions that change are shown.
 * Why            a diff is read for a few of its changes, but which files changed, and how much, must stay true.
 * Lossy          hidden hunks and lines stand behind gaps that count them; within the budget nothing is changed, so that a patch still applies.
 * Units          budget in estimated tokens; gaps in hunks, or in lines within a hunk.
 * Never throws   what is no diff stays verbatim in place; undefined where nothing can be hidden.
 * Source         the unified format of GNU diff and git.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import { hidesNothing, type Segment, type Shown } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { type Candidate, rankHunks } from "./choose.ts"
import { detectDiff } from "./detect.ts"
import { isLockPath } from "../lockfile/packages.ts"
import { pinnedCodec } from "../lockfile/pinned.ts"
import { type Choice, hideHunks, type Versions } from "./hide.ts"
import { type FilePatch, type Part, parsePatch } from "./patch.ts"
import { pieceCodec } from "./piece.ts"
import { statCodec } from "./stat.ts"
import { versionsIn } from "./versions.ts"

/** Tokens of a gap's marker. */
const MARKER_TOKENS = 24
/** With fewer tokens than this the beginning of a long hunk tells nothing. */
const MIN_PART_TOKENS = 120
const ATTEMPTS = 3
/** What lockfiles get of the room before other files have theirs. */
const LOCKS_SHARE = 0.25

const costOf = (segments: ReadonlyArray<Segment>): number =>
  segments.reduce(
    (sum, segment) =>
      sum + (segment._tag === "Shown" ? estimateTokens(segment.text) : segment._tag === "Elide" ? MARKER_TOKENS : 0),
    0
  )

/** As many of the best hunks as these tokens hold; what is left goes to the beginnings of longer ones. */
const fill = (
  ranked: ReadonlyArray<Candidate>,
  headers: ReadonlyMap<FilePatch, number>,
  tokens: number
): { readonly hunks: Choice["hunks"]; readonly left: number } => {
  const hunks = new Map<FilePatch, Map<number, number>>()
  let left = tokens
  const show = ({ file, hunk }: Candidate, limit: number, cost: number): void => {
    const shown = hunks.get(file)
    if (shown === undefined) hunks.set(file, new Map([[hunk, limit]]))
    else shown.set(hunk, limit)
    left -= cost
  }
  const overhead = (file: FilePatch): number => (hunks.has(file) ? 0 : (headers.get(file) ?? 0) + MARKER_TOKENS)
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
  return { hunks, left }
}

/** A lockfile with the versions that no lockfile above it changes alike, and what each costs. */
interface Lock {
  readonly file: FilePatch
  readonly versions: ReadonlyArray<Shown>
  readonly costs: ReadonlyArray<number>
}

const locksIn = (text: string, files: ReadonlyArray<FilePatch>): ReadonlyArray<Lock> => {
  const seen = new Set<string>()
  return files.flatMap((file) => {
    if (!isLockPath(file.path)) return []
    const versions = versionsIn(text, file).filter((one) => !seen.has(one.text))
    for (const one of versions) seen.add(one.text)
    return versions.length === 0 ? [] : [{ file, versions, costs: versions.map((one) => estimateTokens(one.text)) }]
  })
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((all, one) => all + one, 0)

/** As many versions of each lockfile as these tokens hold. */
const fillLocks = (locks: ReadonlyArray<Lock>, tokens: number): Choice["versions"] => {
  const chosen = new Map<FilePatch, Versions>()
  let left = tokens
  for (const { file, versions, costs } of locks) {
    left -= MARKER_TOKENS
    let count = 0
    while (count < versions.length && left >= (costs[count] as number)) left -= costs[count++] as number
    if (count > 0) chosen.set(file, { shown: versions.slice(0, count), hidden: versions.length - count })
  }
  return chosen
}

const withinBudget = (text: string, parts: ReadonlyArray<Part>, want: Want): ReadonlyArray<Segment> => {
  const files = parts.filter((part): part is FilePatch => part._tag === "File")
  const { question } = want
  let segments = hideHunks(text, parts, { hunks: new Map(), versions: new Map(), question })
  const base = costOf(segments)
  let room = want.budgetTokens - base
  if (room <= 0) return segments
  const ranked = rankHunks(text, files, question)
  const headers = new Map(files.map((file) => [file, estimateTokens(text.slice(file.start, file.headEnd))]))
  const locks = locksIn(text, files)
  const locksCost = sum(locks.map(({ costs }) => MARKER_TOKENS + sum(costs)))
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const reserved = Math.min(locksCost, room * LOCKS_SHARE)
    const { hunks, left } = fill(ranked, headers, room - reserved)
    const versions = fillLocks(locks, reserved + Math.max(0, left))
    segments = hideHunks(text, parts, { hunks, versions, question })
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
  codecs: [statCodec, pieceCodec, pinnedCodec]
}

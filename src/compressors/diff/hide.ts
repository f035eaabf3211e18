/**
 * A diff with some hunks hidden: a file of which nothing is shown is one line with its counts; in a file that is shown in part each
 * gap counts what it hides, so that each hunk header shown is true for the lines below it.
 */
import { pushSpan } from "../../domain/spans.ts"
import { type Elide, type Segment, verbatim } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { type FilePatch, type Hunk, lineEnd, type Part } from "./patch.ts"
import { STAT, statOf } from "./stat.ts"

/** Hunks that are shown, by file, with the tokens that each may take; what is longer is shown to there. */
export type Choice = ReadonlyMap<FilePatch, ReadonlyMap<number, number>>

/** Context next to a change that stays, and the shortest run that is worth a gap, in lines. */
const NEAR = 3
const LONG_CONTEXT = 14

const NONE: ReadonlyMap<number, number> = new Map()

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

const elideHunks = (file: FilePatch, hunks: ReadonlyArray<Hunk>): Elide => {
  const added = hunks.reduce((sum, hunk) => sum + hunk.added, 0)
  const removed = hunks.reduce((sum, hunk) => sum + hunk.removed, 0)
  const spans = [(hunks[0] as Hunk).start, (hunks[hunks.length - 1] as Hunk).end]
  const profile = `+${added} -${removed} of +${file.added} -${file.removed}`
  return { _tag: "Elide", spans, gap: { unit: "hunks", count: hunks.length, profile } }
}

/** The end of the hunk's first lines, header included, that these tokens hold. */
const cutAt = (text: string, hunk: Hunk, tokens: number): number => {
  let left = tokens
  let at = lineEnd(text, hunk.start)
  while (at < hunk.end) {
    const end = lineEnd(text, at)
    left -= estimateTokens(text.slice(at, end))
    if (left < 0) break
    at = end
  }
  return at
}

const elideRest = (text: string, from: number, to: number): Elide => {
  let count = 0
  let added = 0
  let removed = 0
  for (let at = from; at < to; at = lineEnd(text, at)) {
    count++
    if (text[at] === "+") added++
    else if (text[at] === "-") removed++
  }
  return { _tag: "Elide", spans: [from, to], gap: { unit: "lines", count, profile: `+${added} -${removed}` } }
}

/** A hunk with the middle of long context in gaps, and its end where it takes more than these tokens. */
const showHunk = (text: string, hunk: Hunk, tokens: number): ReadonlyArray<Segment> => {
  const stop = tokens === Number.POSITIVE_INFINITY ? hunk.end : cutAt(text, hunk, tokens)
  const segments: Array<Segment> = []
  let shownFrom = hunk.start
  let sawChange = false
  let context: Array<number> = []
  const close = (keepLast: number): void => {
    const keepFirst = sawChange ? NEAR : 0
    const from = context[keepFirst]
    const to = context[context.length - keepLast] ?? stop
    if (context.length >= LONG_CONTEXT && from !== undefined) {
      const gap = { unit: "lines" as const, count: context.length - keepFirst - keepLast, profile: "context" }
      segments.push(verbatim(text, [shownFrom, from]), { _tag: "Elide", spans: [from, to], gap })
      shownFrom = to
    }
    context = []
  }
  for (let at = lineEnd(text, hunk.start); at < stop; at = lineEnd(text, at)) {
    const mark = text[at]
    if (mark === " " || mark === "\n" || mark === "\r") context.push(at)
    else {
      close(NEAR)
      sawChange = true
    }
  }
  if (stop === hunk.end) close(0)
  if (shownFrom < stop) segments.push(verbatim(text, [shownFrom, stop]))
  if (stop < hunk.end) segments.push(elideRest(text, stop, hunk.end))
  return segments
}

const showFile = (text: string, file: FilePatch, shown: ReadonlyMap<number, number>): ReadonlyArray<Segment> => {
  const segments: Array<Segment> = [verbatim(text, [file.start, file.headEnd])]
  let hidden: Array<Hunk> = []
  const close = (): void => {
    if (hidden.length > 0) segments.push(elideHunks(file, hidden))
    hidden = []
  }
  for (let h = 0; h < file.hunks.length; h++) {
    const hunk = file.hunks[h] as Hunk
    const tokens = shown.get(h)
    if (tokens !== undefined) {
      close()
      for (const segment of showHunk(text, hunk, tokens)) segments.push(segment)
    } else hidden.push(hunk)
  }
  close()
  return segments
}

/** Files in a row of which nothing but name and counts is shown. */
const listFiles = (text: string, files: ReadonlyArray<FilePatch>): ReadonlyArray<Segment> => {
  const names: Array<number> = []
  const rest: Array<number> = []
  let list = ""
  let hunks = 0
  let added = 0
  let removed = 0
  for (const file of files) {
    list += statOf(text, file) ?? ""
    pushSpan(names, file.start, file.nameEnd)
    pushSpan(rest, file.nameEnd, file.end)
    hunks += file.hunks.length
    added += file.added
    removed += file.removed
  }
  const segments: Array<Segment> = [{ _tag: "Shown", spans: names, codec: STAT, text: list }]
  if (rest.length === 0) return segments
  const profile = `+${added} -${removed} in ${plural(files.length, "file")}`
  const gap =
    hunks > 0
      ? { unit: "hunks" as const, count: hunks, profile }
      : { unit: "files" as const, count: files.length, profile: "headers only" }
  return [...segments, { _tag: "Elide", spans: rest, gap }]
}

/** Segments of the text in which the chosen hunks are shown; without a choice a file is a line with its counts. */
export const hideHunks = (text: string, parts: ReadonlyArray<Part>, choice: Choice): ReadonlyArray<Segment> => {
  const segments: Array<Segment> = []
  let listed: Array<FilePatch> = []
  const close = (): void => {
    if (listed.length > 0) for (const segment of listFiles(text, listed)) segments.push(segment)
    listed = []
  }
  for (const part of parts) {
    const shown = part._tag === "File" ? (choice.get(part) ?? NONE) : undefined
    if (part._tag === "File" && shown?.size === 0 && part.end > part.nameEnd && statOf(text, part) !== undefined) {
      listed.push(part)
      continue
    }
    close()
    if (part._tag === "Other") segments.push(verbatim(text, [part.start, part.end]))
    else for (const segment of showFile(text, part, shown ?? NONE)) segments.push(segment)
  }
  close()
  return segments
}

/**
 * A diff with some hunks hidden: a file of which nothing is shown is one line with its counts; in a file that is shown in part each
 * gap counts what it hides, so that each hunk header shown is true for the lines below it.
 */
import { pushSpan } from "../../domain/spans.ts"
import { type Elide, type Segment, verbatim } from "../../domain/tiling.ts"
import { showHunk } from "./part.ts"
import type { FilePatch, Hunk, Part } from "./patch.ts"
import { STAT, statOf } from "./stat.ts"

/** Hunks that are shown, by file, with the tokens that each may take; what is longer is shown in part. */
export type Choice = ReadonlyMap<FilePatch, ReadonlyMap<number, number>>

const NONE: ReadonlyMap<number, number> = new Map()

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

const elideHunks = (file: FilePatch, hunks: ReadonlyArray<Hunk>): Elide => {
  const added = hunks.reduce((sum, hunk) => sum + hunk.added, 0)
  const removed = hunks.reduce((sum, hunk) => sum + hunk.removed, 0)
  const spans = [(hunks[0] as Hunk).start, (hunks[hunks.length - 1] as Hunk).end]
  const profile = `+${added} -${removed} of +${file.added} -${file.removed}`
  return { _tag: "Elide", spans, gap: { unit: "hunks", count: hunks.length, profile } }
}

const showFile = (
  text: string,
  file: FilePatch,
  shown: ReadonlyMap<number, number>,
  question: string
): ReadonlyArray<Segment> => {
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
      for (const segment of showHunk(text, hunk, tokens, question)) segments.push(segment)
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
export const hideHunks = (
  text: string,
  parts: ReadonlyArray<Part>,
  choice: Choice,
  question: string
): ReadonlyArray<Segment> => {
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
    else for (const segment of showFile(text, part, shown ?? NONE, question)) segments.push(segment)
  }
  close()
  return segments
}

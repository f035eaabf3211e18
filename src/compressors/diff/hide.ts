/**
 * A diff with some hunks hidden: a file of which nothing is shown is one line with its counts, a lockfile with the versions that it changes
 * below; in a file that is shown in part each gap counts what it hides, so that each hunk header shown is true for the lines below it.
 */
import { pushSpan } from "../../domain/spans.ts"
import { type Elide, type Segment, type Shown, verbatim } from "../../domain/tiling.ts"
import { showHunk } from "./part.ts"
import type { FilePatch, Hunk, Part } from "./patch.ts"
import { STAT, statOf } from "./stat.ts"

export interface Choice {
  /** Hunks that are shown, by file, with the tokens that each may take; what is longer is shown in part. */
  readonly hunks: ReadonlyMap<FilePatch, ReadonlyMap<number, number>>
  /** Versions that are shown of lockfiles, and how many more of each are not. */
  readonly versions: ReadonlyMap<FilePatch, Versions>
  readonly question: string
}

export interface Versions {
  readonly shown: ReadonlyArray<Shown>
  readonly hidden: number
}

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

/** Appends what of a span is not under these, which stand in no order. */
const pushWithout = (spans: Array<number>, start: number, end: number, taken: ReadonlyArray<Shown>): void => {
  const ranges = taken.flatMap((one) =>
    Array.from({ length: one.spans.length / 2 }, (_, i) => one.spans.slice(2 * i, 2 * i + 2) as [number, number])
  )
  let at = start
  for (const [from, to] of ranges.sort((a, b) => a[0] - b[0])) {
    pushSpan(spans, at, from)
    at = to
  }
  pushSpan(spans, at, end)
}

/** Files in a row of which nothing but name and counts is shown, of the last one versions. */
const listFiles = (
  text: string,
  files: ReadonlyArray<FilePatch>,
  { shown, hidden }: Versions
): ReadonlyArray<Segment> => {
  const names: Array<number> = []
  const rest: Array<number> = []
  let list = ""
  let hunks = 0
  let added = 0
  let removed = 0
  for (const [at, file] of files.entries()) {
    list += statOf(text, file) ?? ""
    pushSpan(names, file.start, file.nameEnd)
    pushWithout(rest, file.nameEnd, file.end, at === files.length - 1 ? shown : [])
    hunks += file.hunks.length
    added += file.added
    removed += file.removed
  }
  const segments: Array<Segment> = [{ _tag: "Shown", spans: names, codec: STAT, text: list }]
  if (rest.length === 0) return segments
  const more = hidden === 0 ? "" : `, ${plural(hidden, "more version")}`
  const profile = `+${added} -${removed} in ${plural(files.length, "file")}${more}`
  const gap =
    hunks > 0
      ? { unit: "hunks" as const, count: hunks, profile }
      : { unit: "files" as const, count: files.length, profile: "headers only" }
  return [...segments, { _tag: "Elide", spans: rest, gap }, ...shown]
}

const NO_VERSIONS: Versions = { shown: [], hidden: 0 }

/** Segments of the text in which what was chosen is shown; without a choice a file is a line with its counts. */
export const hideHunks = (text: string, parts: ReadonlyArray<Part>, choice: Choice): ReadonlyArray<Segment> => {
  const segments: Array<Segment> = []
  let listed: Array<FilePatch> = []
  const close = (versions = NO_VERSIONS): void => {
    if (listed.length > 0) for (const segment of listFiles(text, listed, versions)) segments.push(segment)
    listed = []
  }
  for (const part of parts) {
    const shown = part._tag === "File" ? (choice.hunks.get(part) ?? NONE) : undefined
    if (part._tag === "File" && shown?.size === 0 && part.end > part.nameEnd && statOf(text, part) !== undefined) {
      listed.push(part)
      const versions = choice.versions.get(part)
      if (versions !== undefined) close(versions)
      continue
    }
    close()
    if (part._tag === "Other") segments.push(verbatim(text, [part.start, part.end]))
    else for (const segment of showFile(text, part, shown ?? NONE, choice.question)) segments.push(segment)
  }
  close()
  return segments
}

/**
 * The codec `diff-stat`: files whose changes are hidden, a line each with their true counts, as `git diff --stat` lists them.
 *
 *     src/a.ts | +12 -3              diff --git a/src/a.ts b/src/a.ts
 *     old.ts => new.ts | +0 -0 …     diff --git a/old.ts b/new.ts
 *     diff --cc x | +1 -2            a name line of any other form, as it is
 *
 * The decoder gives the name lines back; the counts stand for the hidden rest and are counted from it.
 */
import type { Codec } from "../../domain/tiling.ts"
import type { FilePatch } from "./patch.ts"

export const STAT = "diff-stat"

const COUNTS = " | +"
const NAME_LINE = /^(?:diff |--- |\+\+\+ )/
const ARROW = " => "

const decodeLine = (line: string): string => {
  const counts = line.lastIndexOf(COUNTS)
  const name = counts === -1 ? line : line.slice(0, counts)
  if (counts === -1 || NAME_LINE.test(name)) return name
  const arrow = name.indexOf(ARROW)
  return arrow === -1
    ? `diff --git a/${name} b/${name}`
    : `diff --git a/${name.slice(0, arrow)} b/${name.slice(arrow + ARROW.length)}`
}

const decodeStat = (shown: string): string | undefined =>
  shown.endsWith("\n") ? `${shown.slice(0, -1).split("\n").map(decodeLine).join("\n")}\n` : undefined

export const statCodec: Codec = { name: STAT, decode: decodeStat }

/** The name line or lines of a file with its counts, or undefined where they would not decode. */
export const statOf = (text: string, file: FilePatch): string | undefined => {
  const name = text.slice(file.start, file.nameEnd)
  if (!name.endsWith("\n") || name.includes("\r")) return undefined
  const line = name.slice(0, -1)
  const sides = /^diff --git a\/(.+) b\/(.+)$/.exec(line)
  const short = sides === null ? line : sides[1] === sides[2] ? `${sides[1]}` : `${sides[1]}${ARROW}${sides[2]}`
  // an arrow says "renamed" already
  const notes = file.notes.filter((note) => note !== "renamed" || !short.includes(ARROW))
  const counts = `${COUNTS}${file.added} -${file.removed}${notes.length === 0 ? "" : ` ${notes.join(", ")}`}\n`
  return [short, line].map((candidate) => candidate + counts).find((candidate) => decodeStat(candidate) === name)
}

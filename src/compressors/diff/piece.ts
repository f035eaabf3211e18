/**
 * The codec `hunk-piece`: lines of a hunk that stand behind a gap, under ranges of their own in the form of the hunk's header, because a
 * reader who must count what is hidden above a line to know where it stands counts wrong.
 *
 *     [… 6-59: 54 lines, context]
 *     @@ -58,4 +58,4 @@
 *      line 57
 *
 * The ranges are true of the lines below: these apply by themselves. The decoder drops them where they count those lines.
 */
import { type Codec, type Shown, verbatim } from "../../domain/tiling.ts"
import { type Hunk, lineEnd } from "./patch.ts"

const PIECE = "hunk-piece"
const HEADER = /^(@{2,17}) ((?:-\d+(?:,\d+)? )+\+\d+(?:,\d+)?) \1/

/** Lines of one side: of a parent, or of the result. */
interface Range {
  readonly start: number
  readonly count: number
}

/** The ranges that a header says, the result's last; undefined where the line is none. */
const rangesIn = (header: string): ReadonlyArray<Range> | undefined =>
  HEADER.exec(header)?.[2]
    ?.split(" ")
    .map((range) => {
      const [start = "", count = "1"] = range.slice(1).split(",")
      return { start: Number(start), count: Number(count) }
    })

/** As git prints them: a range of nothing is named by the line before it. */
const printRanges = (ranges: ReadonlyArray<Range>): string => {
  const printed = ranges.map(({ start, count }, side) => {
    const sign = side === ranges.length - 1 ? "+" : "-"
    return `${sign}${count === 0 ? start - 1 : start}${count === 1 ? "" : `,${count}`}`
  })
  const ats = "@".repeat(ranges.length)
  return `${ats} ${printed.join(" ")} ${ats}\n`
}

/** On which sides the line stands, the result's last; none for a remark on the line above. */
const sidesOf = (text: string, at: number, columns: number): ReadonlyArray<boolean> => {
  if (text[at] === "\\") return []
  const marks = text.slice(at, at + columns)
  const isRemoved = marks.includes("-")
  const olds = Array.from({ length: columns }, (_, column) => {
    const mark = marks[column]
    return isRemoved ? mark === "-" : mark !== "+"
  })
  return [...olds, !isRemoved]
}

/** How many lines of each side stand from `from` to `to`. */
const countSides = (text: string, from: number, to: number, columns: number): ReadonlyArray<number> => {
  const counts = new Array<number>(columns + 1).fill(0)
  for (let at = from; at < to; at = lineEnd(text, at))
    sidesOf(text, at, columns).forEach((stands, side) => {
      if (stands) counts[side] = (counts[side] as number) + 1
    })
  return counts
}

const decode = (shown: string): string | undefined => {
  const from = lineEnd(shown, 0)
  const ranges = rangesIn(shown.slice(0, from))
  if (ranges === undefined) return undefined
  const counts = countSides(shown, from, shown.length, ranges.length - 1)
  return ranges.every(({ count }, side) => count === counts[side]) ? shown.slice(from) : undefined
}

export const pieceCodec: Codec = { name: PIECE, decode }

/** The lines of the hunk from `from` to `to` under their own ranges. */
export const pieceOf = (text: string, hunk: Hunk, from: number, to: number): Shown => {
  const body = lineEnd(text, hunk.start)
  const whole = rangesIn(text.slice(hunk.start, body))
  if (whole === undefined || whole.length !== hunk.columns + 1) return verbatim(text, [from, to])
  const above = countSides(text, body, from, hunk.columns)
  const within = countSides(text, from, to, hunk.columns)
  const ranges = whole.map(({ start, count }, side) => ({
    start: start + (count === 0 ? 1 : 0) + (above[side] as number),
    count: within[side] as number
  }))
  return { _tag: "Shown", spans: [from, to], codec: PIECE, text: printRanges(ranges) + text.slice(from, to) }
}

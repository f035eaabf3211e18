/**
 * A search result with the text of some matches hidden: each file stays named and each hidden match leaves its line number, because
 * places are short and are what the reader asks for next; only long runs of matches in one file become a gap that counts them.
 */
import type { Gap } from "../../domain/marker.ts"
import { pushSpan, textOf } from "../../domain/spans.ts"
import { type Codec, type Elide, type Segment, verbatim } from "../../domain/tiling.ts"
import { groupsCodec, MAX_TIMES, rowOf } from "./groups.ts"
import type { Line, Result } from "./result.ts"
import { rowsCodec } from "./rows.ts"

/** A gap names its file, whole and untouched by the marker's grammar. */
const fitsProfile = (path: string): boolean => path.length <= 100 && !/[\]\r\n\u2028\u2029]/.test(path)

const gapOf = (matches: number, others: number, profile: string): Gap =>
  matches === 0
    ? { unit: "lines", count: Math.max(1, others), profile: "context" }
    : {
        unit: "matches",
        count: matches,
        profile: others === 0 ? profile : `${profile}, and ${others} lines of context`
      }

/** Lines printed together by one codec, and what is hidden between them. */
class Stretch {
  private readonly input: string
  private readonly codec: Codec
  private readonly shown: Array<number> = []
  private readonly hidden: Array<number> = []
  private text = ""
  private heading: string | undefined
  private numbers: Array<string> = []
  private times = 0
  /** Whether something stands below the heading. */
  private hasRows = false
  private matches = 0
  private context = 0

  constructor(input: string, codec: Codec) {
    this.input = input
    this.codec = codec
  }

  private closeRow(): void {
    if (this.numbers.length > 0) this.text += `${this.numbers.join(",")}\n`
    if (this.times > 0)
      this.text += `${this.times} ${this.hasRows ? "more " : ""}${this.times === 1 ? "match" : "matches"}\n`
    this.hasRows ||= this.numbers.length > 0 || this.times > 0
    this.numbers = []
    this.times = 0
  }

  private under(path: string): void {
    if (this.codec !== groupsCodec || path === this.heading) return
    this.closeRow()
    this.text += `${path}\n`
    this.heading = path
    this.hasRows = false
  }

  show(line: Line): void {
    if (line.kind !== "separator") this.under(line.path)
    this.closeRow()
    const { start, end } = line
    const from = start + line.path.length
    const isRow = this.codec === groupsCodec && line.kind !== "separator"
    this.text += isRow
      ? rowOf(this.input.charCodeAt(from), this.input.slice(from + 1, end))
      : this.input.slice(start, end)
    this.hasRows = true
    pushSpan(this.shown, start, end)
  }

  hide(line: Line): void {
    if (line.kind === "match") {
      this.under(line.path)
      if (line.number === "" ? this.numbers.length > 0 || this.times === MAX_TIMES : this.times > 0) this.closeRow()
      if (line.number === "") this.times++
      else this.numbers.push(line.number)
      pushSpan(this.shown, line.start, line.body)
      pushSpan(this.hidden, line.body, line.end)
      this.matches++
    } else {
      pushSpan(this.hidden, line.start, line.end)
      this.context++
    }
  }

  /** The segments of all lines so far; verbatim where the codec does not give them back. */
  segments(): ReadonlyArray<Segment> {
    this.closeRow()
    const { input, shown, hidden } = this
    if (shown.length === 0 && hidden.length === 0) return []
    if (hidden.length > 0 && shown.length === 0)
      return [{ _tag: "Elide", spans: hidden, gap: gapOf(this.matches, this.context, "") }]
    if (this.codec.decode(this.text) !== textOf(input, shown)) {
      const from = Math.min(shown[0] as number, hidden[0] ?? Number.POSITIVE_INFINITY)
      const to = Math.max(shown[shown.length - 1] as number, hidden[hidden.length - 1] ?? 0)
      return [verbatim(input, [from, to])]
    }
    const print: Segment =
      this.text === textOf(input, shown)
        ? verbatim(input, shown)
        : { _tag: "Shown", spans: shown, codec: this.codec.name, text: this.text }
    if (hidden.length === 0) return [print]
    const gap = gapOf(this.matches, this.context, "text only")
    const first = hidden[0] as number
    if (first < (shown[0] as number)) return [{ _tag: "Elide", spans: hidden, gap }, print]
    // the marker follows lines that end, so the newline that ends the last hidden text ends the marker's line
    const last = hidden[hidden.length - 1] as number
    const atLineStart = input[first - 1] === "\n"
    if (atLineStart) return [print, { _tag: "Elide", spans: hidden, gap }]
    const cut: Array<number> = hidden.slice(0, -2)
    pushSpan(cut, hidden[hidden.length - 2] as number, last - 1)
    return [print, { _tag: "Elide", spans: cut, gap }, verbatim(input, [last - 1, last])]
  }
}

/** Runs of more than `limit` hidden matches of one file, as pairs of first and last line index. */
const longRuns = (
  lines: ReadonlyArray<Line>,
  shown: ReadonlySet<number>,
  limit: number
): ReadonlyMap<number, number> => {
  const runs = new Map<number, number>()
  let first = -1
  let last = -1
  let count = 0
  const close = (): void => {
    if (count > limit) runs.set(first, last)
    first = -1
    count = 0
  }
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as Line
    if (line.kind === "match" && !shown.has(i)) {
      if (first !== -1 && line.path !== lines[first]?.path) close()
      if (first === -1) first = i
      last = i
      count++
    } else if (line.kind === "other" || shown.has(i)) close()
  }
  close()
  return runs
}

const elideRun = (lines: ReadonlyArray<Line>, first: number, last: number): Elide => {
  const head = lines[first] as Line
  const tail = lines[last] as Line
  let matches = 0
  for (let i = first; i <= last; i++) if (lines[i]?.kind === "match") matches++
  const where = head.number === "" ? "" : `lines ${head.number}-${tail.number}`
  const profile = [head.path, where].filter((part) => part !== "").join(" ")
  return { _tag: "Elide", spans: [head.start, tail.end], gap: gapOf(matches, last - first + 1 - matches, profile) }
}

/** Segments of the text that show these lines whole, of the other matches the place, and gaps for runs longer than `limit`. */
export const hideLines = (
  text: string,
  result: Result,
  shown: ReadonlySet<number>,
  limit: number
): ReadonlyArray<Segment> => {
  const { lines, form } = result
  const codec = form === "headings" ? rowsCodec : groupsCodec
  const runs = longRuns(lines, shown, form === "events" ? 0 : limit)
  const segments: Array<Segment> = []
  let stretch = new Stretch(text, codec)
  const close = (): void => {
    for (const segment of stretch.segments()) segments.push(segment)
    stretch = new Stretch(text, codec)
  }
  // a match without text has nothing to hide
  const isWhole = (index: number): boolean => {
    const line = lines[index]
    return (
      line === undefined ||
      line.kind === "other" ||
      shown.has(index) ||
      (line.kind === "match" && line.end - line.body < 2)
    )
  }
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as Line
    const last = runs.get(i)
    if (last !== undefined && (form === "events" || fitsProfile(line.path))) {
      close()
      segments.push(elideRun(lines, i, last))
      i = last
    } else if (line.kind === "other" && (form !== "headings" || text[line.end - 1] !== "\n")) {
      close()
      segments.push(verbatim(text, [line.start, line.end]))
    } else if (line.kind === "separator" ? isWhole(i - 1) && isWhole(i + 1) : isWhole(i))
      if (form === "events") {
        close()
        segments.push(verbatim(text, [line.start, line.end]))
      } else stretch.show(line)
    else stretch.hide(line)
  }
  close()
  return segments
}

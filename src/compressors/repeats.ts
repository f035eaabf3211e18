/**
 * Repeats: runs of three or more lines, and long lines, that the request already shows, named in one note instead of printed again, because
 * a quarter of all tool output in recorded sessions is the file read again, the edit echoed back, the same listing.
 *
 * Gutters are left aside when lines are compared, so an edit's echo is found in the numbered read before it.
 */
import {
  changedWords,
  isLike,
  isPassage,
  leastTokens,
  type Likeness,
  type PrintedLines,
  WINDOW,
  Windows
} from "../domain/likeness.ts"
import { gutterAt } from "../domain/gutter.ts"
import { bodyOf, gutterIn, MIN_RUN } from "../domain/numbered-lines.ts"
import { PartIndex } from "../domain/part-index.ts"
import { type Change, type Note, printChange, printNote } from "../domain/repeat.ts"
import { isTooFine, type PartOf, type Place, type ShownIndex, type Source } from "../domain/shown.ts"
import { type Segment, whole } from "../domain/tiling.ts"
import { estimateTokens, GAIN_TOKENS, leastTokensIn } from "../domain/tokens.ts"
import { type NamedPart, partsOfLine } from "./parts.ts"

interface Run {
  readonly place: Place
  /** First line of the text and one behind the last. */
  readonly from: number
  readonly to: number
  readonly changes: ReadonlyArray<Change>
}

/** A run that costs less as its note, of so many tokens. */
interface NamedRun {
  readonly run: Run
  readonly note: string
  readonly tokens: number
}

/** Tokens that a run may lose on changed lines before it gives up hope of the lines behind them. */
const SLACK = 40
/** A line with more changed words is another line. */
const MAX_WORDS = 3

/** A text and what each of its lines costs to print, in tokens, asked for once. */
class Priced {
  readonly lines: PrintedLines
  readonly #prices: Int32Array

  constructor(lines: PrintedLines) {
    this.lines = lines
    this.#prices = new Int32Array(lines.count)
  }

  price(line: number): number {
    if (this.#prices[line] === 0) {
      const { text, bodies, ends } = this.lines
      this.#prices[line] = estimateTokens(text, bodies[line], ends[line]) + 1
    }
    return this.#prices[line] as number
  }
}

/** Whether the line goes on as the run began, numbered by one or not at all: a note can say no more of its gutter. */
const isEven = ({ numbers }: PrintedLines, from: number, line: number): boolean => {
  const first = numbers[from] as number
  return numbers[line] === (first === -1 ? -1 : first + line - from)
}

/** Tokens of a change's line number and of the colon behind it. */
const numberTokens = (line: number): number => (line < 1_000 ? 2 : line < 1_000_000 ? 3 : 4)

/**
 * The run that begins at line `at` and, up to line `end`, at the place: as long as naming each further line costs less than printing it;
 * undefined where none does.
 */
const runAt = (place: Place, end: number, text: Priced, at: number, likeness: Likeness): Run | undefined => {
  const { lines } = text
  const { source, line } = place
  const changes: Array<Change> = []
  let best = 0
  let bestGain = 0
  let bestChanges = 0
  let gain = 0
  for (let size = 0; at + size < lines.count && line + size < end; size++) {
    if (!isEven(lines, at, at + size)) break
    // A run that begins with a loss begins better further down.
    const floor = Math.max(0, bestGain - SLACK)
    if (isLike(lines, at + size, source.lines, line + size, "same")) gain += text.price(at + size)
    else {
      if (likeness === "same" || !isLike(lines, at + size, source.lines, line + size, "shape")) break
      const number = source.base + line + size
      const least = leastTokens(source.lines, line + size, lines, at + size, MAX_WORDS)
      if (least === Number.POSITIVE_INFINITY) break
      gain += text.price(at + size)
      const most = gain - floor - numberTokens(number)
      if (most <= least) break
      const words = changedWords(source.lines, line + size, lines, at + size, most)
      if (words === undefined) break
      const change = { line: number, words }
      changes.push(change)
      gain -= estimateTokens(printChange(change)) + 1
    }
    if (gain < floor) break
    if (gain > bestGain) {
      best = size + 1
      bestGain = gain
      bestChanges = changes.length
    }
  }
  return best === 0
    ? undefined
    : trimmed({ place, from: at, to: at + best, changes: changes.slice(0, bestChanges) }, lines)
}

/** The run less blank lines at its ends: they would leave nothing to quote. */
const trimmed = (run: Run, { inks }: PrintedLines): Run => {
  let { from, to } = run
  while (from < to && inks[from] === 0) from++
  while (to > from && inks[to - 1] === 0) to--
  return { ...run, place: { ...run.place, line: run.place.line + from - run.from }, from, to }
}

const noteFor = (run: Run, lines: PrintedLines, before: Source | undefined): string => {
  const { source, line } = run.place
  const { from, to, changes } = run
  return printNote({
    name: source === before ? undefined : source.name,
    from: source.base + line,
    to: source.base + line + to - from - 1,
    gutter: gutterOf(run, lines),
    first: bodyOf(lines, from),
    last: bodyOf(lines, to - 1),
    changes: changes.filter((change) => change.line < source.base + line + to - from)
  })
}

/** How the lines' gutter follows from the source's. */
const gutterOf = ({ place, from, to }: Run, lines: PrintedLines): Note["gutter"] => {
  let isSame = true
  for (let line = from; line < to && isSame; line++)
    isSame = gutterIn(lines, line) === gutterIn(place.source.lines, place.line + line - from)
  if (isSame) return "same"
  const style = lines.styles[from]
  return style === undefined ? "none" : { start: lines.numbers[from] as number, style }
}

/** Lines of the text itself that are printed so far, as places for what follows. */
class Printed {
  readonly #source: Source
  readonly #windows = new Windows()
  /** The first line of the verbatim stretch that holds the line, -1 where it is named. */
  readonly #stretches: Array<number> = []
  /** The end of each stretch that is done, by its first line. */
  readonly #ends = new Map<number, number>()
  /** Words of long lines that are printed verbatim, by line. */
  readonly #parts = new PartIndex()
  #from = 0

  constructor(source: Source) {
    this.#source = source
  }

  /** Lines up to `line` are printed verbatim. */
  reach(line: number): void {
    for (let at = Math.max(this.#from, this.#stretches.length - WINDOW + 1); at + WINDOW <= line; at++)
      this.#windows.add(this.#source.lines, at, at)
    while (this.#stretches.length < line) {
      this.#windows.addLone(this.#source.lines, this.#stretches.length, this.#stretches.length)
      this.#stretches.push(this.#from)
    }
  }

  /** Lines up to `line` are named: what follows begins a stretch of its own. */
  skip(line: number): void {
    this.#ends.set(this.#from, this.#stretches.length)
    while (this.#stretches.length < line) this.#stretches.push(-1)
    this.#from = line
  }

  /** The line is printed verbatim: parts of it may be named. */
  addParts(line: number): void {
    this.#parts.add(this.#source.lines, line, line)
  }

  /** Where a long line above shows the words behind the anchor at `offset`. */
  findPart(text: string, offset: number): PartOf | undefined {
    const found = this.#parts.find(text, offset)
    return found === undefined ? undefined : { source: this.#source, line: found.place, offset: found.offset }
  }

  /** First lines of places before line `at`. */
  find(at: number, likeness: Likeness): ReadonlyArray<number> {
    return this.#windows.find(this.#source.lines, at, likeness)
  }

  /** The end of the stretch that holds the line, which the last one has at `at`. */
  endOf(line: number, at: number): number {
    return this.#ends.get(this.#stretches[line] ?? -1) ?? at
  }
}

/** Numbers an ordered list as well as lines: which of both it is, an empty line much further down may tell. */
const OF_LISTS = ". "

/**
 * The first line from which notes on the output itself are read alike whatever stands behind them: how its lines are called must follow from
 * those above the note alone.
 */
const steadyFrom = ({ lines, base }: Source): number => {
  const first = gutterAt(lines.text, 0)
  if (first === undefined || first.number === 1) return 0
  if (base === 1 || first.style.separator === OF_LISTS) return Number.POSITIVE_INFINITY
  for (let line = 0; line < lines.count; line++)
    if (lines.bodies[line] === lines.starts[line]) return Number.POSITIVE_INFINITY
  return MIN_RUN
}

/** Where repeats may point besides earlier blocks, and how like they must be. */
export interface Reach {
  /** Earlier lines of the text itself too. */
  readonly within: boolean
  /** shape: words that hold a digit may differ, and are printed. */
  readonly likeness: Likeness
  /** Parts of long lines too. */
  readonly parts?: boolean
}

/** A file's lines are matched by edits: each stands word for word. */
export const FILE_REACH: Reach = { within: true, likeness: "same" }
export const OUTPUT_REACH: Reach = { within: true, likeness: "shape" }
/** Nothing matches prose letter by letter. */
export const PROSE_REACH: Reach = { ...OUTPUT_REACH, parts: true }
/** What else is hidden may hold the source. */
export const HIDING_REACH: Reach = { within: false, likeness: "shape" }
export const HIDING_FILE_REACH: Reach = { within: false, likeness: "same" }

/**
 * Segments of the text in which every run that pays is a Repeat; the rest stays verbatim. Undefined where what stays surely costs more
 * than `most` tokens.
 */
export const nameRepeats = (
  text: string,
  shown: ShownIndex,
  reach: Reach,
  most = Number.POSITIVE_INFINITY
): ReadonlyArray<Segment> | undefined => {
  if (isTooFine(text)) return whole(text).segments
  const source = shown.here(text)
  const { lines } = source
  const printed = new Printed(source)
  const ownFrom = reach.within ? steadyFrom(source) : Number.POSITIVE_INFINITY
  const priced = new Priced(lines)
  const segments: Array<Segment> = []
  let shownFrom = 0
  let least = 0
  let before: Source | undefined
  const verbatimTo = (end: number): void => {
    if (end > shownFrom)
      segments.push({ _tag: "Shown", spans: [shownFrom, end], codec: "verbatim", text: text.slice(shownFrom, end) })
  }
  /** The longest of the paying runs; of equals the first. */
  const payingRun = (at: number, likeness: Likeness): NamedRun | undefined => {
    let best: NamedRun | undefined
    const weigh = (place: Place, end: number): void => {
      const run = runAt(place, end, priced, at, reach.likeness)
      if (run !== undefined && run.to - run.from > sizeOf(best?.run)) best = named(run, priced, before) ?? best
    }
    const places = shown.find(lines, at, likeness)
    for (const place of places) weigh(place, place.source.lines.count)
    if (places.length === 0 && at >= ownFrom)
      for (const line of printed.find(at, likeness)) weigh({ source, line }, printed.endOf(line, at))
    return best
  }
  /** The parts of a long line that pay; a line without one may be named in part itself. */
  const payingParts = (at: number): ReadonlyArray<NamedPart> => {
    if (reach.parts !== true || !isPassage(lines, at)) return []
    const parts = partsOfLine(
      lines,
      at,
      before,
      (words, offset) => shown.findPart(words, offset) ?? (at >= ownFrom ? printed.findPart(words, offset) : undefined)
    )
    if (parts.length === 0) printed.addParts(at)
    return parts
  }
  for (let at = 0; at < lines.count; ) {
    if (reach.within) printed.reach(at)
    const found = payingRun(at, "same") ?? (reach.likeness === "shape" ? payingRun(at, "shape") : undefined)
    const parts = found === undefined ? payingParts(at) : []
    for (const { from, to, note, tokens, source: named } of parts) {
      verbatimTo(from)
      segments.push({ _tag: "Repeat", spans: [from, to], note })
      least += tokens - NOTE_SLACK
      before = named
      shownFrom = to
    }
    if (parts.length > 0) {
      if (reach.within) printed.skip(at + 1)
      at++
      continue
    }
    if (found === undefined) {
      // Gutters may fold.
      if (most < Number.POSITIVE_INFINITY)
        least += leastTokensIn(text, lines.bodies[at] as number, lines.ends[at] as number)
      if (least > most) return undefined
      at++
      continue
    }
    const { run, note, tokens } = found
    const start = lines.starts[run.from] as number
    const end = lines.starts[run.to] as number
    verbatimTo(start)
    segments.push({ _tag: "Repeat", spans: [start, end], note })
    least += tokens - NOTE_SLACK
    if (reach.within) {
      printed.reach(run.from)
      printed.skip(run.to)
    }
    before = run.place.source
    shownFrom = end
    at = run.to
  }
  verbatimTo(text.length)
  return segments
}

const sizeOf = (run: Run | undefined): number => (run === undefined ? 0 : run.to - run.from)

/** No note costs less. */
const LEAST_NOTE = 15

/** What a note may cost less in its place than by itself. */
const NOTE_SLACK = 2

/** The run with its note, where that costs less than the lines, their gutter folded. */
const named = (run: Run, text: Priced, before: Source | undefined): NamedRun | undefined => {
  let price = 0
  for (let line = run.from; line < run.to; line++) price += text.price(line)
  if (price < LEAST_NOTE + GAIN_TOKENS) return undefined
  const note = noteFor(run, text.lines, before)
  const tokens = estimateTokens(note)
  return price - tokens >= GAIN_TOKENS ? { run, note, tokens } : undefined
}

/**
 * The log compressor with what is known of tools: where the output is one of theirs, its progress goes first and its failures and
 * summaries stay; the log compressor chooses among the rest, and all by itself where no tool is known.
 *
 * What it does   finds the tool by the call's command or by lines of its own, keeps failures with what follows them and summaries, hides progress.
 * Why            words of trouble are guesses; a tool's own forms are known, and most of what it prints says only that it goes on.
 * Lossy          with gaps that count their lines; the form that hides nothing is the log compressor's.
 * Units          budget in estimated tokens; gaps in lines.
 * Never throws   the log compressor's own choice where a line is too long to be shown whole, or nothing is known.
 * Source         the tools' own outputs.
 */
import type { Compressor, Confidence, Want } from "../../domain/compressor.ts"
import type { Content, Hint } from "../../domain/content.ts"
import { lineAt, lineStarts } from "../../domain/lines.ts"
import { type Segment, verbatim } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { judge } from "../log/gravity.ts"
import { ERROR } from "../log/header.ts"
import { mostMayTake } from "../log/select.ts"
import { BUILDS } from "./builds.ts"
import { OPERATIONS } from "./operations.ts"
import { ofPassed } from "./passed.ts"
import { TESTS } from "./tests.ts"
import type { Tool } from "./tool.ts"

export const TOOLS: ReadonlyArray<Tool> = [...TESTS, ...BUILDS, ...OPERATIONS]

/** Lines judged at each end, and how many of its own lines a tool is known by. */
const JUDGED = 150
const MIN_MARKS = 2
/** Lines are matched by so much of their beginning. */
const MATCHED = 400
/** A longer line is for the log compressor, which can show a part of one. */
const LONG_LINE = 2_400
/** Lines shown of what follows a failure. */
const BLOCK = 12
/** Failures with the same words, their numbers aside, that are shown with what follows. */
const SAME = 2
/** Summaries shown: the last ones. */
const SUMMARIES = 12
/** Of the budget the log compressor has at least this share, for what no tool's form tells. */
const LEAST_SHARE = 0.4

/** What runs a tool may print before each of its lines: a time, the name of a job or service. */
const WRAPPED =
  /^(?:\d{4}-\d\d-\d\dT[\d:.]+Z |\d\d:\d\d:\d\d(?:[.,]\d+)? +|\s*\[(?!INFO\]|ERROR\]|WARNING\])[A-Za-z][^\]%\n]{0,40}\] |[a-z][\w.-]* +\| |\d{1,6}: (?=\[))+/

/** The beginnings of lines, as the tool itself has printed them. */
const linesOf = (text: string): ReadonlyArray<string> =>
  lineStarts(text).map((start, at, starts) =>
    text.slice(start, Math.min(start + MATCHED, (starts[at + 1] ?? text.length + 1) - 1)).replace(WRAPPED, "")
  )

const isOwn = ({ marks, failure, summary }: Tool, line: string): boolean =>
  marks.test(line) || failure.test(line) || summary.test(line)

/** Lines of its own that another tool must have for each of the named one's: a runner may print as another does, such as a report in TAP. */
const FOREIGN_FORM = 3

const countOf = (lines: ReadonlyArray<string>, is: (line: string) => boolean): number =>
  lines.reduce((sum, line) => sum + (is(line) ? 1 : 0), 0)

/** The tool that printed these lines: the one that a command of the call names, where a line is of its forms, else by lines; or undefined. */
export const toolOf = (lines: ReadonlyArray<string>, commands: ReadonlyArray<string> = []): Tool | undefined => {
  const judged = lines.length <= 2 * JUDGED ? lines : [...lines.slice(0, JUDGED), ...lines.slice(-JUDGED)]
  const named = TOOLS.filter((tool) => commands.some((command) => tool.commands?.test(command)))
  let best: Tool | undefined
  let most = MIN_MARKS - 1
  for (const tool of TOOLS) {
    const marks = countOf(judged, (line) => tool.marks.test(line))
    if (marks > most) {
      best = tool
      most = marks
    }
  }
  // of two in one shell line neither printed all of it
  const [only] = named.length === 1 ? named : []
  if (only === undefined || only === best) return best
  const own = countOf(judged, (line) => isOwn(only, line) || only.progress.test(line))
  return own > 0 && (best === undefined || most <= FOREIGN_FORM * own) ? only : best
}

/** Lines by which a text is judged to be a tool's: its beginning and its end. */
const SAMPLED = 60
const SAMPLED_LENGTH = 8_000
/** The shares of lines in a tool's forms from which on a text is its output for sure, or rather than what else it looks like. */
const SURE_SHARE = 0.5
const LIKELY_SHARE = 0.3
const SURE = 0.9
const LIKELY = 0.7

const sampleOf = (text: string): ReadonlyArray<string> => {
  const [head, tail] = [
    text.slice(0, SAMPLED_LENGTH),
    text.slice(Math.max(SAMPLED_LENGTH, text.length - SAMPLED_LENGTH))
  ]
  const lines = [head, tail].flatMap((part) => linesOf(part).filter((line) => line.trim() !== ""))
  return lines.length <= 2 * SAMPLED ? lines : [...lines.slice(0, SAMPLED), ...lines.slice(-SAMPLED)]
}

/** Any tool's marks at once: most texts have none. */
const MARKS = new RegExp(TOOLS.map(({ marks }) => marks.source).join("|"))

/** Lines at the end of an output, where it sums up, and how sure that makes who printed it. */
const CLOSING = 20
const BY_CLOSING = 0.85

/** How sure it is that a tool has printed a text, by how many lines are in its forms, whatever they look like besides. */
const byTool = (text: string, hint: Hint): Confidence => {
  const lines = sampleOf(text)
  if (countOf(lines, (line) => MARKS.test(line)) < MIN_MARKS) return 0
  const tool = toolOf(lines, hint.commands)
  if (tool === undefined) return 0
  const isNamed = hint.commands.some((command) => tool.commands?.test(command))
  if (isNamed && countOf(lines, (line) => tool.marks.test(line)) >= MIN_MARKS) return SURE
  const shareOf = (some: ReadonlyArray<string>): number =>
    countOf(some, (line) => isOwn(tool, line) || tool.progress.test(line)) / some.length
  const share = shareOf(lines)
  if (share >= SURE_SHARE) return SURE
  if (shareOf(lines.slice(-CLOSING)) >= LIKELY_SHARE) return BY_CLOSING
  return share >= LIKELY_SHARE ? LIKELY : 0
}

const shapeOf = (line: string): string => line.replace(/[0-9a-f]{7,}|\d+/g, "#")

/** The lines that must stay: failures with what follows them, what they are in, and how it ended. */
const mustStay = (
  lines: ReadonlyArray<string>,
  tool: Tool,
  isCleared: (line: number) => boolean,
  mostTokens: number
): Uint8Array => {
  const must = new Uint8Array(lines.length)
  let room = mostTokens
  const keep = (at: number): void => {
    if (must[at] === 1 || room <= 0) return
    must[at] = 1
    room -= 1 + estimateTokens(lines[at] as string)
  }
  const summaries = lines.flatMap((line, at) => (tool.summary.test(line) ? [at] : []))
  for (const at of summaries.slice(-SUMMARIES)) keep(at)
  const failures = lines.flatMap((line, at) => (tool.failure.test(line) && !isCleared(at) ? [at] : []))
  let heading = -1
  let from = 0
  for (const at of failures) {
    if (tool.heading !== undefined)
      for (; from < at; from++) if (tool.heading.test(lines[from] as string)) heading = from
    if (heading !== -1) keep(heading)
    keep(at)
  }
  const seen = new Map<string, number>()
  failures.forEach((at, index) => {
    const shape = shapeOf(lines[at] as string)
    const same = (seen.get(shape) ?? 0) + 1
    seen.set(shape, same)
    if (same > SAME) return
    const stop = Math.min(failures[index + 1] ?? lines.length, at + 1 + BLOCK)
    for (let next = at + 1; next < stop; next++) {
      if (isCleared(next) || tool.progress.test(lines[next] as string)) break
      if ((lines[next] as string).trim() !== "") keep(next)
    }
  })
  return must
}

/** Which lines a tiling shows whole. */
const shownLines = (text: string, segments: ReadonlyArray<Segment>, starts: ReadonlyArray<number>): Uint8Array => {
  const shown = new Uint8Array(starts.length)
  for (const segment of segments) {
    if (segment._tag !== "Shown") continue
    for (let i = 0; i < segment.spans.length; i += 2) {
      const from = segment.spans[i] as number
      const to = segment.spans[i + 1] as number
      for (let line = lineAt(starts, from); line < starts.length && (starts[line] as number) < to; line++)
        if ((starts[line] as number) >= from && (starts[line + 1] ?? text.length) <= to) shown[line] = 1
    }
  }
  return shown
}

const hide = (log: Compressor, content: Content, want: Want): ReadonlyArray<Segment> | undefined => {
  const { text } = content
  const starts = lineStarts(text)
  const isLong = starts.some((start, at) => (starts[at + 1] ?? text.length) - start > LONG_LINE)
  const lines = isLong ? [] : linesOf(text)
  const tool = toolOf(lines, content.commands)
  if (tool === undefined) return log.tile(content, want)
  const cleared = ofPassed(lines, tool)
  const isCleared = (line: number): boolean => cleared[line] === 1
  const must = mustStay(lines, tool, isCleared, mostMayTake(text.length, want.budgetTokens))
  const cost = lines.reduce((sum, line, at) => sum + (must[at] === 1 ? 1 + estimateTokens(line) : 0), 0)
  const budgetTokens = Math.max(Math.floor(want.budgetTokens * LEAST_SHARE), want.budgetTokens - cost)
  const chosen = log.tile(content, { ...want, budgetTokens })
  if (chosen === undefined) return undefined
  const shown = shownLines(text, chosen, starts)
  const last = lines.length - 1
  // a tool's way of going on may be another's failure
  const isProgress = (at: number): boolean => {
    const line = lines[at] as string
    return (isCleared(at) || tool.progress.test(line)) && judge(line) !== ERROR
  }
  const isShown = (line: number): boolean =>
    must[line] === 1 || line === last || (shown[line] === 1 && !isProgress(line))
  const segments: Array<Segment> = []
  for (let line = 0; line < lines.length; ) {
    const from = line
    const is = isShown(line)
    while (line < lines.length && isShown(line) === is) line++
    const spans = [starts[from] as number, starts[line] ?? text.length]
    if (is) segments.push(verbatim(text, spans))
    else {
      const progress = lines.slice(from, line).filter((one) => tool.progress.test(one)).length
      const profile =
        progress === 0
          ? {}
          : { profile: progress === line - from ? `progress of ${tool.name}` : `${progress} progress` }
      segments.push({ _tag: "Elide", spans, gap: { unit: "lines", count: line - from, ...profile } })
    }
  }
  return segments
}

/** The compressor with the tools' forms in place of its own choice where it hides. */
export const withTools = (log: Compressor): Compressor => ({
  ...log,
  detect: (text, hint) => {
    const confidence = log.detect(text, hint)
    return confidence >= SURE ? confidence : Math.max(confidence, byTool(text, hint))
  },
  tile: (content, want) => (want.visibleOnly ? log.tile(content, want) : hide(log, content, want))
})

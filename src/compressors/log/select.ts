/**
 * Chooses the lines of a log to show: every distinct error with its trace, every template once, summaries, both ends, then what the
 * question and the budget allow; because a reader of a log asks what went wrong and what kinds of things happened.
 */
import { estimateTokens } from "../../domain/tokens.ts"
import { isParticular, isVerdict } from "./gravity.ts"
import { placesIn } from "../places.ts"
import { questionNames } from "../question.ts"
import { ERROR, INFO, UNSTATED, WARNING } from "./header.ts"
import { isBlankLine, isHeaded, type Log, lineOf, messageOf } from "./record.ts"
import { isChain, isFrame, isPointed, traceEnd } from "./trace.ts"

/** A gap's marker without its profile, in tokens. */
const MARKER_TOKENS = 13
/** Longer lines are shown in part. */
const MAX_LINE = 1600
const HEAD_LINES = 2
const TAIL_LINES = 3
/** Lines shown of what a grave line says further, frames shown at the top of its trace, and either after each chained cause. */
const TRACE_WORDS = 8
const TOP_FRAMES = 6
const CHAIN_FRAMES = 3
/** Summaries shown of one template: the last ones. */
const SUMMARIES_EACH = 2
/** What must stay may take this share of the text, whatever the budget. */
const MUST_SHARE = 0.34
/** Distinct errors without their traces may take more. */
const ERRORS_SHARE = 0.6
/** Where no line has a header, many a "template" is a line of its own: these may take less. */
const BARE_TEMPLATES_SHARE = 0.1
/** Shapes shown of one template, such as `torus receiver x+` beside `torus receiver y+`. */
const SHAPES_EACH = 3
const ERROR_SHAPES_EACH = 8

const LETTERS_A_TOKEN = 3
const MANY_BUDGETS = 8
const LONG_SHARE = 0.1

interface Choice {
  readonly log: Log
  readonly shown: Uint8Array
  spent: number
  readonly budget: number
  readonly limit: number
}

/** Tokens that errors and places may take. */
export const mostMayTake = (characters: number, budget: number): number => allowance(characters, budget, ERRORS_SHARE)

/** Tokens that lines which must stay may take: a share of the text, and of a long text no more than many budgets and a tenth of it. */
const allowance = (characters: number, budget: number, share: number): number => {
  const tokens = characters / LETTERS_A_TOKEN
  return Math.max(budget, Math.min(tokens * share, budget * MANY_BUDGETS + tokens * LONG_SHARE))
}

const mayTake = (log: Log, budget: number, share: number): number => allowance(log.text.length, budget, share)

const show = (choice: Choice, line: number): void => {
  if (choice.shown[line] === 1) return
  choice.shown[line] = 1
  choice.spent += costOf(choice.log, line)
}

const costOf = (log: Log, line: number): number => estimateTokens(lineOf(log, line).slice(0, MAX_LINE)) + 1

/** What makes an error distinct: a service's repeat by their words, a build's or test's name places and tests. */
const errorKey = (log: Log, line: number): string => {
  const message = messageOf(log, line).trim()
  return isParticular(message) ? message : `${log.shapes[line]}`
}

/** Shows what follows a grave line: its first words, the pointed-at line of a code frame, the first frames, each chained cause. */
const showTrace = (choice: Choice, from: number, to: number): void => {
  let frames = TOP_FRAMES
  let words = TRACE_WORDS
  for (let line = from; line < to; line++) {
    const text = lineOf(choice.log, line)
    if (text.trim() === "") continue
    if (isChain(text)) {
      frames = CHAIN_FRAMES
      words = CHAIN_FRAMES
      show(choice, line)
    } else if (isPointed(text) || line === to - 1) show(choice, line)
    else if (isFrame(text) ? frames-- > 0 : words-- > 0) show(choice, line)
  }
}

/** A list of verdicts is no trace of the first. */
const upToVerdict = (log: Log, from: number, to: number): number => {
  for (let line = from; line < to; line++)
    if (log.gravity[line] === ERROR && isVerdict(messageOf(log, line))) return line
  return to
}

/** Every distinct error, then their traces as far as the limit goes. */
const showErrors = (choice: Choice): void => {
  const { log } = choice
  const seen = new Set<string>()
  const shapes = new Uint32Array(log.weights.length)
  const traces: Array<readonly [number, number]> = []
  const text = (line: number): string => lineOf(log, line)
  const headed = (line: number): boolean => isHeaded(log, line)
  const most = mayTake(log, choice.budget, ERRORS_SHARE)
  for (let line = 0; line < log.count && choice.spent < most; ) {
    if (log.gravity[line] !== ERROR) {
      line++
      continue
    }
    const end = headed(line + 1) ? line + 1 : upToVerdict(log, line + 1, traceEnd(line, log.count, text, headed))
    const key = errorKey(log, line)
    const template = log.templates[line] as number
    const particular = key !== `${log.shapes[line]}`
    if (!seen.has(key) && (particular || (shapes[template] as number) < ERROR_SHAPES_EACH)) {
      seen.add(key)
      shapes[template] = (shapes[template] as number) + 1
      show(choice, line)
      if (end > line + 1) traces.push([line + 1, end])
    }
    line = end
  }
  for (const [from, to] of traces) {
    if (choice.spent >= choice.limit) break
    showTrace(choice, from, to)
  }
}

const showSummaries = (choice: Choice): void => {
  const { log } = choice
  const left = new Map<number, number>()
  for (let line = log.count - 1; line >= 0; line--) {
    if (log.summary[line] !== 1) continue
    const template = log.templates[line] as number
    const room = left.get(template) ?? SUMMARIES_EACH
    if (room === 0) continue
    left.set(template, room - 1)
    show(choice, line)
  }
}

const showEnds = (choice: Choice): void => {
  const { log } = choice
  for (let line = 0, left = HEAD_LINES; line < log.count && left > 0; line++) {
    show(choice, line)
    if (!isBlankLine(log, line)) left--
  }
  for (let line = log.count - 1, left = TAIL_LINES; line >= 0 && left > 0; line--) {
    show(choice, line)
    if (!isBlankLine(log, line)) left--
  }
}

/** One line of each template that none shows yet: rare ones first, then beside a shown line where one stands there, for a gap costs. */
const showTemplates = (choice: Choice): void => {
  const { log, shown } = choice
  const share = log.format === undefined ? BARE_TEMPLATES_SHARE : MUST_SHARE
  const limit = Math.max(choice.spent + choice.budget / 4, mayTake(log, choice.budget, share))
  const covered = new Uint8Array(log.weights.length)
  for (let line = 0; line < log.count; line++) {
    if (shown[line] === 1 || isBlankLine(log, line)) covered[log.templates[line] as number] = 1
  }
  const cover = (line: number): void => {
    covered[log.templates[line] as number] = 1
    show(choice, line)
  }
  const open = (line: number): boolean => covered[log.templates[line] as number] === 0 && choice.spent < limit
  for (const rare of [1, 3]) {
    for (let line = 0; line < log.count; line++)
      if ((log.weights[log.templates[line] as number] as number) <= rare && open(line)) cover(line)
  }
  for (let line = 0; line < log.count; line++)
    if (open(line) && (shown[line - 1] === 1 || shown[line + 1] === 1)) cover(line)
  for (let line = 0; line < log.count; line++) if (open(line)) cover(line)
  const seen = new Set<number>()
  const shapes = new Uint8Array(log.weights.length)
  for (let line = 0; line < log.count; line++) if (shown[line] === 1) seen.add(log.shapes[line] as number)
  for (let line = 0; line < log.count && choice.spent < limit; line++) {
    const template = log.templates[line] as number
    const shape = log.shapes[line] as number
    if (seen.has(shape) || (shapes[template] as number) >= SHAPES_EACH || isBlankLine(log, line)) continue
    seen.add(shape)
    shapes[template] = (shapes[template] as number) + 1
    show(choice, line)
  }
}

/** Lines that hold the question's words, best first. */
const showHits = (choice: Choice, question: string, room: number): void => {
  const words = questionNames(question)
  if (words.length === 0) return
  const { log } = choice
  const lower = log.text.length <= 4_000_000 ? log.text.toLowerCase() : ""
  if (lower.length !== log.text.length) return
  const found = words.map((word) => {
    const lines: Array<number> = []
    let line = 0
    for (
      let at = lower.indexOf(word);
      at !== -1 && lines.length < 2000;
      at = lower.indexOf(word, log.starts[line + 1] ?? lower.length)
    ) {
      while (line + 1 < log.count && (log.starts[line + 1] as number) <= at) line++
      lines.push(line)
    }
    return lines
  })
  const scores = new Map<number, number>()
  for (const lines of found)
    for (const line of lines) scores.set(line, (scores.get(line) ?? 0) + 1 / (1 + lines.length))
  const stop = choice.spent + room
  const best = [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  for (const [line] of best) {
    if (choice.spent >= stop) break
    show(choice, line)
  }
}

/** Warnings, one of each template, then the others by their text as the budget allows. */
const showWarnings = (choice: Choice): void => {
  const { log } = choice
  const seen = new Set<string>()
  const templates = new Set<number>()
  for (const all of [false, true]) {
    for (let line = 0; line < log.count && choice.spent < (all ? choice.budget : choice.limit); line++) {
      if (log.gravity[line] !== WARNING) continue
      const key = messageOf(log, line).trim()
      if (seen.has(key) || (!all && templates.has(log.templates[line] as number))) continue
      seen.add(key)
      templates.add(log.templates[line] as number)
      show(choice, line)
    }
  }
}

/** Whether a line tells of the error beside it: that another test passed does not. */
const isContext = (log: Log, line: number): boolean =>
  log.gravity[line] === UNSTATED && !isBlankLine(log, line) && log.templates[line] !== log.templateCount

/** The lines around errors of logs that state no level: what a build or test printed before and after. */
const showContext = (choice: Choice): void => {
  const { log } = choice
  for (let line = 0; line < log.count && choice.spent < choice.budget; line++) {
    if (log.gravity[line] !== ERROR || choice.shown[line] !== 1 || isHeaded(log, line)) continue
    for (const near of [line - 2, line - 1, line + 1, line + 2, line + 3])
      if (near >= 0 && near < log.count && isContext(log, near)) show(choice, near)
  }
}

/** A line's own place under the file that a line above names: `  12:5  error  …`. */
const UNDER_HEADING = /^\s+\d+:\d+\s+\S/
const HEADING = /^\S*[\\/.]\S*$/

/** Each place that no shown line names, errors' first and frames' last: it is where the reader goes next, whatever the line says besides. */
const showPlaces = (choice: Choice): void => {
  const { log, shown } = choice
  const most = choice.spent + mayTake(log, choice.budget, ERRORS_SHARE)
  const seen = new Set<string>()
  const open: Array<readonly [line: number, name: string]> = []
  let line = 0
  for (const { from, name } of placesIn(log.text)) {
    while ((log.starts[line + 1] ?? Infinity) <= from) line++
    if (shown[line] === 1) seen.add(name)
    // a service names its own source in each line
    else if (log.stated[line] === UNSTATED || (log.stated[line] as number) > INFO) open.push([line, name])
  }
  const rankOf = (at: number): number => (log.gravity[at] === ERROR ? 0 : isFrame(lineOf(log, at)) ? 2 : 1)
  for (const rank of [0, 1, 2]) {
    for (const [at, name] of open) {
      if (choice.spent >= most) return
      if (seen.has(name) || rankOf(at) !== rank) continue
      seen.add(name)
      show(choice, at)
      if (rank === 2 && at > 0 && !isFrame(lineOf(log, at - 1))) show(choice, at - 1)
    }
  }
}

/** What lines that name a place alone are in. */
const showHeadings = (choice: Choice): void => {
  const { log, shown } = choice
  let heading = -1
  for (let line = 0; line < log.count; line++) {
    if (isBlankLine(log, line)) continue
    const text = lineOf(log, line)
    if (HEADING.test(text)) heading = line
    else if (heading !== -1 && shown[line] === 1 && UNDER_HEADING.test(text)) show(choice, heading)
    else if (/^\S/.test(text)) heading = -1
  }
}

/** Prints gaps that cost no more than their marker would. */
const closeGaps = (log: Log, shown: Uint8Array): void => {
  for (let line = 0; line < log.count; ) {
    if (shown[line] === 1) {
      line++
      continue
    }
    let end = line
    while (end < log.count && shown[end] === 0) end++
    if (end - line <= 8) {
      let cost = 0
      for (let i = line; i < end && cost <= MARKER_TOKENS; i++) cost += isBlankLine(log, i) ? 1 : costOf(log, i)
      if (cost <= MARKER_TOKENS) shown.fill(1, line, end)
    }
    line = end
  }
}

/** 1 for each line to show. */
export const selectLines = (log: Log, budgetTokens: number, question: string): Uint8Array => {
  const shown = new Uint8Array(log.count)
  const limit = mayTake(log, budgetTokens, MUST_SHARE)
  const choice: Choice = { log, shown, spent: 0, budget: budgetTokens, limit }
  showEnds(choice)
  showErrors(choice)
  showSummaries(choice)
  if (question !== "") showHits(choice, question, Math.max(200, budgetTokens * 0.3))
  if (log.format === undefined) showWarnings(choice)
  showTemplates(choice)
  showContext(choice)
  showWarnings(choice)
  showPlaces(choice)
  showHeadings(choice)
  closeGaps(log, shown)
  return shown
}

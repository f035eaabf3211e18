/**
 * Which lines of a source are shown: what it declares and says of it always, what runs where the question names it or the budget allows.
 */
import type { Want } from "../../domain/compressor.ts"
import type { LineSpan, Outline } from "../../domain/outline.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { questionWords } from "../question.ts"
import { aboveOf, afterFirst, docstringAt, isBlank, isComment, isNote } from "./comments.ts"
import type { Source } from "./source.ts"

/** A gap costs a line's number; what costs no more is shown. */
const GAP_TOKENS = 3
/** Tokens of the marker and of the foot. */
const MARKER_TOKENS = 40
/** Units that do not fit before the rest is not tried. */
const PATIENCE = 200

/** Names that the question writes as code writes them: with a hump, a digit, an underscore, in backticks or before a parenthesis. */
const namedIn = (question: string): ReadonlySet<string> => {
  const names = new Set<string>()
  const text = question.slice(0, 4_000)
  for (const match of text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) {
    const [name] = match
    const before = text[match.index - 1]
    const behind = text[match.index + name.length]
    if (/.[\p{Lu}_\d$]/u.test(name) || before === "`" || behind === "(" || before === "." || behind === "`")
      names.add(name)
  }
  return names
}

const lastWord = (name: string): string => /[\p{L}\p{N}_$]+$/u.exec(name)?.[0] ?? ""

/** A part that is shown as a whole or not. */
interface Unit {
  readonly span: LineSpan
  readonly worth: number
}

/** Which lines are shown. */
export class ShownLines {
  readonly #flags: Uint8Array
  constructor(count: number) {
    this.#flags = new Uint8Array(count)
  }
  show = ([from, to]: LineSpan): void => {
    this.#flags.fill(1, from, to)
  }
  hide = (line: number): void => {
    this.#flags[line] = 0
  }
  has = (line: number): boolean => this.#flags[line] === 1
}

/** Heads, decorators, the first lines of comments, notes, and what the question names. */
const showOutline = ({ lines, isForeign }: Source, outline: Outline, want: Want, shown: ShownLines): void => {
  const asked = namedIn(want.question)
  for (const { kind, name, head, body } of outline) {
    const { attributes, doc } = aboveOf(lines, head[0])
    shown.show([attributes, head[1]])
    if (kind === "import" || kind === "value") continue
    if (doc !== undefined) shown.show([doc, doc + 1])
    if (asked.has(lastWord(name))) {
      shown.show(body ?? head)
      continue
    }
    if (kind === "type") for (const line of afterFirst(lines, ...head)) shown.hide(line)
    const docstring = body === undefined ? undefined : docstringAt(lines, body[0])
    if (docstring !== undefined) shown.show([docstring, docstring + 1])
  }
  lines.forEach((line, at) => {
    if (isForeign(at) || isNote(line)) shown.show([at, at + 1])
  })
}

/** Runs of lines that no declaration holds and that are no comment. */
const looseRuns = (lines: ReadonlyArray<string>, outline: Outline): ReadonlyArray<LineSpan> => {
  const held = new ShownLines(lines.length)
  for (const { kind, head, body } of outline) {
    held.show(head)
    if (body !== undefined && kind !== "container") held.show(body)
  }
  const runs: Array<LineSpan> = []
  for (let at = 0; at < lines.length; at++) {
    if (held.has(at) || isBlank(lines[at] as string) || isComment(lines[at] as string)) continue
    const before = runs.at(-1)
    if (before?.[1] === at) runs[runs.length - 1] = [before[0], at + 1]
    else runs.push([at, at + 1])
  }
  return runs
}

/** What may be shown besides, best first: what holds the question's words, what runs by itself, then the shortest bodies. */
const unitsOf = ({ lines }: Source, outline: Outline, question: string): ReadonlyArray<Unit> => {
  const words = questionWords(question)
  const hits = ([from, to]: LineSpan): number => {
    if (words.length === 0) return 0
    const text = lines.slice(from, to).join("\n").toLowerCase()
    return words.filter((word) => text.includes(word)).length
  }
  const bodies = outline.flatMap(
    ({ kind, head, body }): ReadonlyArray<Unit> =>
      body === undefined || kind === "container" ? [] : [{ span: body, worth: hits([head[0], body[1]]) }]
  )
  const loose = looseRuns(lines, outline).map((span) => ({ span, worth: 0.5 + hits(span) }))
  return [...bodies, ...loose].sort(
    (a, b) => b.worth - a.worth || a.span[1] - a.span[0] - (b.span[1] - b.span[0]) || a.span[0] - b.span[0]
  )
}

/** The lines that are shown of a source within the budget; what must stay may exceed it. */
export const chooseLines = (source: Source, outline: Outline, want: Want): ShownLines => {
  const { lines } = source
  const shown = new ShownLines(lines.length)
  showOutline(source, outline, want, shown)
  const costs = lines.map((line) => estimateTokens(`${line}\n`))
  const costOf = ([from, to]: LineSpan, limit: number): number => {
    let cost = 0
    for (let at = from; at < to && cost <= limit; at++) if (!shown.has(at)) cost += costs[at] as number
    return cost
  }
  let left = want.budgetTokens - MARKER_TOKENS
  for (let at = 0; at < lines.length; at++) {
    if (!shown.has(at)) continue
    left -= costs[at] as number
    if (at > 0 && !shown.has(at - 1)) left -= GAP_TOKENS
  }
  let refused = 0
  for (const { span } of left > 0 ? unitsOf(source, outline, want.question) : []) {
    const cost = costOf(span, left)
    if (cost <= left) {
      shown.show(span)
      left -= cost
    } else if (++refused >= PATIENCE) break
  }
  closeGaps(shown, costs)
  return shown
}

/** A gap that costs as much as what it hides is no gap. */
const closeGaps = (shown: ShownLines, costs: ReadonlyArray<number>): void => {
  for (let at = 0; at < costs.length; ) {
    let end = at
    let cost = 0
    while (end < costs.length && !shown.has(end)) cost += costs[end++] as number
    if (cost <= GAP_TOKENS) shown.show([at, end])
    at = end + 1
  }
}

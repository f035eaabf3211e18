/**
 * Terminal noise: escape sequences, overwritten line states, CR before LF and trailing blanks, as declared noise, because a coloured
 * build log spends thousands of tokens on them and its lines are found again only without them.
 *
 * A terminal link's target (OSC 8) is no noise: it is often nowhere else. Never for text that came from a file.
 */
import { lifter, pushSpan, textOf } from "../domain/spans.ts"
import { type Segment, verbatim } from "../domain/tiling.ts"

/** What a terminal swallows whole: OSC but for links, CSI, character sets, single-letter escapes. */
const ESCAPE =
  /\x1b\](?!8;)[^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()*+][0-9A-Za-z]|\x1b[=>78cDEHMNOZ]/g
/** Moves the cursor elsewhere: between two words it stands for the gap that keeps them apart. */
const MOVE = /\x1b\[[0-9;]*[A-Hfd]$/
const ERASE = /\x1b\[[012]?K/

const isWord = (text: string, at: number): boolean => at >= 0 && at < text.length && !/[\s\x1b]/.test(text.charAt(at))

/** Sequences side by side are judged as one: of those that move the cursor from one word to another, one move stays. */
const escapes = (text: string): Array<number> => {
  const spans: Array<number> = []
  if (!text.includes("\x1b")) return spans
  let group: Array<readonly [start: number, end: number, moves: boolean]> = []
  const close = (): void => {
    const [first] = group
    const last = group[group.length - 1]
    if (first === undefined || last === undefined) return
    const apart = isWord(text, first[0] - 1) && isWord(text, last[1])
    const kept = apart ? group.find(([, , moves]) => moves) : undefined
    for (const sequence of group) if (sequence !== kept) pushSpan(spans, sequence[0], sequence[1])
    group = []
  }
  for (const match of text.matchAll(ESCAPE)) {
    if (group[group.length - 1]?.[1] !== match.index) close()
    group.push([match.index, match.index + match[0].length, MOVE.test(match[0])])
  }
  close()
  return spans
}

/** Of a line that carriage returns redrew, the states that a later one covers or erases, each with its return. */
const overwritten = (text: string, start: number, end: number, spans: Array<number>): void => {
  const states: Array<{
    readonly start: number
    readonly end: number
    readonly width: number
    /** The width without blanks at its end, which nothing need cover. */
    readonly inked: number
    readonly erases: boolean
  }> = []
  for (let at = start; at <= end; ) {
    const stop = text.indexOf("\r", at)
    const to = stop === -1 || stop > end ? end : stop
    const raw = text.slice(at, to)
    const plain = raw.replace(ESCAPE, "")
    states.push({
      start: at,
      end: to,
      width: plain.length,
      inked: plain.trimEnd().length,
      erases: ERASE.test(raw)
    })
    at = to + 1
  }
  const found: Array<readonly [number, number]> = []
  let covering = -1
  for (let i = states.length - 1; i >= 0; i--) {
    const state = states[i] as (typeof states)[number]
    if (i < states.length - 1) {
      if (state.inked <= covering) found.push([state.start, state.end + 1])
      else if (covering === -1) found.push([state.end, state.end + 1])
    }
    if (state.erases) covering = Number.POSITIVE_INFINITY
    else if (state.width > 0) covering = Math.max(covering, state.width)
  }
  for (const [from, to] of found.reverse()) pushSpan(spans, from, to)
}

const redrawn = (text: string): Array<number> => {
  const spans: Array<number> = []
  for (let at = text.indexOf("\r"); at !== -1; ) {
    const start = text.lastIndexOf("\n", at) + 1
    const lineEnd = text.indexOf("\n", at)
    const end = lineEnd === -1 ? text.length : lineEnd
    if (at === end - 1) pushSpan(spans, at, end)
    else overwritten(text, start, end, spans)
    at = end >= text.length ? -1 : text.indexOf("\r", end)
  }
  return spans
}

const trailingBlanks = (text: string): Array<number> => {
  const spans: Array<number> = []
  for (let end = text.indexOf("\n"); ; end = text.indexOf("\n", end + 1)) {
    const stop = end === -1 ? text.length : end
    let from = stop
    while (from > 0 && (text.charCodeAt(from - 1) === 32 || text.charCodeAt(from - 1) === 9)) from--
    pushSpan(spans, from, stop)
    if (end === -1) return spans
  }
}

/** The union of two ascending span lists. */
const union = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): ReadonlyArray<number> => {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const out: Array<number> = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && (a[i] as number) <= (b[j] as number))
    const start = (fromA ? a[i] : b[j]) as number
    const end = (fromA ? a[i + 1] : b[j + 1]) as number
    if (fromA) i += 2
    else j += 2
    const last = out.length - 1
    if (out.length > 0 && start <= (out[last] as number)) out[last] = Math.max(out[last] as number, end)
    else out.push(start, end)
  }
  return out
}

const complement = (spans: ReadonlyArray<number>, length: number): Array<number> => {
  const out: Array<number> = []
  let at = 0
  for (let i = 0; i < spans.length; i += 2) {
    pushSpan(out, at, spans[i] as number)
    at = spans[i + 1] as number
  }
  pushSpan(out, at, length)
  return out
}

/** Segments of the text with its terminal noise and trailing blanks stripped; one verbatim segment where there is none. */
export const stripTerminal = (text: string): ReadonlyArray<Segment> => {
  const noise = union(escapes(text), redrawn(text))
  const kept = complement(noise, text.length)
  if (kept.length === 0) return text === "" ? [] : [{ _tag: "Strip", spans: noise, noise: "terminal" }]
  const clean = textOf(text, kept)
  const blanks = trailingBlanks(clean)
  const shown = complement(blanks, clean.length)
  const toText = lifter(kept)
  const segments: Array<Segment> = []
  if (shown.length > 0) segments.push(verbatim(text, toText(shown)))
  if (blanks.length > 0) segments.push({ _tag: "Strip", spans: toText(blanks), noise: "trailing-blank" })
  if (noise.length > 0) segments.push({ _tag: "Strip", spans: noise, noise: "terminal" })
  return segments.sort((a, b) => (a.spans[0] as number) - (b.spans[0] as number))
}

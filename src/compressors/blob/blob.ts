/**
 * Blobs: base64 and dumps of bytes, on one line or wrapped, minified scripts and styles.
 *
 * What it does   above the budget shows the beginning and the end of each unbroken run, overlong line or run of wrapped lines, the rest
 *                behind a gap.
 * Why            nobody reads them; what they are, and how long, is seen from the first characters and the gap.
 * Lossy          hidden characters stand behind a gap that counts them; nothing where nothing may be hidden.
 * Units          budget in estimated tokens; gaps in characters of their line, in lines where it is wrapped.
 * Never throws   undefined where no run is long enough.
 * Source         own.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import type { Content } from "../../domain/content.ts"
import { type Elide, type Segment, verbatim } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { linesOf, wrappedIn } from "./wrapped.ts"

/** The alphabet of base64: a long run of it is nothing that is read. */
const ENCODED = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9+/_=-]/.test(String.fromCharCode(code)) ? 1 : 0
)
const MIN_ENCODED = 400
const MIN_LINE = 2_000
/** Minified text has few blanks, many marks, and letters besides. */
const MAX_BLANKS = 0.08
const MIN_MARKS = 0.12
const MIN_LETTERS = 0.3
const ENCODED_HEAD = 60
const LINE_HEAD = 240
const TAIL = 40
/** What opens a line of a log, whatever stands in the rest of it. */
const LOGGED = /^\W?(?:\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|(?:INFO|ERROR|WARN|WARNING|DEBUG|FATAL)\b)/
/** What opens a line of JSON, which has a form of its own. */
const VALUE = /^\s*(?:\[\s*)?[[{]\s*["[{]/
/** Of a text so much must be blobs for it to be one. */
const MOSTLY = 0.9
const LOOK = 65_536

interface Blob {
  readonly start: number
  readonly end: number
  readonly line: number
  readonly name: "base64" | "minified"
}

const isEncoded = (text: string, from: number, to: number): boolean => {
  const sample = text.slice(from, Math.min(to, from + 2_000))
  return /[A-Z]/.test(sample) && /[a-z]/.test(sample) && /\d/.test(sample) && !/(.)\1{40}/.test(sample)
}

const isDense = (text: string, from: number, to: number): boolean => {
  let blanks = 0
  let marks = 0
  let letters = 0
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code <= 32) blanks++
    else if ((code | 32) >= 97 && (code | 32) <= 122) letters++
    else if (code < 48 || (code >= 58 && code < 64) || code >= 123) marks++
  }
  const length = to - from
  return blanks <= MAX_BLANKS * length && marks >= MIN_MARKS * length && letters >= MIN_LETTERS * length
}

/** Runs of one line each, in order. */
export const blobsIn = (text: string): ReadonlyArray<Blob> => {
  const blobs: Array<Blob> = []
  for (let line = 0; line < text.length; ) {
    const newline = text.indexOf("\n", line)
    const end = newline === -1 ? text.length : newline
    if (end - line >= MIN_ENCODED) {
      const known = blobs.length
      for (let at = line; at < end; ) {
        const start = at
        while (at < end && ENCODED[text.charCodeAt(at)] === 1) at++
        if (at - start >= MIN_ENCODED && isEncoded(text, start, at))
          blobs.push({ start, end: at, line, name: "base64" })
        if (at === start) at++
      }
      if (blobs.length === known && end - line >= MIN_LINE) {
        const head = text.slice(line, line + 40)
        const isMinified = isDense(text, line, end) && !LOGGED.test(head) && !VALUE.test(head)
        if (isMinified) blobs.push({ start: line, end, line, name: "minified" })
      }
    }
    line = end + 1
  }
  return blobs
}

const startsWithJson = (text: string): boolean => /^\s*[[{]\s*["[{\d]/.test(text.slice(0, 200))

const detect = (text: string): number => {
  // JSON is read whole; a page is more than its longest line.
  if (text.length < MIN_ENCODED || startsWithJson(text) || /^\s*</.test(text.slice(0, 200))) return 0
  const head = text.slice(0, LOOK)
  const { lines } = linesOf(head)
  const wrapped = wrappedIn(lines).flatMap(({ from, to }) => lines.slice(from, to))
  const covered =
    blobsIn(head).reduce((sum, { start, end }) => sum + end - start, 0) +
    wrapped.reduce((sum, line) => sum + line.length + 1, 0)
  return covered >= MOSTLY * head.length ? 0.98 : 0
}

/** Not inside a surrogate pair. */
const whole = (text: string, at: number): number => ((text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at + 1 : at)

const gapIn = (text: string, { start, end, line, name }: Blob): Elide => {
  const head = whole(text, start + (name === "base64" ? ENCODED_HEAD : LINE_HEAD))
  const tail = whole(text, end - TAIL)
  return {
    _tag: "Elide",
    spans: [head, tail],
    gap: { unit: "characters", count: tail - head, range: [head - line + 1, tail - line], profile: name }
  }
}

/** Lines of a wrapped run that stay at its beginning; at its end one does. */
const FIRST_LINES = 2

const gapsOfWrapped = (text: string): ReadonlyArray<Elide> => {
  const { lines, starts } = linesOf(text)
  return wrappedIn(lines).map(({ from, to, name }) => ({
    _tag: "Elide",
    spans: [starts[from + FIRST_LINES] as number, starts[to - 1] as number],
    gap: { unit: "lines", count: to - 1 - from - FIRST_LINES, profile: name }
  }))
}

const tile = ({ text }: Content, want: Want): ReadonlyArray<Segment> | undefined => {
  if (want.visibleOnly || estimateTokens(text) <= want.budgetTokens) return undefined
  const gaps = [...blobsIn(text).map((found) => gapIn(text, found)), ...gapsOfWrapped(text)]
  const segments: Array<Segment> = []
  let from = 0
  for (const gap of gaps.sort((a, b) => (a.spans[0] as number) - (b.spans[0] as number))) {
    const [head, tail] = gap.spans as readonly [number, number]
    segments.push(verbatim(text, [from, head]), gap)
    from = tail
  }
  if (segments.length === 0) return undefined
  if (from < text.length) segments.push(verbatim(text, [from, text.length]))
  return segments
}

export const blob: Compressor = { kind: "blob", version: 1, detect, tile, codecs: [] }

/**
 * Text inside a JSON string, printed as the text it is between triple quotes, because an agent that wraps command output in one line of
 * JSON hides its lines from every other pass and pays for each escape.
 *
 *     {"output":"""
 *     first line
 *     second line""","metadata":{"exit_code":0}}
 */
import { type Codec, type Shown, type Tiling, verbatim } from "../domain/tiling.ts"

const FENCE = '"""'
/** Escaped newlines from which on a string counts as text. */
const MIN_LINES = 3
/** A wrapper is small: beyond this much around the text it is a document, which has its own compressor. */
const MAX_AROUND = 2_000

/** End of the JSON string that opens at `open`, behind its closing quote, or -1. */
const stringEnd = (text: string, open: number): number => {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 92) at++
    else if (code === 34) return at + 1
    else if (code < 32) return -1
  }
  return -1
}

/** The longest string of a JSON text. */
const longestString = (text: string): readonly [number, number] | undefined => {
  let best: readonly [number, number] | undefined
  for (let at = text.indexOf('"'); at !== -1; ) {
    const end = stringEnd(text, at)
    if (end === -1) return undefined
    if (best === undefined || end - at > best[1] - best[0]) best = [at, end]
    at = text.indexOf('"', end)
  }
  return best
}

/** Where the text stands between the quotes of what is shown. */
const innerSpan = (shown: string): readonly [number, number] | undefined => {
  const open = shown.indexOf(`${FENCE}\n`) + FENCE.length + 1
  const close = shown.lastIndexOf(FENCE)
  return open > FENCE.length && close >= open ? [open, close] : undefined
}

const decode = (shown: string): string | undefined => {
  const inner = innerSpan(shown)
  if (inner === undefined) return undefined
  const [open, close] = inner
  const head = shown.slice(0, open - FENCE.length - 1)
  return head + JSON.stringify(shown.slice(open, close)) + shown.slice(close + FENCE.length)
}

const parseString = (literal: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(literal)
    return typeof value === "string" ? value : undefined
  } catch {
    return undefined
  }
}

export const jsonTextCodec: Codec = { name: "json-text", decode }

/** One segment that shows the wrapped text as text, or undefined where the input is no such wrapper. */
const unwrapJsonText = (text: string): ReadonlyArray<Shown> | undefined => {
  if (!/^[{[]/.test(text) || text.includes(FENCE)) return undefined
  const found = longestString(text)
  if (found === undefined || text.length - (found[1] - found[0]) > MAX_AROUND) return undefined
  const literal = text.slice(found[0], found[1])
  if (literal.split("\\n").length <= MIN_LINES) return undefined
  const inner = parseString(literal)
  if (inner === undefined) return undefined
  const shown = `${text.slice(0, found[0])}${FENCE}\n${inner}${FENCE}${text.slice(found[1])}`
  return decode(shown) === text
    ? [{ _tag: "Shown", spans: [0, text.length], codec: "json-text", text: shown }]
    : undefined
}

/** Wrappers within wrappers that are taken off. */
const MAX_DEPTH = 4

/** A text that wraps another one, layer by layer, and where what is wrapped stands in what the last layer prints. */
export interface Unwrapped {
  /** Each tiles what the one before prints. */
  readonly layers: ReadonlyArray<Tiling<Shown>>
  readonly text: string
  readonly inner: readonly [start: number, end: number]
}

/** The text with all its wrappers taken off; itself where it has none. */
export const unwrapAll = (text: string): Unwrapped => {
  const layers: Array<Tiling<Shown>> = []
  let printed = text
  let [start, end] = [0, text.length]
  while (layers.length < MAX_DEPTH) {
    const shown = unwrapJsonText(printed.slice(start, end))?.[0]
    const span = shown === undefined ? undefined : innerSpan(shown.text)
    if (shown === undefined || span === undefined) break
    const segments = [
      ...(start > 0 ? [verbatim(printed, [0, start])] : []),
      { ...shown, spans: [start, end] },
      ...(end < printed.length ? [verbatim(printed, [end, printed.length])] : [])
    ]
    layers.push({ input: printed, segments })
    printed = printed.slice(0, start) + shown.text + printed.slice(end)
    end = start + span[1]
    start += span[0]
  }
  return { layers, text: printed, inner: [start, end] }
}

/**
 * Text of several kinds (JSON behind a line of preamble, a fence in prose, the outputs of several commands in a row), cut into parts
 * that are each tiled as what they are; only at boundaries that cannot be mistaken.
 *
 * What it does   finds fences, JSON values, diffs and separator lines, routes each part, lifts each part's tiling into one.
 * Why            one kind for the whole text either leaves the parts as they are or mistreats the rest.
 * Lossy          as its parts are; what belongs to no kind stays verbatim.
 * Units          parts in UTF-16 offsets; the budget is shared by length.
 * Never throws   undefined where no part has anything to offer; linear: no character is scanned for JSON more than a few times.
 * Source         own.
 */
import type { Compressor, Want } from "../domain/compressor.ts"
import { type Content, type Kind, noHint, partsOf } from "../domain/content.ts"
import { recently } from "../domain/recent.ts"
import { lift, type Segment, verbatim } from "../domain/tiling.ts"
import { route } from "./detect.ts"

export interface Part {
  readonly start: number
  readonly end: number
  readonly kind: Kind
}

/** A smaller part is left to its neighbour: nothing can be gained in it. */
const MIN_PART = 160
/** A JSON value on the rest of a line must be this long to be a part. */
const MIN_INLINE = 400
/** A value opens within this much of its line. */
const MAX_PREAMBLE = 200
const MAX_PARTS = 200

const SEPARATOR = /^(?:[=#*~-]{3,}|[=#*~-]{2,}\s?\S.{0,100}?\s?[=#*~-]{2,})\s*$/
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+-]*)[^`]*$/
const DIFF_START = /^diff --(?:git|cc|combined) /
const DIFF_LINE =
  /^(?:[ +\\-]|@@|$|\r$|diff --|index [0-9a-f]|(?:old|new) (?:file )?mode|(?:new|deleted) file|similarity|dissimilarity|rename |copy |Binary files|GIT binary patch|literal \d|delta \d|z[A-Za-z0-9])/

/** What may stand between strings and brackets. */
const BETWEEN = new Set(Array.from(" \t\r\n,:+-.0123456789truefalsnE", (char) => char.charCodeAt(0)))
const MAX_DEPTH = 1_000

/** The end of the JSON value that opens at `at`, by brackets and strings alone, or where it went wrong, negated and less one. */
const valueEnd = (text: string, at: number): number => {
  const open: Array<number> = []
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 34) {
      for (i++; i < text.length; i++) {
        const inside = text.charCodeAt(i)
        if (inside === 34) break
        if (inside === 92) i++
        else if (inside < 32) return -i - 1
      }
    } else if (code === 123 || code === 91) {
      // Both closing brackets stand two behind their opening ones.
      open.push(code + 2)
      if (open.length > MAX_DEPTH) return -i - 1
    } else if (code === 125 || code === 93) {
      if (open.pop() !== code) return -i - 1
      if (open.length === 0) return i + 1
    } else if (!BETWEEN.has(code)) return -i - 1
  }
  return -text.length - 1
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const lineEnd = (text: string, at: number): number => {
  const found = text.indexOf("\n", at)
  return found === -1 ? text.length : found + 1
}

/** Where in a line a JSON value may open: at its first mark, or behind a short preamble. */
const opening = (line: string): number => {
  const first = /^\s*[[{](?=\s*(?:$|["\]}[{\d-]|true|false|null))/.exec(line)
  if (first !== null) return first[0].length - 1
  if (line.length < MIN_INLINE) return -1
  const inline = line.slice(0, MAX_PREAMBLE).search(/\{"|\[\{|\["/)
  return inline
}

/** A line that parts what stands above it from what stands below. */
const BETWEEN_PARTS = Symbol("separator")

/** A line that parts many short records of one output is none that parts outputs. */
const RECORDS = 4
const MAX_RECORD = 600

const recordMarks = (text: string): ReadonlySet<string> => {
  const found = new Map<string, { count: number; readonly first: number; last: number }>()
  for (const { 0: line, index } of text.matchAll(/^[=#*~-]{3,}[ \t]*$/gm)) {
    const mark = found.get(line)
    if (mark === undefined) found.set(line, { count: 1, first: index, last: index })
    else {
      mark.count++
      mark.last = index
    }
  }
  const marks = [...found].filter(
    ([, { count, first, last }]) => count >= RECORDS && last - first <= MAX_RECORD * (count - 1)
  )
  return new Set(marks.map(([line]) => line))
}

interface Cut {
  readonly start: number
  end: number
  readonly kind: Kind | typeof BETWEEN_PARTS | undefined
}

/** Cuts before the routing: JSON, diffs and fence bodies have their kind; the rest is undefined. */
const cut = (text: string, readsFences: boolean): ReadonlyArray<Cut> => {
  const parts: Array<Cut> = []
  let from = 0
  const put = (start: number, end: number, kind: Cut["kind"]): void => {
    if (start > from) parts.push({ start: from, end: start, kind: undefined })
    if (end > start) parts.push({ start, end, kind })
    from = end
  }
  let fence: { readonly mark: string; readonly body: number; readonly language: string } | undefined
  /** Failed scans may cost this much in all. */
  let patience = 2 * text.length + 1_000
  const records = recordMarks(text)
  for (let at = 0; at < text.length && parts.length < MAX_PARTS; ) {
    const end = lineEnd(text, at)
    const line = text.slice(at, Math.min(end, at + 2_000))
    const fenced = readsFences && line.length < 200 ? FENCE.exec(line.trimEnd()) : null
    if (fence !== undefined) {
      if (fenced?.[1]?.startsWith(fence.mark) === true && fenced[2] === "") {
        const body = text.slice(fence.body, at)
        const kind =
          /^\s*[[{]/.test(body) && isJson(body) ? "json" : /^(?:diff|patch)$/.test(fence.language) ? "diff" : "text"
        if (at - fence.body >= MIN_PART) put(fence.body, kind === "json" ? at - 1 : at, kind)
        fence = undefined
      }
      at = end
      continue
    }
    if (fenced !== null) {
      fence = { mark: fenced[1] as string, body: end, language: fenced[2] as string }
      at = end
      continue
    }
    if (DIFF_START.test(line)) {
      let stop = end
      while (stop < text.length && DIFF_LINE.test(text.slice(stop, stop + 40).split("\n", 1)[0] as string))
        stop = lineEnd(text, stop)
      if (stop - at >= MIN_PART) put(at, stop, "diff")
      at = stop
      continue
    }
    const open = patience > 0 ? opening(line) : -1
    if (open !== -1) {
      const start = at + open
      const stop = valueEnd(text, start)
      if (stop > 0) {
        const rest = text.slice(stop, lineEnd(text, stop))
        const before = parts[parts.length - 1]
        // JSON lines are one part, short ones among them too.
        const goesOn = before?.kind === "json" && before.end === from && /^\s*$/.test(text.slice(from, start))
        if ((goesOn || stop - start >= MIN_PART) && rest.trim() === "" && isJson(text.slice(start, stop))) {
          if (goesOn) {
            before.end = stop
            from = stop
          } else put(start, stop, "json")
          at = lineEnd(text, stop)
          continue
        }
        patience -= stop - start
      } else patience -= -stop - 1 - start
    }
    if (SEPARATOR.test(line) && !records.has(line.replace(/\r?\n$/, ""))) put(at, end, BETWEEN_PARTS)
    at = end
  }
  // A fence that never closes is none.
  if (fence !== undefined) return cut(text, false)
  put(text.length, text.length, undefined)
  return parts
}

const cutsOf = recently((text: string) => cut(text, true))

/** The parts of a text and their kinds, covering it exactly; `kindOf` judges what has no kind by its boundary. */
export const split = (text: string, kindOf: (part: string) => Kind): ReadonlyArray<Part> => {
  const cuts = cutsOf(text)
  if (text === "") return []
  if (cuts.every(({ kind }) => kind === BETWEEN_PARTS || kind === undefined) && cuts.length < 3)
    return [{ start: 0, end: text.length, kind: kindOf(text) }]
  const parts: Array<Part> = []
  let judged: Kind | undefined
  let line: Cut | undefined
  for (const one of cuts) {
    const { start, end, kind } = one
    if (kind === BETWEEN_PARTS) {
      line = line === undefined ? one : { ...line, end }
      continue
    }
    // A part too small to judge is taken for more of what stands before it.
    const small = end - start < MIN_PART
    const own = kind ?? (small ? (judged ?? "text") : kindOf(text.slice(start, end)))
    judged = kind === undefined ? own : undefined
    const before = parts[parts.length - 1]
    if (before !== undefined && before.kind === own && own !== "json") parts[parts.length - 1] = { ...before, end }
    else {
      if (line !== undefined) parts.push({ start: line.start, end: line.end, kind: "text" })
      parts.push({ start, end, kind: own })
    }
    line = undefined
  }
  if (line !== undefined) {
    const before = parts[parts.length - 1]
    if (before === undefined || before.kind === "json") parts.push({ start: line.start, end: line.end, kind: "text" })
    else parts[parts.length - 1] = { ...before, end: line.end }
  }
  return parts
}

/** The share of other kinds from which on a text is cut; prose knows what to do with a fence itself. */
const OTHER_SHARE = 0.05
const OTHER_SHARE_OF_PROSE = 0.25

/** A paragraph within a log is a message of it; source has nothing to offer where nothing may be hidden. */
const isWithin = (part: Kind, whole: Kind): boolean =>
  part === whole || part === "text" || part === "code" || (whole === "log" && part === "prose")

/** Whether a text of the given kind is worth cutting: enough of it is of other kinds that are more than plain text. */
export const isMixed = (parts: ReadonlyArray<Part>, whole: Kind): boolean => {
  const others = parts.filter((part) => !isWithin(part.kind, whole))
  const length = others.reduce((sum, { start, end }) => sum + end - start, 0)
  const share = whole === "prose" ? OTHER_SHARE_OF_PROSE : OTHER_SHARE
  return parts.length > 1 && length > 0 && length >= share * (parts[parts.length - 1] as Part).end
}

/** Each part's segments, lifted into a tiling of the whole. */
export const tileMixed = (
  content: Content,
  want: Want,
  parts: ReadonlyArray<Part>,
  compressorOf: (kind: Kind) => Compressor | undefined
): ReadonlyArray<Segment> | undefined => {
  const { text } = content
  const partOf = partsOf(content)
  const { visibleTokens: _, ...wanted } = want
  const segments: Array<Segment> = []
  let offered = false
  for (const { start, end, kind } of parts) {
    const part = text.slice(start, end)
    const budgetTokens = Math.floor((want.budgetTokens * part.length) / Math.max(1, text.length))
    const own = compressorOf(kind)?.tile(partOf(kind, part, [start, end]), { ...wanted, budgetTokens })
    if (own === undefined) segments.push(verbatim(text, [start, end]))
    else {
      offered = true
      for (const segment of lift(own, [start, end])) segments.push(segment)
    }
  }
  return offered ? segments : undefined
}

/** The compressor of mixed text over the others. It is never detected: the router asks for it where no single kind is sure. */
export const mixedOf = (compressors: ReadonlyArray<Compressor>): Compressor => {
  const compressorOf = (kind: Kind) => compressors.find((compressor) => compressor.kind === kind)
  const routed = recently((part: string) => route(part, noHint, compressors).kind)
  return {
    kind: "mixed",
    version: 3,
    readsWhole: true,
    detect: () => 0,
    tile: (content, want) => {
      const kindOf = (part: string): Kind => {
        const kind = routed(part)
        return kind === "code" && want.visibleOnly ? "text" : kind
      }
      const parts = split(content.text, kindOf)
      return parts.length > 1 ? tileMixed(content, want, parts, compressorOf) : undefined
    },
    codecs: []
  }
}

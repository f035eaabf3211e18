/**
 * Retrieval: an original, or the part of it that is asked for, by a ref that a marker names.
 *
 * Never empty-handed: what cannot be given says why and what to ask for instead, in one line, because a model that gets nothing asks again.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { unwrapAll } from "../compressors/json-text.ts"
import { type Ref, refFrom } from "../domain/digest.ts"
import { type PathResult, parsePath, printPath, valueAt } from "../domain/json-path.ts"
import { lineStarts } from "../domain/lines.ts"
import { numberShift, shifted } from "../domain/numbering.ts"
import { bestPassages, linesOf, type Passage, parseRange, passageOf } from "../domain/passage.ts"
import { Originals, type OriginalsError, type Session } from "./ports/originals.ts"

export interface RetrieveOptions {
  /** Lines of the original, by the numbers that a tool printed before them, else from 1: `12-80`, `12`, `12-`. */
  readonly lines?: string
  /** Words; the lines that hold them come with their neighbours, best passages first. */
  readonly query?: string
  /** A JSON path such as `$.items[3].name`; the value comes as the source wrote it. */
  readonly path?: string
  /** UTF-16 units given at once, at least 1,000; without it everything. */
  readonly maxLength?: number
  /** What the answer before named, to read on. */
  readonly cursor?: string
  /** Whose request it is: seeing an original renews it. */
  readonly session?: Session
}

export interface Retrieved {
  readonly ref: Ref
  /** Passages of a query stand under a line that names their lines. */
  readonly text: string
  /** The original's bytes, where all of it was asked for. */
  readonly bytes: Uint8Array | undefined
  /** First and last line of what is given, as they are called in the original. */
  readonly lines: readonly [from: number, to: number]
  readonly totalLines: number
  /** Set where there is more. */
  readonly cursor: string | undefined
}

export class RetrieveError extends Schema.TaggedError<RetrieveError>()("RetrieveError", {
  reason: Schema.Literal(
    "malformed-ref",
    "unknown-ref",
    "ambiguous-ref",
    "bad-range",
    "bad-path",
    "bad-cursor",
    "no-match"
  ),
  /** What is wrong, and the way out. */
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

const fail = (reason: RetrieveError["reason"], detail: string): Effect.Effect<never, RetrieveError> =>
  Effect.fail(new RetrieveError({ reason, detail }))

/** A caller's input as a message may repeat it: one short line. */
const quoted = (input: string): string => {
  const line = input.replace(/\s+/g, " ").trim()
  return JSON.stringify(line.length <= 80 ? line : `${line.slice(0, 79).replace(/[\ud800-\udbff]$/, "")}…`)
}

const missing = (ref: Ref, result: Extract<PathResult, { _tag: "Missing" }>, path: string): string => {
  const at = printPath(result.at)
  if (result.length !== undefined) {
    const has =
      result.length === 0 ? "is an empty array" : `is an array with items ${at}[0] to ${at}[${result.length - 1}]`
    return `${ref} has nothing at ${quoted(path)}: ${at} ${has}`
  }
  if (result.keys.length === 0)
    return `${ref} has nothing at ${quoted(path)}: ${at} is no object or array; ask for ${at} itself`
  const keys = result.keys.slice(0, 20).map((key) => quoted(key))
  return `${ref} has nothing at ${quoted(path)}: the keys of ${at} are ${keys.join(", ")}${result.keys.length > 20 ? ", …" : ""}`
}

const regionOf = (
  text: string,
  ref: Ref,
  options: RetrieveOptions,
  shift: number
): Effect.Effect<Passage, RetrieveError> => {
  const starts = lineStarts(text)
  const [first, last] = shifted([1, starts.length], shift)
  let region = passageOf(starts, 0, text.length)
  if (options.path !== undefined) {
    const steps = parsePath(options.path)
    if (steps === undefined)
      return fail("bad-path", `${quoted(options.path)} is no path: write it like $.items[3].name or items[3]["a key"]`)
    const result = valueAt(text, steps)
    if (result._tag === "NotJson")
      return fail("bad-path", `${ref} is not JSON, so it has no paths: ask for lines ${first}-${last} or a query`)
    if (result._tag === "Missing") return fail("bad-path", missing(ref, result, options.path))
    region = passageOf(starts, result.start, result.end)
  }
  if (options.lines === undefined) return Effect.succeed(region)
  const range = parseRange(options.lines)
  if (range === undefined)
    return fail(
      "bad-range",
      `${quoted(options.lines)} is no range of lines: write it like 12-80, between ${first} and ${last}`
    )
  const lines = range[1] <= shift ? undefined : linesOf(text, [Math.max(1, range[0] - shift), range[1] - shift])
  if (lines === undefined || lines.start >= region.end || lines.end <= region.start) {
    const [from, to] = shifted(region.lines, shift)
    return fail("bad-range", `${ref} has no line ${range[0]} here: ask for lines between ${from} and ${to}`)
  }
  return Effect.succeed(passageOf(starts, Math.max(lines.start, region.start), Math.min(lines.end, region.end)))
}

/** Where a text of at most `length` units from `start` ends: after a line if one ends in its second half, never within a character. */
const cutOf = (text: string, start: number, end: number, length: number): number => {
  if (end - start <= length) return end
  const limit = start + length
  const line = text.lastIndexOf("\n", limit - 1) + 1
  if (line > start + length / 2) return line
  const code = text.charCodeAt(limit - 1)
  return code >= 0xd800 && code < 0xdc00 ? limit - 1 : limit
}

const LEAST_LENGTH = 1000

const readFrom = (text: string, region: Passage, maxLength: number, from: number): Passage =>
  passageOf(lineStarts(text), from, cutOf(text, from, region.end, maxLength))

/** The passages from the one numbered `from` that fit, in the order of the text; the first is cut where it alone is too long. */
const readPassages = (
  text: string,
  passages: ReadonlyArray<Passage>,
  from: number,
  maxLength: number,
  shift: number
) => {
  const taken: Array<Passage> = []
  let length = 0
  for (const passage of passages.slice(from)) {
    const size = passage.end - passage.start + 24
    if (taken.length > 0 && length + size > maxLength) break
    taken.push(size > maxLength ? readFrom(text, passage, maxLength, passage.start) : passage)
    length += size
  }
  const ordered = [...taken].sort((a, b) => a.start - b.start)
  const shown = ordered.map((passage) => {
    const [first, last] = shifted(passage.lines, shift)
    const part = text.slice(passage.start, passage.end)
    return `[${first === last ? `line ${first}` : `lines ${first}-${last}`}]\n${part}${part.endsWith("\n") ? "" : "\n"}`
  })
  return { text: shown.join(""), taken: ordered, next: from + taken.length }
}

/**
 * Whether the lines of a text are meant that an original wraps in JSON. They are what is chosen from, but for the first one, which is the
 * wrapper's: a gap that begins there stands for lines of the original itself, which has faded.
 */
const countsWrapped = ({ path, lines, query = "" }: RetrieveOptions): boolean =>
  path === undefined && (lines === undefined ? query !== "" : parseRange(lines)?.[0] !== 1)

/** Gives an original or a part of it. The order of narrowing: path, lines, query. */
export const retrieve = (
  input: string,
  options: RetrieveOptions = {}
): Effect.Effect<Retrieved, RetrieveError | OriginalsError, Originals> =>
  Effect.gen(function* () {
    const asked = refFrom(input.trim())
    if (asked === undefined) {
      return yield* fail(
        "malformed-ref",
        `${quoted(input)} is no ref: a ref is the 12 or more hex digits after "headroom retrieve" in a marker`
      )
    }
    const originals = yield* Originals
    const found = yield* originals.find(asked)
    if (found._tag === "Unknown") {
      return yield* fail(
        "unknown-ref",
        `${asked} is not kept here: it was never stored or has expired; run the command that printed it again`
      )
    }
    if (found._tag === "Ambiguous") {
      return yield* fail(
        "ambiguous-ref",
        `${asked} begins ${found.refs.length} originals: ask for one of ${found.refs.slice(0, 8).join(", ")}`
      )
    }
    const { ref } = found
    const { text } = countsWrapped(options) ? unwrapAll(found.text) : found
    // An original that can be read is given even where the sighting cannot be written.
    yield* Effect.ignore(originals.sight([ref], options.session))

    const shift = numberShift(text)
    const region = yield* regionOf(text, ref, options, shift)
    const maxLength =
      options.maxLength === undefined ? Number.MAX_SAFE_INTEGER : Math.max(LEAST_LENGTH, options.maxLength)
    const totalLines = lineStarts(text).length
    const from =
      options.cursor === undefined ? undefined : /^\d{1,15}$/.test(options.cursor) ? Number(options.cursor) : -1
    const badCursor = fail(
      "bad-cursor",
      `${quoted(options.cursor ?? "")} is no place in ${ref}: leave the cursor out to start at the beginning`
    )

    if (options.query !== undefined && options.query.trim() !== "") {
      const passages = bestPassages(text, options.query, region)
      if (passages.length === 0) {
        const [first, last] = shifted(region.lines, shift)
        return yield* fail(
          "no-match",
          `nothing in ${ref} holds a word of ${quoted(options.query)}: try other words, or lines ${first}-${last}`
        )
      }
      if (from !== undefined && (from < 0 || from >= passages.length)) return yield* badCursor
      const read = readPassages(text, passages, from ?? 0, maxLength, shift)
      const lines = shifted([read.taken[0]?.lines[0] ?? 1, read.taken.at(-1)?.lines[1] ?? 1], shift)
      const cursor = read.next < passages.length ? String(read.next) : undefined
      return { ref, text: read.text, bytes: undefined, lines, totalLines, cursor }
    }

    if (from !== undefined && (from < region.start || from >= region.end)) return yield* badCursor
    const part = readFrom(text, region, maxLength, from ?? region.start)
    const all = text === found.text && part.start === 0 && part.end === text.length
    return {
      ref,
      text: text.slice(part.start, part.end),
      bytes: all ? found.bytes : undefined,
      lines: shifted(part.lines, shift),
      totalLines,
      cursor: part.end < region.end ? String(part.end) : undefined
    }
  })

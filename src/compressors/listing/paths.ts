/**
 * The codec `listing-paths`: a folder once above the names in it.
 *
 *     src/wire/            a folder
 *      answer.ts           src/wire/answer.ts
 *      3 names             src/wire/ three times, the names hidden by a gap
 *     README.md            a path by itself
 */
import { pushSpan, textOf } from "../../domain/spans.ts"
import { type Codec, type Segment, type Shown, verbatim } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { lineStarts } from "../../domain/lines.ts"
import { entriesAsked } from "../question.ts"

const PATHS = "listing-paths"
const NAMES = /^ ([1-9]\d{0,4}) names$/

const decodePaths = (shown: string): string | undefined => {
  if (!shown.endsWith("\n")) return undefined
  let folder: string | undefined
  let out = ""
  for (const line of shown.slice(0, -1).split("\n")) {
    if (line.startsWith(" ")) {
      if (folder === undefined) return undefined
      const names = NAMES.exec(line)
      out += names === null ? `${folder}${line.slice(1)}\n` : folder.repeat(Number(names[1]))
    } else if (line.endsWith("/")) folder = line
    else out += `${line}\n`
  }
  return out
}

export const pathsCodec: Codec = { name: PATHS, decode: decodePaths }

interface Line {
  readonly start: number
  readonly end: number
  /** Where the name begins, behind the folder. */
  readonly name: number
}

/** Lines that end, each with the end of its folder. */
const linesOf = (text: string): ReadonlyArray<Line> => {
  const end = text.lastIndexOf("\n") + 1
  const starts = lineStarts(text.slice(0, end))
  return starts.map((start, at) => {
    const stop = starts[at + 1] ?? end
    return { start, end: stop, name: Math.max(start, text.lastIndexOf("/", stop - 2) + 1) }
  })
}

const print = (text: string, lines: ReadonlyArray<Line>, isShown: (at: number) => boolean): string => {
  let folder = ""
  let out = ""
  let hidden = 0
  const close = (): void => {
    if (hidden > 0) out += ` ${hidden} names\n`
    hidden = 0
  }
  for (let at = 0; at < lines.length; at++) {
    const { start, end, name } = lines[at] as Line
    const own = text.slice(start, name)
    const shown = isShown(at)
    if (own !== folder) close()
    const next = lines[at + 1]
    const isAlone = shown && own !== folder && (next === undefined || text.slice(next.start, next.name) !== own)
    if (own === "" || (isAlone && text[end - 2] !== "/")) {
      if (shown) out += text.slice(start, end)
      continue
    }
    if (own !== folder) {
      out += `${own}\n`
      folder = own
    }
    if (shown) {
      close()
      out += ` ${text.slice(name, end)}`
    } else hidden++
  }
  close()
  return out
}

/** The paths under their folders, or undefined where that is not shorter. */
export const groupPaths = (text: string): Shown | undefined => {
  const lines = linesOf(text)
  if (lines.length === 0) return undefined
  const end = (lines[lines.length - 1] as Line).end
  const shown = print(text, lines, () => true)
  if (shown.length >= end || decodePaths(shown) !== text.slice(0, end)) return undefined
  return { _tag: "Shown", spans: [0, end], codec: PATHS, text: shown }
}

const MARKER_TOKENS = 24

/** Every folder with how many names it holds, and as many names as the budget allows, those that the question names first. */
export const hideNames = (text: string, budgetTokens: number, question: string): ReadonlyArray<Segment> | undefined => {
  const lines = linesOf(text)
  if (lines.length === 0) return undefined
  const asked = entriesAsked(
    lines.map(({ start, end }) => text.slice(start, end)),
    question
  )
  const inFolder = new Map<string, number>()
  const order = lines
    .map(({ start, name }, at) => {
      const folder = text.slice(start, name)
      const place = inFolder.get(folder) ?? 0
      inFolder.set(folder, place + 1)
      return { at, rank: asked.has(at) ? -1 : place }
    })
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
  let room = budgetTokens - MARKER_TOKENS
  for (const folder of inFolder.keys()) room -= estimateTokens(folder) + 5
  const chosen = new Set<number>()
  for (const { at } of order) {
    const { name, end } = lines[at] as Line
    room -= 1 + estimateTokens(text, name, end)
    if (room < 0) break
    chosen.add(at)
  }
  const shown: Array<number> = []
  const hidden: Array<number> = []
  lines.forEach(({ start, name, end }, at) => {
    if (chosen.has(at)) pushSpan(shown, start, end)
    else {
      pushSpan(shown, start, name)
      pushSpan(hidden, name, end)
    }
  })
  const count = lines.length - chosen.size
  if (count === 0 || shown.length === 0) return undefined
  const printed = print(text, lines, (at) => chosen.has(at))
  if (decodePaths(printed) !== textOf(text, shown)) return undefined
  const gap = { unit: "files", count } as const
  const show: Segment = { _tag: "Shown", spans: shown, codec: PATHS, text: printed }
  const whole = (lines[lines.length - 1] as Line).end
  const tail = whole < text.length ? [verbatim(text, [whole, text.length])] : []
  const from = hidden[0] as number
  if (from === 0 || text[from - 1] === "\n") {
    const elide: Segment = { _tag: "Elide", spans: hidden, gap }
    return [...(from < (shown[0] as number) ? [elide, show] : [show, elide]), ...tail]
  }
  // The marker follows lines that end, so the last hidden line's end ends the marker's.
  const end = hidden[hidden.length - 1] as number
  hidden[hidden.length - 1] = end - 1
  return [show, { _tag: "Elide", spans: hidden, gap }, verbatim(text, [end - 1, end]), ...tail]
}

/**
 * The laws of the whole, each written once: a law takes a subject and an input and says what is broken, or nothing.
 *
 * They hold for every registered compressor, for the decision about a slot, and for whole message lists; over generated input and over
 * files alike.
 */
import { isDeepStrictEqual } from "node:util"
import { decide, type Question, type Registry } from "../src/compressors/decide.ts"
import type { Compressor, Want } from "../src/domain/compressor.ts"
import { noHint } from "../src/domain/content.ts"
import { spelledOut } from "../src/domain/link-form.ts"
import { holdsMarker, parseGap } from "../src/domain/marker.ts"
import { visible } from "../src/domain/outcome.ts"
import { parsePart, type PartNote } from "../src/domain/part-note.ts"
import { HERE, holdsNote, type Note, parseNote } from "../src/domain/repeat.ts"
import type { ShownIndex } from "../src/domain/shown.ts"
import { textOf } from "../src/domain/spans.ts"
import { account, hidesNothing, isLawful, type Segment, type Tiling } from "../src/domain/tiling.ts"
import { estimateTokens } from "../src/domain/tokens.ts"
import { type Layers, print, type Reader, renderDraft, restore, type View } from "../src/domain/view.ts"

/** What is broken, or undefined. */
export type Broken = string | undefined

const first = (...checks: ReadonlyArray<() => Broken>): Broken => {
  for (const check of checks) {
    const broken = check()
    if (broken !== undefined) return broken
  }
  return undefined
}

export const brief = (text: string | undefined): string =>
  text === undefined ? "nothing" : JSON.stringify(text.slice(0, 200))

// Of a tiling

/** The segments cover the input exactly once, and shown, named, hidden and stripped add up to it. */
const covers = (tiling: Tiling): Broken => {
  if (!isLawful(tiling)) return "the segments do not tile the input"
  const { Shown, Repeat, Elide, Strip } = account(tiling)
  return Shown + Repeat + Elide + Strip === tiling.input.length ? undefined : "the parts do not add up to the whole"
}

/** Every encoded segment decodes to its spans. */
const decodes = ({ input, segments }: Tiling, codecs: Reader["codecs"]): Broken => {
  for (const segment of segments) {
    if (segment._tag !== "Shown" || segment.codec === "verbatim") continue
    const decoded = codecs.get(segment.codec)?.(segment.text)
    const expected = textOf(input, segment.spans)
    if (decoded !== expected) return `${segment.codec} of ${brief(expected)} decodes to ${brief(decoded)}`
  }
  return undefined
}

/** Verbatim text stands in the order of the input. */
const keepsOrder = ({ segments }: Tiling): Broken => {
  let end = -1
  for (const segment of segments) {
    if (segment._tag !== "Shown" || segment.codec !== "verbatim") continue
    for (const offset of segment.spans) {
      if (offset < end) return `verbatim text at ${offset} stands behind text at ${end}`
      end = offset
    }
  }
  return undefined
}

/** Counted as JSON paths count. */
const FROM_ZERO = new Set<string>(["rows", "items", "keys"])

/** A gap counts at least one unit, in a range that holds as many, and says so in the marker's grammar. */
const gapsAreTrue = (view: View): Broken => {
  for (const { segment, text } of view.layers.flat()) {
    if (segment._tag !== "Elide") continue
    const parsed = parseGap(text)
    if (parsed === undefined) return `no marker: ${brief(text)}`
    const [from, to] = parsed.range
    if (parsed.gap.count < 1 || from < (FROM_ZERO.has(segment.gap.unit) ? 0 : 1) || to < from)
      return `a gap of nothing: ${text}`
    if (segment.gap.unit === "lines" && segment.gap.range === undefined && to - from + 1 < parsed.gap.count)
      return `more lines than the range: ${text}`
  }
  return undefined
}

const ATOM = /[\p{L}\p{M}\p{N}_]+/gu
const atomsIn = (text: string): ReadonlyArray<string> => text.match(ATOM) ?? []

/**
 * Whether each word of the source (letters, digits, `_`) stands whole in what is printed; where words may be split, a word may be the
 * end of a prefix that a table names and the beginning of a cell.
 */
const isLegible = (source: string, printed: string, whole: boolean): Broken => {
  const words = new Set(atomsIn(printed))
  const missing = new Set(atomsIn(unescaped(source)).filter((word) => !words.has(word)))
  for (const word of missing) {
    let split = false
    for (let at = 1; !whole && at < word.length && !split; at++)
      split = words.has(word.slice(0, at)) && words.has(word.slice(at))
    if (!split) return `${brief(word)} stands nowhere in ${brief(printed)}`
  }
  return undefined
}

/** JSON's escapes of letters aside, those in a string within a string too: neither `\n` nor `\\n` is a word. */
const unescaped = (text: string): string => text.replace(/\\+(?:u[0-9a-fA-F]{4}|[^\\])?/g, " ")

/** Words of a format's own grammar, which a codec's form says without them. */
const GRAMMAR: Readonly<Record<string, string>> = { "diff-stat": " diff git a b" }

/** Encoded text holds every word of what it stands for, but for gutters, which count by one. */
const tablesAreLegible = ({ input, segments }: Tiling, whole: boolean): Broken => {
  for (const segment of segments) {
    if (segment._tag !== "Shown" || segment.codec === "verbatim" || segment.codec === "gutter") continue
    const broken = isLegible(
      textOf(input, segment.spans),
      unescaped(segment.text) + (GRAMMAR[segment.codec] ?? ""),
      whole
    )
    if (broken !== undefined) return `${segment.codec}: ${broken}`
  }
  return undefined
}

// Of a compressor

const contentOf = (compressor: Compressor, text: string) => ({ kind: compressor.kind, text, origin: "output" as const })

/** Total, deterministic, lawful, true, ordered, legible; hides nothing unasked. */
export const compressorLaws = (compressor: Compressor, text: string, want: Want, codecs: Reader["codecs"]): Broken => {
  const confidence = compressor.detect(text, noHint)
  if (!(confidence >= 0 && confidence <= 1)) return `a confidence of ${confidence}`
  const segments = compressor.tile(contentOf(compressor, text), want)
  if (!isDeepStrictEqual(compressor.tile(contentOf(compressor, text), want), segments))
    return "another tiling the second time"
  if (segments === undefined) return undefined
  const tiling: Tiling = { input: text, segments }
  const broken = first(
    () => covers(tiling),
    () => decodes(tiling, codecs),
    () => keepsOrder(tiling),
    () => tablesAreLegible(tiling, want.wholeWords === true),
    () => gapsAreTrue(renderDraft([tiling])),
    () =>
      want.visibleOnly && segments.some((segment) => segment._tag === "Elide") ? "hides where it must not" : undefined,
    () => overLaws(compressor, print(tiling), want, codecs)
  )
  return broken === undefined ? undefined : `${compressor.kind}: ${broken}`
}

/** What is laid over a printed tiling is lawful, reads back, hides nothing. */
const overLaws = (compressor: Compressor, printed: string, want: Want, codecs: Reader["codecs"]): Broken => {
  const segments = compressor.over?.(printed, want)
  if (segments === undefined) return undefined
  const tiling: Tiling = { input: printed, segments }
  return first(
    () => (isDeepStrictEqual(compressor.over?.(printed, want), segments) ? undefined : "another layer the second time"),
    () => covers(tiling),
    () => decodes(tiling, codecs),
    () => tablesAreLegible(tiling, want.wholeWords === true),
    () => (hidesNothing(tiling) ? undefined : "a layer over it hides something")
  )
}

// Of a decision

const readerOf = (registry: Registry, shown: ShownIndex): Reader => ({
  codecs: registry.codecs,
  recall: (note, before) => shown.recall(note, before)
})

/** The input out of the view; the store is asked for hidden and stripped ranges only, and for Exact never. */
const comesBack = (text: string, layers: Layers, view: View, reader: Reader): Broken => {
  let strayed: Broken
  const restored = restore(view, reader, (layer, start, end) => {
    const { input, segments } = layers[layer] as Tiling
    const hidden = segments.some(
      (segment: Segment) =>
        (segment._tag === "Elide" || segment._tag === "Strip") &&
        segment.spans.some((from, i) => i % 2 === 0 && from <= start && end <= (segment.spans[i + 1] as number))
    )
    if (!hidden) strayed = `asks for ${start}-${end} of layer ${layer}, which is shown`
    return input.slice(start, end)
  })
  return strayed ?? (restored === text ? undefined : `comes back as ${brief(restored)}`)
}

/** What a decision must be true to; `earlier` finds the printed text of a block by its name in notes. */
export const decisionLaws = (
  question: Question,
  shown: ShownIndex,
  registry: Registry,
  earlier: (name: string) => string | undefined = () => undefined
): Broken => {
  const { text, want } = question
  const decision = decide(question, shown, registry)
  const again = decide(question, shown, registry)
  if (!isDeepStrictEqual(again, decision)) return "another decision the second time"
  if (decision._tag === "Unchanged") return undefined
  if (holdsMarker(text) || holdsNote(text)) return "text with a marker or note is changed"
  if (decision._tag === "Hide" && want.visibleOnly) return "hides where it must not"
  const { layers } = decision.proof
  const view = renderDraft(layers)
  const reader = readerOf(registry, shown)
  const alone = layers.every(({ segments }: Tiling) => segments.every((segment) => segment._tag === "Shown"))
  return first(
    ...layers.flatMap((tiling: Tiling) => [
      () => covers(tiling),
      () => decodes(tiling, registry.codecs),
      () => keepsOrder(tiling),
      () => tablesAreLegible(tiling, want.wholeWords === true)
    ]),
    () => gapsAreTrue(view),
    () => comesBack(text, layers, view, reader),
    () => (alone && decision._tag === "Show" && visible(decision.proof)._tag !== "Exact" ? "is not Exact" : undefined),
    () => (estimateTokens(view.text) < estimateTokens(text) ? undefined : "costs no less than the text"),
    () => notesPointBack(layers, reader, earlier),
    () => literalTextStays(question, layers)
  )
}

/** A file's text loses no blank and no CR. */
const literalTextStays = ({ hint }: Question, layers: Layers): Broken =>
  hint.origin === "file" && layers.some(({ segments }: Tiling) => segments.some((segment) => segment._tag === "Strip"))
    ? "strips text that came from a file"
    : undefined

const bare = (line: string): string => line.replace(/^ *\d{1,9}(?:→|\t|\||: ?| {2}| \| )/, "")

/** Every line that a note stands for is printed in the block that it names, links in their short form or not, or further up in the same output. */
const notesPointBack = (layers: Layers, reader: Reader, earlier: (name: string) => string | undefined): Broken => {
  for (const { input, segments } of layers as ReadonlyArray<Tiling>) {
    let above = ""
    let named: string | undefined
    for (const segment of segments) {
      if (segment._tag === "Repeat") {
        const part = parsePart(segment.note)
        const note = part === undefined ? parseNote(segment.note) : undefined
        named = (part ?? note)?.name ?? named
        const source = named === HERE ? above : named === undefined ? undefined : earlier(named)
        if (source === undefined) return `a note on nothing: ${segment.note}`
        const text = textOf(input, segment.spans)
        const broken = note === undefined ? standsInLine(part, text, source) : stands(note, text, source)
        if (broken !== undefined) return `${segment.note}: ${broken}`
      }
      if (segment._tag === "Shown")
        above += segment.codec === "verbatim" ? segment.text : (reader.codecs.get(segment.codec)?.(segment.text) ?? "")
      if (segment._tag === "Repeat") above += textOf(input, segment.spans)
    }
  }
  return undefined
}

/** The lines of a block as they are printed, and as they stand with the addresses of its links in place. */
const linesIn = (source: string): ReadonlyArray<string> => {
  const spelled = spelledOut(source)
  return (spelled === undefined ? source : `${source}\n${spelled}`).split("\n")
}

/** The part stands in one line of the source, word for word. */
const standsInLine = (note: PartNote | undefined, text: string, source: string): Broken => {
  if (note === undefined) return "is no note"
  if (text.includes("\n")) return "is more than a part of a line"
  return linesIn(source).some((line) => line.includes(text)) ? undefined : `${brief(text)} stands not there`
}

const stands = (note: Note, text: string, source: string): Broken => {
  const printed = new Set(linesIn(source).flatMap((line) => [line, bare(line)]))
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n")
  if (lines.length !== note.to - note.from + 1) return `${lines.length} lines`
  for (const [at, line] of lines.entries()) {
    if (note.changes.some((change) => change.line === note.from + at)) continue
    if (!printed.has(line) && !printed.has(bare(line))) return `${brief(line)} stands not there`
  }
  return undefined
}

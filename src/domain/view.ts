/**
 * The one renderer: prints any tiling, and takes a printed one apart again.
 *
 * A view may have layers: the lowest tiles the input, each further one tiles the text that the layer below prints (a table, and then
 * the rows of it that an earlier table shows). What hides something can be printed only with a receipt, and a view keeps its pieces,
 * so `restore` gives back the shown spans from what the reader saw and asks for hidden ranges alone.
 */
import { lineAt, lineStarts } from "./lines.ts"
import { footForGate, parseGap, printFoot, printGap, type Unit } from "./marker.ts"
import { numberShift, shifted } from "./numbering.ts"
import { sourceNameOf } from "./repeat.ts"
import type { Receipt } from "./receipt.ts"
import { lengthOf, textOf } from "./spans.ts"
import { type Codec, type Elide, hidesNothing, type Segment, type Tiling, type VisibleSegment } from "./tiling.ts"

/** Tilings of one input, lowest first; each further one tiles what the one below prints. */
export type Layers<S extends Segment = Segment> = readonly [Tiling<S>, ...ReadonlyArray<Tiling<S>>]

/** Printed layers: the text is the pieces of the topmost joined, and a foot where something is hidden. */
export interface View {
  readonly text: string
  /** The pieces of each layer, lowest first. */
  readonly layers: ReadonlyArray<ReadonlyArray<Piece>>
}

export interface Piece {
  readonly segment: Segment
  readonly text: string
}

const printElide = (segment: Elide, input: string, starts: ReadonlyArray<number>, shift: number): string => {
  const from = segment.spans[0] as number
  const to = segment.spans[segment.spans.length - 1] as number
  const [first, last] = shifted([lineAt(starts, from) + 1, lineAt(starts, to - 1) + 1], shift)
  // A heading above line 1 may be hidden with it.
  const least = segment.gap.unit === "lines" ? first + segment.gap.count - 1 : last
  const marker = printGap(segment.gap, [first, Math.max(last, least)])
  const ownLine = (from === 0 || input[from - 1] === "\n") && input[to - 1] === "\n"
  return ownLine ? `${marker}\n` : marker
}

/** The note as a line of its own where the spans end a line. */
export const printRepeat = (input: string, segment: Extract<Segment, { _tag: "Repeat" }>): string =>
  input[(segment.spans[segment.spans.length - 1] as number) - 1] === "\n" ? `${segment.note}\n` : segment.note

const pieces = (tiling: Tiling): ReadonlyArray<Piece> => {
  const hides = !hidesNothing(tiling)
  const starts = hides ? lineStarts(tiling.input) : []
  const shift = hides ? numberShift(tiling.input) : 0
  return tiling.segments.map((segment): Piece => {
    switch (segment._tag) {
      case "Shown":
        return { segment, text: segment.text }
      case "Repeat":
        return { segment, text: printRepeat(tiling.input, segment) }
      case "Elide":
        return { segment, text: printElide(segment, tiling.input, starts, shift) }
      case "Strip":
        return { segment, text: "" }
    }
  })
}

const join = (printed: ReadonlyArray<Piece>): string => printed.map((piece) => piece.text).join("")

/** What one tiling prints, gaps included, without a foot. */
export const print = (tiling: Tiling): string => join(pieces(tiling))

/** How many lines a text has. */
export const linesIn = (text: string): number =>
  text === "" ? 0 : text.split("\n").length - (text.endsWith("\n") ? 1 : 0)

interface Extent {
  readonly hidden: number
  readonly total: number
  readonly unit: Unit
}

/** How much of the input is hidden: in lines, or in characters where the input is one line. */
const hiddenOf = (tiling: Tiling): Extent => {
  const sum = (amount: (gap: Elide) => number): number =>
    tiling.segments.reduce((all, segment) => (segment._tag === "Elide" ? all + amount(segment) : all), 0)
  const total = linesIn(tiling.input)
  if (total <= 1) return { hidden: sum(({ spans }) => lengthOf(spans)), total: tiling.input.length, unit: "characters" }
  // Of a page the texts of lines are hidden, without their ends.
  const linesOf = ({ gap, spans }: Elide): number =>
    gap.unit === "lines" ? gap.count : linesIn(textOf(tiling.input, spans))
  return { hidden: Math.min(total, sum(linesOf)), total, unit: "lines" }
}

/** The text with a line at its end. */
export const withFoot = (text: string, foot: string): string =>
  text === "" || text.endsWith("\n") ? text + foot : `${text}\n${foot}`

const renderWith = (layers: Layers, foot: (extent: Extent) => string): View => {
  const printed = layers.map(pieces)
  const text = join(printed[printed.length - 1] ?? [])
  const hiding = layers.find((tiling) => !hidesNothing(tiling))
  return { text: hiding === undefined ? text : withFoot(text, foot(hiddenOf(hiding))), layers: printed }
}

/** Prints layers that hide nothing. */
export const renderVisible = (layers: Layers<VisibleSegment>): View => renderWith(layers, () => "")

/** Prints layers over a stored original; where something is hidden, a foot names the ref. */
export const renderStored = (layers: Layers, receipt: Receipt): View =>
  renderWith(layers, ({ hidden, total, unit }) => printFoot(receipt, hidden, total, unit))

/** What `renderStored` would print, with a ref of the usual length that nobody issued: for the gate and for simulations. */
export const renderDraft = (layers: Layers): View =>
  renderWith(layers, ({ hidden, total, unit }) => footForGate(hidden, total, unit))

/** The text of `renderDraft`. */
export const draft = (layers: Layers): string => renderDraft(layers).text

/** The gaps of a view in order, as their markers name them. */
export const gapsIn = (view: View): ReadonlyArray<GapInView> =>
  view.layers.flat().flatMap((piece) => {
    const parsed = piece.segment._tag === "Elide" ? parseGap(piece.text) : undefined
    if (parsed === undefined) return []
    const { unit, count, profile } = parsed.gap
    const [from, to] = parsed.range
    return [{ unit, count, from, to, ...(profile === undefined ? {} : { profile }) }]
  })

export interface GapInView {
  readonly unit: Unit
  readonly count: number
  readonly from: number
  readonly to: number
  readonly profile?: string
}

/** What a layer shows, read back, and how much of it stands before the piece that is being read. */
export interface Before {
  readonly text: string
  readonly end: number
  /** The source that the note before named. */
  readonly source: string | undefined
}

/** Gives a note's lines back, newline-joined as they stood, from what the same request showed before it. */
export type Recall = (note: string, before: Before) => string | undefined

/** What is needed to read a view: the decoders by name, and the earlier text of the same request for its notes. */
export interface Reader {
  readonly codecs: ReadonlyMap<string, Codec["decode"]>
  readonly recall: Recall
}

/** The text under a piece's spans, from the piece as printed alone; undefined for hidden text, noise, and what cannot be read back. */
export const readPiece = (piece: Piece, reader: Reader, before: Before): string | undefined => {
  switch (piece.segment._tag) {
    case "Shown":
      return piece.segment.codec === "verbatim" ? piece.text : reader.codecs.get(piece.segment.codec)?.(piece.text)
    case "Repeat": {
      const endsLine = piece.text.endsWith("\n")
      const lines = reader.recall(endsLine ? piece.text.slice(0, -1) : piece.text, before)
      return lines === undefined ? undefined : endsLine ? `${lines}\n` : lines
    }
    case "Elide":
    case "Strip":
      return undefined
  }
}

/** Hidden or stripped text of a layer's own input. */
export type Fetch = (layer: number, start: number, end: number) => string

/** The input, from the view: shown and named spans out of its pieces, hidden and stripped spans by `fetch`. */
export const restore = (view: View, reader: Reader, fetch: Fetch): string | undefined => {
  let shown: string | undefined = view.text
  for (let layer = view.layers.length - 1; layer >= 0 && shown !== undefined; layer--) {
    shown = restoreLayer(shown, view.layers[layer] ?? [], reader, (start, end) => fetch(layer, start, end))
  }
  return shown
}

const restoreLayer = (
  printed: string,
  layer: ReadonlyArray<Piece>,
  reader: Reader,
  fetch: (start: number, end: number) => string
): string | undefined => {
  const parts: Array<readonly [number, string]> = []
  let read = 0
  let shown = ""
  let source: string | undefined
  for (const {
    segment,
    text: { length }
  } of layer) {
    const hidden = segment._tag === "Elide" || segment._tag === "Strip"
    const piece = { segment, text: printed.slice(read, read + length) }
    const text = hidden ? undefined : readPiece(piece, reader, { text: shown, end: shown.length, source })
    if (!hidden && text === undefined) return undefined
    shown += text ?? ""
    if (segment._tag === "Repeat") source = sourceNameOf(piece.text.trimEnd(), source)
    read += length
    let at = 0
    for (let i = 0; i < segment.spans.length; i += 2) {
      const start = segment.spans[i] as number
      const end = segment.spans[i + 1] as number
      parts.push([start, text === undefined ? fetch(start, end) : text.slice(at, at + end - start)])
      at += end - start
    }
  }
  return parts
    .sort((a, b) => a[0] - b[0])
    .map((part) => part[1])
    .join("")
}

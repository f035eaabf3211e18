/**
 * A tiling: how each part of an input is shown, named, hidden or declared noise, because a compressor that returns segments of its
 * input instead of a new text cannot lose a line unmarked, invent one, or miscount.
 *
 * Law: the spans of all segments together cover the input exactly, once. Segments stand in the order of their first span, which is
 * also the order in which the renderer prints them.
 */
import type { Gap } from "./marker.ts"
import { lengthOf, lifter, type Spans, textOf } from "./spans.ts"

/** Text that the view shows: its spans verbatim, or a text from which the codec's decoder gives the spans back, joined. */
export interface Shown {
  readonly _tag: "Shown"
  readonly spans: Spans
  readonly codec: CodecName
  readonly text: string
}

/** Lines that stand further up in the same request; `note` is the line printed for them. */
export interface Repeat {
  readonly _tag: "Repeat"
  readonly spans: Spans
  readonly note: string
}

/** Hidden text; the renderer prints a marker with the store's receipt for it. */
export interface Elide {
  readonly _tag: "Elide"
  readonly spans: Spans
  readonly gap: Gap
}

/** Declared noise, printed nowhere. */
export interface Strip {
  readonly _tag: "Strip"
  readonly spans: Spans
  readonly noise: Noise
}

/**
 * The closed list of what counts as noise.
 *
 * terminal: escape sequences, cursor moves, states of a line that a later carriage return overwrote, CR before LF.
 * trailing-blank: blanks at the end of a line. json-space: white space between JSON tokens. markup: tags, scripts and styles of HTML.
 */
export type Noise = "terminal" | "trailing-blank" | "json-space" | "markup"

export type Segment = Shown | Repeat | Elide | Strip
/** A segment that hides nothing. */
export type VisibleSegment = Shown | Repeat | Strip

export interface Tiling<S extends Segment = Segment> {
  readonly input: string
  readonly segments: ReadonlyArray<S>
}

/** Name of a codec; `verbatim` prints its spans as they are. */
export type CodecName = "verbatim" | (string & {})

/** The inverse of an encoding: the text under the spans from the text shown, or undefined where it is no text of this codec. */
export interface Codec {
  readonly name: CodecName
  readonly decode: (shown: string) => string | undefined
}

export const verbatim = (input: string, spans: Spans): Shown => ({
  _tag: "Shown",
  spans,
  codec: "verbatim",
  text: textOf(input, spans)
})

/** The tiling that every other one refines: the whole input, shown as it is. */
export const whole = (input: string): Tiling<Shown> => ({
  input,
  segments: input === "" ? [] : [verbatim(input, [0, input.length])]
})

/** Whether the tiling keeps its law: exact cover, no overlap, order of first spans, verbatim text true. */
export const isLawful = ({ input, segments }: Tiling): boolean => {
  /** One more than the end of the span that begins at each offset. */
  const ends = new Int32Array(input.length + 1)
  let last = -1
  let count = 0
  for (const segment of segments) {
    const { spans } = segment
    if (spans.length === 0 || spans.length % 2 === 1 || (spans[0] as number) <= last) return false
    last = spans[0] as number
    for (let i = 0; i < spans.length; i += 2) {
      const start = spans[i] as number
      if (ends[start] !== 0) return false
      ends[start] = (spans[i + 1] as number) + 1
      count++
    }
    if (segment._tag === "Shown" && segment.codec === "verbatim" && segment.text !== textOf(input, spans)) return false
  }
  let at = 0
  for (; count > 0 && at < input.length; count--) {
    const end = (ends[at] as number) - 1
    if (end <= at) return false
    at = end
  }
  return count === 0 && at === input.length
}

const bySpan = (a: Segment, b: Segment): number => (a.spans[0] as number) - (b.spans[0] as number)

/** The segments of a tiling of `textOf(input, outer)`, as segments of the input itself. */
export const lift = <S extends Segment>(segments: ReadonlyArray<S>, outer: Spans): ReadonlyArray<S> => {
  const toInput = lifter(outer)
  return segments.map((segment) => ({ ...segment, spans: toInput(segment.spans) }))
}

/** Every verbatim segment replaced by what `pass` makes of its text; the rest stays. */
export const refine = <S extends Segment, T extends Segment>(
  tiling: Tiling<S>,
  pass: (text: string, spans: Spans) => ReadonlyArray<T>
): Tiling<S | T> => {
  const out: Array<S | T> = []
  for (const segment of tiling.segments) {
    if (segment._tag === "Shown" && segment.codec === "verbatim")
      for (const part of lift(pass(segment.text, segment.spans), segment.spans)) out.push(part)
    else out.push(segment)
  }
  return { input: tiling.input, segments: out.sort(bySpan) }
}

export const hidesNothing = (tiling: Tiling): tiling is Tiling<VisibleSegment> =>
  tiling.segments.every((segment) => segment._tag !== "Elide")

/** UTF-16 units shown, named, hidden and stripped; their sum is the input's length for every lawful tiling. */
export const account = (tiling: Tiling): Readonly<Record<Segment["_tag"], number>> => {
  const sum = { Shown: 0, Repeat: 0, Elide: 0, Strip: 0 }
  for (const segment of tiling.segments) sum[segment._tag] += lengthOf(segment.spans)
  return sum
}

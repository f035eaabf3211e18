/**
 * The forms of a slot that hide nothing: as it is and as each encoder prints it, with repeats named and gutters folded, the cheapest first
 * to be proven.
 */
import type { Want } from "../domain/compressor.ts"
import { foldGutters } from "../domain/fold.ts"
import { refine, type Segment, type Tiling, type VisibleSegment, whole } from "../domain/tiling.ts"
import { admits, estimateTokens } from "../domain/tokens.ts"
import { draft, type Layers, print } from "../domain/view.ts"
import { type Case, innermost, isSearch, isVisible } from "./asked.ts"
import { FILE_REACH, nameRepeats, OUTPUT_REACH, PROSE_REACH } from "./repeats.ts"
import { stripTerminal } from "./terminal.ts"

export interface Candidate<S extends Segment> {
  readonly layers: Layers<S>
  readonly tokens: number
}

export const candidate = <S extends Segment>(layers: Layers<S>, { text, before }: Case): Candidate<S> => {
  const printed = draft(layers)
  return { layers, tokens: printed === text ? before : estimateTokens(printed) }
}

/** The same with what the kind's compressor lays over it, where that costs less by the gate. */
export const overlaid = <S extends Segment>(
  { layers, tokens }: Candidate<S>,
  asked: Case
): Candidate<S | VisibleSegment> | undefined => {
  const { compressor, want } = asked
  if (compressor?.over === undefined) return undefined
  const input = print(top(layers))
  const segments = compressor.over(input, want)
  if (segments === undefined || !isVisible(segments)) return undefined
  const over = candidate<S | VisibleSegment>([...layers, { input, segments }], asked)
  return admits(tokens, over.tokens) ? over : undefined
}

/** How long what a tiling prints is, about. */
const printedLength = ({ segments }: Tiling): number =>
  segments.reduce((sum, segment) => sum + (segment._tag === "Shown" ? segment.text.length : 0), 0)

type Pass = (text: string) => ReadonlyArray<Segment>

/** The pass where it hides nothing. */
const visibly =
  (pass: Pass) =>
  (text: string): ReadonlyArray<VisibleSegment> => {
    const segments = pass(text)
    return isVisible(segments) ? segments : whole(text).segments
  }

const top = <S extends Segment>(layers: Layers<S>): Tiling<S> => layers[layers.length - 1] as Tiling<S>

const withTop = <S extends Segment>(layers: Layers<S>, tiling: Tiling<S>): Layers<S> =>
  layers.length === 1 ? [tiling] : [layers[0], ...layers.slice(1, -1), tiling]

/** Wrapped text unwrapped, terminal noise stripped. */
const baseLayers = ({ unwrapped, literal }: Case): Layers<VisibleSegment> => {
  const inner = innermost(unwrapped)
  return onTop(unwrapped.layers, literal ? inner : refine(inner, visibly(stripTerminal)))
}

/** The tiling above these layers. */
export const onTop = <S extends Segment>(layers: ReadonlyArray<Tiling<S>>, tiling: Tiling<S>): Layers<S> => {
  const [lowest, ...others] = layers
  return lowest === undefined ? [tiling] : [lowest, ...others, tiling]
}

type Encode = (text: string) => ReadonlyArray<Segment> | undefined

/** The layers with what is verbatim in the topmost encoded, or undefined where nothing is. */
const encoded = (layers: Layers<VisibleSegment>, encode: Encode): Layers<VisibleSegment> | undefined => {
  let changed = false
  const tiling = refine(top(layers), (text) => {
    const segments = encode(text)
    if (segments === undefined || !isVisible(segments)) return whole(text).segments
    changed = true
    return segments
  })
  return changed ? withTop(layers, tiling) : undefined
}

/**
 * Repeats named and gutters folded, in a layer of their own where the one below is encoded; undefined where that surely costs more than
 * `most` tokens.
 */
const finished = (
  layers: Layers<VisibleSegment>,
  { kind, shown, holdsFileLines }: Case,
  most: number
): Layers<VisibleSegment> | undefined => {
  const below = top(layers)
  const isPlain = below.segments.every(
    (segment) => segment._tag === "Strip" || (segment._tag === "Shown" && segment.codec === "verbatim")
  )
  const reach = holdsFileLines ? FILE_REACH : kind === "prose" ? PROSE_REACH : OUTPUT_REACH
  let isDear = false
  const name = (text: string): ReadonlyArray<Segment> => {
    const segments = isDear ? undefined : nameRepeats(text, shown, reach, most)
    if (segments === undefined) isDear = true
    return segments ?? whole(text).segments
  }
  const named = refine(isPlain ? below : whole(print(below)), visibly(name))
  if (isDear) return undefined
  const folded = refine(named, visibly(foldGutters))
  if (isPlain) return withTop(layers, folded)
  const [lowest, ...others] = layers
  return [lowest, ...others, folded]
}

/** What may print the text shorter: its kind's compressor, and for any output a path above its lines and the words that lines share. */
const encodersFor = ({ hint, want, kind, compressor, registry, holdsFileLines }: Case): ReadonlyArray<Encode> => {
  if (hint.origin === "file") return isSearch(hint, kind) ? [registry.encodeLines] : []
  if (compressor === undefined)
    return holdsFileLines ? [registry.encodeLines] : [registry.encodeLines, registry.encodeBlocks]
  const visibleWant: Want = { ...want, visibleOnly: true }
  const tile: Encode = (text) => compressor.tile({ kind, text, origin: hint.origin }, visibleWant)
  // The log compressor offers blocks itself where words stay whole.
  const hasBlocks = kind === "log" && want.wholeWords === true
  return holdsFileLines || hasBlocks
    ? [tile, registry.encodeLines]
    : [tile, registry.encodeLines, registry.encodeBlocks]
}

/** Where the cheapest form so far costs less than this share of the text, the others are given up as soon as they cost more. */
const CHEAP = 0.6

/** A form with its place among the others. */
export interface Form {
  readonly place: number
  readonly layers: Layers<VisibleSegment>
}

/** A form that prints less than this share of the text is not sought to be bettered by a further encoder. */
const SHORT = 0.4

/** The text as it is and as each encoder prints it, up to the first that prints it short. */
export const formsOf = (asked: Case): ReadonlyArray<Form> => {
  const base = baseLayers(asked)
  const forms: Array<Form> = [{ place: 0, layers: base }]
  const short = printedLength(top(base)) * SHORT
  for (const [at, encode] of encodersFor(asked).entries()) {
    const layers = encoded(base, encode)
    if (layers === undefined) continue
    forms.push({ place: at + 1, layers })
    if (printedLength(top(layers)) < short) break
  }
  return forms
}

/** The form that costs least once finished, of equals the first; undefined where the gate admits none. */
export const cheapest = (
  forms: ReadonlyArray<Form>,
  asked: Case
): (Candidate<VisibleSegment> & { readonly place: number }) | undefined => {
  const { before } = asked
  let best: (Candidate<VisibleSegment> & { readonly place: number }) | undefined
  const size = ({ layers }: Form): number => printedLength(top(layers))
  for (const { place, layers } of [...forms].sort((a, b) => size(a) - size(b))) {
    const most = best !== undefined && best.tokens < before * CHEAP ? best.tokens : Number.POSITIVE_INFINITY
    const done = finished(layers, asked, most)
    if (done === undefined) continue
    const found = { ...candidate(done, asked), place }
    const isBetter =
      best === undefined || found.tokens < best.tokens || (found.tokens === best.tokens && place < best.place)
    if (isBetter && admits(before, found.tokens)) best = found
  }
  return best
}

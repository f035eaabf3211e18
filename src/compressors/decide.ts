/**
 * The decision for one slot, for every wire shape and every app: which layers show it cheapest, proven by reading them back.
 *
 * Pure: it depends on the slot, on what the request shows before it and on the configuration, so the same prefix gives the same bytes.
 */
import type { Compressor, Want } from "../domain/compressor.ts"
import { type Hint, type Kind, partsOf } from "../domain/content.ts"
import { foldGutters } from "../domain/fold.ts"
import { holdsMarker } from "../domain/marker.ts"
import type { Outline } from "../domain/outline.ts"
import { type Proven, prove, type Reason } from "../domain/outcome.ts"
import { holdsNote } from "../domain/repeat.ts"
import type { ShownIndex } from "../domain/shown.ts"
import { lengthOf } from "../domain/spans.ts"
import {
  hidesNothing,
  refine,
  type Segment,
  type Shown,
  type Tiling,
  verbatim,
  type VisibleSegment,
  whole
} from "../domain/tiling.ts"
import { admits, estimateTokens } from "../domain/tokens.ts"
import { type Layers, print, type Reader, draft } from "../domain/view.ts"
import { innerSpan, unwrapJsonText } from "./json-text.ts"
import { FILE_REACH, HIDING_FILE_REACH, HIDING_REACH, nameRepeats, OUTPUT_REACH } from "./repeats.ts"
import { stripTerminal } from "./terminal.ts"

/** What the decision needs to know of kinds. */
export interface Registry {
  readonly codecs: Reader["codecs"]
  /** The kind of a text, or "text". */
  readonly route: (text: string, hint: Hint) => Kind
  readonly compressorOf: (kind: Kind) => Compressor | undefined
  /** Line encodings that hold for any output, or undefined where none applies. */
  readonly encodeLines: (text: string) => ReadonlyArray<Segment> | undefined
  /** Words that neighbouring lines of any output share, or undefined where they share too few. */
  readonly encodeBlocks: (text: string) => ReadonlyArray<Segment> | undefined
}

export interface Question {
  readonly text: string
  readonly hint: Hint
  /** The kind, where the caller knows it. */
  readonly kind: Kind | undefined
  readonly want: Want
  /** What the text declares, where it is source whose bodies may be hidden. */
  readonly outline?: Outline
}

export type Decision =
  | { readonly _tag: "Unchanged"; readonly kind: Kind; readonly reason: Reason; readonly tokens: number }
  | {
      readonly _tag: "Show"
      readonly kind: Kind
      readonly proof: Proven<VisibleSegment>
      readonly before: number
      readonly after: number
    }
  /** Something is hidden: to be rendered with a receipt; without one, `otherwise` stands. */
  | {
      readonly _tag: "Hide"
      readonly kind: Kind
      readonly proof: Proven
      readonly before: number
      readonly after: number
      readonly otherwise: Exclude<Decision, { readonly _tag: "Hide" }>
    }

/** Shorter texts cannot gain what the gate asks for. */
const MIN_CHARACTERS = 48
/** Hiding must bring this share over the visible form: a hidden line may have to be fetched again. */
const HIDING_GAIN = 0.25

/** A question with what is known once its text was looked at. */
interface Case extends Question {
  readonly kind: Kind
  readonly compressor: Compressor | undefined
  /** The layer that shows wrapped text as text, where the text is such a wrapper. */
  readonly wrapper: Tiling<VisibleSegment> | undefined
  /** Each line must stay as it is to the last blank: a file's for edits, a patch's to apply. */
  readonly literal: boolean
  /** Lines of files stand in it, which edits must match: their words stay together. */
  readonly holdsFileLines: boolean
  readonly before: number
  readonly shown: ShownIndex
  readonly registry: Registry
  readonly reader: Reader
}

interface Candidate<S extends Segment> {
  readonly layers: Layers<S>
  readonly tokens: number
}

const candidate = <S extends Segment>(layers: Layers<S>, { text, before }: Case): Candidate<S> => {
  const printed = draft(layers)
  return { layers, tokens: printed === text ? before : estimateTokens(printed) }
}

const isVisible = (segments: ReadonlyArray<Segment>): segments is ReadonlyArray<VisibleSegment> =>
  segments.every((segment) => segment._tag !== "Elide")

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

const wrapperOf = (text: string, hint: Hint): Tiling<VisibleSegment> | undefined => {
  const segments = hint.origin === "file" ? undefined : unwrapJsonText(text)
  return segments !== undefined && isVisible(segments) ? { input: text, segments } : undefined
}

/** What the wrapper prints, cut so that the passes see the wrapped text by itself. */
const unwrapped = (wrapper: Tiling): Tiling<Shown> => {
  const input = print(wrapper)
  const inner = innerSpan(input)
  if (inner === undefined) return whole(input)
  const cuts = [0, ...inner, input.length]
  const parts = cuts.slice(1).map((end, at) => [cuts[at] as number, end] as const)
  return { input, segments: parts.filter(([from, to]) => to > from).map((span) => verbatim(input, span)) }
}

/** The text whose kind counts. */
const innerText = (text: string, wrapper: Tiling | undefined): string => {
  if (wrapper === undefined) return text
  const shown = print(wrapper)
  return shown.slice(...(innerSpan(shown) ?? [0]))
}

/** Wrapped text unwrapped, terminal noise stripped. */
const baseLayers = ({ text, wrapper, literal }: Case): Layers<VisibleSegment> => {
  const inner = wrapper === undefined ? whole(text) : unwrapped(wrapper)
  const stripped = literal ? inner : refine(inner, visibly(stripTerminal))
  return wrapper === undefined ? [stripped] : [wrapper, stripped]
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
  { shown, holdsFileLines }: Case,
  most: number
): Layers<VisibleSegment> | undefined => {
  const below = top(layers)
  const isPlain = below.segments.every(
    (segment) => segment._tag === "Strip" || (segment._tag === "Shown" && segment.codec === "verbatim")
  )
  const reach = holdsFileLines ? FILE_REACH : OUTPUT_REACH
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

/** Programs that print lines of files under their paths. */
const SEARCHES = new Set(["rg", "grep", "git grep", "ag", "ack"])

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

const isSearch = (hint: Hint, kind: Kind): boolean =>
  kind === "search" || hint.commands.some((name) => SEARCHES.has(name))

/** Where the cheapest form so far costs less than this share of the text, the others are given up as soon as they cost more. */
const CHEAP = 0.6

/** A form with its place among the others. */
interface Form {
  readonly place: number
  readonly layers: Layers<VisibleSegment>
}

/** The form that costs least once finished, of equals the first; undefined where the gate admits none. */
const cheapest = (
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

/** The cheapest form that hides nothing and is proven. */
const show = (asked: Case): Exclude<Decision, { readonly _tag: "Hide" }> => {
  const { kind, before, reader } = asked
  const base = baseLayers(asked)
  let forms: ReadonlyArray<Form> = [base, ...encodersFor(asked).map((encode) => encoded(base, encode))].flatMap(
    (layers, place) => (layers === undefined ? [] : [{ place, layers }])
  )
  let reason: Reason = "no-gain"
  for (;;) {
    const best = cheapest(forms, asked)
    if (best === undefined) return { _tag: "Unchanged", kind, reason, tokens: before }
    const proof = prove(best.layers, reader)
    if (proof !== undefined) return { _tag: "Show", kind, proof, before, after: best.tokens }
    reason = "not-proven"
    forms = forms.filter(({ place }) => place !== best.place)
  }
}

/** UTF-16 units that a tiling shows verbatim. */
const verbatimLength = (tiling: Tiling): number =>
  tiling.segments.reduce(
    (sum, segment) => sum + (segment._tag === "Shown" && segment.codec === "verbatim" ? lengthOf(segment.spans) : 0),
    0
  )

/** Noise stripped, repeats named, then lines chosen by the kind's compressor in what remains. */
const hidingLayers = (
  { text, hint, want, kind, outline, literal, holdsFileLines, shown }: Case,
  compressor: Compressor
): Layers | undefined => {
  const stripped: Tiling = literal ? whole(text) : refine(whole(text), stripTerminal)
  const reach = holdsFileLines ? HIDING_FILE_REACH : HIDING_REACH
  const named = refine(stripped, (part) => nameRepeats(part, shown, reach) ?? whole(part).segments)
  const notes = named.segments.map((segment) => (segment._tag === "Repeat" ? segment.note : "")).join("\n")
  const remaining = Math.max(1, verbatimLength(named))
  const budget = Math.max(0, want.budgetTokens - estimateTokens(notes))
  let chosen = false
  const partOf = partsOf({ kind, text, origin: hint.origin, ...(outline === undefined ? {} : { outline }) })
  const selected = refine(named, (part, spans) => {
    const share = Math.floor((budget * part.length) / remaining)
    const segments = compressor.tile(partOf(kind, part, spans), { ...want, budgetTokens: share })
    if (segments === undefined) return whole(part).segments
    chosen = true
    return segments
  })
  return chosen ? [refine(selected, foldGutters)] : undefined
}

/** A form that hides what the question needs least, where it brings enough over the visible one. */
const hide = (asked: Case, compressor: Compressor, visible: ReturnType<typeof show>): Decision => {
  const { kind, before, reader } = asked
  const layers = hidingLayers(asked, compressor)
  if (layers === undefined || layers.every(hidesNothing)) return visible
  const { tokens } = candidate(layers, asked)
  const visibleTokens = visible._tag === "Show" ? visible.after : before
  if (tokens > visibleTokens * (1 - HIDING_GAIN) || !admits(before, tokens)) return visible
  const proof = prove(layers, reader)
  return proof === undefined ? visible : { _tag: "Hide", kind, proof, before, after: tokens, otherwise: visible }
}

/** A lone surrogate has no UTF-8 form: its digest would not be unique. */
const isWellFormed = (text: string): boolean => !/[\ud800-\udfff]/.test(text) || !/\p{Surrogate}/u.test(text)

/** Why the text is left as it is, before its kind is known. */
const refusalOf = (text: string): Reason | undefined => {
  if (text === "") return "empty"
  if (text.length < MIN_CHARACTERS) return "too-small"
  if (!isWellFormed(text)) return "ill-formed"
  return holdsMarker(text) || holdsNote(text) ? "holds-marker" : undefined
}

/** Decides how a slot is shown. */
export const decide = (question: Question, shown: ShownIndex, registry: Registry): Decision => {
  const { text, hint, want } = question
  const reason = refusalOf(text)
  const before = estimateTokens(text)
  if (reason !== undefined) return { _tag: "Unchanged", kind: question.kind ?? "text", reason, tokens: before }

  const wrapper = wrapperOf(text, hint)
  const kind = question.kind ?? registry.route(innerText(text, wrapper), hint)
  const compressor = registry.compressorOf(kind)
  const literal = hint.origin === "file" || kind === "diff"
  const asked: Case = {
    ...question,
    kind,
    compressor,
    wrapper,
    literal,
    holdsFileLines: literal || isSearch(hint, kind),
    before,
    shown,
    registry,
    reader: { codecs: registry.codecs, recall: (note, place) => shown.recall(note, place) }
  }
  const visible = show(asked)
  const isSmall = (visible._tag === "Show" ? visible.after : before) <= want.budgetTokens
  return want.visibleOnly || compressor === undefined || isSmall ? visible : hide(asked, compressor, visible)
}

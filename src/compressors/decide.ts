/**
 * The decision for one slot, for every wire shape and every app: which layers show it cheapest, proven by reading them back.
 *
 * Pure: it depends on the slot, on what the request shows before it and on the configuration, so the same prefix gives the same bytes.
 */
import type { Compressor, Want } from "../domain/compressor.ts"
import type { Hint, Kind } from "../domain/content.ts"
import { foldGutters } from "../domain/gutter.ts"
import { holdsMarker } from "../domain/marker.ts"
import { type Proven, prove, provesVisible, type Reason } from "../domain/outcome.ts"
import { holdsNote } from "../domain/repeat.ts"
import type { ShownIndex } from "../domain/shown.ts"
import { lengthOf } from "../domain/spans.ts"
import { hidesNothing, refine, type Segment, type Tiling, type VisibleSegment, whole } from "../domain/tiling.ts"
import { admits, estimateTokens } from "../domain/tokens.ts"
import { type Layers, print, type Reader, draft } from "../domain/view.ts"
import { unwrapJsonText } from "./json-text.ts"
import { FILE_REACH, HIDING_REACH, nameRepeats, OUTPUT_REACH, type Reach } from "./repeats.ts"
import { stripTerminal } from "./terminal.ts"

/** What the decision needs to know of kinds. */
export interface Registry {
  readonly codecs: Reader["codecs"]
  /** The kind of a text, or "text". */
  readonly route: (text: string, hint: Hint) => Kind
  readonly compressorOf: (kind: Kind) => Compressor | undefined
  /** Line encodings that hold for any output, or undefined where none applies. */
  readonly encodeLines: (text: string) => ReadonlyArray<Segment> | undefined
}

export interface Question {
  readonly text: string
  readonly hint: Hint
  /** The kind, where the caller knows it. */
  readonly kind: Kind | undefined
  readonly want: Want
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
/** Hiding must bring this much over the visible form: a hidden line may have to be fetched again. */
const HIDING_GAIN = 0.25

interface Candidate<S extends Segment> {
  readonly layers: Layers<S>
  readonly tokens: number
}

const candidate = <S extends Segment>(layers: Layers<S>): Candidate<S> => ({
  layers,
  tokens: estimateTokens(draft(layers))
})

const isVisible = (segments: ReadonlyArray<Segment>): segments is ReadonlyArray<VisibleSegment> =>
  segments.every((segment) => segment._tag !== "Elide")

/** A pass that may name repeats and fold gutters only. */
const visibly =
  (pass: (text: string) => ReadonlyArray<Segment>) =>
  (text: string): ReadonlyArray<VisibleSegment> => {
    const segments = pass(text)
    return isVisible(segments) ? segments : whole(text).segments
  }

/** Whether each line must stay as it is to the last blank: a file's for edits, a patch's to apply. */
const isLiteral = (hint: Hint, kind: Kind): boolean => hint.origin === "file" || kind === "diff"

/** The base layers: wrapped text unwrapped, terminal noise stripped; literal text stays as it is. */
const baseLayers = (text: string, hint: Hint, kind: Kind): Layers<VisibleSegment> => {
  if (isLiteral(hint, kind)) return [whole(text)]
  const unwrapped = unwrapJsonText(text)
  if (unwrapped === undefined || !isVisible(unwrapped)) return [refine(whole(text), visibly(stripTerminal))]
  const below: Tiling<VisibleSegment> = { input: text, segments: unwrapped }
  return [below, refine(whole(print(below)), visibly(stripTerminal))]
}

const top = <S extends Segment>(layers: Layers<S>): Tiling<S> => layers[layers.length - 1] as Tiling<S>

const withTop = <S extends Segment>(layers: Layers<S>, tiling: Tiling<S>): Layers<S> =>
  layers.length === 1 ? [tiling] : [layers[0], ...layers.slice(1, -1), tiling]

/** The verbatim text of the topmost layer as the compressors see it: in one piece, less its noise. */
const encoded = (
  layers: Layers<VisibleSegment>,
  encode: (text: string) => ReadonlyArray<Segment> | undefined
): Layers<VisibleSegment> | undefined => {
  let changed = false
  const tiling = refine(top(layers), (text) => {
    const segments = encode(text)
    if (segments === undefined || !isVisible(segments)) return whole(text).segments
    changed = true
    return segments
  })
  return changed ? withTop(layers, tiling) : undefined
}

/** Repeats named and gutters folded, in a layer of their own where the one below is encoded. */
const finished = (layers: Layers<VisibleSegment>, shown: ShownIndex, reach: Reach): Layers<VisibleSegment> => {
  const below = top(layers)
  const plain = below.segments.every(
    (segment) => segment._tag === "Strip" || (segment._tag === "Shown" && segment.codec === "verbatim")
  )
  const base = plain ? below : whole(print(below))
  const named = refine(
    base,
    visibly((text) => nameRepeats(text, shown, reach))
  )
  const folded = refine(named, visibly(foldGutters))
  return plain ? withTop(layers, folded) : ([...layers, folded] as unknown as Layers<VisibleSegment>)
}

/** What is verbatim in a tiling, in UTF-16 units. */
const verbatimLength = (tiling: Tiling): number =>
  tiling.segments.reduce(
    (sum, segment) => sum + (segment._tag === "Shown" && segment.codec === "verbatim" ? lengthOf(segment.spans) : 0),
    0
  )

/** Noise stripped, repeats named, then lines chosen by the kind's compressor in what remains. */
const hiding = (question: Question, compressor: Compressor, shown: ShownIndex): Layers | undefined => {
  const { text, hint, want } = question
  const literal = isLiteral(hint, compressor.kind)
  const stripped: Tiling = literal ? whole(text) : refine(whole(text), stripTerminal)
  const named = refine(stripped, (part) => nameRepeats(part, shown, literal ? FILE_REACH : HIDING_REACH))
  const remaining = Math.max(1, verbatimLength(named))
  const spent = estimateTokens(
    named.segments.map((segment) => (segment._tag === "Repeat" ? segment.note : "")).join("\n")
  )
  const budget = Math.max(0, want.budgetTokens - spent)
  let chosen = false
  const selected = refine(named, (part) => {
    const content = { kind: compressor.kind, text: part, origin: hint.origin }
    const share = Math.floor((budget * part.length) / remaining)
    const segments = compressor.tile(content, { ...want, budgetTokens: share })
    if (segments === undefined) return whole(part).segments
    chosen = true
    return segments
  })
  return chosen ? [refine(selected, foldGutters)] : undefined
}

/** Programs whose lines are their own even beside a file's. */
const SEARCHES = new Set(["rg", "grep", "git grep", "ag", "ack"])

type Encode = (text: string) => ReadonlyArray<Segment> | undefined

/** What may print the text shorter: its kind's compressor, and for any output a path above its lines. */
const encodersFor = (
  { hint, want }: Question,
  compressor: Compressor | undefined,
  kind: Kind,
  registry: Registry
): ReadonlyArray<Encode> => {
  if (hint.origin === "file") return hint.commands.some((name) => SEARCHES.has(name)) ? [registry.encodeLines] : []
  if (compressor === undefined) return [registry.encodeLines]
  const visibleWant: Want = { ...want, visibleOnly: true }
  return [(text) => compressor.tile({ kind, text, origin: hint.origin }, visibleWant), registry.encodeLines]
}

const decideVisible = (
  question: Question,
  compressor: Compressor | undefined,
  kind: Kind,
  before: number,
  shown: ShownIndex,
  registry: Registry,
  reader: Reader
): Exclude<Decision, { readonly _tag: "Hide" }> => {
  const { text, hint } = question
  const reach = isLiteral(hint, kind) ? FILE_REACH : OUTPUT_REACH
  const base = baseLayers(text, hint, kind)
  const candidates = [candidate(finished(base, shown, reach))]
  for (const encode of encodersFor(question, compressor, kind, registry)) {
    const layers = encoded(base, encode)
    if (layers !== undefined) candidates.push(candidate(finished(layers, shown, reach)))
  }
  const refused: Decision = { _tag: "Unchanged", kind, reason: "no-gain", tokens: before }
  const affordable = candidates.filter(({ tokens }) => admits(before, tokens)).sort((a, b) => a.tokens - b.tokens)
  for (const { layers, tokens } of affordable) {
    const proof = prove(layers, reader)
    if (proof !== undefined) return { _tag: "Show", kind, proof, before, after: tokens }
  }
  return affordable.length === 0 ? refused : { ...refused, reason: "not-proven" }
}

/** Decides how a slot is shown. */
export const decide = (question: Question, shown: ShownIndex, registry: Registry): Decision => {
  const { text, hint, want } = question
  const kind = question.kind ?? "text"
  const leave = (reason: Reason): Decision => ({ _tag: "Unchanged", kind, reason, tokens: estimateTokens(text) })
  if (text === "") return leave("empty")
  if (text.length < MIN_CHARACTERS) return leave("too-small")
  if (!isWellFormed(text)) return leave("ill-formed")
  if (holdsMarker(text) || holdsNote(text)) return leave("holds-marker")

  const reader: Reader = { codecs: registry.codecs, recall: (note, before) => shown.recall(note, before) }
  const before = estimateTokens(text)
  const routed = question.kind ?? registry.route(text, hint)
  const compressor = registry.compressorOf(routed)
  const visible = decideVisible(question, compressor, routed, before, shown, registry, reader)
  const visibleTokens = visible._tag === "Show" ? visible.after : before
  if (want.visibleOnly || compressor === undefined || visibleTokens <= want.budgetTokens) return visible

  const layers = hiding(question, compressor, shown)
  if (layers === undefined || layers.every(hidesNothing)) return visible
  const hidden = candidate(layers)
  if (hidden.tokens > visibleTokens * (1 - HIDING_GAIN) || !admits(before, hidden.tokens)) return visible
  const proof = prove(hidden.layers, reader)
  if (proof === undefined || provesVisible(proof)) return visible
  return { _tag: "Hide", kind: routed, proof, before, after: hidden.tokens, otherwise: visible }
}

/** A lone surrogate has no UTF-8 form: its digest would not be unique. */
const isWellFormed = (text: string): boolean => !/[\ud800-\udfff]/.test(text) || !/\p{Surrogate}/u.test(text)

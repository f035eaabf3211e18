/**
 * The decision for one slot, for every wire shape and every app: which layers show it cheapest, proven by reading them back.
 *
 * Pure: it depends on the slot, on what the request shows before it and on the configuration, so the same prefix gives the same bytes.
 */
import type { Compressor, Want } from "../domain/compressor.ts"
import { type Kind, partsOf } from "../domain/content.ts"
import { foldGutters } from "../domain/fold.ts"
import { holdsMarker } from "../domain/marker.ts"
import { type Proven, prove, type Reason } from "../domain/outcome.ts"
import { inDecision } from "../domain/recent.ts"
import { holdsNote } from "../domain/repeat.ts"
import type { ShownIndex } from "../domain/shown.ts"
import { lengthOf, type Spans } from "../domain/spans.ts"
import { hidesNothing, refine, type Segment, type Tiling, type VisibleSegment, whole } from "../domain/tiling.ts"
import { admits, estimateTokens } from "../domain/tokens.ts"
import type { Layers } from "../domain/view.ts"
import { type Case, caseOf, innermost, type Question, type Registry } from "./asked.ts"
import { HIDING_FILE_REACH, HIDING_REACH, nameRepeats } from "./repeats.ts"
import { stripTerminal } from "./terminal.ts"
import { type Candidate, candidate, cheapest, formsOf, onTop, overlaid } from "./visible-forms.ts"

export type { Question, Registry } from "./asked.ts"

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

/** A form with what its compressor lays over it, where that is cheaper, and by itself. */
const withOver = <S extends Segment>(form: Candidate<S>, asked: Case): ReadonlyArray<Candidate<S | VisibleSegment>> => {
  const over = overlaid(form, asked)
  return over === undefined ? [form] : [over, form]
}

/** The first of the forms that is proven, with what it costs. */
const firstProven = <S extends Segment>(
  forms: ReadonlyArray<Candidate<S>>,
  { reader }: Case
): { readonly proof: Proven<S>; readonly after: number } | undefined => {
  for (const { layers, tokens } of forms) {
    const proof = prove(layers, reader)
    if (proof !== undefined) return { proof, after: tokens }
  }
  return undefined
}

/** The cheapest form that hides nothing and is proven. */
const show = (asked: Case): Exclude<Decision, { readonly _tag: "Hide" }> => {
  const { kind, before } = asked
  let forms = formsOf(asked)
  let reason: Reason = "no-gain"
  for (;;) {
    const best = cheapest(forms, asked)
    if (best === undefined) return { _tag: "Unchanged", kind, reason, tokens: before }
    const proven = firstProven(withOver(best, asked), asked)
    if (proven !== undefined) return { _tag: "Show", kind, before, ...proven }
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

/** Noise stripped, repeats named, then lines chosen by the kind's compressor in what remains; where it reads wholes, chosen before. */
const hidingLayers = (
  { unwrapped, hint, want, kind, outline, relevance, literal, holdsFileLines, shown }: Case,
  compressor: Compressor,
  visibleTokens: number
): Layers | undefined => {
  const { text, inner, layers } = unwrapped
  const base: Tiling = innermost(unwrapped)
  const stripped = literal ? base : refine(base, stripTerminal)
  const reach = holdsFileLines ? HIDING_FILE_REACH : HIDING_REACH
  const nameIn = (tiling: Tiling): Tiling =>
    refine(tiling, (part) => nameRepeats(part, shown, reach) ?? whole(part).segments)
  const named = compressor.readsWhole === true ? stripped : nameIn(stripped)
  const notes = named.segments.map((segment) => (segment._tag === "Repeat" ? segment.note : "")).join("\n")
  const remaining = Math.max(1, verbatimLength(named))
  const budget = Math.max(0, want.budgetTokens - estimateTokens(notes))
  let chosen = false
  // Both were found out about the text as it came.
  const found =
    layers.length > 0
      ? {}
      : { ...(outline === undefined ? {} : { outline }), ...(relevance === undefined ? {} : { relevance }) }
  const partOf = partsOf({ kind, text, origin: hint.origin, commands: hint.commands, ...found })
  const isInner = (spans: Spans): boolean =>
    (spans[0] as number) >= inner[0] && (spans[spans.length - 1] as number) <= inner[1]
  const selected = refine(named, (part, spans) => {
    if (!isInner(spans)) return whole(part).segments
    const budgetTokens = Math.floor((budget * part.length) / remaining)
    const wanted: Want = {
      ...want,
      budgetTokens,
      visibleTokens: Math.ceil((visibleTokens * part.length) / text.length)
    }
    const segments = compressor.tile(partOf(kind, part, spans), wanted)
    if (segments === undefined) return whole(part).segments
    chosen = true
    return segments
  })
  if (!chosen) return undefined
  return onTop<Segment>(layers, refine(compressor.readsWhole === true ? nameIn(selected) : selected, foldGutters))
}

/** A form that hides what the question needs least, where it brings enough over the visible one. */
const hide = (asked: Case, compressor: Compressor, visible: ReturnType<typeof show>): Decision => {
  const { kind, before } = asked
  const visibleTokens = visible._tag === "Show" ? visible.after : before
  const layers = hidingLayers(asked, compressor, visibleTokens)
  if (layers === undefined || layers.every(hidesNothing)) return visible
  const { hidingGain = HIDING_GAIN } = compressor
  const pays = ({ tokens }: Candidate<Segment>): boolean =>
    tokens <= visibleTokens * (1 - hidingGain) && admits(before, tokens)
  const proven = firstProven(withOver(candidate(layers, asked), asked).filter(pays), asked)
  if (proven === undefined) return visible
  return { _tag: "Hide", kind, before, ...proven, otherwise: visible }
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
export const decide = (question: Question, shown: ShownIndex, registry: Registry): Decision =>
  inDecision(() => decided(question, shown, registry))

const decided = (question: Question, shown: ShownIndex, registry: Registry): Decision => {
  const { text, want } = question
  const reason = refusalOf(text)
  if (reason !== undefined)
    return { _tag: "Unchanged", kind: question.kind ?? "text", reason, tokens: estimateTokens(text) }
  const asked = caseOf(question, shown, registry)
  const treatment = question.treatment?.(asked.kind) ?? "offload"
  if (treatment === "off") return { _tag: "Unchanged", kind: asked.kind, reason: "off", tokens: asked.before }
  const visible = show(asked)
  const isSmall = (visible._tag === "Show" ? visible.after : asked.before) <= want.budgetTokens
  const { compressor } = asked
  return want.visibleOnly || treatment === "visible" || compressor === undefined || isSmall
    ? visible
    : hide(asked, compressor, visible)
}

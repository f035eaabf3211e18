/**
 * The decision for an output that is seen alone, before it enters the agent's transcript: the same decision, but lines that are only named
 * carry a ref, for nobody tells us when what stands above is gone; and where no ref can be redeemed, nothing above is named at all.
 */
import type { Decision } from "../compressors/decide.ts"
import { endsNamed } from "../compressors/numbered.ts"
import { draftAnchored, namesEarlier } from "../domain/anchor.ts"
import type { Kind } from "../domain/content.ts"
import type { Slot } from "../domain/document.ts"
import { type Proven, prove } from "../domain/outcome.ts"
import { ShownIndex } from "../domain/shown.ts"
import { admits, estimateTokens } from "../domain/tokens.ts"
import { decisionFor, type Settings } from "./compress-document.ts"

type Plain = Exclude<Decision, { readonly _tag: "Hide" }>

export type SourceDecision =
  | Plain
  /** Something is hidden or only named: to be rendered with a receipt; without one, `otherwise` stands. */
  | {
      readonly _tag: "Anchor"
      readonly kind: Kind
      readonly proof: Proven
      readonly before: number
      readonly after: number
      readonly otherwise: () => Plain
    }

/** What naming earlier lines must save over printing them: the foot is read too, and now and then a line is fetched again. */
const ANCHOR_GAIN = 40

/** What the output alone allows, with nothing hidden. */
const alone = <At>(slot: Slot<At>, settings: Settings): Plain => {
  const want = { ...settings.want, visibleOnly: true }
  const decision = decisionFor(slot, 0, new ShownIndex(), { ...settings, want })
  return decision._tag === "Hide" ? decision.otherwise : decision
}

const tokensOf = (decision: Plain): number => (decision._tag === "Show" ? decision.after : decision.tokens)

export const decideAtSource = <At>(
  slot: Slot<At>,
  shown: ShownIndex,
  settings: Settings,
  isRedeemable: boolean
): SourceDecision => {
  if (!isRedeemable) return alone(slot, settings)
  const decision = decisionFor(slot, 0, shown, settings)
  const otherwise = (): Plain => alone(slot, settings)
  switch (decision._tag) {
    case "Unchanged":
      return decision
    case "Hide": {
      const { kind, proof, before, after } = decision
      return { _tag: "Anchor", kind, proof, before, after, otherwise }
    }
    case "Show": {
      const { kind, proof, before } = decision
      if (!namesEarlier(proof.layers)) return decision
      const after = estimateTokens(draftAnchored(proof.layers))
      const plain = otherwise()
      return admits(before, after) && after + ANCHOR_GAIN <= tokensOf(plain)
        ? { _tag: "Anchor", kind, proof, before, after, otherwise: () => plain }
        : plain
    }
  }
}

/** A decision for lines that the agent numbers behind us. */
export interface NumberedDecision {
  readonly decision: SourceDecision
  /** Lines at the beginning that one note stands for. */
  readonly headLines: number
}

export const decideNumbered = <At>(
  slot: Slot<At>,
  shown: ShownIndex,
  settings: Settings,
  isRedeemable: boolean
): NumberedDecision => {
  const want = { ...settings.want, visibleOnly: true }
  const whole = decisionFor(slot, 0, isRedeemable ? shown : new ShownIndex(), { ...settings, want })
  const left = (reason: "no-gain" | "not-proven"): NumberedDecision => {
    const tokens = whole._tag === "Unchanged" ? whole.tokens : whole.before
    return { decision: { _tag: "Unchanged", kind: whole.kind, reason, tokens }, headLines: 0 }
  }
  if (whole._tag === "Unchanged") return { decision: whole, headLines: 0 }
  const [layer, ...others] = whole.proof.layers
  const ends = others.length === 0 ? endsNamed(layer) : undefined
  if (ends === undefined) return left("no-gain")
  const { codecs } = settings.registry
  const proof = prove([ends.tiling], { codecs, recall: (note, before) => shown.recall(note, before) })
  if (proof === undefined) return left("not-proven")
  const { kind, before } = whole
  const after = estimateTokens(draftAnchored(proof.layers))
  const { headLines } = ends
  const isAnchored = namesEarlier(proof.layers)
  if (!admits(before, after) || (isAnchored && after + ANCHOR_GAIN > before)) return left("no-gain")
  if (!isAnchored) return { decision: { _tag: "Show", kind, proof, before, after }, headLines }
  const otherwise = (): Plain => ({ _tag: "Unchanged", kind, reason: "not-stored", tokens: before })
  return { decision: { _tag: "Anchor", kind, proof, before, after, otherwise }, headLines }
}

/**
 * The outcomes of compressing one slot, made so that a wrong one cannot be written: Exact and Visible are built only by running the
 * decoders and comparing, Offloaded only with the store's receipt.
 */
import { renderAnchored } from "./anchor.ts"
import { sourceNameOf } from "./repeat.ts"
import type { Receipt } from "./receipt.ts"
import { textOf } from "./spans.ts"
import { hidesNothing, isLawful, type Noise, type Segment, type Tiling, type VisibleSegment } from "./tiling.ts"
import {
  type Layers,
  print,
  printRepeat,
  type Reader,
  readPiece,
  renderStored,
  renderVisible,
  type View
} from "./view.ts"

declare const proven: unique symbol

/** Layers whose every shown and named span was read back from the view and found equal. */
export interface Proven<S extends Segment = Segment> {
  readonly [proven]: true
  readonly layers: Layers<S>
}

export type Outcome =
  /** The view alone decodes to the input. */
  | { readonly _tag: "Exact"; readonly view: View }
  /** With the earlier views of the request, the view decodes to the input less its declared noise. */
  | { readonly _tag: "Visible"; readonly view: View; readonly noise: ReadonlyArray<Noise> }
  /** Something is hidden; the original is stored. */
  | { readonly _tag: "Offloaded"; readonly view: View; readonly receipt: Receipt }
  | { readonly _tag: "Unchanged"; readonly reason: Reason }

/** Why a text stays as it is. */
export type Reason =
  | "off"
  | "protected"
  | "empty"
  | "too-small"
  | "too-large"
  | "no-gain"
  | "ill-formed"
  | "holds-marker"
  | "vetoed"
  | "not-proven"
  | "not-stored"
  /** The model has read it before, as it is. */
  | "sent"
  | "deadline"

/** Runs every decoder on what is printed and compares; undefined where one span does not come back. */
export const prove = <S extends Segment>(layers: Layers<S>, reader: Reader): Proven<S> | undefined => {
  for (let at = 0; at < layers.length; at++) {
    const tiling = layers[at] as Tiling
    const below = layers[at - 1]
    if (!isLawful(tiling) || (below !== undefined && print(below) !== tiling.input)) return undefined
    if (!isReadable(tiling, reader)) return undefined
  }
  return { layers } as Proven<S>
}

/** Whether every piece of the layer reads back to its spans. */
const isReadable = ({ input, segments }: Tiling, reader: Reader): boolean => {
  const shown = segments.map((segment) =>
    segment._tag === "Elide" || segment._tag === "Strip" ? "" : textOf(input, segment.spans)
  )
  const text = shown.join("")
  let end = 0
  let source: string | undefined
  for (const [at, segment] of segments.entries()) {
    const expected = shown[at] as string
    const verbatim = segment._tag === "Shown" && segment.codec === "verbatim"
    if (!verbatim && (segment._tag === "Shown" || segment._tag === "Repeat")) {
      const printed = segment._tag === "Shown" ? segment.text : printRepeat(input, segment)
      if (readPiece({ segment, text: printed }, reader, { text, end, source }) !== expected) return false
    }
    if (segment._tag === "Repeat") source = sourceNameOf(segment.note, source)
    end += expected.length
  }
  return true
}

/** Exact or Visible, for proven layers that hide nothing. */
export const visible = (proof: Proven<VisibleSegment>): Outcome => {
  const segments = proof.layers.flatMap((tiling) => tiling.segments)
  const view = renderVisible(proof.layers)
  const noise = [...new Set(segments.flatMap((segment) => (segment._tag === "Strip" ? [segment.noise] : [])))]
  const alone = noise.length === 0 && !segments.some((segment) => segment._tag === "Repeat")
  return alone ? { _tag: "Exact", view } : { _tag: "Visible", view, noise }
}

const provesVisible = (proof: Proven): proof is Proven<VisibleSegment> => proof.layers.every(hidesNothing)

/** Offloaded for proven layers that hide something; the same as `visible` where they do not. */
export const offloaded = (proof: Proven, receipt: Receipt): Outcome =>
  provesVisible(proof) ? visible(proof) : { _tag: "Offloaded", view: renderStored(proof.layers, receipt), receipt }

/** The same where earlier lines may be gone from what the model sees: naming them takes a receipt too. */
export const anchored = (proof: Proven, receipt: Receipt): Outcome => {
  if (!provesVisible(proof)) return offloaded(proof, receipt)
  const outcome = visible(proof)
  return outcome._tag === "Unchanged" ? outcome : { ...outcome, view: renderAnchored(proof.layers, receipt) }
}

export const unchanged = (reason: Reason): Outcome => ({ _tag: "Unchanged", reason })

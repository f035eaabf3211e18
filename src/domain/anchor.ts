/**
 * Views of an output whose request is not in our hands: a hook sees one output at a time, and what it names further up may be gone from
 * what the model sees by the next call, so a view that names earlier lines says how to get them, as one that hides does.
 */
import { footForGate, printFoot, type Whereabouts } from "./marker.ts"
import type { Receipt } from "./receipt.ts"
import { HERE, sourceNameOf } from "./repeat.ts"
import { textOf } from "./spans.ts"
import type { Tiling, VisibleSegment } from "./tiling.ts"
import { type Layers, linesIn, renderVisible, type View, withFoot } from "./view.ts"

/** Lines of a layer that stand in an earlier output, and all of its lines. */
const namedIn = (tiling: Tiling): { readonly named: number; readonly total: number } => {
  let named = 0
  let source: string | undefined
  for (const segment of tiling.segments) {
    if (segment._tag !== "Repeat") continue
    source = sourceNameOf(segment.note, source)
    if (source !== HERE) named += linesIn(textOf(tiling.input, segment.spans))
  }
  return { named, total: linesIn(tiling.input) }
}

const naming = (layers: Layers) => layers.map(namedIn).find(({ named }) => named > 0)

/** Whether the layers name lines of an earlier output. */
export const namesEarlier = (layers: Layers): boolean => naming(layers) !== undefined

type Foot = (count: number, total: number, unit: "lines", where: Whereabouts) => string

const withAnchor = (view: View, layers: Layers, foot: Foot): View => {
  const found = naming(layers)
  if (found === undefined) return view
  return { ...view, text: withFoot(view.text, foot(found.named, found.total, "lines", "stand above")) }
}

/** Prints layers that hide nothing over a stored original: a foot names the ref where lines stand in an earlier output. */
export const renderAnchored = (layers: Layers<VisibleSegment>, receipt: Receipt): View =>
  withAnchor(renderVisible(layers), layers, (...parts) => printFoot(receipt, ...parts))

/** What `renderAnchored` would print, with a ref of the usual length that nobody issued: for the gate. */
export const draftAnchored = (layers: Layers<VisibleSegment>): string =>
  withAnchor(renderVisible(layers), layers, footForGate).text

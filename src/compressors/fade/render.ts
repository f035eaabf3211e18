/** The layers of an output of which some lines are hidden: what stays is stripped of noise, named where it stands above, and folded. */
import { foldGutters } from "../../domain/fold.ts"
import type { NumberedLines } from "../../domain/numbered-lines.ts"
import type { ShownIndex } from "../../domain/shown.ts"
import { refine, type Segment, type Tiling, verbatim, whole } from "../../domain/tiling.ts"
import type { Layers } from "../../domain/view.ts"
import { HIDING_FILE_REACH, HIDING_REACH, nameRepeats } from "../repeats.ts"
import { stripTerminal } from "../terminal.ts"
import type { Mask } from "./mask.ts"

/** Segments of the text: each run of hidden lines a gap. */
export const masked = ({ text, count, starts }: NumberedLines, mask: Mask): ReadonlyArray<Segment> => {
  const segments: Array<Segment> = []
  for (let line = 0; line < count; ) {
    const isHidden = mask[line] === 1
    let end = line
    while (end < count && (mask[end] === 1) === isHidden) end++
    const from = starts[line] as number
    const to = end === count ? text.length : (starts[end] as number)
    if (to > from)
      segments.push(
        isHidden
          ? { _tag: "Elide", spans: [from, to], gap: { unit: "lines", count: end - line } }
          : verbatim(text, [from, to])
      )
    line = end
  }
  return segments
}

/** `literal`: each line that stays does so to the last blank. */
export const fadedLayers = (lines: NumberedLines, mask: Mask, literal: boolean, shown: ShownIndex): Layers => {
  const hidden: Tiling = { input: lines.text, segments: masked(lines, mask) }
  const stripped = literal ? hidden : refine(hidden, stripTerminal)
  const reach = literal ? HIDING_FILE_REACH : HIDING_REACH
  const named = refine(stripped, (part) => nameRepeats(part, shown, reach) ?? whole(part).segments)
  return [refine(named, foldGutters)]
}

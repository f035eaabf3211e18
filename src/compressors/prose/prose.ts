/**
 * Prose: paragraphs, lists and pages written for people.
 *
 * What it does   hides whole sentences, items, rows and fences; shows those that the question asks for or that the text is about.
 * Why            a page is read for a few of its sentences; sentences left whole say what their writer said.
 * Lossy          yes, always behind a gap that counts its sentences; nothing where nothing may be hidden.
 * Units          budget in estimated tokens; gaps in sentences.
 * Never throws   undefined where the text fits its budget or has too few sentences to choose from.
 * Source         Okapi BM25 with the inverse document frequency of the text's own sentences; extraction by centrality, textbook.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import type { Content } from "../../domain/content.ts"
import { type Segment, verbatim } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { detectProse } from "./detect.ts"
import { salienceOf } from "./salience.ts"
import { select } from "./select.ts"
import { type Unit, unitsOf } from "./units.ts"

/** Fewer units are no choice. */
const MIN_UNITS = 4

/** The end of a hidden run: blanks and line breaks behind it are shown where it begins inside a line or ends inside one. */
const hiddenEnd = (text: string, start: number, end: number): number => {
  const wholeLines = (start === 0 || text[start - 1] === "\n") && (text[end - 1] === "\n" || end === text.length)
  if (wholeLines) return end
  let at = end
  while (at > start && /\s/.test(text[at - 1] as string)) at--
  return at
}

/** The tiling that shows the chosen units and hides each run of others in one gap. */
const segmentsOf = (
  text: string,
  units: ReadonlyArray<Unit>,
  shown: ReadonlyArray<boolean>
): ReadonlyArray<Segment> => {
  const segments: Array<Segment> = []
  let from = 0
  for (let at = 0; at < units.length; ) {
    if (shown[at] === true) {
      at++
      continue
    }
    const first = at
    while (at < units.length && shown[at] !== true) at++
    const start = (units[first] as Unit).start
    const end = hiddenEnd(text, start, (units[at - 1] as Unit).end)
    if (end <= start) continue
    if (start > from) segments.push(verbatim(text, [from, start]))
    segments.push({ _tag: "Elide", spans: [start, end], gap: { unit: "sentences", count: at - first } })
    from = end
  }
  if (from < text.length) segments.push(verbatim(text, [from, text.length]))
  return segments
}

const tileProse = (content: Content, want: Want): ReadonlyArray<Segment> | undefined => {
  const { text, origin } = content
  if (want.visibleOnly || estimateTokens(text) <= want.budgetTokens) return undefined
  const units = unitsOf(text, origin === "file")
  if (units.length < MIN_UNITS) return undefined
  const shown = select(text, units, salienceOf(content, units, want.question), want.budgetTokens)
  return shown.every((is) => is) ? undefined : segmentsOf(text, units, shown)
}

export const prose: Compressor = {
  kind: "prose",
  version: 3,
  detect: detectProse,
  tile: tileProse,
  codecs: []
}

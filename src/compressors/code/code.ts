/**
 * Source code: files and parts of files, numbered by the tool that printed them or not.
 *
 * What it does   hides the bodies of what is declared, in place: imports, signatures, decorators, types, first lines of comments, notes
 *                such as TODO and the bodies that the question names stay, each where it stands, with the number of its line.
 * Why            a file is read for what it offers and for a few of its functions; a view whose lines keep order and numbers says where the rest is.
 * Lossy          bodies and the rest of comments stand behind gaps; nothing where nothing may be hidden, nor without an outline: a reader
 *                may edit the lines next, and whoever knows better says so by the outline.
 * Units          budget in estimated tokens; gaps in lines.
 * Never throws   undefined where the text fits its budget or declares nothing; an outline that does not fit the text is cut to it.
 * Source         own; the outline comes with the content, from a syntax tree or from the lines (scan.ts).
 */
import type { Compressor } from "../../domain/compressor.ts"
import { lineStarts } from "../../domain/lines.ts"
import { outlineWithin } from "../../domain/outline.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { codeForm, sampleLines } from "../forms.ts"
import { chooseLines } from "./choose.ts"
import { sourceOf } from "./source.ts"
import { outlineCodec, segmentsOf } from "./view.ts"

export const code: Compressor = {
  kind: "code",
  version: 1,
  detect: (text) => codeForm(sampleLines(text)),
  tile: (content, want) => {
    const { text } = content
    if (want.visibleOnly || text === "" || estimateTokens(text) <= want.budgetTokens) return undefined
    const source = sourceOf(text)
    const count = source.lines.length
    const outline = outlineWithin(content.outline ?? [], 0, count)
    if (outline.length === 0) return undefined
    const shown = chooseLines(source, outline, want)
    // A marker within a line would stand before the next one.
    if (!text.endsWith("\n")) shown.show([count - 1, count])
    if (source.lines.every((_, at) => shown.has(at))) return undefined
    return segmentsOf({
      text,
      starts: [...lineStarts(text), text.length],
      isShown: shown.has,
      first: content.firstLine ?? 1,
      isNumbered: source.isNumbered
    })
  },
  codecs: [outlineCodec]
}

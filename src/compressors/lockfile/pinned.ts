/**
 * The codec `pinned`: a package that a lockfile pins, or that a lockfile's diff pins anew, in one line.
 *
 *     lodash: 4.17.20 → 4.17.21        name, and versions before and after, from three lines
 *     golang.org/x/net v0.53.0         name and version as one line has them
 *     +async: 3.2.5                    added; `-`: removed
 *
 * Each part is a line's own words with the break that ends the line; the decoder puts the breaks back.
 */
import { pushSpan, textOf } from "../../domain/spans.ts"
import type { Codec, Shown } from "../../domain/tiling.ts"
import type { Line, Package } from "./packages.ts"

const PINNED = "pinned"
const TO = " → "
const IS = ": "

const decode = (shown: string): string | undefined =>
  shown.endsWith("\n") ? shown.replaceAll(TO, "\n").replaceAll(IS, "\n") : undefined

export const pinnedCodec: Codec = { name: PINNED, decode }

/** Words of a line, and what stands before the next line's in the view. */
type Part = readonly [at: readonly [start: number, end: number], line: Line, joint: string]

const show = (text: string, mark: number | undefined, parts: ReadonlyArray<Part>): Shown | undefined => {
  const spans: Array<number> = []
  let shown = mark === undefined ? "" : (text[mark] as string)
  if (mark !== undefined) pushSpan(spans, mark, mark + 1)
  for (const [[start, end], line, joint] of parts) {
    // out of order, they cannot be one segment
    if (start < (spans[spans.length - 1] ?? 0)) return undefined
    const newline = text.indexOf("\n", line.end)
    if (newline === -1) return undefined
    pushSpan(spans, start, end)
    pushSpan(spans, newline, newline + 1)
    shown += text.slice(start, end) + joint
  }
  return decode(shown) === textOf(text, spans) ? { _tag: "Shown", spans, codec: PINNED, text: shown } : undefined
}

const labelled = ({ label, labelLine, versionAt, versionLine }: Package, joint: string): ReadonlyArray<Part> =>
  versionLine === undefined
    ? [[label, labelLine, joint]]
    : [
        [label, labelLine, IS],
        [versionAt, versionLine, joint]
      ]

/** The package with its version; of a diff's line its mark too. Undefined where it would not decode. */
export const pinned = (text: string, one: Package, mark?: number): Shown | undefined =>
  show(text, mark, labelled(one, "\n"))

/** The package with its version before and after. */
export const repinned = (text: string, before: Package, after: Package): Shown | undefined =>
  show(text, undefined, [...labelled(before, TO), [after.versionAt, after.versionLine ?? after.labelLine, "\n"]])

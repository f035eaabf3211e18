/**
 * Outputs whose lines somebody else numbers behind us, one by one: a run in their midst cannot be named without moving every number
 * behind it, one at the beginning can where counting may begin later, and one at the end always can.
 */
import { parseNote, printNote, sourceNameOf } from "../domain/repeat.ts"
import { lengthOf, textOf } from "../domain/spans.ts"
import { type Repeat, type Shown, type Tiling, verbatim } from "../domain/tiling.ts"
import { linesIn } from "../domain/view.ts"

export interface EndsNamed {
  readonly tiling: Tiling<Shown | Repeat>
  /** Lines at the beginning that one note stands for; the note takes the number of the last of them. */
  readonly headLines: number
}

/** The note with its source's name, where the note before it, if any, does not tell it. */
const named = (segment: Repeat, source: string | undefined, before: string | undefined): Repeat => {
  const note = parseNote(segment.note)
  if (note === undefined || source === undefined) return segment
  return { ...segment, note: printNote({ ...note, name: source === before ? undefined : source }) }
}

/** The tiling with its runs named at both ends alone; undefined where no run stands there. */
export const endsNamed = ({ input, segments }: Tiling): EndsNamed | undefined => {
  const sources: Array<string | undefined> = []
  let source: string | undefined
  for (const segment of segments) {
    if (segment._tag === "Repeat") source = sourceNameOf(segment.note, source)
    sources.push(source)
  }
  const [first] = segments
  const last = segments[segments.length - 1]
  const head = first?._tag === "Repeat" ? named(first, sources[0], undefined) : undefined
  const tail =
    last?._tag === "Repeat" && last !== first
      ? named(last, sources[segments.length - 1], head && sources[0])
      : undefined
  if (head === undefined && tail === undefined) return undefined
  const from = head === undefined ? 0 : lengthOf(head.spans)
  const to = input.length - (tail === undefined ? 0 : lengthOf(tail.spans))
  const middle = from < to ? [verbatim(input, [from, to])] : []
  return {
    tiling: { input, segments: [...(head ? [head] : []), ...middle, ...(tail ? [tail] : [])] },
    headLines: head === undefined ? 0 : linesIn(textOf(input, head.spans))
  }
}

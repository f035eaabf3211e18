/**
 * Two texts side by side as kept, gone and new lines, for a person's eye.
 *
 * A view keeps its original's order, so one walk over both is enough; frequent lines (braces, blanks) match nearby alone, or one of them
 * would jump over half of a text.
 */

export interface Change {
  readonly sign: " " | "-" | "+"
  readonly line: string
}

const RARE = 3
const NEARBY_LINES = 40

const linesOf = (text: string): ReadonlyArray<string> => {
  const lines = text.split("\n")
  if (lines[lines.length - 1] === "") lines.pop()
  return lines
}

/** @example changesOf("a\nb\n", "b\nc\n") // => [- a, b, + c] */
export const changesOf = (before: string, after: string): ReadonlyArray<Change> => {
  const old = linesOf(before)
  const places = new Map<string, Array<number>>()
  old.forEach((line, i) => {
    const known = places.get(line)
    if (known === undefined) places.set(line, [i])
    else known.push(i)
  })
  const cursors = new Map<string, number>()
  const changes: Array<Change> = []
  let next = 0
  const drop = (until: number): void => {
    for (; next < until; next++) changes.push({ sign: "-", line: old[next] ?? "" })
  }
  for (const line of linesOf(after)) {
    const known = places.get(line) ?? []
    let cursor = cursors.get(line) ?? 0
    while (cursor < known.length && (known[cursor] as number) < next) cursor++
    cursors.set(line, cursor)
    const place = known[cursor]
    if (place !== undefined && (known.length <= RARE || place - next <= NEARBY_LINES)) {
      drop(place)
      changes.push({ sign: " ", line })
      next = place + 1
    } else {
      changes.push({ sign: "+", line })
    }
  }
  drop(old.length)
  return changes
}

/** The changes with long runs of one sign cut to their head and tail; what is left out is counted. */
export const summed = (
  changes: ReadonlyArray<Change>,
  runLines: number
): ReadonlyArray<Change | { readonly sign: Change["sign"]; readonly more: number }> => {
  const out: Array<Change | { readonly sign: Change["sign"]; readonly more: number }> = []
  for (let start = 0; start < changes.length; ) {
    const sign = changes[start]?.sign ?? " "
    let end = start
    while (end < changes.length && changes[end]?.sign === sign) end++
    const shown = end - start <= runLines + 1 ? end - start : runLines
    const head = Math.ceil(shown / 2)
    const tail = shown - head
    for (const change of changes.slice(start, start + head)) out.push(change)
    if (end - start > shown) out.push({ sign, more: end - start - shown })
    for (const change of changes.slice(end - tail, end)) if (tail > 0) out.push(change)
    start = end
  }
  return out
}

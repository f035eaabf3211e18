/**
 * Spans of a text, as flat pairs of UTF-16 offsets, because a tiling of a megabyte of JSON holds hundreds of thousands.
 *
 * `[s0, e0, s1, e1, …]`, each pair half-open, not empty, ascending, without overlap.
 */
export type Spans = ReadonlyArray<number>

/** The text under the spans, joined. */
export const textOf = (input: string, spans: Spans): string => {
  if (spans.length === 2) return input.slice(spans[0], spans[1])
  let out = ""
  for (let i = 0; i < spans.length; i += 2) out += input.slice(spans[i], spans[i + 1])
  return out
}

/** Number of UTF-16 units under the spans. */
export const lengthOf = (spans: Spans): number => {
  let n = 0
  for (let i = 0; i < spans.length; i += 2) n += (spans[i + 1] as number) - (spans[i] as number)
  return n
}

/** Appends a span in place, joined to the one before where they touch. Empty spans are dropped. */
export const pushSpan = (spans: Array<number>, start: number, end: number): void => {
  if (end <= start) return
  if (spans.length > 0 && spans[spans.length - 1] === start) spans[spans.length - 1] = end
  else spans.push(start, end)
}

/**
 * A function that carries spans of `textOf(input, outer)` back to spans of the input, each query in logarithmic time.
 *
 * @example
 * lifter([2, 4, 10, 13])([1, 3]) // => [3, 4, 10, 11]
 */
export const lifter = (outer: Spans): ((inner: Spans) => ReadonlyArray<number>) => {
  const base = outer[0] as number
  if (outer.length === 2) return (inner) => (base === 0 ? inner : inner.map((offset) => offset + base))
  const starts: Array<number> = []
  let total = 0
  for (let i = 0; i < outer.length; i += 2) {
    starts.push(total)
    total += (outer[i + 1] as number) - (outer[i] as number)
  }
  const pairAt = (offset: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
  return (inner) => {
    const out: Array<number> = []
    for (let i = 0; i < inner.length; i += 2) {
      let start = inner[i] as number
      const end = inner[i + 1] as number
      for (let pair = pairAt(start); start < end; pair++) {
        const shift = (outer[2 * pair] as number) - (starts[pair] as number)
        const stop = Math.min(end, (outer[2 * pair + 1] as number) - shift)
        pushSpan(out, start + shift, stop + shift)
        start = stop
      }
    }
    return out
  }
}

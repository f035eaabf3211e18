/** Lines of a text by offsets, newline included, so that line spans tile the text. */

/** Start of each line; the text's end closes the last. An empty text has no line. */
export const lineStarts = (text: string): ReadonlyArray<number> => {
  const starts: Array<number> = []
  for (let at = 0; at < text.length; ) {
    starts.push(at)
    const end = text.indexOf("\n", at)
    if (end === -1) break
    at = end + 1
  }
  return starts
}

/** The index, from 0, of the line that holds the offset. */
export const lineAt = (starts: ReadonlyArray<number>, offset: number): number => {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

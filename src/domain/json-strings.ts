/** The texts inside a JSON value, in reading order: what the model reads of it, without the escapes and keys of its notation. */

export const stringsIn = (root: unknown): ReadonlyArray<string> => {
  const texts: Array<string> = []
  const open: Array<unknown> = [root]
  const seen = new Set<unknown>()
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === "string") texts.push(value)
    else if (typeof value === "object" && value !== null && !seen.has(value)) {
      seen.add(value)
      for (const inner of Object.values(value).reverse()) open.push(inner)
    }
  }
  return texts
}

/**
 * Where values stand in a JSON text, so that a text can be changed at those places alone: printing it anew would alter numbers, spacing
 * and doubled keys that nobody asked to change.
 */
import type { Path } from "./json-value.ts"

interface Place {
  readonly inner: Map<string | number, Place>
  /** Positions in the list of paths that end here. */
  readonly wanted: Array<number>
}

interface Container {
  readonly start: number
  readonly place: Place | undefined
  readonly isArray: boolean
  key: string | number
  atKey: boolean
}

const placeOf = (): Place => ({ inner: new Map(), wanted: [] })

const plan = (paths: ReadonlyArray<Path>): Place => {
  const root = placeOf()
  paths.forEach((path, index) => {
    let place = root
    for (const key of path) {
      const next = place.inner.get(key) ?? placeOf()
      place.inner.set(key, next)
      place = next
    }
    place.wanted.push(index)
  })
  return root
}

/** Offset behind the string literal that opens here. */
const stringEnd = (text: string, open: number): number => {
  for (let from = open + 1; ; ) {
    const quote = text.indexOf('"', from)
    if (quote === -1) return text.length
    let slashes = 0
    while (text[quote - 1 - slashes] === "\\") slashes++
    if (slashes % 2 === 0) return quote + 1
    from = quote + 1
  }
}

/** Offset behind the number or word that starts here. */
const wordEnd = (text: string, start: number): number => {
  let end = start + 1
  while (end < text.length && !" \t\r\n,]}".includes(text[end] as string)) end++
  return end
}

/**
 * The span of the value at each path of a valid JSON text, by position in the list; as in `JSON.parse` the last of doubled keys counts.
 *
 * @example
 * spansAt('{"a": [1, "x"]}', [["a", 1]]).get(0) // => [10, 13]
 */
export const spansAt = (text: string, paths: ReadonlyArray<Path>): ReadonlyMap<number, readonly [number, number]> => {
  const spans = new Map<number, readonly [number, number]>()
  const root = plan(paths)
  const stack: Array<Container> = []
  const here = (): Place | undefined => {
    const top = stack[stack.length - 1]
    return top === undefined ? root : top.place?.inner.get(top.key)
  }
  const note = (place: Place | undefined, start: number, end: number): void => {
    for (const index of place?.wanted ?? []) spans.set(index, [start, end])
  }
  for (let i = 0; i < text.length; ) {
    const top = stack[stack.length - 1]
    const character = text[i] as string
    if (character === "{" || character === "[") {
      const isArray = character === "["
      stack.push({ start: i, place: here(), isArray, key: isArray ? 0 : "", atKey: !isArray })
      i++
    } else if (character === "}" || character === "]") {
      stack.pop()
      i++
      if (top !== undefined) note(top.place, top.start, i)
    } else if (character === '"') {
      const end = stringEnd(text, i)
      if (top?.atKey !== true) note(here(), i, end)
      else if (top.place !== undefined) top.key = JSON.parse(text.slice(i, end)) as string
      i = end
    } else if (character === ",") {
      if (top?.isArray === true) top.key = (top.key as number) + 1
      else if (top !== undefined) top.atKey = true
      i++
    } else if (character === ":") {
      if (top !== undefined) top.atKey = false
      i++
    } else if (/\s/.test(character)) {
      i++
    } else {
      const end = wordEnd(text, i)
      note(here(), i, end)
      i = end
    }
  }
  return spans
}

/** The text with the values at some paths printed anew; all other bytes as they are. */
export const spliced = (text: string, values: ReadonlyArray<readonly [Path, unknown]>): string => {
  const spans = [
    ...spansAt(
      text,
      values.map(([path]) => path)
    )
  ].toSorted((a, b) => a[1][0] - b[1][0])
  let out = ""
  let done = 0
  for (const [index, [start, end]] of spans) {
    out += text.slice(done, start) + JSON.stringify(values[index]?.[1])
    done = end
  }
  return out + text.slice(done)
}

/**
 * The span of one JSON value in its source text, by path, found by scanning: parsing and printing again would change numbers, escapes
 * and duplicate keys.
 */

/** A member's name, or a position: from 0, or from the end below 0. */
export type Step = string | number

/** Each step scans what is left once more. */
const MOST_STEPS = 200

/** `$.items[3].name`, `items[3]`, `["a b"].c`, `[-1]`; undefined where it is no path. */
export const parsePath = (path: string): ReadonlyArray<Step> | undefined => {
  const steps: Array<Step> = []
  let rest = path.trim()
  if (rest.startsWith("$")) rest = rest.slice(1)
  else if (rest !== "" && rest[0] !== "[" && rest[0] !== ".") rest = `.${rest}`
  while (rest !== "") {
    if (steps.length === MOST_STEPS) return undefined
    const match = /^(?:\.([^.[\]\s"']+)|\[\s*(-?\d{1,15})\s*\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[\s*'([^']*)'\s*\])/.exec(
      rest
    )
    if (match === null) return undefined
    rest = rest.slice(match[0].length)
    if (match[2] !== undefined) steps.push(Number(match[2]))
    else if (match[3] !== undefined) {
      const name = nameOf(`"${match[3]}"`)
      if (name === undefined) return undefined
      steps.push(name)
    } else steps.push(match[1] ?? match[4] ?? "")
  }
  return steps
}

export const printPath = (steps: ReadonlyArray<Step>): string =>
  `$${steps.map((step) => (typeof step === "number" ? `[${step}]` : /^[\w$-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`)).join("")}`

export type PathResult =
  | { readonly _tag: "Value"; readonly start: number; readonly end: number }
  /** `at` holds what was asked for no longer: its keys, or how many items it has. */
  | {
      readonly _tag: "Missing"
      readonly at: ReadonlyArray<Step>
      readonly keys: ReadonlyArray<string>
      readonly length: number | undefined
    }
  | { readonly _tag: "NotJson" }

type Span = readonly [start: number, end: number]

const nameOf = (source: string): string | undefined => {
  try {
    const name: unknown = JSON.parse(source)
    return typeof name === "string" ? name : undefined
  } catch {
    return undefined
  }
}

const isBlank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9 || code === 0xfeff

const skipBlanks = (text: string, at: number): number => {
  let next = at
  while (next < text.length && isBlank(text.charCodeAt(next))) next++
  return next
}

/** The end of the string that starts here, or -1. */
const stringEnd = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 92) at++
    else if (code === 34) return at + 1
  }
  return -1
}

/** The end of the value that starts here, or -1; brackets are counted, not matched: the source is trusted to be what a tool printed. */
const valueEnd = (text: string, start: number): number => {
  let depth = 0
  for (let at = start; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === 34) {
      at = stringEnd(text, at)
      if (at === -1) return -1
      if (depth === 0) return at
    } else if (code === 123 || code === 91) {
      depth++
      at++
    } else if (code === 125 || code === 93) {
      if (depth === 0) return at > start ? at : -1
      depth--
      at++
      if (depth === 0) return at
    } else if (depth === 0 && (code === 44 || code === 58 || isBlank(code))) return at > start ? at : -1
    else at++
  }
  return depth === 0 && text.length > start ? text.length : -1
}

interface Entry {
  readonly name: string
  readonly value: Span
}

/** The members or items of the object or array at the span, or undefined where it is neither or malformed. */
const entriesOf = (
  text: string,
  [start, end]: Span
): { readonly isArray: boolean; readonly entries: ReadonlyArray<Entry> } | undefined => {
  const open = text[start]
  if (open !== "{" && open !== "[") return undefined
  const isArray = open === "["
  const entries: Array<Entry> = []
  for (let at = skipBlanks(text, start + 1); at < end - 1; ) {
    let name = ""
    if (!isArray) {
      const nameEnd = text[at] === '"' ? stringEnd(text, at) : -1
      const read = nameEnd === -1 ? undefined : nameOf(text.slice(at, nameEnd))
      if (read === undefined) return undefined
      name = read
      at = skipBlanks(text, nameEnd)
      if (text[at] !== ":") return undefined
      at = skipBlanks(text, at + 1)
    }
    const valueStop = valueEnd(text, at)
    if (valueStop === -1 || valueStop > end) return undefined
    entries.push({ name, value: [at, valueStop] })
    at = skipBlanks(text, valueStop)
    if (text[at] === ",") at = skipBlanks(text, at + 1)
    else if (at !== end - 1) return undefined
  }
  return { isArray, entries }
}

/** The values of a text: one, or one after the other as in JSON lines; undefined where it holds none or anything else. */
const rootsOf = (text: string): ReadonlyArray<Span> | undefined => {
  const roots: Array<Span> = []
  for (let at = skipBlanks(text, 0); at < text.length; ) {
    const end = valueEnd(text, at)
    if (end === -1 || !/["{[\-0-9tfn]/.test(text[at] ?? "")) return undefined
    roots.push([at, end])
    at = skipBlanks(text, end)
  }
  return roots.length === 0 ? undefined : roots
}

/** Finds the value; several values one after the other count as an array. Of equal names the last counts, as for every parser. */
export const valueAt = (text: string, path: ReadonlyArray<Step>): PathResult => {
  const roots = rootsOf(text)
  const [root] = roots ?? []
  if (roots === undefined || root === undefined) return { _tag: "NotJson" }
  let span: Span = roots.length === 1 ? root : [root[0], roots.at(-1)?.[1] ?? text.length]
  let lines: ReadonlyArray<Span> | undefined = roots.length === 1 ? undefined : roots
  for (const [index, step] of path.entries()) {
    const inside =
      lines === undefined
        ? entriesOf(text, span)
        : { isArray: true, entries: lines.map((value) => ({ name: "", value })) }
    lines = undefined
    const entries = inside?.entries ?? []
    const isArray = inside?.isArray === true
    const position = typeof step === "number" ? (step < 0 ? entries.length + step : step) : -1
    const found = isArray ? entries[position] : entries.findLast((entry) => entry.name === String(step))
    if (found === undefined) {
      const keys = isArray ? [] : [...new Set(entries.map((entry) => entry.name))]
      return { _tag: "Missing", at: path.slice(0, index), keys, length: isArray ? entries.length : undefined }
    }
    span = found.value
  }
  return { _tag: "Value", start: span[0], end: span[1] }
}

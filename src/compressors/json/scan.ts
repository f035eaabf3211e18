/**
 * Reads JSON (one value, or one value a line) into flat arrays of offsets, because lexemes must come out as the source wrote them
 * and nesting of any depth must not recurse: `JSON.parse` would respell numbers, drop duplicate keys and build what nobody needs.
 *
 * Offsets of values refer to `compact`, the lexemes joined (with one newline between values on lines of their own).
 */
import { recently } from "../../domain/recent.ts"
import { pushSpan, type Spans } from "../../domain/spans.ts"

export const NULL = 0
export const TRUE = 1
export const FALSE = 2
export const NUMBER = 3
export const STRING = 4
export const ARRAY = 5
export const OBJECT = 6

/** A value's number: its place in the arrays, in the order of the source. The values inside it are those up to `next[value]`. */
export type Value = number

export interface Json {
  readonly compact: string
  /** Spans of the input that `compact` joins. */
  readonly shown: Spans
  /** Spans of the white space between. */
  readonly blanks: Spans
  /** Values at the top: one, or one a line. */
  readonly roots: ReadonlyArray<Value>
  /** Deepest nesting of containers. */
  readonly depth: number
  readonly kind: Uint8Array
  readonly start: Int32Array
  readonly end: Int32Array
  /** Offset of a member's key with its quotes, -1 for what is no member. The key ends one before the value. */
  readonly key: Int32Array
  readonly next: Int32Array
}

/** Offset behind the string that starts at `at`, or -1. */
const stringEnd = (text: string, at: number): number => {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 34) return i + 1
    if (code < 32) return -1
    if (code !== 92) continue
    const escaped = text.charCodeAt(++i)
    if (escaped === 117) {
      for (let digit = 1; digit <= 4; digit++) if (!isHex(text.charCodeAt(i + digit))) return -1
      i += 4
    } else if (!'"\\/bfnrt'.includes(text.charAt(i)) || Number.isNaN(escaped)) return -1
  }
  return -1
}

const isHex = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)

const isDigit = (code: number): boolean => code >= 48 && code <= 57

const digitsEnd = (text: string, at: number): number => {
  let i = at
  while (isDigit(text.charCodeAt(i))) i++
  return i
}

/** Offset behind the number that starts at `at`, or -1. */
const numberEnd = (text: string, at: number): number => {
  let i = text.charCodeAt(at) === 45 ? at + 1 : at
  if (!isDigit(text.charCodeAt(i))) return -1
  i = text.charCodeAt(i) === 48 ? i + 1 : digitsEnd(text, i)
  if (text.charCodeAt(i) === 46) {
    const fraction = digitsEnd(text, i + 1)
    if (fraction === i + 1) return -1
    i = fraction
  }
  if ((text.charCodeAt(i) | 32) === 101) {
    const sign = text.charCodeAt(i + 1)
    const first = sign === 43 || sign === 45 ? i + 2 : i + 1
    const exponent = digitsEnd(text, first)
    if (exponent === first) return -1
    i = exponent
  }
  return i
}

const isBlank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9

/** Columns of numbers that grow as values are found. */
class Values {
  size = 0
  kind = new Uint8Array(256)
  start = new Int32Array(256)
  end = new Int32Array(256)
  key = new Int32Array(256)
  next = new Int32Array(256)

  add(kind: number, start: number, key: number): Value {
    if (this.size === this.kind.length) this.grow()
    const value = this.size++
    this.kind[value] = kind
    this.start[value] = start
    this.key[value] = key
    return value
  }

  close(value: Value, end: number): void {
    this.end[value] = end
    this.next[value] = this.size
  }

  private grow(): void {
    const kind = new Uint8Array(2 * this.size)
    kind.set(this.kind)
    this.kind = kind
    const doubled = (from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(2 * this.size)
      to.set(from)
      return to
    }
    this.start = doubled(this.start)
    this.end = doubled(this.end)
    this.key = doubled(this.key)
    this.next = doubled(this.next)
  }
}

// What the grammar allows next.
const VALUE = 0
const FIRST_ITEM = 1
const FIRST_KEY = 2
const KEY = 3
const COLON = 4
const AFTER = 5

/** The JSON that the whole text is, or undefined. White space around it does not count. */
export const scan = recently((text: string): Json | undefined => {
  const values = new Values()
  const open: Array<Value> = []
  const roots: Array<Value> = []
  const parts: Array<string> = []
  const shown: Array<number> = []
  const blanks: Array<number> = []
  let removed = 0
  let depth = 0
  let key = -1
  let expect = VALUE
  let from = 0

  /** Leaves out [start, end), the white space before the next lexeme. */
  const skip = (start: number, end: number): void => {
    if (end === start) return
    if (start > from) parts.push(text.slice(from, start))
    pushSpan(shown, from, start)
    pushSpan(blanks, start, end)
    removed += end - start
    from = end
  }

  const done = (value: Value, end: number): void => {
    values.close(value, end - removed)
    expect = AFTER
    if (open.length === 0) roots.push(value)
  }

  let i = 0
  while (true) {
    const blank = i
    while (i < text.length && isBlank(text.charCodeAt(i))) i++
    if (expect === AFTER && open.length === 0) {
      if (i === text.length) {
        skip(blank, i)
        break
      }
      // Another value may follow on a line of its own where all of them are containers.
      const line = text.indexOf("\n", blank)
      if (line === -1 || line >= i || (values.kind[roots[0] as Value] as number) < ARRAY) return undefined
      if (text.charCodeAt(i) !== 91 && text.charCodeAt(i) !== 123) return undefined
      skip(blank, line)
      skip(line + 1, i)
      expect = VALUE
    } else skip(blank, i)
    if (i >= text.length) return undefined

    const code = text.charCodeAt(i)
    const parent = open.length === 0 ? -1 : (open[open.length - 1] as Value)
    if (expect === AFTER) {
      const inObject = values.kind[parent] === OBJECT
      if (code === 44) {
        expect = inObject ? KEY : VALUE
        i++
      } else if (code === (inObject ? 125 : 93)) {
        open.pop()
        done(parent, ++i)
      } else return undefined
      continue
    }
    if (expect === COLON) {
      if (code !== 58) return undefined
      expect = VALUE
      i++
      continue
    }
    if (expect === KEY || expect === FIRST_KEY) {
      if (code === 34) {
        key = i - removed
        i = stringEnd(text, i)
        if (i === -1) return undefined
        expect = COLON
      } else if (code === 125 && expect === FIRST_KEY) {
        open.pop()
        done(parent, ++i)
      } else return undefined
      continue
    }
    const at = i - removed
    const owner = key
    key = -1
    if (code === 34) {
      const end = stringEnd(text, i)
      if (end === -1) return undefined
      done(values.add(STRING, at, owner), (i = end))
    } else if (code === 91 || code === 123) {
      open.push(values.add(code === 91 ? ARRAY : OBJECT, at, owner))
      if (open.length > depth) depth = open.length
      expect = code === 91 ? FIRST_ITEM : FIRST_KEY
      i++
    } else if (code === 93 && expect === FIRST_ITEM) {
      open.pop()
      done(parent, ++i)
    } else if (code === 45 || isDigit(code)) {
      const end = numberEnd(text, i)
      if (end === -1) return undefined
      done(values.add(NUMBER, at, owner), (i = end))
    } else {
      const word = code === 110 ? "null" : code === 116 ? "true" : "false"
      if (!text.startsWith(word, i)) return undefined
      done(values.add(code === 110 ? NULL : code === 116 ? TRUE : FALSE, at, owner), (i += word.length))
    }
  }
  if (from < text.length) parts.push(text.slice(from))
  pushSpan(shown, from, text.length)
  const { size } = values
  return {
    compact: parts.length === 1 ? (parts[0] as string) : parts.join(""),
    shown,
    blanks,
    roots,
    depth,
    kind: values.kind.subarray(0, size),
    start: values.start.subarray(0, size),
    end: values.end.subarray(0, size),
    key: values.key.subarray(0, size),
    next: values.next.subarray(0, size)
  }
})

/** The lexemes of a value. */
export const lexemesOf = (json: Json, value: Value): string => json.compact.slice(json.start[value], json.end[value])

/** The key of a member, with its quotes. */
export const keyOf = (json: Json, value: Value): string =>
  json.compact.slice(json.key[value], (json.start[value] as number) - 1)

/** The items of an array, or the values of an object's members. */
export const childrenOf = (json: Json, value: Value): Array<Value> => {
  const out: Array<Value> = []
  const end = json.next[value] as number
  for (let child = value + 1; child < end; child = json.next[child] as number) out.push(child)
  return out
}

/**
 * Where values stand in the bytes of a JSON text, so that a text can be changed at those places alone: printing it anew would alter
 * numbers, spacing and doubled keys that nobody asked to change.
 *
 * Works on bytes because a request body is bytes: UTF-8 never holds an ASCII mark inside a longer character, so no text is decoded to
 * find its structure. What is no valid JSON gives spans of no use, never an endless loop.
 */
import type { Path } from "./json-value.ts"

export type Span = readonly [start: number, end: number]

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_RECORD = 0x7b
const CLOSE_RECORD = 0x7d

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

const behindBlanks = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (isBlank(bytes[at])) at++
  return at
}

/** Offset behind the string literal that opens here; the end of the text where it does not close. */
const stringEnd = (bytes: Uint8Array, open: number): number => {
  for (let at = open + 1; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) return at + 1
    if (byte === BACKSLASH) at++
  }
  return bytes.length
}

/** Offset behind the number or word that starts here. */
const wordEnd = (bytes: Uint8Array, start: number): number => {
  let end = start + 1
  for (; end < bytes.length; end++) {
    const byte = bytes[end]
    if (isBlank(byte) || byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_RECORD) break
  }
  return end
}

/** Offset behind the value that starts here, however deep it is nested. */
export const valueEnd = (bytes: Uint8Array, start: number): number => {
  const first = bytes[start]
  if (first === QUOTE) return stringEnd(bytes, start)
  if (first !== OPEN_RECORD && first !== OPEN_LIST) return wordEnd(bytes, start)
  let depth = 0
  for (let at = start; at < bytes.length; ) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = stringEnd(bytes, at)
      continue
    }
    at++
    if (byte === OPEN_RECORD || byte === OPEN_LIST) depth++
    else if ((byte === CLOSE_RECORD || byte === CLOSE_LIST) && --depth === 0) return at
  }
  return bytes.length
}

const decoder = new TextDecoder()

/** The text that a string literal spells; undefined where it is none. */
const textAt = (bytes: Uint8Array, [start, end]: Span): string | undefined => {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes.subarray(start, end)))
    return typeof value === "string" ? value : undefined
  } catch {
    return undefined
  }
}

export interface Member {
  readonly key: string
  /** Of key and value together. */
  readonly whole: Span
  readonly value: Span
}

/** The next key of a record and where its value starts: `at` stands behind the opening brace, or behind the member before. */
export const nextKey = (
  bytes: Uint8Array,
  at: number
): { readonly key: string; readonly start: number; readonly value: number } | undefined => {
  let start = behindBlanks(bytes, at)
  if (bytes[start] === COMMA) start = behindBlanks(bytes, start + 1)
  if (bytes[start] !== QUOTE) return undefined
  const keyEnd = stringEnd(bytes, start)
  const colon = behindBlanks(bytes, keyEnd)
  const key = textAt(bytes, [start, keyEnd])
  return key === undefined || bytes[colon] !== COLON ? undefined : { key, start, value: behindBlanks(bytes, colon + 1) }
}

/** The next element of a list: `at` stands behind its opening bracket, or behind the element before. */
export const nextElement = (bytes: Uint8Array, at: number): Span | undefined => {
  let start = behindBlanks(bytes, at)
  if (bytes[start] === COMMA) start = behindBlanks(bytes, start + 1)
  if (start >= bytes.length || bytes[start] === CLOSE_LIST) return undefined
  return [start, valueEnd(bytes, start)]
}

/** Offset behind the brace that opens a record at `at`; undefined where another value stands. */
export const openRecord = (bytes: Uint8Array, at: number): number | undefined => {
  const start = behindBlanks(bytes, at)
  return bytes[start] === OPEN_RECORD ? start + 1 : undefined
}

/** Offset behind the bracket that opens a list at `at`; undefined where another value stands. */
export const openList = (bytes: Uint8Array, at: number): number | undefined => {
  const start = behindBlanks(bytes, at)
  return bytes[start] === OPEN_LIST ? start + 1 : undefined
}

/** Every member of the record that starts at `at`; none where another value stands. */
export const membersAt = (bytes: Uint8Array, at: number): ReadonlyArray<Member> => {
  const members: Array<Member> = []
  const open = openRecord(bytes, at)
  if (open === undefined) return members
  for (let next = nextKey(bytes, open); next !== undefined; ) {
    const { key, start, value } = next
    const end = valueEnd(bytes, value)
    members.push({ key, whole: [start, end], value: [value, end] })
    next = nextKey(bytes, end)
  }
  return members
}

/** Offset behind the bracket that closes a list, where nothing but blanks stands before it; undefined where something does. */
export const closeList = (bytes: Uint8Array, at: number): number | undefined => {
  const end = behindBlanks(bytes, at)
  return bytes[end] === CLOSE_LIST ? end + 1 : undefined
}

/** Every element of the list that starts at `at`; none where another value stands. */
export const elementsAt = (bytes: Uint8Array, at: number): ReadonlyArray<Span> => {
  const elements: Array<Span> = []
  const open = openList(bytes, at)
  if (open === undefined) return elements
  for (let element = nextElement(bytes, open); element !== undefined; element = nextElement(bytes, element[1]))
    elements.push(element)
  return elements
}

/**
 * The span of the value at a path of the value that starts at `at`; as in `JSON.parse` the last of doubled keys counts.
 *
 * @example
 * spanOf(new TextEncoder().encode('{"a": [1, "x"]}'), ["a", 1]) // => [10, 13]
 */
export const spanOf = (bytes: Uint8Array, path: Path, at = 0): Span | undefined => {
  let start = behindBlanks(bytes, at)
  for (const key of path) {
    const next =
      typeof key === "number"
        ? elementsAt(bytes, start)[key]?.[0]
        : membersAt(bytes, start).findLast((member) => member.key === key)?.value[0]
    if (next === undefined) return undefined
    start = next
  }
  return start < bytes.length ? [start, valueEnd(bytes, start)] : undefined
}

/** Bytes to stand in the place of others. */
export interface Splice {
  readonly span: Span
  readonly bytes: Uint8Array
}

/** The bytes with some spans replaced, all others as they are; the same array where there is nothing to replace. */
export const spliced = (bytes: Uint8Array, splices: ReadonlyArray<Splice>): Uint8Array => {
  if (splices.length === 0) return bytes
  const ordered = splices.toSorted((a, b) => a.span[0] - b.span[0])
  const size = ordered.reduce((sum, splice) => sum + splice.bytes.length - (splice.span[1] - splice.span[0]), 0)
  const out = new Uint8Array(bytes.length + size)
  let read = 0
  let written = 0
  const put = (part: Uint8Array): void => {
    out.set(part, written)
    written += part.length
  }
  for (const { span, bytes: part } of ordered) {
    put(bytes.subarray(read, span[0]))
    put(part)
    read = span[1]
  }
  put(bytes.subarray(read))
  return out
}

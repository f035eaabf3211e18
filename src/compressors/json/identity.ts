/**
 * Gives equal values and equal keys the same number, so that comparing and counting them needs no text: cutting each out of the document
 * and hashing it anew wherever it is looked at costs more than everything else.
 */
import { once } from "../../domain/recent.ts"
import { ARRAY, type Json, type Value } from "./scan.ts"

interface Identities {
  /** The number of each value's lexemes; equal lexemes, equal numbers. */
  readonly ids: Int32Array
  /** How often each number occurs, and one of the values that have it. */
  readonly counts: Int32Array
  readonly firsts: Int32Array
  /** The number of each member's key, -1 for what is no member. */
  readonly keyIds: Int32Array
  /** The keys by number, with their quotes. */
  readonly keys: ReadonlyArray<string>
}

const mix = (hash: number, part: number): number => Math.imul(hash ^ part, 0x01000193)

const hashOf = (text: string, from: number, to: number): number => {
  let hash = to - from
  for (let i = from; i < to; i++) hash = mix(hash, text.charCodeAt(i))
  return hash ^ (hash >>> 15)
}

const isSame = (text: string, a: number, b: number, length: number): boolean => {
  for (let i = 0; i < length; i++) if (text.charCodeAt(a + i) !== text.charCodeAt(b + i)) return false
  return true
}

/** Slots of an open-addressing table for so many entries, a power of two. */
const slotsFor = (entries: number): Int32Array => {
  let size = 16
  while (size < 2 * entries) size *= 2
  return new Int32Array(size).fill(-1)
}

/** A document whose values and keys are numbered. */
export type Document = Json &
  Identities & {
    /** No string may be split into a part named apart and the rest. */
    readonly wholeWords: boolean
  }

export const identify = (json: Json, wholeWords = false): Document => (wholeWords ? whole : splitting)(json)

const documents = (wholeWords: boolean): ((json: Json) => Document) =>
  once((json) => ({ ...json, ...identitiesOf(json), wholeWords }))
const whole = documents(true)
const splitting = documents(false)

const identitiesOf = (json: Json): Identities => {
  const { compact, start, key } = json
  const size = key.length
  const keyIds = new Int32Array(size).fill(-1)
  const keys: Array<string> = []
  const starts: Array<number> = []
  const slots = slotsFor(size)
  const mask = slots.length - 1
  for (let value = 0; value < size; value++) {
    const from = key[value] as number
    if (from === -1) continue
    const length = (start[value] as number) - 1 - from
    let at = hashOf(compact, from, from + length) & mask
    let id = slots[at] as number
    while (id !== -1 && !(keys[id]?.length === length && isSame(compact, from, starts[id] as number, length))) {
      at = (at + 1) & mask
      id = slots[at] as number
    }
    if (id === -1) {
      id = keys.length
      slots[at] = id
      keys.push(compact.slice(from, from + length))
      starts.push(from)
    }
    keyIds[value] = id
  }
  return { ...identifyValues(json, keyIds), keyIds, keys }
}

const identifyValues = (json: Json, keyIds: Int32Array): Pick<Identities, "ids" | "counts" | "firsts"> => {
  const { compact, kind, start, end, next } = json
  const size = kind.length
  const ids = new Int32Array(size)
  const firsts = new Int32Array(size)
  const counts = new Int32Array(size)
  const slots = slotsFor(size)
  const mask = slots.length - 1
  let fresh = 0
  // Backwards, so that what stands in a container has its number before the container.
  for (let value = size - 1; value >= 0; value--) {
    const from = start[value] as number
    const length = (end[value] as number) - from
    const of = kind[value] as number
    const isContainer = of >= ARRAY
    let hash = of
    if (isContainer) {
      const last = next[value] as number
      for (let child = value + 1; child < last; child = next[child] as number) {
        hash = mix(mix(hash, keyIds[child] as number), ids[child] as number)
      }
      hash ^= hash >>> 15
    } else hash = hashOf(compact, from, from + length)
    let at = hash & mask
    let id = slots[at] as number
    while (id !== -1) {
      const first = firsts[id] as Value
      if (kind[first] === of && (end[first] as number) - (start[first] as number) === length) {
        if (
          isContainer
            ? haveSameChildren(json, ids, keyIds, value, first)
            : isSame(compact, from, start[first] as number, length)
        )
          break
      }
      at = (at + 1) & mask
      id = slots[at] as number
    }
    if (id === -1) {
      id = fresh++
      slots[at] = id
      firsts[id] = value
    }
    ids[value] = id
    counts[id] = (counts[id] as number) + 1
  }
  return { ids, counts: counts.subarray(0, fresh), firsts: firsts.subarray(0, fresh) }
}

const haveSameChildren = (json: Json, ids: Int32Array, keyIds: Int32Array, a: Value, b: Value): boolean => {
  const lastA = json.next[a] as number
  const lastB = json.next[b] as number
  let inA = a + 1
  let inB = b + 1
  while (inA < lastA && inB < lastB) {
    if (ids[inA] !== ids[inB] || keyIds[inA] !== keyIds[inB]) return false
    inA = json.next[inA] as number
    inB = json.next[inB] as number
  }
  return inA >= lastA && inB >= lastB
}

/** The different numbers among the values, in the order of their first, and how often each occurs there. */
export const tally = (
  { ids }: Document,
  values: ReadonlyArray<Value>
): { readonly ids: ReadonlyArray<number>; readonly counts: ReadonlyArray<number> } => {
  const places = new Map<number, number>()
  const found: Array<number> = []
  const counts: Array<number> = []
  for (const value of values) {
    const id = ids[value] as number
    const place = places.get(id)
    if (place === undefined) {
      places.set(id, found.length)
      found.push(id)
      counts.push(1)
    } else counts[place] = (counts[place] as number) + 1
  }
  return { ids: found, counts }
}

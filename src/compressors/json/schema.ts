/**
 * Infers how values that stand in the same place of a document are alike: which keys they share, what is the same in all of
 * them, what their strings begin and end with.
 */
import { ARRAY, childrenOf, type Json, keyOf, lexemesOf, NULL, OBJECT, STRING, type Value } from "./scan.ts"
import { isAffix, isBareText, isLiteral } from "./notation.ts"

export type Schema =
  | { readonly _tag: "Cell" }
  /** The same lexemes wherever the parent stands. */
  | { readonly _tag: "Constant"; readonly value: Value }
  /** Most often these lexemes. */
  | { readonly _tag: "Default"; readonly lexemes: string }
  | { readonly _tag: "Pattern"; readonly before: string; readonly after: string }
  | Group
  | { readonly _tag: "List"; readonly item: Schema }
  /** Items like those of the enclosing group. */
  | { readonly _tag: "Again" }

export interface Group {
  readonly _tag: "Group"
  readonly fields: ReadonlyArray<Field>
  /** The place of each key, with its quotes. */
  readonly places: ReadonlyMap<string, number>
}

export interface Field {
  readonly key: string
  readonly schema: Schema
}

const CELL: Schema = { _tag: "Cell" }
const AGAIN: Schema = { _tag: "Again" }

/** How many fields a group may have for each field that its rows have on average. */
const SPARSE = 3

/** Counts of equal objects in the whole document, by their lexemes. */
export type Repeats = ReadonlyMap<string, number>

export const REPEATED_LENGTH = [24, 4000] as const

/** Objects of middle size by how often they occur: what is written once and named elsewhere is no candidate for columns. */
export const repeatsOf = (json: Json): Repeats => {
  const counts = new Map<string, number>()
  for (let value = 0; value < json.kind.length; value++) {
    if ((json.kind[value] as number) < ARRAY) continue
    const length = (json.end[value] as number) - (json.start[value] as number)
    if (length < REPEATED_LENGTH[0] || length > REPEATED_LENGTH[1]) continue
    const lexemes = lexemesOf(json, value)
    counts.set(lexemes, (counts.get(lexemes) ?? 0) + 1)
  }
  return counts
}

/** The schema of `values`, which stand in one place under `parents` parents (at most one each). */
export const infer = (json: Json, repeats: Repeats, values: ReadonlyArray<Value>, parents: number): Schema => {
  if (values.length < 2) return CELL
  if (values.length === parents && areEqual(json, values)) return { _tag: "Constant", value: values[0] as Value }
  let objects = 0
  let arrays = 0
  let strings = 0
  let nulls = 0
  for (const value of values) {
    const kind = json.kind[value]
    if (kind === OBJECT) objects++
    else if (kind === ARRAY) arrays++
    else if (kind === STRING) strings++
    else if (kind === NULL) nulls++
  }
  if (objects >= 2 && objects + nulls >= 0.8 * values.length && objects >= nulls) {
    return group(json, repeats, values) ?? CELL
  }
  if (arrays >= 0.8 * values.length) return list(json, repeats, values) ?? CELL
  return column(json, values, strings, parents)
}

const areEqual = (json: Json, values: ReadonlyArray<Value>): boolean => {
  const first = lexemesOf(json, values[0] as Value)
  return values.every(
    (value) =>
      (json.end[value] as number) - (json.start[value] as number) === first.length &&
      json.compact.startsWith(first, json.start[value])
  )
}

const list = (json: Json, repeats: Repeats, values: ReadonlyArray<Value>): Schema | undefined => {
  const items: Array<Value> = []
  for (const value of values) {
    if (json.kind[value] !== ARRAY) continue
    for (const item of childrenOf(json, value)) items.push(item)
  }
  if (items.length < 2 || items.filter((item) => json.kind[item] === OBJECT).length < 0.8 * items.length)
    return undefined
  const item = group(json, repeats, items)
  return item === undefined ? undefined : { _tag: "List", item }
}

/** Members by key, keys in an order that as many of the objects as possible keep. */
class Members {
  readonly order: Array<string> = []
  readonly byKey = new Map<string, Array<Value>>()

  add(json: Json, object: Value): void {
    let previous = ""
    const end = json.next[object] as number
    for (let member = object + 1; member < end; member = json.next[member] as number) {
      const key = keyOf(json, member)
      const values = this.byKey.get(key)
      if (values !== undefined) values.push(member)
      else {
        this.byKey.set(key, [member])
        this.order.splice(previous === "" ? 0 : this.order.indexOf(previous) + 1, 0, key)
      }
      previous = key
    }
  }
}

const MAX_FIELDS = 400

const group = (json: Json, repeats: Repeats, values: ReadonlyArray<Value>): Group | undefined => {
  const members = new Members()
  const objects = values.filter((value) => json.kind[value] === OBJECT)
  for (const object of objects) {
    members.add(json, object)
    if (members.order.length > MAX_FIELDS) return undefined
  }
  if (isBetterNamed(json, repeats, objects, members)) return undefined
  const nested = recursion(json, objects, members)
  if (nested !== undefined) {
    for (const object of nested.objects) {
      objects.push(object)
      members.add(json, object)
      if (members.order.length > MAX_FIELDS) return undefined
    }
  }
  const places = new Map(members.order.map((key, place) => [key, place]))
  const orderly = objects.filter((object) => keepsOrder(json, object, places))
  if (orderly.length < 2 || orderly.length < 0.7 * values.length) return undefined
  const rest = orderly.length === objects.length ? members : new Members()
  if (rest !== members) for (const object of orderly) rest.add(json, object)
  let present = 0
  for (const found of rest.byKey.values()) present += found.length
  if (rest.order.length === 0 || rest.order.length * orderly.length > SPARSE * present) return undefined
  const order = members.order.filter((key) => rest.byKey.has(key))
  const fields = order.map((key): Field => {
    if (key === nested?.key) return { key, schema: { _tag: "List", item: AGAIN } }
    return { key, schema: infer(json, repeats, rest.byKey.get(key) ?? [], orderly.length) }
  })
  const found: Group = { _tag: "Group", fields, places: new Map(order.map((key, place) => [key, place])) }
  return cellsOf(found) === 0 ? undefined : found
}

/** Whether the object's keys stand in the order of their places, each once. */
export const keepsOrder = (json: Json, object: Value, places: ReadonlyMap<string, number>): boolean => {
  let last = -1
  const end = json.next[object] as number
  for (let member = object + 1; member < end; member = json.next[member] as number) {
    const place = places.get(keyOf(json, member))
    if (place === undefined || place <= last) return false
    last = place
  }
  return true
}

/** Characters that weigh as much as a name in a cell, and as its line in the head beside the text. */
const NAME = 6
const NAME_LINE = 12

/** Whether naming the repeated objects costs less than columns for them. */
const isBetterNamed = (json: Json, repeats: Repeats, objects: ReadonlyArray<Value>, members: Members): boolean => {
  let whole = 0
  let named = 0
  const seen = new Set<string>()
  for (const object of objects) {
    const lexemes = lexemesOf(json, object)
    whole += lexemes.length
    const count = repeats.get(lexemes) ?? 1
    named += count === 1 ? lexemes.length : NAME
    if (count === 1 || seen.has(lexemes)) continue
    seen.add(lexemes)
    // Each place that holds a repeated object carries its share of writing it once.
    named += (lexemes.length + NAME_LINE) * Math.min(1, objects.length / count)
  }
  if (named > 0.6 * whole) return false
  let columns = 0
  for (const [key, values] of members.byKey) {
    const distinct = new Set<string>()
    for (const value of values) distinct.add(lexemesOf(json, value))
    let once = 0
    for (const lexemes of distinct) once += lexemes.length
    columns += key.length + once
    if (distinct.size > 1 || values.length < objects.length) {
      columns += values.length + (values.length - distinct.size) * Math.min(NAME, once / distinct.size)
    }
  }
  return named < columns
}

/** The member under which objects hold objects of their own kind, with all of these to any depth. */
const recursion = (
  json: Json,
  objects: ReadonlyArray<Value>,
  members: Members
): { readonly key: string; readonly objects: ReadonlyArray<Value> } | undefined => {
  for (const key of members.order) {
    const values = members.byKey.get(key) ?? []
    const sample = values.find((value) => json.kind[value] === ARRAY && json.kind[value + 1] === OBJECT)
    if (sample === undefined || (json.next[sample] as number) <= sample + 1) continue
    const keys = childrenOf(json, sample + 1).map((member) => keyOf(json, member))
    if (keys.length < 2 || keys.filter((name) => members.byKey.has(name)).length < 0.8 * keys.length) continue
    const found: Array<Value> = []
    const waiting = [...objects]
    for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
      for (const member of childrenOf(json, object)) {
        if (json.kind[member] !== ARRAY || keyOf(json, member) !== key) continue
        for (const item of childrenOf(json, member)) {
          if (json.kind[item] !== OBJECT) continue
          found.push(item)
          waiting.push(item)
        }
      }
    }
    return { key, objects: found }
  }
  return undefined
}

/** How many cells the schema takes. */
export const cellsOf = (schema: Schema): number => {
  if (schema._tag === "Constant") return 0
  if (schema._tag !== "Group") return 1
  let cells = 0
  for (const field of schema.fields) cells += cellsOf(field.schema)
  return cells
}

const column = (json: Json, values: ReadonlyArray<Value>, strings: number, parents: number): Schema => {
  const counts = new Map<string, number>()
  let top = ""
  for (const value of values) {
    const lexemes = lexemesOf(json, value)
    const count = (counts.get(lexemes) ?? 0) + 1
    counts.set(lexemes, count)
    if (top === "" || count > (counts.get(top) ?? 0)) top = lexemes
  }
  const topCount = counts.get(top) ?? 0
  const weight = top.length > 6 ? 0.4 : 0.6
  if (values.length >= 4 && values.length >= 0.5 * parents && topCount >= weight * values.length && top.length < 200) {
    return { _tag: "Default", lexemes: top }
  }
  if (strings < 2 || strings < 0.9 * values.length) return CELL
  const bodies = [...counts.keys()].filter((lexemes) => lexemes.startsWith('"')).map((lexemes) => lexemes.slice(1, -1))
  return pattern(bodies, values.length) ?? CELL
}

/** What all bodies begin and end with, cut where words end. */
const pattern = (bodies: ReadonlyArray<string>, count: number): Schema | undefined => {
  const first = bodies[0] as string
  let before = first.length
  let after = first.length
  let literals = 0
  for (const body of bodies) {
    let i = 0
    while (i < before && i < body.length && body.charCodeAt(i) === first.charCodeAt(i)) i++
    before = i
    let j = 0
    while (
      j < after &&
      j < body.length &&
      body.charCodeAt(body.length - 1 - j) === first.charCodeAt(first.length - 1 - j)
    )
      j++
    after = j
    if (isLiteral(body)) literals++
  }
  const shortest = bodies.reduce((least, body) => Math.min(least, body.length), first.length)
  if (bodies.length < 2) return undefined
  before = Math.min(before, shortest)
  let head = first.slice(0, before)
  while (head !== "" && (!isAffix(head) || isInWord(first, head.length))) head = head.slice(0, -1)
  let tail = first.slice(first.length - Math.min(after, shortest - head.length))
  while (tail !== "" && (!isAffix(tail) || isInWord(first, first.length - tail.length))) tail = tail.slice(1)
  const worth = head.length + tail.length >= 4 && count * (head.length + tail.length) > 16
  if (!worth && literals < 3) return undefined
  if (bodies.some((body) => !isBareText(body.slice(head.length, body.length - tail.length)) && body.length > 60))
    return undefined
  return { _tag: "Pattern", before: head, after: tail }
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code > 127

/** Whether a cut at `at` falls inside a word or a number, or splits an escape. */
const isInWord = (body: string, at: number): boolean => {
  if (at === 0 || at === body.length) return false
  const code = body.charCodeAt(at - 1)
  if (code === 92) return true
  const following = body.charCodeAt(at)
  return (isDigit(code) && isDigit(following)) || (isLetter(code) && isLetter(following))
}

/**
 * Infers how values that stand in the same place of a document are alike: which keys they share, what is the same in all of
 * them, what their strings begin and end with.
 */
import { type Document, tally } from "./identity.ts"
import { affixLength, isBareText, isLiteral } from "./notation.ts"
import { ARRAY, childrenOf, lexemesOf, NULL, OBJECT, STRING, type Value } from "./scan.ts"

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
  /** The place of the first field that takes a cell. */
  readonly first: number
  /** The place of each key, by the key's number. */
  readonly places: ReadonlyMap<number, number>
}

interface Field {
  /** The key's number. */
  readonly key: number
  readonly schema: Schema
}

const CELL: Schema = { _tag: "Cell" }
const AGAIN: Schema = { _tag: "Again" }

/** How many fields a group may have for each field that its rows have on average. */
const SPARSE = 3

/** Lengths of containers that may get a name. */
const NAMEABLE = [24, 4000] as const

/** Whether the container occurs again and is of middle size: written once and named elsewhere, or columns? */
export const isRepeated = (json: Document, value: Value): boolean => {
  const length = lengthOf(json, value)
  return (json.counts[json.ids[value] as number] as number) > 1 && length >= NAMEABLE[0] && length <= NAMEABLE[1]
}

const lengthOf = (json: Document, value: Value): number => (json.end[value] as number) - (json.start[value] as number)

/** The schema of `values`, which stand in one place under `parents` parents (at most one each). */
export const infer = (json: Document, values: ReadonlyArray<Value>, parents: number): Schema => {
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
    return group(json, values) ?? CELL
  }
  if (arrays >= 0.8 * values.length) return list(json, values) ?? CELL
  return column(json, values, strings, parents)
}

const areEqual = (json: Document, values: ReadonlyArray<Value>): boolean => {
  const first = json.ids[values[0] as Value]
  return values.every((value) => json.ids[value] === first)
}

const list = (json: Document, values: ReadonlyArray<Value>): Schema | undefined => {
  const items: Array<Value> = []
  for (const value of values) {
    if (json.kind[value] !== ARRAY) continue
    for (const item of childrenOf(json, value)) items.push(item)
  }
  if (items.length < 2 || items.filter((item) => json.kind[item] === OBJECT).length < 0.8 * items.length)
    return undefined
  const item = group(json, items)
  return item === undefined ? undefined : { _tag: "List", item }
}

const MAX_FIELDS = 400

/** Members by the number of their key, keys in an order that as many of the objects as possible keep. */
class Members {
  readonly order: Array<number> = []
  readonly byKey = new Map<number, Array<Value>>()

  /** Whether the object's keys were added: there is a limit to them. */
  add(json: Document, object: Value): boolean {
    let previous = -1
    const end = json.next[object] as number
    for (let member = object + 1; member < end; member = json.next[member] as number) {
      const key = json.keyIds[member] as number
      const values = this.byKey.get(key)
      if (values !== undefined) values.push(member)
      else {
        if (this.order.length === MAX_FIELDS) return false
        this.byKey.set(key, [member])
        this.order.splice(previous === -1 ? 0 : this.order.indexOf(previous) + 1, 0, key)
      }
      previous = key
    }
    return true
  }
}

const group = (json: Document, values: ReadonlyArray<Value>): Group | undefined => {
  const members = new Members()
  const objects = values.filter((value) => json.kind[value] === OBJECT)
  for (const object of objects) if (!members.add(json, object)) return undefined
  if (isBetterNamed(json, objects, members)) return undefined
  const nested = recursion(json, objects, members)
  if (nested !== undefined) {
    for (const object of nested.objects) {
      objects.push(object)
      if (!members.add(json, object)) return undefined
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
    return { key, schema: infer(json, rest.byKey.get(key) ?? [], orderly.length) }
  })
  const first = fields.findIndex((field) => field.schema._tag !== "Constant")
  if (first === -1) return undefined
  return { _tag: "Group", fields, first, places: new Map(order.map((key, place) => [key, place])) }
}

/** Whether the object's keys stand in the order of their places, each once. */
const keepsOrder = (json: Document, object: Value, places: ReadonlyMap<number, number>): boolean => {
  let last = -1
  const end = json.next[object] as number
  for (let member = object + 1; member < end; member = json.next[member] as number) {
    const place = places.get(json.keyIds[member] as number)
    if (place === undefined || place <= last) return false
    last = place
  }
  return true
}

/** Whether the object can be written in the group's cells: a first cell that needs `=` would be read as the whole object's. */
export const fits = (json: Document, schema: Group, value: Value): boolean => {
  for (let inner: Group = schema, object: Value | undefined = value; ; ) {
    if (object === undefined || json.kind[object] !== OBJECT || !keepsOrder(json, object, inner.places)) return false
    const field: Field | undefined = inner.fields[inner.first]
    const found = memberOf(json, object, field?.key)
    switch (field?.schema._tag) {
      case "Pattern":
        return found === undefined || json.kind[found] === STRING
      case "List":
        return found === undefined || json.kind[found] === ARRAY
      case "Default":
        return found !== undefined
      case "Group":
        inner = field.schema
        object = found
        break
      default:
        return true
    }
  }
}

const memberOf = (json: Document, object: Value, key: number | undefined): Value | undefined => {
  const end = json.next[object] as number
  for (let member = object + 1; member < end; member = json.next[member] as number) {
    if (json.keyIds[member] === key) return member
  }
  return undefined
}

/** Characters that weigh as much as a name in a cell, and as its line in the head beside the text. */
const NAME = 6
const NAME_LINE = 12

/** Whether naming the repeated objects costs less than columns for them. */
const isBetterNamed = (json: Document, objects: ReadonlyArray<Value>, members: Members): boolean => {
  let whole = 0
  let named = 0
  const { ids, counts } = tally(json, objects)
  ids.forEach((id, place) => {
    const first = json.firsts[id] as Value
    const length = lengthOf(json, first)
    const here = counts[place] as number
    whole += here * length
    if (!isRepeated(json, first)) named += here * length
    // Each place that holds a repeated object carries its share of writing it once.
    else named += here * NAME + (length + NAME_LINE) * Math.min(1, objects.length / (json.counts[id] as number))
  })
  if (named > 0.6 * whole) return false
  let columns = 0
  for (const [key, values] of members.byKey) {
    const different = tally(json, values).ids
    const once = different.reduce((sum, id) => sum + lengthOf(json, json.firsts[id] as Value), 0)
    columns += (json.keys[key] as string).length + once
    if (different.length > 1 || values.length < objects.length) {
      columns += values.length + (values.length - different.length) * Math.min(NAME, once / different.length)
    }
  }
  return named < columns
}

/** The member under which objects hold objects of their own kind, with all of these to any depth. */
const recursion = (
  json: Document,
  objects: ReadonlyArray<Value>,
  members: Members
): { readonly key: number; readonly objects: ReadonlyArray<Value> } | undefined => {
  for (const key of members.order) {
    const values = members.byKey.get(key) ?? []
    const sample = values.find((value) => json.kind[value] === ARRAY && json.kind[value + 1] === OBJECT)
    if (sample === undefined || (json.next[sample] as number) <= sample + 1) continue
    const keys = childrenOf(json, sample + 1).map((member) => json.keyIds[member] as number)
    if (keys.length < 2 || keys.filter((name) => members.byKey.has(name)).length < 0.8 * keys.length) continue
    const found: Array<Value> = []
    const waiting = [...objects]
    for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
      for (const member of childrenOf(json, object)) {
        if (json.kind[member] !== ARRAY || json.keyIds[member] !== key) continue
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

const column = (json: Document, values: ReadonlyArray<Value>, strings: number, parents: number): Schema => {
  const { ids, counts } = tally(json, values)
  const topCount = counts.reduce((most, count) => Math.max(most, count), 0)
  const top = lexemesOf(json, json.firsts[ids[counts.indexOf(topCount)] as number] as Value)
  const share = top.length > 6 ? 0.4 : 0.6
  if (values.length >= 4 && values.length >= 0.5 * parents && topCount >= share * values.length && top.length < 200) {
    return { _tag: "Default", lexemes: top }
  }
  if (strings < 2 || strings < 0.9 * values.length) return CELL
  const bodies: Array<string> = []
  for (const id of ids) {
    const first = json.firsts[id] as Value
    if (json.kind[first] === STRING) bodies.push(lexemesOf(json, first).slice(1, -1))
  }
  return (json.wholeWords ? undefined : pattern(bodies, values.length)) ?? CELL
}

/** The longest part of a string that a pattern names. */
const MAX_AFFIX = 300

/** What all bodies begin and end with, cut where words end. */
const pattern = (bodies: ReadonlyArray<string>, count: number): Schema | undefined => {
  const first = bodies[0]
  if (first === undefined || bodies.length < 2) return undefined
  let before = Math.min(first.length, MAX_AFFIX)
  let after = before
  let shortest = first.length
  let literals = 0
  for (const body of bodies) {
    shortest = Math.min(shortest, body.length)
    let i = 0
    while (i < before && body.charCodeAt(i) === first.charCodeAt(i)) i++
    before = i
    i = 0
    while (i < after && body.charCodeAt(body.length - 1 - i) === first.charCodeAt(first.length - 1 - i)) i++
    after = i
    if (isLiteral(body)) literals++
  }
  before = Math.min(before, affixLength(first))
  while (before > 0 && isInWord(first, before)) before--
  let from = first.length - Math.min(after, shortest - before)
  while (from < first.length && (isInWord(first, from) || affixLength(first, from) < first.length - from)) from++
  const shared = before + first.length - from
  if (!(shared >= 4 && count * shared > 16) && literals < 3) return undefined
  const rest = (body: string): string => body.slice(before, body.length - (first.length - from))
  if (bodies.some((body) => body.length > 60 && !isBareText(rest(body)))) return undefined
  return { _tag: "Pattern", before: first.slice(0, before), after: first.slice(from) }
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

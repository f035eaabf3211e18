/**
 * Finds the containers of a document whose members are like each other, so that some of them can stand for many, and lays their scalar
 * values out in columns.
 */
import type { Document } from "./identity.ts"
import { ARRAY, childrenOf, keyOf, OBJECT, type Value } from "./scan.ts"

export interface RowSet {
  /** The container, or -1 for the values of JSON lines. */
  readonly container: Value
  readonly rows: ReadonlyArray<Value>
  readonly unit: "rows" | "items" | "keys"
  /** The container's own key, "" where it has none. */
  readonly name: string
  /** Offsets of the container in the compact text. */
  readonly start: number
  readonly end: number
}

const MIN_ROWS = 6
/** Members of an object whose values are containers. */
const MIN_KEYS = 10
const MIN_LENGTH = 300
/** Members of an object whose values are scalars: fewer are a record, not rows. */
const MIN_SCALAR_KEYS = 30

/** Every row set, outer ones before those inside them. */
export const rowSetsOf = (json: Document): ReadonlyArray<RowSet> => {
  const sets: Array<RowSet> = []
  if (json.roots.length >= MIN_ROWS) {
    sets.push({ container: -1, rows: json.roots, unit: "rows", name: "", start: 0, end: json.compact.length })
  }
  for (let value = 0; value < json.kind.length; value++) {
    const start = json.start[value] as number
    const end = json.end[value] as number
    if ((json.kind[value] as number) < ARRAY || end - start < MIN_LENGTH) continue
    const rows = childrenOf(json, value)
    if (rows.length < MIN_ROWS) continue
    let containers = 0
    for (const row of rows) if ((json.kind[row] as number) >= ARRAY) containers++
    const isMostly = containers >= 0.8 * rows.length
    const isObject = json.kind[value] === OBJECT
    const least = isMostly ? MIN_KEYS : MIN_SCALAR_KEYS
    if (isObject && (rows.length < least || (!isMostly && containers > 0.2 * rows.length))) continue
    const key = (json.key[value] as number) === -1 ? "" : keyOf(json, value).slice(1, -1)
    sets.push({ container: value, rows, unit: isObject ? "keys" : isMostly ? "rows" : "items", name: key, start, end })
  }
  return sets
}

/** The scalars that stand under one path in the rows of a set. */
export interface Column {
  /** The last key of the path, "" for a row that is a scalar itself. */
  readonly name: string
  readonly depth: number
  readonly rows: Array<number>
  readonly values: Array<Value>
}

export interface Columns {
  readonly columns: ReadonlyArray<Column>
  /** A number for each row, the same where rows have the same paths. */
  readonly shapes: ReadonlyArray<number>
}

interface Path {
  readonly column: Column
  readonly id: number
  readonly under: Map<number, Path>
}

const MAX_COLUMNS = 300

/** Columns of the set, without what stands in sets inside it. */
export const columnsOf = (json: Document, set: RowSet, inner: ReadonlySet<Value>): Columns => {
  const columns: Array<Column> = []
  let count = 0
  const newPath = (name: string, depth: number): Path => ({
    column: { name, depth, rows: [], values: [] },
    id: ++count,
    under: new Map()
  })
  const root = newPath("", 0)
  const shapes: Array<number> = []
  set.rows.forEach((row, index) => {
    if ((json.kind[row] as number) < ARRAY) {
      if (root.column.rows.length === 0) columns.push(root.column)
      root.column.rows.push(index)
      root.column.values.push(row)
      shapes.push(root.id)
      return
    }
    let shape = 17
    const open: Array<readonly [end: number, path: Path]> = []
    const last = json.next[row] as number
    for (let value = row; value < last; ) {
      while (open.length > 0 && (open[open.length - 1] as readonly [number, Path])[0] <= value) open.pop()
      const parent = open[open.length - 1]?.[1]
      let path = root
      if (parent !== undefined) {
        const key = json.keyIds[value] as number
        const known = parent.under.get(key)
        path =
          known ??
          newPath(key === -1 ? parent.column.name : (json.keys[key] ?? "").slice(1, -1), parent.column.depth + 1)
        if (known === undefined && count <= MAX_COLUMNS) parent.under.set(key, path)
      }
      shape = (Math.imul(shape, 31) + path.id) | 0
      const kind = json.kind[value] as number
      const next = json.next[value] as number
      if (kind < ARRAY) {
        if (path.column.rows.length === 0 && path.id <= MAX_COLUMNS) columns.push(path.column)
        path.column.rows.push(index)
        path.column.values.push(value)
        value++
      } else if (inner.has(value)) value = next
      else {
        open.push([next, path])
        value++
      }
    }
    shapes.push(shape)
  })
  return { columns, shapes }
}

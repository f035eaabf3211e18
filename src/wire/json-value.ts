/** Reads of a JSON value of unknown make-up, because a request may hold anything at any place and must never make a reader throw. */

export type JsonRecord = { readonly [key: string]: unknown }

/** Keys and positions from a value's root to a place in it. */
export type Path = ReadonlyArray<string | number>

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The value as a list; anything else is an empty one. */
export const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

export const textIn = (record: JsonRecord, key: string): string | undefined => {
  const value = record[key]
  return typeof value === "string" ? value : undefined
}

/** The value that the text spells as JSON, else the text itself: providers send tool arguments either way. */
export const parsed = (value: unknown): unknown => {
  if (typeof value !== "string") return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** The value as compact JSON text; undefined where it has none (a cycle, a bigint, nesting beyond the stack). */
export const jsonText = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** What to put at a place, from what stands there. */
export interface Edit {
  readonly at: Path
  readonly put: (old: unknown) => unknown
}

/** The value with its edits made: containers on the way to an edit are copied once each, all else is shared; no edit, same reference. */
export const edited = <T>(root: T, edits: Iterable<Edit>): T => {
  const copies = new Set<unknown>()
  const own = (value: unknown): unknown => {
    if (copies.has(value)) return value
    const copy = Array.isArray(value) ? value.slice() : isRecord(value) ? { ...value } : value
    copies.add(copy)
    return copy
  }
  let result: unknown = root
  for (const { at, put } of edits) {
    const last = at[at.length - 1]
    if (last === undefined) {
      result = put(result)
      continue
    }
    result = own(result)
    let container = result as Record<string | number, unknown>
    for (const key of at.slice(0, -1)) {
      container[key] = own(container[key])
      container = container[key] as Record<string | number, unknown>
    }
    container[last] = put(container[last])
  }
  return result as T
}

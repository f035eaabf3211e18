/**
 * What a change to a settings file means, on its value alone: every format's text is checked against this after it was edited, so that
 * no parser's or printer's mistake can reach a user's file.
 */

/** A value that JSON, TOML and YAML can all hold. */
export type Setting =
  | string
  | number
  | boolean
  | null
  | ReadonlyArray<Setting>
  | { readonly [key: string]: Setting | undefined }

/** Keys from the file's root. */
export type SettingPath = ReadonlyArray<string>

export type Edit =
  /** The value at the place, whatever stood there. */
  | { readonly _tag: "Set"; readonly at: SettingPath; readonly value: Setting }
  /** One more element of the list at the place. */
  | { readonly _tag: "Add"; readonly at: SettingPath; readonly value: Setting }

type Fields = { readonly [key: string]: unknown }

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Equal values, whatever the order of their keys; a key without value counts as missing. */
export const sameSetting = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => sameSetting(item, b[index]))
  if (!isFields(a) || !isFields(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => sameSetting(a[key], b[key]))
}

/** The value at the place, or undefined. */
export const settingAt = (root: unknown, at: SettingPath): unknown => {
  let value = root
  for (const key of at) value = isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return value
}

/** The value with another one at the place, where undefined takes the key out; undefined where something else than a table is in the way. */
const withSetting = (root: unknown, at: SettingPath, value: unknown): Fields | undefined => {
  const [key, ...rest] = at
  const table = root === undefined ? {} : root
  if (key === undefined || !isFields(table)) return undefined
  const inner = rest.length === 0 ? value : withSetting(settingAt(table, [key]), rest, value)
  if (inner === undefined && rest.length > 0) return undefined
  const { [key]: _, ...others } = table
  return inner === undefined ? others : { ...table, [key]: inner }
}

/** Whether the edit stands in the value. */
export const stands = (root: unknown, edit: Edit): boolean => {
  const found = settingAt(root, edit.at)
  if (edit._tag === "Set") return sameSetting(found, edit.value)
  return Array.isArray(found) && found.some((item) => sameSetting(item, edit.value))
}

/** The value once the edit is made; undefined where it cannot be. */
export const edited = (root: unknown, edit: Edit): Fields | undefined => {
  if (edit._tag === "Set") return withSetting(root, edit.at, edit.value)
  const found = settingAt(root, edit.at)
  if (found !== undefined && !Array.isArray(found)) return undefined
  return withSetting(root, edit.at, [...((found as ReadonlyArray<unknown> | undefined) ?? []), edit.value])
}

/** How many keys of the path lead to something. */
export const depthOf = (root: unknown, at: SettingPath): number => {
  let depth = 0
  while (depth < at.length && settingAt(root, at.slice(0, depth + 1)) !== undefined) depth++
  return depth
}

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isFields(value) && Object.values(value).every((it) => it === undefined)

/**
 * The value once the edit is taken back: what stood there before comes again, and tables that the edit made go where nothing else has
 * come into them; `depth` is `depthOf` the place before the edit. Undefined where the edit does not stand.
 */
export const reverted = (root: unknown, edit: Edit, prior: unknown, depth: number): Fields | undefined => {
  if (!stands(root, edit)) return undefined
  let value: Fields | undefined
  if (edit._tag === "Set") value = withSetting(root, edit.at, prior)
  else {
    const list = settingAt(root, edit.at) as ReadonlyArray<unknown>
    const place = list.findLastIndex((item) => sameSetting(item, edit.value))
    value = withSetting(
      root,
      edit.at,
      list.filter((_, index) => index !== place)
    )
  }
  for (let length = edit.at.length; length > depth; length--) {
    const at = edit.at.slice(0, length)
    if (isEmpty(settingAt(value, at))) value = withSetting(value, at, undefined)
  }
  return value
}

/** Two values as one: tables together, lists behind one another, and else the second. @example mergedSettings({ a: [1] }, { a: [2] }) // => { a: [1, 2] } */
export const mergedSettings = (a: unknown, b: unknown): unknown => {
  if (Array.isArray(a) && Array.isArray(b)) return (a as ReadonlyArray<unknown>).concat(b as ReadonlyArray<unknown>)
  if (!isFields(a) || !isFields(b)) return b
  const own = Object.entries(b).map(([key, value]) => [
    key,
    Object.hasOwn(a, key) ? mergedSettings(a[key], value) : value
  ])
  return { ...a, ...(Object.fromEntries(own) as Fields) }
}

/** YAML, edited by splices at the offsets of its syntax tree: printing the document anew would fold lines, move comments and change quotes. */
import { isMap, isPair, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from "yaml"
import type { Setting, SettingPath } from "../../domain/config-edit.ts"
import { eolOf, type Format, indentAt, type Parsed, type Unparsable } from "./format.ts"

const documentOf = (text: string) => parseDocument(text, { keepSourceTokens: true, logLevel: "silent" })

const rootOf = (text: string): YAMLMap | null | undefined => {
  const { contents, errors } = documentOf(text)
  if (errors.length > 0) return undefined
  if (contents === null || (isScalar(contents) && contents.value === null)) return null
  return isMap(contents) ? contents : undefined
}

interface Entry {
  readonly pair: Pair
  readonly map: YAMLMap
  /** From the key to the end of the value. */
  readonly start: number
  readonly end: number
  /** Where the value begins. */
  readonly value: number
}

const rangeOf = (node: unknown): readonly [number, number, number] | undefined =>
  typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)
    ? (node.range as [number, number, number])
    : undefined

const entryOf = (map: YAMLMap, key: string): Entry | undefined => {
  const pair = map.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key)
  const at = rangeOf(pair?.key)
  if (pair === undefined || at === undefined) return undefined
  const value = rangeOf(pair.value) ?? [at[1] + 1, at[1] + 1, at[1] + 1]
  return { pair, map, start: at[0], end: Math.max(at[1] + 1, value[1]), value: value[0] }
}

/** The innermost entries along the path, as far as they exist. */
const entriesAt = (root: YAMLMap, at: SettingPath): ReadonlyArray<Entry> => {
  const found: Array<Entry> = []
  let map: unknown = root
  for (const key of at) {
    const entry = isMap(map) ? entryOf(map, key) : undefined
    if (entry === undefined) break
    found.push(entry)
    map = entry.pair.value
  }
  return found
}

/** Lines of block style, each after the blanks. */
const blockLines = (key: string, value: Setting, indent: string, eol: string): string =>
  stringify({ [key]: value }, { lineWidth: 0, aliasDuplicateObjects: false })
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => `${indent}${line}${eol}`)
    .join("")

const nested = (keys: SettingPath, value: Setting): Setting =>
  keys.reduceRight((inner, key): Setting => ({ [key]: inner }), value)

/** Behind the line in which something ends. */
const behindLine = (text: string, end: number): number => {
  if (text[end - 1] === "\n") return end
  const next = text.indexOf("\n", end)
  return next === -1 ? text.length : next + 1
}

const putLines = (text: string, at: number, lines: string, eol: string): string =>
  `${text.slice(0, at)}${at === 0 || text[at - 1] === "\n" || text[at - 1] === "\ufeff" ? "" : eol}${lines}${text.slice(at)}`

const insertInto = (text: string, map: YAMLMap, key: string, value: Setting): string | undefined => {
  const eol = eolOf(text)
  const range = rangeOf(map)
  if (range === undefined) return undefined
  if (map.flow === true) {
    const close = range[1] - 1
    const put = `${JSON.stringify(key)}: ${JSON.stringify(value)}`
    const before = text.slice(0, close)
    const blanks = before.length - before.trimEnd().length
    const at = close - blanks
    const separator = map.items.length === 0 ? "" : text[at - 1] === "," ? " " : ", "
    return `${text.slice(0, at)}${separator}${put}${text.slice(at)}`
  }
  const first = map.items[0]
  const start = rangeOf(first?.key)?.[0]
  if (start === undefined) return undefined
  const lineStart = text.lastIndexOf("\n", start - 1) + 1
  const indent = text.slice(lineStart, start).replace("\ufeff", "")
  if (indent.trim() !== "") return undefined
  return putLines(text, behindLine(text, range[1]), blockLines(key, value, indent, eol), eol)
}

const setIn = (text: string, at: SettingPath, value: Setting): string | undefined => {
  const root = rootOf(text)
  if (root === undefined) return undefined
  const eol = eolOf(text)
  const [first = "", ...others] = at
  if (root === null) return putLines(text, text.length, blockLines(first, nested(others, value), "", eol), eol)
  const entries = entriesAt(root, at)
  const last = entries[entries.length - 1]
  const key = at[entries.length]
  if (last === undefined) return insertInto(text, root, first, nested(others, value))
  if (key === undefined) return replaced(text, last, at[at.length - 1] ?? "", value)
  const inner = last.pair.value
  const below = nested(at.slice(entries.length + 1), value)
  if (isMap(inner)) return insertInto(text, inner, key, below)
  // `key:` with nothing behind it
  const isNothing = inner === null || (isScalar(inner) && inner.value === null && last.end <= last.value)
  if (!isNothing || last.map.flow === true) return undefined
  const indent = `${indentAt(text, last.start)}  `
  return putLines(text, behindLine(text, last.end), blockLines(key, below, indent, eol), eol)
}

const replaced = (text: string, entry: Entry, key: string, value: Setting): string => {
  if (entry.map.flow === true) return text.slice(0, entry.value) + JSON.stringify(value) + text.slice(entry.end)
  const lines = blockLines(key, value, indentAt(text, entry.start), eolOf(text))
  const body = lines.slice(indentAt(text, entry.start).length)
  const ended = text[entry.end - 1] === "\n"
  return text.slice(0, entry.start) + (ended ? body : body.replace(/\r?\n$/, "")) + text.slice(entry.end)
}

/** The map without the entry; `{}` stands for one that is then empty. */
const without = (text: string, { map, start, end }: Entry): string | undefined => {
  if (map.flow === true) {
    const rest = /^\s*,\s*/.exec(text.slice(end))?.[0]
    if (rest !== undefined) return text.slice(0, start) + text.slice(end + rest.length)
    return text.slice(0, start).replace(/,?\s*$/, "") + text.slice(end)
  }
  const lineStart = text.lastIndexOf("\n", start - 1) + 1
  const from = text[lineStart] === "\ufeff" ? lineStart + 1 : lineStart
  if (text.slice(from, start).trim() !== "") return undefined
  if (map.items.length > 1) return text.slice(0, from) + text.slice(behindLine(text, end))
  const before = text.slice(0, from).replace(/[ \t]*\r?\n$/, "")
  return from === 0
    ? text.slice(behindLine(text, end))
    : `${before} {}${text.slice(before.length, from)}${text.slice(behindLine(text, end))}`
}

const unsetIn = (text: string, at: SettingPath, depth: number): string | undefined => {
  const root = rootOf(text)
  if (root === undefined || root === null) return undefined
  const entries = entriesAt(root, at)
  if (entries.length < at.length) return undefined
  // The outermost table that the edit made and nobody else uses goes as a whole.
  let place = entries.length - 1
  while (place > depth && entries[place]?.map.items.length === 1) place--
  const entry = entries[place]
  return entry === undefined ? undefined : without(text, entry)
}

/** `key:` with nothing behind it is a table without entries. */
const withTables = (value: unknown): unknown => {
  if (value === null || value === undefined) return {}
  if (Array.isArray(value)) return value.map(withTables)
  if (typeof value !== "object") return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withTables(inner)]))
}

export const yaml: Format = {
  parse: (text): Parsed | Unparsable => {
    const document = documentOf(text)
    const [error] = document.errors
    if (error !== undefined)
      return { _tag: "Unparsable", line: error.linePos?.[0].line ?? 1, what: error.message.split("\n")[0] ?? "" }
    const value = withTables(document.toJS())
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return { _tag: "Unparsable", line: 1, what: "a table of settings is expected" }
    return { _tag: "Parsed", value }
  },
  sourceAt: (text, at) => {
    const root = rootOf(text)
    const entries = root === undefined || root === null ? [] : entriesAt(root, at)
    const entry = entries[at.length - 1]
    return entry === undefined ? undefined : text.slice(entry.start, entry.end)
  },
  edited: (text, edit) => (edit._tag === "Add" ? undefined : setIn(text, edit.at, edit.value)),
  reverted: (text, edit, prior, depth) => {
    if (prior === undefined) return unsetIn(text, edit.at, depth)
    const root = rootOf(text)
    const entry = root === undefined || root === null ? undefined : entriesAt(root, edit.at)[edit.at.length - 1]
    if (entry === undefined) return undefined
    // A block ends with its line break, a value within a line before it.
    const eol = text[entry.end - 1] === "\n" ? eolOf(text) : ""
    return text.slice(0, entry.start) + prior.replace(/\r?\n$/, "") + eol + text.slice(entry.end)
  }
}

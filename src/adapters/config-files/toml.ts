/**
 * TOML, edited line by line at the offsets of its statements; a parser of its own says whether the text is valid, before and after.
 *
 * toml-edit-js cannot take a key out, and its 300 kB of WebAssembly would have to ship beside the command.
 */
import { parse, TomlDate, TomlError } from "smol-toml"
import type { Setting, SettingPath } from "../../domain/config-edit.ts"
import { eolOf, type Format, type Parsed, type Unparsable } from "./format.ts"
import { type Statement, statementsIn } from "./toml-statements.ts"

/** Dates as their text, so that values compare by what they say. */
const plain = (value: unknown): unknown => {
  if (value instanceof TomlDate) return value.toISOString()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

const keyText = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key))

/** A value within a line; undefined where TOML has none such. */
const printed = (value: Setting): string | undefined => {
  if (value === null) return undefined
  // JSON's escapes are TOML's.
  if (typeof value !== "object") return JSON.stringify(value)
  const parts: Array<string> = []
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue
    const text = printed(inner)
    if (text === undefined) return undefined
    parts.push(Array.isArray(value) ? text : `${keyText(key)} = ${text}`)
  }
  return Array.isArray(value) ? `[${parts.join(", ")}]` : parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`
}

const pairLine = (key: string, value: Setting): string | undefined => {
  const text = printed(value)
  return text === undefined ? undefined : `${keyText(key)} = ${text}`
}

const isTable = (value: Setting): value is { readonly [key: string]: Setting | undefined } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The table as a header with its pairs. */
const blockOf = (at: SettingPath, value: { readonly [key: string]: Setting | undefined }, eol: string) => {
  const lines = [`[${at.map(keyText).join(".")}]`]
  for (const [key, inner] of Object.entries(value)) {
    const line = inner === undefined ? "" : pairLine(key, inner)
    if (line === undefined) return undefined
    if (line !== "") lines.push(line)
  }
  return `${lines.join(eol)}${eol}`
}

const startsWith = (path: ReadonlyArray<string>, start: SettingPath): boolean =>
  start.every((key, index) => path[index] === key)
const isSame = (a: ReadonlyArray<string>, b: SettingPath): boolean => a.length === b.length && startsWith(a, b)

/** What sets the place and all below it; undefined where a header opens one of several tables on the way, or none does. */
const statementsOf = (text: string, at: SettingPath): ReadonlyArray<Statement> | undefined => {
  const own = statementsIn(text).filter(({ path }) => startsWith(path, at))
  return own.length === 0 || own.some(({ table }) => table?.isElement === true) ? undefined : own
}

const withEnd = (text: string, eol: string): string => (text === "" || text.endsWith("\n") ? text : text + eol)

/** A block of lines at the end, a blank line before it. */
const appended = (text: string, block: string | undefined): string | undefined => {
  if (block === undefined) return undefined
  const eol = eolOf(text)
  const before = withEnd(text, eol)
  return before === "" || before === "\ufeff" ? before + block : `${before}${eol}${block}`
}

const insertedAt = (text: string, at: number, line: string): string => {
  const eol = eolOf(text)
  const before = at > 0 && text[at - 1] !== "\n" && text[at - 1] !== "\ufeff" ? eol : ""
  return `${text.slice(0, at)}${before}${line}${eol}${text.slice(at)}`
}

/** A pair among the others of its table. */
const setPair = (text: string, at: SettingPath, value: Setting): string | undefined => {
  const line = pairLine(at[at.length - 1] ?? "", value)
  if (line === undefined) return undefined
  const tablePath = at.slice(0, -1)
  const all = statementsIn(text)
  const old = all.find(({ path, value: place }) => place !== undefined && isSame(path, at))
  if (old?.value !== undefined) return text.slice(0, old.value[0]) + printed(value) + text.slice(old.value[1])
  const within = all.filter(({ table }) =>
    tablePath.length === 0
      ? table === undefined
      : table !== undefined && !table.isElement && isSame(table.path, tablePath)
  )
  const last = within[within.length - 1]
  if (last !== undefined) return insertedAt(text, last.lines[1], line)
  if (tablePath.length === 0) return insertedAt(text, text.startsWith("\ufeff") ? 1 : 0, line)
  return appended(text, blockOf(tablePath, { [at[at.length - 1] ?? ""]: value }, eolOf(text)))
}

/** The lines of some statements taken out, and the blank line before the first where nothing is left to set apart. */
const withoutLines = (text: string, own: ReadonlyArray<Statement>): string => {
  let out = text.slice(0, own[0]?.lines[0] ?? 0)
  const rest = own.map(({ lines }, index) => text.slice(lines[1], own[index + 1]?.lines[0] ?? text.length)).join("")
  const opensBlock = own[0]?.value === undefined
  if (opensBlock && (rest === "" || /^\r?\n/.test(rest))) out = out.replace(/(\n)\r?\n$/, "$1")
  return out + rest
}

/** The span from the first of the statements to the last, where they follow each other; what stands between goes with them. */
const spanOf = (text: string, own: ReadonlyArray<Statement>): readonly [from: number, to: number] | undefined => {
  const from = own[0]?.lines[0] ?? 0
  const to = own[own.length - 1]?.lines[1] ?? 0
  const within = statementsIn(text).filter(({ lines }) => lines[0] >= from && lines[1] <= to)
  return within.length === own.length ? [from, to] : undefined
}

const withBlock = (text: string, own: ReadonlyArray<Statement>, block: string): string | undefined => {
  const span = spanOf(text, own)
  return span === undefined ? undefined : text.slice(0, span[0]) + block + text.slice(span[1])
}

/** Headers on the way with no pair under them, taken out where they say nothing: below the depth, or beside others of their table. */
const withoutEmpty = (text: string, at: SettingPath, depth: number): string => {
  let out = text
  for (let length = at.length - 1; length > 0; length--) {
    const path = at.slice(0, length)
    const own = statementsOf(out, path) ?? []
    const headers = own.filter((each) => each.value === undefined && isSame(each.path, path))
    const isBare = own.every(({ table, value }) => value === undefined || !headers.some((each) => each.table === table))
    if (headers.length > 0 && isBare && (length > depth || own.length > headers.length))
      out = withoutLines(out, headers)
  }
  return out
}

const setTable = (
  text: string,
  at: SettingPath,
  value: { readonly [key: string]: Setting | undefined }
): string | undefined => {
  const block = blockOf(at, value, eolOf(text))
  const own = statementsOf(text, at)
  if (own === undefined) return appended(text, block)
  return block === undefined ? undefined : withBlock(text, own, block)
}

export const toml: Format = {
  parse: (text): Parsed | Unparsable => {
    try {
      const body = text.startsWith("\ufeff") ? text.slice(1) : text
      return { _tag: "Parsed", value: plain(parse(body, { integersAsBigInt: "asNeeded" })) }
    } catch (error) {
      if (!(error instanceof TomlError)) throw error
      return { _tag: "Unparsable", line: error.line, what: (error.message.split("\n")[0] ?? "").replace(/:$/, "") }
    }
  },
  sourceAt: (text, at) => {
    const own = statementsOf(text, at)
    const [first] = own ?? []
    if (own === undefined || first === undefined) return undefined
    if (own.length === 1 && first.value !== undefined && isSame(first.path, at))
      return text.slice(first.value[0], first.value[1])
    const span = spanOf(text, own)
    return span === undefined ? undefined : text.slice(...span)
  },
  edited: (text, edit) => {
    if (edit._tag === "Add") return undefined
    const isPair = statementsIn(text).some(({ path, value }) => value !== undefined && isSame(path, edit.at))
    return isTable(edit.value) && !isPair ? setTable(text, edit.at, edit.value) : setPair(text, edit.at, edit.value)
  },
  reverted: (text, edit, prior, depth) => {
    const own = statementsOf(text, edit.at)
    const [first] = own ?? []
    if (own === undefined || first === undefined) return undefined
    if (prior === undefined) return withoutEmpty(withoutLines(text, own), edit.at, depth)
    if (first.value !== undefined && isSame(first.path, edit.at))
      return text.slice(0, first.value[0]) + prior + text.slice(first.value[1])
    return withBlock(text, own, withEnd(prior, eolOf(text)))
  }
}

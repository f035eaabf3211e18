/**
 * JSON and JSON with comments, edited by splices at the offsets of its syntax tree: jsonc-parser's own `modify` prints the neighbours anew,
 * turns tabs to blanks and moves comments to other lines.
 */
import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser"
import { type Edit, sameSetting, type Setting, type SettingPath } from "../../domain/config-edit.ts"
import { beginsLine, eolOf, type Format, indentAt, lineOf, type Parsed, type Unparsable } from "./format.ts"
import { insertItem, type Box, removeItem } from "./json-items.ts"

const BOM = "\ufeff"

/** The text without its byte-order mark, and the mark. */
const split = (text: string): readonly [mark: string, body: string] =>
  text.startsWith(BOM) ? [BOM, text.slice(1)] : ["", text]

const treeOf = (body: string): Node | Unparsable => {
  const errors: Array<ParseError> = []
  const root = parseTree(body, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error !== undefined)
    return { _tag: "Unparsable", line: lineOf(body, error.offset), what: printParseErrorCode(error.error) }
  if (root?.type !== "object") return { _tag: "Unparsable", line: 1, what: "an object is expected" }
  return root
}

const isNode = (tree: Node | Unparsable): tree is Node => "type" in tree

const valueOf = (node: Node): unknown => {
  if (node.type === "array") return (node.children ?? []).map(valueOf)
  if (node.type !== "object") return node.value as unknown
  // The last of doubled keys counts, as for JSON.parse; "__proto__" is a key like any other.
  return Object.fromEntries(propertiesOf(node).map(({ key, value }) => [key, valueOf(value)]))
}

interface Property {
  readonly key: string
  readonly value: Node
  readonly node: Node
}

const propertiesOf = (node: Node): ReadonlyArray<Property> =>
  (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? []
    return key === undefined || value === undefined ? [] : [{ key: String(key.value), value, node: property }]
  })

/** The property of that name; undefined where there is none, or more than one, so that nobody can say which is meant. */
const propertyOf = (node: Node, key: string): Property | undefined => {
  const [found, ...others] = propertiesOf(node).filter((property) => property.key === key)
  return others.length === 0 ? found : undefined
}

const nodeAt = (root: Node, at: SettingPath): Node | undefined => {
  let node: Node | undefined = root
  for (const key of at) node = node?.type === "object" ? propertyOf(node, key)?.value : undefined
  return node
}

const boxOf = (node: Node): Box => ({
  open: node.offset + 1,
  close: node.offset + node.length - 1,
  items: (node.children ?? []).map((child) => ({ start: child.offset, end: child.offset + child.length }))
})

/** The blanks of one level: the first property on a line of its own has them. */
const unitOf = (text: string): string => /^([ \t]+)"/m.exec(text)?.[1] ?? "  "

const printed = (value: Setting, unit: string, indent: string, eol: string): string =>
  JSON.stringify(value, null, unit).replaceAll("\n", `${eol}${indent}`)

/** An item as it stands on lines of its own, or within a line. */
const itemFor = (body: string, key: string | undefined, value: Setting) => {
  const colon = /":(?!\s)/.test(body) ? ":" : ": "
  const name = key === undefined ? "" : `${JSON.stringify(key)}${colon}`
  const unit = unitOf(body)
  return {
    unit,
    eol: eolOf(body),
    onLine: (indent: string) => `${name}${printed(value, unit, indent, eolOf(body))}`,
    inLine: `${name}${JSON.stringify(value)}`
  }
}

/** A value below keys that do not exist yet. */
const nested = (keys: SettingPath, value: Setting): Setting =>
  keys.reduceRight((inner, key): Setting => ({ [key]: inner }), value)

const setIn = (body: string, root: Node, at: SettingPath, value: Setting): string | undefined => {
  let node = root
  for (const [depth, key] of at.entries()) {
    if (node.type !== "object") return undefined
    const property = propertyOf(node, key)
    if (property === undefined) {
      if (propertiesOf(node).some((other) => other.key === key)) return undefined
      return insertItem(body, boxOf(node), itemFor(body, key, nested(at.slice(depth + 1), value)))
    }
    node = property.value
  }
  const indent = indentAt(body, node.offset)
  const isLine = beginsLine(body, node.parent?.offset ?? node.offset)
  const text = isLine ? printed(value, unitOf(body), indent, eolOf(body)) : JSON.stringify(value)
  return body.slice(0, node.offset) + text + body.slice(node.offset + node.length)
}

const addIn = (body: string, root: Node, at: SettingPath, value: Setting): string | undefined => {
  const list = nodeAt(root, at)
  if (list === undefined) return setIn(body, root, at, [value])
  return list.type === "array" ? insertItem(body, boxOf(list), itemFor(body, undefined, value)) : undefined
}

/** Takes out the property at the place. */
const unsetIn = (body: string, root: Node, at: SettingPath): string | undefined => {
  const parent = nodeAt(root, at.slice(0, -1))
  const property = parent?.type === "object" ? propertyOf(parent, at[at.length - 1] ?? "") : undefined
  if (parent === undefined || property === undefined) return undefined
  return removeItem(body, boxOf(parent), (parent.children ?? []).indexOf(property.node))
}

/** Takes out what an edit put there. */
const takenBack = (body: string, root: Node, edit: Edit, prior: string | undefined): string | undefined => {
  const node = nodeAt(root, edit.at)
  if (node === undefined) return undefined
  if (edit._tag === "Add") {
    const place = (node.children ?? []).findLastIndex((item) => sameSetting(valueOf(item), edit.value))
    return node.type === "array" && place !== -1 ? removeItem(body, boxOf(node), place) : undefined
  }
  if (prior !== undefined) return body.slice(0, node.offset) + prior + body.slice(node.offset + node.length)
  return unsetIn(body, root, edit.at)
}

/** Tables below the depth that hold nothing any more, taken out from the innermost outwards. */
const withoutEmpty = (text: string, at: SettingPath, depth: number): string => {
  let body = text
  for (let length = at.length; length > depth; length--) {
    const root = treeOf(body)
    const node = isNode(root) ? nodeAt(root, at.slice(0, length)) : undefined
    if (isNode(root) && node !== undefined && node.children?.length === 0)
      body = unsetIn(body, root, at.slice(0, length)) ?? body
  }
  return body
}

const onBody = (text: string, use: (body: string, root: Node) => string | undefined): string | undefined => {
  const [mark, body] = split(text)
  const whole = body.trim() === "" ? `{}${eolOf(body)}` : body
  const root = treeOf(whole)
  const result = isNode(root) ? use(whole, root) : undefined
  return result === undefined ? undefined : mark + result
}

export const json: Format = {
  parse: (text): Parsed | Unparsable => {
    const [, body] = split(text)
    if (body.trim() === "") return { _tag: "Parsed", value: {} }
    const root = treeOf(body)
    return isNode(root) ? { _tag: "Parsed", value: valueOf(root) } : root
  },
  sourceAt: (text, at) => {
    const [, body] = split(text)
    const root = treeOf(body)
    const node = isNode(root) ? nodeAt(root, at) : undefined
    return node === undefined ? undefined : body.slice(node.offset, node.offset + node.length)
  },
  edited: (text, edit) =>
    onBody(text, (body, root) =>
      edit._tag === "Set" ? setIn(body, root, edit.at, edit.value) : addIn(body, root, edit.at, edit.value)
    ),
  reverted: (text, edit, prior, depth) =>
    onBody(text, (body, root) => {
      const without = takenBack(body, root, edit, prior)
      return without === undefined ? undefined : withoutEmpty(without, edit.at, depth)
    })
}

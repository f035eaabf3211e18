/**
 * An outline from a syntax tree: the nodes that declare something, found in one pass inside the parser, and the lines that they take.
 *
 * Where the source could not be parsed, as in a part of a file, what its lines look like is taken besides.
 */
import type { Node } from "web-tree-sitter"
import type { Language } from "../../compressors/code/language.ts"
import { outlineOfLines } from "../../compressors/code/scan.ts"
import type { Declaration, DeclarationKind, LineSpan, Outline } from "../../domain/outline.ts"
import { type Role, syntaxOf } from "./syntax.ts"

/** Longer names are expressions. */
const MAX_NAME = 120
/** Declarations within declarations. */
const MAX_DEPTH = 40

const FUNCTIONS = new Set([
  "arrow_function",
  "function_expression",
  "generator_function",
  "lambda_expression",
  "anonymous_function"
])

const fieldOf = (node: Node, ...names: ReadonlyArray<string>): Node | null => {
  for (const name of names) {
    const found = node.childForFieldName(name)
    if (found !== null) return found
  }
  return null
}

const bodyOf = (node: Node): Node | null => fieldOf(node, "body", "accessors", "computed_value")

/** The function that a value is, or that a call is given last. */
const functionIn = (value: Node | null): Node | null => {
  if (value === null || FUNCTIONS.has(value.type)) return value
  if (value.type !== "call_expression") return null
  const last = value.childForFieldName("arguments")?.namedChildren.at(-1)
  return last !== undefined && FUNCTIONS.has(last.type) ? last : null
}

/** The nodes around a name and the name itself: the stars, parameters and parentheses of a C declarator. */
const declaratorsOf = (node: Node): ReadonlyArray<Node> => {
  const found: Array<Node> = []
  let at: Node | null = fieldOf(node, "name", "declarator", "key", "property", "left", "type")
  for (let depth = 0; at !== null && depth < 8; depth++) {
    found.push(at)
    at = fieldOf(at, "declarator", "name")
  }
  return found
}

/** The node's own name. */
const nameOf = (node: Node): string => {
  const at = declaratorsOf(node).at(-1)
  // A constructor in a part of a class looks like a method whose name is missing.
  const own = at?.text ?? ""
  const text = own === "" ? (node.childForFieldName("type")?.text ?? "") : own
  return text.length <= MAX_NAME && !text.includes("\n") ? text : ""
}

/** What a node declares. `body`: what begins behind the head. */
interface Found {
  readonly kind: DeclarationKind
  readonly name: string
  readonly body: Node | null
  /** A call that is given a function: the calls in it count too, as tests within a suite do. */
  readonly isCall?: boolean
  /** A call whose first argument is data: it does something where it stands, and names no test. */
  readonly isRun?: boolean
  /** A call that says something of the class that it stands in. */
  readonly isMember?: boolean
  /** A value among others of one declaration. */
  readonly isEntry?: boolean
  /** The last row of what a value is called and of its type; its first where that is all. */
  readonly row?: number
}

const spansLines = (node: Node): boolean => node.startPosition.row < node.endPosition.row

/** Calls that make other files' names known, and accessors. */
const IMPORTS = /^(?:require(?:_relative)?|load|include|extend|prepend|using|attr_(?:reader|writer|accessor))\b/
const isRequire = (value: Node | null): boolean =>
  value !== null && /^(?:await )?(?:require|import)\(/.test(value.text.slice(0, 16))

/** What holds the name of a field in grammars that do not name it as such. */
const NAMED = /^(?:variable_declaration|property_element|const_element)$/

/** Where a value's name, its parameters and its type end: decorators may stand before, types take lines. */
const lastRow = (node: Node): number => {
  const declarators = declaratorsOf(node)
  const name = declarators.at(-1)
  if (name === undefined) return node.namedChildren.find(({ type }) => NAMED.test(type))?.startPosition.row ?? 0
  const ends = [name, declarators.find(({ type }) => type === "function_declarator"), node.childForFieldName("type")]
  return Math.max(...ends.map((end) => end?.endPosition.row ?? 0))
}

/** A value, a module's import, or a function or class that is given a name. */
const assigned = (name: string, value: Node | null): Found => {
  const made = functionIn(value)
  if (made !== null) return { kind: "function", name, body: bodyOf(made) }
  if (value?.type === "class") return { kind: "container", name, body: bodyOf(value) }
  return { kind: isRequire(value) ? "import" : "value", name, body: null }
}

/** A call with a block or a function behind its other arguments: a route, a test, a hook. */
const readCall = (node: Node): Found | undefined => {
  if (node.type === "call") {
    if (node.childForFieldName("receiver") === null && IMPORTS.test(node.text.slice(0, 20)))
      return { kind: "import", name: "", body: null }
    const block = node.childForFieldName("block")
    if (block !== null && spansLines(block))
      return { kind: "function", name: "", body: bodyOf(block) ?? block, isCall: true }
    const isMember = node.childForFieldName("receiver") === null && node.childForFieldName("arguments") !== null
    return isMember ? { kind: "value", name: "", body: null, isMember } : undefined
  }
  const expression = node.namedChildren[0] ?? null
  if (expression?.type === "assignment_expression")
    return assigned(nameOf(expression), expression.childForFieldName("right"))
  const given = expression?.type === "call_expression" ? functionIn(expression) : null
  if (given === null || !spansLines(given)) return undefined
  const first = expression?.childForFieldName("arguments")?.namedChildren[0]
  const isRun = first?.type === "object" || first?.type === "array"
  return { kind: "function", name: "", body: bodyOf(given), isCall: true, isRun }
}

const readAssignment = (node: Node): Found | undefined => {
  const found = assigned(nameOf(node), node.childForFieldName("value"))
  // The entries of an object are its value.
  if (node.type === "pair" && found.kind !== "function") return undefined
  return found.kind === "value" ? { ...found, row: lastRow(node) } : found
}

const read = (node: Node, role: Exclude<Role, "wrapper">): Found | undefined => {
  if (role === "call") return readCall(node)
  if (role === "assignment") return readAssignment(node)
  if (role === "import") return { kind: role, name: "", body: null }
  if (role === "entry") return { kind: "value", name: nameOf(node), body: null, isEntry: true, row: lastRow(node) }
  const body = bodyOf(node)
  // `struct point p`: a use, no declaration.
  if (role === "type" && body === null && node.type.endsWith("_specifier")) return undefined
  const name = nameOf(node)
  if (node.type === "function_expression" && name === "") return undefined
  return role === "value" ? { kind: role, name, body, row: lastRow(node) } : { kind: role, name, body }
}

/** What encloses the node that is read. */
interface Open extends Found {
  readonly endIndex: number
  readonly begins: number
}

/** Whether what was found is a declaration of its own within what is open. */
const counts = (found: Found, node: Node, open: ReadonlyArray<Open>): boolean => {
  const { kind, isCall, isRun, isMember, isEntry } = found
  const within = open.at(-1)
  if (isMember === true && within?.kind !== "container") return false
  if (within === undefined) return true
  if (open.length >= MAX_DEPTH || within.kind === "import") return false
  const enclosing = open.filter((outer) => outer.kind === "function")
  if (enclosing.length > 0 && (kind === "value" || kind === "import")) return false
  if (isCall === true && enclosing.some((outer) => isRun === true || outer.isCall !== true)) return false
  // `typedef struct { … } point`, `const a = { b: 1 }`: one declaration.
  if (kind === "function") return true
  if (within.begins === node.startPosition.row) return false
  return isEntry === true || !(within.kind === "value" && kind === "value")
}

/** Whether nothing but blanks stands before the node on its line. */
const opensLine = (node: Node, lines: ReadonlyArray<string>): boolean =>
  (lines[node.startPosition.row] ?? "").slice(0, node.startPosition.column).trim() === ""

const rowAfter = (node: Node): number => node.endPosition.row + (node.endPosition.column === 0 ? 0 : 1)

const headEnd = (found: Found, from: number, end: number, lines: ReadonlyArray<string>): number => {
  const { kind, body } = found
  if (kind === "import") return end
  if (kind === "value" && body === null) return Math.min(end, Math.max(from, found.row ?? from) + 1)
  if (body === null) return end
  const { row } = body.startPosition
  return Math.min(end, row > from && opensLine(body, lines) ? row : row + 1)
}

const spanned = (found: Found, from: number, end: number, depth: number, lines: ReadonlyArray<string>): Declaration => {
  const to = headEnd(found, from, end, lines)
  const body: LineSpan | undefined = to < end ? [to, end] : undefined
  return { kind: found.kind, name: found.name, depth, head: [from, to], body }
}

/** Decorators or `export` before a declaration that ends where they end. */
interface Wrapper {
  readonly row: number
  readonly endIndex: number
}

/** A semicolon may stand behind what is wrapped. */
const endsWith = (wrapper: Wrapper | undefined, node: Node): wrapper is Wrapper =>
  wrapper !== undefined && node.endIndex <= wrapper.endIndex && node.endIndex + 2 >= wrapper.endIndex

/** The declarations under the node. */
const declarationsUnder = (root: Node, language: Language, lines: ReadonlyArray<string>): Outline => {
  const roles = syntaxOf(language)
  const out: Array<Declaration> = []
  const open: Array<Open> = []
  let wrapper: Wrapper | undefined
  for (const node of root.descendantsOfType([...roles.keys()])) {
    while (open.length > 0 && (open.at(-1) as Open).endIndex <= node.startIndex) open.pop()
    const role = roles.get(node.type) as Role
    const { row } = node.startPosition
    const end = Math.max(row + 1, rowAfter(node))
    if (role === "wrapper") {
      wrapper = { row: endsWith(wrapper, node) ? wrapper.row : row, endIndex: node.endIndex }
      if (node.childForFieldName("declaration") === null && node.type === "export_statement") {
        const isList = !spansLines(node) || node.namedChildren.some(({ type }) => type === "export_clause")
        out.push(spanned({ kind: isList ? "import" : "value", name: "", body: null }, row, end, open.length, lines))
      }
      continue
    }
    const found = read(node, role)
    if (found === undefined || !counts(found, node, open)) continue
    const from = endsWith(wrapper, node) ? wrapper.row : row
    wrapper = undefined
    out.push(spanned(found, from, end, open.length, lines))
    open.push({ ...found, endIndex: node.endIndex, begins: row })
  }
  return out
}

/** A type without bodies that run is all declaration: its lines are one head. */
const wholeTypes = (outline: Outline): Outline =>
  outline.map((declaration, at) => {
    const { kind, head, body } = declaration
    if (kind !== "type" || body === undefined) return declaration
    for (let inner = at + 1; (outline[inner]?.head[0] ?? body[1]) < body[1]; inner++)
      if (outline[inner]?.kind === "function" && outline[inner]?.body !== undefined)
        return { ...declaration, kind: "container" }
    return { ...declaration, head: [head[0], body[1]], body: undefined }
  })

const isIndented = (lines: ReadonlyArray<string>): boolean => /^\s/.test(lines.find((line) => line.trim() !== "") ?? "")

/** Lines that the outline accounts for: heads, and bodies that run. */
const heldBy = (outline: Outline, count: number): Uint8Array => {
  const held = new Uint8Array(count)
  for (const { kind, head, body } of outline) {
    held.fill(1, ...head)
    if (body !== undefined && kind === "function") held.fill(1, ...body)
  }
  return held
}

/** The outline of a part, or of what cannot be parsed, with what its other lines look like. */
const completed = (outline: Outline, root: Node, lines: ReadonlyArray<string>): Outline => {
  if (!root.hasError && !isIndented(lines)) return outline
  const held = heldBy(outline, lines.length)
  const others = outlineOfLines(lines).filter(({ head }) => held[head[0]] === 0)
  return [...outline, ...others].sort((a, b) => a.head[0] - b.head[0])
}

/** What a source in the language declares. */
export const outlineOf = (root: Node, language: Language, source: string): Outline => {
  const lines = source.split("\n")
  return wholeTypes(completed(declarationsUnder(root, language, lines), root, lines))
}

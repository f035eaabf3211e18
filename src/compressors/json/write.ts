/**
 * Writes JSON in the table notation (notation.ts).
 *
 * Two passes, because which texts are worth a name is known only when it is known what stands in cells: the first lays the document
 * out in pieces and leaves slots for strings and repeated containers, the second chooses names and fills the slots.
 */
import {
  FIRST_LINE,
  FIRST_LINE_OF_LINES,
  isBare,
  isBareKey,
  isBareRest,
  isBareText,
  LEGEND,
  nameOf
} from "./notation.ts"
import { Beginnings, chooseNames } from "./names.ts"
import { ARRAY, childrenOf, type Json, keyOf, lexemesOf, OBJECT, STRING, type Value } from "./scan.ts"
import { type Group, infer, keepsOrder, REPEATED_LENGTH, type Repeats, repeatsOf, type Schema } from "./schema.ts"

/** Nesting beyond which a document is left as JSON, so that recursion here is bounded. */
export const MAX_DEPTH = 200
/** Values looked at for tables, as a multiple of all values, so that the cost stays linear. */
const EFFORT = 8
/** A table must be this much shorter than the JSON that it stands for. */
const WORTH = 0.93
/** Strings shorter than this are never named. */
const NAMED_LENGTH = 8
/** Stands behind a gap in a list until it is known how the list's items are split. */
const GAP_MARK = "\u0000"
/** A list that is longer stands one item a line. */
const INLINE_LENGTH = 100

/**
 * How many units are hidden before the row or member that begins at an offset, before the closing bracket there, or before the closing
 * quote there.
 */
export type Gaps = ReadonlyMap<number, number>

const NO_GAPS: Gaps = new Map()

type Piece = string | Slot

type Slot =
  | { readonly _tag: "Text"; readonly body: string; readonly plain: string }
  | { readonly _tag: "Container"; readonly entry: Entry }

/** A container that occurs again. */
interface Entry {
  uses: number
  pieces: Array<Piece>
}

/** The document in table notation, or undefined where it holds no table. */
export const writeTable = (json: Json, gaps: Gaps = NO_GAPS): string | undefined => {
  if (json.depth > MAX_DEPTH) return undefined
  const writer = new Writer(json, gaps)
  return writer.document()
}

class Writer {
  private pieces: Array<Piece> = []
  private readonly repeats: Repeats
  private readonly entries = new Map<string, Entry>()
  private readonly uses = new Set<keyof typeof LEGEND>()
  private readonly json: Json
  private readonly gaps: Gaps
  private effort: number
  /** No table may begin here: a header is one line. */
  private isHeader = false

  constructor(json: Json, gaps: Gaps) {
    this.json = json
    this.gaps = gaps
    if (gaps.size > 0) this.uses.add("gap")
    this.repeats = repeatsOf(json)
    this.effort = EFFORT * json.kind.length + 100
  }

  document(): string | undefined {
    const { roots } = this.json
    if (roots.length === 1) {
      this.value(roots[0] as Value)
      return this.print(FIRST_LINE)
    }
    const schema = infer(this.json, this.repeats, roots, roots.length)
    if (schema._tag === "Constant") return undefined
    this.header(schema, "")
    for (const root of roots) {
      this.put("\n")
      this.gapBefore(root, "\n")
      const start = this.pieces.length
      this.item(schema, root, undefined)
      // A newline at the end of the text is no row.
      if (this.pieces.length === start) this.exception(root)
    }
    const rest = this.gaps.get(this.json.compact.length)
    if (rest !== undefined) this.put(`\n…${rest}`)
    return this.print(FIRST_LINE_OF_LINES)
  }

  private put(text: string): void {
    this.pieces.push(text)
  }

  /** What is hidden before the value, followed by `mark`. */
  private gapBefore(value: Value, mark: string): void {
    const key = this.json.key[value] as number
    const count = this.gaps.get(key === -1 ? (this.json.start[value] as number) : key)
    if (count !== undefined) this.put(`…${count}${mark}`)
  }

  /** How much is hidden at the end of a container or string, as it is printed. */
  private gapAtEnd(value: Value): string {
    const count = this.gaps.get((this.json.end[value] as number) - 1)
    return count === undefined ? "" : `…${count}`
  }

  // Values as JSON, with tables inside.

  private value(value: Value): void {
    const { json } = this
    const kind = json.kind[value] as number
    if (kind === STRING) return this.text(value, false)
    const length = (json.end[value] as number) - (json.start[value] as number)
    if (kind < ARRAY || length < REPEATED_LENGTH[0]) return this.put(lexemesOf(json, value))
    const lexemes = length <= REPEATED_LENGTH[1] ? lexemesOf(json, value) : ""
    if (lexemes !== "" && this.gaps.size === 0 && (this.repeats.get(lexemes) ?? 0) > 1)
      return this.repeated(lexemes, value)
    this.container(value)
  }

  private repeated(lexemes: string, value: Value): void {
    let entry = this.entries.get(lexemes)
    if (entry === undefined) {
      const outer = this.pieces
      this.pieces = []
      this.container(value)
      entry = { uses: 0, pieces: this.pieces }
      this.pieces = outer
      this.entries.set(lexemes, entry)
    }
    entry.uses++
    this.pieces.push({ _tag: "Container", entry })
  }

  private container(value: Value): void {
    const { json } = this
    if (this.table(value)) return
    const isObject = json.kind[value] === OBJECT
    let separator = isObject ? "{" : "["
    for (const child of childrenOf(json, value)) {
      this.put(separator)
      this.gapBefore(child, ",")
      if (isObject) this.put(`${keyOf(json, child)}:`)
      this.value(child)
      separator = ","
    }
    const gap = this.gapAtEnd(value)
    if (separator !== "," || gap !== "") this.put(separator + gap)
    this.put(isObject ? "}" : "]")
  }

  /** Writes the container as a table where that is shorter. */
  private table(value: Value): boolean {
    const { json } = this
    const size = (json.next[value] as number) - value
    if (this.isHeader || this.effort < size) return false
    const isObject = json.kind[value] === OBJECT
    const children = childrenOf(json, value)
    if (children.length < (isObject ? 3 : 2)) return false
    this.effort -= size
    const schema = infer(json, this.repeats, children, children.length)
    if (schema._tag === "Constant" || schema._tag === "List" || schema._tag === "Cell") return false
    if (schema._tag === "Default" || (schema._tag === "Pattern" && children.length < 5)) return false
    const outer = this.pieces
    this.pieces = []
    this.put(isObject ? "{\n" : "[\n")
    if (isObject) this.put("<key>,")
    this.header(schema, "")
    this.put("\n")
    for (const child of children) {
      this.gapBefore(child, "\n")
      if (isObject) this.put(`${keyCell(keyOf(json, child))},`)
      this.item(schema, child, undefined)
      this.put("\n")
    }
    const gap = this.gapAtEnd(value)
    if (gap !== "") this.put(`${gap}\n`)
    this.put(isObject ? "}" : "]")
    const inner = this.pieces
    this.pieces = outer
    const length = (json.end[value] as number) - (json.start[value] as number)
    if (lengthOf(inner) > WORTH * length) return false
    for (const piece of inner) outer.push(piece)
    return true
  }

  // Headers.

  private header(schema: Schema, brace: string): void {
    if (schema._tag !== "Group") {
      if (schema._tag === "Again") return this.put("^")
      this.put("<value>")
      return this.qualifier(schema)
    }
    this.put(brace)
    schema.fields.forEach((field, index) => {
      if (index > 0) this.put(",")
      const body = field.key.slice(1, -1)
      this.put(isBareKey(body) ? body : field.key)
      this.qualifier(field.schema)
    })
    if (brace !== "") this.put("}")
  }

  private qualifier(schema: Schema): void {
    switch (schema._tag) {
      case "Constant":
        this.uses.add("constant")
        this.put("=")
        this.isHeader = true
        this.value(schema.value)
        this.isHeader = false
        return
      case "Pattern":
        this.uses.add("pattern")
        return this.put(`=${schema.before}*${schema.after}`)
      case "Default":
        this.uses.add("fallback")
        return this.put(`:${schema.lexemes}`)
      case "Group":
        return this.header(schema, "{")
      case "List":
        this.put("[")
        this.header(schema.item, "{")
        return this.put("]")
      case "Cell":
      case "Again":
        return
    }
  }

  // Rows.

  /** One item of a table or list, without empty cells at its end. */
  private item(schema: Schema, value: Value, enclosing: Group | undefined): void {
    const start = this.pieces.length
    this.cells(schema, value, enclosing)
    while (this.pieces.length > start && this.pieces[this.pieces.length - 1] === ",") this.pieces.pop()
  }

  private cells(schema: Schema, value: Value | -1, enclosing: Group | undefined): void {
    const { json } = this
    const kind = value === -1 ? -1 : (json.kind[value] as number)
    switch (schema._tag) {
      case "Group":
        return this.group(schema, value)
      case "Again":
        return enclosing === undefined ? undefined : this.group(enclosing, value)
      case "List":
        if (kind === ARRAY) return this.list(schema.item, value, enclosing)
        return kind === -1 ? undefined : this.exception(value)
      case "Pattern": {
        if (kind === -1) return
        if (kind !== STRING) return this.exception(value)
        if (this.gapAtEnd(value) !== "") return this.text(value, true)
        const lexemes = lexemesOf(json, value)
        const { before, after } = schema
        const rest = lexemes.slice(1 + before.length, lexemes.length - 1 - after.length)
        const fits = lexemes.length >= 2 + before.length + after.length
        const isAlike = fits && lexemes.startsWith(before, 1) && lexemes.endsWith(`${after}"`) && isBareText(rest)
        return isAlike ? this.slot(rest, rest) : this.put(lexemes)
      }
      case "Default":
        if (kind === -1) return this.put("=")
        if (lexemesOf(json, value) === schema.lexemes && this.gapAtEnd(value) === "") return
        return this.cell(value)
      case "Cell":
        return kind === -1 ? undefined : this.cell(value)
      case "Constant":
        return
    }
  }

  private exception(value: Value): void {
    this.put("=")
    this.value(value)
  }

  private cell(value: Value): void {
    if (this.json.kind[value] === STRING) this.text(value, true)
    else this.value(value)
  }

  private group(schema: Group, value: Value | -1): void {
    if (value === -1) return this.put("=")
    if (!fits(this.json, schema, value)) return this.exception(value)
    let member = value + 1
    const end = this.json.next[value] as number
    let first = true
    schema.fields.forEach((field, place) => {
      let found: Value | -1 = -1
      if (member < end && schema.places.get(keyOf(this.json, member)) === place) {
        found = member
        member = this.json.next[member] as number
      }
      if (field.schema._tag === "Constant") return
      if (!first) this.put(",")
      first = false
      this.cells(field.schema, found, schema)
    })
  }

  private list(item: Schema, value: Value, enclosing: Group | undefined): void {
    const items = childrenOf(this.json, value)
    const gap = this.gapAtEnd(value)
    if (items.length === 0) return this.put(`[${gap}]`)
    const outer = this.pieces
    const rows = items.map((child) => {
      this.pieces = []
      this.gapBefore(child, GAP_MARK)
      this.item(item, child, enclosing)
      return this.pieces
    })
    if (gap !== "") rows.push([gap])
    this.pieces = outer
    const length = rows.reduce((sum, row) => sum + lengthOf(row) + 1, 0)
    const isInline = length <= INLINE_LENGTH && !rows.some((row) => row.some(isBroken))
    this.put(isInline ? "[" : "[\n")
    rows.forEach((row, index) => {
      if (isInline && index > 0) this.put(";")
      for (const piece of row) {
        const isGap = typeof piece === "string" && piece.startsWith("…") && piece.endsWith(GAP_MARK)
        outer.push(isGap ? piece.replace(GAP_MARK, isInline ? ";" : "\n") : piece)
      }
      if (!isInline) this.put("\n")
    })
    if (isInline && length === 1) this.exception(items[0] as Value)
    this.put("]")
  }

  private text(value: Value, isCell: boolean): void {
    const lexemes = lexemesOf(this.json, value)
    const gap = this.gapAtEnd(value)
    if (gap !== "") return this.put(lexemes + gap)
    const body = lexemes.slice(1, -1)
    this.slot(body, isCell && isBare(body) ? body : lexemes)
  }

  private slot(body: string, plain: string): void {
    if (body.length < NAMED_LENGTH) this.put(plain)
    else this.pieces.push({ _tag: "Text", body, plain })
  }

  // Names.

  private print(firstLine: string): string | undefined {
    const counts = new Map<string, number>()
    const sections = [this.pieces]
    for (const entry of this.entries.values()) sections.push(entry.pieces)
    for (const pieces of sections) {
      for (const piece of pieces) {
        if (typeof piece !== "string" && piece._tag === "Text")
          counts.set(piece.body, (counts.get(piece.body) ?? 0) + 1)
      }
    }
    const texts = chooseNames(counts)
    const names = new Names(texts, [...this.entries.values()])
    const body = names.fill(this.pieces)
    const head = names.head()
    if (head !== "") this.uses.add("name")
    const legend = (Object.keys(LEGEND) as Array<keyof typeof LEGEND>).filter((use) => this.uses.has(use))
    return `${firstLine}${legend.map((use) => LEGEND[use]).join("")}\n${head}${body}`
  }
}

const keyCell = (key: string): string => (isBareText(key.slice(1, -1)) ? key.slice(1, -1) : key)

/** Whether the piece holds a line break. */
const isBroken = (piece: Piece): boolean => typeof piece === "string" && piece.includes("\n")

const lengthOf = (pieces: ReadonlyArray<Piece>): number => {
  let length = 0
  for (const piece of pieces) {
    if (typeof piece === "string") length += piece.length
    else length += piece._tag === "Text" ? piece.plain.length : 8
  }
  return length
}

/** Whether the object can be written in the group's cells: a first cell that needs `=` would be read as the whole object's. */
const fits = (json: Json, schema: Group, value: Value): boolean => {
  if (json.kind[value] !== OBJECT || !keepsOrder(json, value, schema.places)) return false
  const place = schema.fields.findIndex((field) => field.schema._tag !== "Constant")
  const field = schema.fields[place]
  if (field === undefined) return false
  const found = childrenOf(json, value).find((member) => keyOf(json, member) === field.key)
  switch (field.schema._tag) {
    case "Pattern":
      return found === undefined || json.kind[found] === STRING
    case "List":
      return found === undefined || json.kind[found] === ARRAY
    case "Default":
      return found !== undefined
    case "Group":
      return found !== undefined && fits(json, field.schema, found)
    case "Cell":
    case "Constant":
    case "Again":
      return true
  }
}

/** Whether writing the container once and its name elsewhere is shorter, in characters that weigh as much as the tokens of a name. */
const isWorthNaming = (entry: Entry): boolean =>
  entry.uses > 1 && (entry.uses - 1) * lengthOf(entry.pieces) > 6 * entry.uses + 16

/** Fills slots; names are given in the order of first use by what is worth one. */
class Names {
  private readonly beginnings: Beginnings
  private readonly given = new Map<string, string>()
  private readonly givenEntries = new Map<Entry, string>()
  private readonly containers: ReadonlyArray<Entry>

  constructor(texts: ReadonlyArray<string>, containers: ReadonlyArray<Entry>) {
    this.containers = containers
    this.beginnings = new Beginnings(texts)
    let count = 0
    for (const text of texts) this.given.set(text, nameOf(count++))
    for (const entry of containers) if (isWorthNaming(entry)) this.givenEntries.set(entry, nameOf(count++))
  }

  head(): string {
    let head = ""
    for (const [text, name] of this.given) head += `&${name} ${text}\n`
    for (const entry of this.containers) {
      const name = this.givenEntries.get(entry)
      if (name !== undefined) head += `&${name} ${this.fill(entry.pieces)}\n`
    }
    return head
  }

  fill(pieces: ReadonlyArray<Piece>): string {
    const out: Array<string> = []
    for (const piece of pieces) out.push(typeof piece === "string" ? piece : this.slot(piece))
    return out.join("")
  }

  private slot(slot: Slot): string {
    if (slot._tag === "Container") {
      const name = this.givenEntries.get(slot.entry)
      return name === undefined ? this.fill(slot.entry.pieces) : `*${name}`
    }
    const found = this.beginnings.find(slot.body)
    if (found === undefined) return slot.plain
    const rest = slot.body.slice(found[0].length)
    const name = this.given.get(found[0]) ?? ""
    return rest === "" || isBareRest(rest) ? `*${name}${rest}` : `*${name}"${rest}"`
  }
}

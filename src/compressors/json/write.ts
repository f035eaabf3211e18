/**
 * Writes JSON in the table notation (notation.ts).
 *
 * Two passes, because which texts are worth a name is known only when it is known what stands in cells: the first lays the document
 * out in pieces and leaves slots for strings and repeated containers, the second chooses names and fills the slots.
 */
import { FIRST_LINE, FIRST_LINE_OF_LINES, isBareKey, isBareText, LEGEND } from "./notation.ts"
import { type Entry, fillPieces, lengthOf, isPlain, type Piece, Texts } from "./pieces.ts"
import { gapAtEnd, gapBefore, type Gaps } from "./gaps.ts"
import type { Document } from "./identity.ts"
import { ARRAY, childrenOf, lexemesOf, OBJECT, STRING, type Value } from "./scan.ts"
import { fits, type Group, infer, isRepeated, type Schema } from "./schema.ts"

/** Nesting beyond which a document is left as JSON, so that recursion here is bounded. */
export const MAX_DEPTH = 200
/** Values looked at for tables, as a multiple of all values, so that the cost stays linear. */
const EFFORT = 8
/** A table must be this much shorter than the JSON that it stands for. */
const WORTH = 0.93
/** Stands behind a gap in a list until it is known how the list's items are split. */
const GAP_MARK = "\u0000"
/** A list that is longer stands one item a line. */
const INLINE_LENGTH = 100

/** The document in table notation, or undefined where it holds no table. */
export const writeTable = (json: Document, gaps: Gaps = new Map()): string | undefined => {
  if (json.depth > MAX_DEPTH) return undefined
  const writer = new Writer(json, gaps)
  return writer.document()
}

class Writer {
  private pieces: Array<Piece> = []
  private readonly entries = new Map<number, Entry>()
  private readonly texts: Texts
  private readonly uses = new Set<keyof typeof LEGEND>()
  private readonly json: Document
  private readonly gaps: Gaps
  private effort: number
  private holdsTables = false
  /** No table may begin here: a header is one line. */
  private isHeader = false

  constructor(json: Document, gaps: Gaps) {
    this.json = json
    this.gaps = gaps
    if (gaps.size > 0) this.uses.add("gap")
    this.effort = EFFORT * json.kind.length + 100
    this.texts = new Texts(json)
  }

  document(): string | undefined {
    const { roots } = this.json
    const rest = this.gaps.get(this.json.compact.length)
    if (roots.length === 1) {
      this.value(roots[0] as Value)
      if (rest !== undefined) this.put(`\n…${rest}`)
      return this.print(FIRST_LINE)
    }
    const schema = infer(this.json, roots, roots.length)
    if (schema._tag === "Constant") return undefined
    this.holdsTables = true
    this.header(schema, "")
    for (const root of roots) {
      this.put("\n")
      this.gapBefore(root, "\n")
      const start = this.pieces.length
      this.item(schema, root, undefined)
      // A newline at the end of the text is no row.
      if (this.pieces.length === start) this.exception(root)
    }
    if (rest !== undefined) this.put(`\n…${rest}`)
    return this.print(FIRST_LINE_OF_LINES)
  }

  private put(text: string): void {
    this.pieces.push(text)
  }

  private gapBefore(value: Value, mark: string): void {
    const gap = gapBefore(this.json, this.gaps, value)
    if (gap !== "") this.put(gap + mark)
  }

  // Values as JSON, with tables inside.

  private value(value: Value): void {
    const { json } = this
    const kind = json.kind[value] as number
    if (kind === STRING) return this.text(value, false)
    if (kind < ARRAY) return this.put(lexemesOf(json, value))
    if (this.gaps.size === 0 && isRepeated(json, value)) return this.repeated(value)
    this.container(value)
  }

  private key(member: Value): string {
    return this.json.keys[this.json.keyIds[member] as number] ?? ""
  }

  private repeated(value: Value): void {
    const id = this.json.ids[value] as number
    let entry = this.entries.get(id)
    if (entry === undefined) {
      const outer = this.pieces
      this.pieces = []
      this.container(value)
      entry = { uses: 0, pieces: this.pieces }
      this.pieces = outer
      this.entries.set(id, entry)
    }
    entry.uses++
    this.pieces.push({ _tag: "Container", entry })
  }

  private container(value: Value): void {
    const { json } = this
    if (this.gaps.size === 0 && isPlain(json, value)) return this.put(lexemesOf(json, value))
    if (this.table(value)) return
    const isObject = json.kind[value] === OBJECT
    let separator = isObject ? "{" : "["
    for (const child of childrenOf(json, value)) {
      this.put(separator)
      this.gapBefore(child, ",")
      if (isObject) this.put(`${this.key(child)}:`)
      this.value(child)
      separator = ","
    }
    const gap = gapAtEnd(this.json, this.gaps, value)
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
    const schema = infer(json, children, children.length)
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
      if (isObject) this.put(`${keyCell(this.key(child))},`)
      this.item(schema, child, undefined)
      this.put("\n")
    }
    const gap = gapAtEnd(this.json, this.gaps, value)
    if (gap !== "") this.put(`${gap}\n`)
    this.put(isObject ? "}" : "]")
    const inner = this.pieces
    this.pieces = outer
    const length = (json.end[value] as number) - (json.start[value] as number)
    if (lengthOf(inner) > WORTH * length) return false
    for (const piece of inner) outer.push(piece)
    this.holdsTables = true
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
      const key = this.json.keys[field.key] ?? ""
      const body = key.slice(1, -1)
      this.put(isBareKey(body) ? body : key)
      this.qualifier(field.schema)
    })
    if (brace !== "") this.put("}")
  }

  private qualifier(schema: Schema): void {
    switch (schema._tag) {
      case "Constant":
        this.uses.add("constant")
        this.put("=")
        this.constant(schema.value)
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

  private constant(value: Value): void {
    this.isHeader = true
    const start = this.pieces.length
    this.value(value)
    const first = this.pieces[start]
    // A name right behind `=` would read as a pattern.
    if (first !== undefined && typeof first !== "string" && first._tag !== "Constant")
      this.pieces[start] = { _tag: "Constant", slot: first }
    this.isHeader = false
  }

  // Rows.

  /** One item of a table or list, without empty cells at its end. */
  private item(schema: Schema, value: Value, enclosing: Group | undefined): void {
    const start = this.pieces.length
    this.cells(schema, value, enclosing)
    while (this.pieces.length > start && this.pieces[this.pieces.length - 1] === ",") this.pieces.pop()
  }

  /** The cells of a value, -1 for a missing one. */
  private cells(schema: Schema, value: Value, enclosing: Group | undefined): void {
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
        if (gapAtEnd(this.json, this.gaps, value) !== "") return this.text(value, true)
        const lexemes = lexemesOf(json, value)
        const { before, after } = schema
        const rest = lexemes.slice(1 + before.length, lexemes.length - 1 - after.length)
        const isLongEnough = lexemes.length >= 2 + before.length + after.length
        const isAlike =
          isLongEnough && lexemes.startsWith(before, 1) && lexemes.endsWith(`${after}"`) && isBareText(rest)
        this.pieces.push(isAlike ? this.texts.rest(rest) : lexemes)
        return
      }
      case "Default":
        if (kind === -1) return this.put("=")
        if (lexemesOf(json, value) === schema.lexemes && gapAtEnd(this.json, this.gaps, value) === "") return
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

  private group(schema: Group, value: Value, isKnownToFit = false): void {
    if (value === -1) return this.put("=")
    if (!isKnownToFit && !fits(this.json, schema, value)) return this.exception(value)
    let member = value + 1
    const end = this.json.next[value] as number
    let first = true
    schema.fields.forEach((field) => {
      let found: Value = -1
      if (member < end && this.json.keyIds[member] === field.key) {
        found = member
        member = this.json.next[member] as number
      }
      if (field.schema._tag === "Constant") return
      if (first && field.schema._tag === "Group") this.group(field.schema, found, true)
      else {
        if (!first) this.put(",")
        this.cells(field.schema, found, schema)
      }
      first = false
    })
  }

  private list(item: Schema, value: Value, enclosing: Group | undefined): void {
    const items = childrenOf(this.json, value)
    const gap = gapAtEnd(this.json, this.gaps, value)
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
    const gap = this.gaps.size === 0 ? "" : gapAtEnd(this.json, this.gaps, value)
    if (gap !== "") return this.put(lexemesOf(this.json, value) + gap)
    this.pieces.push(this.texts.piece(value, isCell))
  }

  // Names.

  private print(firstLine: string): string | undefined {
    const { head, body } = fillPieces(this.pieces, [...this.entries.values()], this.json.wholeWords)
    if (head !== "") this.uses.add("name")
    if (this.uses.size === 0 && !this.holdsTables) return undefined
    const legend = (Object.keys(LEGEND) as Array<keyof typeof LEGEND>).filter((use) => this.uses.has(use))
    return `${firstLine}${legend.map((use) => LEGEND[use]).join("")}\n${head}${body}`
  }
}

const keyCell = (key: string): string => (isBareText(key.slice(1, -1)) ? key.slice(1, -1) : key)

/** Whether the piece holds a line break. */
const isBroken = (piece: Piece): boolean => typeof piece === "string" && piece.includes("\n")

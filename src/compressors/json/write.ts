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
import { type Document, identify } from "./identity.ts"
import { ARRAY, childrenOf, type Json, lexemesOf, OBJECT, STRING, type Value } from "./scan.ts"
import { type Field, type Group, infer, isRepeated, keepsOrder, type Schema } from "./schema.ts"

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

type Slot = Text | { readonly _tag: "Container"; readonly entry: Entry }

/** A string that may get a name, the same object wherever it is printed alike. */
interface Text {
  readonly _tag: "Text"
  readonly body: string
  readonly plain: string
  uses: number
  printed: string | undefined
}

/** A container that occurs again. */
interface Entry {
  uses: number
  pieces: Array<Piece>
}

/** The document in table notation, or undefined where it holds no table. */
export const writeTable = (json: Json, gaps: Gaps = NO_GAPS): string | undefined => {
  if (json.depth > MAX_DEPTH) return undefined
  const writer = new Writer(identify(json), gaps)
  return writer.document()
}

class Writer {
  private pieces: Array<Piece> = []
  private readonly entries = new Map<number, Entry>()
  /** Strings as they are printed in JSON and in cells, by twice their number and one more in cells. */
  private readonly texts: Array<Piece | undefined>
  private readonly rests = new Map<string, Piece>()
  private readonly uses = new Set<keyof typeof LEGEND>()
  private readonly json: Document
  private readonly gaps: Gaps
  private effort: number
  /** No table may begin here: a header is one line. */
  private isHeader = false

  constructor(json: Document, gaps: Gaps) {
    this.json = json
    this.gaps = gaps
    if (gaps.size > 0) this.uses.add("gap")
    this.effort = EFFORT * json.kind.length + 100
    this.texts = new Array<Piece | undefined>(2 * json.counts.length)
  }

  document(): string | undefined {
    const { roots } = this.json
    if (roots.length === 1) {
      this.value(roots[0] as Value)
      return this.print(FIRST_LINE)
    }
    const schema = infer(this.json, roots, roots.length)
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
        // A name here would read as a pattern.
        this.isHeader = true
        if ((this.json.kind[schema.value] as number) < ARRAY) this.put(lexemesOf(this.json, schema.value))
        else this.container(schema.value)
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
        return isAlike ? this.rest(rest) : this.put(lexemes)
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

  private group(schema: Group, value: Value | -1, isKnownToFit = false): void {
    if (value === -1) return this.put("=")
    if (!isKnownToFit && !fits(this.json, schema, value)) return this.exception(value)
    let member = value + 1
    const end = this.json.next[value] as number
    let first = true
    schema.fields.forEach((field) => {
      let found: Value | -1 = -1
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
    const gap = this.gaps.size === 0 ? "" : this.gapAtEnd(value)
    if (gap !== "") return this.put(lexemesOf(this.json, value) + gap)
    const place = 2 * (this.json.ids[value] as number) + (isCell ? 1 : 0)
    let piece = this.texts[place]
    if (piece === undefined) {
      const lexemes = lexemesOf(this.json, value)
      const body = lexemes.slice(1, -1)
      piece = slotFor(body, isCell && isBare(body) ? body : lexemes)
      this.texts[place] = piece
    }
    this.pieces.push(piece)
  }

  /** The part of a string that a pattern's cell holds. */
  private rest(body: string): void {
    if (body.length < NAMED_LENGTH) return this.put(body)
    let piece = this.rests.get(body)
    if (piece === undefined) {
      piece = slotFor(body, body)
      this.rests.set(body, piece)
    }
    this.pieces.push(piece)
  }

  // Names.

  private print(firstLine: string): string | undefined {
    const texts: Array<Text> = []
    const count = (pieces: ReadonlyArray<Piece>): void => {
      for (const piece of pieces) {
        if (typeof piece !== "string" && piece._tag === "Text" && piece.uses++ === 0) texts.push(piece)
      }
    }
    count(this.pieces)
    for (const entry of this.entries.values()) count(entry.pieces)
    const counts = new Map<string, number>()
    for (const { body, uses } of texts) counts.set(body, (counts.get(body) ?? 0) + uses)
    const names = new Names(chooseNames(counts), [...this.entries.values()])
    const body = names.fill(this.pieces)
    const head = names.head()
    if (head !== "") this.uses.add("name")
    const legend = (Object.keys(LEGEND) as Array<keyof typeof LEGEND>).filter((use) => this.uses.has(use))
    return `${firstLine}${legend.map((use) => LEGEND[use]).join("")}\n${head}${body}`
  }
}

/** Whether nothing in the container can get a name or become a table. */
const isPlain = (json: Document, value: Value): boolean => {
  const end = json.next[value] as number
  for (let child = value + 1; child < end; child++) {
    const kind = json.kind[child] as number
    if (kind === STRING && (json.end[child] as number) - (json.start[child] as number) >= NAMED_LENGTH + 2) return false
    if (kind >= ARRAY && json.next[child] !== child + 1) return false
  }
  return true
}

const slotFor = (body: string, plain: string): Piece =>
  body.length < NAMED_LENGTH ? plain : { _tag: "Text", body, plain, uses: 0, printed: undefined }

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
const fits = (json: Document, schema: Group, value: Value): boolean => {
  for (let group: Group = schema, object: Value | undefined = value; ; ) {
    if (object === undefined || json.kind[object] !== OBJECT || !keepsOrder(json, object, group.places)) return false
    const field: Field | undefined = group.fields[group.first]
    const found = memberOf(json, object, field?.key)
    switch (field?.schema._tag) {
      case "Pattern":
        return found === undefined || json.kind[found] === STRING
      case "List":
        return found === undefined || json.kind[found] === ARRAY
      case "Default":
        return found !== undefined
      case "Group":
        group = field.schema
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
    let out = ""
    for (const piece of pieces) out += typeof piece === "string" ? piece : this.slot(piece)
    return out
  }

  private slot(slot: Slot): string {
    if (slot._tag === "Container") {
      const name = this.givenEntries.get(slot.entry)
      return name === undefined ? this.fill(slot.entry.pieces) : `*${name}`
    }
    slot.printed ??= this.named(slot)
    return slot.printed
  }

  private named({ body, plain }: Text): string {
    const found = this.beginnings.find(body)
    if (found === undefined) return plain
    const rest = body.slice(found.length)
    return `*${this.given.get(found) ?? ""}${isBareRest(rest) ? rest : `"${rest}"`}`
  }
}

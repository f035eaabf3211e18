/**
 * What a document is laid out in before it is known which texts get a name: fixed text, and slots for strings and repeated containers
 * that are filled when the names are chosen.
 */
import type { Document } from "./identity.ts"
import { Beginnings, chooseNames } from "./names.ts"
import { isBare, isBareRest, nameOf } from "./notation.ts"
import { ARRAY, lexemesOf, STRING, type Value } from "./scan.ts"

export type Piece = string | Slot | { readonly _tag: "Constant"; readonly slot: Slot }

type Slot = Text | { readonly _tag: "Container"; readonly entry: Entry }

/** A string that may get a name, the same object wherever it is printed alike. */
interface Text {
  readonly _tag: "Text"
  readonly body: string
  /** How it is printed without a name. */
  readonly plain: string
  uses: number
  printed: string | undefined
}

/** A container that occurs again. */
export interface Entry {
  uses: number
  pieces: Array<Piece>
}

/** Strings shorter than this are never named. */
const NAMED_LENGTH = 8

const slotFor = (body: string, plain: string): Piece =>
  body.length < NAMED_LENGTH ? plain : { _tag: "Text", body, plain, uses: 0, printed: undefined }

/** The pieces of a document's strings, each made once. */
export class Texts {
  private readonly json: Document
  /** By twice the string's number, and one more in cells. */
  private readonly pieces: Array<Piece | undefined>
  private readonly rests = new Map<string, Piece>()

  constructor(json: Document) {
    this.json = json
    this.pieces = new Array<Piece | undefined>(2 * json.counts.length)
  }

  /** A string as JSON, or bare in a cell where it can be. */
  piece(value: Value, isCell: boolean): Piece {
    const place = 2 * (this.json.ids[value] as number) + (isCell ? 1 : 0)
    const known = this.pieces[place]
    if (known !== undefined) return known
    const lexemes = lexemesOf(this.json, value)
    const body = lexemes.slice(1, -1)
    const piece = slotFor(body, isCell && isBare(body) ? body : lexemes)
    this.pieces[place] = piece
    return piece
  }

  /** The part of a string that a pattern's cell holds. */
  rest(body: string): Piece {
    if (body.length < NAMED_LENGTH) return body
    const piece = this.rests.get(body) ?? slotFor(body, body)
    this.rests.set(body, piece)
    return piece
  }
}

/** Whether nothing in the container can get a name or become a table. */
export const isPlain = (json: Document, value: Value): boolean => {
  const end = json.next[value] as number
  for (let child = value + 1; child < end; child++) {
    const kind = json.kind[child] as number
    if (kind === STRING && (json.end[child] as number) - (json.start[child] as number) >= NAMED_LENGTH + 2) return false
    if (kind >= ARRAY && json.next[child] !== child + 1) return false
  }
  return true
}

/** What a name in a cell weighs in characters, and its line in the head beside the text. */
const NAME = 6
const NAME_LINE = 16

/** Characters that the pieces print at most, names for containers aside. */
export const lengthOf = (pieces: ReadonlyArray<Piece>): number => {
  let length = 0
  for (const piece of pieces) {
    if (typeof piece === "string") length += piece.length
    else {
      const slot = slotOf(piece)
      length += slot._tag === "Text" ? slot.plain.length : NAME
    }
  }
  return length
}

const slotOf = (piece: Exclude<Piece, string>): Slot => (piece._tag === "Constant" ? piece.slot : piece)

/** The lines that name texts, and the pieces with these names in their slots. Entries stand behind those that they hold. */
export const fillPieces = (
  pieces: ReadonlyArray<Piece>,
  entries: ReadonlyArray<Entry>,
  wholeOnly: boolean
): { readonly head: string; readonly body: string } => {
  const texts: Array<Text> = []
  for (const section of [pieces, ...entries.map((entry) => entry.pieces)]) {
    for (const piece of section) {
      if (typeof piece === "string") continue
      const slot = slotOf(piece)
      if (slot._tag === "Text" && slot.uses++ === 0) texts.push(slot)
    }
  }
  const counts = new Map<string, number>()
  for (const { body, uses } of texts) counts.set(body, (counts.get(body) ?? 0) + uses)
  const names = new Names(chooseNames(counts, wholeOnly), entries.filter(isWorthNaming), wholeOnly)
  return { head: names.head(), body: names.fill(pieces) }
}

/** Whether writing the container once and its name elsewhere is shorter. */
const isWorthNaming = (entry: Entry): boolean =>
  entry.uses > 1 && (entry.uses - 1) * lengthOf(entry.pieces) > NAME * entry.uses + NAME_LINE

class Names {
  private readonly beginnings: Beginnings
  private readonly texts = new Map<string, string>()
  private readonly entries = new Map<Entry, string>()

  constructor(texts: ReadonlyArray<string>, entries: ReadonlyArray<Entry>, wholeOnly: boolean) {
    this.beginnings = new Beginnings(texts, wholeOnly)
    let count = 0
    for (const text of texts) this.texts.set(text, nameOf(count++))
    for (const entry of entries) this.entries.set(entry, nameOf(count++))
  }

  head(): string {
    let head = ""
    for (const [text, name] of this.texts) head += `&${name} ${text}\n`
    for (const [entry, name] of this.entries) head += `&${name} ${this.fill(entry.pieces)}\n`
    return head
  }

  fill(pieces: ReadonlyArray<Piece>): string {
    let out = ""
    for (const piece of pieces) {
      if (typeof piece === "string") out += piece
      else if (piece._tag !== "Constant") out += this.slot(piece)
      else {
        const text = this.slot(piece.slot)
        out += text.startsWith("*") ? `=${text}` : text
      }
    }
    return out
  }

  private slot(slot: Slot): string {
    if (slot._tag === "Container") {
      const name = this.entries.get(slot.entry)
      return name === undefined ? this.fill(slot.entry.pieces) : `*${name}`
    }
    slot.printed ??= this.named(slot)
    return slot.printed
  }

  private named({ body, plain }: Text): string {
    const found = this.beginnings.find(body)
    if (found === undefined) return plain
    const rest = body.slice(found.length)
    return `*${this.texts.get(found) ?? ""}${isBareRest(rest) ? rest : `"${rest}"`}`
  }
}

/**
 * Reads the table notation (notation.ts) back into the lexemes of its JSON; undefined for what is none of it.
 */
import { Cursor, NotATable } from "./cursor.ts"
import { FIRST_LINE_OF_LINES, holdsTable, isLiteral } from "./notation.ts"

/** Columns as a header names them. */
type Column =
  | { readonly _tag: "Cell" }
  | { readonly _tag: "Constant"; readonly lexemes: string }
  | { readonly _tag: "Default"; readonly lexemes: string }
  | { readonly _tag: "Pattern"; readonly before: string; readonly after: string }
  | { readonly _tag: "Again" }
  | { readonly _tag: "List"; readonly item: Column }
  | Group

interface Group {
  readonly _tag: "Group"
  readonly fields: ReadonlyArray<{ readonly key: string; readonly column: Column }>
}

export const readTable = (text: string): string | undefined => {
  if (!holdsTable(text)) return undefined
  const reader = new Reader(text)
  try {
    return reader.document()
  } catch (error) {
    if (error instanceof NotATable) return undefined
    throw error
  }
}

class Reader extends Cursor {
  private readonly names = new Map<string, string>()

  document(): string {
    const { text } = this
    this.at = text.indexOf("\n") + 1
    while (text[this.at] === "&") this.name()
    if (!text.startsWith(FIRST_LINE_OF_LINES)) {
      const value = this.value()
      this.end()
      return value
    }
    const column = this.header("\n")
    const rows: Array<string> = []
    while (this.at < text.length - 1) {
      this.expect("\n")
      if (!this.gap()) rows.push(this.item(column, undefined) ?? "")
    }
    this.end()
    return rows.join("\n")
  }

  /** One line `&a text` of the head. */
  private name(): void {
    const space = this.text.indexOf(" ", this.at)
    const name = this.text.slice(this.at + 1, space)
    if (space === -1 || !/^[a-z]+$/.test(name)) throw new NotATable()
    this.at = space + 1
    const first = this.text[this.at]
    if (first === "{" || first === "[") this.names.set(name, this.value())
    else {
      const end = this.text.indexOf("\n", this.at)
      if (end === -1) throw new NotATable()
      this.names.set(name, `"${this.text.slice(this.at, end)}"`)
      this.at = end
    }
    this.expect("\n")
  }

  /** JSON with tables and names inside. */
  private value(): string {
    const { text } = this
    const out: Array<string> = []
    let from = this.at
    let open = 0
    do {
      const mark = text[this.at]
      if (mark === '"') {
        this.at = this.stringEnd()
        if (text[this.at] === "…") {
          out.push(text.slice(from, this.at))
          this.gap()
          from = this.at
        }
      } else if (mark === "…") {
        const start = this.at
        this.gap()
        const isLast = text[this.at] !== ","
        out.push(text.slice(from, isLast && text[start - 1] === "," ? start - 1 : start))
        if (!isLast) this.at++
        from = this.at
      } else if ((mark === "[" || mark === "{") && text[this.at + 1] === "\n") {
        out.push(text.slice(from, this.at), this.table(mark === "{"))
        from = this.at
      } else if (mark === "*") {
        out.push(text.slice(from, this.at), this.named())
        from = this.at
      } else if (mark === "[" || mark === "{") {
        open++
        this.at++
      } else if (mark === "]" || mark === "}") {
        open--
        this.at++
      } else if (open > 0 && (mark === "," || mark === ":")) this.at++
      else this.at = this.bareEnd(true)
    } while (open > 0)
    out.push(text.slice(from, this.at))
    return out.length === 1 ? (out[0] as string) : out.join("")
  }

  /** `*a` and what follows it. */
  private named(): string {
    let end = this.at + 1
    while (end < this.text.length && this.text.charCodeAt(end) >= 97 && this.text.charCodeAt(end) <= 122) end++
    const found = this.names.get(this.text.slice(this.at + 1, end))
    if (found === undefined) throw new NotATable()
    this.at = end
    if (!found.startsWith('"')) return found
    const isQuoted = this.text[end] === '"'
    this.at = isQuoted ? this.stringEnd() : this.bareEnd(false)
    const rest = isQuoted ? this.text.slice(end + 1, this.at - 1) : this.text.slice(end, this.at)
    return `${found.slice(0, -1)}${rest}"`
  }

  private table(isObject: boolean): string {
    this.enter()
    this.at += 2
    if (isObject) this.expect("<key>,")
    const column = this.header("\n")
    const close = isObject ? "}" : "]"
    const rows: Array<string> = []
    this.expect("\n")
    while (this.text[this.at] !== close) {
      if (this.gap()) {
        this.expect("\n")
        continue
      }
      let key = ""
      if (isObject) {
        key = `${this.key(",")}:`
        this.expect(",")
      }
      rows.push(key + (this.item(column, undefined) ?? ""))
      this.expect("\n")
    }
    this.at++
    this.leave()
    return isObject ? `{${rows.join(",")}}` : `[${rows.join(",")}]`
  }

  // Headers.

  private header(close: string): Column {
    if (this.text.startsWith("<value>", this.at)) {
      this.at += 7
      return this.qualifier()
    }
    const fields: Array<{ readonly key: string; readonly column: Column }> = []
    while (true) {
      const key = this.key(",:={[}]\n")
      fields.push({ key, column: this.qualifier() })
      if (this.text[this.at] === close) return { _tag: "Group", fields }
      this.expect(",")
    }
  }

  private qualifier(): Column {
    this.enter()
    const column = this.qualified()
    this.leave()
    return column
  }

  private qualified(): Column {
    switch (this.text[this.at]) {
      case "{": {
        this.at++
        const group = this.header("}")
        this.at++
        return group
      }
      case "[": {
        this.at++
        const item = this.listed()
        this.expect("]")
        return { _tag: "List", item }
      }
      case ":":
        this.at++
        return { _tag: "Default", lexemes: this.value() }
      case "=": {
        this.at++
        const first = this.text.charAt(this.at)
        if (first === "=") this.at++
        if (first !== "" && '="{['.includes(first)) return { _tag: "Constant", lexemes: this.value() }
        const end = this.bareEnd(true)
        const bare = this.text.slice(this.at, end)
        this.at = end
        const star = bare.indexOf("*")
        if (star === -1) return { _tag: "Constant", lexemes: bare }
        return { _tag: "Pattern", before: bare.slice(0, star), after: bare.slice(star + 1) }
      }
      default:
        return { _tag: "Cell" }
    }
  }

  private listed(): Column {
    if (this.text[this.at] === "^") {
      this.at++
      return { _tag: "Again" }
    }
    if (this.text[this.at] !== "{") return this.header("]")
    this.at++
    const group = this.header("}")
    this.at++
    return group
  }

  // Rows.

  private item(column: Column, enclosing: Group | undefined): string | undefined {
    this.enter()
    const lexemes = this.cells(column, enclosing)
    if (!this.isItemEnd()) throw new NotATable()
    this.leave()
    return lexemes
  }

  /** The lexemes that stand in the column's cells, undefined for a key that is not there. */
  private cells(column: Column, enclosing: Group | undefined): string | undefined {
    if (column._tag === "Constant") return column.lexemes
    const mark = this.text.charAt(this.at)
    if (mark === "=") {
      this.at++
      return this.isItemEnd() || this.text[this.at] === "," ? undefined : this.value()
    }
    if (column._tag === "Group") return this.group(column)
    if (column._tag === "Again") return enclosing === undefined ? undefined : this.group(enclosing)
    if (this.isItemEnd() || mark === ",") return column._tag === "Default" ? column.lexemes : undefined
    if (column._tag === "List") return this.list(column.item, enclosing)
    if (mark === '"') return this.value()
    if (column._tag === "Pattern") {
      const cell = mark === "*" ? this.named().slice(1, -1) : this.bare()
      return `"${column.before}${cell}${column.after}"`
    }
    if (mark === "*" || mark === "{" || mark === "[") return this.value()
    const bare = this.bare()
    return isLiteral(bare) ? bare : `"${bare}"`
  }

  private group(group: Group): string {
    let out = ""
    let isFirst = true
    for (const { key, column } of group.fields) {
      if (column._tag !== "Constant") {
        if (!isFirst && this.text[this.at] === ",") this.at++
        isFirst = false
      }
      const lexemes = this.cells(column, group)
      if (lexemes !== undefined) out += `${out === "" ? "" : ","}${key}:${lexemes}`
    }
    return `{${out}}`
  }

  private list(item: Column, enclosing: Group | undefined): string {
    this.expect("[")
    const rows: Array<string> = []
    const isInline = this.text[this.at] !== "\n"
    if (!isInline) this.at++
    else if (this.text[this.at] === "]") {
      this.at++
      return "[]"
    }
    while (isInline || this.text[this.at] !== "]") {
      if (!this.gap()) rows.push(this.item(item, enclosing) ?? "")
      if (!isInline) this.expect("\n")
      else if (this.text[this.at] === ";") this.at++
      else break
    }
    this.expect("]")
    return `[${rows.join(",")}]`
  }
}

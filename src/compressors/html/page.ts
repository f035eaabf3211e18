/**
 * A page taken apart: its tags, texts and named characters in order, each with its place in the source and its element.
 *
 * The tokenizer is htmlparser2's, which reads HTML as browsers do, broken HTML too; the tree over it needs only to say what stands within
 * what, so tags that do not match are closed where the next outer one is.
 */
import { QuoteType, Tokenizer } from "htmlparser2"

export interface Element {
  readonly tag: string
  /** Index of the element around it, -1 for none. */
  readonly parent: number
  /** What `class`, `id` and `role` say of it. */
  label: string
}

/** `open` and `close` begin at `<`; a `text` within a script or style is `raw`. */
export interface Token {
  readonly kind: "open" | "close" | "text" | "raw" | "character"
  readonly from: number
  /** Where a text ends; where the tag's name ends for the others. */
  readonly to: number
  /** The `>` of an opening tag. */
  end?: number
  /** The tag, or what the named character is. */
  readonly name: string
  readonly element: number
  /** The address that a link names, [from, to) in the source. */
  address?: readonly [from: number, to: number]
  /** Attributes that tell what a form's control is for, or where a link leads. */
  told?: Array<readonly [from: number, to: number]>
  /** Data, not a program. */
  isData?: boolean
}

export interface Page {
  readonly elements: ReadonlyArray<Element>
  readonly tokens: ReadonlyArray<Token>
}

const VOID = new Set("area base br col embed hr img input link meta param source track wbr".split(" "))
const RAW = new Set(["script", "style"])
/** Ended by the next of the same. */
const SELF_ENDING = new Set("p li td th tr dt dd option".split(" "))
export const CONTROLS = new Set("input select textarea button form".split(" "))
const TOLD = new Set("name type value placeholder action method enctype aria-label checked".split(" "))
const LABELS = new Set(["class", "id", "role"])
const DATA_TYPE = /json/i
/** Open elements that a closing tag is looked for among. */
const REACH = 100
const MAX_LABEL = 200

/** The end of a script or style that began before the text, or 0. */
export const rawHead = (text: string): number => {
  const end = /<\/(script|style)\b/i.exec(text)
  if (end === null) return 0
  const before = new RegExp(`<${end[1] as string}\\b`, "i").exec(text.slice(0, end.index))
  return before === null ? end.index : 0
}

export const readPage = (text: string): Page => {
  const elements: Array<Element> = []
  const tokens: Array<Token> = []
  const open: Array<number> = []
  let current: Token | undefined
  let attribute = ""
  let attributeFrom = 0
  let valueFrom = -1
  const inner = (): number => open[open.length - 1] ?? -1
  const pop = (name: string): void => {
    const least = Math.max(0, open.length - REACH)
    for (let at = open.length - 1; at >= least; at--)
      if (elements[open[at] as number]?.tag === name) {
        open.length = at
        return
      }
  }
  const endAttribute = (to: number, isQuoted: boolean): void => {
    const token = current
    if (token === undefined) return
    const from = valueFrom === -1 ? to : valueFrom
    const own = elements[token.element]
    if (LABELS.has(attribute) && own !== undefined && own.label.length < MAX_LABEL)
      own.label += ` ${text.slice(from, Math.min(to, from + MAX_LABEL))}`
    else if (attribute === "href" && token.name === "a" && to > from) token.address = [from, to]
    else if (attribute === "type" && token.name === "script" && DATA_TYPE.test(text.slice(from, to)))
      token.isData = true
    if (token.name === "a" ? attribute === "href" : TOLD.has(attribute) && CONTROLS.has(token.name)) {
      token.told ??= []
      token.told.push([attributeFrom, valueFrom !== -1 && isQuoted ? Math.min(text.length, to + 1) : to])
    }
  }
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ontext: (from, to) => {
        // Behind a closing tag that never ends the tokenizer knows no beginning.
        if (from < 0) return
        const element = inner()
        const kind = RAW.has(elements[element]?.tag ?? "") ? "raw" : "text"
        tokens.push({ kind, from, to, name: "", element })
      },
      ontextentity: (code, end) => {
        const name = String.fromCodePoint(code)
        const before = tokens[tokens.length - 1]
        // Some names stand for two code points.
        if (before?.kind === "character" && before.to === end)
          tokens[tokens.length - 1] = { ...before, name: before.name + name }
        else tokens.push({ kind: "character", from: text.lastIndexOf("&", end - 1), to: end, name, element: inner() })
      },
      onopentagname: (start, end) => {
        const name = text.slice(start, end).toLowerCase()
        if (SELF_ENDING.has(name) && elements[inner()]?.tag === name) open.pop()
        elements.push({ tag: name, parent: inner(), label: "" })
        current = { kind: "open", from: start - 1, to: end, name, element: elements.length - 1 }
        tokens.push(current)
        if (!VOID.has(name)) open.push(elements.length - 1)
      },
      onopentagend: (end) => {
        if (current !== undefined) current.end = end
        current = undefined
      },
      onselfclosingtag: (end) => {
        if (current !== undefined) current.end = end
        // In HTML the slash says nothing, but for what browsers take for pictures.
        if (current !== undefined && !VOID.has(current.name) && inner() === current.element && !RAW.has(current.name))
          open.pop()
        current = undefined
      },
      onclosetag: (start, end) => {
        const name = text.slice(start, end).toLowerCase()
        tokens.push({ kind: "close", from: start - 2, to: end, name, element: inner() })
        pop(name)
      },
      onattribname: (start, end) => {
        attribute = text.slice(start, end).toLowerCase()
        attributeFrom = start
        valueFrom = -1
      },
      onattribdata: (start) => {
        if (valueFrom === -1) valueFrom = start
      },
      onattribentity: () => {},
      onattribend: (quote, end) => {
        const isQuoted = quote === QuoteType.Single || quote === QuoteType.Double
        endAttribute(isQuoted ? end - 1 : end, isQuoted)
      },
      oncomment: () => {},
      oncdata: () => {},
      ondeclaration: () => {},
      onprocessinginstruction: () => {},
      onend: () => {}
    }
  )
  tokenizer.write(text)
  tokenizer.end()
  return { elements, tokens }
}

/** Whether the script that a raw text stands in holds data. */
export const isDataScript = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  for (let before = at - 1; before >= 0 && before > at - 8; before--) {
    const token = tokens[before] as Token
    if (token.kind === "open") return token.name === "script" && token.isData === true
    if (token.kind !== "raw") return false
  }
  return false
}

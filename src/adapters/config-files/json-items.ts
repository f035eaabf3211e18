/**
 * Items of a JSON object or array put in and taken out, with the commas, comments and line breaks around them left where they are.
 *
 * Taking out what was put in gives the text before, blanks between empty brackets aside.
 */
import { beginsLine, indentAt } from "./format.ts"

interface Item {
  readonly start: number
  readonly end: number
}

/** What stands between two brackets. */
export interface Box {
  /** Behind the opening bracket. */
  readonly open: number
  /** At the closing one. */
  readonly close: number
  readonly items: ReadonlyArray<Item>
}

export interface NewItem {
  readonly unit: string
  readonly eol: string
  /** On lines of its own, after so many blanks. */
  readonly onLine: (indent: string) => string
  /** Within a line. */
  readonly inLine: string
}

/** The end of the comment that begins here; undefined where none does. A line comment ends before its line break. */
const commentEnd = (text: string, at: number): number | undefined => {
  if (text.startsWith("//", at)) return at + (/^[^\r\n]*/.exec(text.slice(at))?.[0].length ?? 0)
  if (!text.startsWith("/*", at)) return undefined
  const end = text.indexOf("*/", at + 2)
  return end === -1 ? text.length : end + 2
}

/** The comma behind an item; undefined where its box closes first. */
const commaAfter = (text: string, from: number, close: number): number | undefined => {
  for (let at = from; at < close; ) {
    if (text[at] === ",") return at
    at = commentEnd(text, at) ?? at + 1
  }
  return undefined
}

/** The end of what belongs to an item on its line: its comma and comments. */
const lineTail = (text: string, from: number, close: number): number => {
  let end = from
  for (let at = from; at < close && !"\r\n".includes(text[at] as string); ) {
    const behind = commentEnd(text, at) ?? (text[at] === "," ? at + 1 : undefined)
    if (behind !== undefined && /[\r\n]/.test(text.slice(at, behind))) break
    at = behind ?? at + 1
    if (behind !== undefined) end = behind
  }
  return end
}

/** The text with splices made; they are given in order and do not overlap. */
const spliced = (text: string, splices: ReadonlyArray<readonly [from: number, to: number, put: string]>): string => {
  let out = ""
  let done = 0
  for (const [from, to, put] of splices) {
    out += text.slice(done, from) + put
    done = to
  }
  return out + text.slice(done)
}

const insertFirst = (text: string, { open, close }: Box, item: NewItem): string => {
  const inside = text.slice(open, close)
  const base = indentAt(text, open)
  const indent = base + item.unit
  if (inside.trim() === "") {
    const isInLine = open > 1 && !text.slice(0, open).includes("\n") && !inside.includes("\n")
    const put = isInLine ? item.inLine : `${item.eol}${indent}${item.onLine(indent)}${item.eol}${base}`
    return spliced(text, [[open, close, put]])
  }
  // Comments alone: the item comes below them.
  const end = open + inside.trimEnd().length
  const rest = text.slice(end, close)
  const put = `${item.eol}${indent}${item.onLine(indent)}${rest.includes("\n") ? "" : `${item.eol}${base}`}`
  return spliced(text, [[end, end, put]])
}

/** Behind the last item, in the way in which the others stand. */
export const insertItem = (text: string, box: Box, item: NewItem): string => {
  const last = box.items[box.items.length - 1]
  if (last === undefined) return insertFirst(text, box, item)
  const comma = commaAfter(text, last.end, box.close)
  const inside = text.slice(box.open, box.close)
  if (!inside.includes("\n")) {
    const blank = /[,:] /.test(inside) || inside.startsWith(" ") ? " " : ""
    return comma === undefined
      ? spliced(text, [[last.end, last.end, `,${blank}${item.inLine}`]])
      : spliced(text, [[comma + 1, comma + 1, `${blank}${item.inLine},`]])
  }
  const indent = beginsLine(text, last.start) ? indentAt(text, last.start) : indentAt(text, box.open) + item.unit
  const line = `${item.eol}${indent}${item.onLine(indent)}`
  if (comma !== undefined) {
    const tail = Math.max(comma + 1, lineTail(text, last.end, box.close))
    return spliced(text, [[tail, tail, `${line},`]])
  }
  const tail = lineTail(text, last.end, box.close)
  return spliced(text, [
    [last.end, last.end, ","],
    [tail, tail, line]
  ])
}

/** From where an item is taken out so that no empty line stays: the line break before it, or behind what stands before it on its line. */
const lineBreakBefore = (text: string, start: number, least: number): number => {
  if (!beginsLine(text, start)) {
    const before = text.slice(least, start)
    return least + before.trimEnd().length
  }
  const line = text.lastIndexOf("\n", start - 1)
  if (line < least) return start
  return text[line - 1] === "\r" ? line - 1 : line
}

export const removeItem = (text: string, box: Box, index: number): string | undefined => {
  const item = box.items[index]
  if (item === undefined) return undefined
  const before = box.items[index - 1]
  const next = box.items[index + 1]
  const comma = commaAfter(text, item.end, next?.start ?? box.close)
  const end = comma === undefined ? item.end : comma + 1
  if (before === undefined && next === undefined) {
    const rest = text.slice(box.open, item.start) + text.slice(end, box.close)
    if (rest.trim() === "") return spliced(text, [[box.open, box.close, ""]])
  }
  const ends = /^[ \t]*(?=\r?\n)/.test(text.slice(end))
  if (next !== undefined && !(beginsLine(text, item.start) && ends)) {
    const blanks = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0
    return spliced(text, [[item.start, end + blanks, ""]])
  }
  const from = lineBreakBefore(text, item.start, before?.end ?? box.open)
  if (next !== undefined || comma !== undefined || before === undefined) return spliced(text, [[from, end, ""]])
  // The last one took the comma of the one before it.
  const own = commaAfter(text, before.end, item.start)
  return own === undefined
    ? undefined
    : spliced(text, [
        [own, own + 1, ""],
        [Math.max(own + 1, from), end, ""]
      ])
}

/**
 * A log as lines with what is known of each: header, level, template; read once, in typed arrays, because everything after asks by line.
 */
import { lineStarts } from "../../domain/lines.ts"
import { recently } from "../../domain/recent.ts"
import { isPassing, isSummary, judge } from "./gravity.ts"
import { ERROR, type HeaderFormat, headerFormat, INFO, splitHeader, UNSTATED, WARNING } from "./header.ts"
import { mine } from "./template.ts"

/** Lines with their headers split off and their templates. */
export interface Lines {
  readonly text: string
  readonly count: number
  readonly starts: ReadonlyArray<number>
  /** End of each line, without its line break. */
  readonly ends: Int32Array
  /** Start of each line's message. */
  readonly messages: Int32Array
  /** Level that each header states. */
  readonly stated: Uint8Array
  readonly templates: Int32Array
  readonly templateCount: number
  /** Messages of one shape differ in variables by form alone. */
  readonly shapes: Int32Array
  /** The first line of each shape. */
  readonly firstOfShape: ReadonlyArray<number>
  readonly format: HeaderFormat | undefined
}

export interface Log extends Lines {
  /** Lines of each template. */
  readonly weights: Int32Array
  /** First line of each template. */
  readonly first: Int32Array
  readonly gravity: Uint8Array
  readonly summary: Uint8Array
}

export const lineOf = (log: Log, line: number): string => log.text.slice(log.starts[line], log.ends[line])
export const messageOf = (log: Log, line: number): string => log.text.slice(log.messages[line], log.ends[line])
export const isBlankLine = (log: Log, line: number): boolean =>
  (log.messages[line] as number) >= (log.ends[line] as number)
/** Whether the line has a header of the log's format. */
export const isHeaded = (log: Log, line: number): boolean =>
  log.format !== undefined && (log.messages[line] as number) > (log.starts[line] as number)

export const readLines = recently((text: string): Lines => {
  const starts = lineStarts(text)
  const count = starts.length
  const format = headerFormat(text, starts)
  const ends = new Int32Array(count)
  const messages = new Int32Array(count)
  const stated = new Uint8Array(count)
  for (let line = 0; line < count; line++) {
    let end = starts[line + 1] ?? text.length
    if (text.charCodeAt(end - 1) === 10) end--
    if (text.charCodeAt(end - 1) === 13 && end > (starts[line] as number)) end--
    ends[line] = end
    const split = splitHeader(text, starts[line] as number, end, format)
    messages[line] = Math.floor(split / 8)
    stated[line] = split % 8
  }
  const { of: templates, count: templateCount, shapeOf: shapes, firstOfShape } = mine(text, messages, ends)
  return { text, count, starts, ends, messages, stated, templates, templateCount, shapes, firstOfShape, format }
})

export const readLog = (text: string): Log => {
  const lines = readLines(text)
  const { count, messages, ends, shapes, firstOfShape, stated } = lines
  const message = (line: number): string => text.slice(messages[line], ends[line])
  const passing = firstOfShape.map((line) => isPassing(message(line)))
  const judged = firstOfShape.map((line) => judge(message(line)))
  const summing = firstOfShape.map((line) => isSummary(message(line)))
  // passing tests are all one kind
  const templates = lines.templates.map((template, line) =>
    passing[shapes[line] as number] ? lines.templateCount : template
  )
  const weights = new Int32Array(lines.templateCount + 1)
  const first = new Int32Array(lines.templateCount + 1).fill(-1)
  const gravity = new Uint8Array(count)
  const summary = new Uint8Array(count)
  for (let line = 0; line < count; line++) {
    const template = templates[line] as number
    weights[template] = (weights[template] as number) + 1
    if (first[template] === -1) first[template] = line
    const shape = shapes[line] as number
    const said = stated[line] as number
    // words with numbers before them are judged by each line: a shape's "0 errors" may be another's "3 errors"
    const word = passing[shape] || (judged[shape] === UNSTATED && !summing[shape]) ? UNSTATED : judge(message(line))
    gravity[line] = said === UNSTATED ? word : said <= INFO ? (word === ERROR ? WARNING : said) : said
    summary[line] = summing[shape] ? 1 : 0
  }
  return { ...lines, templates, weights, first, gravity, summary }
}

/**
 * What stands above and within a declaration for its reader: decorators, comments, docstrings; read from the lines, which look alike in
 * most languages, so that a parser need not know them.
 */

/** `@Route("/a")`, `#[derive(Debug)]`, `[Obsolete]`. */
const ATTRIBUTE = /^\s*(?:@[\w.]+|#!?\[|\[\w[\w.:]*(?:\(.*)?[\],])/
const CLOSER = /^\s*[)\]}]+[;,]?$/
const LINE_COMMENT =
  /^\s*(?:\/\/|\/\*|\*(?:\s|\/|$)|#(?!\s*(?:include|define|undef|if|ifdef|ifndef|elif|else|endif|pragma|error|import|region|endregion)\b|!?\[)|--(?:\s|\[|$)|;;|%%|<!--|\(\*)/
const DOCSTRING = /^\s*[rRuUbB]?("""|''')/
const WORDS = /\p{L}{2}/u
/** Notes to whoever works on the code. */
const NOTE = /\b(?:TODO|FIXME|XXX|HACK|BUG)\b/

/** A comment or an attribute longer than this is not looked through. */
const MAX_LINES = 200
const MAX_WIDTH = 400

export const isNote = (line: string): boolean => NOTE.test(line.length > MAX_WIDTH ? line.slice(0, MAX_WIDTH) : line)

export const isComment = (line: string): boolean => LINE_COMMENT.test(line.slice(0, MAX_WIDTH))

export const isBlank = (line: string): boolean => line.trim() === ""

const indentOf = (line: string): number => line.length - line.trimStart().length

export interface Above {
  /** The first line of the decorators above the declaration, or the declaration's own. */
  readonly attributes: number
  /** The first line of the comment above that says something, or undefined. */
  readonly doc: number | undefined
}

/** Where a block comment that ends in the line begins, or undefined. */
const blockStart = (lines: ReadonlyArray<string>, end: number): number | undefined => {
  if (!(lines[end] as string).trimEnd().endsWith("*/")) return undefined
  for (let at = end; at >= 0 && at > end - MAX_LINES; at--) if ((lines[at] as string).includes("/*")) return at
  return undefined
}

/** Where a decorator that is closed in the line begins, or undefined. */
const attributeStart = (lines: ReadonlyArray<string>, end: number): number | undefined => {
  const line = lines[end] as string
  if (ATTRIBUTE.test(line.slice(0, MAX_WIDTH))) return end
  if (!CLOSER.test(line.slice(0, MAX_WIDTH))) return undefined
  for (let at = end - 1; at >= 0 && at > end - MAX_LINES / 4; at--) {
    const opening = lines[at] as string
    if (isBlank(opening) || indentOf(opening) < indentOf(line)) return undefined
    if (indentOf(opening) === indentOf(line)) return ATTRIBUTE.test(opening.slice(0, MAX_WIDTH)) ? at : undefined
  }
  return undefined
}

/** What stands directly above the line. */
export const aboveOf = (lines: ReadonlyArray<string>, line: number): Above => {
  let attributes = line
  let doc: number | undefined
  let at = line - 1
  while (at >= 0 && at > line - MAX_LINES) {
    const attribute = doc === undefined ? attributeStart(lines, at) : undefined
    if (attribute !== undefined) {
      attributes = attribute
      at = attribute - 1
      continue
    }
    const start = isComment(lines[at] as string) ? at : blockStart(lines, at)
    if (start === undefined) break
    for (let inner = start; inner <= at; inner++)
      if (WORDS.test(lines[inner] as string)) {
        doc = inner
        break
      }
    at = start - 1
  }
  return { attributes, doc }
}

/** The line of a docstring that opens a body and says something, or undefined. */
export const docstringAt = (lines: ReadonlyArray<string>, line: number): number | undefined => {
  const first = lines[line]
  if (first === undefined || !DOCSTRING.test(first)) return undefined
  return WORDS.test(first.replace(DOCSTRING, "")) ? line : line + 1 < lines.length ? line + 1 : undefined
}

/** The lines of a comment block within the lines that say no more than its first one, which stays. */
export const afterFirst = (lines: ReadonlyArray<string>, from: number, to: number): ReadonlyArray<number> => {
  const rest: Array<number> = []
  let isSaid = false
  for (let at = from; at < to; at++) {
    const line = lines[at] as string
    if (!isComment(line)) isSaid = false
    else if (isSaid || !WORDS.test(line)) rest.push(at)
    else isSaid = true
  }
  return rest
}

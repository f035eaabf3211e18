/** The statements of a TOML text with their offsets; what a valid text consists of besides comments and blank lines. */

export interface Statement {
  /** Keys from the root: of the table that a header opens, or of the value that a pair sets. */
  readonly path: ReadonlyArray<string>
  /** The header that a pair stands below, or the header itself; undefined above the first. */
  readonly table: Header | undefined
  /** A pair's value; undefined for a header. */
  readonly value: readonly [from: number, to: number] | undefined
  /** Its lines, line break included. */
  readonly lines: readonly [from: number, to: number]
}

interface Header {
  readonly path: ReadonlyArray<string>
  /** `[[a]]`: one of several tables of that name. */
  readonly isElement: boolean
}

/** Behind the string that opens here. */
const stringEnd = (text: string, at: number): number => {
  const quote = text[at] as string
  const marks = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote
  let end = at + marks.length
  while (end < text.length && !text.startsWith(marks, end)) end += quote === '"' && text[end] === "\\" ? 2 : 1
  end += marks.length
  // `""""a""""` ends with quotes of its own.
  while (marks.length === 3 && text[end] === quote) end++
  return Math.min(end, text.length)
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf("\n", at)
  return end === -1 ? text.length : end
}

/** Behind the value that begins here, blanks and comments after it aside. */
const valueEnd = (text: string, start: number): number => {
  let depth = 0
  let end = start
  for (let at = start; at < text.length; ) {
    const character = text[at] as string
    if (character === '"' || character === "'") at = stringEnd(text, at)
    else if (character === "#") {
      if (depth === 0) break
      at = lineEnd(text, at)
      continue
    } else if (character === "\n" && depth === 0) break
    else {
      if ("[{".includes(character)) depth++
      if ("]}".includes(character)) depth--
      at++
    }
    if (/\S/.test(character)) end = at
  }
  return end
}

/** A dotted key from `at` up to one of the ending characters. */
const keyFrom = (text: string, start: number): { readonly path: ReadonlyArray<string>; readonly end: number } => {
  const path: Array<string> = []
  let at = start
  while (at < text.length && !"]=\n".includes(text[at] as string)) {
    const character = text[at] as string
    if (character === '"' || character === "'") {
      const end = stringEnd(text, at)
      path.push(character === "'" ? text.slice(at + 1, end - 1) : unescaped(text.slice(at, end)))
      at = end
    } else if (/[\w-]/.test(character)) {
      const word = /^[\w-]+/.exec(text.slice(at))?.[0] ?? ""
      path.push(word)
      at += word.length
    } else at++
  }
  return { path, end: at }
}

/** A quoted key; the escapes that JSON lacks name no key of ours. */
const unescaped = (quoted: string): string => {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted
  }
}

/** The statements of a valid text, in order. */
export const statementsIn = (text: string): ReadonlyArray<Statement> => {
  const found: Array<Statement> = []
  let table: Header | undefined
  for (let at = text.startsWith("\ufeff") ? 1 : 0; at < text.length; ) {
    const first = at + (/^[ \t\r]*/.exec(text.slice(at))?.[0].length ?? 0)
    const character = text[first]
    if (character === undefined || character === "#" || character === "\n") {
      at = lineEnd(text, first) + 1
      continue
    }
    if (character === "[") {
      const isElement = text[first + 1] === "["
      const { path, end } = keyFrom(text, first + (isElement ? 2 : 1))
      table = { path, isElement }
      const next = Math.min(lineEnd(text, end) + 1, text.length)
      found.push({ path, table, value: undefined, lines: [at, next] })
      at = next
      continue
    }
    const { path, end } = keyFrom(text, first)
    const start = end + 1 + (/^[ \t]*/.exec(text.slice(end + 1))?.[0].length ?? 0)
    const stop = valueEnd(text, start)
    const next = Math.min(lineEnd(text, stop) + 1, text.length)
    found.push({ path: [...(table?.path ?? []), ...path], table, value: [start, stop], lines: [at, next] })
    at = next
  }
  return found
}

/**
 * Forms that a text has by the look of its lines: source code, markup, delimited tables, listings of files; recognized so that none of them
 * is mistaken for a log or for prose.
 *
 * Everything is counted over a bounded sample of whole lines from the text's beginning, middle and end.
 */
import type { Confidence } from "../domain/compressor.ts"

const SAMPLE_CHARACTERS = 3_072
const MAX_LINE = 1_000

const wholeLines = (text: string, from: number, length: number): string => {
  const start = from === 0 ? 0 : text.indexOf("\n", from) + 1
  if (from > 0 && (start === 0 || start > from + length)) return text.slice(from, from + length)
  const end = text.lastIndexOf("\n", Math.min(text.length, start + length))
  return text.slice(start, end <= start || start + length >= text.length ? start + length : end)
}

/** Lines to judge a text by, blank ones left out, long ones cut. */
export const sampleLines = (text: string): ReadonlyArray<string> => {
  const parts =
    text.length <= 3 * SAMPLE_CHARACTERS
      ? [text]
      : [0, (text.length >> 1) - (SAMPLE_CHARACTERS >> 1), text.length - SAMPLE_CHARACTERS].map((from) =>
          wholeLines(text, from, SAMPLE_CHARACTERS)
        )
  const lines: Array<string> = []
  for (const part of parts)
    for (const line of part.split("\n")) if (line.trim() !== "") lines.push(line.slice(0, MAX_LINE).replace(GUTTER, ""))
  return isCounted(lines) ? lines.map((line) => line.replace(COUNTED, "")) : lines
}

/** Whether most lines are numbered by one, a colon, dot or bar behind: a file as some readers print it, not places that a search found. */
const isCounted = (lines: ReadonlyArray<string>): boolean => {
  let before = -1
  let counted = 0
  for (const line of lines) {
    const number = Number(COUNTED.exec(line)?.[1] ?? -1)
    if (number > 0 && number === before + 1) counted++
    before = number
  }
  return lines.length >= 8 && counted >= 0.6 * lines.length
}

/** A line number in front, as readers of files print it. */
const GUTTER = /^\s{0,8}\d{1,6}(?:→|\t|\| )/

const COUNTED = /^L?\s{0,8}(\d{1,6})(?:: ?|\. |\| ?)/

const share = (lines: ReadonlyArray<string>, is: (line: string) => boolean): number =>
  lines.length === 0 ? 0 : lines.filter(is).length / lines.length

/** What opens lines of comments, imports, declarations and cases, which source has in rows; a single character is no beginning anyway. */
const SOURCE_MARK =
  /^(?:\/\/[/!]?|\/\*\*?|--|;;|use|import|from|using|#include|case|const|let|var|val|export|public|private|protected|readonly|static|def|func|fn)$/
/** What programs print ends so only where it is source. */
const STATEMENT = /;\s*$/

/** Whether lines mostly begin alike, list markers aside: a program printed them. */
export const beginAlike = (lines: ReadonlyArray<string>): boolean => {
  if (lines.length < 6) return false
  const begins = new Map<string, number>()
  for (const line of lines) {
    const begin = /^\s*\S{1,40}/.exec(line)?.[0].trim().replace(/\d+/g, "0") ?? ""
    if (begin.length > 1 && !SOURCE_MARK.test(begin) && !STATEMENT.test(line))
      begins.set(begin, (begins.get(begin) ?? 0) + 1)
  }
  return Math.max(0, ...begins.values()) > 0.5 * lines.length
}

const CODE_START =
  /^\s*(?:import\b.*[;'")\w]$|from\s+\S+\s+import\b|(?:export|public|private|protected|internal|static|async|final|abstract|override|virtual|pub|unsafe|extern|inline|constexpr|template)\b[\s<(]|(?:def|class|func|fn|function|struct|impl|trait|interface|enum|namespace|package|module|using|use|type|typedef|require|include|let|const|var|val|return|raise|throw|throws|yield|await|elif|else|except|finally|unless|switch|case|default|while|foreach|for|if|try|catch|do|end|begin|rescue|goto|break|continue|assert|with|print|echo|self|this)\b(?=.*[(){}[\];:=<>.]|\s*$)|@\w+|#\s*(?:include|define|ifdef|ifndef|endif|if|else|undef|pragma)\b|#!\/|\/\/|\/\*|\*\/|\s\*(?:\s|\/|$)|"""|<\?php)/
const CODE_END = /(?:[;{}]|\)\s*\{|=>|\)\s*:|[([{,]|&&|\|\||\\)\s*(?:\/\/.*|\/\*.*|#.*)?\r?$/
const CODE_ALONE = /^\s*[)}\]]+[;,)]*\s*\r?$/
const CODE_ASSIGNS =
  /^\s*[\w$.[\]'"*&]+\s*(?::\s*[\w<>[\]|&., ]+)?(?:\s*[-+*/|&]?=|:=)\s*\S|^\s*[\w$.]+(?:\(.*\)|!\(.*\))[;,.]?\s*\r?$|^\s*\.\w+\(/

/** A place in front, as search tools and compilers print it: the rest may be code, the line is not. */
const PLACED = /^(?:[^\s:]{1,300}:)?\d+[:-](?!\d)/

/** A longer line is no statement, and where it was cut is not how it ends. */
const LONGEST_CODE = 500
/** So many lines that a `#` opens are comments; headings stand apart, and fields and numbers are what programs print. */
const COMMENTS = 0.5
const COMMENT = /^\s*#(?:\s*$|\s+(?!\d|[A-Z][\w@]*: )\S)/

/** JSON behind a prefix ends as code does. */
const isCode = (line: string): boolean =>
  line.length < LONGEST_CODE &&
  !PLACED.test(line) &&
  !line.includes('{"') &&
  (CODE_ALONE.test(line) || CODE_START.test(line) || CODE_END.test(line) || CODE_ASSIGNS.test(line))

const MARKUP_LINE = /^\s*<\/?[a-zA-Z!?][^<>]*>?|<\/[a-zA-Z][\w:-]*>\s*\r?$/
const DOCUMENT = /^\ufeff?\s*<(?:!doctype|\?xml|html|svg|head|body|rss|feed|project|testsuites?)\b/i

const markup = (text: string, lines: ReadonlyArray<string>): Confidence => {
  if (DOCUMENT.test(text.slice(0, 400))) return 0.98
  const found = share(lines, (line) => MARKUP_LINE.test(line))
  return found >= 0.4 ? Math.min(0.95, 0.6 + found / 2) : 0
}

const DELIMITERS = [",", "\t", ";", "|"].map((char) => char.charCodeAt(0))
const MAX_ROWS = 40

/** Cells of a line by each delimiter, quoted cells whole; none where a quote stays open. */
const cellsOf = (line: string): ReadonlyArray<number> => {
  const cells = [1, 1, 1, 1]
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i)
    if (code === 34) quoted = !quoted
    else if (!quoted && (code === 44 || code === 9 || code === 59 || code === 124)) {
      const at = DELIMITERS.indexOf(code)
      cells[at] = (cells[at] as number) + 1
    }
  }
  return quoted ? [] : cells
}

/** Rows that agree on a number of cells, three or more. */
const table = (lines: ReadonlyArray<string>): Confidence => {
  const rows = lines.slice(0, MAX_ROWS)
  if (rows.length < 3) return 0
  const counts = new Map<number, number>()
  for (const row of rows)
    cellsOf(row).forEach((cells, at) => {
      if (cells >= 3) counts.set(cells * 4 + at, (counts.get(cells * 4 + at) ?? 0) + 1)
    })
  const best = Math.max(0, ...counts.values()) / rows.length
  return best >= 0.8 ? 0.6 + best * 0.3 : 0
}

const LISTED =
  /^\s*(?:[bcdlps-][rwxsStT-]{9}[@+.]?\s|total \d+\s*$|\S+:\s*$|[├└│|`+─-][├└│|`+─\s-]*\S|[ MADRCU?!]{2} \S+\s*$|\d+\s+\S+\s*$|(?:\.{0,2}\/)?[\w@.+-]+(?:\/[\w@.+ -]+)*\/?\s*$|[^\s|]+\s+\|\s+(?:\d+ [+-]*|Bin .*)\s*$)/

const MODES = /^\s*(?:\d+\s+)?[bcdlps-](?:[r-][w-][xsS-]){2}[r-][w-][xtT-][@+.]?\s/

const listing = (lines: ReadonlyArray<string>): Confidence => {
  const listed = share(lines, (line) => LISTED.test(line))
  if (share(lines, (line) => MODES.test(line)) >= 0.6) return 0.97
  return listed >= 0.7 ? 0.35 + listed * 0.6 : 0
}

/** The share of lines that look like source, unless a program printed them. */
export const codeForm = (lines: ReadonlyArray<string>): Confidence => {
  if (beginAlike(lines)) return 0
  const isCommented = share(lines, (line) => COMMENT.test(line)) >= COMMENTS
  const found = share(lines, (line) => isCode(line) || (isCommented && COMMENT.test(line)))
  return found >= 0.4 ? Math.min(0.95, 0.5 + found * 0.6) : 0
}

/** How sure it is, from 0 to 1, that the text has one of these forms. */
export const foreignForm = (text: string, lines: ReadonlyArray<string> = sampleLines(text)): Confidence =>
  Math.max(markup(text, lines), table(lines), listing(lines), codeForm(lines))

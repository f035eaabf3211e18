/**
 * An outline from the lines alone: what begins like a declaration is one, and what is indented under it is its body; for languages
 * without a parser here, for parts of files that no parser can make sense of, and where there is no parser at all.
 */
import type { Declaration, DeclarationKind, LineSpan, Outline } from "../../domain/outline.ts"
import { isComment } from "./comments.ts"

/** Characters of a line that are looked at. */
const MAX_WIDTH = 300
/** Lines that a signature or an import may take. */
const MAX_HEAD = 60

const MODIFIERS =
  "(?:(?:@\\w+|export|default|public|(?:private|protected)(?:\\[\\w+\\])?|internal|pub(?:\\([\\w: ]+\\))?|static|final|abstract|sealed|virtual|override|async|unsafe|extern|" +
  "inline|const|constexpr|readonly|partial|open|fileprivate|mutating|suspend|data|case|implicit|lazy|native|synchronized|declare|local|def)\\s+)*"

const IMPORT =
  /^\s*(?:import\b(?!\()|from\s+\S+\s+import\b|#\s*(?:include|import)\b|(?:pub(?:\([\w: ]+\))?\s+)?use\s+[\w:\\{(]|using\s+[\w.]+|require(?:_relative|_once)?\b|include(?:_once)?\s|package\s+[\w.]+|(?:pub\s+)?mod\s+\w+;|extern\s+crate|namespace\s+[\w\\.]+;|(?:const|let|var|local)\s+.*=\s*require\b|export\s+(?:\*|\{.*)\s*(?:as\s+\w+\s+)?from\b|load\s|source\s|open\s+[A-Z][\w.]*$|alias\s+[A-Z])/
const TYPE = new RegExp(
  `^\\s*${MODIFIERS}(?:interface|enum(?:\\s+class)?|struct|union|typedef|type|protocol|record|typealias|message|service|@(?:typep?|opaque|(?:macro)?callback))\\s+(\\w+)`
)
const CONTAINER = new RegExp(
  `^\\s*(?:template\\s*<.*>\\s*)?${MODIFIERS}(?:class|trait|impl|module|namespace|object|extension|mixin|def(?:module|impl|protocol)|contract|library|actor)\\b[\\s<]*([\\w.:]*)`
)
const FUNCTION = new RegExp(
  `^\\s*${MODIFIERS}(?:def(?:p|macrop?|guardp?|delegate)?|fn|func|fun|function\\*?|sub|proc|procedure|macro|init|deinit|constructor)\\b\\s*(?:\\([^)]*\\)\\s*)?((?:self\\.|[\\w$.]+::)?[\\w$?!=]*)`
)
/** `name(…`, `Type name(…`: a function where a body follows its parentheses. */
const METHOD =
  /^\s*(?:[\w:<>,[\]*&?~.@]+\s+(?:[\w:<>,[\]*&?~.]+\s+)*)?[*&]*((?:[\w$]+::)*[~#]?[\w$]+)\s*(?:<[^>()]*>)?\(/
/** What may stand between a function's parentheses and its body. */
const BEHIND = /^\s*(?:(?:const|noexcept|override|final|async)\b\s*)*(?:throws\b.*|:.*|->.*|where\b.*)?$/
/** The line behind a head without a brace: the brace, or how a constructor's fields begin. */
const BODY = /^\s*(?:\{\s*$|:\s*[\w:<>]+[({])/
/** `test "loads" do`, `it("loads", function()`: a call that names what its block does. */
const BLOCK_CALL = /^\s*[\w$.]+[( ]\s*["'`].*(?:\bdo|\bfunction\s*\([\w\s,]*\)|=>)\s*\{?$/
const ARROW =
  /^\s*(?:export\s+)?(?:(?:const|let|var|local|this\.|[\w$]+\.)\s*)?([\w$]+)(?:\s*:\s*[^=]+)?\s*[=:]\s*(?:async\s+)?(?:[\w$.]+\()?(?:function\b|\([^)]*\)?.*=>\s*[{(]?$|[\w$]+\s*=>\s*[{(]?$|\($)/
const CONTROL =
  /^\s*(?:[})\]]|(?:if|for|foreach|while|switch|catch|return|else|elif|elsif|unless|until|do|try|case|when|with|throw|await|yield|new|match|loop|using|lock|synchronized|assert|delete|print|echo|raise|select|guard|super|this|not|and|or|in)\b)/
const VALUE = new RegExp(
  `^\\s*(?:#\\s*define\\s+(\\w+)|(?:export|public|private|protected|pub(?:\\([\\w: ]+\\))?|static|final|const|readonly|let|var|val)\\s+(?:[\\w<>,[\\].?:&]+\\s+)*[$#]?(\\w+)\\s*(?::[^=]+)?(?:=|;)|([A-Z][A-Z0-9_]+)\\s*(?::[^=]+)?=)`
)
const PATTERNS: ReadonlyArray<readonly [DeclarationKind, RegExp]> = [
  ["import", IMPORT],
  ["container", CONTAINER],
  ["function", FUNCTION],
  ["type", TYPE],
  ["function", ARROW],
  ["value", VALUE]
]

/** What begins in the line, and where its head ends. */
interface Begin {
  readonly kind: DeclarationKind
  readonly name: string
  readonly to: number
}

/** Brackets that each line opens, less those that it closes; braces apart. */
interface Opened {
  readonly brackets: number
  readonly braces: number
}

const openedBy = (line: string): Opened => {
  let brackets = 0
  let braces = 0
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code === 40 || code === 91) brackets++
    else if (code === 41 || code === 93) brackets--
    else if (code === 123) braces++
    else if (code === 125) braces--
  }
  return { brackets, braces }
}

const indentOf = (line: string): number => {
  let width = 0
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code === 32) width++
    else if (code === 9) width += 4
    else return width
  }
  return BLANK
}

/** The indent of a line without text. */
const BLANK = -1
const CLOSES = /^\s*(?:[)\]}]|end\b|fi\b|done\b|esac\b|\{\s*$)/

class Scanner {
  readonly #lines: ReadonlyArray<string>
  readonly #indents: Int32Array
  /** Up to here brackets that are open do not close: they are not looked for again. */
  #unclosed = 0

  constructor(lines: ReadonlyArray<string>) {
    this.#lines = lines.map((line) => line.slice(0, MAX_WIDTH))
    this.#indents = Int32Array.from(this.#lines, indentOf)
  }

  /** The end of the lines whose brackets, or braces too, are closed; the line itself where they are not. */
  #closed(from: number, withBraces: boolean): number {
    if (from < this.#unclosed) return from + 1
    let open = 0
    let at = from
    for (; at < this.#lines.length && at < from + MAX_HEAD; at++) {
      if (this.#indents[at] === BLANK) break
      const { brackets, braces } = openedBy(this.#lines[at] as string)
      open += brackets + (withBraces ? braces : 0)
      if (open <= 0) return at + 1
    }
    this.#unclosed = at
    return from + 1
  }

  /** The end of a head that a body follows, behind its parentheses and perhaps a word or two; undefined where none does. */
  #calledBody(from: number): number | undefined {
    const to = this.#closed(from, false)
    const last = this.#lines[to - 1] as string
    const behind = last.slice(last.lastIndexOf(")") + 1).trimEnd()
    if (!last.includes(")")) return undefined
    const opens = behind.endsWith("{")
    if (!BEHIND.test(opens ? behind.slice(0, -1) : behind)) return undefined
    return opens || BODY.test(this.#lines[to] ?? "") ? to : undefined
  }

  /** What begins in the line. */
  begin(at: number, isInFunction: boolean): Begin | undefined {
    const line = this.#lines[at] as string
    if (this.#indents[at] === BLANK || isComment(line)) return undefined
    for (const [kind, pattern] of PATTERNS) {
      const match = isInFunction && kind !== "function" && kind !== "container" ? null : pattern.exec(line)
      if (match === null) continue
      const name = match.slice(1).find((part) => part !== undefined) ?? ""
      // In what runs, the word may be the name of a variable.
      if (isInFunction && kind === "container" && !/^[A-Z]/.test(name)) continue
      return { kind, name, to: kind === "value" ? at + 1 : this.#closed(at, kind === "import") }
    }
    if (CONTROL.test(line)) return undefined
    if (BLOCK_CALL.test(line)) return { kind: "function", name: "", to: at + 1 }
    const match = isInFunction ? null : METHOD.exec(line)
    const to = match === null ? undefined : this.#calledBody(at)
    return match === null || to === undefined ? undefined : { kind: "function", name: match[1] as string, to }
  }

  /** The end of what is indented under a head, with the line that closes it. */
  bodyEnd(head: LineSpan): number {
    const indent = this.#indents[head[0]] as number
    let end = head[1]
    for (let at = head[1]; at < this.#lines.length; at++) {
      const own = this.#indents[at] as number
      if (own === BLANK) continue
      if (own < indent) break
      if (own === indent) {
        const line = this.#lines[at] as string
        if (!CLOSES.test(line)) break
        end = at + 1
        if (line.trim() !== "{") break
      } else end = at + 1
    }
    return end
  }
}

/** The outline of the lines, gutters taken off. */
export const outlineOfLines = (lines: ReadonlyArray<string>): Outline => {
  const scanner = new Scanner(lines)
  const out: Array<Declaration> = []
  const open: Array<{ readonly end: number; readonly kind: DeclarationKind }> = []
  for (let at = 0; at < lines.length; ) {
    while (open.length > 0 && (open.at(-1)?.end as number) <= at) open.pop()
    // What a module declares within a test is declared.
    const around = open.findLast(({ kind }) => kind === "function" || kind === "container")
    const begin = scanner.begin(at, around?.kind === "function")
    if (begin === undefined) {
      at++
      continue
    }
    const { kind, name, to } = begin
    const end = kind === "import" ? to : scanner.bodyEnd([at, to])
    const isWhole = kind === "type" || end === to
    const head: LineSpan = [at, isWhole ? end : to]
    out.push({ kind, name, depth: open.length, head, body: isWhole ? undefined : [to, end] })
    open.push({ end, kind })
    at = head[1]
  }
  return out
}

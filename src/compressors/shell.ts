/**
 * Reads a POSIX shell line into its commands, because what a tool printed is known best from what it ran; a small grammar of its own,
 * since only the shape is wanted: which commands print, through which pipes.
 *
 * Total on any string and linear; deeper nesting than `MAX_DEPTH` is read flat, what follows `MAX_TOKENS` not at all.
 */

/** Pipelines in order, whatever joins them. */
export type Script = ReadonlyArray<Pipeline>
export type Pipeline = ReadonlyArray<Stage>

export interface Stage {
  /** Words with their quotes gone; empty for a group. */
  readonly words: ReadonlyArray<string>
  /** The commands inside `( )`, `{ }`, a loop, an `if` or a `case`. */
  readonly group: Script | undefined
  /** Command substitutions inside the words, as source. */
  readonly substitutions: ReadonlyArray<string>
  /** A here-document's body or here-string. */
  readonly document: string | undefined
  /** The file that standard input is read from. */
  readonly input: string | undefined
  /** Whether standard output goes to a file. */
  readonly silent: boolean
}

const MAX_DEPTH = 40
/** Nobody writes a longer line; here-documents are one token each. */
const MAX_TOKENS = 20_000

interface Word {
  readonly text: string
  readonly bare: boolean
  readonly substitutions: ReadonlyArray<string>
}

type Token =
  | { readonly _tag: "Word"; readonly word: Word }
  | { readonly _tag: "Operator"; readonly text: string }
  | {
      readonly _tag: "Redirect"
      readonly text: string
      readonly descriptor: string
      readonly body: () => string | undefined
    }

/** The end of a `$(…)`, `${…}` or `"…"` that opens before `at`, by a stack of what is open. */
const closeOf = (line: string, at: number, opener: "(" | "{" | '"'): number => {
  const open: Array<string> = [opener]
  for (let i = at; i < line.length; i++) {
    const c = line[i] as string
    const top = open[open.length - 1]
    if (c === "\\") i++
    else if (c === '"') {
      if (top === '"') open.pop()
      else open.push(c)
    } else if (c === "$" && (line[i + 1] === "(" || line[i + 1] === "{")) open.push(line[++i] as string)
    else if (top === "(" && c === "'") {
      const end = line.indexOf("'", i + 1)
      i = end === -1 ? line.length : end
    } else if (top === "(" && c === "(") open.push(c)
    else if ((top === "(" && c === ")") || (top === "{" && c === "}")) open.pop()
    if (open.length === 0) return i
  }
  return line.length
}

const BLANK = /[ \t\r]/
const ENDS_WORD = /[ \t\r\n;&|()<>]/
const PLAIN = /[^ \t\r\n;&|()<>\\'"`$]+/y
const OPERATORS = ["&&", "||", ";;", "|&", ";", "|", "&", "(", ")", "\n"]
const REDIRECTS = ["<<<", "<<-", "&>>", "<<", ">>", ">&", "<&", "&>", ">|", "<>", ">", "<"]

const operatorAt = (line: string, at: number, list: ReadonlyArray<string>): string | undefined =>
  list.find((operator) => line.startsWith(operator, at))

const readWord = (line: string, start: number): { readonly word: Word; readonly end: number } => {
  let text = ""
  let bare = true
  let at = start
  const substitutions: Array<string> = []
  const expand = (): void => {
    const opener = line[at + 1] === "{" ? "{" : "("
    const end = closeOf(line, at + 2, opener)
    if (opener === "(") substitutions.push(line.slice(at + 2, end))
    text += line.slice(at, end + 1)
    at = end + 1
  }
  const backtick = (): void => {
    const end = line.indexOf("`", at + 1)
    const stop = end === -1 ? line.length : end
    substitutions.push(line.slice(at + 1, stop))
    text += line.slice(at, stop + 1)
    at = stop + 1
  }
  const opens = (): boolean => (line[at] === "$" || line[at] === "<" || line[at] === ">") && line[at + 1] === "("
  while (at < line.length) {
    const c = line[at] as string
    if (opens() || (c === "$" && line[at + 1] === "{")) expand()
    else if (ENDS_WORD.test(c)) break
    else if (c === "`") backtick()
    else if (c === "\\") {
      if (line[at + 1] !== "\n") text += line[at + 1] ?? ""
      bare = false
      at += 2
    } else if (c === "'" || (c === "$" && line[at + 1] === "'")) {
      const from = c === "$" ? at + 2 : at + 1
      const end = line.indexOf("'", from)
      text += line.slice(from, end === -1 ? line.length : end)
      bare = false
      at = end === -1 ? line.length : end + 1
    } else if (c === '"') {
      bare = false
      at++
      while (at < line.length && line[at] !== '"') {
        if (line[at] === "\\") {
          const next = line[at + 1] ?? ""
          if (next !== "\n") text += '"\\$`'.includes(next) ? next : `\\${next}`
          at += 2
        } else if (line[at] === "$" && (line[at + 1] === "(" || line[at + 1] === "{")) expand()
        else if (line[at] === "`") backtick()
        else text += line[at++]
      }
      at++
    } else {
      PLAIN.lastIndex = at
      const end = PLAIN.test(line) ? PLAIN.lastIndex : at + 1
      text += line.slice(at, end)
      at = end
    }
  }
  return { word: { text, bare, substitutions }, end: Math.min(at, line.length) }
}

interface HereDocument {
  readonly delimiter: string
  readonly tabs: boolean
  readonly put: (body: string) => void
}

/** The body of a here-document from the line after its own, and where it ends. */
const readBody = (line: string, from: number, here: HereDocument): number => {
  for (let at = from; at < line.length; ) {
    const found = line.indexOf("\n", at)
    const end = found === -1 ? line.length : found
    const row = line.slice(at, end)
    if ((here.tabs ? row.replace(/^\t+/, "") : row) === here.delimiter) {
      here.put(line.slice(from, at))
      return end
    }
    at = end + 1
  }
  here.put(line.slice(from))
  return line.length
}

const tokenize = (line: string): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  let pending: Array<HereDocument> = []
  let at = 0
  while (at < line.length && tokens.length < MAX_TOKENS) {
    const c = line[at] as string
    if (BLANK.test(c)) at++
    else if (c === "\\" && line[at + 1] === "\n") at += 2
    else if (c === "#") {
      const end = line.indexOf("\n", at)
      at = end === -1 ? line.length : end
    } else if ((c === "<" || c === ">") && line[at + 1] === "(") {
      const { word, end } = readWord(line, at)
      tokens.push({ _tag: "Word", word })
      at = end
    } else {
      const digits = (line[at + 1] === "<" || line[at + 1] === ">") && /[0-9]/.test(c) ? c : ""
      const special = digits !== "" || ENDS_WORD.test(c)
      const redirect = special ? operatorAt(line, at + digits.length, REDIRECTS) : undefined
      const operator = special && redirect === undefined ? operatorAt(line, at, OPERATORS) : undefined
      if (redirect !== undefined) {
        at += digits.length + redirect.length
        let body: string | undefined
        tokens.push({ _tag: "Redirect", text: redirect, descriptor: digits, body: () => body })
        while (at < line.length && BLANK.test(line[at] as string)) at++
        if (redirect !== "<<" && redirect !== "<<-") continue
        const { word, end } = readWord(line, at)
        tokens.push({ _tag: "Word", word })
        at = end
        pending.push({
          delimiter: word.text,
          tabs: redirect === "<<-",
          put: (text) => {
            body = text
          }
        })
      } else if (operator !== undefined) {
        tokens.push({ _tag: "Operator", text: operator })
        at += operator.length
        if (operator !== "\n") continue
        for (const here of pending) at = Math.min(line.length, readBody(line, at, here) + (pending.length > 1 ? 1 : 0))
        pending = []
      } else {
        const { word, end } = readWord(line, at)
        tokens.push({ _tag: "Word", word })
        at = Math.max(end, at + 1)
      }
    }
  }
  return tokens
}

interface Draft {
  words: Array<string>
  substitutions: Array<string>
  group: Script | undefined
  document: string | undefined
  input: string | undefined
  silent: boolean
}

const emptyDraft = (): Draft => ({
  words: [],
  substitutions: [],
  group: undefined,
  document: undefined,
  input: undefined,
  silent: false
})

interface Frame {
  readonly closer: string
  readonly script: Array<Pipeline>
  pipeline: Array<Stage>
  draft: Draft
  /** In the head of a `for` or `case`, whose words are no command. */
  head: boolean
  /** After a pipe, where a new line does not end the pipeline. */
  piped: boolean
}

const frameOf = (closer: string, head = false): Frame => ({
  closer,
  script: [],
  pipeline: [],
  draft: emptyDraft(),
  head,
  piped: false
})

const CLOSERS: Readonly<Record<string, string>> = {
  "(": ")",
  "{": "}",
  for: "done",
  select: "done",
  while: "done",
  until: "done",
  if: "fi",
  case: "esac"
}
const SEPARATING_WORDS = new Set(["do", "then", "else", "elif", "!"])
const DISCARDS = /^(?:\/dev\/(?:stdout|stderr|tty|fd\/[12])|&?[12]|-)$/

const endStage = (frame: Frame): void => {
  const { draft } = frame
  if (draft.words.length > 0 || draft.group !== undefined || draft.document !== undefined) frame.pipeline.push(draft)
  frame.draft = emptyDraft()
}

const endPipeline = (frame: Frame): void => {
  endStage(frame)
  if (frame.pipeline.length > 0) frame.script.push(frame.pipeline)
  frame.pipeline = []
  frame.piped = false
}

/** The commands of a shell line. */
export const parseShell = (line: string): Script => {
  const tokens = tokenize(line)
  const frames: Array<Frame> = [frameOf("")]
  const top = (): Frame => frames[frames.length - 1] as Frame
  const open = (name: string): void => {
    if (frames.length < MAX_DEPTH) frames.push(frameOf(CLOSERS[name] as string, name === "for" || name === "case"))
  }
  const close = (): void => {
    const frame = top()
    endPipeline(frame)
    frames.pop()
    top().draft.group = frame.script
  }
  const isStart = (frame: Frame): boolean => frame.draft.words.length === 0 && frame.draft.group === undefined

  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token
    const frame = top()
    if (token._tag === "Redirect") {
      const next = tokens[i + 1]
      const target = next?._tag === "Word" ? next.word.text : ""
      if (next?._tag === "Word") i++
      if (token.text.startsWith("<<")) frame.draft.document = token.text === "<<<" ? target : (token.body() ?? "")
      else if (token.text === "<" || token.text === "<>") frame.draft.input = target
      else if (token.text !== "<&" && token.descriptor !== "2" && !DISCARDS.test(target)) frame.draft.silent = true
    } else if (token._tag === "Operator") {
      const { text } = token
      if (text === "(") {
        if (!isStart(frame)) frame.draft = emptyDraft()
        if (!frame.head) open("(")
      } else if (text === ")") {
        if (frame.closer === ")") close()
        else if (frame.closer === "esac") frame.draft = emptyDraft()
      } else if (frame.head) {
        if (text === ";" || text === "\n") frame.draft = emptyDraft()
        frame.head = frame.closer === "esac"
      } else if (text === "|" || text === "|&") {
        endStage(frame)
        frame.piped = true
      } else if (text !== "\n" || !frame.piped || !isStart(frame)) endPipeline(frame)
    } else {
      const { text, bare, substitutions } = token.word
      if (frame.head) {
        if ((frame.closer === "esac" && text === "in") || (frame.closer === "done" && text === "do")) frame.head = false
      } else if (bare && isStart(frame) && Object.hasOwn(CLOSERS, text) && text !== "(") open(text)
      else if (bare && isStart(frame) && SEPARATING_WORDS.has(text)) continue
      else if (bare && frames.length > 1 && text === frame.closer && (isStart(frame) || frame.closer === "}")) close()
      else {
        frame.draft.words.push(text)
        for (const substitution of substitutions) frame.draft.substitutions.push(substitution)
        frame.piped = false
      }
    }
  }
  while (frames.length > 1) close()
  endPipeline(top())
  return top().script
}

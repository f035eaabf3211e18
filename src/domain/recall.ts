/**
 * What a recorded agent needed of its tools' outputs: the facts it wrote down later and the lines that its edits had to match, each of
 * which no one else had told it. A view that hides one of them costs a retrieval, or an answer.
 */
import { stringsIn } from "./json-strings.ts"
import { callsOf, type RecordedBlock, type RecordedMessage } from "./recording.ts"

/** Names, paths, hashes, numbers and addresses: what is said again because it was read. The first that fits at a place is taken. */
const FACT = new RegExp(
  [
    String.raw`[\w./-]*/[\w./-]+`,
    String.raw`[A-Za-z_][A-Za-z0-9]*(?:[_.-][A-Za-z0-9]+)+`,
    String.raw`[a-z]+[A-Z][A-Za-z0-9]+`,
    String.raw`[A-Z][a-z]+[A-Z][A-Za-z0-9]+`,
    String.raw`\b[0-9a-f]{7,}\b`,
    String.raw`\b\d[\d.,:-]{2,}\d\b`,
    String.raw`[\w.+-]+@[\w-]+\.\w+`
  ].join("|"),
  "g"
)
/** What no fact holds. */
const BETWEEN = /[^\w./+@:,-]/
const SHORTEST_FACT = 5
const LONGEST_FACT = 200
/** Longer runs without a break are encoded data, and looking for names in them takes time square in their length. */
const LONGEST_RUN = 1_000

/** The facts that a text states. */
export const factsIn = (text: string): ReadonlySet<string> => {
  const facts = new Set<string>()
  for (const run of text.split(BETWEEN)) {
    if (run.length < SHORTEST_FACT || run.length > LONGEST_RUN) continue
    for (const [fact] of run.matchAll(FACT))
      if (fact.length >= SHORTEST_FACT && fact.length <= LONGEST_FACT) facts.add(fact.replace(/[.,:-]+$/, ""))
  }
  return facts
}

const between = (text: string, open: string, close: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  let at = text.indexOf(open)
  while (at !== -1) {
    const start = at + open.length
    const end = text.indexOf(close, start)
    if (end === -1) break
    found.push(text.slice(start, end))
    at = text.indexOf(open, end + close.length)
  }
  return found
}

const OLD_TEXTS = ["old_string", "old_str", "oldText", "oldString"]

const oldTextOf = (edit: unknown): ReadonlyArray<string> => {
  if (typeof edit !== "object" || edit === null) return []
  const fields: { readonly [key: string]: unknown } = { ...edit }
  const text = fields[OLD_TEXTS.find((name) => fields[name] !== undefined && fields[name] !== null) ?? ""]
  return typeof text === "string" ? [text] : []
}

/** The lines of a patch that stand in the file before it. */
const linesBefore = (patch: string): string =>
  patch
    .split("\n")
    .filter((line) => line.startsWith(" ") || line.startsWith("-"))
    .map((line) => line.slice(1))
    .join("\n")

/** A number that an agent copies from a gutter is no part of the line. */
const GUTTER = /^\d+(?:→|\t)\s*/
const SHORTEST_LINE = 9

/** The lines that the call's exact-match edits look for: old texts, search blocks, the kept and removed lines of patches. */
const editLines = (input: { readonly [key: string]: unknown }): ReadonlyArray<string> => {
  const all = stringsIn(input).join("\n")
  const edits = Array.isArray(input["edits"]) ? input["edits"] : []
  const texts = [
    ...oldTextOf(input),
    ...edits.flatMap(oldTextOf),
    ...between(all, "<<<<< SEARCH\n", "\n====="),
    ...between(all, "*** Begin Patch\n", "*** End Patch").map(linesBefore)
  ]
  return texts
    .flatMap((text) => text.split("\n"))
    .map((line) => line.trim().replace(GUTTER, ""))
    .filter((line) => line.length >= SHORTEST_LINE)
}

const usedTexts = (block: RecordedBlock): ReadonlyArray<string> =>
  block.type === "text" ? [block.text] : block.type === "tool_use" ? stringsIn(block.input) : []

/** Where phrases without line breaks stand first, among texts by message. */
class Mentions {
  readonly #found = new Map<string, number>()
  readonly #searched = new Map<string, number>()
  readonly #texts: ReadonlyArray<ReadonlyArray<string>>

  constructor(texts: ReadonlyArray<ReadonlyArray<string>>) {
    this.#texts = texts
  }

  isBefore(phrase: string, message: number): boolean {
    const found = this.#found.get(phrase)
    if (found !== undefined) return found < message
    for (let at = this.#searched.get(phrase) ?? 0; at < message; at++) {
      if (this.#texts[at]?.some((text) => text.includes(phrase)) !== true) continue
      this.#found.set(phrase, at)
      return true
    }
    this.#searched.set(phrase, message)
    return false
  }
}

/** What one call of the model needed of the outputs before it. */
export interface Need {
  /** Position of the message that answered. */
  readonly message: number
  readonly facts: ReadonlyArray<string>
  /** Lines of edits; as often as edits name them. */
  readonly lines: ReadonlyArray<string>
}

/** The needs of a session's calls, in their order. */
export const needsOf = (messages: ReadonlyArray<RecordedMessage>): ReadonlyArray<Need> => {
  const results = new Mentions(
    messages.map(({ content }) => content.flatMap((block) => (block.type === "tool_result" ? [block.content] : [])))
  )
  const others = new Mentions(messages.map(({ content }) => content.flatMap(usedTexts)))
  return callsOf(messages).map((message) => {
    const content = messages[message]?.content ?? []
    const isTold = (phrase: string): boolean => results.isBefore(phrase, message) && !others.isBefore(phrase, message)
    const facts = factsIn(content.flatMap(usedTexts).join("\n"))
    const lines = content.flatMap((block) => (block.type === "tool_use" ? editLines(block.input) : []))
    return { message, facts: [...facts].filter(isTold), lines: lines.filter(isTold) }
  })
}

/** What the benches measure alike: exact tokens, shares, the words that stay visible, and what a user would do without us. */
import { countTokens as exact } from "gpt-tokenizer/encoding/o200k_base"
import { csvRows } from "../src/wire/questions/csv.ts"
import { bm25Scores, byScore, fitting } from "../src/domain/naive-cuts.ts"

/** Exact o200k tokens; byte-pair merging is quadratic in an unbroken run, so those are cut. */
export const countTokens = (text: string): number => {
  let tokens = 0
  for (let at = 0; at < text.length; at += 20_000)
    tokens += exact(text.slice(at, at + 20_000).replace(/\S{256}/g, "$& "))
  return tokens
}

/** The share saved. */
export const percent = (after: number, before: number): string => `${(100 * (1 - after / before)).toFixed(1)} %`

export const wordsOf = (text: string): ReadonlyArray<string> => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/** The share of the words of a text, each as often as it stands there, that another text holds. */
export const wordRecall = (expected: string, shown: string): number => {
  const counts = new Map<string, number>()
  for (const word of wordsOf(shown)) counts.set(word, (counts.get(word) ?? 0) + 1)
  const wanted = wordsOf(expected)
  let found = 0
  for (const word of wanted) {
    const left = counts.get(word) ?? 0
    if (left === 0) continue
    counts.set(word, left - 1)
    found++
  }
  return wanted.length === 0 ? 1 : found / wanted.length
}

/** Whether the text is JSON. */
export const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The rows of a CSV text that have more than one cell. */
export const parseCsv = (text: string): ReadonlyArray<ReadonlyArray<string>> =>
  csvRows(text).filter((row) => row.length > 1)

/** The beginning and the end of a text, two thirds and one, of this share of it. */
export const headAndTail = (text: string, share: number): string => {
  if (share >= 1) return text
  const room = Math.floor(text.length * share)
  const head = Math.floor((2 * room) / 3)
  return `${text.slice(0, head)}\n…\n${text.slice(text.length - (room - head))}`
}

/** The lines or sentences of a text that BM25 ranks highest for a question, in their order, in about so many tokens. */
export const bm25 = (text: string, question: string, tokens: number): string => {
  const lines = text.split("\n")
  const isLong = lines.some((line) => line.length > 2_000) || lines.length < 8
  const units = (isLong ? text.split(/(?<=[.!?>}\]])\s+|\n+/) : lines).filter((unit) => unit !== "")
  return fitting(units, byScore(bm25Scores(units.map(wordsOf), wordsOf(question))), tokens)
}

/** The text of a page as a short script would have it: tags out, a line break for those of blocks, names of characters resolved. */
export const plainTags = (page: string): string =>
  page
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(script|style|noscript)\b[\s\S]*?<\/\1>/gi, "")
    .replace(/<\/?(?:p|div|li|h\d|tr|td|th|br|blockquote|figure|ul|ol|pre|section|article)\b[^>]*>/gi, "\n")
    .replace(/<[^>]+>/g, "")
    .replace(/&(?:nbsp|#160);/g, " ")
    .replace(/&(?:quot|#34);/g, '"')
    .replace(/&(?:#0?39|apos);/g, "'")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&hellip;/g, "…")
    .replace(/&amp;/g, "&")
    .replace(/[ \t]+/g, " ")
    .replace(/\s*\n\s*/g, "\n")
    .trim()

/** What the benches measure alike: exact tokens, shares, the words that stay visible, and what a user would do without us. */
import { countTokens as exact } from "gpt-tokenizer/encoding/o200k_base"

/** Exact o200k tokens; byte-pair merging is quadratic in an unbroken run, so those are cut. */
export const countTokens = (text: string): number => {
  let tokens = 0
  for (let at = 0; at < text.length; at += 20_000)
    tokens += exact(text.slice(at, at + 20_000).replace(/\S{256}/g, "$& "))
  return tokens
}

/** The share saved. */
export const percent = (after: number, before: number): string => `${(100 * (1 - after / before)).toFixed(1)} %`

const wordsOf = (text: string): ReadonlyArray<string> => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

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

/** The beginning and the end of a text, two thirds and one, in so many tokens. */
export const headAndTail = (text: string, tokens: number): string => {
  const given = countTokens(text)
  if (given <= tokens) return text
  const room = Math.floor((text.length * tokens) / given)
  const head = Math.floor((2 * room) / 3)
  return `${text.slice(0, head)}\n…\n${text.slice(text.length - (room - head))}`
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

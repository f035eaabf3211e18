/** The blocks of a page: what stands between two tags that break the line. */
import type { Page, Token } from "./page.ts"

export interface Block {
  /** The innermost element that breaks the line and holds it, -1 for none. */
  readonly element: number
  readonly tag: string
  /** Its tokens, [first, last). */
  readonly first: number
  readonly last: number
  /** Letters of text, and of those within links; a character of a script that has one for a syllable or a word counts for three. */
  readonly length: number
  readonly linked: number
}

const INLINE = new Set(
  "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s samp small span strike strong sub sup svg path g time tt u var wbr use circle rect line polygon".split(
    " "
  )
)

/** Whether the token ends a block and begins another. */
export const breaks = ({ kind, name }: Token): boolean => (kind === "open" || kind === "close") && !INLINE.has(name)

const isBlank = (text: string, from: number, to: number): boolean => {
  for (let at = from; at < to; at++) if (text.charCodeAt(at) > 32) return false
  return true
}

/** Kana, ideographs and Hangul. */
const isSyllable = (code: number): boolean => code >= 0x2e80 && (code < 0xa4d0 || (code >= 0xac00 && code < 0xfb00))

const lettersIn = (text: string, from: number, to: number): number => {
  let letters = to - from
  for (let at = from; at < to; at++) if (isSyllable(text.charCodeAt(at))) letters += 2
  return letters
}

/** Blocks that hold any text, in order; `first` is at the tag before it. */
export const blocksOf = (text: string, { elements, tokens }: Page): ReadonlyArray<Block> => {
  const blocks: Array<Block> = []
  let first = 0
  let length = 0
  let linked = 0
  let holder = -1
  let link = -1
  const close = (last: number): void => {
    if (length > 0) blocks.push({ element: holder, tag: elements[holder]?.tag ?? "", first, last, length, linked })
    length = 0
    linked = 0
    first = last
  }
  tokens.forEach((token, at) => {
    if (breaks(token)) {
      close(at)
      holder = token.kind === "open" ? token.element : (elements[token.element]?.parent ?? -1)
      link = -1
    } else if (token.name === "a") link = token.kind === "open" ? token.element : -1
    else if ((token.kind === "text" && !isBlank(text, token.from, token.to)) || token.kind === "character") {
      if (length === 0) holder = blockAround(elements, token.element)
      const size = lettersIn(text, token.from, token.to)
      length += size
      if (link !== -1) linked += size
    }
  })
  close(tokens.length)
  return blocks
}

/** How many inline elements may stand around a text. */
const MAX_INLINE = 50

const blockAround = (elements: Page["elements"], element: number): number => {
  let at = element
  for (let steps = 0; steps < MAX_INLINE && at !== -1 && INLINE.has(elements[at]?.tag ?? ""); steps++)
    at = elements[at]?.parent ?? -1
  return at
}

/** A link is looked through this far for its end. */
const MAX_LINK = 40

/** The tokens inside a link where they are text alone, or undefined. */
export const insideOf = (tokens: ReadonlyArray<Token>, at: number): ReadonlyArray<Token> | undefined => {
  for (let next = at + 1; next < tokens.length && next - at <= MAX_LINK; next++) {
    const token = tokens[next] as Token
    if (token.name === "a" && token.kind === "close") return tokens.slice(at + 1, next)
    if (token.name === "a" || token.kind === "raw" || breaks(token)) return undefined
  }
  return undefined
}

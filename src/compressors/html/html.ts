/**
 * Pages: what a reader of the page reads, as text with its headings, lists, tables, links and forms.
 *
 * What it does   prints the texts of a page in lines, links as Markdown; above the budget hides what stands around the main text, then the
 *                addresses of links, then blocks that tell least. Data in scripts is shown whole or hidden behind a gap. A further layer prints
 *                links that occur again, or lie in one folder, short (links.ts).
 * Why            nine tenths of a page are tags, attributes, scripts and styles, and half of its words are the site around the text.
 * Lossy          tags, attributes, comments, scripts and styles are stripped as declared noise, and a line says so; the rest only behind gaps.
 * Units          budget in estimated tokens; gaps in lines of the source, or in characters where a line holds them; items for addresses.
 * Never throws   undefined where there is no tag, and for a file's text, which later edits must match.
 * Source         the tokenizer of htmlparser2; the choice of the main text is an own design, link density is a textbook measure.
 */
import type { Compressor, Want } from "../../domain/compressor.ts"
import type { Content } from "../../domain/content.ts"
import { lift, type Segment } from "../../domain/tiling.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { questionWords } from "../question.ts"
import { type Block, blocksOf } from "./blocks.ts"
import { detectHtml } from "./detect.ts"
import { type Choice, layOut } from "./layout.ts"
import { linkFormCodec, overLinks } from "./links.ts"
import { type Main, mainOf } from "./main.ts"
import { characterCodec, linkCodec, markCodec } from "./mark.ts"
import { type Page, rawHead, readPage } from "./page.ts"

/** The main text stays whole up to so many budgets. */
const STRETCH = 8
const MARKER_TOKENS = 24
/** Addresses that take more of a page's text than this stand behind a gap, for few are followed. */
const ADDRESSES_SHARE = 0.25
/** In an agent's session a smaller page is likelier one that it works on, attributes and all, than one that it reads. */
const WORKED_ON = 8_000
/** What goes first is the site around the text, which few come back for: less than elsewhere pays for one who does. */
const HIDING_GAIN = 0.1
/** Characters that a token stands for at most. */
const MOST_CHARACTERS = 8

const costOf = (segments: ReadonlyArray<Segment>): number =>
  segments.reduce(
    (sum, segment) =>
      sum + (segment._tag === "Shown" ? estimateTokens(segment.text) : segment._tag === "Elide" ? MARKER_TOKENS : 0),
    0
  )

/** Where a block's text goes over so many tokens: an offset of the source, at a blank. */
const offsetOf = (text: string, page: Page, { first, last }: Block, room: number): number => {
  let left = room
  for (const { kind, from, to } of page.tokens.slice(first, last)) {
    if (kind !== "text") continue
    const tokens = estimateTokens(text.slice(from, to))
    if (tokens > left) {
      const near = from + Math.floor(((to - from) * Math.max(0, left)) / tokens)
      const blank = Math.max(text.lastIndexOf("\n", near), text.lastIndexOf(" ", near))
      return Math.max(from, blank + 1)
    }
    left -= tokens
  }
  return text.length
}

/** Of the main blocks those that the room holds: titles and what the question names first, then from the beginning, the last one in part. */
const withinRoom = (text: string, page: Page, blocks: ReadonlyArray<Block>, main: Main, want: Want): Main => {
  const words = questionWords(want.question)
  const bodyOf = ({ first, last }: Block): string =>
    page.tokens
      .slice(first, last)
      .map(({ kind, from, to }) => (kind === "text" ? text.slice(from, to) : ""))
      .join(" ")
  const rankOf = (block: Block): number => {
    if (/^(?:title|h[1-6])$/.test(block.tag)) return 0
    if (words.length === 0) return 2
    const body = bodyOf(block).toLowerCase()
    return words.some((word) => body.includes(word)) ? 1 : 2
  }
  const order = blocks.flatMap((block, at) => (main.blocks[at] === true ? [{ at, block, rank: rankOf(block) }] : []))
  order.sort((a, b) => a.rank - b.rank || a.at - b.at)
  const shown = main.blocks.map(() => false)
  let room = want.budgetTokens * STRETCH
  for (const { at, block, rank } of order) {
    const tokens = estimateTokens(bodyOf(block)) + 2
    shown[at] = true
    if (tokens > room && rank > 0)
      return { ...main, blocks: shown, cut: { block: at, offset: offsetOf(text, page, block, room) } }
    room -= tokens
  }
  return { ...main, blocks: shown }
}

const tilePage = (text: string, want: Want): ReadonlyArray<Segment> | undefined => {
  const page = readPage(text)
  if (!page.tokens.some(({ kind }) => kind === "open" || kind === "close")) return undefined
  const blocks = blocksOf(text, page)
  const lay = (choice: Choice): ReadonlyArray<Segment> => layOut(text, page, blocks, choice)
  const fits = (segments: ReadonlyArray<Segment>): boolean => costOf(segments) <= want.budgetTokens
  /** Texts surely too long for the budget need not be laid out to be counted. */
  const mayFit = (main?: ReadonlyArray<boolean>): boolean =>
    blocks.reduce((sum, { length }, at) => sum + (main?.[at] === false ? 0 : length), 0) <=
    want.budgetTokens * MOST_CHARACTERS
  if (want.visibleOnly) return lay({ addresses: true, data: true })
  if (mayFit() && (want.visibleTokens ?? 0) <= want.budgetTokens) {
    const all = lay({ addresses: true, data: true })
    if (fits(all)) return all
  }
  const main = mainOf(page, blocks)
  const plain = lay({ main, addresses: false, data: false })
  if (mayFit(main.blocks)) {
    const linked = lay({ main, addresses: true, data: false })
    if (fits(linked) && costOf(plain) >= (1 - ADDRESSES_SHARE) * costOf(linked)) return linked
  }
  if (costOf(plain) <= want.budgetTokens * STRETCH) return plain
  return lay({ main: withinRoom(text, page, blocks, main, want), addresses: false, data: false })
}

const tile = ({ text, origin }: Content, want: Want): ReadonlyArray<Segment> | undefined => {
  if (origin === "file" || !text.includes("<")) return undefined
  if (want.wholeWords === true && text.length < WORKED_ON) return undefined
  const head = rawHead(text)
  if (head === 0) return tilePage(text, want)
  const segments = tilePage(text.slice(head), want)
  if (segments === undefined) return undefined
  return [{ _tag: "Strip", spans: [0, head], noise: "markup" }, ...lift(segments, [head, text.length])]
}

export const html: Compressor = {
  kind: "html",
  version: 3,
  detect: detectHtml,
  tile,
  over: (printed, want) => overLinks(printed, want.wholeWords === true),
  hidingGain: HIDING_GAIN,
  codecs: [markCodec, characterCodec, linkCodec, linkFormCodec]
}

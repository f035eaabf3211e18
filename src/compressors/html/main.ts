/**
 * Which blocks of a page are what it was fetched for, and which are the site around it: by what the elements call themselves, by how much
 * of a block is links, and by where most of the running text stands.
 */
import type { Block } from "./blocks.ts"
import type { Page } from "./page.ts"

const AROUND_TAGS = new Set("nav footer aside menu noscript template dialog".split(" "))
const AROUND_LABEL =
  /(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|footer|sidebar|sidenav|breadcrumbs?|cookies?|consent|share|sharing|social|related|recommend(?:ed|ations)?|promo(?:tion)?|advert(?:isement)?|ads?|sponsor(?:ed)?|newsletter|subscribe|comments?|disqus|pagination|pager|toolbar|masthead|skip(?:link)?|banner|contentinfo|search|login|signup|popup|modal|widget)(?=$|[\s_-])/i

/** Running text: a block this long of which little is links. */
const GOOD_LENGTH = 60
const GOOD_LINKS = 0.4
/** A paragraph; shorter texts count less, since teasers and captions are short. */
const PARAGRAPH = 400
/** Long enough to be kept wherever it stands. */
const LONG = 400
/** The element that holds this share of the running text is the main one. */
const MAIN_SHARE = 0.75
/** A block with a larger share of links leads elsewhere; so many in a row are a list of ways out. */
const LED_AWAY = 0.8
const LINK_LIST = 6
/** An element that holds less than this of what is no link, surroundings aside, is not the only one that matters. */
const LEAST_MAIN = 0.5
/** What holds more of it than this is no surrounding, whatever it is called. */
const MOST_AROUND = 0.35

/** For each block whether it is the page's own text. */
export const mainBlocks = ({ elements }: Page, blocks: ReadonlyArray<Block>): ReadonlyArray<boolean> => {
  const count = elements.length
  const isGood = (block: Block): boolean => block.length >= GOOD_LENGTH && block.linked <= GOOD_LINKS * block.length
  const sums = new Float64Array(count + 1)
  let total = 0
  for (const block of blocks)
    if (isGood(block)) {
      const weight = block.length * Math.min(1, block.length / PARAGRAPH)
      if (block.element !== -1) sums[block.element] = (sums[block.element] as number) + weight
      total += weight
    }
  for (let at = count - 1; at >= 0; at--) {
    const parent = elements[at]?.parent ?? -1
    if (parent !== -1) sums[parent] = (sums[parent] as number) + (sums[at] as number)
  }
  const around = new Uint8Array(count)
  const inMain = new Uint8Array(count)
  let main = -1
  for (let at = 0; at < count; at++) {
    const { tag, parent, label } = elements[at] as (typeof elements)[number]
    const isCalled = AROUND_TAGS.has(tag) || (tag !== "body" && tag !== "html" && AROUND_LABEL.test(label))
    const holdsLittle = (sums[at] as number) <= MOST_AROUND * total
    around[at] = (isCalled && holdsLittle) || (parent !== -1 && around[parent] === 1) ? 1 : 0
    if (total > 0 && (sums[at] as number) >= MAIN_SHARE * total) main = at
  }
  for (let at = 0; at < count; at++) {
    const parent = elements[at]?.parent ?? -1
    inMain[at] = at === main || (parent !== -1 && inMain[parent] === 1) ? 1 : 0
  }
  const lists = linkLists(blocks)
  const isOutside = ({ element }: Block, index: number): boolean =>
    element !== -1 && (around[element] === 1 || lists[index] === true)
  const plainLength = (is: (block: Block) => boolean): number =>
    blocks.reduce((sum, block, at) => (isOutside(block, at) || !is(block) ? sum : sum + block.length - block.linked), 0)
  const isInMain = ({ element }: Block): boolean => element === -1 || inMain[element] === 1
  const isFound = main !== -1 && plainLength(isInMain) >= LEAST_MAIN * plainLength(() => true)
  return blocks.map((block, index) => {
    if (block.tag === "title") return true
    if (isOutside(block, index)) return false
    return !isFound || isInMain(block) || block.tag === "h1" || (isGood(block) && block.length >= LONG)
  })
}

/** The blocks of lists of links. */
const linkLists = (blocks: ReadonlyArray<Block>): ReadonlyArray<boolean> => {
  const isLed = blocks.map(({ length, linked }) => linked >= LED_AWAY * length)
  const lists = blocks.map(() => false)
  for (let from = 0; from < blocks.length; ) {
    let to = from
    while (to < blocks.length && isLed[to] === isLed[from]) to++
    if (isLed[from] === true && to - from >= LINK_LIST) lists.fill(true, from, to)
    from = to
  }
  return lists
}

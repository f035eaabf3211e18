/**
 * Which blocks of a page are what it was fetched for, and which are the site around it: by what the elements call themselves, by how much
 * of a block is links, and by where most of the running text stands.
 */
import type { Block } from "./blocks.ts"
import type { Page } from "./page.ts"

const AROUND_TAGS = new Set("nav footer aside menu noscript template dialog".split(" "))
const LANDMARKS = new Set(["main", "article"])
/** A text says of itself how it looks, not what it is for. */
const TEXT_TAGS = new Set("html body p h1 h2 h3 h4 h5 h6 pre".split(" "))
const wordSet = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/))
/** What sites call the parts that stand around a text, in `class`, `id` and `role`. */
const AROUND = wordSet(`
  nav navs navbar navbars navigation menu menus footer footers sidebar sidebars sidenav siderail rail breadcrumb breadcrumbs
  cookie cookies consent gdpr share shares sharing social socials related recommend recommended recommendation recommendations
  recirc recirculation popular trending promo promos promotion promotions advert advertisement advertisements advertising ad ads
  sponsor sponsors sponsored taboola outbrain newsletter newsletters subscribe subscription subscriptions pagination pager
  toolbar masthead skip skiplink banner banners contentinfo complementary search login signin signup popup modal modals
  dialog dialogs overlay widget widgets hidden`)
/** What readers wrote beneath it, which may be longer than it. */
const REPLIES = wordSet("comment comments disqus livefyre respond replies trackback trackbacks pingback pingbacks")

/** Whether one of the words of a label, in camel case too, is in the set. */
const isCalled = (label: string, set: ReadonlySet<string>): boolean =>
  label
    .replace(/([a-z])(?=[A-Z])/g, "$1 ")
    .toLowerCase()
    .split(/[^a-z]+/)
    .some((word) => set.has(word))

/** Running text: a block this long of which little is links. */
const GOOD_LENGTH = 60
const GOOD_LINKS = 0.4
/** A paragraph; shorter texts count less, since teasers and captions are short. */
const PARAGRAPH = 400
/** Long enough to be kept wherever it stands. */
const LONG = 400
/** The element that holds this share of the running text is the main one. */
const MAIN_SHARE = 0.75
/** What surrounds the main element, surroundings aside, and is running text to this share is part of the text. */
const MORE_TEXT = 0.6
/** A block with a larger share of links leads elsewhere; so many in a row are a list of ways out. */
const LED_AWAY = 0.8
const LINK_LIST = 6
/** An element that holds less than this of what is no link, surroundings aside, is not the only one that matters. */
const LEAST_MAIN = 0.5
/** What holds more of it than this is no surrounding, whatever it is called. */
const MOST_AROUND = 0.35
const MOST_REPLIES = 0.85
/** Where running text is less than this of what is no surrounding, the lists are what the page is for. */
const LEAST_TEXT = 0.2
/** A shorter text between gaps says less than a further gap costs. */
const SCRAP = 60

export interface Main {
  /** For each block whether it is the page's own text. */
  readonly blocks: ReadonlyArray<boolean>
  /** Whether an element is no part of the surroundings. */
  readonly holds: (element: number) => boolean
  /** The block of which only what stands before the offset in the source is shown. */
  readonly cut?: { readonly block: number; readonly offset: number }
}

const isGood = (block: Block): boolean => block.length >= GOOD_LENGTH && block.linked <= GOOD_LINKS * block.length

/** How much running text each element holds, and all of them. */
const weigh = ({ elements }: Page, blocks: ReadonlyArray<Block>): readonly [sums: Float64Array, total: number] => {
  const sums = new Float64Array(elements.length)
  let total = 0
  for (const block of blocks)
    if (isGood(block)) {
      const weight = block.length * Math.min(1, block.length / PARAGRAPH)
      if (block.element !== -1) sums[block.element] = (sums[block.element] as number) + weight
      total += weight
    }
  for (let at = elements.length - 1; at >= 0; at--) {
    const parent = elements[at]?.parent ?? -1
    if (parent !== -1) sums[parent] = (sums[parent] as number) + (sums[at] as number)
  }
  return [sums, total]
}

/** What is the page's own text. */
export const mainOf = (page: Page, blocks: ReadonlyArray<Block>): Main => {
  const { elements } = page
  const [sums, total] = weigh(page, blocks)
  const around = new Uint8Array(elements.length)
  const inMain = new Uint8Array(elements.length)
  let main = -1
  elements.forEach(({ tag, parent, label }, at) => {
    const share = total === 0 ? 0 : (sums[at] as number) / total
    const isNamed = label !== "" && !TEXT_TAGS.has(tag)
    const isAround =
      around[parent] === 1 ||
      (share <= MOST_AROUND && (AROUND_TAGS.has(tag) || (isNamed && isCalled(label, AROUND)))) ||
      (share <= MOST_REPLIES && isNamed && isCalled(label, REPLIES))
    around[at] = isAround ? 1 : 0
    if (total > 0 && share >= MAIN_SHARE) main = at
  })
  const isAround = ({ element }: Block): boolean => element !== -1 && around[element] === 1
  const length = (is: (block: Block, at: number) => boolean, of: (block: Block) => number): number =>
    blocks.reduce((sum, block, at) => (is(block, at) ? sum + of(block) : sum), 0)
  const own = length(
    (block) => !isAround(block),
    (block) => block.length
  )
  const running = length(
    (block) => !isAround(block) && isGood(block),
    (block) => block.length
  )
  const lists = running >= LEAST_TEXT * own ? linkLists(blocks) : blocks.map(() => false)
  const isOutside = (block: Block, at: number): boolean => isAround(block) || lists[at] === true
  const plain = (block: Block): number => block.length - block.linked
  main = landmarkAround(page, textAround(page, blocks, main, isOutside))
  elements.forEach(({ parent }, at) => {
    inMain[at] = at === main || inMain[parent] === 1 ? 1 : 0
  })
  const isInMain = ({ element }: Block): boolean => element === -1 || inMain[element] === 1
  const isFound =
    main !== -1 &&
    length((block, at) => !isOutside(block, at) && isInMain(block), plain) >=
      LEAST_MAIN * length((block, at) => !isOutside(block, at), plain)
  const title = blocks.findIndex(({ tag }) => tag === "title")
  const shown = blocks.map((block, at) => {
    if (at === title) return true
    if (isOutside(block, at)) return false
    return !isFound || isInMain(block) || block.tag === "h1" || (isGood(block) && block.length >= LONG)
  })
  hideEmptySections(blocks, shown)
  hideScraps(blocks, shown)
  return { blocks: shown, holds: (element) => around[element] !== 1 && (!isFound || inMain[element] === 1) }
}

/** The element, or what holds it where the rest of that is running text too: a text may be of several lists or parts side by side. */
const textAround = (
  { elements }: Page,
  blocks: ReadonlyArray<Block>,
  element: number,
  isOutside: (block: Block, at: number) => boolean
): number => {
  const sums = (of: (block: Block, at: number) => number): Float64Array => {
    const sum = new Float64Array(elements.length)
    blocks.forEach((block, at) => {
      if (block.element !== -1 && !isOutside(block, at))
        sum[block.element] = (sum[block.element] as number) + of(block, at)
    })
    for (let at = elements.length - 1; at >= 0; at--) {
      const parent = elements[at]?.parent ?? -1
      if (parent !== -1) sum[parent] = (sum[parent] as number) + (sum[at] as number)
    }
    return sum
  }
  const all = sums(({ length }) => length)
  const good = sums((block) => (isGood(block) ? block.length : 0))
  let best = element
  for (let at = element === -1 ? -1 : (elements[element]?.parent ?? -1); at !== -1; at = elements[at]?.parent ?? -1) {
    const added = (all[at] as number) - (all[best] as number)
    if ((good[at] as number) - (good[best] as number) < MORE_TEXT * added) break
    best = at
  }
  return best
}

/** What the page itself marks as its text, where that holds the element; else the element. */
const landmarkAround = ({ elements }: Page, element: number): number => {
  for (let at = element; at !== -1; at = elements[at]?.parent ?? -1)
    if (LANDMARKS.has(elements[at]?.tag ?? "")) return at
  return element
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

const levelOf = ({ tag }: Block): number => Number(/^h([1-6])$/.exec(tag)?.[1] ?? 7)

/** A heading below the first level goes with all that stood beneath it. */
const hideEmptySections = (blocks: ReadonlyArray<Block>, shown: Array<boolean>): void => {
  /** Whether anything beneath a heading of each level is shown, or hidden, looked at from behind. */
  const isShown = new Array<boolean>(8).fill(false)
  const isHidden = new Array<boolean>(8).fill(false)
  for (let at = blocks.length - 1; at >= 0; at--) {
    const level = levelOf(blocks[at] as Block)
    if (level > 1 && level < 7 && isHidden[level] === true && isShown[level] === false) shown[at] = false
    // What stands beneath this one stands beneath those of higher rank too.
    isShown.fill(false, level, 7)
    isHidden.fill(false, level, 7)
    const marks = shown[at] === true ? isShown : isHidden
    marks.fill(true, 1, level)
  }
}

/** Short texts with nothing but gaps around them go with these. */
const hideScraps = (blocks: ReadonlyArray<Block>, shown: Array<boolean>): void => {
  for (let from = 0; from < blocks.length; ) {
    let to = from
    let length = 0
    let isTold = false
    while (to < blocks.length && shown[to] === shown[from]) {
      const block = blocks[to] as Block
      length += block.length
      isTold ||= levelOf(block) === 1 || block.tag === "title" || block.tag === "pre"
      to++
    }
    if (shown[from] === true && from > 0 && length < SCRAP && !isTold) shown.fill(false, from, to)
    from = to
  }
}

/**
 * A page's links printed short (domain/link-form.ts): which of them are named again by their text, which addresses are listed, and what
 * folder is the base, each by what the estimate says that it saves.
 */
import {
  HEAD,
  type LinkForm,
  mapBracketed,
  printForm,
  printList,
  RELATIVE,
  spelledOut
} from "../../domain/link-form.ts"
import { type Codec, type Segment, verbatim } from "../../domain/tiling.ts"
import { estimateTokens, GAIN_TOKENS } from "../../domain/tokens.ts"
import { NOTICE } from "./mark.ts"

/** A layer over a printed page: its text with all addresses in place, from its text in this form. */
export const linkFormCodec: Codec = { name: "html-links", decode: spelledOut }

/** Longer addresses are no folder's, nor looked through for one. */
const MAX_ADDRESS = 1_000
const MAX_BASE = 200
/** Folders that an address is in are looked at from the outermost on. */
const MAX_DEPTH = 12
/** So many folders that promise most are weighed. */
const WEIGHED = 8

/** What a link is called must be a word to name it. */
const LETTER = /\p{L}/u

interface Links {
  /** The address under each text, or undefined where there are several. */
  readonly addressOf: ReadonlyMap<string, string | undefined>
  /** How often each link stands in the page, by its address and then by its text. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly mayName: boolean
  readonly mayNumber: boolean
  readonly mayBase: boolean
}

const linksIn = (page: string): Links => {
  const addressOf = new Map<string, string | undefined>()
  const counts = new Map<string, Map<string, number>>()
  let mayName = true
  let mayNumber = true
  let mayBase = true
  mapBracketed(page, ({ whole, text, address, number }) => {
    if (address !== undefined) {
      addressOf.set(text, addressOf.has(text) && addressOf.get(text) !== address ? undefined : address)
      const texts = counts.get(address) ?? new Map<string, number>()
      texts.set(text, (texts.get(text) ?? 0) + 1)
      counts.set(address, texts)
      if (address.startsWith(RELATIVE)) mayBase = false
    } else if (number !== undefined) mayNumber = false
    else if (addressOf.has(text)) mayName = false
    return whole
  })
  return { addressOf, counts, mayName, mayNumber, mayBase }
}

/** How often each address is printed with nothing named or listed, or with what stands above named by its text. */
const printedCounts = ({ counts, addressOf }: Links, again: boolean): ReadonlyMap<string, number> => {
  const printed = new Map<string, number>()
  for (const [address, texts] of counts) {
    let count = 0
    for (const [text, times] of texts) count += again && isNamed(text, addressOf) ? 1 : times
    printed.set(address, count)
  }
  return printed
}

const isNamed = (text: string, addressOf: Links["addressOf"]): boolean =>
  addressOf.get(text) !== undefined && LETTER.test(text)

const headCost = (form: Partial<LinkForm>): number =>
  estimateTokens(printForm({ again: false, listed: [], base: "", ...form })) - estimateTokens(HEAD)

const savesByNaming = (links: Links): boolean => {
  if (!links.mayName) return false
  const all = printedCounts(links, false)
  let saved = -headCost({ again: true })
  for (const [address, count] of printedCounts(links, true)) {
    const fewer = (all.get(address) as number) - count
    if (fewer > 0) saved += fewer * estimateTokens(`(${address})`)
  }
  return saved >= GAIN_TOKENS
}

/** The addresses worth a number, in the order of the page. */
const listedOf = (counts: ReadonlyMap<string, number>): ReadonlyArray<string> => {
  const listed: Array<string> = []
  let saved = -headCost({ listed: ["a"] })
  for (const [address, count] of counts) {
    if (count < 2) continue
    const number = listed.length + 1
    const inPlace = estimateTokens(`](${address})`) - estimateTokens(`][${number}]`)
    const gain = count * inPlace - estimateTokens(`\n[${number}]: ${address}`)
    if (gain <= 0) continue
    listed.push(address)
    saved += gain
  }
  return saved >= GAIN_TOKENS ? listed : []
}

/** The folder that is worth naming once, or "". */
const baseOf = (counts: ReadonlyMap<string, number>, listed: ReadonlySet<string>): string => {
  const folders = new Map<string, number>()
  for (const [address, count] of counts) {
    if (address.length > MAX_ADDRESS || address.startsWith("<")) continue
    const times = listed.has(address) ? 1 : count
    let depth = 0
    for (let at = address.indexOf("/"); at !== -1 && at < MAX_BASE && depth < MAX_DEPTH; depth++) {
      const folder = address.slice(0, at + 1)
      folders.set(folder, (folders.get(folder) ?? 0) + times)
      at = address.indexOf("/", at + 1)
    }
  }
  const promised = [...folders].filter(([folder, times]) => times > 1 && FOLDER.test(folder))
  promised.sort((a, b) => b[1] * b[0].length - a[1] * a[0].length)
  let best = ""
  let most = GAIN_TOKENS - 1
  for (const [base, times] of promised.slice(0, WEIGHED)) {
    const saved = times * (estimateTokens(`](${base}a`) - estimateTokens(`](${RELATIVE}a`)) - headCost({ base })
    if (saved > most) {
      most = saved
      best = base
    }
  }
  return best
}

/** From a host or the site's root on: what is relative to the page already reads badly relative to something else. */
const FOLDER = /^(?:(?:[a-z][a-z\d+.-]*:)?\/\/[^\s()[\]"<>/]+\/|\/[^\s()[\]"<>/]+\/)[^\s()[\]"<>]*$/i

/** The page in its form. */
const printPage = (page: string, links: Links, form: LinkForm): string => {
  const numbers = new Map(form.listed.map((address, at) => [address, at + 1]))
  const relative = (address: string): string =>
    form.base !== "" && address.startsWith(form.base) ? RELATIVE + address.slice(form.base.length) : address
  const above = new Set<string>()
  const printed = mapBracketed(page, ({ whole, text, address, next }) => {
    if (address === undefined) return whole
    // With a further bracket behind it the text would be read as another link.
    if (form.again && above.has(text) && isNamed(text, links.addressOf) && next !== "(" && next !== "[")
      return `[${text}]`
    above.add(text)
    const number = numbers.get(address)
    return number === undefined ? `[${text}](${relative(address)})` : `[${text}][${number}]`
  })
  return `${printed}${printList(form.listed.map(relative))}`
}

/**
 * A printed page with its links in the form that saves most, or undefined where each does as well in its place. That it reads back is for
 * the layer's proof to say.
 */
export const shortLinks = (printed: string, wholeWords: boolean): string | undefined => {
  const at = printed.indexOf(NOTICE)
  if (at === -1 || printed.slice(0, at).includes(HEAD)) return undefined
  const behind = at + NOTICE.length
  const page = printed.slice(behind)
  const links = linksIn(page)
  const again = savesByNaming(links)
  const counts = printedCounts(links, again)
  const listed = links.mayNumber ? listedOf(counts) : []
  const base = links.mayBase && !wholeWords ? baseOf(counts, new Set(listed)) : ""
  if (!again && listed.length === 0 && base === "") return undefined
  const form = { again, listed, base }
  return `${printed.slice(0, behind - 1)}${printForm(form)}]${printPage(page, links, form)}`
}

/** The same as a layer over the page. */
export const overLinks = (printed: string, wholeWords: boolean): ReadonlyArray<Segment> | undefined => {
  const short = shortLinks(printed, wholeWords)
  if (short === undefined) return undefined
  return [{ ...verbatim(printed, [0, printed.length]), codec: linkFormCodec.name, text: short }]
}

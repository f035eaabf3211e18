/**
 * The form in which a page's links are printed short: what its head says, and the way back to the page with each address in its place.
 *
 *     [html: tags, scripts and styles left out; links: [text] as above, [text][1] as at the end, ./ is https://example.org/docs/]
 *
 * A page leads to the same places again and again, and most of them lie in one folder. The first link of a text stands with its address, the
 * same link further down as its text in brackets; an address under several texts has a number, as Markdown has it, and stands behind the page;
 * what the addresses begin with is named once, as relative addresses are read. No line moves, so a note names the same lines in both.
 */
import { parseFoot } from "./marker.ts"
import { parseNote } from "./repeat.ts"

export interface LinkForm {
  /** A text in brackets alone is a link that stands above with its address. */
  readonly again: boolean
  /** Addresses behind the page, from 1. */
  readonly listed: ReadonlyArray<string>
  /** What stands before an address that begins with `RELATIVE`, or "". */
  readonly base: string
}

/** How the form begins, where the notice of a page ends. */
export const HEAD = "; links: "
const AGAIN = "[text] as above"
const LISTED = "[text][1] as at the end"
export const RELATIVE = "./"

/** An address as Markdown has it, parentheses in pairs or all of it in angle brackets; none that holds what opens a text in brackets. */
const ADDRESS = /<[^<>[\]\n]*>|(?:[^()[\]\s"<>]|\([^()[\]\s"<>]*\))+/.source

/** A text in brackets, with its address or its number where it has one. */
const BRACKETED = new RegExp(`\\[([^[\\]\\n]*)\\](?:\\((${ADDRESS})\\)|\\[(\\d{1,6})\\])?`, "g")
const ENTRY = new RegExp(`^\\[(\\d{1,6})\\]: (${ADDRESS})$`)
const FORM = /; links: (\[text\] as above)?(?:, )?(\[text\]\[1\] as at the end)?(?:, )?(?:\.\/ is ([^\s()[\]"<>]+))?\]/

/** A link by itself, whose address may hold brackets too. */
const ALONE = /^\[([^]*)\]\((<[^<>\n]*>|(?:[^()\s"<>]|\([^()\s"<>]*\))+)\)$/

/** The address and the text of a link that is printed as Markdown has it. */
export const linkOf = (shown: string): readonly [address: string, text: string] | undefined => {
  const [, text, address] = ALONE.exec(shown) ?? []
  return text === undefined || address === undefined ? undefined : [bare(address), text]
}

/** The address without the angle brackets that it may stand in. */
const bare = (address: string): string => (address.startsWith("<") ? address.slice(1, -1) : address)

/** A text in brackets, as it stands in a page. */
export interface Bracketed {
  readonly whole: string
  readonly text: string
  readonly address: string | undefined
  readonly number: number | undefined
  /** What follows it. */
  readonly next: string
}

/** The page with each text in brackets as `print` gives it; our own notes and markers stay as they are. */
export const mapBracketed = (page: string, print: (bracketed: Bracketed) => string): string => {
  let out = ""
  let kept = 0
  let line = -1
  let isNote = false
  BRACKETED.lastIndex = 0
  for (let match = BRACKETED.exec(page); match !== null; match = BRACKETED.exec(page)) {
    const [whole, text = "", address, digits] = match
    const { index } = match
    if (index >= line) {
      const start = page.lastIndexOf("\n", index) + 1
      const end = page.indexOf("\n", index)
      line = end === -1 ? page.length : end
      isNote = page.startsWith("[", start) && parseNote(page.slice(start, line)) !== undefined
    }
    if (isNote || text.startsWith("… ")) continue
    const number = digits === undefined ? undefined : Number(digits)
    out += page.slice(kept, index) + print({ whole, text, address, number, next: page[index + whole.length] ?? "" })
    kept = index + whole.length
  }
  return out + page.slice(kept)
}

/** What the head says of the form, behind what it says of the page. */
export const printForm = ({ again, listed, base }: LinkForm): string =>
  `${HEAD}${[again ? AGAIN : "", listed.length > 0 ? LISTED : "", base === "" ? "" : `${RELATIVE} is ${base}`].filter((part) => part !== "").join(", ")}`

/** The addresses behind a page. */
export const printList = (addresses: ReadonlyArray<string>): string =>
  addresses.map((address, at) => `\n[${at + 1}]: ${address}`).join("")

interface Listed {
  readonly page: string
  readonly addresses: ReadonlyArray<string>
  /** The line of a marker, which may stand behind the list. */
  readonly foot: string
}

/** The page apart from its list, or undefined where it has none. */
const splitList = (text: string): Listed | undefined => {
  let end = text.length
  let foot = ""
  const last = text.lastIndexOf("\n")
  if (text.startsWith("[… ", last + 1) && parseFoot(text.slice(last + 1)) !== undefined) {
    foot = text.slice(last)
    end = last
  }
  const addresses: Array<string> = []
  for (let left = -1; left !== 0; left--) {
    const start = text.lastIndexOf("\n", end - 1)
    const [, number, address] = start === -1 ? [] : (ENTRY.exec(text.slice(start + 1, end)) ?? [])
    if (address === undefined || Number(number) === 0) return undefined
    if (left === -1) left = Number(number)
    if (Number(number) !== left) return undefined
    addresses.push(address)
    end = start
  }
  return { page: text.slice(0, end), addresses: addresses.reverse(), foot }
}

/** The page with each address in its place, or undefined where the text is none that is printed in this form. */
export const spelledOut = (text: string): string | undefined => {
  const head = text.includes(HEAD) ? FORM.exec(text) : null
  if (head === null) return undefined
  const [form, again, listed, base = ""] = head
  if (again === undefined && listed === undefined && base === "") return undefined
  const behind = text.slice(head.index + form.length)
  const list = listed === undefined ? { page: behind, addresses: [], foot: "" } : splitList(behind)
  if (list === undefined) return undefined
  const known = new Map<string, string>()
  const absolute = (address: string): string =>
    base !== "" && address.startsWith(RELATIVE) ? base + address.slice(RELATIVE.length) : address
  const page = mapBracketed(list.page, ({ whole, text: label, address, number }) => {
    const named = address ?? (number === undefined ? undefined : list.addresses[number - 1])
    if (named !== undefined) {
      const full = absolute(named)
      if (!known.has(label)) known.set(label, full)
      return `[${label}](${full})`
    }
    const above = again === undefined || number !== undefined ? undefined : known.get(label)
    return above === undefined ? whole : `[${label}](${above})`
  })
  return `${text.slice(0, head.index)}]${page}${list.foot}`
}

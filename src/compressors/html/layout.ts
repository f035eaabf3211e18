/**
 * Lays a page out as text: blocks on lines of their own, headings, items and cells marked, white space as browsers collapse it; blocks and
 * addresses that are not shown stand behind gaps, and whatever else is markup is stripped.
 */
import { lineAt, lineStarts } from "../../domain/lines.ts"
import type { Gap } from "../../domain/marker.ts"
import { lengthOf, pushSpan, textOf } from "../../domain/spans.ts"
import { type Segment, verbatim } from "../../domain/tiling.ts"
import { type Block, breaks, insideOf } from "./blocks.ts"
import type { Main } from "./main.ts"
import { characterCodec, linkCodec, linkText, markCodec, NOTICE } from "./mark.ts"
import { CONTROLS, isDataScript, type Page, type Token } from "./page.ts"

/** What of a page is shown. */
export interface Choice {
  /** All of it where it is left out. */
  readonly main?: Main
  readonly addresses: boolean
  readonly data: boolean
}

const PROFILE = 60
const DATA_PROFILE = "JSON of a script "

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)

interface Pending {
  readonly anchor: number
  readonly mark: string
}

class Layout {
  readonly segments: Array<Segment> = []
  private readonly text: string
  private readonly starts: ReadonlyArray<number>
  private open: Array<number> = []
  private pending: Pending | undefined
  private space: readonly [number, number] | undefined
  private hidden: Array<number> = []
  private hiddenAnchor: number | undefined
  /** How the hidden texts begin. */
  private profile = ""
  private hidesData = false
  private isFresh = true
  private isTitled = false
  private inRow = false

  constructor(text: string) {
    this.text = text
    this.starts = lineStarts(text)
  }

  private flush(): void {
    if (this.open.length > 0) this.segments.push(verbatim(this.text, this.open))
    this.open = []
  }

  private mark(anchor: number, text: string): void {
    this.flush()
    this.segments.push({ _tag: "Shown", spans: [anchor, anchor + 1], codec: markCodec.name, text })
  }

  notice(anchor: number, mark: string): void {
    this.mark(anchor, `${NOTICE}${mark}`)
    if (mark === "") this.isFresh = false
    this.pending = undefined
  }

  /** A tag that breaks the line: what the next text begins with. */
  break(token: Token, depth: number): void {
    const { name, kind, from } = token
    const isOpen = kind === "open"
    if (name === "tr") this.inRow = false
    this.space = undefined
    const heading = isOpen ? /^h([1-6])$/.exec(name)?.[1] : undefined
    const before = this.pending?.mark ?? ""
    let mark = isOpen && this.pending !== undefined ? before : "\n"
    if (heading !== undefined) mark = `\n\n${"#".repeat(Number(heading))} `
    else if (name === "title" && isOpen && !this.isTitled) {
      // Pictures have titles too.
      mark = "\n# "
      this.isTitled = true
    } else if (name === "li" && isOpen) mark = `\n${"  ".repeat(Math.min(6, Math.max(0, depth - 1)))}- `
    else if ((name === "td" || name === "th") && isOpen && this.inRow) mark = " | "
    this.pending = { anchor: from, mark }
  }

  /** Everything that must stand before the next shown text. */
  private begin(isBlock = false): void {
    this.closeGap()
    if (this.pending !== undefined) {
      const { anchor, mark } = this.pending
      const line = isBlock && mark === " | " ? "\n" : mark
      const bare = this.isFresh ? line.replace(/^\n+/, "") : line
      if (bare !== "") this.mark(anchor, bare)
      this.pending = undefined
      this.space = undefined
    } else if (this.space !== undefined) {
      if (!this.isFresh) pushSpan(this.open, ...this.space)
      this.space = undefined
    }
    this.isFresh = false
    this.inRow = true
  }

  /** Text with its white space collapsed, word by word. */
  private collapse(from: number, to: number, put: (start: number, end: number) => void): void {
    const { text } = this
    for (let at = from; at < to; ) {
      if (isBlank(text.charCodeAt(at))) {
        const start = at
        let blank = at
        while (at < to && isBlank(text.charCodeAt(at))) {
          if (text.charCodeAt(at) === 32 && text.charCodeAt(blank) !== 32) blank = at
          at++
        }
        if (start < at) this.space ??= [blank, blank + 1]
        continue
      }
      const start = at
      while (at < to && !isBlank(text.charCodeAt(at))) at++
      put(start, at)
    }
  }

  show({ kind, from, to, name }: Token, isLiteral: boolean): void {
    if (kind === "character") {
      this.begin()
      if (characterCodec.decode(name) === undefined) pushSpan(this.open, from, to)
      else if (name === "&") pushSpan(this.open, from, from + 1)
      else {
        this.flush()
        this.segments.push({ _tag: "Shown", spans: [from, from + 1], codec: characterCodec.name, text: name })
      }
    } else if (isLiteral) {
      if (this.pending !== undefined && this.text.slice(from, to).trim() === "") return
      this.begin()
      pushSpan(this.open, from, to)
    } else
      this.collapse(from, to, (start, end) => {
        this.begin()
        pushSpan(this.open, start, end)
      })
  }

  /** The tag with the attributes that tell something; of the first one the attributes alone, for its name bears the notice. */
  tag({ from, to, told = [], end }: Token, isFirst: boolean): void {
    if (this.pending?.anchor === from) this.pending = undefined
    this.begin(true)
    if (!isFirst) pushSpan(this.open, from, to)
    for (const [start, stop] of told) pushSpan(this.open, start - 1, stop)
    if (end !== undefined) pushSpan(this.open, end, end + 1)
  }

  /** The link as Markdown; false where its text is more than a text. */
  link({ address, end: close }: Token, inside: ReadonlyArray<Token>): boolean {
    if (address === undefined || close === undefined) return false
    const spans: Array<number> = []
    const [from, to] = address
    for (let at = from; at < to; ) {
      const name = this.text.indexOf("&amp;", at)
      const stop = name === -1 || name >= to ? to : name + 1
      pushSpan(spans, at, stop)
      at = stop === to ? to : stop + 4
    }
    const shownAddress = textOf(this.text, spans)
    pushSpan(spans, close, close + 1)
    const outer = this.space
    this.space = undefined
    const label: Array<number> = []
    for (const token of inside) {
      if (token.kind === "open" || token.kind === "close") continue
      if (token.kind === "character") {
        this.closeSpace(label)
        pushSpan(label, token.from, token.to)
      } else
        this.collapse(token.from, token.to, (start, end) => {
          this.closeSpace(label)
          pushSpan(label, start, end)
        })
    }
    const trailing = this.space
    this.space = outer
    const shown = linkText(shownAddress, textOf(this.text, label))
    if (shown === undefined) return false
    this.begin()
    this.flush()
    for (let i = 0; i < label.length; i += 2) pushSpan(spans, label[i] as number, label[i + 1] as number)
    this.segments.push({ _tag: "Shown", spans, codec: linkCodec.name, text: shown })
    this.space = trailing
    return true
  }

  private closeSpace(spans: Array<number>): void {
    if (this.space !== undefined && spans.length > 0) pushSpan(spans, ...this.space)
    this.space = undefined
  }

  data(from: number, to: number): void {
    this.begin(true)
    pushSpan(this.open, from, to)
  }

  /** Data goes with the texts that are hidden around it. */
  hideData(from: number, to: number): void {
    this.hideSpan(from, to)
    this.hidesData = true
  }

  hide({ kind, from, to }: Token): void {
    let start = from
    let end = to
    if (kind === "text") {
      while (start < end && isBlank(this.text.charCodeAt(start))) start++
      while (end > start && isBlank(this.text.charCodeAt(end - 1))) end--
    }
    if (start === end) return
    this.hideSpan(start, end)
    if (this.profile.length < PROFILE)
      this.profile += `${this.text.slice(start, Math.min(end, start + PROFILE)).replace(/\s+/g, " ")} `
  }

  /** Text, or an address, that goes with what is hidden around it. */
  hideSpan(start: number, end: number): void {
    if (this.hidden.length === 0) this.hiddenAnchor = this.isFresh ? undefined : this.pending?.anchor
    pushSpan(this.hidden, start, end)
  }

  private closeGap(): void {
    const { hidden } = this
    if (hidden.length === 0) return
    this.hidden = []
    if (this.hiddenAnchor !== undefined) this.mark(this.hiddenAnchor, "\n")
    this.flush()
    const first = lineAt(this.starts, hidden[0] as number)
    const last = lineAt(this.starts, (hidden[hidden.length - 1] as number) - 1)
    const profile = `${this.hidesData ? DATA_PROFILE : ""}${this.profile}`
      .slice(0, PROFILE)
      .replace(/[\ud800-\udbff]$/, "")
      .trim()
    this.profile = ""
    this.hidesData = false
    const gap: Gap =
      last > first
        ? { unit: "lines", count: last - first + 1, profile }
        : {
            unit: "characters",
            count: lengthOf(hidden),
            range: [(hidden[0] as number) + 1, hidden[hidden.length - 1] as number],
            profile
          }
    this.segments.push({ _tag: "Elide", spans: hidden, gap })
    this.isFresh = false
  }

  /** The gap of all addresses, at a character of the first tag, so that it stands above the text. */
  hideAddresses(at: number, addresses: ReadonlyArray<readonly [number, number]>): void {
    const spans = [at, at + 1]
    for (const [from, to] of addresses) pushSpan(spans, from, to)
    const gap: Gap = { unit: "items", count: addresses.length, profile: "addresses of links" }
    this.segments.push({ _tag: "Elide", spans, gap })
  }

  /** All segments, what none of them holds stripped as markup. */
  done(): ReadonlyArray<Segment> {
    this.closeGap()
    this.flush()
    const covered: Array<readonly [number, number]> = []
    for (const { spans } of this.segments)
      for (let i = 0; i < spans.length; i += 2) covered.push([spans[i] as number, spans[i + 1] as number])
    covered.sort((a, b) => a[0] - b[0])
    const rest: Array<number> = []
    let at = 0
    for (const [from, to] of covered) {
      pushSpan(rest, at, from)
      at = to
    }
    pushSpan(rest, at, this.text.length)
    if (rest.length > 0) this.segments.push({ _tag: "Strip", spans: rest, noise: "markup" })
    return this.segments.sort((a, b) => (a.spans[0] as number) - (b.spans[0] as number))
  }
}

/** The segments of the whole text. */
export const layOut = (
  text: string,
  { tokens }: Page,
  blocks: ReadonlyArray<Block>,
  choice: Choice
): ReadonlyArray<Segment> => {
  const layout = new Layout(text)
  const first = tokens.findIndex(({ kind }) => kind === "open" || kind === "close")
  const addresses = choice.addresses ? [] : tokens.flatMap(({ address }) => (address === undefined ? [] : [address]))
  let literal = 0
  let lists = 0
  let block = 0
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token
    const { kind, name } = token
    while (block < blocks.length && (blocks[block] as Block).last <= at) block++
    const own = blocks[block]
    const isInBlock = own !== undefined && own.first <= at
    const isShown = !isInBlock || choice.main?.blocks[block] !== false
    const isBreak = breaks(token)
    if (isBreak) {
      if (name === "ul" || name === "ol") lists = Math.max(0, lists + (kind === "open" ? 1 : -1))
      if (name === "pre" || name === "textarea") literal = Math.max(0, literal + (kind === "open" ? 1 : -1))
      layout.break(token, lists)
    }
    if (at === first) {
      const next = tokens[at + 1]
      const isLast = next === undefined || (next.kind !== "open" && next.kind !== "close")
      layout.notice(token.from, isBreak && isLast ? "\n" : "")
      if (addresses.length > 0) layout.hideAddresses(token.from + 1, addresses)
      if (isBreak && !isLast && token.told === undefined) layout.break(next, lists)
    }
    if (kind === "text" || kind === "character") {
      const end = isShown ? (choice.main?.cut?.block === block ? choice.main.cut.offset : token.to) : token.from
      if (end >= token.to) layout.show(token, literal > 0)
      else if (end <= token.from || kind === "character") layout.hide(token)
      else {
        layout.show({ ...token, to: end }, literal > 0)
        layout.hide({ ...token, from: end })
      }
    } else if (kind === "raw") {
      const start = text.slice(token.from, token.to).search(/\S/)
      const isData = at > 0 && isDataScript(tokens, at)
      if (!isData || start === -1) continue
      if (choice.data) layout.data(token.from + start, token.to)
      else layout.hideData(token.from + start, token.to)
    } else if (kind === "open" && token.told !== undefined) {
      if (CONTROLS.has(name)) {
        if (choice.main?.holds(token.element) !== false) layout.tag(token, at === first)
      } else if (choice.addresses) {
        // A picture that leads somewhere is no text of a block.
        if (isInBlock ? !isShown : choice.main?.holds(token.element) === false) {
          if (token.address !== undefined) layout.hideSpan(...token.address)
          continue
        }
        const inside = token.address === undefined ? undefined : insideOf(tokens, at)
        if (inside !== undefined && layout.link(token, inside)) at += inside.length
        else layout.tag(token, at === first)
      }
    }
  }
  return layout.done()
}

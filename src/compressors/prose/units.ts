/**
 * Cuts prose into what can be shown or hidden as a whole: sentences, headings, list items, table rows, fences; because a word taken
 * out of a sentence leaves a sentence that nobody wrote.
 *
 * Units tile the text: each ends where the next begins, blanks and line breaks behind it included.
 */

export interface Unit {
  readonly start: number
  readonly end: number
  /** Number of the paragraph, list item or table that it stands in, from 0. */
  readonly paragraph: number
  readonly isHeading: boolean
  /** The unit without which this one has no meaning (the row of a table's header, an item's first sentence), or -1. */
  readonly lead: number
  /** The heading that it stands under, or -1. */
  readonly heading: number
}

/** What goes on longer than this without a mark is cut, at a clause or a blank, into pieces of this much. */
const MAX_SENTENCE = 1_200
const MAX_LENGTH = 480
/** A shorter line was ended by its writer, a longer one perhaps by a margin. */
const MARGIN = 56

/** A line's mark stands within this much of its beginning, and a marked line is judged by this much. */
const MAX_INDENT = 300
const MAX_MARKED = 300

const HEADING = /^ {0,3}#{1,6}\s|^\s*\*\*[^*]{1,80}\*\*:?\s*$/
const UNDERLINE = /^ {0,3}(?:=+|-{3,})\s*$/
const FENCE = /^\s*(`{3,}|~{3,})/
const ITEM = /^\s*(?:[-*+•‣◦–]|\d{1,3}[.)]|[a-zA-Z][.)])\s+\S/
/** What headings, fences, items, rows and underlines begin with. */
const MARKS: ReadonlySet<number> = new Set(Array.from("#*`~|-+•‣◦–=", (char) => char.charCodeAt(0)))

/** Whether `12.`, `3)` or `a.` stands there. */
const isOrdinal = (text: string, at: number): boolean => {
  let end = at
  while (end - at < 3 && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++
  if (end === at && /[a-zA-Z]/.test(text.charAt(at))) end++
  return end > at && (text[end] === "." || text[end] === ")")
}

/** Abbreviations that end in a dot and no sentence, in English and its neighbours. */
const ABBREVIATIONS = new Set(
  (
    "mr mrs ms dr prof rev hon st sr jr gen col capt lt sgt maj adm cmdr sen rep gov pres vs etc e.g i.e cf viz al ca c approx est " +
    "fig figs eq eqs no nos vol vols ch chap sec pp p ed eds art para dept univ inc ltd co corp bros assn ave blvd rd mt ft " +
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m u.s u.k u.n b.c a.d " +
    "bzw usw z.b d.h u.a str nr abs hrsg bd s m mme mlle av env sra srta dña ud uds pág núm"
  ).split(" ")
)

const STOP = /[.!?…。！？｡؟۔।\n]/g
const charCodes = (chars: string): ReadonlySet<number> => new Set(Array.from(chars, (char) => char.charCodeAt(0)))
const WIDE = charCodes("。！？｡")
/** What may stand between a sentence's mark and the blank behind it. */
const CLOSERS = charCodes("\"'”’»)]}』」）*_.!?…。！？｡")
const NEWLINE = 10
const DOT = 46

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x3000
const isSmall = (char: string): boolean => (char >= "a" && char <= "z") || (char > "\u007f" && /\p{Ll}/u.test(char))

/** Whether the dot at `at` ends an abbreviation, an initial or a number in a list, not a sentence. */
const endsAbbreviation = (text: string, at: number, from: number): boolean => {
  let start = at
  while (start > from && at - start < 16 && !isBlank(text.charCodeAt(start - 1)) && text[start - 1] !== "(") start--
  const word = text.slice(start, at)
  if (word === "") return false
  if (/^\p{Lu}$/u.test(word) || /^(?:\p{L}\.)+\p{L}$/u.test(word)) return true
  if (start === from && /^\d{1,3}$/.test(word)) return true
  return ABBREVIATIONS.has(word.toLowerCase())
}

/** The end of the sentence mark at `at` with what closes behind it, or -1 where no sentence ends. */
const sentenceEnd = (text: string, at: number, from: number, to: number): number => {
  const mark = text.charCodeAt(at)
  if (mark === NEWLINE) {
    const lineStart = Math.max(from, text.lastIndexOf("\n", at - 1) + 1)
    return at - lineStart < MARGIN ? at + 1 : -1
  }
  let end = at + 1
  while (end < to && end - at < 6 && CLOSERS.has(text.charCodeAt(end))) end++
  if (WIDE.has(mark)) return end
  if (end < to && !isBlank(text.charCodeAt(end))) return -1
  let next = end
  while (next < to && next - end < 40 && isBlank(text.charCodeAt(next))) next++
  if (next >= to) return end
  // A small letter goes on with the sentence.
  return isSmall(text[next] as string) || (mark === DOT && endsAbbreviation(text, at, from)) ? -1 : end
}

/** Cuts a stretch that is longer than a sentence can be, at clauses and blanks, never inside a surrogate pair. */
const pushLong = (text: string, from: number, to: number, cuts: Array<number>): void => {
  let at = from
  while (to - from > MAX_SENTENCE && to - at > MAX_LENGTH) {
    const window = text.slice(at, at + MAX_LENGTH)
    const clause = Math.max(
      window.lastIndexOf(", "),
      window.lastIndexOf("; "),
      window.lastIndexOf("、"),
      window.lastIndexOf("，")
    )
    const blank = Math.max(window.lastIndexOf(" "), window.lastIndexOf("\n"))
    const cut = clause > MAX_LENGTH / 2 ? clause + 1 : blank > MAX_LENGTH / 2 ? blank + 1 : MAX_LENGTH
    const code = text.charCodeAt(at + cut)
    at += code >= 0xdc00 && code < 0xe000 ? cut - 1 : cut
    cuts.push(at)
  }
  cuts.push(to)
}

/** Ends of the sentences of a stretch of running text. */
const sentenceEnds = (text: string, from: number, to: number): ReadonlyArray<number> => {
  const cuts: Array<number> = []
  let start = from
  STOP.lastIndex = from
  for (let match = STOP.exec(text); match !== null && match.index < to; match = STOP.exec(text)) {
    if (match.index < start) continue
    let end = sentenceEnd(text, match.index, start, to)
    if (end === -1) continue
    while (end < to && isBlank(text.charCodeAt(end))) end++
    if (end > start) pushLong(text, start, end, cuts)
    start = end
  }
  if (start < to) pushLong(text, start, to, cuts)
  return cuts
}

/** Ends of the lines of a stretch. */
const lineEnds = (text: string, from: number, to: number): ReadonlyArray<number> => {
  const cuts: Array<number> = []
  for (let at = text.indexOf("\n", from); at !== -1 && at + 1 < to; at = text.indexOf("\n", at + 1)) cuts.push(at + 1)
  cuts.push(to)
  return cuts
}

/** The end of the line that closes a fence, at any indent; the text's end where none does. */
const closeOf = (text: string, from: number, mark: string): number => {
  for (let at = text.indexOf(mark, from); at !== -1; at = text.indexOf(mark, at + 1)) {
    const newline = text.indexOf("\n", at)
    const end = newline === -1 ? text.length : newline + 1
    const lineStart = text.lastIndexOf("\n", at) + 1
    if (at - lineStart < MAX_INDENT && end - at < MAX_MARKED && /^\s*[`~]+\s*$/.test(text.slice(lineStart, end)))
      return end
    at = end - 1
  }
  return text.length
}

interface Draft {
  start: number
  end: number
  paragraph: number
  isHeading: boolean
  lead: number
  heading: number
}

/** The units of a text; with `wholeLines` none begins or ends inside a line. */
export const unitsOf = (text: string, wholeLines: boolean): ReadonlyArray<Unit> => {
  const units: Array<Draft> = []
  let paragraph = 0
  let heading = -1
  /** What introduces the list that follows. */
  let intro = -1
  const introduced = (): number => (intro === units.length - 1 ? intro : -1)
  let header = -1
  let block: { start: number; end: number; lines: number; isItem: boolean } | undefined

  const push = (start: number, end: number, isHeading: boolean, lead: number): void => {
    const from = units.length === 0 ? 0 : start
    units.push({ start: from, end, paragraph, isHeading, lead, heading: isHeading ? -1 : heading })
  }
  const flush = (): void => {
    if (block === undefined) return
    const { start, end, isItem } = block
    block = undefined
    const first = units.length
    let at = start
    for (const cut of wholeLines ? lineEnds(text, start, end) : sentenceEnds(text, start, end)) {
      push(at, cut, false, isItem ? (units.length === first ? intro : first) : -1)
      at = cut
    }
    let last = end
    while (last > start && isBlank(text.charCodeAt(last - 1))) last--
    if (!isItem) intro = text[last - 1] === ":" ? units.length - 1 : -1
    paragraph++
  }

  for (let at = 0; at < text.length; ) {
    const newline = text.charCodeAt(at) === NEWLINE ? at : text.indexOf("\n", at)
    const end = newline === -1 ? text.length : newline + 1
    let inner = at
    while (inner < end && inner - at < MAX_INDENT && isBlank(text.charCodeAt(inner))) inner++
    const isMarked = MARKS.has(text.charCodeAt(inner)) || isOrdinal(text, inner)
    const line = isMarked ? text.slice(at, Math.min(end, at + MAX_MARKED)) : ""
    const fence = isMarked ? FENCE.exec(line) : null
    if (inner === end) {
      flush()
      const last = units[units.length - 1]
      if (last !== undefined) last.end = end
    } else if (fence !== null) {
      flush()
      const fenceEnd = closeOf(text, end, fence[1] as string)
      push(at, fenceEnd, false, introduced())
      paragraph++
      at = fenceEnd
      continue
    } else if (isMarked && end - at < MAX_MARKED && HEADING.test(line)) {
      flush()
      push(at, end, true, -1)
      heading = units.length - 1
      intro = -1
      paragraph++
    } else if (block !== undefined && !block.isItem && block.lines === 1 && isMarked && UNDERLINE.test(line)) {
      push(block.start, end, true, -1)
      block = undefined
      heading = units.length - 1
      paragraph++
    } else if (text[inner] === "|") {
      flush()
      const before = units[units.length - 1]
      const goesOn = before !== undefined && before.end === at && header !== -1
      push(at, end, false, goesOn ? header : introduced())
      if (!goesOn) header = units.length - 1
      at = end
      continue
    } else if (isMarked && ITEM.test(line)) {
      flush()
      block = { start: at, end, lines: 1, isItem: true }
    } else if (block === undefined) block = { start: at, end, lines: 1, isItem: false }
    else {
      block.end = end
      block.lines++
    }
    header = -1
    at = end
  }
  flush()
  if (units.length === 0 && text !== "") push(0, text.length, false, -1)
  return units
}

/**
 * The words of a text and of a question as numbers: stop words left out, endings cut off, scripts without blanks in pairs of
 * characters, so that scoring is arithmetic on arrays.
 */
import type { Unit } from "./units.ts"

export interface Words {
  /** Terms of all units, one after another. */
  readonly terms: Int32Array
  /** Where each unit's terms begin; the last entry closes the last unit. */
  readonly from: Int32Array
  /** In how many units each term stands. */
  readonly spread: Int32Array
  readonly idOf: ReadonlyMap<string, number>
}

/** A word of a question, and how much it says. */
export interface Asked {
  readonly stem: string
  /** Names, numbers and ids say more than common words. */
  readonly weight: number
  /** An id or number as written, to be found exactly; "" for words. */
  readonly exact: string
}

const STOP_WORDS = new Set(
  (
    "a an the and or but nor so if then than that this these those there here it its he him his she her hers they them their we us our you your i me my " +
    "is are was were be been being am do does did done have has had having will would shall should can could may might must " +
    "of to in on at by for with from into onto about as over under between through during before after above below up down out off again " +
    "not no only own same too very just also such both each few more most other some any all what which who whom whose when where why how " +
    "s t d ll re ve m"
  ).split(" ")
)

const WORD = /[\p{L}\p{M}\p{N}_]+/gu

/** Classes of UTF-16 units, found out as they occur: letters and digits, the same of scripts without blanks, all else. */
const UNKNOWN = 0
const GAP = 1
const LETTER = 2
const PAIRED = 3
const classes = new Uint8Array(65_536)

const classOf = (code: number): number => {
  const known = classes[code] as number
  if (known !== UNKNOWN) return known
  const char = String.fromCharCode(code)
  const found = DENSE.test(char) ? PAIRED : /[\p{L}\p{M}\p{N}_]/u.test(char) ? LETTER : GAP
  classes[code] = found
  return found
}

const DENSE = /[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/

/** The word without its ending, so that `offices` finds `office`; crude, for both sides are cut alike. */
const stemOf = (word: string): string => {
  if (word.length < 4 || /\d/.test(word)) return word
  let stem = word
  if (stem.endsWith("ies") && stem.length > 4) stem = `${stem.slice(0, -3)}y`
  else if (/(?:ss|x|ch|sh|z)es$/.test(stem)) stem = stem.slice(0, -2)
  else if (/[^su]s$/.test(stem)) stem = stem.slice(0, -1)
  for (const ending of [
    "ational",
    "ization",
    "ations",
    "ation",
    "ments",
    "ment",
    "ness",
    "ing",
    "edly",
    "ed",
    "ly",
    "ion",
    "or",
    "er"
  ])
    if (stem.endsWith(ending) && stem.length - ending.length >= 4) {
      stem = stem.slice(0, -ending.length)
      break
    }
  if (stem.length > 4 && /([^aeiouls])\1$/.test(stem)) stem = stem.slice(0, -1)
  return stem.length > 4 && stem.endsWith("e")
    ? stem.slice(0, -1)
    : stem.length > 4 && stem.endsWith("i")
      ? `${stem.slice(0, -1)}y`
      : stem
}

const MAX_WORD = 64

/** The term of a word, or "" where it says nothing. */
const stemmed = (word: string): string => {
  const lower = word.slice(0, MAX_WORD).toLowerCase()
  return STOP_WORDS.has(lower) ? "" : stemOf(lower)
}

const NO_TERM = -1

export const wordsOf = (text: string, units: ReadonlyArray<Unit>): Words => {
  const terms: Array<number> = []
  const from = new Int32Array(units.length + 1)
  const idOf = new Map<string, number>()
  const stems = new Map<string, number>()
  const spread: Array<number> = []
  const lastUnit: Array<number> = []
  let unit = 0
  const putId = (id: number): void => {
    if (lastUnit[id] !== unit) {
      lastUnit[id] = unit
      spread[id] = (spread[id] as number) + 1
    }
    terms.push(id)
  }
  const put = (term: string): number => {
    let id = idOf.get(term)
    if (id === undefined) {
      id = idOf.size
      idOf.set(term, id)
      spread.push(0)
      lastUnit.push(-1)
    }
    putId(id)
    return id
  }
  const reach = (at: number): void => {
    while (unit + 1 < units.length && at >= (units[unit] as Unit).end) from[++unit] = terms.length
  }
  for (let at = 0; at < text.length; ) {
    if (classOf(text.charCodeAt(at)) === GAP) {
      at++
      continue
    }
    const start = at
    while (at < text.length && classOf(text.charCodeAt(at)) !== GAP) at++
    const word = text.slice(start, at)
    reach(start)
    const known = stems.get(word)
    if (known !== undefined) {
      if (known !== NO_TERM) putId(known)
    } else if (classOf(word.charCodeAt(0)) === PAIRED) {
      // A run of such a script may go on over several units.
      for (let i = 0; i + 1 < word.length || i === 0; i++) {
        reach(start + i)
        put(word.slice(i, i + 2))
      }
    } else {
      const stem = stemmed(word)
      const id = stem === "" ? NO_TERM : put(stem)
      if (word.length <= MAX_WORD) stems.set(word, id)
    }
  }
  while (unit + 1 < units.length) from[++unit] = terms.length
  from[units.length] = terms.length
  return { terms: Int32Array.from(terms), from, spread: Int32Array.from(spread), idOf }
}

const pairsOf = (word: string): ReadonlyArray<string> =>
  Array.from({ length: Math.max(1, word.length - 1) }, (_, i) => word.slice(i, i + 2))

const MAX_QUESTION = 4_000
const NAME_WEIGHT = 1.5

/** The words of a question, each once. */
export const askedOf = (question: string): ReadonlyArray<Asked> => {
  const asked = new Map<string, Asked>()
  const text = question.slice(0, MAX_QUESTION)
  for (const match of text.matchAll(WORD)) {
    const [word] = match
    const isId = /\d/.test(word) || (word.includes("_") && word.length > 2) || /\p{Ll}\p{Lu}/u.test(word)
    const isName = /^\p{Lu}/u.test(word) && !/(?:^|[.?!]\s*)$/.test(text.slice(0, match.index))
    const stems = DENSE.test(word) ? pairsOf(word) : [stemmed(word)]
    for (const stem of stems)
      if (stem !== "" && !asked.has(stem))
        asked.set(stem, { stem, weight: isId || isName ? NAME_WEIGHT : 1, exact: isId ? word : "" })
  }
  return [...asked.values()].slice(0, 64)
}

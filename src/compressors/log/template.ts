/**
 * Mines the templates of log messages: which words are constant is decided by how words share their places.
 *
 * Words with digits, paths, quoted text and values after `=` are variables by their form. Messages equal but for them are one shape;
 * shapes equal but for one word are one template where enough words take that place. Work after the first scan is by distinct shapes,
 * of which a log has few.
 */

/** Which template each message belongs to. */
export interface Templates {
  /** Template of each message. */
  readonly of: Int32Array
  readonly count: number
  /** Shape of each message: equal messages but for variables by form. */
  readonly shapeOf: Int32Array
  /** The first message of each shape. */
  readonly firstOfShape: ReadonlyArray<number>
}

const MAX_WORDS = 48
const MAX_SCAN = 600

const SPACE = 1
const DELIMITER = 2
const DIGIT = 3
const PATH = 4
const LETTER = 5
const MARK = 6

const classes = new Uint8Array(128).fill(MARK)
for (const blank of " \t\r\n") classes[blank.charCodeAt(0)] = SPACE
for (const delimiter of "()[]{}\"'<>,;=|`") classes[delimiter.charCodeAt(0)] = DELIMITER
for (const digit of "0123456789") classes[digit.charCodeAt(0)] = DIGIT
for (const path of "/\\@") classes[path.charCodeAt(0)] = PATH
for (let code = 65; code <= 90; code++) classes[code] = classes[code + 32] = LETTER

const VARIABLE = 0

/** Numbers words: the same word, the same number; 0 is any variable. */
class Words {
  private readonly numbers = new Map<string, number>()
  readonly of = (word: string): number => {
    let number = this.numbers.get(word)
    if (number === undefined) {
      number = this.numbers.size + 1
      this.numbers.set(word, number)
    }
    return number
  }
}

/** Names of days and months, and units after a number, are part of a variable. */
const CALENDAR = new Set("Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" "))
const UNITS = new Set("B b KB kB MB GB TB KiB MiB GiB TiB K M G ms us ns s m h min mins sec secs % AM PM".split(" "))

const EXTENSION =
  /\.(?:c|cc|cpp|cxx|h|hpp|o|lo|so|a|d|js|ts|jsx|tsx|mjs|cjs|py|pyc|rb|java|class|jar|war|pom|go|rs|kt|cs|swift|php|xml|json|ya?ml|toml|html|css|md|txt|sh|log|conf|cfg|ini|whl|gz|zip|tar|dll|exe|png|svg)$/
const HEX = /^[0-9a-f]{8,}$/

const REQUEST = /"[A-Z]{3,7} [/h]/y

/** Whether a quote opens a web request, whose method tells kinds apart. */
const isRequest = (text: string, at: number): boolean => {
  REQUEST.lastIndex = at
  return REQUEST.test(text)
}

const STATUS = /(?:" |\bstatus(?:_?code)?[=:] ?"?)$/i

/** Whether what stands at the offset is a request's status: behind the request, or named so. */
const isStatus = (text: string, at: number): boolean => STATUS.test(text.slice(Math.max(0, at - 16), at))

/** The offset after a short quoted text's closing quote, or -1. */
const quoteEnd = (text: string, at: number, end: number): number => {
  const close = text.indexOf('"', at + 1)
  return close === -1 || close >= end || close - at > 80 ? -1 : close + 1
}

/**
 * Scans a message; returns a hash of its shape, and pushes its words' spans on `spans` where given, a variable as an empty span.
 */
const scan = (text: string, from: number, to: number, spans: Array<number> | undefined): number => {
  const end = Math.min(to, from + MAX_SCAN)
  let low = 7
  let high = 11
  let afterVariable = false
  let words = 0
  let value = false
  let inRequest = false
  for (let at = from; at < end && words < MAX_WORDS; ) {
    const code = text.charCodeAt(at)
    const kind = code < 128 ? (classes[code] as number) : LETTER
    if (kind === SPACE || kind === DELIMITER) {
      // the quote that closes a request opens nothing, though the referrer's quote stands behind
      const closes = code === 34 && inRequest
      if (code === 34) inRequest = !inRequest && isRequest(text, at)
      if (code === 34 && !inRequest && !closes) {
        const close = quoteEnd(text, at, end)
        if (close !== -1) {
          if (!afterVariable) {
            low = Math.imul(low, 31) + 1
            high = Math.imul(high, 37) + 1
            spans?.push(at, at)
            words++
            afterVariable = true
          }
          at = close
          continue
        }
      }
      value = (kind === DELIMITER && code !== 44) || (value && kind === SPACE && text.charCodeAt(at - 1) === 61)
      at++
      continue
    }
    let stop = at
    let dots = 0
    let form = false
    let letters = false
    let hash = 0
    for (; stop < end; stop++) {
      const next = text.charCodeAt(stop)
      const nextKind = next < 128 ? (classes[next] as number) : LETTER
      if (nextKind <= DELIMITER) break
      if (nextKind === DIGIT || nextKind === PATH) form = true
      else if (nextKind === LETTER) letters = true
      else if (
        next === 58 &&
        ((letters && !form && dots === 0) || stop + 1 === end || text.charCodeAt(stop + 1) === 32)
      )
        break
      else if (next === 46) {
        if (text.charCodeAt(stop + 1) === 46) break
        if (stop > at && stop + 1 < end && (classes[text.charCodeAt(stop + 1)] ?? LETTER) === LETTER) dots++
      }
      hash = Math.imul(hash ^ next, 0x01000193)
    }
    if (stop === at) {
      while (stop < end && (text.charCodeAt(stop) === 46 || text.charCodeAt(stop) === 58)) stop++
      at = stop
      continue
    }
    const length = stop - at
    // what stands before `=` is a name, digits or not
    if (form && text.charCodeAt(stop) === 61 && (classes[code] ?? LETTER) === LETTER) {
      form = false
      letters = true
    }
    // a status that tells of failure is no variable
    if ((code === 52 || code === 53) && length === 3 && isStatus(text, at)) {
      form = false
      letters = true
    }
    const dotted = words > 0 && (dots > 1 || (dots === 1 && (value || EXTENSION.test(text.slice(at, stop)))))
    if (length >= 8 && code >= 97 && code <= 102 && HEX.test(text.slice(at, stop))) form = true
    const named =
      length <= 4 &&
      ((afterVariable && UNITS.has(text.slice(at, stop))) ||
        (length === 3 && code <= 90 && words > 0 && CALENDAR.has(text.slice(at, stop))))
    if (form || dotted || named) {
      if (!afterVariable) {
        low = Math.imul(low, 31) + 1
        high = Math.imul(high, 37) + 1
        spans?.push(at, at)
        words++
      }
      afterVariable = true
    } else if (letters || length > 2) {
      low = Math.imul(low, 31) + hash
      high = Math.imul(high, 37) ^ Math.imul(hash, 0x85ebca6b)
      spans?.push(at, stop)
      words++
      afterVariable = false
    }
    value = false
    at = stop
  }
  return (low >>> 0) * 0x200000 + ((high >>> 0) & 0x1fffff)
}

/** Words that must take one place before it is a variable's: the fewer constants remain, the more. */
const fillersNeeded = (place: number, constants: number): number =>
  constants > 2 && place > 0 ? 4 : constants > 1 && place > 0 ? 10 : constants > 2 ? 12 : Infinity
const ROUNDS = 4

interface Cluster {
  readonly words: ReadonlyArray<number>
  readonly shapes: Array<number>
}

const HOLE = -1

/** A word's share of the hash of its places: sums over places make a hash in which one word can be replaced at once. */
const lowShare = (word: number, place: number): number =>
  Math.imul(Math.imul(word + 0x9e3779b9, 0x85ebca6b) ^ ((place + 1) * 0x27d4eb2f), 0xc2b2ae35)
const highShare = (word: number, place: number): number =>
  Math.imul(Math.imul(word + 0x165667b1, 0xc2b2ae3d) ^ ((place + 7) * 0x9e3779b1), 0x85ebca77)

/** Keys of the words and, for each place, of the words with a hole there. */
const keysOf = (
  words: ReadonlyArray<number>
): { readonly whole: number; readonly holed: (place: number) => number } => {
  let low = words.length
  let high = 0
  for (let place = 0; place < words.length; place++) {
    low = (low + lowShare(words[place] as number, place)) | 0
    high = (high + highShare(words[place] as number, place)) | 0
  }
  const key = (l: number, h: number): number => (l >>> 0) * 0x200000 + ((h >>> 0) & 0x1fffff)
  return {
    whole: key(low, high),
    holed: (place) => {
      const word = words[place] as number
      return key(
        low - lowShare(word, place) + lowShare(HOLE, place),
        high - highShare(word, place) + highShare(HOLE, place)
      )
    }
  }
}

/** Adjacent variables are one: lists differ in length. */
const withVariables = (words: ReadonlyArray<number>, holes: ReadonlySet<number>): ReadonlyArray<number> => {
  const out: Array<number> = []
  words.forEach((word, i) => {
    const next = holes.has(i) ? VARIABLE : word
    if (next !== VARIABLE || out[out.length - 1] !== VARIABLE) out.push(next)
  })
  return out
}

/** `a * a * a *` is `a *`: lists differ in length. */
const withoutRepeats = (words: ReadonlyArray<number>): ReadonlyArray<number> => {
  const out: Array<number> = []
  for (const word of words) {
    out.push(word)
    const n = out.length
    if (
      n >= 4 &&
      out[n - 1] === out[n - 3] &&
      out[n - 2] === out[n - 4] &&
      (word === VARIABLE || out[n - 2] === VARIABLE)
    )
      out.length = n - 2
  }
  return out
}

/** The templates of the messages `text.slice(from[i], to[i])`. */
export const mine = (text: string, from: Int32Array, to: Int32Array): Templates => {
  const shapeIds = new Map<number, number>()
  const shapeOf = new Int32Array(from.length)
  const firstOfShape: Array<number> = []
  for (let i = 0; i < from.length; i++) {
    const hash = scan(text, from[i] as number, to[i] as number, undefined)
    let shape = shapeIds.get(hash)
    if (shape === undefined) {
      shape = firstOfShape.length
      shapeIds.set(hash, shape)
      firstOfShape.push(i)
    }
    shapeOf[i] = shape
  }
  const vocabulary = new Words()
  const states = new Set<number>()
  let clusters: Array<Cluster> = firstOfShape.map((message, shape) => {
    const spans: Array<number> = []
    scan(text, from[message] as number, to[message] as number, spans)
    const words: Array<number> = []
    for (let i = 0; i < spans.length; i += 2) {
      const word = text.slice(spans[i], spans[i + 1])
      const number = word === "" ? VARIABLE : vocabulary.of(word)
      if (isState(word)) states.add(number)
      words.push(number)
    }
    return { words: withoutRepeats(words), shapes: [shape] }
  })
  for (let round = 0; round < ROUNDS; round++) {
    const merged = mergeOnce(clusters, states)
    if (merged === undefined) break
    clusters = merged
  }
  const templateOfShape = new Int32Array(firstOfShape.length)
  clusters.forEach((cluster, template) => {
    for (const shape of cluster.shapes) templateOfShape[shape] = template
  })
  return { of: shapeOf.map((shape) => templateOfShape[shape] as number), count: clusters.length, shapeOf, firstOfShape }
}

const isState = (word: string): boolean => /^[A-Z]+$/.test(word)

const constantsOf = (words: ReadonlyArray<number>): number =>
  words.reduce((sum, word) => (word === VARIABLE ? sum : sum + 1), 0)

/** Clusters after one round of merging, or undefined where none could be; `states` are words in capitals, which are few. */
const mergeOnce = (clusters: ReadonlyArray<Cluster>, states: ReadonlySet<number>): Array<Cluster> | undefined => {
  const fillers = new Map<number, number>()
  for (const { words } of clusters) {
    if (constantsOf(words) < 2) continue
    const { holed } = keysOf(words)
    for (let place = 0; place < words.length; place++) {
      const word = words[place] as number
      if (word === VARIABLE || states.has(word)) continue
      const key = holed(place)
      fillers.set(key, (fillers.get(key) ?? 0) + 1)
    }
  }
  const byWords = new Map<number, Cluster>()
  for (const cluster of clusters) {
    const constants = constantsOf(cluster.words)
    const { holed, whole } = keysOf(cluster.words)
    const holes = new Set<number>()
    for (let place = 0; constants > 1 && place < cluster.words.length; place++)
      if (cluster.words[place] !== VARIABLE && (fillers.get(holed(place)) ?? 0) >= fillersNeeded(place, constants))
        holes.add(place)
    const words = holes.size > 0 ? withVariables(cluster.words, holes) : cluster.words
    const key = holes.size > 0 ? keysOf(words).whole : whole
    const same = byWords.get(key)
    if (same === undefined) byWords.set(key, { words, shapes: [...cluster.shapes] })
    else for (const shape of cluster.shapes) same.shapes.push(shape)
  }
  return byWords.size < clusters.length ? [...byWords.values()] : undefined
}

/**
 * Where a line of a search result names its place: `path:12:`, `path-12-`, `path:`; read character by character, because one pattern
 * for all of them takes `12:03:44` for a place and `logs-2024-01/a.py` for line 2024 of `logs`.
 */

/** A place at the start of a line: the path ends at `end`, the separator stands there. */
export interface Place {
  readonly end: number
  /** Whether a line number stands between two separators behind the path. */
  readonly numbered: boolean
}

/** No longer path is looked for, so that a line of any length costs a bounded look. */
const PATH_LIMIT = 512

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
const COLON = 58
const DASH = 45
const SLASH = 47
const BACKSLASH = 92
/** Characters that search tools' paths do not hold but JSON, markup and shell lines do. */
const FOREIGN = new Set(Array.from('"<>|*{};,`=?$', (char) => char.charCodeAt(0)))

/** The end of the digits from `at` if `separator` follows them, else -1. */
export const numberEnd = (text: string, at: number, separator: number): number => {
  let end = at
  while (isDigit(text.charCodeAt(end)) && end - at < 10) end++
  return end > at && text.charCodeAt(end) === separator ? end : -1
}

const EXTENSION = /\.[A-Za-z][\w+-]{0,11}$/
const BARE = /^[A-Za-z_][\w-]*$/
/** What the groups' notation takes for a row, so no heading may look like it. */
const ROW_LIKE = /^[ -]|^\d+(?:[:,-]|$|\s)/
const ROOTED = /^(?:\.{0,2}[\\/]|~\/|[A-Za-z]:[\\/])/
const HAS_LETTER = /\p{L}/u

/** Whether the text names a file that stands before a line number. */
const namesFile = (path: string): boolean =>
  HAS_LETTER.test(path) && !ROW_LIKE.test(path) && (/[\\/.]/.test(path) || BARE.test(path))

/** Whether the text names a file though no number follows: it must end like one or start like a path. */
const namesFileSurely = (path: string): boolean =>
  HAS_LETTER.test(path) && !ROW_LIKE.test(path) && (EXTENSION.test(path) || ROOTED.test(path))

/** A path without slash and dot, such as `Makefile`; any word looks like it. */
export const isBareWord = (path: string): boolean => BARE.test(path)

/** The place that the line from `start` to `end` names, or undefined. A context line's place needs the paths of matches: `contextPlace`. */
export const placeAt = (text: string, start: number, end: number): Place | undefined => {
  const stop = Math.min(end, start + PATH_LIMIT)
  let slashed = false
  let spaced = false
  let colons = 0
  let partStart = start
  let plain: Place | undefined
  for (let at = start; at < stop; at++) {
    const code = text.charCodeAt(at)
    if (code === SLASH || code === BACKSLASH) slashed = true
    else if (code === 32) {
      if (!slashed || colons > 0) return plain
      spaced = true
    } else if (code < 32 || FOREIGN.has(code)) return plain
    else if (code === COLON) {
      const next = text.charCodeAt(at + 1)
      const isDrive = at === start + 1 && isLetter(text.charCodeAt(start)) && (next === BACKSLASH || next === SLASH)
      if (isDrive && text.charCodeAt(at + 2) !== SLASH) continue
      if (at === partStart || (next === SLASH && text.charCodeAt(at + 2) === SLASH)) return plain
      if (numberEnd(text, at + 1, COLON) !== -1) {
        const path = text.slice(partStart, at)
        if (plain !== undefined && !/[\\/.]/.test(path)) return plain
        return namesFile(path) && !ROW_LIKE.test(text.slice(start, at)) ? { end: at, numbered: true } : plain
      }
      if (spaced) return undefined
      if (plain === undefined && namesFileSurely(text.slice(partStart, at)) && !ROW_LIKE.test(text.slice(start, at)))
        plain = { end: at, numbered: false }
      // `git grep REV` puts the revision and a colon before the path
      if (++colons > 1) return plain
      partStart = at + 1
    }
  }
  return plain
}

/** The end of the path of a context line `path-12-text` whose path is known from a match, or -1. */
export const contextEnd = (text: string, start: number, end: number, isPath: (path: string) => boolean): number => {
  const stop = Math.min(end, start + PATH_LIMIT)
  for (let at = start + 1; at < stop; at++) {
    const code = text.charCodeAt(at)
    if (code < 32) return -1
    if (code === DASH && numberEnd(text, at + 1, DASH) !== -1 && isPath(text.slice(start, at))) return at
  }
  return -1
}

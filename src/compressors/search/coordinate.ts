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
const DOT = 46
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

/** Whether the text names a file though no number follows: it must end like one or start like a path. */
const namesFileSurely = (path: string): boolean =>
  HAS_LETTER.test(path) && !ROW_LIKE.test(path) && !path.endsWith(")") && (EXTENSION.test(path) || ROOTED.test(path))

/** A path without slash and dot, such as `Makefile`; any word looks like it. */
export const isBareWord = (path: string): boolean => BARE.test(path)

/** The place that the line from `start` to `end` names, or undefined. A context line's place needs more: `contextEnd`. */
export const placeAt = (text: string, start: number, end: number): Place | undefined => {
  const stop = Math.min(end, start + PATH_LIMIT)
  const first = text.charCodeAt(start)
  if (first === 32 || first === DASH) return undefined
  // of the part since the last colon
  let isPathLike = false
  let hasLetter = false
  let slashed = false
  let spaced = false
  let partStart = start
  for (let at = start; at < stop; at++) {
    const code = text.charCodeAt(at)
    if (isLetter(code) || code > 127) hasLetter = true
    else if (code === DOT) isPathLike = true
    else if (code === SLASH || code === BACKSLASH) {
      isPathLike = true
      slashed = true
    } else if (code === 32) {
      if (!slashed || partStart > start) return undefined
      spaced = true
    } else if (code < 32 || FOREIGN.has(code)) return undefined
    else if (code === COLON) {
      const next = text.charCodeAt(at + 1)
      const isDrive = at === start + 1 && isLetter(first) && (next === BACKSLASH || next === SLASH)
      if (isDrive && text.charCodeAt(at + 2) !== SLASH) continue
      if (at === partStart || (next === SLASH && text.charCodeAt(at + 2) === SLASH)) return undefined
      if (isDigit(first) && ROW_LIKE.test(text.slice(start, at))) return undefined
      if (numberEnd(text, at + 1, COLON) !== -1) {
        const names = hasLetter && (isPathLike || BARE.test(text.slice(partStart, at)))
        return names ? { end: at, numbered: true } : undefined
      }
      if (spaced) return undefined
      if (isPathLike && hasLetter && namesFileSurely(text.slice(partStart, at))) {
        return { end: at, numbered: false }
      }
      // `git grep REV` puts the revision and a colon before the path
      if (partStart > start) return undefined
      partStart = at + 1
      isPathLike = false
      hasLetter = false
    }
  }
  return undefined
}

/** Whether the next line stands in the same file, one further down. */
const goesOn = (text: string, start: number, end: number, pathEnd: number): boolean => {
  if (!text.startsWith(text.slice(start, pathEnd + 1), end)) return false
  const next = end + pathEnd + 1 - start
  const number = Number(text.slice(pathEnd + 1, numberEnd(text, pathEnd + 1, DASH)))
  const numberTo = Math.max(numberEnd(text, next, DASH), numberEnd(text, next, COLON))
  return numberTo !== -1 && Number(text.slice(next, numberTo)) === number + 1
}

/**
 * The end of the path of a context line `path-12-text`, or -1: a path is sure where a match names it, or where it ends like a file
 * and the next line counts on.
 */
export const contextEnd = (text: string, start: number, end: number, isPath: (path: string) => boolean): number => {
  const stop = Math.min(end, start + PATH_LIMIT)
  for (let at = start + 1; at < stop; at++) {
    const code = text.charCodeAt(at)
    if (code < 32) return -1
    if (code !== DASH || numberEnd(text, at + 1, DASH) === -1) continue
    const path = text.slice(start, at)
    if (isPath(path)) return at
    if (
      EXTENSION.test(path) &&
      namesFileSurely(path) &&
      !/[\s:]/.test(path) &&
      goesOn(text, start, nextLine(text, end), at)
    )
      return at
  }
  return -1
}

/** Where the line after the one that holds or ends at this offset starts. */
const nextLine = (text: string, at: number): number => {
  if (text[at - 1] === "\n") return at
  const newline = text.indexOf("\n", at)
  return newline === -1 ? text.length : newline + 1
}

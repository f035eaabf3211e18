/**
 * Chooses which texts of a document get a name in the head of its table: strings that occur again whole, and beginnings that many
 * strings share.
 */
import { estimateTokens } from "../../domain/tokens.ts"
import { isBareRest } from "./notation.ts"

/** Tokens of a name in a cell, and of its line in the head beside the text. */
const USE = 2
const LINE = 4

const MIN_LENGTH = 8
const MAX_NAMES = 700
/** Distinct strings that are looked at for shared beginnings, spread over the document. */
const SAMPLE = 4096

/** The texts to name, most useful first. `counts` holds how often each string occurs; with `wholeOnly` no beginning is named. */
export const chooseNames = (counts: ReadonlyMap<string, number>, wholeOnly: boolean): ReadonlyArray<string> => {
  const chosen: Array<{ readonly text: string; readonly gain: number }> = []
  const others: Array<string> = []
  const weights = new Map<string, number>()
  for (const [text, count] of counts) {
    if (text.length < MIN_LENGTH || text.startsWith("{") || text.startsWith("[")) continue
    if (count > 1) {
      const tokens = estimateTokens(text)
      const gain = (count - 1) * tokens - count * USE - LINE
      if (gain > LINE && tokens > 2) {
        chosen.push({ text, gain })
        continue
      }
    }
    others.push(text)
    weights.set(text, count)
  }
  const step = Math.max(1, Math.ceil(others.length / SAMPLE))
  const sample = step === 1 ? others : others.filter((_, index) => index % step === 0)
  if (!wholeOnly) for (const found of beginnings(sample.sort(byCode), weights, step)) chosen.push(found)
  const best = chosen.sort((a, b) => b.gain - a.gain || byCode(a.text, b.text)).slice(0, MAX_NAMES)
  return inUse(
    best.map((one) => one.text),
    counts,
    wholeOnly
  )
}

/** Those of the texts that are worth their line where the longest one is used each time. */
const inUse = (
  texts: ReadonlyArray<string>,
  counts: ReadonlyMap<string, number>,
  wholeOnly: boolean
): ReadonlyArray<string> => {
  const beginnings = new Beginnings(texts, wholeOnly)
  const uses = new Map<string, number>()
  for (const [text, count] of counts) {
    const found = beginnings.find(text)
    if (found !== undefined) uses.set(found, (uses.get(found) ?? 0) + count)
  }
  return texts.filter((text) => {
    const tokens = estimateTokens(text)
    return (uses.get(text) ?? 0) * (tokens - USE) > tokens + LINE
  })
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const sharedLength = (a: string, b: string): number => {
  const end = Math.min(a.length, b.length)
  let i = 0
  while (i < end && a.charCodeAt(i) === b.charCodeAt(i)) i++
  return i
}

/** The longest cut at or before `length` after which all of `rests` may follow a name. */
const cutOf = (text: string, length: number): number => {
  let at = length
  while (
    at >= MIN_LENGTH &&
    !(isBareRest(text.charAt(at)) && text.charCodeAt(at - 1) !== 92 && text.charAt(at - 1) !== " ")
  )
    at--
  return at
}

/** Shared beginnings of sorted texts, found as the runs that share more than their neighbours do. */
const beginnings = (
  sorted: ReadonlyArray<string>,
  weights: ReadonlyMap<string, number>,
  step: number
): ReadonlyArray<{ readonly text: string; readonly gain: number }> => {
  const runs = new Map<string, number>()
  const open: Array<{ readonly length: number; weight: number; readonly text: string }> = []
  const close = (to: number): number => {
    let carried = 0
    while (open.length > 0 && (open[open.length - 1] as { length: number }).length > to) {
      const run = open.pop()
      if (run === undefined) break
      run.weight += carried
      carried = run.weight
      runs.set(run.text.slice(0, run.length), run.weight)
    }
    return carried
  }
  for (let i = 0; i < sorted.length; i++) {
    const text = sorted[i] as string
    const following = sorted[i + 1]
    const shared = following === undefined ? 0 : sharedLength(text, following)
    const length = shared < MIN_LENGTH ? 0 : cutOf(text, shared)
    const weight = weights.get(text) ?? 1
    const top = open[open.length - 1]
    if (length >= MIN_LENGTH && (top === undefined || top.length < length)) {
      open.push({ length, weight, text })
      continue
    }
    if (top !== undefined) top.weight += weight
    const keep = length < MIN_LENGTH ? 0 : length
    const carried = close(keep)
    const under = open[open.length - 1]
    if (under !== undefined && under.length === keep) under.weight += carried
    else if (keep > 0) open.push({ length: keep, weight: carried, text })
    else if (under !== undefined) under.weight += carried
  }
  close(-1)
  const found: Array<{ readonly text: string; readonly gain: number }> = []
  const accepted: Array<{ readonly text: string; readonly tokens: number }> = []
  for (const text of [...runs.keys()].sort(byCode)) {
    while (accepted.length > 0 && !text.startsWith((accepted[accepted.length - 1] as { text: string }).text))
      accepted.pop()
    const outer = accepted[accepted.length - 1]
    const weight = (runs.get(text) ?? 0) * step
    const tokens = estimateTokens(text)
    const gain = weight * (tokens - (outer?.tokens ?? USE)) - tokens - LINE
    if (gain <= LINE) continue
    found.push({ text, gain })
    accepted.push({ text, tokens })
  }
  return found
}

/** Looks up the longest named beginning of a text; with `wholeOnly` the text itself. */
export class Beginnings {
  private readonly byHead = new Map<string, Array<string>>()
  private readonly wholeOnly: boolean

  constructor(texts: ReadonlyArray<string>, wholeOnly: boolean) {
    this.wholeOnly = wholeOnly
    for (const text of texts) {
      const head = text.slice(0, MIN_LENGTH)
      const same = this.byHead.get(head)
      if (same === undefined) this.byHead.set(head, [text])
      else same.push(text)
    }
    for (const same of this.byHead.values()) same.sort((a, b) => b.length - a.length)
  }

  find(text: string): string | undefined {
    return this.byHead
      .get(text.slice(0, MIN_LENGTH))
      ?.find((start) => (this.wholeOnly ? text === start : text.startsWith(start) && isApart(text, start.length)))
  }
}

/** Whether the text ends there or goes on with no letter or digit. */
const isApart = (text: string, at: number): boolean => !/[A-Za-z0-9]/.test(text.charAt(at))

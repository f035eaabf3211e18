/**
 * Whether a text is written for people: most of it stands in lines of words, be it paragraphs, list items or one long line.
 */
import type { Confidence } from "../../domain/compressor.ts"
import type { Hint } from "../../domain/content.ts"
import { beginAlike, sampleLines } from "../forms.ts"

const MARKER = /^\s*(?:[-*+•>]|#{1,6}|\d{1,3}[.)]|\|)\s+/
/** What programs begin a line with: times, levels, ids, cells. */
const PRINTED =
  /^\s*(?:\d{1,6}[:-](?!\d)|\[?\d{1,4}[-/:.]\d{1,2}[-/:.]|\[\s*\w+\s*\]|\w{3} +\d{1,2} \d{2}:\d{2}|[A-Z]{4,7}\b[: ]|[0-9a-f]{7,40}\s|[A-Z]{1,4}\d{2,5}\b|[^\t]{0,80}\t)|\S\.\w{1,5}:\d/
const LINK = /\[([^\]]*)\]\([^)]*\)|https?:\/\/\S+/g
const FENCE = /^\s*(?:```|~~~)/
const HEADING = /^\s*#{1,6}\s/

/** The small words of the languages most read: most lines of prose hold some, few lines that programs print do. */
const SMALL_WORDS = new Set(
  (
    "the and of to in is that it for was with as are this be by from or which you not has have had at an on its his her they but " +
    "der die das und ist nicht mit den dem ein eine le la les des et est une que du il dans el los en por con una di che per um o os não " +
    "het een van i w na się и в не на что с по a"
  ).split(" ")
)

const OTHER = 0
const LETTER = 1
const PLAIN = 2
const IDEOGRAPH = 3

const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  return /[A-Za-z]/.test(char) ? LETTER : " '\"(),-.:;!?".includes(char) ? PLAIN : OTHER
})

const within = (code: number, from: number, to: number): boolean => code >= from && code <= to

const classOf = (code: number): number => {
  if (code < 128) return ASCII[code] as number
  if (code < 0xc0 || within(code, 0x2000, 0x206f) || within(code, 0x3000, 0x303f) || within(code, 0xff00, 0xff1f))
    return PLAIN
  if (within(code, 0x2190, 0x2bff)) return OTHER
  return within(code, 0x3040, 0x9fff) || within(code, 0xac00, 0xd7af) || within(code, 0xe00, 0xeff) ? IDEOGRAPH : LETTER
}

/** Five words, or six ideographs, need as much. */
const MIN_LINE = 6

/** Whether a line is made of words, and so many of them small ones that a person wrote it. */
const isWritten = (line: string): boolean => {
  if (line.length < MIN_LINE || PRINTED.test(line)) return false
  const body = line.replace(MARKER, "")
  const text = body.includes("](") || body.includes("://") ? body.replace(LINK, "$1") : body
  let letters = 0
  let ideographs = 0
  let others = 0
  let words = 0
  let small = 0
  let latin = false
  let start = -1
  for (let i = 0; i <= text.length; i++) {
    const kind = i < text.length ? classOf(text.charCodeAt(i)) : PLAIN
    if (kind === LETTER) {
      letters++
      if (start === -1) start = i
      continue
    }
    if (start !== -1) {
      words++
      if (text.charCodeAt(start) < 0x250) latin = true
      if (i - start <= 4 && SMALL_WORDS.has(text.slice(start, i).toLowerCase())) small++
      start = -1
    }
    if (kind === IDEOGRAPH) ideographs++
    else if (kind === OTHER) others++
  }
  if (ideographs >= 6) return others <= 0.15 * (letters + ideographs)
  if (words < 5 || others > 0.14 * text.length) return false
  return !latin || small >= Math.max(1, words / 12)
}

/** Paragraphs may well begin with one small word; what a program prints does not. */
const areAlike = (lines: ReadonlyArray<string>): boolean =>
  beginAlike(lines.filter((line) => !SMALL_WORDS.has((/^\S+/.exec(line)?.[0] ?? "").toLowerCase())))

/** A speaker in front of what is said: one to four words that begin with a capital letter, or a role such as `user`. */
const SPEAKER = /^\s*((?:\p{Lu}[\p{L}\p{N}.'-]*(?: \p{Lu}?[\p{L}\p{N}.'-]*){0,3})|user|assistant|system): (?=\S)/u
const MOST_SPEAKERS = 24
/** Letters of a turn, on average: values of fields are shorter. */
const LEAST_SAID = 20

/** Whether most lines are turns of a few speakers that take turns, in letters more than in marks: a transcript. */
const isTranscript = (lines: ReadonlyArray<string>): boolean => {
  const turns = new Map<string, number>()
  const followers = new Map<string, Set<string>>()
  let before: string | undefined
  let letters = 0
  let length = 0
  for (const line of lines) {
    const speaker = SPEAKER.exec(line)
    if (speaker === null) continue
    const name = speaker[1] as string
    turns.set(name, (turns.get(name) ?? 0) + 1)
    if (before !== undefined) followers.set(before, (followers.get(before) ?? new Set()).add(name))
    before = name
    const said = line.slice(speaker[0].length)
    length += said.length
    letters += said.match(/[\p{L}\p{M} ]/gu)?.length ?? 0
  }
  const counts = [...turns.values()]
  const all = counts.reduce((sum, count) => sum + count, 0)
  // Fields of records come in one order, again and again.
  const isFree = turns.size === 2 || [...followers.values()].some((names) => names.size > 1)
  const isTaken = turns.size >= 2 && turns.size <= MOST_SPEAKERS && all >= 3 * turns.size
  return isFree && isTaken && all >= 0.8 * lines.length && letters >= Math.max(LEAST_SAID * all, 0.75 * length)
}

/** The share of the text, in characters of a sample, that stands in written lines; hinted readers of pages need less. */
export const detectProse = (text: string, hint: Hint): Confidence => {
  let written = 0
  let all = 0
  let fenced = false
  const lines = sampleLines(text)
  for (const line of lines) {
    const isFence = FENCE.test(line)
    if (isFence) fenced = !fenced
    // Fences and headings belong to prose but do not make it.
    if (fenced || isFence || HEADING.test(line)) continue
    all += line.length
    if (isWritten(line)) written += line.length
  }
  if (all === 0) return 0
  if (isTranscript(lines)) return 0.9
  const share = written / all
  const hinted = hint.commands.some((command) => /fetch|websearch|web_search|browse|wiki|article/.test(command))
  if (share < (hinted ? 0.4 : 0.5) || areAlike(lines)) return 0
  // Where much is no prose another kind may know better.
  return share < 0.75 ? 0.52 : Math.min(0.9, share)
}

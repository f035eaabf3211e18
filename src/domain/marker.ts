/**
 * The one marker grammar: what stands in a view where text is hidden, printed and parsed here alone, because ten shapes and five
 * scanners is how the promise of getting text back is broken.
 *
 *     gap    [… 12-80: 69 lines, 3 templates]          in place, once a gap; ranges in the original's own rows, or lines by the numbers that
 *                                                      a tool printed before them, else by their places from 1
 *     foot   [… 212 of 900 lines hidden; headroom retrieve 1a2b3c4d5e6f]   once a view, at its end
 *            [… 80 of 120 lines stand above; headroom retrieve 1a2b3c4d5e6f]   where lines are only named that may be gone from above
 */
import type { Receipt } from "./receipt.ts"
import type { Ref } from "./digest.ts"
import { refFrom } from "./digest.ts"

export type Unit = "lines" | "rows" | "items" | "keys" | "matches" | "hunks" | "files" | "sentences" | "characters"
export const UNITS: ReadonlyArray<Unit> = [
  "lines",
  "rows",
  "items",
  "keys",
  "matches",
  "hunks",
  "files",
  "sentences",
  "characters"
]

/** What one gap hides. */
export interface Gap {
  readonly unit: Unit
  /** How many units are hidden here, at least 1. */
  readonly count: number
  /** First and last hidden unit in the unit's own numbering; without it the renderer names the original's lines, from 1. */
  readonly range?: readonly [number, number]
  /** What is hidden, in a few words without line breaks and closing brackets: kinds, counts, names. */
  readonly profile?: string
}

/** The longest profile that is printed. */
const PROFILE = 160

const GAP =
  /\[… (\d{1,16})-(\d{1,16}): (\d{1,16}) (lines|rows|items|keys|matches|hunks|files|sentences|characters)(?:, ([^\]\n]{1,160}))?\]/
const FOOT =
  /\[… (\d+) of (\d+) (lines|rows|items|keys|matches|hunks|files|sentences|characters) (hidden|stand above); headroom retrieve ([0-9a-f]{12,64})\]/

/** Text that may stand in a marker: one line, no closing bracket, at most `PROFILE` characters. */
const tame = (text: string): string => {
  const line = text.replace(/[\]\r\n\u2028\u2029]+/g, " ").trim()
  return line.length <= PROFILE ? line : `${line.slice(0, PROFILE - 1).replace(/[\ud800-\udbff]$/, "")}…`
}

export const printGap = (gap: Gap, lines: readonly [number, number]): string => {
  const [from, to] = gap.range ?? lines
  const profile = gap.profile === undefined ? "" : tame(gap.profile)
  return `[… ${from}-${to}: ${gap.count} ${gap.unit}${profile === "" ? "" : `, ${profile}`}]`
}

export const parseGap = (
  text: string
): { readonly gap: Gap; readonly range: readonly [number, number] } | undefined => {
  const match = GAP.exec(text)
  if (match === null) return undefined
  const range = [Number(match[1]), Number(match[2])] as const
  const gap: Gap = {
    unit: match[4] as Unit,
    count: Number(match[3]),
    range,
    ...(match[5] === undefined ? {} : { profile: match[5] })
  }
  return { gap, range }
}

/** Where the text is that a view does not print. */
export type Whereabouts = "hidden" | "stand above"

const foot = (count: number, total: number, unit: Unit, where: Whereabouts, ref: string): string =>
  `[… ${count} of ${total} ${unit} ${where}; headroom retrieve ${ref}]`

export const printFoot = (
  receipt: Receipt,
  count: number,
  total: number,
  unit: Unit,
  where: Whereabouts = "hidden"
): string => foot(count, total, unit, where, receipt.ref)

/** A foot as long as a real one, for the token gate: the gate decides before anything is stored. */
export const footForGate = (count: number, total: number, unit: Unit, where: Whereabouts = "hidden"): string =>
  foot(count, total, unit, where, "7d5c0e93b1a8")

/** The gaps that a text names, in order. */
export const gapsOf = (text: string): ReadonlyArray<Gap> =>
  text.includes("[… ") ? text.split("\n").flatMap((line) => parseGap(line)?.gap ?? []) : []

export const parseFoot = (
  text: string
):
  | {
      readonly count: number
      readonly total: number
      readonly unit: Unit
      readonly where: Whereabouts
      readonly ref: Ref
    }
  | undefined => {
  const match = FOOT.exec(text)
  const ref = match === null ? undefined : refFrom(match[5] as string)
  if (match === null || ref === undefined) return undefined
  const [, count, total, unit, where] = match
  return { count: Number(count), total: Number(total), unit: unit as Unit, where: where as Whereabouts, ref }
}

/** Whether the text holds a marker of this grammar, ours or a stranger's: such a slot is left alone. */
export const holdsMarker = (text: string): boolean => text.includes("[… ") && (FOOT.test(text) || GAP.test(text))

/** Every ref that the text names in a foot, in order. */
export const refsIn = (text: string): ReadonlyArray<Ref> =>
  text.includes("headroom retrieve ")
    ? [...text.matchAll(new RegExp(FOOT.source, "g"))].map((match) => match[5] as Ref)
    : []

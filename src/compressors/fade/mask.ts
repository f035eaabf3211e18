/** Which lines of an output have faded, by the account of the history and the ages of a strength. */
import { parseGap } from "../../domain/marker.ts"
import type { NumberedLines } from "../../domain/numbered-lines.ts"
import { numberShift } from "../../domain/numbering.ts"
import { estimateTokens } from "../../domain/tokens.ts"
import { quotesFiles } from "../producer.ts"
import type { Account, Output } from "./account.ts"
import type { Ages } from "./rules.ts"

/** By line: 1 where it is hidden. */
export type Mask = Uint8Array

/** The turn in which the line was last of use. */
const lastUse = (account: Account, output: Output, line: number, { commonName }: Ages): number => {
  // A file that is read again is worked on; an output that says the same again is one of many.
  let last = output.hint.origin === "file" ? account.shownAt(output, line) : output.turn
  for (const name of output.names[line] ?? [])
    if (account.frequencyOf(name) <= commonName) last = Math.max(last, account.namedAt(name))
  return last
}

const ageLimit = (account: Account, output: Output, line: number, ages: Ages): number => {
  if (output.stale[line] === 1) return ages.stale
  const isAlone = (output.names[line] ?? []).some((name) => account.isAlone(name, output))
  if (output.hint.origin !== "file") {
    const age = isAlone ? ages.outputAlone : ages.output
    const isQuote = quotesFiles(output.hint) && !account.standsElsewhere(output, line)
    return isQuote ? Math.max(age, ages.fileTwice) : age
  }
  if (isAlone) return ages.fileAlone
  return account.standsElsewhere(output, line) ? ages.fileTwice : ages.file
}

/** A run that costs less than its marker stays. */
const LEAST_RUN = 30
/** Lines with less text are braces and blanks: they go with what stands before them. */
const LEAST_TEXT = 3

/** Runs of hidden lines, each by its first line and the one behind its last. */
const runsIn = (mask: Mask): ReadonlyArray<readonly [from: number, to: number]> => {
  const runs: Array<readonly [number, number]> = []
  for (let from = mask.indexOf(1); from !== -1; ) {
    const end = mask.indexOf(0, from)
    const to = end === -1 ? mask.length : end
    runs.push([from, to])
    from = mask.indexOf(1, to)
  }
  return runs
}

/** The lines to hide, those in `before` among them; undefined where there is none. */
export const maskOf = (account: Account, output: Output, ages: Ages, before: Mask | undefined): Mask | undefined => {
  if (account.turn - output.turn < ages.recent) return before
  const { lines, text } = output
  const mask = new Uint8Array(lines.count)
  for (let line = 0; line < lines.count; line++) {
    const isBare = (lines.ends[line] as number) - (lines.bodies[line] as number) < LEAST_TEXT
    const isOver =
      isBare && line > 0
        ? mask[line - 1] === 1
        : account.turn - lastUse(account, output, line, ages) >= ageLimit(account, output, line, ages)
    mask[line] = isOver || before?.[line] === 1 ? 1 : 0
  }
  for (const [from, to] of runsIn(mask)) {
    const isNew = before === undefined || !before.subarray(from, to).includes(1)
    if (isNew && estimateTokens(text, lines.starts[from], lines.starts[to]) < LEAST_RUN) mask.fill(0, from, to)
  }
  return mask.includes(1) ? mask : undefined
}

/** The lines that a view hides, read from its markers; undefined where nothing is hidden, or what is hidden is no run of lines. */
export const hiddenIn = (view: string, { text, count }: NumberedLines): Mask | undefined => {
  if (!view.includes("[… ")) return undefined
  const mask = new Uint8Array(count)
  const shift = numberShift(text)
  for (const line of view.split("\n")) {
    const found = line.startsWith("[… ") ? parseGap(line) : undefined
    if (found === undefined) continue
    const [from, to] = found.range
    if (found.gap.unit !== "lines" || found.gap.count !== to - from + 1) return undefined
    mask.fill(1, Math.max(0, from - shift - 1), Math.max(0, to - shift))
  }
  return mask.includes(1) ? mask : undefined
}

/**
 * Data wrapped in lines: base64 as mail and `base64` wrap it, and dumps as `xxd` and `hexdump -C` print them.
 *
 * By themselves rather than by the length of a line: each line is short, and says as little as the next.
 */
import { lineStarts } from "../../domain/lines.ts"

const ENCODED = /^[A-Za-z0-9+/]{60,76}$/
const DUMP = /^[0-9a-f]{7,8}(?::| ) ?[0-9a-f]{2,4}(?: {1,2}[0-9a-f]{2,4}){4,16}\b/
/** Fewer lines than these are read as they are. */
const MIN_LINES = 8

export interface Wrapped {
  /** The first line, and the one behind the last. */
  readonly from: number
  readonly to: number
  readonly name: "base64" | "dump"
}

/** Words of a list may be of one length: what is encoded has capitals and digits. */
const isMixed = (line: string): boolean => /[A-Z]/.test(line) && /[a-z]/.test(line) && /\d/.test(line)

/** Runs of wrapped lines; the last of a run of base64 may be shorter. */
export const wrappedIn = (lines: ReadonlyArray<string>): ReadonlyArray<Wrapped> => {
  const runs: Array<Wrapped> = []
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as string
    const name = DUMP.test(line) ? "dump" : ENCODED.test(line) && isMixed(line) ? "base64" : undefined
    let to = at + 1
    if (name === "dump") while (to < lines.length && DUMP.test(lines[to] as string)) to++
    if (name === "base64") {
      while (lines[to]?.length === line.length && ENCODED.test(lines[to] as string)) to++
      if (/^[A-Za-z0-9+/]+={0,2}$/.test(lines[to] ?? "") && (lines[to] as string).length <= line.length) to++
    }
    if (name !== undefined && to - at >= MIN_LINES) runs.push({ from: at, to, name })
    at = to
  }
  return runs
}

/** The lines of a text, without their breaks. */
export const linesOf = (
  text: string
): { readonly lines: ReadonlyArray<string>; readonly starts: ReadonlyArray<number> } => {
  const starts = lineStarts(text)
  return {
    starts,
    lines: starts.map((start, at) => text.slice(start, starts[at + 1] ?? text.length).replace(/\r?\n$/, ""))
  }
}

/** Whether a text is a dump of bytes, whose places are none of a file. */
export const isDump = (text: string): boolean => {
  const { lines } = linesOf(text.slice(0, 4_096))
  const whole = text.length > 4_096 ? lines.slice(0, -1) : lines
  const dumped = whole.filter((line) => DUMP.test(line)).length
  return dumped >= MIN_LINES && dumped >= 0.9 * whole.length
}

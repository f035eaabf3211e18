/**
 * Finds words of a line in lines added before, wherever in them they stand: by the fingerprints of what follows a few of the words, chosen
 * by the words themselves, so that two lines which share a stretch chose the same ones in it, however they are cut.
 */
import { Numbering } from "./fingerprint.ts"
import { isPassage, type PrintedLines } from "./likeness.ts"

/** UTF-16 units that must be alike: as long as two sentences by one writer seldom are by chance. */
const ANCHOR = 48
/** One word in so many begins an anchor. */
const SAMPLE = 4

/** The place of the line that was added, and where in its text the words stand. */
export interface PartPlace {
  readonly place: number
  readonly offset: number
}

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 13

/** Where the chosen words of a part of a text begin that have text enough behind them in it. */
export const anchorsIn = (text: string, from: number, end: number): ReadonlyArray<number> => {
  const anchors: Array<number> = []
  for (let at = from; at + ANCHOR <= end; ) {
    let hash = 0
    const start = at
    for (; at < end; at++) {
      const code = text.charCodeAt(at)
      if (isBlank(code)) break
      hash = (Math.imul(hash, 31) + code) | 0
    }
    if (at > start && ((hash ^ (hash >>> 9)) & (SAMPLE - 1)) === 0 && start + ANCHOR <= end) anchors.push(start)
    while (at < end && isBlank(text.charCodeAt(at))) at++
  }
  return anchors
}

export class PartIndex {
  readonly #anchors = new Numbering()
  readonly #places: Array<PartPlace> = []

  /** Adds the words of the line under a number that is its place, where it is a passage; of equal words the first stay. */
  add(lines: PrintedLines, line: number, place: number): void {
    if (!isPassage(lines, line)) return
    const { text, bodies, ends } = lines
    for (const offset of anchorsIn(text, bodies[line] as number, ends[line] as number))
      if (this.#anchors.ofText(text, offset, offset + ANCHOR) === this.#places.length)
        this.#places.push({ place, offset })
  }

  /** Where the words behind the anchor at `offset` were added. */
  find(text: string, offset: number): PartPlace | undefined {
    return this.#places[this.#anchors.findText(text, offset, offset + ANCHOR)]
  }
}

/**
 * Prints the words that consecutive lines share once, above what each line has of its own, for readers that need every word whole: a
 * path, a date or an id is never cut, as it may be in the table of templates.
 */
import { lineStarts } from "../../domain/lines.ts"
import { decodeLogBlocks, HOLE, holdsLogBlocks, printHeading } from "./block-form.ts"
import { findRuns, gainOf, namedColumns, type Run } from "./block-find.ts"
import { gapStart, type LineWords, readWords, wordEnd, wordsIn, wordStart } from "./block-words.ts"

/** Lines of a block's rows and their heading, or undefined where two rows' blanks have nothing in common. */
const printRun = (words: LineWords, run: Run): ReadonlyArray<string> | undefined => {
  const { text } = words
  const { first, count } = run
  const { left, right } = namedColumns(run)
  const columns = 32 - Math.clz32(left)
  const rows: Array<string> = Array.from({ length: count }, () => "")
  let template = ""
  /** Adds a hole before each line's `word`, which ends where `endOf` says. */
  const addHole = (word: number, endOf: (line: number) => number): boolean => {
    let common = gapAt(words, first, word)
    for (let line = first + 1; line < first + count; line++) {
      const gap = gapAt(words, line, word)
      let same = 0
      while (same < common.length && gap[same] === common[same]) same++
      common = common.slice(0, same)
    }
    if (common === "" && word > 0) return false
    template += common + HOLE
    for (let row = 0; row < count; row++) {
      const line = first + row
      const value = text.slice(gapStart(words, line, word) + common.length, endOf(line))
      rows[row] = rows[row] === "" ? value : `${rows[row] as string} ${value}`
    }
    return true
  }
  for (let word = 0; word < columns; word++) {
    if ((left >> word) & 1) template += text.slice(gapStart(words, first, word), wordEnd(words, first, word))
    else if (!addHole(word, (line) => wordEnd(words, line, word))) return undefined
  }
  const rest = (line: number): number => wordsIn(words, line) - right
  if (!(run.even && run.fewest === columns)) {
    if (!addHole(columns, (line) => wordEnd(words, line, rest(line) - 1))) return undefined
    const last = wordsIn(words, first)
    if (right > 0) template += text.slice(gapStart(words, first, last - right), wordEnd(words, first, last - 1))
  }
  return [printHeading(count, template), ...rows]
}

const gapAt = (words: LineWords, line: number, word: number): string =>
  words.text.slice(gapStart(words, line, word), wordStart(words, line, word))

/** The text with blocks, or undefined where no lines share enough. */
export const logBlocks = (text: string): string | undefined => {
  if (holdsLogBlocks(text)) return undefined
  const starts = lineStarts(text)
  const words = readWords(text, starts)
  const runs = findRuns(words)
  if (runs.every((run) => gainOf(run) === 0)) return undefined
  const out: Array<string> = []
  for (const run of runs) {
    const printed = gainOf(run) === 0 ? undefined : printRun(words, run)
    const end = starts[run.first + run.count]
    const plain = text.slice(starts[run.first], end === undefined ? text.length : end)
    if (printed === undefined) out.push(plain)
    else out.push(printed.join("\n"), plain.endsWith("\n") ? "\n" : "")
  }
  const shown = out.join("")
  return decodeLogBlocks(shown) === text ? shown : undefined
}

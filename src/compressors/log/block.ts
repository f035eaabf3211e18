/**
 * Prints the words that consecutive lines share once, above what each line has of its own, for readers that need every word whole: a
 * path, a date or an id is never cut, as it may be in the table of templates.
 */
import { lineStarts } from "../../domain/lines.ts"
import { type Block, bridge } from "./block-bridge.ts"
import { decodeLogBlocks, HOLE, holdsLogBlocks, printHeading, WHOLE } from "./block-form.ts"
import { findRuns, namedColumns } from "./block-find.ts"
import { gapStart, type LineWords, readWords, wordEnd, wordsIn, wordStart } from "./block-words.ts"

/** Heading and rows of a block, or undefined where the blanks before a value have nothing in common. */
const printBlock = (words: LineWords, { run, first, count, parts }: Block): ReadonlyArray<string> | undefined => {
  const { text } = words
  const members: Array<number> = []
  for (const part of parts) for (let i = 0; i < part.count; i++) members.push(part.first + i)
  const { left, right } = namedColumns(run)
  const columns = 32 - Math.clz32(left)
  const values: Array<string> = []
  let template = ""
  /** Adds a hole for each line's `word`, which ends where `endOf` says. */
  const addHole = (word: number, endOf: (line: number) => number): boolean => {
    const common = commonGap(words, members, word)
    if (common === "" && word > 0) return false
    const isFirst = !template.includes(HOLE)
    template += common + HOLE
    members.forEach((line, i) => {
      const value = text.slice(gapStart(words, line, word) + common.length, endOf(line))
      values[i] = isFirst ? value : `${values[i] as string} ${value}`
    })
    return true
  }
  for (let word = 0; word < columns; word++) {
    if ((left >> word) & 1) template += text.slice(gapStart(words, run.first, word), wordEnd(words, run.first, word))
    else if (!addHole(word, (line) => wordEnd(words, line, word))) return undefined
  }
  if (!run.even || run.fewest > columns) {
    if (!addHole(columns, (line) => wordEnd(words, line, wordsIn(words, line) - right - 1))) return undefined
    const last = wordsIn(words, run.first)
    if (right > 0) template += text.slice(gapStart(words, run.first, last - right), wordEnd(words, run.first, last - 1))
  }
  const marked = members.length < count
  const rows = [printHeading(count, marked, template)]
  let member = 0
  for (let line = first; line < first + count; line++) {
    const value = members[member] === line ? values[member++] : undefined
    rows.push(value === undefined || (marked && value.startsWith(WHOLE)) ? WHOLE + lineText(words, line) : value)
  }
  return rows
}

/** What the blanks before a word of all lines begin with. */
const commonGap = (words: LineWords, lines: ReadonlyArray<number>, word: number): string => {
  const gapAt = (line: number): string => words.text.slice(gapStart(words, line, word), wordStart(words, line, word))
  let common = gapAt(lines[0] as number)
  for (const line of lines) {
    const from = gapStart(words, line, word)
    if (wordStart(words, line, word) - from >= common.length && words.text.startsWith(common, from)) continue
    const gap = gapAt(line)
    let same = 0
    while (same < common.length && gap[same] === common[same]) same++
    common = common.slice(0, same)
  }
  return common
}

const lineText = ({ text, starts }: LineWords, line: number): string => {
  const end = starts[line + 1] ?? text.length
  return text.slice(starts[line], text.charCodeAt(end - 1) === 10 ? end - 1 : end)
}

/** The text with blocks, or undefined where no lines share enough. */
export const logBlocks = (text: string): string | undefined => {
  if (holdsLogBlocks(text)) return undefined
  const starts = lineStarts(text)
  const words = readWords(text, starts)
  const runs = findRuns(words)
  const blocks = runs === undefined ? [] : bridge(words, runs)
  if (blocks.every(({ gain }) => gain === 0)) return undefined
  const out: Array<string> = []
  for (const block of blocks) {
    const plain = text.slice(starts[block.first], starts[block.first + block.count] ?? text.length)
    const printed = block.gain === 0 ? undefined : printBlock(words, block)
    if (printed === undefined) out.push(plain)
    else out.push(printed.join("\n"), plain.endsWith("\n") ? "\n" : "")
  }
  const shown = out.join("")
  return decodeLogBlocks(shown) === text ? shown : undefined
}

/**
 * An output's notes on itself, put back into the lines that they stand for: as a source of later repeats the output has those lines.
 */
import type { GutterStyle } from "./gutter.ts"
import { bodyOf, type NumberedLines } from "./numbered-lines.ts"
import { partNotesIn } from "./part-note.ts"
import { HERE, type Note, parseNote, rewording, sourceNameOf } from "./repeat.ts"

interface Line {
  readonly body: string
  readonly number: number
  readonly style: GutterStyle | undefined
}

const lineAt = (lines: NumberedLines, line: number): Line => ({
  body: bodyOf(lines, line),
  number: lines.numbers[line] as number,
  style: lines.styles[line]
})

/** The notes of an output on itself, by line. */
const ownNotes = (lines: NumberedLines): ReadonlyMap<number, Note> => {
  const own = new Map<number, Note>()
  if (!lines.text.includes(` in ${HERE} above`)) return own
  let name: string | undefined
  for (let line = 0; line < lines.count; line++) {
    const body = bodyOf(lines, line)
    const note = body.startsWith("[") ? parseNote(body) : undefined
    name = note?.name ?? partNotesIn(body).reduce((before, part) => sourceNameOf(part, before), name)
    if (note !== undefined && name === HERE) own.set(line, note)
  }
  return own
}

/** What will stand for the first line in notes once the output's own notes are expanded. */
const baseOf = ({ count, numbers }: NumberedLines, own: ReadonlyMap<number, Note>): number => {
  const first = numbers[0] ?? -1
  let expected = first
  for (let line = 0; line < count; line++) {
    const note = own.get(line)
    const start = note !== undefined && typeof note.gutter === "object" ? note.gutter.start : -1
    const number = note === undefined ? numbers[line] : start
    if (first === -1 || number !== expected) return 1
    expected += note === undefined ? 1 : note.to - note.from + 1
  }
  return first
}

/** The lines that a note stands for, as they are shown in its place. */
const linesOf = (note: Note, named: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const reword = rewording(note)
  return named.map((line, at) => {
    const body = reword(note.from + at, line.body)
    if (typeof note.gutter === "object") return { body, number: note.gutter.start + at, style: note.gutter.style }
    return note.gutter === "none" ? { body, number: -1, style: undefined } : { ...line, body }
  })
}

const joined = (list: ReadonlyArray<Line>): NumberedLines => {
  const count = list.length
  const starts = new Int32Array(count + 1)
  const ends = new Int32Array(count)
  let at = 0
  for (const [line, { body }] of list.entries()) {
    starts[line] = at
    ends[line] = at + body.length
    at += body.length + 1
  }
  starts[count] = at - 1
  return {
    text: list.map(({ body }) => body).join("\n"),
    count,
    starts,
    bodies: starts.slice(0, count),
    ends,
    numbers: Int32Array.from(list, ({ number }) => number),
    styles: list.map(({ style }) => style)
  }
}

/** Lines with an output's notes on itself replaced by what they stand for: the lines stand in that very output. */
export const expanded = (lines: NumberedLines): NumberedLines => {
  const own = ownNotes(lines)
  if (own.size === 0) return lines
  const base = baseOf(lines, own)
  const out: Array<Line> = []
  for (let line = 0; line < lines.count; line++) {
    const note = own.get(line)
    const from = note === undefined ? 0 : note.from - base
    const named = note === undefined ? [] : out.slice(from, note.to - base + 1)
    if (note === undefined || from < 0 || named.length !== note.to - note.from + 1) out.push(lineAt(lines, line))
    else for (const one of linesOf(note, named)) out.push(one)
  }
  return joined(out)
}

/**
 * The account of a history, line by line: what of the outputs is still true, what stands elsewhere, what the agent has said of it and when
 * it last did, because what a line is still good for shows in what came after it.
 *
 * Time is counted in turns of the model. Built block by block, oldest first.
 */
import type { Block, Slot } from "../../domain/document.ts"
import type { Hint } from "../../domain/content.ts"
import { stringsIn } from "../../domain/json-strings.ts"
import { bodyOf, numberedLines, type NumberedLines } from "../../domain/numbered-lines.ts"
import { factsIn } from "../../domain/recall.ts"
import { isSameFile, type Replacement, replacementsIn } from "../../domain/replacement.ts"
import { hintFrom } from "../producer.ts"

/** An output of the history. */
export interface Output {
  /** Position among the blocks. */
  readonly index: number
  readonly turn: number
  readonly text: string
  readonly hint: Hint
  readonly lines: NumberedLines
  /** Names in each line. */
  readonly names: ReadonlyArray<ReadonlyArray<string>>
  /** Lines that an edit has replaced since. */
  readonly stale: Uint8Array
}

/** A line so short is braces, blanks and words of the language: it stands everywhere. */
const SHORT = 9
/** A run of so many characters is looked for even where it is one line. */
const LONG = 16

const keyOf = (lines: NumberedLines, line: number): string => bodyOf(lines, line).trim()

export class Account {
  /** Turns of the model so far. */
  turn = 0
  readonly outputs: Array<Output> = []
  /** By name: the turn in which the agent, or a person, said it last. */
  readonly #named = new Map<string, number>()
  /** By name: the last output that holds it, and in how many lines it stands. */
  readonly #holders = new Map<string, number>()
  readonly #frequency = new Map<string, number>()
  /** By line: the last turn in which an output showed it, and that output. */
  readonly #shown = new Map<string, { readonly turn: number; readonly index: number }>()
  /** Lines that a person or the agent wrote. */
  readonly #written = new Set<string>()
  #isAnswering = false
  #count = 0

  add<At>(block: Block<At>): void {
    const index = this.#count++
    if (block._tag === "Slot") {
      this.#isAnswering = false
      this.#addOutput(block, index)
      return
    }
    const isAgent = block._tag === "Called" || block.role === "assistant"
    if (isAgent && !this.#isAnswering) this.turn++
    this.#isAnswering = isAgent
    for (const text of block._tag === "Called" ? stringsIn(block.call.input) : [block.text]) this.#hear(text)
  }

  #hear(text: string): void {
    for (const name of factsIn(text)) this.#named.set(name, this.turn)
    if (text.includes("\n"))
      for (const line of text.split("\n")) if (line.length >= SHORT) this.#written.add(line.trim())
  }

  #addOutput<At>(slot: Slot<At>, index: number): void {
    const hint = hintFrom(slot.call)
    const lines = numberedLines(slot.text)
    const names: Array<ReadonlyArray<string>> = []
    for (let line = 0; line < lines.count; line++) {
      const found = [...factsIn(bodyOf(lines, line))]
      names.push(found)
      for (const name of found) {
        this.#holders.set(name, index)
        this.#frequency.set(name, (this.#frequency.get(name) ?? 0) + 1)
      }
      const key = keyOf(lines, line)
      if (key.length < SHORT) continue
      this.#shown.set(key, { turn: this.turn, index })
    }
    const { call, text } = slot
    const stale = new Uint8Array(lines.count)
    this.outputs.push({ index, turn: this.turn, text, hint, lines, names, stale })
    if (call !== undefined && !isFailure(slot))
      for (const replacement of replacementsIn(call.input)) this.#replace(replacement, index)
  }

  /** Marks the lines of earlier outputs that a replacement has made false. */
  #replace({ file, before, after }: Replacement, index: number): void {
    const kept = new Set(after.map((line) => line.trim()))
    const old = before?.map((line) => line.trim())
    if (old !== undefined && old.join("").length < LONG) return
    if (old?.some((line) => line.length >= SHORT && !this.#shown.has(line)) === true) return
    for (const output of this.outputs) {
      if (output.index >= index || output.hint.origin !== "file") continue
      const { files } = output.hint
      const isOther = file !== undefined && files !== undefined && !files.some((name) => isSameFile(name, file))
      if (isOther) continue
      if (old === undefined) {
        if (file === undefined || files === undefined) continue
        for (let line = 0; line < output.lines.count; line++)
          if (!kept.has(keyOf(output.lines, line))) output.stale[line] = 1
        continue
      }
      for (const from of runsOf(output, old))
        old.forEach((line, at) => {
          if (!kept.has(line)) output.stale[from + at] = 1
        })
    }
  }

  /** The turn in which the name was said last, -1 where it never was. */
  namedAt(name: string): number {
    return this.#named.get(name) ?? -1
  }

  frequencyOf(name: string): number {
    return this.#frequency.get(name) ?? 0
  }

  /** Whether the name stands in this output alone: no one has said it, and no later output holds it. */
  isAlone(name: string, output: Output): boolean {
    return !this.#named.has(name) && this.#holders.get(name) === output.index
  }

  /** The last turn in which any output showed the line. */
  shownAt(output: Output, line: number): number {
    return this.#shown.get(keyOf(output.lines, line))?.turn ?? output.turn
  }

  /** Whether the line stands in a later output, or the agent or a person wrote it. */
  standsElsewhere(output: Output, line: number): boolean {
    const key = keyOf(output.lines, line)
    return key.length < SHORT || this.#written.has(key) || this.#shown.get(key)?.index !== output.index
  }
}

/** Where the lines stand in the output, one behind the other. */
const runsOf = ({ lines }: Output, run: ReadonlyArray<string>): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let from = 0; from + run.length <= lines.count; from++) {
    let at = 0
    while (at < run.length && keyOf(lines, from + at) === run[at]) at++
    if (at === run.length) found.push(from)
  }
  return found
}

const FAILED = /^\W{0,12}(?:<tool_use_error>|error\b|failed\b|invalid\b|no match|string not found|could not)/i

/** Whether the call has failed: its edit was not made. */
const isFailure = <At>({ isError, text }: Slot<At>): boolean =>
  isError ||
  FAILED.test(text.slice(0, 200)) ||
  /^(?:Process exited with code|Exit code:?) [1-9]/m.test(text.slice(0, 400))

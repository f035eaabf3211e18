/** The laws of message lists: what must hold of all texts of a request together, over any store. */
import { isDeepStrictEqual } from "node:util"
import * as Effect from "effect/Effect"
import { type Decision, decide, type Question, type Registry } from "../src/compressors/decide.ts"
import { hintFrom, nameOf } from "../src/compressors/producer.ts"
import type { Want } from "../src/domain/compressor.ts"
import type { Block } from "../src/domain/document.ts"
import { refsIn } from "../src/domain/marker.ts"
import { treatmentOf } from "../src/domain/policy.ts"
import { NO_PURSUIT, questionOf, saidBy } from "../src/domain/pursuit.ts"
import { notesIn, sourceNameOf } from "../src/domain/repeat.ts"
import { ShownIndex } from "../src/domain/shown.ts"
import { renderDraft } from "../src/domain/view.ts"
import { type CompressOptions, type CompressResult, Headroom } from "../src/pipeline/headroom.ts"
import { readMessages, writeMessages } from "../src/wire/shape.ts"
import { brief, type Broken, decisionLaws } from "./laws.ts"

export const compressed = <M>(
  messages: M,
  options: CompressOptions
): Effect.Effect<CompressResult<M>, never, Headroom> =>
  Effect.flatMap(Headroom, (headroom) => headroom.compress(messages, options))

const textOfSlot = (block: Block<unknown> | undefined): string | undefined =>
  block?._tag === "Slot" ? block.text : undefined

const ALL = ["tool", "user"] as const

/** Everything but the slots' texts is deep-equal, and what was given is not touched. */
export const leavesTheRest = (given: unknown, before: string, result: unknown): Broken => {
  if (JSON.stringify(given) !== before) return "the messages given were changed in place"
  const read = readMessages(given, ALL)
  const now = readMessages(result, ALL)
  if (read === undefined || now === undefined) return given === result ? undefined : "changed what is no message list"
  if (read.document.blocks.length !== now.document.blocks.length) return "another number of blocks"
  const originals = new Map(
    read.document.blocks.flatMap((block, i) => (block._tag === "Slot" ? [[i, block.text] as const] : []))
  )
  return isDeepStrictEqual(writeMessages(result, now, originals), given)
    ? undefined
    : "more than slots' texts was changed"
}

interface Named {
  /** Nothing where the block may vanish. */
  readonly text: string
  readonly vanishes: boolean
}

/** The names of the blocks, each with the text that a note may name in it, as a reader would count them. */
const namesIn = (blocks: ReadonlyArray<Block<unknown>>): ReadonlyMap<string, Named> => {
  const names = new Map<string, Named>()
  const said = { user: 0, assistant: 0 }
  const add = (name: string, text: string, vanishes = false): void => {
    let unique = name
    for (let n = 2; names.has(unique); n++) unique = `${name} (${n})`
    names.set(unique, { text: vanishes ? "" : text, vanishes })
  }
  for (const block of blocks) {
    if (block._tag === "Slot") add(nameOf(block.call), block.text, block.mayVanish)
    else if (block._tag === "Said")
      add(`${block.role === "user" ? "user" : "your"} message ${++said[block.role]}`, block.text, block.mayVanish)
    else
      for (const text of stringsIn(block.call.input))
        if (text.split("\n").length >= 3) add(`your ${nameOf(block.call)}`, text, block.mayVanish)
  }
  return names
}

const stringsIn = (value: unknown): ReadonlyArray<string> =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(stringsIn)
      : []

/** What the request shows before a block, from its printed texts alone. */
const shownBefore = (names: ReadonlyMap<string, Named>): ShownIndex => {
  const shown = new ShownIndex()
  for (const [name, { text }] of names) shown.add(name, text)
  return shown
}

/** What the reader of the slot is after, from what was said before it. */
const pursuedBefore = (blocks: ReadonlyArray<Block<unknown>>, index: number): string => {
  const slot = blocks[index]
  const said = blocks.slice(0, index).reduce((pursuit, block) => {
    return block._tag === "Said" ? saidBy(pursuit, block.role, block.text) : pursuit
  }, NO_PURSUIT)
  return slot?._tag === "Slot" ? questionOf(said, slot.call?.input) : ""
}

/**
 * Each slot's view follows from what is printed before it alone: deciding it anew over the printed texts gives the same bytes, and all
 * laws of a decision hold there.
 */
export const followsFromThePast = (
  given: unknown,
  result: unknown,
  want: Want,
  registry: Registry,
  roles: ReadonlyArray<"tool" | "user"> = ["tool"]
): Broken => {
  const before = readMessages(given, roles)?.document.blocks ?? []
  const after = readMessages(result, roles)?.document.blocks ?? []
  for (const [index, block] of before.entries()) {
    if (block._tag !== "Slot" || block.protection !== undefined) continue
    const names = namesIn(after.slice(0, index))
    const shown = shownBefore(names)
    const asked = want.question === "" ? { ...want, question: pursuedBefore(before, index) } : want
    const hint = hintFrom(block.call)
    const tool = block.call?.tool
    const question: Question = {
      text: block.text,
      hint,
      kind: undefined,
      want: asked,
      ...(block.role === "tool" ? { treatment: (kind) => treatmentOf({ tool, hint, kind }) } : {})
    }
    const printed = textOfSlot(after[index])
    const drafted = draftOf(decide(question, shown, registry)) ?? block.text
    if (withoutRefs(drafted) !== withoutRefs(printed ?? ""))
      return `block ${index} is ${brief(printed)}, from what is printed before it ${brief(drafted)}`
    const broken = decisionLaws(question, shown, registry, (name) => names.get(name)?.text)
    if (broken !== undefined) return `block ${index}: ${broken}`
  }
  return undefined
}

/** No note of ours names a block that the provider may take away. */
export const namesWhatStays = (given: unknown, result: unknown): Broken => {
  const before = readMessages(given)?.document.blocks ?? []
  const after = readMessages(result)?.document.blocks ?? []
  const names = namesIn(after)
  for (const [index, block] of after.entries()) {
    if (block._tag !== "Slot") continue
    const old = textOfSlot(before[index]) ?? ""
    for (const note of notesIn(block.text)) {
      const name = old.includes(note) ? undefined : sourceNameOf(note, undefined)
      if (name !== undefined && names.get(name)?.vanishes === true)
        return `block ${index} names ${name}, which may vanish`
    }
  }
  return undefined
}

const draftOf = (decision: Decision): string | undefined =>
  decision._tag === "Unchanged" ? undefined : renderDraft(decision.proof.layers).text

const withoutRefs = (text: string): string => text.replace(/headroom retrieve [0-9a-f]+\]$/, "headroom retrieve]")

/** Compressing again changes nothing. */
export const isFixed = (messages: unknown, options: CompressOptions): Effect.Effect<Broken, never, Headroom> =>
  Effect.gen(function* () {
    const once = yield* compressed(messages, options)
    const twice = yield* compressed(once.messages, options)
    if (isDeepStrictEqual(twice.messages, once.messages)) return undefined
    const blocks = readMessages(once.messages, ALL)?.document.blocks ?? []
    const again = readMessages(twice.messages, ALL)?.document.blocks ?? []
    const at = blocks.findIndex((block, i) => textOfSlot(block) !== textOfSlot(again[i]))
    return `block ${at}, ${JSON.stringify(once.blocks.find(({ index }) => index === at))}, is ${brief(textOfSlot(blocks[at]))}, the second time ${brief(textOfSlot(again[at]))}`
  })

/** Compressing the beginning of a list gives the beginning of the compressed list. */
export const isPure = (
  messages: ReadonlyArray<unknown>,
  options: CompressOptions
): Effect.Effect<Broken, never, Headroom> =>
  Effect.gen(function* () {
    const whole = yield* compressed(messages, options)
    for (let size = 0; size < messages.length; size++) {
      const part = yield* compressed(messages.slice(0, size), options)
      if (!isDeepStrictEqual(part.messages, whole.messages.slice(0, size)))
        return `the first ${size} messages differ from those of all`
    }
    return undefined
  })

/** Every ref that is printed gives its original, and the figures are those of the texts. */
export const isRedeemable = (
  messages: unknown,
  result: CompressResult<unknown>
): Effect.Effect<Broken, never, Headroom> =>
  Effect.gen(function* () {
    const headroom = yield* Headroom
    const before = readMessages(messages, ALL)?.document.blocks ?? []
    const after = readMessages(result.messages, ALL)?.document.blocks ?? []
    for (const report of result.blocks) {
      const given = textOfSlot(before[report.index]) ?? ""
      const printed = textOfSlot(after[report.index]) ?? ""
      if (report.tokensAfter > report.tokensBefore) return `block ${report.index} grew`
      if (report.outcome === "Unchanged" && printed !== given)
        return `block ${report.index} is changed, and said to be Unchanged`
      if (report.outcome !== "Unchanged" && printed === given)
        return `block ${report.index} is as it was, and said to be ${report.outcome}`
      if (report.outcome !== "Offloaded") continue
      const [ref] = refsIn(printed).slice(-1)
      if (ref === undefined || ref !== report.ref) return `block ${report.index} hides and names no ref`
      const retrieved = yield* Effect.option(headroom.retrieve(ref))
      if (retrieved._tag === "None" || retrieved.value.text !== given) return `${ref} is not its original`
    }
    return undefined
  })

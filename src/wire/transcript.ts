/**
 * A conversation in the bytes of a request body: where its slots stand, and a digest of all that stands before each.
 *
 * What a turn comes to depends on its own bytes, the turns before it and the calls that they made, so a list that begins with the bytes
 * of one read before is taken up where that ended: the work is that of what is new.
 */
import { chainDigest, type Digest, type HashParts } from "../domain/digest.ts"
import type { Block } from "../domain/document.ts"
import { roughTokens } from "../domain/tokens.ts"
import { blockList, type CallEvent, Calls, type Roles } from "./block-list.ts"
import {
  closeList,
  elementsAt,
  type Member,
  membersAt,
  nextElement,
  openList,
  type Span,
  spanOf
} from "./json-spans.ts"
import { isRecord, type JsonRecord, jsonText, type Path } from "./json-value.ts"
import type { Shape } from "./provider-shape.ts"

/** Where a slot stands and what its rendering is kept under. */
export interface Place {
  /** Of its JSON value, from the list's opening bracket on. */
  readonly span: Span
  /** The digest of the conversation up to and with the block. */
  readonly key: Digest
}

/** What is remembered of one element of the list. */
export interface Turn {
  /** Offset behind it, from the list's opening bracket on. */
  readonly end: number
  readonly isAssistant: boolean
  /** The model sees nothing of what stands before it. */
  readonly forgets: boolean
  readonly calls: ReadonlyArray<CallEvent>
  readonly slots: ReadonlyArray<Place>
  /** Estimated, of what it says besides its slots. */
  readonly tokens: number
  /** The digest of the conversation up to and with the turn. */
  readonly digest: Digest
}

/** How a list is read. */
export interface Reading {
  readonly shape: Shape
  readonly roles: Roles
  /** Digest of the credential's scope and of the fields that move what the model sees. */
  readonly scope: Digest
  readonly hash: HashParts
}

/** A list's new turns, each with its blocks. */
export interface Read {
  readonly turns: ReadonlyArray<Turn>
  readonly blocks: ReadonlyArray<ReadonlyArray<Block<Place>>>
  /** Offset behind the list's closing bracket. */
  readonly end: number
}

/** Members that clients take out of, or put into, what they sent before. */
const UNSTABLE = new Set(["cache_control", "reasoning", "reasoning_content", "reasoning_details"])
const THOUGHTS = new Set<unknown>(["thinking", "redacted_thinking", "reasoning"])
const CONTENT = new Set(["content", "parts"])
/** All that a block of mere text has. */
const MERE_TEXT = new Set(["type", "text"])

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const recordAt = (bytes: Uint8Array, [start, end]: Span): JsonRecord | undefined => {
  try {
    const value: unknown = JSON.parse(strict.decode(bytes.subarray(start, end)))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isStable = (member: Member): boolean => !UNSTABLE.has(member.key)

/** A block's stable members, and those of the blocks inside it; a block of mere text is its text, as if it were no block. */
const fieldsOf = (bytes: Uint8Array, at: Span): ReadonlyArray<Uint8Array> => {
  const cut = ([start, end]: Span): Uint8Array => bytes.subarray(start, end)
  const members = membersAt(bytes, at[0]).filter(isStable)
  if (members.length === 0) return [cut(at)]
  const text = members.find((member) => member.key === "text")
  if (text !== undefined && members.every((member) => MERE_TEXT.has(member.key))) return [cut(text.value)]
  return members.flatMap((member) => {
    const inner = CONTENT.has(member.key) ? elementsAt(bytes, member.value[0]) : []
    return inner.length === 0
      ? [cut(member.whole)]
      : inner.flatMap((element) => {
          const fields = membersAt(bytes, element[0]).filter(isStable)
          return fields.length === 0 ? [cut(element)] : fields.map((field) => cut(field.whole))
        })
  })
}

/** A part of a turn that is digested as one. */
interface Unit {
  readonly span: Span
  readonly digest: Digest
}

/** The turn's units in order; where its content is no list of blocks, the one unit is the turn. */
const unitsOf = (
  bytes: Uint8Array,
  span: Span,
  value: JsonRecord,
  before: Digest,
  hash: HashParts
): ReadonlyArray<Unit> => {
  if (THOUGHTS.has(value["type"])) return [{ span, digest: before }]
  const members = membersAt(bytes, span[0]).filter(isStable)
  const content = members.findLast((member) => CONTENT.has(member.key))
  const others = members.filter((member) => member !== content)
  let digest = chainDigest(hash, before, [
    "turn",
    ...others.map((member) => bytes.subarray(member.whole[0], member.whole[1]))
  ])
  if (content === undefined) return [{ span, digest }]
  const parts = value[content.key]
  if (!Array.isArray(parts)) {
    return [{ span, digest: chainDigest(hash, digest, [bytes.subarray(content.value[0], content.value[1])]) }]
  }
  return elementsAt(bytes, content.value[0]).map((element, at) => {
    const part: unknown = parts[at]
    if (!(isRecord(part) && THOUGHTS.has(part["type"]))) digest = chainDigest(hash, digest, fieldsOf(bytes, element))
    return { span: element, digest }
  })
}

const tokensIn = (block: Block<Place>): number => {
  switch (block._tag) {
    case "Said":
      return roughTokens(block.text)
    case "Called":
      return roughTokens(jsonText(block.call.input) ?? "")
    case "Slot":
      return 0
  }
}

/** Which unit a path of the turn leads into, and the rest of the way. */
const unitAt = (units: ReadonlyArray<Unit>, path: Path): readonly [Unit | undefined, Path] => {
  const [field, position] = path
  return typeof field === "string" && CONTENT.has(field) && typeof position === "number"
    ? [units[position], path.slice(2)]
    : [units[0], path]
}

const readTurn = (
  list: Uint8Array,
  span: Span,
  before: Digest,
  calls: Calls,
  { shape, roles, hash }: Reading
): { readonly turn: Turn; readonly blocks: ReadonlyArray<Block<Place>> } | undefined => {
  const value = recordAt(list, span)
  if (value === undefined) return undefined
  const units = unitsOf(list, span, value, before, hash)
  const to = blockList(roles, calls)
  shape.list(value, [], to)
  const used = new Map<Unit, number>()
  const blocks: Array<Block<Place>> = []
  for (const block of to.blocks) {
    if (block._tag !== "Slot") {
      blocks.push(block)
      continue
    }
    const [unit, rest] = unitAt(units, block.at)
    const at = unit === undefined ? undefined : spanOf(list, rest, unit.span[0])
    if (unit === undefined || at === undefined) return undefined
    const place = used.get(unit) ?? 0
    used.set(unit, place + 1)
    const key = place === 0 ? unit.digest : chainDigest(hash, unit.digest, [String(place)])
    blocks.push({ ...block, at: { span: at, key } })
  }
  const turn: Turn = {
    end: span[1],
    isAssistant: shape.isAssistant(value),
    forgets: to.forgot,
    calls: to.events,
    slots: blocks.flatMap((block) => (block._tag === "Slot" ? [block.at] : [])),
    tokens: blocks.reduce((sum, block) => sum + tokensIn(block), 0),
    digest: units.at(-1)?.digest ?? before
  }
  return { turn, blocks }
}

/** Reads the list that the bytes begin with, from behind the turns that are known; undefined where it is no list of turns. */
export const readTurns = (list: Uint8Array, known: ReadonlyArray<Turn>, reading: Reading): Read | undefined => {
  const open = openList(list, 0)
  if (open === undefined) return undefined
  const turns: Array<Turn> = []
  const blocks: Array<ReadonlyArray<Block<Place>>> = []
  const calls = new Calls()
  for (const turn of known) for (const event of turn.calls) calls.take(event)
  let at = known.at(-1)?.end ?? open
  let digest = known.at(-1)?.digest ?? reading.scope
  for (let span = nextElement(list, at); span !== undefined; span = nextElement(list, at)) {
    const read = readTurn(list, span, digest, calls, reading)
    if (read === undefined) return undefined
    turns.push(read.turn)
    blocks.push(read.blocks)
    digest = read.turn.digest
    at = span[1]
  }
  const end = closeList(list, at)
  return end === undefined ? undefined : { turns, blocks, end }
}

/** Whether two stretches hold the same bytes. */
export type SameBytes = (left: Uint8Array, right: Uint8Array) => boolean

/** How many turns of a list read before the other list begins with, byte for byte. */
export const sharedTurns = (
  list: Uint8Array,
  before: { readonly list: Uint8Array; readonly turns: ReadonlyArray<Turn> },
  same: SameBytes
): number => {
  const { turns } = before
  const shares = (count: number): boolean => {
    const end = turns[count - 1]?.end ?? 0
    return end <= list.length && same(list.subarray(0, end), before.list.subarray(0, end))
  }
  let low = 0
  let high = turns.length
  // A longer request mostly differs from the one before it in the last turns, if at all: they are asked first.
  for (let step = 1; low < high; step *= 2) {
    const count = Math.max(low, high - step + 1)
    if (shares(count)) {
      low = count
      break
    }
    high = count - 1
  }
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (shares(middle)) low = middle
    else high = middle - 1
  }
  return low
}

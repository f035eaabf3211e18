/**
 * The system text of a request, and the edits that put its volatile lines behind all that stays the same, so that what stands before
 * them is one prefix to the provider's cache from one conversation to the next.
 *
 * Lines are moved whole and in order, within one text to its end, in a list of blocks into a block of their own at its end.
 */
import { type Parted, parted } from "../domain/volatile.ts"
import { elementsAt, membersAt, nextElement, openList, type Span, spanOf, type Splice } from "./json-spans.ts"

export interface SystemText {
  /** What stays of it, and so names it. */
  readonly stable: string
  /** The edits; in the body's own offsets. */
  readonly splices: ReadonlyArray<Splice>
}

const MEMBERS = ["system", "instructions", "systemInstruction", "system_instruction"]
const SYSTEM_ROLES = new Set<unknown>(["system", "developer"])

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const valueAt = (bytes: Uint8Array, [start, end]: Span): unknown => {
  try {
    return JSON.parse(decoder.decode(bytes.subarray(start, end)))
  } catch {
    return undefined
  }
}

const literal = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value))

/** One text: its volatile lines stand at its end. */
const inText = (text: string, span: Span): SystemText | undefined => {
  const parts = parted(text)
  if (parts === undefined) return undefined
  const joined = `${parts.stable.replace(/\n$/, "")}\n${parts.volatile}`
  return joined === text ? undefined : { stable: parts.stable, splices: [{ span, bytes: literal(joined) }] }
}

/** A list of blocks: the volatile lines of all of them stand in one more. */
const inBlocks = (bytes: Uint8Array, at: number): SystemText | undefined => {
  const blocks = elementsAt(bytes, at)
  const texts = blocks.flatMap((block) => {
    const span = membersAt(bytes, block[0]).findLast((member) => member.key === "text")?.value
    const text = span === undefined ? undefined : valueAt(bytes, span)
    return span === undefined || typeof text !== "string" ? [] : [{ span, text, parts: parted(text) }]
  })
  const moved = texts.flatMap(({ span, parts }) => (parts === undefined ? [] : [{ span, parts }]))
  const last = blocks.at(-1)
  if (moved.length === 0 || last === undefined) return undefined
  const volatile = moved.map(({ parts }) => parts.volatile).join("\n")
  const isTyped = membersAt(bytes, last[0]).some((member) => member.key === "type")
  const added = literal({ ...(isTyped ? { type: "text" } : {}), text: volatile })
  return {
    stable: texts.map(({ text, parts }) => parts?.stable ?? text).join("\n"),
    splices: [
      ...moved.map(({ span, parts }: { readonly span: Span; readonly parts: Parted }) => ({
        span,
        bytes: literal(parts.stable)
      })),
      { span: [last[1], last[1]], bytes: Uint8Array.from([0x2c, ...added]) }
    ]
  }
}

const inValue = (bytes: Uint8Array, span: Span): SystemText | undefined => {
  const [start] = span
  if (bytes[start] === 0x5b) return inBlocks(bytes, start)
  if (bytes[start] === 0x7b) {
    const parts = membersAt(bytes, start).findLast((member) => member.key === "parts")
    return parts === undefined ? undefined : inBlocks(bytes, parts.value[0])
  }
  const text = valueAt(bytes, span)
  return typeof text === "string" ? inText(text, span) : undefined
}

/**
 * The system text of a body whose members stand there and whose conversation begins at `list`; undefined where it has none, or nothing
 * in it is volatile. In a conversation of chat messages it is the first one.
 */
export const systemTextOf = (
  bytes: Uint8Array,
  members: ReadonlyMap<string, Span>,
  list: number
): SystemText | undefined => {
  for (const name of MEMBERS) {
    const span = members.get(name)
    if (span !== undefined) return inValue(bytes, span)
  }
  const open = openList(bytes, list)
  const first = open === undefined ? undefined : nextElement(bytes, open)
  const role = first === undefined ? undefined : spanOf(bytes, ["role"], first[0])
  const content = first === undefined ? undefined : spanOf(bytes, ["content"], first[0])
  return role !== undefined && content !== undefined && SYSTEM_ROLES.has(valueAt(bytes, role))
    ? inValue(bytes, content)
    : undefined
}

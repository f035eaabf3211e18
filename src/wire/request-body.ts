/**
 * A request body, opened: where its members stand, and its conversation, without reading what is known from an earlier request.
 */
import { closeList, nextElement, nextKey, openList, openRecord, type Span, valueEnd } from "./json-spans.ts"
import type { JsonRecord } from "./json-value.ts"

export interface RequestBody {
  /** Every member but the conversation; of doubled ones the last. */
  readonly members: ReadonlyMap<string, Span>
  /** From the conversation's opening bracket to behind its closing one. */
  readonly list: Span
}

/** Offset behind the list that starts at `start`, its first elements known to end at `known` offsets from there. */
const listEnd = (bytes: Uint8Array, start: number, known: number): number | undefined => {
  const open = openList(bytes, start)
  if (open === undefined) return undefined
  let at = known === 0 ? open : start + known
  for (let span = nextElement(bytes, at); span !== undefined; span = nextElement(bytes, at)) at = span[1]
  return closeList(bytes, at)
}

/**
 * Opens the body; undefined where it is no record with one such list. `knownEnd` says how much of the list, from its opening bracket on,
 * was read before.
 */
export const openBody = (
  bytes: Uint8Array,
  field: string,
  knownEnd: (list: Uint8Array) => number
): RequestBody | undefined => {
  const open = openRecord(bytes, 0)
  if (open === undefined) return undefined
  const members = new Map<string, Span>()
  let list: Span | undefined
  for (let next = nextKey(bytes, open); next !== undefined; ) {
    const { key, value } = next
    let end: number | undefined
    if (key === field) {
      // Which of two counts is the provider's to say.
      if (list !== undefined) return undefined
      end = listEnd(bytes, value, knownEnd(bytes.subarray(value)))
      if (end === undefined) return undefined
      list = [value, end]
    } else {
      end = valueEnd(bytes, value)
      members.set(key, [value, end])
    }
    next = nextKey(bytes, end)
  }
  return list === undefined ? undefined : { members, list }
}

const decoder = new TextDecoder()

/** Members of more bytes are prompts, not fields. */
const MAX_FIELD = 65_536
/** The dearest to read, and nothing is asked of it. */
const UNREAD = "tools"

/** The members as values, but for the tools, the large ones and those that are no JSON. */
export const fieldsOf = (bytes: Uint8Array, { members }: RequestBody): JsonRecord => {
  const fields: Record<string, unknown> = {}
  for (const [key, [start, end]] of members) {
    if (key === UNREAD || end - start > MAX_FIELD) continue
    try {
      fields[key] = JSON.parse(decoder.decode(bytes.subarray(start, end)))
    } catch {
      // The provider will say so.
    }
  }
  return fields
}

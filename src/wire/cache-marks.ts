/**
 * The marks by which a request to Anthropic's Messages says what its cache keeps and for how long, and the edits that make all of them say
 * the same lifetime: one for all, because a mark of an hour may not stand behind one of five minutes.
 *
 * A mark is one only where the API reads it: on the request, a tool, a block of the system text, a block of a message, or one within a
 * tool's result. What has that name inside a tool's arguments or schema is the user's.
 * @see https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
import type { Ttl } from "../domain/cache-lifetime.ts"
import { elementsAt, type Member, membersAt, type Span, type Splice } from "./json-spans.ts"

const KEY = "cache_control"
const encoder = new TextEncoder()
const decoder = new TextDecoder()
const NAME = encoder.encode(`"${KEY}"`)
const OPEN_LIST = 0x5b
const OPEN_RECORD = 0x7b

/** Whether the bytes spell the name at all: most blocks have no mark, and need not be read. */
const holdsName = (bytes: Uint8Array, [start, end]: Span): boolean => {
  for (let at = bytes.indexOf(0x22, start); at !== -1 && at + NAME.length <= end; at = bytes.indexOf(0x22, at + 1)) {
    let same = 1
    while (same < NAME.length && bytes[at + same] === NAME[same]) same++
    if (same === NAME.length) return true
  }
  return false
}

/** The mark of a record, of doubled ones the last. */
const markIn = (members: ReadonlyArray<Member>): ReadonlyArray<Span> => {
  const mark = members.findLast(({ key }) => key === KEY)
  return mark === undefined ? [] : [mark.value]
}

/** The marks on a list's records, and on those of the lists that their `content` is. */
const marksOn = (bytes: Uint8Array, list: Span, depth: number): ReadonlyArray<Span> => {
  if (bytes[list[0]] !== OPEN_LIST || !holdsName(bytes, list)) return []
  return elementsAt(bytes, list[0]).flatMap((element) => {
    if (bytes[element[0]] !== OPEN_RECORD || !holdsName(bytes, element)) return []
    const members = membersAt(bytes, element[0])
    const inner = depth === 0 ? undefined : members.findLast(({ key }) => key === "content")
    return [...markIn(members), ...(inner === undefined ? [] : marksOn(bytes, inner.value, depth - 1))]
  })
}

/** The edit of one mark, or none where it says so already; what it says besides stays. */
const edited = (bytes: Uint8Array, [start]: Span, ttl: Ttl): ReadonlyArray<Splice> => {
  const members = membersAt(bytes, start)
  const own = members.findLast(({ key }) => key === "ttl")
  const value = encoder.encode(JSON.stringify(ttl))
  if (own !== undefined)
    return decoder.decode(bytes.subarray(...own.value)) === `"${ttl}"` ? [] : [{ span: own.value, bytes: value }]
  // five minutes is what a mark without a lifetime means
  const last = members.at(-1)
  if (ttl === "5m" || last === undefined) return []
  return [{ span: [last.whole[1], last.whole[1]], bytes: encoder.encode(`,"ttl":${JSON.stringify(ttl)}`) }]
}

/** The marks of a body, of which the last is the deepest. */
export interface Marks {
  readonly spans: ReadonlyArray<Span>
  /** What the last of them asks for; undefined where there is none. */
  readonly ttl: Ttl | undefined
}

/** The marks of a body whose members stand there and whose messages are `list`. */
export const marksIn = (bytes: Uint8Array, members: ReadonlyMap<string, Span>, list: Span): Marks => {
  const own = members.get(KEY)
  const spans = [
    ...["tools", "system"].flatMap((name) => {
      const span = members.get(name)
      return span === undefined ? [] : marksOn(bytes, span, 0)
    }),
    ...marksOn(bytes, list, 2),
    ...(own === undefined ? [] : [own])
  ].filter(([start]) => bytes[start] === OPEN_RECORD)
  const last = spans.at(-1)
  const ttl = last === undefined ? undefined : membersAt(bytes, last[0]).findLast(({ key }) => key === "ttl")
  const said = ttl === undefined ? "" : decoder.decode(bytes.subarray(...ttl.value))
  return { spans, ttl: last === undefined ? undefined : said === '"1h"' ? "1h" : "5m" }
}

/**
 * The edits that make all marks say one lifetime, in the body's own offsets.
 *
 * @example
 * // {"messages":[{"role":"user","content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]}]} for "1h":
 * // one splice that puts `,"ttl":"1h"` behind "ephemeral"
 */
export const lasting = (bytes: Uint8Array, { spans }: Marks, ttl: Ttl): ReadonlyArray<Splice> =>
  spans.flatMap((mark) => edited(bytes, mark, ttl))

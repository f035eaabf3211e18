/**
 * The request that keeps Anthropic's cache warm: the one that was sent last, with one token to answer and no stream, all other bytes as
 * they were, for a cache gives back what it holds only to the same prefix.
 */
import { membersAt, openRecord, type Splice, spliced } from "./json-spans.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const ONE = encoder.encode("1")
const NO = encoder.encode("false")

/** Thinking on a budget asks for more tokens than the budget, and without it what is held of messages is given to nobody. */
const hasBudget = (text: string): boolean => text.includes("budget_tokens")

/** The body of a renewal; undefined where there can be none for so little. */
export const renewalOf = (body: Uint8Array): Uint8Array | undefined => {
  if (openRecord(body, 0) === undefined) return undefined
  const members = new Map(membersAt(body, 0).map(({ key, value }) => [key, value]))
  const limit = members.get("max_tokens")
  const thinking = members.get("thinking")
  if (limit === undefined) return undefined
  if (thinking !== undefined && hasBudget(decoder.decode(body.subarray(...thinking)))) return undefined
  const stream = members.get("stream")
  const splices: ReadonlyArray<Splice> = [
    { span: limit, bytes: ONE },
    ...(stream === undefined ? [] : [{ span: stream, bytes: NO }])
  ]
  return spliced(body, splices)
}

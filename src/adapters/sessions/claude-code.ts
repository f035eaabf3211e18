/**
 * What Claude Code's model sees at the moment of a call, read from the transcript that is being written: the chain of messages that leads
 * to the call, back to where the context was last compacted.
 *
 * Lines are chained by their parents, because a rewind leaves the other branch in the file; results of calls made at once hang beside the
 * chain and are found by their calls. Unknown lines and fields are passed over.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs"
import type { Block } from "../../domain/document.ts"
import { isRecord, type JsonRecord, listOf, textIn } from "../../wire/json-value.ts"
import { readMessages } from "../../wire/shape.ts"

/** The window of the largest models holds some 4 MB of text, which a transcript writes twice; reading more would delay the call. */
const MAX_BYTES = 8 << 20

/** The end of a file. */
const endOf = (path: string): Buffer => {
  const file = openSync(path, "r")
  try {
    const { size } = fstatSync(file)
    const start = Math.max(0, size - MAX_BYTES)
    const bytes = Buffer.allocUnsafe(size - start)
    let filled = 0
    while (filled < bytes.length) {
      const count = readSync(file, bytes, filled, bytes.length - filled, start + filled)
      if (count === 0) break
      filled += count
    }
    return bytes.subarray(0, filled)
  } finally {
    closeSync(file)
  }
}

const NEWLINE = 10
/** Behind the message, the agent's own form of the result says it again; inside a text its quotes would be escaped. */
const OWN_FORM = ',"toolUseResult":'

const parsedRecord = (text: string): JsonRecord | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

interface Line {
  readonly start: number
  readonly event: JsonRecord
}

/** The line around an offset; undefined where it is half written, cut or of another kind. */
const lineAround = (bytes: Buffer, at: number): Line | undefined => {
  const start = bytes.lastIndexOf(NEWLINE, at) + 1
  const end = bytes.indexOf(NEWLINE, at)
  const text = bytes.toString("utf8", start, end === -1 ? bytes.length : end)
  const own = text.indexOf(OWN_FORM)
  const head = own === -1 ? undefined : parsedRecord(`${text.slice(0, own)}}`)
  const event = head?.["uuid"] === undefined ? parsedRecord(text) : head
  return event === undefined ? undefined : { start, event }
}

const partsOf = (event: JsonRecord): ReadonlyArray<JsonRecord> =>
  isRecord(event["message"]) ? listOf(event["message"]["content"]).filter(isRecord) : []

const callIds = (event: JsonRecord): ReadonlyArray<string> =>
  partsOf(event).flatMap((part) => (part["type"] === "tool_use" ? [textIn(part, "id") ?? ""] : []))

const answeredIds = (event: JsonRecord): ReadonlyArray<string> =>
  partsOf(event).flatMap((part) => (part["type"] === "tool_result" ? [textIn(part, "tool_use_id") ?? ""] : []))

/** The last line before an offset in which the key has the value, and that `fits`. */
const lineWith = (
  bytes: Buffer,
  key: string,
  value: string,
  before: number,
  fits: (event: JsonRecord) => boolean
): Line | undefined => {
  const needle = `"${key}":${JSON.stringify(value)}`
  for (let at = before; at > 0; ) {
    const found = bytes.lastIndexOf(needle, at - 1)
    if (found === -1) return undefined
    const line = lineAround(bytes, found)
    if (line !== undefined && fits(line.event)) return line
    at = bytes.lastIndexOf(NEWLINE, found) + 1
  }
  return undefined
}

/** The message that was written last, of a sub-agent only where the file is its own. */
const lastLine = (bytes: Buffer, isAside: boolean): Line | undefined => {
  for (let end = bytes.length; end > 0; ) {
    const start = end < 2 ? 0 : bytes.lastIndexOf(NEWLINE, end - 2) + 1
    const line = lineAround(bytes, start)
    if (textIn(line?.event ?? {}, "uuid") !== undefined && (isAside || line?.event["isSidechain"] !== true)) return line
    end = start
  }
  return undefined
}

/**
 * The chain that leads to the call, in the order of the file. A quick tool is done before its call is written: then all that the model saw
 * stands up to the last message.
 */
const chainTo = (bytes: Buffer, callId: string, isAside: boolean): ReadonlyArray<JsonRecord> => {
  const chain: Array<Line> = []
  const isCall = (event: JsonRecord): boolean => event["type"] === "assistant" && callIds(event).includes(callId)
  let line = lineWith(bytes, "id", callId, bytes.length, isCall) ?? lastLine(bytes, isAside)
  while (line !== undefined) {
    chain.push(line)
    const parent = textIn(line.event, "parentUuid")
    line =
      parent === undefined
        ? undefined
        : lineWith(bytes, "uuid", parent, line.start, (event) => textIn(event, "uuid") === parent)
  }
  const answered = new Set(chain.flatMap(({ event }) => answeredIds(event)))
  for (const id of chain.flatMap(({ event }) => callIds(event))) {
    if (answered.has(id)) continue
    const beside = lineWith(bytes, "tool_use_id", id, bytes.length, (event) => answeredIds(event).includes(id))
    if (beside !== undefined) chain.push(beside)
  }
  return chain.sort((a, b) => a.start - b.start).map(({ event }) => event)
}

/** A sub-agent's transcript stands beside the session's. */
const transcriptOf = (path: string, agent: string | undefined): string =>
  agent === undefined ? path : `${path.replace(/\.jsonl$/, "")}/subagents/agent-${agent}.jsonl`

/** Oldest first; nothing where the transcript cannot be read. */
export const readSessionSoFar = (
  path: string,
  agent: string | undefined,
  callId: string
): ReadonlyArray<Block<unknown>> => {
  let bytes: Buffer
  try {
    bytes = endOf(transcriptOf(path, agent))
  } catch {
    return []
  }
  const chain = callId === "" ? [] : chainTo(bytes, callId, agent !== undefined)
  const messages = chain.flatMap((event) =>
    isRecord(event["message"]) && event["isApiErrorMessage"] !== true ? [event["message"]] : []
  )
  return readMessages({ messages })?.document.blocks ?? []
}

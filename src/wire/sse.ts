/**
 * The events of a stream, read from a copy of its bytes: what is forwarded is never what was parsed, so no reading here can alter, delay
 * or end an answer.
 *
 * Events are the same however the bytes are cut: decoding keeps what a character lacks, parsing what a line lacks. What is too large to
 * hold ends the reading and nothing else.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
import { createParser } from "eventsource-parser"
import { jsonReader } from "./json-stream.ts"

export interface StreamEvent {
  /** What the stream calls it, where it does. */
  readonly name?: string | undefined
  readonly data: string
}

/** Reads a stream whose text is decoded. */
export interface TextReader {
  /** The events that the text completes. */
  readonly feed: (text: string) => ReadonlyArray<StreamEvent>
  /** What stands whole at the end, though nothing closes it. */
  readonly end: () => ReadonlyArray<StreamEvent>
  /** An event was too large: nothing is read any more. */
  readonly isOver: boolean
}

/** Reads a stream's bytes. */
export interface EventReader {
  readonly feed: (chunk: Uint8Array) => ReadonlyArray<StreamEvent>
  readonly end: () => ReadonlyArray<StreamEvent>
  readonly isOver: boolean
}

/** UTF-16 units of one event: images come in one, and the last event of a response repeats it all. */
const MAX_EVENT = 16_777_216

/** A reader of server-sent events, lines ended by LF, CRLF or CR. */
const sseReader = (cap: number): TextReader => {
  let events: Array<StreamEvent> = []
  let isOver = false
  const parser = createParser({
    maxBufferSize: cap,
    onEvent: ({ event, data }) => {
      isOver ||= data.length > cap
      if (!isOver) events.push({ name: event, data })
    },
    onError: ({ type }) => {
      isOver ||= type === "max-buffer-size-exceeded"
    }
  })
  // the parser looks for a mark of the byte order in its first text: decoding has taken it off
  parser.feed("")
  const feed = (text: string): ReadonlyArray<StreamEvent> => {
    if (isOver) return []
    parser.feed(text)
    const found = events
    events = []
    return found
  }
  return {
    get isOver() {
      return isOver
    },
    feed,
    // an event that lacks only its last line's end is whole
    end: () => feed("\n\n")
  }
}

/**
 * A reader of an answer's bytes, told by its first character: server-sent events, or JSON values.
 *
 * @example
 * eventReader().feed(new TextEncoder().encode("data: 1\n\n")) // => [{ name: undefined, data: "1" }]
 */
export const eventReader = (cap = MAX_EVENT): EventReader => {
  const decoder = new TextDecoder()
  let lead = ""
  let reader: TextReader | undefined
  const read = (text: string): ReadonlyArray<StreamEvent> => {
    if (reader !== undefined) return reader.feed(text)
    lead += text
    const first = lead.trimStart()[0]
    if (first === undefined) return []
    reader = first === "{" || first === "[" ? jsonReader(cap) : sseReader(cap)
    return reader.feed(lead)
  }
  return {
    get isOver() {
      return reader?.isOver === true
    },
    feed: (chunk) => (reader?.isOver === true ? [] : read(decoder.decode(chunk, { stream: true }))),
    end: () => [...read(decoder.decode()), ...(reader?.end() ?? [])]
  }
}

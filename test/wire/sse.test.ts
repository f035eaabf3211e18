import { describe, expect, it } from "vitest"
import { eventReader } from "../../src/wire/sse.ts"

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

const dataIn = (...chunks: ReadonlyArray<string | Uint8Array>): ReadonlyArray<string> => {
  const reader = eventReader()
  return [
    ...chunks.flatMap((chunk) => reader.feed(typeof chunk === "string" ? encode(chunk) : chunk)),
    ...reader.end()
  ].map(({ data }) => data)
}

describe("server-sent events", () => {
  it.each([
    ["LF", "event: a\ndata: 1\n\ndata: 2\n\n"],
    ["CRLF", "event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n"],
    ["CR", "event: a\rdata: 1\r\rdata: 2\r\r"],
    ["LF and CRLF mixed", "event: a\r\ndata: 1\n\r\ndata: 2\r\n\n"],
    ["a mark of the byte order", "\ufeffevent: a\ndata: 1\n\ndata: 2\n\n"],
    ["comments and blank lines", "\n: ping\n\n:\nevent: a\n: x\ndata: 1\n\n\n\ndata: 2\n\n"],
    ["no blank after the colon", "event:a\ndata:1\n\ndata:2\n\n"],
    ["fields that nobody knows", "id: 3\nretry: 5\nfoo: bar\nevent: a\ndata: 1\n\nretry: soon\ndata: 2\n\n"]
  ])("are read with %s", (_, text) => {
    const reader = eventReader()
    expect(reader.feed(encode(text))).toEqual([
      { name: "a", data: "1" },
      ...(text.endsWith("\r") ? [] : [{ name: undefined, data: "2" }])
    ])
    // a CR at the end of what came may be half of a CRLF
    expect(reader.end()).toEqual(text.endsWith("\r") ? [{ name: undefined, data: "2" }] : [])
  })

  it("join their data lines, and have none without one", () => {
    expect(dataIn("data: a\ndata\ndata:  b\n\nevent: only\n\n")).toEqual(["a\n\n b"])
  })

  it("come as soon as they are whole", () => {
    const reader = eventReader()
    expect(reader.feed(encode("data: 1\n"))).toEqual([])
    expect(reader.feed(encode("\ndata: 2"))).toEqual([{ name: undefined, data: "1" }])
    expect(reader.end()).toEqual([{ name: undefined, data: "2" }])
  })

  it("keep characters that a chunk cuts, and take bytes that are no character", () => {
    const bytes = encode("data: 👩‍💻é\n\n")
    expect(dataIn(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(["👩‍💻é"])
    expect(dataIn(Uint8Array.of(0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a))).toEqual(["\ufffd"])
  })

  it.each(["data: ", "data: x\ndata: ", ": ", "event: "])("of endless %j end the reading, quietly", (start) => {
    const reader = eventReader(1_000)
    expect(reader.feed(encode(`data: small\n\n${start}`)).map(({ data }) => data)).toEqual(["small"])
    for (let i = 0; i < 20; i++) expect(reader.feed(encode("y".repeat(100)))).toEqual([])
    expect(reader.isOver).toBe(true)
    expect(reader.feed(encode("\n\ndata: more\n\n"))).toEqual([])
    expect(reader.end()).toEqual([])
  })
})

describe("JSON values", () => {
  it("are the elements of an array that streams, as each ends", () => {
    const reader = eventReader()
    expect(reader.feed(encode('[{"a": [1, {"b": "}]"}'))).toEqual([])
    expect(reader.feed(encode("]}\n"))).toEqual([{ data: '{"a": [1, {"b": "}]"}]}' }])
    expect(reader.feed(encode(',\r\n{"c": "\\"{\\\\"}'))).toEqual([{ data: '{"c": "\\"{\\\\"}' }])
    expect(reader.feed(encode("]"))).toEqual([])
    expect(reader.end()).toEqual([])
  })

  it("are lines, or one whole text", () => {
    expect(dataIn('{"a":1}\n{"b":2}\n')).toEqual(['{"a":1}', '{"b":2}'])
    expect(dataIn('\ufeff\n {\n  "a": {}\n}\n')).toEqual(['{\n  "a": {}\n}'])
  })

  it("cut off are none, and too large end the reading", () => {
    expect(dataIn('{"a": {"b": 1}')).toEqual([])
    const reader = eventReader(100)
    expect(reader.feed(encode(`[{"a":1},{"b":"`))).toEqual([{ data: '{"a":1}' }])
    expect(reader.feed(encode("x".repeat(200)))).toEqual([])
    expect(reader.isOver).toBe(true)
    expect(reader.feed(encode('"},{"c":1}]'))).toEqual([])
    expect(reader.end()).toEqual([])
  })
})

import { describe, expect, it } from "vitest"
import { answerFields, fieldOf, recordOf, requestFields, withoutFields } from "../../src/wire/fields.ts"

describe("fields", () => {
  it("are read by lower-case name, those that stand twice as one list", () => {
    const fields = ["X-A", "1", "Accept", "a", "x-a", "2", "Empty", ""]
    expect([fieldOf(fields, "x-a"), fieldOf(fields, "empty"), fieldOf(fields, "x-b")]).toEqual(["1, 2", "", undefined])
    expect(recordOf(fields)).toEqual({ "x-a": "1, 2", accept: "a", empty: "" })
    expect(recordOf(["__proto__", "a", "constructor", "b"])["constructor"]).toBe("b")
  })

  it("go by name alone", () => {
    expect(withoutFields(["A", "b", "B", "a", "b", "c"], (name) => name === "b")).toEqual(["A", "b"])
  })

  it("of a request lose those of the hop, those that are made anew, and ours", () => {
    const gone =
      "Connection X-HOP Keep-Alive Proxy-Connection TE Trailer Transfer-Encoding Upgrade Proxy-Authorization Proxy-Authenticate " +
      "Host Content-Length Expect X-Headroom-Token x-headroom-anything"
    const kept = ["Authorization", "Bearer k", "ACCEPT-encoding", "gzip", "Content-Encoding", "br", "X-Headroomy", "1"]
    expect(requestFields([...gone.split(" ").flatMap((name) => [name, "close, X-Hop , keep-alive"]), ...kept])).toEqual(
      kept
    )
  })

  it("of an answer lose those of the hop alone", () => {
    const kept = [
      "Content-Length",
      "1",
      "Host",
      "a",
      "Set-Cookie",
      "a",
      "Set-Cookie",
      "b",
      "Date",
      "d",
      "x-headroom-a",
      "1"
    ]
    expect(answerFields(["Connection", "x-hop", "X-Hop", "1", ...kept, "Transfer-Encoding", "chunked"])).toEqual(kept)
  })
})

import { describe, expect, it } from "vitest"
import { mine } from "../../../src/compressors/log/template.ts"

/** The template number of each message. */
const templates = (messages: ReadonlyArray<string>): ReadonlyArray<number> => {
  const text = messages.join("\n")
  let at = 0
  const from = Int32Array.from(messages, (message) => {
    const start = at
    at += message.length + 1
    return start
  })
  return [
    ...mine(
      text,
      from,
      from.map((start, i) => start + (messages[i] as string).length)
    ).of
  ]
}
const kinds = (messages: ReadonlyArray<string>): number => new Set(templates(messages)).size

describe("log templates", () => {
  it("takes numbers, addresses, paths, quoted text and dates for variables", () => {
    expect(kinds(["got 5 from 10.0.0.1:80", "got 77 from 10.9.0.1:443"])).toBe(1)
    expect(kinds(["open /etc/passwd now", "open /var/log/x.log now"])).toBe(1)
    expect(kinds(['tag "View Lock" set', 'tag "Other" set'])).toBe(1)
    expect(kinds(["up since Mon Jul 01 10:00:00 2005", "up since Fri Aug 12 11:00:00 2005"])).toBe(1)
    expect(kinds(["sizes [1, 2, 3] seen", "sizes [1] seen"])).toBe(1)
  })

  it("keeps messages apart that differ in a constant word", () => {
    expect(kinds(["connection opened by 5", "connection closed by 5"])).toBe(2)
    expect(kinds(["cupsd startup succeeded", "klogd startup succeeded", "portmap startup succeeded"])).toBe(3)
    expect(kinds(["force=true now", "force=false now"])).toBe(2)
  })

  it("tells methods and failures of web requests apart", () => {
    const request = (method: string, status: number): string =>
      `1.2.3.4 - "${method} /a/${status} HTTP/1.1" ${status} 12`
    expect(kinds([request("GET", 200), request("GET", 304)])).toBe(1)
    expect(kinds([request("GET", 200), request("POST", 200), request("GET", 503)])).toBe(3)
  })

  it("tells failing requests from others where a referrer and an agent stand behind the status", () => {
    const request = (path: string, status: number): string =>
      `10.0.0.1 - - "GET ${path} HTTP/1.1" ${status} 157 "-" "curl/8.1"`
    expect(kinds([request("/a", 200), request("/b/9", 204)])).toBe(1)
    expect(kinds([request("/a", 200), request("/b", 403), request("/c", 502), request("/d", 503)])).toBe(4)
  })

  it("tells failing statuses apart where they are named", () => {
    for (const named of ["status=", "status: ", "status_code="])
      expect(
        kinds([`GET done ${named}200 in 3`, `GET done ${named}204 in 9`, `GET done ${named}502 in 3`]),
        named
      ).toBe(2)
    expect(kinds(["took 402 of 500", "took 200 of 500"])).toBe(1)
  })

  it("finds a variable word by how many take its place", () => {
    const users = ["root", "alice", "bob", "carol", "dave", "eve"]
    expect(kinds(users.map((user) => `session opened for user ${user} by system`))).toBe(1)
  })

  it("gives equal messages equal templates", () => {
    expect(templates(["a b 1", "c d 2", "a b 3"])).toEqual([0, 1, 0])
  })
})

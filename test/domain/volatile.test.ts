import { describe, expect, it } from "vitest"
import { isVolatile, parted } from "../../src/domain/volatile.ts"

describe("a volatile line", () => {
  it.each([
    "Today's date: 2026-11-24",
    "It is 09:15 in Berlin.",
    "Started Nov 24th, 2026",
    "Last login: 3 March 2026",
    "session 7d5c0e93-b1a8-4e0f-9d2c-0123456789ab",
    "built at 1763975000",
    "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc"
  ])("%s", (line) => expect(isVolatile(line)).toBe(true))

  it.each([
    "You are a helpful assistant.",
    "Read at most 2000 lines; use src/a.ts:12:3 for places.",
    "claude-sonnet-4-5-20250929",
    "version 1.2.3, port 8787, ratio 3:2",
    "",
    "2026-13-41"
  ])("is not: %s", (line) => expect(isVolatile(line)).toBe(false))
})

describe("a text", () => {
  it("is parted into lines that stay and lines that do not, in their order", () => {
    expect(parted("You help.\nDate: 2026-11-24\nBe brief.\nTime: 10:00\n")).toEqual({
      stable: "You help.\nBe brief.\n",
      volatile: "Date: 2026-11-24\nTime: 10:00"
    })
  })

  it("of one sort is left alone", () => {
    expect(parted("You help.\nBe brief.")).toBeUndefined()
    expect(parted("2026-11-24\n\n")).toBeUndefined()
  })
})

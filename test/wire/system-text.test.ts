import { describe, expect, it } from "vitest"
import { membersAt, spanOf, spliced } from "../../src/wire/json-spans.ts"
import { systemTextOf } from "../../src/wire/system-text.ts"

/** The body with its system text's volatile lines moved. */
const moved = (body: unknown, list: string): unknown => {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  const members = new Map(membersAt(bytes, 0).map(({ key, value }) => [key, value]))
  const text = systemTextOf(bytes, members, spanOf(bytes, [list])?.[0] ?? 0)
  return text === undefined ? undefined : JSON.parse(new TextDecoder().decode(spliced(bytes, text.splices)))
}

describe("volatile lines of a system text", () => {
  it("go to its end where it is one text", () => {
    const system = "Be brief.\nToday: 2026-11-24\nUse tools."
    const expected = "Be brief.\nUse tools.\nToday: 2026-11-24"
    expect(moved({ system, messages: [] }, "messages")).toEqual({ system: expected, messages: [] })
    expect(moved({ instructions: system, input: [] }, "input")).toEqual({ instructions: expected, input: [] })
    const chat = [
      { role: "developer", content: system },
      { role: "user", content: "hi" }
    ]
    expect(moved({ messages: chat }, "messages")).toEqual({
      messages: [
        { role: "developer", content: expected },
        { role: "user", content: "hi" }
      ]
    })
  })

  it("go into a block of their own where it is a list of blocks, behind its cache marks", () => {
    const mark = { cache_control: { type: "ephemeral" } }
    const system = [
      { type: "text", text: "You help." },
      { type: "text", text: "Date: 2026-11-24\nBe brief.", ...mark }
    ]
    expect(moved({ system, messages: [] }, "messages")).toEqual({
      system: [
        { type: "text", text: "You help." },
        { type: "text", text: "Be brief.", ...mark },
        { type: "text", text: "Date: 2026-11-24" }
      ],
      messages: []
    })
    const systemInstruction = { parts: [{ text: "Date: 2026-11-24\nBe brief." }] }
    expect(moved({ contents: [], systemInstruction }, "contents")).toEqual({
      contents: [],
      systemInstruction: { parts: [{ text: "Be brief." }, { text: "Date: 2026-11-24" }] }
    })
  })

  it("stay where they are at the end, alone, or of another role", () => {
    for (const system of [
      "Be brief.\nToday: 2026-11-24",
      "2026-11-24",
      "Be brief.",
      "",
      7,
      [],
      [{ type: "text", text: "2026-11-24" }]
    ])
      expect(moved({ system, messages: [] }, "messages")).toBeUndefined()
    expect(moved({ messages: [{ role: "user", content: "a\n2026-11-24\nb" }] }, "messages")).toBeUndefined()
    expect(moved({ messages: [] }, "messages")).toBeUndefined()
  })
})

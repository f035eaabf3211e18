import { describe, expect, it } from "vitest"
import { factsIn, needsOf } from "../../src/domain/recall.ts"
import type { RecordedMessage } from "../../src/domain/recording.ts"

describe("facts", () => {
  it.each([
    ["open src/cart/total.ts, then stop.", ["src/cart/total.ts"]],
    ["the maxRetries of RetryPolicy", ["maxRetries", "RetryPolicy"]],
    ["shop_api.v2 and cart-page", ["shop_api.v2", "cart-page"]],
    ["commit deadbeef01 at 12:03:44, 1,234.5", ["deadbeef01", "12:03:44", "1,234.5"]],
    ["write to jo+x@shop.example", ["shop.example", "jo+x@shop.example"]],
    ["a plain word, 42 and ab/c", []]
  ])("of %j are %j", (text, facts) => {
    const found = factsIn(text)
    for (const fact of facts.filter((one) => one !== "shop.example")) expect([...found]).toContain(fact)
    if (facts.length === 0) expect([...found]).toEqual([])
  })

  it("are not looked for in encoded data, which would take time square in its length", () => {
    const took = (length: number): number => {
      const start = performance.now()
      expect([...factsIn(`${"a".repeat(length)} maxRetries`)]).toEqual(["maxRetries"])
      return performance.now() - start
    }
    took(1_000_000)
    expect(took(20_000_000)).toBeLessThan(60 * took(1_000_000))
  })
})

const said = (role: "user" | "assistant", text: string): RecordedMessage => ({
  role,
  content: [{ type: "text", text }]
})
const called = (id: string, input: { readonly [key: string]: unknown }, text = ""): RecordedMessage => ({
  role: "assistant",
  content: [
    { type: "text", text },
    { type: "tool_use", id, name: "tool", input }
  ]
})
const answered = (id: string, content: string): RecordedMessage => ({
  role: "user",
  content: [{ type: "tool_result", tool_use_id: id, content }]
})

describe("needs", () => {
  it("are what only an output could have told", () => {
    const messages = [
      said("user", "fix src/user.ts"),
      called("a", { command: "cat src/cart.ts" }),
      answered("a", "src/cart.ts uses maxRetries from src/user.ts"),
      said("assistant", "maxRetries in src/cart.ts and src/user.ts, nothing of minDelay"),
      said("user", "go on"),
      said("assistant", "maxRetries once more")
    ]
    expect(needsOf(messages)).toEqual([
      { message: 1, facts: [], lines: [] },
      { message: 3, facts: ["maxRetries"], lines: [] },
      { message: 5, facts: [], lines: [] }
    ])
  })

  it.each([
    ["old_string", { old_string: "  const total = 0\n}" }],
    ["oldText", { edits: [{ oldText: "const total = 0" }, { newText: "x" }] }],
    ["a search block", { diff: "<<<<<<< SEARCH\nconst total = 0\n=======\nconst total = 1\n>>>>>>> REPLACE" }],
    ["a patch", { input: "*** Begin Patch\n@@\n const total = 0\n+const total = 1\n*** End Patch" }],
    ["a gutter that was copied", { old_str: "12\tconst total = 0" }]
  ])("are the lines that an edit must match: %s", (_, input) => {
    const messages = [
      said("user", "begin"),
      called("a", {}),
      answered("a", "12\tconst total = 0\n13\t}"),
      called("b", input),
      answered("b", "ok")
    ]
    expect(needsOf(messages)[1]).toEqual({ message: 3, facts: [], lines: ["const total = 0"] })
  })
})

import { describe, expect, it } from "vitest"
import { readMessages } from "../../src/wire/shape.ts"
import { windowOf } from "../../src/wire/window.ts"

const clears = (options: object = {}) => ({
  context_management: { edits: [{ type: "clear_tool_uses_20250919", ...options }] }
})

describe("what moves the window", () => {
  const still = {
    clearings: [],
    clearsThinking: false,
    drops: false,
    compacts: false,
    continues: false,
    fields: ""
  }

  it("is nothing in most requests, and in what is none", () => {
    for (const body of [
      { messages: [], metadata: {} },
      [],
      undefined,
      "x",
      { context_management: null, truncation: null }
    ])
      expect(windowOf(body)).toEqual(still)
  })

  it("is read from Anthropic's edits", () => {
    const { clearings, clearsThinking, drops, compacts } = windowOf({
      context_management: {
        edits: [
          { type: "clear_thinking_20251015", keep: "all" },
          { type: "clear_tool_uses_20250919", exclude_tools: ["Read"], clear_tool_inputs: true },
          { type: "clear_tool_uses_20250919", exclude_tools: null, clear_tool_inputs: ["Write", 3] },
          { type: "compact_20260112" }
        ]
      }
    })
    expect(clearings).toEqual([
      { kept: new Set(["Read"]), inputs: true },
      { kept: new Set(), inputs: new Set(["Write"]) }
    ])
    expect([clearsThinking, drops, compacts]).toEqual([true, false, true])
  })

  it("takes an edit that it does not know for one that may take anything", () => {
    expect(windowOf({ context_management: { edits: [{ type: "clear_all_20990101" }] } }).drops).toBe(true)
    expect(windowOf({ context_management: { edits: [{}] } }).drops).toBe(true)
  })

  it("is read from every provider's fields", () => {
    expect(windowOf({ truncation: "auto" })).toMatchObject({ drops: true, fields: '[["truncation","auto"]]' })
    expect(windowOf({ truncation: "disabled" }).drops).toBe(false)
    expect(windowOf({ previous_response_id: "r" }).continues).toBe(true)
    expect(windowOf({ conversation: { id: "c" } }).continues).toBe(true)
    expect(windowOf({ cachedContent: "cachedContents/x" }).continues).toBe(true)
    expect(windowOf({ thread: { type: "continue", previous_message_id: "m" } }).continues).toBe(true)
    expect(windowOf({ thread: { type: "create" } }).continues).toBe(false)
    expect(windowOf({ context_management: [{ type: "compaction", compact_threshold: 9 }] })).toMatchObject({
      compacts: true,
      drops: false
    })
    expect(windowOf({ compaction: { type: "summarize" } }).compacts).toBe(true)
  })

  it("has fields that change with it, and with nothing else", () => {
    const fields = windowOf({ ...clears(), messages: [1], model: "a" }).fields
    expect(windowOf({ model: "b", messages: [2], ...clears() }).fields).toBe(fields)
    expect(windowOf(clears({ clear_tool_inputs: true })).fields).not.toBe(fields)
  })
})

describe("blocks that may vanish", () => {
  const messages = [
    { role: "user", content: "look" },
    {
      role: "assistant",
      content: [
        { type: "tool_use", id: "t1", name: "Read", input: {} },
        { type: "tool_use", id: "t2", name: "Write", input: {} }
      ]
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "t1", content: "a" },
        { type: "tool_result", tool_use_id: "t2", content: "b" },
        { type: "tool_result", tool_use_id: "lost", content: "c" }
      ]
    }
  ]
  /** The positions of the marked blocks: 0 said, 1 and 2 called, 3 to 5 results. */
  const vanishing = (body: object) =>
    (readMessages({ messages, ...body })?.document.blocks ?? []).flatMap((block, i) =>
      block.mayVanish === true ? [i] : []
    )

  it.each<readonly [what: string, body: object, positions: ReadonlyArray<number>]>([
    ["none", {}, []],
    ["none under other edits", { context_management: { edits: [{ type: "clear_thinking_20251015" }] } }, []],
    ["results", clears(), [3, 4, 5]],
    ["results but those of tools that stay", clears({ exclude_tools: ["Read"] }), [4, 5]],
    ["arguments too", clears({ clear_tool_inputs: true }), [1, 2, 3, 4, 5]],
    ["arguments of some tools", clears({ clear_tool_inputs: ["Write"] }), [2, 3, 4, 5]],
    ["neither of a tool that stays", clears({ clear_tool_inputs: true, exclude_tools: ["Write"] }), [1, 3, 5]],
    [
      "what any of two edits takes",
      {
        context_management: {
          edits: [
            { type: "clear_tool_uses_20250919", exclude_tools: ["Read", "Write"] },
            { type: "clear_tool_uses_20250919", exclude_tools: ["Read"] }
          ]
        }
      },
      [4, 5]
    ],
    ["all that may be dropped", { truncation: "auto" }, [0, 1, 2, 3, 4, 5]]
  ])("are %s", (_, body, positions) => {
    expect(vanishing(body)).toEqual(positions)
  })
})

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { blockList, Calls } from "../../src/wire/block-list.ts"
import { readMessages, shapeNamed, writeMessages } from "../../src/wire/shape.ts"

const slotsOf = (messages: unknown, roles?: ReadonlyArray<"tool" | "user">) =>
  (readMessages(messages, roles)?.document.blocks ?? []).flatMap((block) => (block._tag === "Slot" ? [block] : []))

const textsOf = (messages: unknown, roles?: ReadonlyArray<"tool" | "user">) =>
  slotsOf(messages, roles).map((slot) => slot.text)

/** Replaces every slot's text by `NEW` and its block index. */
const rewritten = <M>(messages: M, roles?: ReadonlyArray<"tool" | "user">): M => {
  const read = readMessages(messages, roles)
  if (read === undefined) return messages
  const replacements = read.document.blocks.flatMap((block, i) =>
    block._tag === "Slot" ? [[i, `NEW${i}`] as const] : []
  )
  return writeMessages(messages, read, new Map(replacements))
}

describe("anthropic messages", () => {
  const turns = [
    { role: "user", content: "look" },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: "s" },
        { type: "text", text: "I look" },
        { type: "tool_use", id: "t1", name: "Read", input: { file: "a" } }
      ]
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "t1", content: "lines", cache_control: { type: "ephemeral" } },
        {
          type: "tool_result",
          tool_use_id: "t2",
          is_error: true,
          content: [
            { type: "text", text: "one" },
            { type: "image", source: { type: "base64", data: "AA==" } },
            { type: "text", text: "two" }
          ]
        }
      ]
    }
  ]

  it("lists what was said, called and answered, oldest first, and leaves thinking out", () => {
    const call = { tool: "Read", input: { file: "a" } }
    expect(readMessages(turns)?.shape).toBe("anthropic-messages")
    expect(readMessages(turns)?.document.blocks).toEqual([
      { _tag: "Said", role: "user", text: "look" },
      { _tag: "Said", role: "assistant", text: "I look" },
      { _tag: "Called", call },
      {
        _tag: "Slot",
        at: [2, "content", 0, "content"],
        role: "tool",
        text: "lines",
        call,
        isError: false,
        protection: undefined
      },
      {
        _tag: "Slot",
        at: [2, "content", 1, "content", 0, "text"],
        role: "tool",
        text: "one",
        call: undefined,
        isError: true,
        protection: undefined
      },
      {
        _tag: "Slot",
        at: [2, "content", 1, "content", 2, "text"],
        role: "tool",
        text: "two",
        call: undefined,
        isError: true,
        protection: undefined
      }
    ])
  })

  it("replaces texts alone: marks, images and untouched turns stay", () => {
    const after = rewritten(turns)
    const printed = JSON.stringify(turns)
      .replace('"lines"', '"NEW3"')
      .replace('"one"', '"NEW4"')
      .replace('"two"', '"NEW5"')
    expect(after).toEqual(JSON.parse(printed))
    expect(after[1]).toBe(turns[1])
    expect(turns[2]?.content[0]).toHaveProperty("content", "lines")
  })

  it("takes a request body as well as a list", () => {
    const body = { model: "m", system: "s", tools: [{ name: "Read" }], messages: turns }
    expect(textsOf(body)).toEqual(["lines", "one", "two"])
    const after = rewritten(body)
    expect(after.tools).toBe(body.tools)
    expect(textsOf(after)).toEqual(["NEW3", "NEW4", "NEW5"])
  })

  it("lists nothing before the last compaction, unless it failed", () => {
    const compacted = (content: string | null) => [
      ...turns,
      { role: "assistant", content: [{ type: "compaction", content }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t3", content: "late" }] }
    ]
    expect(textsOf(compacted("summary"))).toEqual(["late"])
    expect(textsOf(compacted(null))).toEqual(["lines", "one", "two", "late"])
  })

  it("keeps results as slots where the API will clear some of them, and says that they may vanish", () => {
    const body = (type: string) => ({ messages: turns, context_management: { edits: [{ type }] } })
    const told = (type: string) => slotsOf(body(type)).map((slot) => `${slot.protection} ${slot.mayVanish}`)
    expect(told("clear_tool_uses_20250919")).toEqual(Array(3).fill("undefined true"))
    expect(told("clear_thinking_20251015")).toEqual(Array(3).fill("undefined undefined"))
  })

  it("passes over what the provider's own side said, ran and returned, and over system text in mid-conversation", () => {
    const foreign = [
      { role: "system", content: "the folder is now /b" },
      { role: "system", content: [{ type: "text", text: "the folder is now /c" }], clear_at: "next_user_message" },
      {
        role: "assistant",
        content: [
          { type: "redacted_thinking", data: "x" },
          { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "q" } },
          { type: "web_search_tool_result", tool_use_id: "s1", content: [{ type: "web_search_result", title: "t" }] },
          {
            type: "code_execution_tool_result",
            tool_use_id: "s2",
            content: { type: "code_execution_result", stdout: "out", content: [] }
          },
          {
            type: "bash_code_execution_tool_result",
            tool_use_id: "s3",
            content: { type: "bash_code_execution_result", stdout: "out", content: [] }
          },
          { type: "mcp_tool_use", id: "m1", name: "n", server_name: "s", input: {} },
          { type: "mcp_tool_result", tool_use_id: "m1", content: [{ type: "text", text: "mcp" }] },
          { type: "tool_search_tool_result", tool_use_id: "s4", content: { tool_references: [] } },
          { type: "advisor_tool_result", tool_use_id: "s5", content: { type: "advisor_result", text: "do" } },
          { type: "block_of_tomorrow", text: "x", content: "y" }
        ]
      },
      {
        role: "user",
        content: [
          { type: "container_upload", file_id: "f" },
          { type: "image", source: { type: "base64", data: "AA==" } },
          { type: "document", source: { type: "base64", media_type: "application/pdf", data: "AA==" } },
          { type: "document", source: { type: "url", url: "https://example.org" } },
          {
            type: "tool_result",
            tool_use_id: "t9",
            content: [
              { type: "tool_reference", tool_name: "n" },
              { type: "search_result", source: "u", title: "t", content: [{ type: "text", text: "hit" }] },
              { type: "document", source: { type: "text", media_type: "text/plain", data: "page" } }
            ]
          },
          { type: "tool_result", tool_use_id: "t10" }
        ]
      }
    ]
    expect(readMessages(foreign)?.shape).toBe("anthropic-messages")
    expect(readMessages(foreign)?.document.blocks.map(({ _tag }) => _tag)).toEqual(["Slot", "Slot"])
    expect(textsOf(foreign)).toEqual(["hit", "page"])
  })

  it("leaves what a program of the model's called to that program", () => {
    const called = [
      {
        role: "assistant",
        content: [
          {
            type: "tool_use",
            id: "p1",
            name: "query",
            input: { text: "sql" },
            caller: { type: "code_execution_20250825" }
          },
          { type: "tool_use", id: "d1", name: "query", input: {}, caller: { type: "direct" } }
        ]
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "p1", content: "rows for code" },
          { type: "tool_result", tool_use_id: "d1", content: "rows" }
        ]
      }
    ]
    expect(textsOf(called)).toEqual(["rows"])
    expect(JSON.stringify(readMessages(called))).not.toContain("sql")
  })

  it("offers user text and documents only to callers who ask, and never cited ones", () => {
    const messages = [
      {
        role: "user",
        content: [
          { type: "document", source: { type: "text", media_type: "text/plain", data: "body" }, title: "t" },
          {
            type: "document",
            source: { type: "text", media_type: "text/plain", data: "cited" },
            citations: { enabled: true }
          },
          { type: "document", source: { type: "content", content: [{ type: "text", text: "chunk" }] } },
          { type: "search_result", source: "u", title: "t", content: [{ type: "text", text: "hit" }] },
          { type: "text", text: "question" }
        ]
      }
    ]
    expect(textsOf(messages)).toEqual([])
    const slots = slotsOf(messages, ["tool", "user"])
    expect(slots.map((slot) => [slot.text, slot.protection])).toEqual([
      ["body", undefined],
      ["cited", "protected"],
      ["chunk", undefined],
      ["hit", undefined],
      ["question", undefined]
    ])
  })

  it("protects tool results where only user text may change", () => {
    expect(slotsOf(turns, ["user"]).map((slot) => [slot.text, slot.protection])).toEqual([
      ["look", undefined],
      ["lines", "protected"],
      ["one", "protected"],
      ["two", "protected"]
    ])
  })
})

describe("openai chat", () => {
  const turns = [
    { role: "system", content: "rules" },
    { role: "user", content: [{ type: "text", text: "go" }] },
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "c1", type: "function", function: { name: "run", arguments: '{"cmd":"ls"}' } },
        { id: "c2", type: "custom", custom: { name: "raw", input: "text" } },
        { id: "c3", type: "function", function: { name: "run", arguments: "{broken" } }
      ]
    },
    { role: "tool", tool_call_id: "c1", content: "files" },
    { role: "tool", tool_call_id: "c3", content: [{ type: "text", text: "part" }] }
  ]

  it("matches results to calls by id and parses arguments where they are JSON", () => {
    const read = readMessages(turns)
    expect(read?.shape).toBe("openai-chat")
    expect(slotsOf(turns).map((slot) => [slot.text, slot.call])).toEqual([
      ["files", { tool: "run", input: { cmd: "ls" } }],
      ["part", { tool: "run", input: "{broken" }]
    ])
    expect(read?.document.blocks).toContainEqual({ _tag: "Called", call: { tool: "raw", input: "text" } })
    expect(JSON.stringify(read)).not.toContain("rules")
  })

  it("takes the older function form, matched by name", () => {
    const older = [
      { role: "assistant", content: "", function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "out" }
    ]
    expect(slotsOf(older).map((slot) => [slot.text, slot.call?.tool])).toEqual([["out", "f"]])
  })

  it("gives the same shape back", () => {
    const printed = JSON.stringify(turns).replace('"files"', '"NEW4"').replace('"part"', '"NEW5"')
    expect(rewritten(turns)).toEqual(JSON.parse(printed))
  })
})

describe("openai responses", () => {
  const items = [
    { role: "developer", content: "rules" },
    { type: "message", role: "user", content: [{ type: "input_text", text: "go" }] },
    { type: "reasoning", id: "r", summary: [], encrypted_content: "xyz" },
    { type: "function_call", call_id: "c1", name: "run", arguments: '{"cmd":"ls"}' },
    { type: "function_call_output", call_id: "c1", output: "files" },
    { type: "custom_tool_call", call_id: "c2", name: "patch", input: "*** Begin" },
    {
      type: "custom_tool_call_output",
      call_id: "c2",
      output: [{ type: "input_text", text: "done" }, { type: "input_image" }]
    },
    { type: "local_shell_call", call_id: "c3", action: { type: "exec", command: ["ls"] } },
    { type: "local_shell_call_output", call_id: "c3", output: "shell" },
    { type: "shell_call", call_id: "c4", action: { commands: ["false"] } },
    {
      type: "shell_call_output",
      call_id: "c4",
      output: [{ stdout: "so", stderr: "se", outcome: { type: "exit", exit_code: 1 } }]
    },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "said" }] }
  ]

  it("reads calls and outputs of every kind", () => {
    expect(readMessages({ model: "m", input: items })?.shape).toBe("openai-responses")
    expect(slotsOf(items).map((slot) => [slot.text, slot.call?.tool, slot.isError])).toEqual([
      ["files", "run", false],
      ["done", "patch", false],
      ["shell", "local_shell", false],
      ["so", "shell", true],
      ["se", "shell", true]
    ])
  })

  it("touches outputs alone", () => {
    const after = rewritten({ model: "m", input: items })
    expect(after.input[2]).toBe(items[2])
    expect(after.input[6]).toEqual({
      ...items[6],
      output: [{ type: "input_text", text: "NEW4" }, { type: "input_image" }]
    })
    expect(textsOf(after)).toEqual(["NEW2", "NEW4", "NEW6", "NEW8", "NEW9"])
  })

  it("passes over what the provider's own side ran, and over screenshots, patches' bodies and references", () => {
    const foreign = [
      { type: "item_reference", id: "i" },
      { type: "computer_call", call_id: "k", action: { type: "click" } },
      { type: "computer_call_output", call_id: "k", output: { type: "computer_screenshot", image_url: "data:x" } },
      { type: "web_search_call", id: "w", action: { type: "search", query: "q" } },
      { type: "file_search_call", id: "f", results: [{ text: "t" }] },
      { type: "code_interpreter_call", id: "c", code: "print()", outputs: [{ type: "logs", logs: "out" }] },
      { type: "mcp_list_tools", id: "m", tools: [] },
      { type: "mcp_call", id: "m2", name: "n", arguments: "{}", output: "mcp" },
      { type: "mcp_approval_response", approval_request_id: "m3", approve: true },
      { type: "tool_search_output", call_id: "s", tools: [] },
      { type: "image_generation_call", id: "g", result: "AA==" },
      { type: "program_output", call_id: "x", result: "r" },
      { type: "item_of_tomorrow", output: "o", content: "c" },
      { type: "apply_patch_call", call_id: "a", operation: { type: "update_file", path: "p", diff: "@@" } },
      { type: "apply_patch_call_output", call_id: "a", status: "failed", output: "no such line" },
      { type: "apply_patch_call_output", call_id: "b", status: "completed" },
      { type: "function_call_output", call_id: "z", output: [{ type: "input_image", image_url: "data:x" }] }
    ]
    expect(slotsOf(foreign).map((slot) => [slot.text, slot.call?.tool, slot.isError])).toEqual([
      ["no such line", "apply_patch", true]
    ])
    expect(readMessages(foreign)?.document.blocks.map(({ _tag }) => _tag)).toEqual(["Called", "Slot"])
  })

  it("leaves what a program of the model's called to that program", () => {
    const caller = { type: "program", caller_id: "p" }
    const called = [
      { type: "program", call_id: "p", code: "await query()" },
      { type: "function_call", call_id: "c1", name: "query", arguments: '{"q":"sql"}', caller },
      { type: "function_call_output", call_id: "c1", output: "rows for code" },
      { type: "shell_call_output", call_id: "c2", output: [{ stdout: "for code" }], caller },
      { type: "function_call", call_id: "c3", name: "query", arguments: "{}", caller: { type: "direct" } },
      { type: "function_call_output", call_id: "c3", output: "rows" }
    ]
    expect(textsOf(called)).toEqual(["rows"])
    expect(JSON.stringify(readMessages(called))).not.toContain("sql")
  })

  it("lists nothing before a compaction item", () => {
    expect(
      textsOf([
        ...items,
        { type: "compaction", encrypted_content: "x" },
        { type: "function_call_output", call_id: "z", output: "late" }
      ])
    ).toEqual(["late"])
  })
})

describe("gemini contents", () => {
  const contents = [
    { role: "user", parts: [{ text: "go" }] },
    {
      role: "model",
      parts: [
        { text: "hm", thought: true },
        { functionCall: { name: "run", args: { n: 1 } } },
        { functionCall: { name: "run", args: { n: 2 } } },
        { functionCall: { id: "x", name: "look", args: {} } }
      ]
    },
    {
      role: "user",
      parts: [
        { functionResponse: { name: "run", response: { output: "first" } } },
        { functionResponse: { name: "run", response: { rows: [1, 2] } } },
        {
          functionResponse: { id: "x", name: "look", response: { content: [{ type: "text", text: "mcp" }], error: "" } }
        },
        { functionResponse: { name: "look", response: { error: "no such file" } } }
      ]
    }
  ]

  it("matches responses by id, else by name in order", () => {
    expect(readMessages({ contents })?.shape).toBe("gemini-contents")
    expect(slotsOf(contents).map((slot) => [slot.text, slot.call?.input, slot.isError])).toEqual([
      ["first", { n: 1 }, false],
      ['{"rows":[1,2]}', { n: 2 }, false],
      ["mcp", {}, false],
      ["", {}, false],
      ["no such file", undefined, true]
    ])
  })

  it("turns a JSON response into the text form, and leaves text where it stood", () => {
    expect(rewritten(contents)[2]?.parts).toEqual([
      { functionResponse: { name: "run", response: { output: "NEW4" } } },
      { functionResponse: { name: "run", response: { output: "NEW5" } } },
      {
        functionResponse: {
          id: "x",
          name: "look",
          response: { content: [{ type: "text", text: "NEW6" }], error: "NEW7" }
        }
      },
      { functionResponse: { name: "look", response: { error: "NEW8" } } }
    ])
  })

  it("passes over what the provider's own side ran, files, and thoughts", () => {
    const foreign = [
      {
        role: "model",
        parts: [
          { executableCode: { language: "PYTHON", code: "print()" } },
          { codeExecutionResult: { outcome: "OUTCOME_OK", output: "out" } },
          { toolCall: { name: "search" } },
          { toolResponse: { name: "search", response: { output: "found" } } },
          { text: "thinking", thought: true, thoughtSignature: "x" }
        ]
      },
      { role: "user", parts: [{ inlineData: { data: "AA==" } }, { fileData: { fileUri: "u" } }] },
      { role: "user", parts: [{ functionResponse: { name: "f", response: {}, parts: [{ inlineData: {} }] } }] }
    ]
    expect(textsOf(foreign)).toEqual(["{}"])
    expect(readMessages({ contents: foreign })?.document.blocks.length).toBe(1)
  })

  it("takes the protobuf names of fields", () => {
    const snake = [
      { role: "model", parts: [{ function_call: { name: "run", args: {} } }] },
      { role: "function", parts: [{ function_response: { name: "run", response: { result: "r" } } }] }
    ]
    expect(slotsOf(snake).map((slot) => [slot.text, slot.call?.tool])).toEqual([["r", "run"]])
  })
})

describe("vercel messages", () => {
  const result = (output: unknown) => ({
    role: "tool",
    content: [{ type: "tool-result", toolCallId: "c", toolName: "run", output }]
  })
  const call = {
    role: "assistant",
    content: [{ type: "tool-call", toolCallId: "c", toolName: "run", input: { a: 1 } }]
  }

  it("reads outputs of every type", () => {
    const messages = [
      call,
      result({ type: "text", value: "t" }),
      result({ type: "json", value: { a: [1] } }),
      result({ type: "json", value: "s" }),
      result({ type: "error-text", value: "e" }),
      result({ type: "error-json", value: { code: 1 } }),
      result({
        type: "content",
        value: [
          { type: "text", text: "c" },
          { type: "media", data: "AA==" }
        ]
      }),
      result({ type: "execution-denied", reason: "no" }),
      {
        role: "tool",
        content: [{ type: "tool-result", toolCallId: "c", toolName: "run", result: "v4", isError: true }]
      }
    ]
    expect(readMessages(messages)?.shape).toBe("vercel-messages")
    expect(slotsOf(messages).map((slot) => [slot.text, slot.isError])).toEqual([
      ["t", false],
      ['{"a":[1]}', false],
      ["s", false],
      ["e", true],
      ['{"code":1}', true],
      ["c", false],
      ["v4", true]
    ])
    expect(slotsOf(messages)[0]?.call).toEqual({ tool: "run", input: { a: 1 } })
  })

  it("turns JSON outputs into text outputs, errors into error texts", () => {
    const after = rewritten([
      call,
      result({ type: "json", value: {}, providerOptions: { a: 1 } }),
      result({ type: "error-json", value: [] })
    ])
    expect(after.slice(1)).toEqual([
      result({ type: "text", value: "NEW1", providerOptions: { a: 1 } }),
      result({ type: "error-text", value: "NEW2" })
    ])
  })

  it("passes over values that JSON cannot hold", () => {
    const loop: Record<string, unknown> = {}
    loop["loop"] = loop
    expect(textsOf([call, result({ type: "json", value: loop }), result({ type: "json", value: { n: 1n } })])).toEqual(
      []
    )
  })
})

describe("a list taken up where a shorter one ended", () => {
  it("knows its calls and those of programs from what was said of them", () => {
    const shape = shapeNamed("anthropic-messages")
    const turn = {
      role: "assistant",
      content: [
        { type: "tool_use", id: "p", name: "query", input: {}, caller: { type: "code_execution_20260120" } },
        { type: "tool_use", id: "d", name: "query", input: {} }
      ]
    }
    const results = ["p", "d"].map((id) => ({ type: "tool_result", tool_use_id: id, content: `rows of ${id}` }))
    const before = blockList(["tool"])
    shape?.list(turn, [], before)
    const calls = new Calls()
    for (const event of before.events) calls.take(event)
    const after = blockList(["tool"], calls)
    shape?.list({ role: "user", content: results }, [], after)
    expect(after.blocks).toMatchObject([{ _tag: "Slot", text: "rows of d", call: { tool: "query" } }])
  })
})

describe("an assistant's turn", () => {
  const isAssistant = (name: Parameters<typeof shapeNamed>[0], turn: { readonly [key: string]: unknown }) =>
    shapeNamed(name)?.isAssistant(turn)

  it.each(["anthropic-messages", "openai-chat", "vercel-messages"] as const)("is told by its role in %s", (name) => {
    expect(isAssistant(name, { role: "assistant", content: [] })).toBe(true)
    for (const role of ["user", "tool", "system", undefined])
      expect(isAssistant(name, { role, content: "x" })).toBe(false)
  })

  it("is the model's in Gemini's contents", () => {
    expect(isAssistant("gemini-contents", { role: "model" })).toBe(true)
    expect(isAssistant("gemini-contents", { role: "user" })).toBe(false)
    expect(isAssistant("gemini-contents", { parts: [] })).toBe(false)
  })

  it("is any item that the model or its provider made, in Responses", () => {
    for (const type of ["reasoning", "function_call", "local_shell_call", "web_search_call", "compaction", "program"])
      expect([type, isAssistant("openai-responses", { type })]).toEqual([type, true])
    expect(isAssistant("openai-responses", { role: "assistant", content: [] })).toBe(true)
    for (const type of ["function_call_output", "computer_call_output", "item_reference", "mcp_approval_response"])
      expect([type, isAssistant("openai-responses", { type })]).toEqual([type, false])
    expect(isAssistant("openai-responses", { type: "message", role: "user" })).toBe(false)
  })
})

describe("recognition", () => {
  it("refuses data that is no conversation", () => {
    const strangers: ReadonlyArray<unknown> = [
      undefined,
      null,
      1,
      "text",
      [],
      {},
      [1, 2],
      [null],
      [[]],
      ["a"],
      { messages: "x" },
      { messages: [{ text: "hi", ts: 1 }] },
      { input: ["embed", "these"] },
      [{ id: 1, role: "admin" }],
      [{ type: "message", text: "chat export", user: "U1" }],
      { contents: [{ name: "file" }] }
    ]
    for (const stranger of strangers) expect([stranger, readMessages(stranger)]).toEqual([stranger, undefined])
  })

  it("reads a beginning that every shape shares as it reads it in the whole", () => {
    const start = [{ role: "user", content: "hi" }]
    const call = { role: "assistant", content: [{ type: "tool_use", id: "t", name: "n", input: {} }] }
    const whole = readMessages([...start, call])?.document.blocks
    expect(whole?.slice(0, 1)).toEqual(readMessages(start)?.document.blocks)
  })
})

const corpus = new URL("../../../shared/corpus/", import.meta.url)
const files = (folder: URL): ReadonlyArray<URL> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? files(new URL(`${entry.name}/`, folder))
      : /\.jsonl?$/.test(entry.name)
        ? [new URL(encodeURIComponent(entry.name), folder)]
        : []
  )

/** Every conversation inside a value. */
const conversationsIn = (value: unknown): ReadonlyArray<unknown> => {
  if (typeof value !== "object" || value === null) return []
  return readMessages(value) === undefined ? Object.values(value).flatMap(conversationsIn) : [value]
}

describe.runIf(existsSync(corpus))("recorded conversations", () => {
  it("are found in every shape, and come back equal but for the replaced texts", () => {
    const shapes = new Map<string, number>()
    for (const file of ["traces/", "wire/"].flatMap((folder) => files(new URL(folder, corpus)))) {
      const text = readFileSync(file, "utf8")
      const values = (file.pathname.endsWith("l") ? text.split("\n") : [text]).flatMap(
        (line): ReadonlyArray<unknown> => {
          try {
            return conversationsIn(JSON.parse(line))
          } catch {
            return []
          }
        }
      )
      for (const value of values) {
        const read = readMessages(value)
        if (read === undefined) continue
        shapes.set(read.shape, (shapes.get(read.shape) ?? 0) + slotsOf(value).length)
        const same = read.document.blocks.flatMap((block, i) =>
          block._tag === "Slot" ? [[i, block.text] as const] : []
        )
        expect(writeMessages(value, read, new Map(same))).toBe(value)
        const before = JSON.stringify(value)
        const after = rewritten(value)
        expect(textsOf(after)).toEqual(same.map(([i]) => `NEW${i}`))
        expect(JSON.stringify(value)).toBe(before)
      }
    }
    expect([...shapes].filter(([, slots]) => slots > 0).length).toBeGreaterThanOrEqual(2)
  })

  it("of agents hold every tool's output as a slot, behind the call that it answers", () => {
    const entriesOf = (
      file: URL
    ): ReadonlyArray<{ readonly type?: string; readonly payload?: unknown; readonly message?: unknown }> =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as object)
    const outputs = (value: unknown, name: RegExp): number =>
      typeof value !== "object" || value === null
        ? 0
        : Object.values(value).reduce<number>((sum, inner) => sum + outputs(inner, name), 0) +
          ("type" in value && name.test(String(value.type)) ? 1 : 0)
    for (const [folder, shape] of [
      ["sessions/claude-code/", "anthropic-messages"],
      ["sessions/codex/", "openai-responses"]
    ] as const)
      for (const file of files(new URL(folder, corpus))) {
        const entries = entriesOf(file)
        const list =
          shape === "openai-responses"
            ? entries.filter(({ type }) => type === "response_item").map(({ payload }) => payload)
            : entries.map(({ message }) => message).filter((message) => typeof message === "object")
        const slots = slotsOf(list)
        expect(readMessages(list)?.shape).toBe(shape)
        const answered = slots.filter((slot) => slot.call !== undefined).length
        const given = outputs(list, shape === "openai-responses" ? /_call_output$/ : /^tool_result$/)
        // some results hold no text, and some calls stand before the recording
        expect(slots.length / given, file.pathname).toBeGreaterThan(0.9)
        expect(answered / slots.length, file.pathname).toBeGreaterThan(0.9)
      }
  })
})

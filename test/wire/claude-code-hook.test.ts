/** Events of Claude Code's hook, as the agent itself sends them: what may be replaced, and that the rest comes back as it was. */
import { describe, expect, it } from "vitest"
import { printHookAnswer, readHookEvent } from "../../src/wire/claude-code-hook.ts"

const event = (tool: string, response: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  session_id: "s",
  transcript_path: "/t.jsonl",
  cwd: "/w",
  hook_event_name: "PostToolUse",
  tool_name: tool,
  tool_input: { command: "x" },
  tool_response: response,
  tool_use_id: "toolu_1",
  duration_ms: 3,
  ...more
})

const bash = { stdout: "out\nput", stderr: "err", interrupted: false, isImage: false, noOutputExpected: false }
const read = { type: "text", file: { filePath: "/a", content: "a\nb\nc\n", numLines: 4, startLine: 7, totalLines: 90 } }
const grep = { mode: "content", numFiles: 0, filenames: [], content: "a:1:x\na:2:y", numLines: 2, appliedLimit: 250 }
const files = { mode: "files_with_matches", filenames: ["b.ts", "a.txt"], numFiles: 2 }
const agent = { status: "completed", prompt: "p", agentId: "a", content: [{ type: "text", text: "report" }], usage: {} }

describe("an event", () => {
  it.each<readonly [tool: string, response: unknown, texts: ReadonlyArray<string>]>([
    ["Bash", bash, ["out\nput"]],
    ["Read", read, ["a\nb\nc\n"]],
    ["Grep", grep, ["a:1:x\na:2:y"]],
    ["Grep", files, ["b.ts\na.txt"]],
    ["Glob", { filenames: ["b.ts", "a.txt"], durationMs: 6, numFiles: 2, truncated: false }, ["b.ts\na.txt"]],
    ["WebFetch", { bytes: 1, code: 200, codeText: "OK", result: "page", durationMs: 1, url: "u" }, ["page"]],
    ["Agent", agent, ["report"]],
    ["Task", agent, ["report"]],
    [
      "mcp__a__b",
      [
        { type: "text", text: "one" },
        { type: "image", data: "" },
        { type: "text", text: "two" }
      ],
      ["one", "two"]
    ],
    ["mcp__a__b", '{"a":1}', ['{"a":1}']],
    ["mcp__a__b", { content: [{ type: "text", text: "one" }], _meta: {} }, ["one"]]
  ])("of %s with %j may have its texts replaced", (tool, response, texts) => {
    expect(readHookEvent(event(tool, response))?.outputs.map(({ text }) => text)).toEqual(texts)
  })

  it.each<readonly [tool: string, response: unknown]>([
    ["Bash", { ...bash, isImage: true }],
    ["Bash", { ...bash, persistedOutputPath: "/p" }],
    ["Bash", { ...bash, structuredContent: [{ type: "text", text: "x" }] }],
    ["Bash", "text"],
    ["Read", { type: "file_unchanged", file: { filePath: "/a" } }],
    ["Read", { type: "image", file: { base64: "x", type: "image/png", originalSize: 1 } }],
    ["Read", { type: "text", file: { content: "a" } }],
    ["Glob", { filenames: ["a\nb"] }],
    ["Glob", { filenames: [1] }],
    ["Agent", { status: "async_launched", agentId: "a", content: [{ type: "text", text: "x" }] }],
    ["Edit", { filePath: "/a", oldString: "a", newString: "b", originalFile: "a", structuredPatch: [] }],
    ["TodoWrite", { oldTodos: [], newTodos: [] }],
    ["toString", { stdout: "x" }],
    ["mcp__a__b", [{ type: "image", data: "" }, null, 3]]
  ])("of %s with %j is left alone", (tool, response) => {
    expect(readHookEvent(event(tool, response))?.outputs).toEqual([])
  })

  it("of another kind is none of ours", () => {
    for (const other of [
      null,
      [],
      "x",
      {},
      event("Bash", bash, { hook_event_name: "PostToolUseFailure" }),
      event("Bash", bash, { session_id: 1 })
    ])
      expect(readHookEvent(other)).toBe(undefined)
  })

  it("names the sub-agent that made the call", () => {
    expect(readHookEvent(event("Bash", bash, { agent_id: "a7" }))?.agent).toBe("a7")
  })
})

describe("the answer", () => {
  const answerTo = (tool: string, response: unknown, text: string, headLines = 0): unknown => {
    const read_ = readHookEvent(event(tool, response))
    const output = read_?.outputs[0]
    if (read_ === undefined || output === undefined) throw new Error("nothing to replace")
    const { hookSpecificOutput } = JSON.parse(printHookAnswer(read_, [{ output, text, headLines }])) as {
      readonly hookSpecificOutput: { readonly hookEventName: string; readonly updatedToolOutput: unknown }
    }
    expect(hookSpecificOutput.hookEventName).toBe("PostToolUse")
    return hookSpecificOutput.updatedToolOutput
  }

  it("is the output with the text replaced and nothing else", () => {
    expect(answerTo("Bash", bash, "short")).toEqual({ ...bash, stdout: "short" })
    expect(answerTo("mcp__a__b", [{ type: "text", text: "one", annotations: {} }], "1")).toEqual([
      { type: "text", text: "1", annotations: {} }
    ])
    expect(answerTo("mcp__a__b", "text", "1")).toBe("1")
  })

  it("has one element a line where the output had", () => {
    expect(answerTo("Grep", files, "[two files]\n")).toEqual({ ...files, filenames: ["[two files]"] })
  })

  it("lets the agent count from the last line that a note at the beginning stands for", () => {
    expect(answerTo("Read", read, "[note]\nc\n", 2)).toEqual({
      ...read,
      file: { ...read.file, content: "[note]\nc", startLine: 8 }
    })
    expect(answerTo("Read", read, "a\nb\n[note]\n")).toEqual({
      ...read,
      file: { ...read.file, content: "a\nb\n[note]" }
    })
  })
})

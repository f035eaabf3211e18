/**
 * What Claude Code tells a hook about a tool's output, and how a smaller one is told back: each tool's output keeps its own shape, for one
 * of another shape is refused; a tool or a shape that is not known here is left alone.
 * @see https://docs.claude.com/en/docs/claude-code/hooks#posttooluse
 */
import type { Block, Call } from "../domain/document.ts"
import { edited, type Edit, isRecord, type JsonRecord, listOf, type Path, textIn } from "./json-value.ts"

/** What is known of the moment besides the output. */
export interface HookEvent {
  readonly call: Call
  readonly callId: string
  readonly session: string
  readonly folder: string
  readonly transcript: string
  /** Set where a sub-agent made the call. */
  readonly agent: string | undefined
  /** What the model sees; undefined where the transcript tells. */
  readonly seen?: ReadonlyArray<Block<unknown>>
  readonly outputs: ReadonlyArray<HookOutput>
  readonly response: unknown
}

/** A text in the output that may be replaced. */
export interface HookOutput {
  readonly at: Path
  readonly text: string
  /** text: as it is. lines: one element a line. numbered: the agent puts a number before each line. */
  readonly form: "text" | "lines" | "numbered"
}

const textAt = (record: JsonRecord, ...keys: Path): ReadonlyArray<HookOutput> => {
  let value: unknown = record
  for (const key of keys) value = isRecord(value) ? value[key] : undefined
  return typeof value === "string" ? [{ at: keys, text: value, form: "text" }] : []
}

const isTexts = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((line) => typeof line === "string" && !line.includes("\n"))

const linesAt = (record: JsonRecord, key: string): ReadonlyArray<HookOutput> => {
  const value = record[key]
  return isTexts(value) ? [{ at: [key], text: value.join("\n"), form: "lines" }] : []
}

/** Text blocks of a content list. */
const blocksIn = (list: unknown, at: Path): ReadonlyArray<HookOutput> =>
  listOf(list).flatMap((block, i): ReadonlyArray<HookOutput> => {
    const text = isRecord(block) && block["type"] === "text" ? textIn(block, "text") : undefined
    return text === undefined ? [] : [{ at: [...at, i, "text"], text, form: "text" }]
  })

type Outputs = (response: JsonRecord) => ReadonlyArray<HookOutput>

const TOOLS: Readonly<Record<string, Outputs>> = {
  // An image, a file that took the output's place and structured content are shown instead of the text.
  Bash: (response) =>
    response["isImage"] === true ||
    response["persistedOutputPath"] !== undefined ||
    listOf(response["structuredContent"]).length > 0
      ? []
      : textAt(response, "stdout"),
  Read: (response) =>
    response["type"] === "text" && isRecord(response["file"]) && typeof response["file"]["startLine"] === "number"
      ? textAt(response, "file", "content").map((output) => ({ ...output, form: "numbered" }))
      : [],
  Grep: (response) => {
    const content = textAt(response, "content")
    return content.length > 0 ? content : linesAt(response, "filenames")
  },
  Glob: (response) => linesAt(response, "filenames"),
  WebFetch: (response) => textAt(response, "result"),
  Agent: (response) => (response["status"] === "completed" ? blocksIn(response["content"], ["content"]) : []),
  Task: (response) => (response["status"] === "completed" ? blocksIn(response["content"], ["content"]) : [])
}

/** An MCP server's answer: a text, content blocks, or an object that holds them. */
const mcpOutputs = (response: unknown): ReadonlyArray<HookOutput> => {
  if (typeof response === "string") return [{ at: [], text: response, form: "text" }]
  if (Array.isArray(response)) return blocksIn(response, [])
  return isRecord(response) ? blocksIn(response["content"], ["content"]) : []
}

const outputsOf = (tool: string, response: unknown): ReadonlyArray<HookOutput> => {
  if (tool.startsWith("mcp__")) return mcpOutputs(response)
  const outputs = Object.hasOwn(TOOLS, tool) ? TOOLS[tool] : undefined
  return outputs === undefined || !isRecord(response) ? [] : outputs(response)
}

/** The event that the value tells of; undefined where it is another one. */
export const readHookEvent = (value: unknown): HookEvent | undefined => {
  if (!isRecord(value) || value["hook_event_name"] !== "PostToolUse") return undefined
  const tool = textIn(value, "tool_name")
  const session = textIn(value, "session_id")
  if (tool === undefined || session === undefined) return undefined
  return {
    call: { tool, input: value["tool_input"] },
    callId: textIn(value, "tool_use_id") ?? "",
    session,
    folder: textIn(value, "cwd") ?? "",
    transcript: textIn(value, "transcript_path") ?? "",
    agent: textIn(value, "agent_id"),
    outputs: outputsOf(tool, value["tool_response"]),
    response: value["tool_response"]
  }
}

/** An output's new text; `headLines` at the beginning of a numbered one stand in one line of it. */
export interface Replacement {
  readonly output: HookOutput
  readonly text: string
  readonly headLines: number
}

const editsOf = ({ output: { at, form }, text, headLines }: Replacement): ReadonlyArray<Edit> => {
  switch (form) {
    case "text":
      return [{ at, put: () => text }]
    case "lines":
      return [{ at, put: () => text.replace(/\n$/, "").split("\n") }]
    case "numbered":
      return [
        { at, put: () => text.replace(/\n$/, "") },
        {
          at: [...at.slice(0, -1), "startLine"],
          put: (first) => (typeof first === "number" ? first + Math.max(0, headLines - 1) : first)
        }
      ]
  }
}

/** What the hook prints for the agent: the output with its texts replaced, everything else as it came. */
export const printHookAnswer = (event: HookEvent, replacements: ReadonlyArray<Replacement>): string =>
  JSON.stringify({
    hookSpecificOutput: {
      hookEventName: "PostToolUse",
      updatedToolOutput: edited(event.response, replacements.flatMap(editsOf))
    }
  })

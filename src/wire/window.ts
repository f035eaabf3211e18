/**
 * What of a request its provider may take out of the model's sight, because a repeat must not point at what the model no longer sees.
 *
 * Whether and when something goes is decided at the provider, by counts that it alone knows: what may go counts as gone. The results
 * that `clear_tool_uses` takes leave a placeholder each, so the names of later blocks stay as they are.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/context-editing
 */
import type { Block } from "../domain/document.ts"
import { isRecord, type JsonRecord, jsonText, listOf, textIn } from "./json-value.ts"

export interface Window {
  readonly clearings: ReadonlyArray<Clearing>
  /** Thinking of earlier turns is taken out. */
  readonly clearsThinking: boolean
  /** Anything may be dropped, the oldest first. */
  readonly drops: boolean
  /** A summary may take the place of all that stands before it. */
  readonly compacts: boolean
  /** The provider holds more of the conversation than this body does. */
  readonly continues: boolean
  /** The request's fields that say all this, as compact JSON; empty where it has none. */
  readonly fields: string
}

/** One edit that takes out old tool results. */
export interface Clearing {
  /** Tools whose uses stay. */
  readonly kept: ReadonlySet<string>
  /** Whose arguments are taken too: those of all tools, of none, or of some. */
  readonly inputs: boolean | ReadonlySet<string>
}

const FIELDS = [
  "context_management",
  "compaction",
  "thread",
  "previous_response_id",
  "conversation",
  "truncation",
  "cachedContent",
  "cached_content"
]

const CONTINUES = ["previous_response_id", "conversation", "cachedContent", "cached_content"]

const namesIn = (value: unknown): ReadonlySet<string> =>
  new Set(listOf(value).filter((name) => typeof name === "string"))

const clearingFrom = (edit: JsonRecord): Clearing => {
  const inputs = edit["clear_tool_inputs"]
  return { kept: namesIn(edit["exclude_tools"]), inputs: Array.isArray(inputs) ? namesIn(inputs) : inputs === true }
}

/** Anthropic lists its edits under a name, OpenAI lists them bare. */
const editsIn = (management: unknown): ReadonlyArray<JsonRecord> =>
  listOf(isRecord(management) ? management["edits"] : management).filter(isRecord)

/**
 * The window of a request body; that of a bare message list, or of anything else, is all that it holds.
 *
 * @example
 * windowOf({ truncation: "auto" }).drops // => true
 */
export const windowOf = (body: unknown): Window => {
  const request: JsonRecord = isRecord(body) ? body : {}
  const edits = editsIn(request["context_management"])
  const typed = (prefix: string): ReadonlyArray<JsonRecord> =>
    edits.filter((edit) => textIn(edit, "type")?.startsWith(prefix) === true)
  const clearings = typed("clear_tool_uses").map(clearingFrom)
  const thinking = typed("clear_thinking").length
  const compactions = typed("compact").length
  const thread = request["thread"]
  const has = (field: string): boolean => request[field] !== undefined && request[field] !== null
  const fields = FIELDS.filter(has)
  return {
    clearings,
    clearsThinking: thinking > 0,
    // an edit of an unknown type may take anything
    drops: request["truncation"] === "auto" || edits.length > clearings.length + thinking + compactions,
    compacts: compactions > 0 || has("compaction"),
    continues: CONTINUES.some(has) || (isRecord(thread) && thread["type"] === "continue"),
    fields: fields.length === 0 ? "" : (jsonText(fields.map((field) => [field, request[field]])) ?? "")
  }
}

const takesResult = ({ kept }: Clearing, tool: string | undefined): boolean => tool === undefined || !kept.has(tool)

const takesInput = (clearing: Clearing, tool: string): boolean =>
  takesResult(clearing, tool) && (typeof clearing.inputs === "boolean" ? clearing.inputs : clearing.inputs.has(tool))

const mayVanish = <At>(block: Block<At>, { clearings, drops }: Window): boolean => {
  if (drops) return true
  switch (block._tag) {
    case "Said":
      return false
    case "Called":
      return clearings.some((clearing) => takesInput(clearing, block.call.tool))
    case "Slot":
      return block.role === "tool" && clearings.some((clearing) => takesResult(clearing, block.call?.tool))
  }
}

/** The blocks, those marked that the window may lose; the very same list where it loses none. */
export const withVanishing = <At>(blocks: ReadonlyArray<Block<At>>, window: Window): ReadonlyArray<Block<At>> =>
  window.drops || window.clearings.length > 0
    ? blocks.map((block) => (mayVanish(block, window) ? { ...block, mayVanish: true } : block))
    : blocks

/**
 * Anthropic's Messages shape: turns of content blocks, tool results inside user turns.
 *
 * Thinking, system messages, server tools with their results, and images are not listed; nothing before the last compaction block is, for
 * the model sees none of it. Tools called by code that the model wrote are not either: their results go to that code.
 * @see https://docs.anthropic.com/en/api/messages
 */
import type { Call } from "../domain/document.ts"
import { type BlockList, listContent } from "./block-list.ts"
import { isRecord, type JsonRecord, listOf, type Path, textIn } from "./json-value.ts"
import type { Shape } from "./provider-shape.ts"

/** Blocks that only this shape has; tool uses and results of every server are told by their ending. */
const OWN_BLOCKS = new Set([
  "thinking",
  "redacted_thinking",
  "document",
  "search_result",
  "container_upload",
  "compaction"
])
const TOOL_BLOCK = /(?:^|_)tool_(?:use|result)$/

const isOwn = (block: JsonRecord): boolean => {
  const type = textIn(block, "type") ?? ""
  return OWN_BLOCKS.has(type) || TOOL_BLOCK.test(type)
}

/** Citations name characters of the text that was sent, so cited text stays. */
const isCited = (block: JsonRecord): boolean => isRecord(block["citations"]) && block["citations"]["enabled"] === true

type Put = (at: Path, text: string, fixed: boolean) => void

const listTexts = (content: unknown, at: Path, fixed: boolean, put: Put): void => {
  if (typeof content === "string") return put(at, content, fixed)
  listOf(content).forEach((block, i) => {
    if (isRecord(block)) listReadable(block, [...at, i], fixed, put)
  })
}

/** Text that was brought in: text blocks, documents with a text source, search results. */
const listReadable = (block: JsonRecord, at: Path, fixed: boolean, put: Put): void => {
  const text = textIn(block, "text")
  const source = block["source"]
  switch (block["type"]) {
    case "text":
      if (text !== undefined) put([...at, "text"], text, fixed)
      return
    case "search_result":
      return listPlain(block["content"], [...at, "content"], fixed || isCited(block), put)
    case "document": {
      if (!isRecord(source)) return
      const data = textIn(source, "data")
      if (source["type"] === "text" && data !== undefined) put([...at, "source", "data"], data, fixed || isCited(block))
      if (source["type"] === "content")
        listPlain(source["content"], [...at, "source", "content"], fixed || isCited(block), put)
    }
  }
}

/** The text blocks of a document or search result, which hold no further ones. */
const listPlain = (content: unknown, at: Path, fixed: boolean, put: Put): void => {
  if (typeof content === "string") return put(at, content, fixed)
  listOf(content).forEach((block, i) => {
    if (!isRecord(block) || block["type"] !== "text") return
    const text = textIn(block, "text")
    if (text !== undefined) put([...at, i, "text"], text, fixed)
  })
}

const callFrom = (block: JsonRecord): Call => ({ tool: textIn(block, "name") ?? "", input: block["input"] })

const listUse = (block: JsonRecord, to: BlockList): void => {
  const caller = block["caller"]
  const id = textIn(block, "id")
  if (isRecord(caller) && caller["type"] !== "direct") to.calledByProgram(id)
  else to.called(id, callFrom(block))
}

const listBlock = (role: unknown, block: JsonRecord, at: Path, to: BlockList): void => {
  const type = block["type"]
  // a compaction that failed has null content, and the API passes over it
  if (type === "compaction") return block["content"] === null ? undefined : to.forget()
  if (role === "assistant") {
    const text = textIn(block, "text")
    if (type === "text" && text !== undefined) to.assistant(text)
    if (type === "tool_use") listUse(block, to)
    return
  }
  if (role !== "user") return
  if (type !== "tool_result") return listReadable(block, at, false, to.user)
  const id = textIn(block, "tool_use_id")
  if (to.isOfProgram(id)) return
  const call = to.callOf(id)
  const isError = block["is_error"] === true
  listTexts(block["content"], [...at, "content"], false, (place, text, fixed) =>
    to.result(place, text, call, isError, fixed)
  )
}

export const anthropicMessages: Shape = {
  name: "anthropic-messages",
  field: "messages",
  tells: (turn) => listOf(turn["content"]).some((block) => isRecord(block) && isOwn(block)),
  isAssistant: (turn) => turn["role"] === "assistant",
  list: (turn, at, to) => listContent(turn, at, to, listBlock),
  put: (_, text) => text
}

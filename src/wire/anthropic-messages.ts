/**
 * Anthropic's Messages shape: turns of content blocks, tool results inside user turns.
 *
 * Thinking, server tools' results and images are not listed; nothing before the last compaction block is, for the model sees none of it.
 * @see https://docs.anthropic.com/en/api/messages
 */
import type { Call } from "../domain/document.ts"
import { type BlockList, listContent } from "./block-list.ts"
import { isRecord, type JsonRecord, listOf, type Path, textIn } from "./json-value.ts"
import type { Shape } from "./provider-shape.ts"

const OWN_BLOCKS = new Set([
  "tool_use",
  "tool_result",
  "thinking",
  "redacted_thinking",
  "document",
  "search_result",
  "server_tool_use",
  "web_search_tool_result",
  "compaction"
])

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

const listBlock = (role: unknown, block: JsonRecord, at: Path, to: BlockList): void => {
  const type = block["type"]
  // a compaction that failed has null content, and the API passes over it
  if (type === "compaction") return block["content"] === null ? undefined : to.forget()
  if (role === "assistant") {
    const text = textIn(block, "text")
    if (type === "text" && text !== undefined) to.assistant(text)
    if (type === "tool_use") to.called(textIn(block, "id"), callFrom(block))
    return
  }
  if (role !== "user") return
  if (type !== "tool_result") return listReadable(block, at, false, to.user)
  const call = to.callOf(textIn(block, "tool_use_id"))
  const isError = block["is_error"] === true
  listTexts(block["content"], [...at, "content"], false, (place, text, fixed) =>
    to.result(place, text, call, isError, fixed)
  )
}

export const anthropicMessages: Shape = {
  name: "anthropic-messages",
  field: "messages",
  tells: (turn) =>
    listOf(turn["content"]).some((block) => isRecord(block) && OWN_BLOCKS.has(textIn(block, "type") ?? "")),
  isAssistant: (turn) => turn["role"] === "assistant",
  list: (turn, at, to) => listContent(turn, at, to, listBlock),
  put: (_, text) => text
}

/** What a provider's file of this folder says of its message lists; apart from their registry, so that none imports the other. */
import type { BlockList } from "./block-list.ts"
import type { JsonRecord, Path } from "./json-value.ts"

/** How one provider writes a conversation. */
export interface Shape {
  readonly name: "anthropic-messages" | "openai-chat" | "openai-responses" | "gemini-contents" | "vercel-messages"
  /** The field of a request body that holds the list. */
  readonly field: "messages" | "input" | "contents"
  /** Whether the turn could stand in this shape alone. */
  readonly tells: (turn: JsonRecord) => boolean
  /** Whether the turn came out of the model or its provider: all that stands before it was sent once. */
  readonly isAssistant: (turn: JsonRecord) => boolean
  readonly list: (turn: JsonRecord, at: Path, to: BlockList) => void
  /** What stands for the text in the place of a slot's old value. */
  readonly put: (old: unknown, text: string) => unknown
}

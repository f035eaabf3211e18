/**
 * Message lists of every provider, as one document and back, because everything past this point works on blocks alone.
 *
 * A list's shape is told by its first turn that only one shape could hold; all shapes read the turns before it alike, so a longer list
 * never changes how its beginning is read.
 */
import type { Document } from "../domain/document.ts"
import { anthropicMessages } from "./anthropic-messages.ts"
import { blockList, type Roles } from "./block-list.ts"
import { geminiContents } from "./gemini-contents.ts"
import { edited, isRecord, type JsonRecord, type Path } from "./json-value.ts"
import type { Shape } from "./provider-shape.ts"
import { openaiChat } from "./openai-chat.ts"
import { openaiResponses } from "./openai-responses.ts"
import { vercelMessages } from "./vercel-messages.ts"
import { windowOf, withVanishing } from "./window.ts"

/** In the order in which they are asked; the first of a field reads what tells nothing. */
const SHAPES: ReadonlyArray<Shape> = [openaiChat, anthropicMessages, vercelMessages, openaiResponses, geminiContents]

export const shapeNamed = (name: Shape["name"] | undefined): Shape | undefined =>
  SHAPES.find((shape) => shape.name === name)

/** A message list, understood. */
export interface Messages {
  readonly shape: Shape["name"]
  readonly document: Document<Path>
}

const ROLES = new Set<unknown>(["system", "developer", "user", "assistant", "tool", "function", "model"])

/** A turn that any shape could hold. */
const isPlainTurn = (turn: JsonRecord): boolean =>
  ROLES.has(turn["role"]) && (typeof turn["content"] === "string" || Array.isArray(turn["content"]))

/** An element that may stand between turns: data of other kinds has neither name for what it is. */
const isElement = (value: unknown): value is JsonRecord =>
  isRecord(value) &&
  (typeof value["role"] === "string" || typeof value["type"] === "string" || Array.isArray(value["parts"]))

const listIn = (
  messages: unknown
): { readonly list: ReadonlyArray<unknown>; readonly at: Path; readonly shapes: ReadonlyArray<Shape> } | undefined => {
  if (Array.isArray(messages)) return { list: messages, at: [], shapes: SHAPES }
  if (!isRecord(messages)) return undefined
  for (const field of ["messages", "input", "contents"] as const) {
    const list = messages[field]
    if (Array.isArray(list)) return { list, at: [field], shapes: SHAPES.filter((shape) => shape.field === field) }
  }
  return undefined
}

/**
 * The document of a message list, or of a request body that holds one; undefined where it is neither.
 *
 * @example
 * readMessages([{ role: "user", content: "hi" }])?.document.blocks // => [{ _tag: "Said", role: "user", text: "hi" }]
 */
export const readMessages = (messages: unknown, roles: Roles = ["tool"]): Messages | undefined => {
  const found = listIn(messages)
  if (found === undefined) return undefined
  const { list, at, shapes } = found
  if (!list.every(isElement)) return undefined
  let shape: Shape | undefined
  for (const turn of list) {
    shape = shapes.find((candidate) => candidate.tells(turn))
    if (shape !== undefined) break
  }
  if (shape === undefined && !list.some(isPlainTurn)) return undefined
  shape ??= shapes[0]
  if (shape === undefined) return undefined
  const to = blockList(roles)
  list.forEach((turn, i) => shape.list(turn, [...at, i], to))
  return { shape: shape.name, document: { blocks: withVanishing(to.blocks, windowOf(messages)) } }
}

/**
 * The messages with the texts of some slots replaced, by block index of the document that was read from them.
 *
 * Everything else is shared with the given value; where nothing is replaced, it is that value.
 */
export const writeMessages = <M>(messages: M, read: Messages, replacements: ReadonlyMap<number, string>): M => {
  const shape = shapeNamed(read.shape)
  if (shape === undefined) return messages
  const slots = [...replacements].flatMap(([index, text]) => {
    const block = read.document.blocks[index]
    return block?._tag === "Slot" && block.text !== text ? [{ slot: block, text }] : []
  })
  return edited(
    messages,
    slots.map(({ slot, text }) => ({ at: slot.at, put: (old: unknown) => shape.put(old, text) }))
  )
}

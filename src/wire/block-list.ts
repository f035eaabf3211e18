/**
 * Collects a message list's blocks, oldest first: one place for what every wire shape has in common, which is who may change, and which
 * call a result answers.
 */
import type { Block, Call } from "../domain/document.ts"
import { isRecord, type JsonRecord, listOf, type Path } from "./json-value.ts"

/** Roles whose text may change. */
export type Roles = ReadonlyArray<"tool" | "user">

export interface BlockList {
  readonly blocks: ReadonlyArray<Block<Path>>
  readonly assistant: (text: string) => void
  readonly user: (at: Path, text: string, fixed?: boolean) => void
  /** Without an id, a result finds its call by the tool's name, in order. */
  readonly called: (id: string | undefined, call: Call) => void
  readonly callOf: (id: string | undefined, tool?: string) => Call | undefined
  /** `fixed`: something outside the text ties it down, such as citations by offset. */
  readonly result: (at: Path, text: string, call: Call | undefined, isError: boolean, fixed?: boolean) => void
  /** The model sees nothing of what was listed so far. */
  readonly forget: () => void
}

export const blockList = (roles: Roles): BlockList => {
  let blocks: Array<Block<Path>> = []
  const byId = new Map<string, Call>()
  const waiting = new Map<string, Array<Call>>()
  const protection = (role: "tool" | "user", fixed: boolean) =>
    fixed || !roles.includes(role) ? "protected" : undefined
  return {
    get blocks() {
      return blocks
    },
    assistant: (text) => blocks.push({ _tag: "Said", role: "assistant", text }),
    user: (at, text, fixed = false) => {
      blocks.push(
        roles.includes("user")
          ? {
              _tag: "Slot",
              at,
              role: "user",
              text,
              call: undefined,
              isError: false,
              protection: protection("user", fixed)
            }
          : { _tag: "Said", role: "user", text }
      )
    },
    called: (id, call) => {
      blocks.push({ _tag: "Called", call })
      if (id !== undefined) byId.set(id, call)
      const queue = waiting.get(call.tool)
      if (queue === undefined) waiting.set(call.tool, [call])
      else queue.push(call)
    },
    callOf: (id, tool) => {
      const named = id === undefined ? undefined : byId.get(id)
      if (named === undefined) return tool === undefined ? undefined : waiting.get(tool)?.shift()
      const queue = waiting.get(named.tool) ?? []
      const place = queue.indexOf(named)
      if (place !== -1) queue.splice(place, 1)
      return named
    },
    result: (at, text, call, isError, fixed = false) =>
      blocks.push({ _tag: "Slot", at, role: "tool", text, call, isError, protection: protection("tool", fixed) }),
    forget: () => {
      blocks = []
    }
  }
}

/** Lists a turn whose content is one text, or parts that `listPart` knows. */
export const listContent = (
  turn: JsonRecord,
  at: Path,
  to: BlockList,
  listPart: (role: unknown, part: JsonRecord, at: Path, to: BlockList) => void
): void => {
  const role = turn["role"]
  const content = turn["content"]
  if (typeof content === "string") {
    if (role === "assistant") to.assistant(content)
    if (role === "user") to.user([...at, "content"], content)
    return
  }
  listOf(content).forEach((part, i) => {
    if (isRecord(part)) listPart(role, part, [...at, "content", i], to)
  })
}

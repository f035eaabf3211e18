/**
 * Collects a message list's blocks, oldest first: one place for what every wire shape has in common, which is who may change, and which
 * call a result answers.
 */
import type { Block, Call } from "../domain/document.ts"
import type { Path } from "./json-value.ts"

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

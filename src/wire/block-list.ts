/**
 * Collects a message list's blocks, oldest first: one place for what every wire shape has in common, which is who may change, and which
 * call a result answers.
 */
import type { Block, Call } from "../domain/document.ts"
import { isRecord, type JsonRecord, listOf, type Path } from "./json-value.ts"

/** Roles whose text may change. */
export type Roles = ReadonlyArray<"tool" | "user">

/** What a turn says of calls, kept so that a longer list can be read from where a shorter one ended. */
export type CallEvent =
  | { readonly _tag: "Made"; readonly id: string | undefined; readonly call: Call }
  | { readonly _tag: "Asked"; readonly id: string | undefined; readonly tool: string | undefined }
  | { readonly _tag: "ByProgram"; readonly id: string | undefined }

export interface BlockList {
  readonly blocks: ReadonlyArray<Block<Path>>
  /** Calls made and asked for since the list was begun, in order. */
  readonly events: ReadonlyArray<CallEvent>
  /** Whether `forget` was called. */
  readonly forgot: boolean
  readonly assistant: (text: string) => void
  readonly user: (at: Path, text: string, fixed?: boolean) => void
  /** Without an id, a result finds its call by the tool's name, in order. */
  readonly called: (id: string | undefined, call: Call) => void
  readonly callOf: (id: string | undefined, tool?: string) => Call | undefined
  /** `fixed`: something outside the text ties it down, such as citations by offset. */
  readonly result: (at: Path, text: string, call: Call | undefined, isError: boolean, fixed?: boolean) => void
  /** The call of this id was made by a program and answers it: the model sees neither, and a program reads the answer as it is. */
  readonly calledByProgram: (id: string | undefined) => void
  readonly isOfProgram: (id: string | undefined) => boolean
  /** The model sees nothing of what was listed so far. */
  readonly forget: () => void
}

/** Calls that results may answer: by id, else the first of the tool's name that nothing has answered. */
export class Calls {
  readonly #byId = new Map<string, Call>()
  readonly #waiting = new Map<string, Array<Call>>()
  readonly #ofPrograms = new Set<string>()

  take(event: CallEvent): Call | undefined {
    switch (event._tag) {
      case "Made":
        return this.#made(event.id, event.call)
      case "Asked":
        return this.#answered(event.id, event.tool)
      case "ByProgram":
        if (event.id !== undefined) this.#ofPrograms.add(event.id)
        return undefined
    }
  }

  isOfProgram(id: string | undefined): boolean {
    return id !== undefined && this.#ofPrograms.has(id)
  }

  #made(id: string | undefined, call: Call): Call {
    if (id !== undefined) this.#byId.set(id, call)
    const queue = this.#waiting.get(call.tool)
    if (queue === undefined) this.#waiting.set(call.tool, [call])
    else queue.push(call)
    return call
  }

  #answered(id: string | undefined, tool: string | undefined): Call | undefined {
    const named = id === undefined ? undefined : this.#byId.get(id)
    if (named === undefined) return tool === undefined ? undefined : this.#waiting.get(tool)?.shift()
    const queue = this.#waiting.get(named.tool) ?? []
    const place = queue.indexOf(named)
    if (place !== -1) queue.splice(place, 1)
    return named
  }
}

/** An empty list of blocks; `calls` are those of earlier turns, and those of this list join them. */
export const blockList = (roles: Roles, calls: Calls = new Calls()): BlockList => {
  let blocks: Array<Block<Path>> = []
  let forgot = false
  const events: Array<CallEvent> = []
  const take = (event: CallEvent): Call | undefined => {
    events.push(event)
    return calls.take(event)
  }
  const protection = (role: "tool" | "user", fixed: boolean) =>
    fixed || !roles.includes(role) ? "protected" : undefined
  return {
    get blocks() {
      return blocks
    },
    events,
    get forgot() {
      return forgot
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
      take({ _tag: "Made", id, call })
    },
    callOf: (id, tool) => take({ _tag: "Asked", id, tool }),
    result: (at, text, call, isError, fixed = false) =>
      blocks.push({ _tag: "Slot", at, role: "tool", text, call, isError, protection: protection("tool", fixed) }),
    calledByProgram: (id) => {
      take({ _tag: "ByProgram", id })
    },
    isOfProgram: (id) => calls.isOfProgram(id),
    forget: () => {
      blocks = []
      forgot = true
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

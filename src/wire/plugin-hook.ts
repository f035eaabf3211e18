/**
 * What a plugin of ours tells the hook from within an agent that takes plugins: one output, and what the session shows already, for there is no
 * transcript that both could read.
 */
import type { Block, Call } from "../domain/document.ts"
import type { HookEvent, Replacement } from "./claude-code-hook.ts"
import { isRecord, listOf, textIn } from "./json-value.ts"

/** An output as the model sees it. */
export interface PluginOutput {
  readonly tool: string
  readonly input: unknown
  readonly text: string
}

export interface PluginEvent extends PluginOutput {
  readonly session: string
  readonly folder: string
  /** Outputs before this one, oldest first. */
  readonly seen: ReadonlyArray<PluginOutput>
}

const callOf = (value: unknown): Call | undefined => {
  const tool = isRecord(value) ? textIn(value, "tool") : undefined
  return tool === undefined || !isRecord(value) ? undefined : { tool, input: value["input"] }
}

const seenIn = (list: unknown): ReadonlyArray<Block<unknown>> =>
  listOf(list).flatMap((one): ReadonlyArray<Block<unknown>> => {
    const call = callOf(one)
    const text = isRecord(one) ? textIn(one, "text") : undefined
    if (call === undefined || text === undefined) return []
    return [
      { _tag: "Called", call },
      { _tag: "Slot", at: undefined, role: "tool", text, call, isError: false, protection: undefined }
    ]
  })

export const readPluginEvent = (value: unknown): HookEvent | undefined => {
  const call = callOf(value)
  if (call === undefined || !isRecord(value)) return undefined
  const session = textIn(value, "session")
  const text = textIn(value, "text")
  if (session === undefined || text === undefined) return undefined
  return {
    call,
    callId: "",
    session,
    folder: textIn(value, "folder") ?? "",
    transcript: "",
    agent: undefined,
    seen: seenIn(value["seen"]),
    outputs: [{ at: ["text"], text, form: "text" }],
    response: value
  }
}

/** The output's new text, as JSON. */
export const printPluginAnswer = (_: HookEvent, [replacement]: ReadonlyArray<Replacement>): string =>
  JSON.stringify({ text: replacement?.text })

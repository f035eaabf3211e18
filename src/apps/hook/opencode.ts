/**
 * The plugin that OpenCode loads: hands tools' outputs to the hook.
 * @see https://opencode.ai/docs/plugins
 */
import { toldByWrap } from "../../adapters/settings/plain.ts"
import { isRecord, listOf, textIn } from "../../wire/json-value.ts"
import { type Asking, forget, smaller } from "./ask.ts"

interface After {
  readonly tool: string
  readonly sessionID: string
  readonly args?: unknown
}

interface Output {
  output: string
}

/** The program that runs the hook, for OpenCode carries a runtime of its own; and the hook's flags. */
const told = (): Asking => {
  const value = toldByWrap("HEADROOM_OPENCODE")
  if (!isRecord(value)) return { node: "node", flags: [] }
  return {
    node: textIn(value, "node") ?? "node",
    flags: listOf(value["flags"]).filter((one) => typeof one === "string")
  }
}

export const headroom = async ({ directory }: { readonly directory: string }) => ({
  event: async ({
    event
  }: {
    readonly event: { readonly type: string; readonly properties?: { readonly sessionID?: string } }
  }) => {
    if (event.type === "session.compacted") forget(event.properties?.sessionID ?? "")
  },
  "tool.execute.after": async ({ args, sessionID, tool }: After, result: Output) => {
    if (typeof result?.output !== "string") return
    const event = { session: sessionID, folder: directory, tool, input: args, text: result.output }
    const text = await smaller(told(), event)
    if (text !== undefined) result.output = text
  }
})

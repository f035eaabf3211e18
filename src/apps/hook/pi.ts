/**
 * The extension that pi loads: names the proxy's addresses where it is led through one, and hands tools' outputs to the hook.
 *
 * `HEADROOM_PI` says which, as `headroom wrap` sets it; without it, as where it was installed, it is the hook.
 * @see https://github.com/badlogic/pi-mono
 */
import { toldByWrap } from "../../adapters/settings/plain.ts"
import { isRecord, listOf } from "../../wire/json-value.ts"
import { forget, smaller } from "./ask.ts"

interface TextPart {
  readonly type: string
  readonly text?: string
}

interface ToolResult {
  readonly toolName: string
  readonly input: unknown
  readonly content: ReadonlyArray<TextPart>
  readonly isError: boolean
}

interface Context {
  readonly cwd: string
  readonly sessionManager?: { readonly getSessionId?: () => string }
}

interface Pi {
  readonly on: (event: string, handler: (event: never, context: Context) => unknown) => void
  readonly registerProvider: (name: string, settings: { readonly baseUrl: string }) => void
}

/** The addresses by provider; the hook's flags, where it is to be one. */
const told = (): {
  readonly routes: ReadonlyArray<[string, string]>
  readonly hook: ReadonlyArray<string> | undefined
} => {
  const value = toldByWrap("HEADROOM_PI")
  if (!isRecord(value)) return { routes: [], hook: [] }
  const texts = (list: unknown): ReadonlyArray<string> => listOf(list).filter((one) => typeof one === "string")
  const routes = isRecord(value["routes"]) ? Object.entries(value["routes"]) : []
  return {
    routes: routes.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    hook: value["hook"] === undefined ? undefined : texts(value["hook"])
  }
}

const idOf = ({ sessionManager }: Context): string => sessionManager?.getSessionId?.() ?? `pi-${process.pid}`

export const extension = (pi: Pi): void => {
  const { hook, routes } = told()
  for (const [name, baseUrl] of routes) pi.registerProvider(name, { baseUrl })
  if (hook === undefined) return
  pi.on("session_compact", (_: never, context) => forget(idOf(context)))
  pi.on("tool_result", async (event: never, context) => {
    const { content, input, isError, toolName } = event as ToolResult
    const [only, ...others] = content
    if (isError || only?.type !== "text" || typeof only.text !== "string" || others.length > 0) return undefined
    const text = await smaller(
      { node: process.execPath, flags: hook },
      { session: idOf(context), folder: context.cwd, tool: toolName, input, text: only.text }
    )
    return text === undefined ? undefined : { content: [{ ...only, text }] }
  })
}

/**
 * The hook asked from within another program: its plugin hands each output to the hook's own process, for what decides (and the store's
 * driver) does not run in every program. Whatever goes wrong, the output stays as it is.
 */
import { spawn } from "node:child_process"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { isRecord, type JsonRecord, parsed, textIn } from "../../wire/json-value.ts"
import type { PluginEvent, PluginOutput } from "../../wire/plugin-hook.ts"

/** Shorter outputs cannot gain. */
const MIN_CHARACTERS = 200
const TIMEOUT_MS = 5_000
/** Of what the session shows, this much is handed over each time. */
const MAX_SEEN = 1 << 20

/** Of one session's outputs, the latest. */
const remembered = new Map<string, Array<PluginOutput>>()

export const forget = (session: string): void => void remembered.delete(session)

const remember = (session: string, output: PluginOutput): void => {
  const all = remembered.get(session) ?? []
  all.push(output)
  let size = all.reduce((sum, { text }) => sum + text.length, 0)
  while (size > MAX_SEEN && all.length > 1) size -= all.shift()?.text.length ?? 0
  remembered.set(session, all)
}

/** Beside this file where the package is built. */
const hook = join(dirname(fileURLToPath(import.meta.url)), "hook.cjs")

const asRecord = (text: string): JsonRecord => {
  const value = parsed(text)
  return isRecord(value) ? value : {}
}

const answered = (node: string, flags: ReadonlyArray<string>, event: PluginEvent): Promise<string | undefined> =>
  new Promise((resolve) => {
    const child = spawn(node, [hook, "plugin", ...flags], { stdio: ["pipe", "pipe", "ignore"], timeout: TIMEOUT_MS })
    let out = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text))
    child.stdin.on("error", () => {})
    child.on("error", () => resolve(undefined))
    child.on("close", () => resolve(textIn(asRecord(out), "text")))
    child.stdin.end(JSON.stringify(event))
  })

export interface Asking {
  /** The program that runs the hook. */
  readonly node: string
  readonly flags: ReadonlyArray<string>
}

/** The smaller text of an output; undefined where it stays. */
export const smaller = async (
  { flags, node }: Asking,
  event: Omit<PluginEvent, "seen">
): Promise<string | undefined> => {
  const { input, session, text, tool } = event
  const seen = remembered.get(session) ?? []
  const shorter = text.length < MIN_CHARACTERS ? undefined : await answered(node, flags, { ...event, seen })
  remember(session, { tool, input, text: shorter ?? text })
  return shorter
}

/**
 * The hook's work for one output: reads the event, prints the smaller output or nothing, and never fails.
 *
 * It loads neither the Effect runtime nor a tokenizer, and the store when it is needed: an agent waits for it at every call of a tool.
 */
import { readFileSync } from "node:fs"
import { canRedeem, hasCommand, HOOK_AGENT } from "../../adapters/agents/claude-code-hook.ts"
import { plainSettings } from "../../adapters/settings/plain.ts"
import { printHookAnswer, readHookEvent } from "../../wire/claude-code-hook.ts"
import { printPluginAnswer, readPluginEvent } from "../../wire/plugin-hook.ts"
import { answerTo, type Protocol } from "./answer.ts"

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  [HOOK_AGENT]: { read: readHookEvent, print: printHookAnswer },
  plugin: { read: readPluginEvent, print: printPluginAnswer }
}

/** Another process may hold the store for so long; then nothing is hidden. */
const BUSY_TIMEOUT_MS = 200

/** With the arguments behind the file's name: `claude-code|plugin [--mode visible|offload]`. Whether there was something to do. */
export const run = async ([agent, flag, value]: ReadonlyArray<string>): Promise<boolean> => {
  const settings = plainSettings()
  const tell = (what: string, error: unknown): void => {
    if (settings.debug) process.stderr.write(`headroom hook: ${what}: ${String(error)}\n`)
  }
  const asked = flag === "--mode" && (value === "visible" || value === "offload") ? value : undefined
  const protocol = agent !== undefined && Object.hasOwn(PROTOCOLS, agent) ? PROTOCOLS[agent] : undefined
  if (protocol === undefined) return false
  try {
    const answer = await answerTo(readFileSync(0, "utf8"), {
      protocol,
      mode: asked ?? settings.mode ?? "visible",
      treatments: settings.treatments,
      project: settings.project,
      isRedeemable: agent === HOOK_AGENT ? canRedeem(settings.machine, settings.home) : hasCommand(settings.machine),
      now: Date.now(),
      store: async () => {
        try {
          const { openDirect } = await import("../../adapters/originals/direct.ts")
          return openDirect({ filename: settings.storeFile, busyTimeoutMs: BUSY_TIMEOUT_MS })
        } catch (error) {
          tell("no store", error)
          return undefined
        }
      }
    })
    // Whoever asked may be gone.
    process.stdout.on("error", (error) => tell("not told", error))
    if (answer !== undefined) process.stdout.write(answer)
    return answer !== undefined
  } catch (error) {
    // The agent goes on with the output as it came.
    tell("left as it is", error)
    return false
  }
}

/** Where the agents of this user keep what they recorded: their own environment variables first, then the places they choose themselves. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { homedir } from "node:os"
import type { AgentFolder } from "../agents/agent.ts"
import { agents } from "../agents/registry.ts"
import { machineFrom } from "./machine.ts"

/** What descriptors ask for their transcripts' places. */
const NAMES = [
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
  "CLAUDE_CONFIG_DIR",
  "CODEX_HOME",
  "GEMINI_CLI_HOME",
  "COPILOT_HOME",
  "PI_CODING_AGENT_DIR",
  "MSWEA_GLOBAL_CONFIG_DIR",
  "CLINE_DIR",
  "OPENCODE_DB"
]

const optional = (name: string): Effect.Effect<readonly [string, string | undefined]> =>
  Config.string(name).pipe(
    Config.option,
    Effect.map((value) => [name, Option.getOrUndefined(value)] as const),
    Effect.orElseSucceed(() => [name, undefined] as const)
  )

export const agentFolders: Effect.Effect<ReadonlyArray<AgentFolder>> = Effect.map(
  Effect.forEach(NAMES, optional),
  (variables) => {
    const machine = machineFrom(Object.fromEntries(variables), process.platform, homedir())
    return agents.flatMap((agent) => agent.transcripts(machine))
  }
)

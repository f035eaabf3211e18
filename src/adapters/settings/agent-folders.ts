/** Where the agents of this user keep what they recorded: their own environment variables first, then the places they choose themselves. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { homedir } from "node:os"
import { isAbsolute, join } from "node:path"

/** A place to look into, and what the transcripts there are called. */
export interface AgentFolder {
  readonly path: string
  readonly names: RegExp
}

const optional = (name: string): Effect.Effect<string | undefined> =>
  Config.string(name).pipe(
    Config.option,
    Config.map((value) => Option.getOrUndefined(Option.filter(value, (text) => text !== ""))),
    Effect.orElseSucceed(() => undefined)
  )

const LINES = /\.jsonl$/
const CLINE_EDITORS = ["Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf"]

export const agentFolders: Effect.Effect<ReadonlyArray<AgentFolder>> = Effect.gen(function* () {
  const home = homedir()
  const config = (yield* optional("XDG_CONFIG_HOME")) ?? join(home, ".config")
  const data = (yield* optional("XDG_DATA_HOME")) ?? join(home, ".local", "share")
  const claude = yield* optional("CLAUDE_CONFIG_DIR")
  const claudeHomes = claude === undefined ? [join(home, ".claude"), join(config, "claude")] : claude.split(",")
  const codex = (yield* optional("CODEX_HOME")) ?? join(home, ".codex")
  const gemini = join((yield* optional("GEMINI_CLI_HOME")) ?? home, ".gemini")
  const copilot = (yield* optional("COPILOT_HOME")) ?? join(home, ".copilot")
  const pi = (yield* optional("PI_CODING_AGENT_DIR")) ?? join(home, ".pi", "agent")
  const mini = (yield* optional("MSWEA_GLOBAL_CONFIG_DIR")) ?? join(config, "mini-swe-agent")
  const cline = (yield* optional("CLINE_DIR")) ?? join(home, ".cline")
  const openCodeData = join(data, "opencode")
  const openCode = yield* optional("OPENCODE_DB")
  const roamers = [config, join(home, "Library", "Application Support"), join(home, "AppData", "Roaming")]
  const clineTasks = roamers.flatMap((folder) =>
    CLINE_EDITORS.map((editor) => join(folder, editor, "User", "globalStorage", "saoudrizwan.claude-dev", "tasks"))
  )
  return [
    ...claudeHomes.map((path) => ({ path: join(path.trim(), "projects"), names: LINES })),
    { path: join(codex, "sessions"), names: /^rollout-.*\.jsonl?(?:\.zst)?$/ },
    { path: join(codex, "archived_sessions"), names: /^rollout-.*\.jsonl?(?:\.zst)?$/ },
    { path: join(gemini, "tmp"), names: /^(?:session-.*\.jsonl?|.*\.jsonl)$/ },
    { path: openCodeData, names: /^opencode[\w-]*\.db$/ },
    ...(openCode === undefined
      ? []
      : [{ path: isAbsolute(openCode) ? openCode : join(openCodeData, openCode), names: /\.db$/ }]),
    { path: join(copilot, "session-state"), names: LINES },
    { path: join(pi, "sessions"), names: LINES },
    { path: join(cline, "data", "tasks"), names: /^api_conversation_history\.json$/ },
    ...clineTasks.map((path) => ({ path, names: /^api_conversation_history\.json$/ })),
    { path: mini, names: /\.traj\.json$/ }
  ]
})

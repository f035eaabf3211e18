/**
 * Claude Code's hook on what its tools print: what stands in the user's settings once it is installed there, or in those of one process.
 *
 * The hook hides nothing that cannot be asked for, so the command that gives it back is allowed too: a session without a person at the
 * keyboard could not allow it.
 * @see https://docs.claude.com/en/docs/claude-code/hooks
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Change } from "../config-files/change.ts"
import { journalFile } from "../config-files/journal-file.ts"
import type { Launch, Machine } from "../settings/machine.ts"

export const HOOK_AGENT = "claude-code"

/** Tools that print what others wrote; each call of another would start a process for nothing. */
const MATCHER = "Bash|Read|Grep|Glob|WebFetch|Agent|Task|mcp__(?!headroom__).*"

/** Seconds that Claude Code waits; what takes longer goes on as it came. */
const TIMEOUT_SECONDS = 10

/** What its model may run without being asked. */
export const RETRIEVE_PERMISSION = "Bash(headroom retrieve:*)"

/** A word of a shell line; Claude Code runs hooks by a POSIX shell on Windows too. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("\\", "/").replaceAll("'", "'\\''")}'`

const COMMANDS: Readonly<Partial<Record<NodeJS.Platform, ReadonlyArray<string>>>> = {
  win32: ["headroom.cmd", "headroom.exe"]
}

/** Whether the agent's shell finds the command that views name. */
export const hasCommand = ({ path, platform }: Machine): boolean => {
  const names = COMMANDS[platform] ?? ["headroom"]
  return path.some((folder) => names.some((name) => existsSync(join(folder, name))))
}

/** Whether it does, or Claude Code has our tools. */
export const canRedeem = (machine: Machine, home: string): boolean => {
  if (hasCommand(machine)) return true
  try {
    return readFileSync(journalFile(home), "utf8").includes('"mcp/claude-code"')
  } catch {
    return false
  }
}

/** The settings as a whole; `flags` are the hook's own, such as `--mode offload`. */
export const hookSettings = (launch: Launch, flags: ReadonlyArray<string>) => ({
  hooks: {
    PostToolUse: [
      {
        matcher: MATCHER,
        hooks: [
          {
            type: "command",
            command: [launch.node, launch.hook, HOOK_AGENT, ...flags].map(quoted).join(" "),
            timeout: TIMEOUT_SECONDS
          }
        ]
      }
    ]
  },
  permissions: { allow: [RETRIEVE_PERMISSION] }
})

export const hookRegistration = (machine: Machine, launch: Launch, flags: ReadonlyArray<string>): Change => {
  const { hooks, permissions } = hookSettings(launch, flags)
  return {
    owner: `hook/${HOOK_AGENT}`,
    file: join(machine.claudeConfig ?? join(machine.home, ".claude"), "settings.json"),
    format: "json",
    edits: [
      ...hooks.PostToolUse.map((value) => ({ _tag: "Add", at: ["hooks", "PostToolUse"], value }) as const),
      ...permissions.allow.map((value) => ({ _tag: "Add", at: ["permissions", "allow"], value }) as const)
    ]
  }
}

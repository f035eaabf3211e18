/** Where a user's programs keep their settings on this machine, and how this program was started: what descriptors of agents are filled in with. */
import { homedir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { realpathSync } from "node:fs"

export interface Machine {
  readonly platform: NodeJS.Platform
  readonly home: string
  /** Folders of programs' settings: XDG's on Linux, each system's own elsewhere. */
  readonly config: string
  /** Folder in which applications keep theirs. */
  readonly applications: string
  readonly claudeConfig: string | undefined
  readonly codexHome: string
  readonly openCodeConfig: string | undefined
  /** Folders in which a shell looks for commands. */
  readonly path: ReadonlyArray<string>
  /** A variable of the environment; undefined where it is empty too. */
  readonly variable: (name: string) => string | undefined
}

/** How another program starts this one: by absolute paths, for a program started from a desktop has no shell's PATH. */
export interface Launch {
  readonly node: string
  /** What stands before the file, such as a loader. */
  readonly options: ReadonlyArray<string>
  /** The command's file. */
  readonly script: string
  /** The hook's file, beside it. */
  readonly hook: string
  /** What pi and OpenCode load, beside it. */
  readonly piExtension: string
  readonly openCodePlugin: string
}

export type Environment = Readonly<Record<string, string | undefined>>

const given = (env: Environment, name: string): string | undefined => (env[name] === "" ? undefined : env[name])

/** @example machineFrom({ CODEX_HOME: "/c" }, "linux", "/h").codexHome // => "/c" */
export const machineFrom = (env: Environment, platform: NodeJS.Platform, home: string): Machine => {
  const xdg = given(env, "XDG_CONFIG_HOME") ?? join(home, ".config")
  const roaming = given(env, "APPDATA") ?? join(home, "AppData", "Roaming")
  return {
    platform,
    home,
    config: xdg,
    applications:
      platform === "win32" ? roaming : platform === "darwin" ? join(home, "Library", "Application Support") : xdg,
    claudeConfig: given(env, "CLAUDE_CONFIG_DIR"),
    codexHome: given(env, "CODEX_HOME") ?? join(home, ".codex"),
    openCodeConfig: given(env, "OPENCODE_CONFIG"),
    path: (given(env, "PATH") ?? "").split(delimiter).filter((folder) => folder !== ""),
    variable: (name) => given(env, name)
  }
}

export const thisMachine = (): Machine => machineFrom(process.env, process.platform, homedir())

export const thisLaunch = (): Launch => {
  const script = realpathSync(process.argv[1] ?? "")
  const beside = (name: string): string => join(dirname(script), name)
  return {
    node: process.execPath,
    options: process.execArgv,
    script,
    hook: beside("hook.cjs"),
    piExtension: beside("pi-extension.js"),
    openCodePlugin: beside("opencode-plugin.js")
  }
}

/** The environment as this process was given it. */
export const variables = (): Environment => ({ ...process.env })

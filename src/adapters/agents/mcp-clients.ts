/**
 * Programs that take MCP servers, one descriptor each: where the user's settings lie and how an entry looks there. Installing, telling
 * and uninstalling all ask the same descriptor, so that they look at the same place.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Setting, SettingPath } from "../../domain/config-edit.ts"
import type { Change } from "../config-files/change.ts"
import type { FormatName } from "../config-files/settings-text.ts"
import type { Launch, Machine } from "../settings/machine.ts"

export interface McpClient {
  /** As the command line names it. */
  readonly name: string
  readonly title: string
  readonly format: FormatName
  /** The user's settings file. */
  readonly file: (machine: Machine) => string
  /** A folder that is there where the program is. */
  readonly folder: (machine: Machine) => string
  /** The table that holds the servers. */
  readonly at: SettingPath
  readonly entry: (launch: Launch) => Setting
}

/** The name under which the server is known. */
const SERVER = "headroom"

const argumentsOf = ({ script }: Launch): ReadonlyArray<string> => [script, "mcp", "serve"]

const plain = (launch: Launch) => ({ command: launch.node, args: argumentsOf(launch) })

const vsCodeUser = (machine: Machine): string => join(machine.applications, "Code", "User")

/** The first that exists, else the first. */
const firstOf = (...files: readonly [string, ...ReadonlyArray<string>]): string => files.find(existsSync) ?? files[0]

export const mcpClients: ReadonlyArray<McpClient> = [
  {
    name: "claude-code",
    title: "Claude Code",
    format: "json",
    file: ({ claudeConfig, home }) => join(claudeConfig ?? home, ".claude.json"),
    folder: ({ claudeConfig, home }) => claudeConfig ?? join(home, ".claude"),
    at: ["mcpServers"],
    entry: (launch) => ({ type: "stdio", ...plain(launch), env: {} })
  },
  {
    name: "claude-desktop",
    title: "Claude Desktop",
    format: "json",
    file: ({ applications }) => join(applications, "Claude", "claude_desktop_config.json"),
    folder: ({ applications }) => join(applications, "Claude"),
    at: ["mcpServers"],
    entry: plain
  },
  {
    name: "codex",
    title: "Codex",
    format: "toml",
    file: ({ codexHome }) => join(codexHome, "config.toml"),
    folder: ({ codexHome }) => codexHome,
    at: ["mcp_servers"],
    entry: plain
  },
  {
    name: "cursor",
    title: "Cursor",
    format: "json",
    file: ({ home }) => join(home, ".cursor", "mcp.json"),
    folder: ({ home }) => join(home, ".cursor"),
    at: ["mcpServers"],
    entry: plain
  },
  {
    name: "vscode",
    title: "VS Code",
    format: "json",
    file: (machine) => join(vsCodeUser(machine), "mcp.json"),
    folder: vsCodeUser,
    at: ["servers"],
    entry: (launch) => ({ type: "stdio", ...plain(launch) })
  },
  {
    name: "gemini",
    title: "Gemini CLI",
    format: "json",
    file: ({ home }) => join(home, ".gemini", "settings.json"),
    folder: ({ home }) => join(home, ".gemini"),
    at: ["mcpServers"],
    entry: plain
  },
  {
    name: "opencode",
    title: "OpenCode",
    format: "json",
    file: ({ openCodeConfig, config }) =>
      openCodeConfig ?? firstOf(join(config, "opencode", "opencode.json"), join(config, "opencode", "opencode.jsonc")),
    folder: ({ config }) => join(config, "opencode"),
    at: ["mcp"],
    entry: (launch) => ({ type: "local", command: [launch.node, ...argumentsOf(launch)], enabled: true })
  },
  {
    name: "windsurf",
    title: "Windsurf",
    format: "json",
    file: ({ home }) => join(home, ".codeium", "windsurf", "mcp_config.json"),
    folder: ({ home }) => join(home, ".codeium", "windsurf"),
    at: ["mcpServers"],
    entry: plain
  },
  {
    name: "zed",
    title: "Zed",
    format: "json",
    file: (machine) => join(zedFolder(machine), "settings.json"),
    folder: (machine) => zedFolder(machine),
    at: ["context_servers"],
    entry: (launch) => ({ source: "custom", ...plain(launch), env: {} })
  },
  {
    name: "cline",
    title: "Cline",
    format: "json",
    file: (machine) => join(clineFolder(machine), "settings", "cline_mcp_settings.json"),
    folder: (machine) => clineFolder(machine),
    at: ["mcpServers"],
    entry: (launch) => ({ ...plain(launch), disabled: false })
  },
  {
    name: "goose",
    title: "Goose",
    format: "yaml",
    file: (machine) => join(gooseFolder(machine), "config.yaml"),
    folder: (machine) => gooseFolder(machine),
    at: ["extensions"],
    entry: (launch) => ({
      type: "stdio",
      name: SERVER,
      cmd: launch.node,
      args: argumentsOf(launch),
      enabled: true,
      timeout: 300
    })
  }
]

/** Zed and Goose keep theirs in `~/.config` on a Mac too. */
const zedFolder = ({ platform, applications, config }: Machine): string =>
  platform === "win32" ? join(applications, "Zed") : join(config, "zed")
const gooseFolder = ({ platform, applications, config }: Machine): string =>
  platform === "win32" ? join(applications, "Block", "goose", "config") : join(config, "goose")

/** As an extension of VS Code, or by itself. */
const clineFolder = (machine: Machine): string =>
  firstOf(join(vsCodeUser(machine), "globalStorage", "saoudrizwan.claude-dev"), join(machine.home, ".cline", "data"))

export const isThere = (client: McpClient, machine: Machine): boolean =>
  existsSync(client.folder(machine)) || existsSync(client.file(machine))

/** What stands in the client's settings once the server is installed there. */
export const registration = (client: McpClient, machine: Machine, launch: Launch): Change => ({
  owner: `mcp/${client.name}`,
  file: client.file(machine),
  format: client.format,
  edits: [{ _tag: "Set", at: [...client.at, SERVER], value: client.entry(launch) }]
})

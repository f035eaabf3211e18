/** Programs with a window: none has a process of its own to lead, so their addresses are set by hand, or in their settings, or not at all. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Provider } from "../../../domain/exchange.ts"
import type { Machine } from "../../settings/machine.ts"
import { type Agent, noTranscripts, plainEntry, textOf } from "../agent.ts"

/** The first that exists, else the first. */
const firstOf = (...files: readonly [string, ...ReadonlyArray<string>]): string => files.find(existsSync) ?? files[0]

export const claudeDesktop: Agent = {
  name: "claude-desktop",
  title: "Claude Desktop",
  program: undefined,
  folder: ({ applications }) => join(applications, "Claude"),
  route: { _tag: "None", why: "it talks to its vendor's servers alone" },
  mcp: {
    name: "claude-desktop",
    format: "json",
    file: ({ applications }) => join(applications, "Claude", "claude_desktop_config.json"),
    at: ["mcpServers"],
    entry: plainEntry
  },
  transcripts: noTranscripts,
  shell: "none"
}

export const cursor: Agent = {
  name: "cursor",
  title: "Cursor",
  program: undefined,
  folder: ({ home }) => join(home, ".cursor"),
  route: {
    _tag: "Paste",
    providers: ["openai", "anthropic"],
    steps: (base) => [
      "Cursor Settings > Models > API Keys:",
      `  Override OpenAI Base URL   ${base("openai")}`,
      "  and your own OpenAI key, then Verify"
    ],
    warning:
      "Cursor sends requests through its own servers, with your key too, and those do not reach an address on this machine: only an address that Cursor's servers can reach works (HEADROOM_HOST with HEADROOM_PROXY_TOKEN behind your own tunnel). Tab, Apply and requests without a key of yours always go Cursor's way"
  },
  mcp: {
    name: "cursor",
    format: "json",
    file: ({ home }) => join(home, ".cursor", "mcp.json"),
    at: ["mcpServers"],
    entry: plainEntry
  },
  transcripts: noTranscripts,
  shell: "free"
}

const vsCodeUser = ({ applications }: Machine): string => join(applications, "Code", "User")

export const vsCode: Agent = {
  name: "vscode",
  title: "VS Code",
  program: undefined,
  folder: vsCodeUser,
  route: { _tag: "None", why: "Copilot in it talks to GitHub's servers alone" },
  mcp: {
    name: "vscode",
    format: "json",
    file: (machine) => join(vsCodeUser(machine), "mcp.json"),
    at: ["servers"],
    entry: (launch) => ({ type: "stdio", ...plainEntry(launch) })
  },
  transcripts: noTranscripts,
  shell: "free"
}

export const windsurf: Agent = {
  name: "windsurf",
  title: "Windsurf",
  program: undefined,
  folder: ({ home }) => join(home, ".codeium", "windsurf"),
  route: { _tag: "None", why: "its requests go to its vendor's own servers, which take no other address" },
  mcp: {
    name: "windsurf",
    format: "json",
    file: ({ home }) => join(home, ".codeium", "windsurf", "mcp_config.json"),
    at: ["mcpServers"],
    entry: plainEntry
  },
  transcripts: noTranscripts,
  shell: "free"
}

/** In `~/.config` on a Mac too. */
const zedFolder = ({ platform, applications, config }: Machine): string =>
  platform === "win32" ? join(applications, "Zed") : join(config, "zed")
const zedSettings = (machine: Machine): string => join(zedFolder(machine), "settings.json")

/** Zed's names of the providers. */
const ZED: Readonly<Record<Provider, string>> = { anthropic: "anthropic", openai: "openai", gemini: "google" }
const ZED_PROVIDERS = Object.keys(ZED) as ReadonlyArray<Provider>
const zedPlace = (provider: Provider): ReadonlyArray<string> => ["language_models", ZED[provider], "api_url"]

export const zed: Agent = {
  name: "zed",
  title: "Zed",
  program: undefined,
  folder: zedFolder,
  route: {
    _tag: "Edit",
    providers: ZED_PROVIDERS,
    own: ({ machine, setting }) =>
      Object.fromEntries(
        ZED_PROVIDERS.flatMap((provider) => {
          const base = textOf(setting(zedSettings(machine), "json", zedPlace(provider)))
          return base === undefined ? [] : [[provider, base]]
        })
      ),
    change: (machine, base) => ({
      owner: "wrap/zed",
      file: zedSettings(machine),
      format: "json",
      force: true,
      edits: ZED_PROVIDERS.map((provider) => ({ _tag: "Set", at: zedPlace(provider), value: base(provider) }))
    })
  },
  mcp: {
    name: "zed",
    format: "json",
    file: zedSettings,
    at: ["context_servers"],
    entry: (launch) => ({ source: "custom", ...plainEntry(launch), env: {} })
  },
  transcripts: noTranscripts,
  shell: "free"
}

/** As an extension of VS Code, or by itself. */
const clineFolder = (machine: Machine): string =>
  firstOf(join(vsCodeUser(machine), "globalStorage", "saoudrizwan.claude-dev"), join(machine.home, ".cline", "data"))

const CLINE_EDITORS = ["Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf"]
const HISTORY = /^api_conversation_history\.json$/

export const cline: Agent = {
  name: "cline",
  title: "Cline",
  program: undefined,
  folder: clineFolder,
  route: {
    _tag: "Paste",
    providers: ["anthropic", "openai", "gemini"],
    steps: (base) => [
      "Cline > Settings > API Configuration, for the provider that you use:",
      `  Anthropic             Use custom base URL   ${base("anthropic")}`,
      `  OpenAI Compatible     Base URL              ${base("openai")}`,
      `  Google Gemini         Use custom base URL   ${base("gemini")}`
    ],
    warning: "other providers of Cline's go their own way"
  },
  mcp: {
    name: "cline",
    format: "json",
    file: (machine) => join(clineFolder(machine), "settings", "cline_mcp_settings.json"),
    at: ["mcpServers"],
    entry: (launch) => ({ ...plainEntry(launch), disabled: false })
  },
  transcripts: ({ config, home, variable }) => {
    const roamers = [config, join(home, "Library", "Application Support"), join(home, "AppData", "Roaming")]
    const tasks = roamers.flatMap((folder) =>
      CLINE_EDITORS.map((editor) => join(folder, editor, "User", "globalStorage", "saoudrizwan.claude-dev", "tasks"))
    )
    const own = join(variable("CLINE_DIR") ?? join(home, ".cline"), "data", "tasks")
    return [own, ...tasks].map((path) => ({ path, names: HISTORY }))
  },
  shell: "free"
}

export const continueDev: Agent = {
  name: "continue",
  title: "Continue",
  program: undefined,
  folder: ({ home }) => join(home, ".continue"),
  route: {
    _tag: "Paste",
    providers: ["anthropic", "openai", "gemini"],
    steps: (base) => [
      "~/.continue/config.yaml, beside `provider` of each model:",
      `  provider: anthropic   apiBase: ${base("anthropic")}/v1/`,
      `  provider: openai      apiBase: ${base("openai")}/`,
      `  provider: gemini      apiBase: ${base("gemini")}/v1beta/`
    ],
    warning: "models of other providers go their own way"
  },
  transcripts: noTranscripts,
  shell: "free"
}

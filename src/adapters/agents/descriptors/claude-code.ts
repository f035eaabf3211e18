/**
 * Claude Code: its settings' `env` comes before the environment that it is started with, so that where they name an address the
 * same is said once more by `--settings`, which comes before all but an organisation's own.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { mergedSettings } from "../../../domain/config-edit.ts"
import type { Provider } from "../../../domain/exchange.ts"
import { isRecord, type JsonRecord } from "../../../wire/json-value.ts"
import type { Machine } from "../../settings/machine.ts"
import { type Agent, type Bases, type Led, plainEntry, textOf, type User, type Wanted } from "../agent.ts"
import { hookRegistration, hookSettings, RETRIEVE_PERMISSION } from "../claude-code-hook.ts"

const folderOf = ({ claudeConfig, home }: Machine): string => claudeConfig ?? join(home, ".claude")

/** The organisation's, which nothing comes before. */
const managedFile = ({ platform }: Machine): string =>
  platform === "darwin"
    ? "/Library/Application Support/ClaudeCode/managed-settings.json"
    : platform === "win32"
      ? "C:\\Program Files\\ClaudeCode\\managed-settings.json"
      : "/etc/claude-code/managed-settings.json"

/** Settings files, that which comes first first. */
const filesOf = ({ machine, folder }: User): ReadonlyArray<string> => [
  managedFile(machine),
  join(folder, ".claude", "settings.local.json"),
  join(folder, ".claude", "settings.json"),
  join(folderOf(machine), "settings.json")
]

/** The settings that stand in the arguments, as JSON or by a file's name, and the arguments without them. */
const givenSettings = (
  args: ReadonlyArray<string>
): { readonly settings: JsonRecord; readonly rest: ReadonlyArray<string> } => {
  const at = args.findIndex((arg) => arg === "--settings" || arg.startsWith("--settings="))
  if (at === -1) return { settings: {}, rest: args }
  const isJoined = args[at] !== "--settings"
  const value = isJoined ? (args[at] ?? "").slice("--settings=".length) : (args[at + 1] ?? "")
  try {
    const parsed: unknown = JSON.parse(value.trimStart().startsWith("{") ? value : readFileSync(value, "utf8"))
    if (isRecord(parsed)) return { settings: parsed, rest: args.toSpliced(at, isJoined ? 1 : 2) }
  } catch {
    // the agent itself says what is wrong with it
  }
  return { settings: {}, rest: args }
}

/** Whether a value of the settings' `env` stands before the environment's. */
const inFiles = (user: User, name: string): string | undefined => {
  const given = givenSettings(user.args).settings["env"]
  const values = [
    isRecord(given) ? given[name] : undefined,
    ...filesOf(user).map((file) => user.setting(file, "json", ["env", name]))
  ]
  return values.map(textOf).find((value) => value !== undefined)
}

const variableOf = (user: User, name: string): string | undefined => inFiles(user, name) ?? user.machine.variable(name)

const isOn = (user: User, name: string): boolean => /^(?:1|true|yes|on)$/i.test(variableOf(user, name) ?? "")

/** The variable that names the address, and the address where it names none. */
const addressOf = (user: User): { readonly name: string; readonly initial: string | undefined } => {
  if (isOn(user, "CLAUDE_CODE_USE_VERTEX")) {
    const region = variableOf(user, "CLOUD_ML_REGION") ?? "us-east5"
    const host = region === "global" ? "aiplatform.googleapis.com" : `${region}-aiplatform.googleapis.com`
    return { name: "ANTHROPIC_VERTEX_BASE_URL", initial: `https://${host}/v1` }
  }
  if (isOn(user, "CLAUDE_CODE_USE_FOUNDRY")) {
    const resource = variableOf(user, "ANTHROPIC_FOUNDRY_RESOURCE")
    const initial = resource && `https://${resource}.services.ai.azure.com/anthropic`
    return { name: "ANTHROPIC_FOUNDRY_BASE_URL", initial }
  }
  return { name: "ANTHROPIC_BASE_URL", initial: undefined }
}

const own = (user: User): Bases => {
  const { name, initial } = addressOf(user)
  const anthropic = variableOf(user, name) ?? initial
  return anthropic === undefined ? {} : { anthropic }
}

const refusal = (user: User): string | undefined => {
  if (isOn(user, "CLAUDE_CODE_USE_BEDROCK"))
    return "Bedrock's requests are signed for their address and cannot be led elsewhere; --no-proxy hooks the tools instead"
  const { name } = addressOf(user)
  const managed = textOf(user.setting(managedFile(user.machine), "json", ["env", name]))
  return (
    managed &&
    `your organisation's settings (${managedFile(user.machine)}) fix ${name}; --no-proxy hooks the tools instead`
  )
}

const CACHE: Readonly<Record<"5m" | "1h", string>> = {
  "5m": "FORCE_PROMPT_CACHING_5M",
  "1h": "ENABLE_PROMPT_CACHING_1H"
}

const lead = (wanted: Wanted): Led => {
  const { name } = addressOf(wanted)
  const address = wanted.base("anthropic")
  const env: Record<string, string> = {}
  if (address !== undefined) {
    env[name] = address
    // behind another address than the vendor's it would send every tool's schema with each request
    if (variableOf(wanted, "ENABLE_TOOL_SEARCH") === undefined) env["ENABLE_TOOL_SEARCH"] = "true"
  }
  if (wanted.cacheTtl !== undefined) env[CACHE[wanted.cacheTtl]] = "1"
  const { settings, rest } = givenSettings(wanted.args)
  const { hooks, permissions } = wanted.hook === undefined ? {} : hookSettings(wanted.launch, wanted.hook)
  const allow = permissions?.allow ?? (wanted.hides ? [RETRIEVE_PERMISSION] : [])
  const overridden = Object.keys(env).filter((key) => inFiles(wanted, key) !== undefined)
  const more: JsonRecord = {
    ...(overridden.length === 0 ? {} : { env: Object.fromEntries(overridden.map((key) => [key, env[key]])) }),
    ...(hooks === undefined ? {} : { hooks }),
    ...(allow.length === 0 ? {} : { permissions: { allow } })
  }
  if (Object.keys(more).length === 0) return { env, args: wanted.args }
  return { env, args: ["--settings", JSON.stringify(mergedSettings(settings, more)), ...rest] }
}

/** At another address than its vendor's it sends every tool's schema with each request, unless it is told not to. */
const advice = (user: User) => {
  const base = own(user).anthropic
  const isVendor = base === undefined || !URL.canParse(base) || /(?:^|\.)anthropic\.com$/.test(new URL(base).hostname)
  if (isVendor || addressOf(user).name !== "ANTHROPIC_BASE_URL" || variableOf(user, "ENABLE_TOOL_SEARCH") !== undefined)
    return undefined
  return {
    what: "behind an address that is not its vendor's it sends every tool's schema with each request",
    way: "set ENABLE_TOOL_SEARCH=true beside ANTHROPIC_BASE_URL; headroom wrap claude does"
  }
}

const PROVIDERS: ReadonlyArray<Provider> = ["anthropic"]

export const claudeCode: Agent = {
  name: "claude",
  title: "Claude Code",
  program: "claude",
  folder: folderOf,
  route: { _tag: "Process", providers: PROVIDERS, own, refusal, advice, lead, setsCacheTtl: true },
  mcp: {
    name: "claude-code",
    format: "json",
    file: ({ claudeConfig, home }) => join(claudeConfig ?? home, ".claude.json"),
    at: ["mcpServers"],
    entry: (launch) => ({ type: "stdio", ...plainEntry(launch), env: {} })
  },
  hook: { name: "claude-code", change: hookRegistration },
  transcripts: ({ claudeConfig, config, home }) =>
    (claudeConfig?.split(",") ?? [join(home, ".claude"), join(config, "claude")]).map((path) => ({
      path: join(path.trim(), "projects"),
      names: /\.jsonl$/
    })),
  shell: "free"
}

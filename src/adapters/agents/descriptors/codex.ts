/** Codex: `-c` sets any of its settings for one process; the provider keeps its name, for conversations are listed by it. */
import { join } from "node:path"
import { type Agent, type Bases, type Led, plainEntry, textOf, type User, type Wanted } from "../agent.ts"

const BUILT_IN = "openai"
/** Where requests go under the login of a ChatGPT account. */
const CHATGPT = "https://chatgpt.com/backend-api/codex"

const ROLLOUT = /^rollout-.*\.jsonl?(?:\.zst)?$/

const configFile = ({ machine }: User): string => join(machine.codexHome, "config.toml")

/** The value behind an option of its arguments. */
const option = (args: ReadonlyArray<string>, ...names: ReadonlyArray<string>): string | undefined => {
  const end = args.indexOf("--")
  const at = args.findIndex((arg, i) => (end === -1 || i < end) && names.includes(arg))
  return at === -1 ? undefined : args[at + 1]
}

/** A setting as the arguments, the profile or the file has it. */
const settingOf = (user: User, name: string): string | undefined => {
  const given = user.args.flatMap((arg, i) =>
    (arg === "-c" || arg === "--config") && user.args[i + 1]?.startsWith(`${name}=`) === true
      ? [(user.args[i + 1] ?? "").slice(name.length + 1).replace(/^(["'])(.*)\1$/, "$2")]
      : []
  )
  const profile = option(user.args, "-p", "--profile") ?? textOf(user.setting(configFile(user), "toml", ["profile"]))
  const file = (at: ReadonlyArray<string>) => textOf(user.setting(configFile(user), "toml", at))
  return given.at(-1) ?? (profile === undefined ? undefined : file(["profiles", profile, name])) ?? file([name])
}

const providerOf = (user: User): string => settingOf(user, "model_provider") ?? BUILT_IN

const isChatgpt = (user: User): boolean => {
  const file = join(user.machine.codexHome, "auth.json")
  const mode = user.setting(file, "json", ["auth_mode"])
  if (typeof mode === "string") return mode === "chatgpt"
  return (
    textOf(user.setting(file, "json", ["OPENAI_API_KEY"])) === undefined &&
    textOf(user.setting(file, "json", ["tokens", "access_token"])) !== undefined
  )
}

const own = (user: User): Bases => {
  const provider = providerOf(user)
  if (provider !== BUILT_IN) {
    const base = textOf(user.setting(configFile(user), "toml", ["model_providers", provider, "base_url"]))
    return base === undefined ? {} : { openai: base }
  }
  const base =
    settingOf(user, "openai_base_url") ??
    user.machine.variable("OPENAI_BASE_URL") ??
    (isChatgpt(user) ? CHATGPT : undefined)
  return base === undefined ? {} : { openai: base }
}

const refusal = (user: User): string | undefined => {
  if (user.args.includes("--oss")) return "--oss asks a model on this machine, which bills nothing"
  const provider = providerOf(user)
  if (provider === BUILT_IN || own(user).openai !== undefined) return undefined
  return `its provider ${JSON.stringify(provider)} has no base_url in ${configFile(user)}; set one there, or choose another with -c model_provider=`
}

/** A value of TOML; JSON's strings and lists of them are TOML's. */
const toml = (value: string | ReadonlyArray<string>): string => JSON.stringify(value)

const lead = (wanted: Wanted): Led => {
  const address = wanted.base("openai")
  const provider = providerOf(wanted)
  const place = provider === BUILT_IN ? "openai_base_url" : `model_providers.${provider}.base_url`
  const server = plainEntry(wanted.launch)
  const settings = [
    ...(address === undefined ? [] : [`${place}=${toml(address)}`]),
    // its sandbox keeps commands from the store
    ...(wanted.hides || address === undefined
      ? [`mcp_servers.headroom.command=${toml(server.command)}`, `mcp_servers.headroom.args=${toml(server.args)}`]
      : [])
  ]
  return { env: {}, args: [...settings.flatMap((setting) => ["-c", setting]), ...wanted.args] }
}

export const codex: Agent = {
  name: "codex",
  title: "Codex",
  program: "codex",
  folder: ({ codexHome }) => codexHome,
  route: { _tag: "Process", providers: ["openai"], own, refusal, lead, triesWebSocket: true },
  mcp: {
    name: "codex",
    format: "toml",
    file: ({ codexHome }) => join(codexHome, "config.toml"),
    at: ["mcp_servers"],
    entry: plainEntry
  },
  transcripts: ({ codexHome }) => [
    { path: join(codexHome, "sessions"), names: ROLLOUT },
    { path: join(codexHome, "archived_sessions"), names: ROLLOUT }
  ],
  shell: "sandboxed"
}

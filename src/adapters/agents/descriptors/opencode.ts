/** OpenCode: a variable holds settings that come before its files. */
import { existsSync } from "node:fs"
import { isAbsolute, join } from "node:path"
import { pathToFileURL } from "node:url"
import { mergedSettings } from "../../../domain/config-edit.ts"
import type { Provider } from "../../../domain/exchange.ts"
import { isRecord, type JsonRecord } from "../../../wire/json-value.ts"
import type { Launch, Machine } from "../../settings/machine.ts"
import { type Agent, type Bases, type Led, serverArguments, textOf, type User, type Wanted } from "../agent.ts"

const CONTENT = "OPENCODE_CONFIG_CONTENT"

/** Its names of the providers. */
const NAMES: Readonly<Record<Provider, string>> = { anthropic: "anthropic", openai: "openai", gemini: "google" }
const PROVIDERS = Object.keys(NAMES) as ReadonlyArray<Provider>

const INITIAL: Bases = {
  anthropic: "https://api.anthropic.com/v1",
  gemini: "https://generativelanguage.googleapis.com/v1beta"
}

const configFile = ({ openCodeConfig, config }: Machine): string => {
  const [first = "", second = ""] = ["opencode.json", "opencode.jsonc"].map((name) => join(config, "opencode", name))
  return openCodeConfig ?? (existsSync(first) || !existsSync(second) ? first : second)
}

/** What the variable holds already. */
const given = ({ machine }: User): JsonRecord | undefined => {
  try {
    const parsed: unknown = JSON.parse(machine.variable(CONTENT) ?? "{}")
    return isRecord(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

const fieldsAt = (fields: JsonRecord, key: string): JsonRecord => {
  const value = fields[key]
  return isRecord(value) ? value : {}
}

const own = (user: User): Bases => {
  const files = [
    ...["opencode.json", "opencode.jsonc"].map((name) => join(user.folder, name)),
    configFile(user.machine)
  ]
  const baseOf = (name: string): string | undefined => {
    const set = fieldsAt(fieldsAt(fieldsAt(given(user) ?? {}, "provider"), name), "options")["baseURL"]
    const values = [set, ...files.map((file) => user.setting(file, "json", ["provider", name, "options", "baseURL"]))]
    return values.map(textOf).find((value) => value !== undefined)
  }
  return Object.fromEntries(
    PROVIDERS.flatMap((provider) => {
      const base = baseOf(NAMES[provider])
      return base === undefined ? [] : [[provider, base]]
    })
  )
}

const refusal = (user: User): string | undefined =>
  given(user) === undefined ? `${CONTENT} is no JSON object; mend it or unset it` : undefined

const pluginOf = ({ openCodePlugin }: Launch): string => pathToFileURL(openCodePlugin).href

const lead = (wanted: Wanted): Led => {
  const provider = PROVIDERS.flatMap((name) => {
    const baseURL = wanted.base(name)
    return baseURL === undefined ? [] : [[NAMES[name], { options: { baseURL } }] as const]
  })
  const { hook, launch } = wanted
  const more = {
    ...(provider.length === 0 ? {} : { provider: Object.fromEntries(provider) }),
    ...(hook === undefined ? {} : { plugin: [pluginOf(launch)] })
  }
  const content = mergedSettings(given(wanted) ?? {}, more)
  const told = hook === undefined ? {} : { HEADROOM_OPENCODE: JSON.stringify({ node: launch.node, flags: hook }) }
  return { env: { ...told, [CONTENT]: JSON.stringify(content) }, args: wanted.args }
}

export const openCode: Agent = {
  name: "opencode",
  title: "OpenCode",
  program: "opencode",
  folder: ({ config }) => join(config, "opencode"),
  route: { _tag: "Process", providers: PROVIDERS, own, initial: INITIAL, refusal, lead },
  mcp: {
    name: "opencode",
    format: "json",
    file: configFile,
    at: ["mcp"],
    entry: (launch) => ({ type: "local", command: [launch.node, ...serverArguments(launch)], enabled: true })
  },
  hook: {
    name: "opencode",
    change: (machine, launch) => ({
      owner: "hook/opencode",
      file: configFile(machine),
      format: "json",
      edits: [{ _tag: "Add", at: ["plugin"], value: pluginOf(launch) }]
    })
  },
  transcripts: ({ home, variable }) => {
    const data = join(variable("XDG_DATA_HOME") ?? join(home, ".local", "share"), "opencode")
    const database = variable("OPENCODE_DB")
    return [
      { path: data, names: /^opencode[\w-]*\.db$/ },
      ...(database === undefined
        ? []
        : [{ path: isAbsolute(database) ? database : join(data, database), names: /\.db$/ }])
    ]
  },
  shell: "free"
}

/** pi: an extension names the addresses, and one can be given to a single process. */
import { join } from "node:path"
import type { Provider } from "../../../domain/exchange.ts"
import type { Machine } from "../../settings/machine.ts"
import { listOf } from "../../../wire/json-value.ts"
import { type Agent, type Bases, textOf, type Wanted } from "../agent.ts"

const folderOf = ({ home, variable }: Machine): string => variable("PI_CODING_AGENT_DIR") ?? join(home, ".pi", "agent")

/** Its names of the providers. */
const NAMES: Readonly<Record<Provider, string>> = { anthropic: "anthropic", openai: "openai", gemini: "google" }
const PROVIDERS = Object.keys(NAMES) as ReadonlyArray<Provider>

const settingsFile = (machine: Machine): string => join(folderOf(machine), "settings.json")

const isInstalled = ({ launch, machine, setting }: Wanted): boolean =>
  listOf(setting(settingsFile(machine), "json", ["extensions"])).includes(launch.piExtension)

export const pi: Agent = {
  name: "pi",
  title: "pi",
  program: "pi",
  folder: folderOf,
  route: {
    _tag: "Process",
    providers: PROVIDERS,
    initial: { gemini: "https://generativelanguage.googleapis.com/v1beta" },
    own: ({ machine, setting }): Bases =>
      Object.fromEntries(
        PROVIDERS.flatMap((provider) => {
          const at = ["providers", NAMES[provider], "baseUrl"]
          const base = textOf(setting(join(folderOf(machine), "models.json"), "json", at))
          return base === undefined ? [] : [[provider, base]]
        })
      ),
    lead: (wanted) => {
      const { args, base, hook, launch } = wanted
      const routes = PROVIDERS.flatMap((provider) => {
        const address = base(provider)
        return address === undefined ? [] : [[NAMES[provider], address] as const]
      })
      // an extension of ours that is installed is told the same
      const flags = hook ?? (isInstalled(wanted) ? [] : undefined)
      const told = { routes: Object.fromEntries(routes), ...(flags === undefined ? {} : { hook: flags }) }
      return { env: { HEADROOM_PI: JSON.stringify(told) }, args: ["--extension", launch.piExtension, ...args] }
    }
  },
  hook: {
    name: "pi",
    change: (machine, { piExtension }) => ({
      owner: "hook/pi",
      file: settingsFile(machine),
      format: "json",
      edits: [{ _tag: "Add", at: ["extensions"], value: piExtension }]
    })
  },
  transcripts: (machine) => [{ path: join(folderOf(machine), "sessions"), names: /\.jsonl$/ }],
  shell: "free"
}

/** pi: an extension names the addresses, and one can be given to a single process. */
import { join } from "node:path"
import type { Provider } from "../../../domain/exchange.ts"
import type { Machine } from "../../settings/machine.ts"
import { type Agent, type Bases, textOf } from "../agent.ts"

const folderOf = ({ home, variable }: Machine): string => variable("PI_CODING_AGENT_DIR") ?? join(home, ".pi", "agent")

/** Its names of the providers. */
const NAMES: Readonly<Record<Provider, string>> = { anthropic: "anthropic", openai: "openai", gemini: "google" }
const PROVIDERS = Object.keys(NAMES) as ReadonlyArray<Provider>

export const pi: Agent = {
  name: "pi",
  title: "pi",
  program: "pi",
  folder: folderOf,
  route: {
    _tag: "Process",
    providers: PROVIDERS,
    own: ({ machine, setting }): Bases =>
      Object.fromEntries(
        PROVIDERS.flatMap((provider) => {
          const at = ["providers", NAMES[provider], "baseUrl"]
          const base = textOf(setting(join(folderOf(machine), "models.json"), "json", at))
          return base === undefined ? [] : [[provider, base]]
        })
      ),
    lead: ({ args, base, launch }) => {
      const routes = PROVIDERS.flatMap((provider) => {
        const address = base(provider)
        return address === undefined ? [] : [[NAMES[provider], address] as const]
      })
      return {
        env: { HEADROOM_PI: JSON.stringify({ routes: Object.fromEntries(routes) }) },
        args: ["--extension", launch.piExtension, ...args]
      }
    }
  },
  transcripts: (machine) => [{ path: join(folderOf(machine), "sessions"), names: /\.jsonl$/ }],
  shell: "free"
}

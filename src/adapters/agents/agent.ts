/**
 * What is known of an agent, as data and pure functions: how it is found, led through the proxy, hooked and given our tools, where its
 * settings and transcripts lie. Everything that deals with agents asks this one descriptor, so that no two of them disagree.
 */
import type { Setting, SettingPath } from "../../domain/config-edit.ts"
import type { Provider } from "../../domain/exchange.ts"
import type { Change } from "../config-files/change.ts"
import type { FormatName } from "../config-files/settings-text.ts"
import type { Launch, Machine } from "../settings/machine.ts"

/** A place to look into, and what the transcripts there are called. */
export interface AgentFolder {
  readonly path: string
  readonly names: RegExp
}

/** Where an agent's requests go, by provider, in the form in which the agent itself is told so. */
export type Bases = Readonly<Partial<Record<Provider, string>>>

/** What most agents use where their user has set nothing: the form in which each provider's own clients are told an address. */
export const usualBases: Readonly<Record<Provider, string>> = {
  anthropic: "https://api.anthropic.com",
  openai: "https://api.openai.com/v1",
  gemini: "https://generativelanguage.googleapis.com"
}

/** What its user has set, in files and in the environment. */
export interface User {
  readonly machine: Machine
  /** The folder that it works in. */
  readonly folder: string
  /** Its own arguments. */
  readonly args: ReadonlyArray<string>
  /** The value at a place of a settings file; undefined where there is none. */
  readonly setting: (file: string, format: FormatName, at: SettingPath) => unknown
}

/** What a process of it is to have besides. */
export interface Wanted extends User {
  readonly launch: Launch
  /** The proxy's address in the place of one of its own; undefined where it is not led through the proxy. */
  readonly base: (provider: Provider) => string | undefined
  /** The hook's flags, where it is to have the hook. */
  readonly hook: ReadonlyArray<string> | undefined
  /** Whether something may be hidden from it, which it then has to get back. */
  readonly hides: boolean
  /** How long the provider is to keep what it has read. */
  readonly cacheTtl: "5m" | "1h" | undefined
}

/** Its process: what stands in its environment besides the user's, and all its arguments. */
export interface Led {
  readonly env: Readonly<Record<string, string>>
  readonly args: ReadonlyArray<string>
}

/** Process: by environment and arguments of its own process, with no file touched. Edit: by its settings, put back at the end. Paste: by hand. */
export type Route =
  | {
      readonly _tag: "Process"
      readonly providers: ReadonlyArray<Provider>
      /** The addresses that its user has set. */
      readonly own: (user: User) => Bases
      /** What it uses where none is set, in forms other than `usualBases`. */
      readonly initial?: Bases
      /** Why it cannot be led through the proxy, and the way out. */
      readonly refusal?: (user: User) => string | undefined
      readonly lead: (wanted: Wanted) => Led
      /** What its user's own settings cost, and the way out. */
      readonly advice?: (user: User) => { readonly what: string; readonly way: string } | undefined
      /** It has a setting of its own for how long its provider's cache lives. */
      readonly setsCacheTtl?: true
      /** It asks for a WebSocket first and goes on without one where it is refused; nothing is read in a WebSocket. */
      readonly triesWebSocket?: true
    }
  | {
      readonly _tag: "Edit"
      readonly providers: ReadonlyArray<Provider>
      readonly own: (user: User) => Bases
      readonly change: (machine: Machine, base: (provider: Provider) => string) => Change
    }
  | {
      readonly _tag: "Paste"
      readonly providers: ReadonlyArray<Provider>
      /** What is to be entered where. */
      readonly steps: (base: (provider: Provider) => string) => ReadonlyArray<string>
      /** What goes another way all the same. */
      readonly warning: string
    }
  | { readonly _tag: "None"; readonly why: string }

/** The agent's MCP servers. */
export interface Mcp {
  readonly name: string
  readonly format: FormatName
  /** The user's settings file. */
  readonly file: (machine: Machine) => string
  /** The table that holds the servers. */
  readonly at: SettingPath
  readonly entry: (launch: Launch) => Setting
}

/** A hook that can replace tools' outputs. */
export interface Hook {
  readonly name: string
  /** What stands in the user's settings once it is installed; `flags` are the hook's own. */
  readonly change: (machine: Machine, launch: Launch, flags: ReadonlyArray<string>) => Change
}

export interface Agent {
  /** As `headroom wrap` names it. */
  readonly name: string
  readonly title: string
  /** Its program; undefined where it is started from a desktop. */
  readonly program: string | undefined
  /** A folder that is there where it is used. */
  readonly folder: (machine: Machine) => string
  readonly route: Route
  readonly mcp?: Mcp
  readonly hook?: Hook
  readonly transcripts: (machine: Machine) => ReadonlyArray<AgentFolder>
  /** Whether its model can run `headroom retrieve`: freely, in a sandbox that keeps it from the store, or not at all. */
  readonly shell: "free" | "sandboxed" | "none"
}

/** The name under which our server is known. */
export const SERVER = "headroom"

export const serverArguments = ({ script }: Launch): ReadonlyArray<string> => [script, "mcp", "serve"]

/** An entry as most programs have it. */
export const plainEntry = (launch: Launch) => ({ command: launch.node, args: serverArguments(launch) })

/** The addresses that variables of the environment name. */
export const basesOf = ({ machine }: User, names: Readonly<Partial<Record<Provider, ReadonlyArray<string>>>>): Bases =>
  Object.fromEntries(
    Object.entries(names).flatMap(([provider, all]) => {
      const set = all.map(machine.variable).find((value) => value !== undefined)
      return set === undefined ? [] : [[provider, set]]
    })
  )

/** Variables that are each set to the proxy's address of a provider. */
export const ledBy =
  (names: Readonly<Partial<Record<Provider, ReadonlyArray<string>>>>) =>
  ({ args, base }: Wanted): Led => ({
    args,
    env: Object.fromEntries(
      (Object.entries(names) as ReadonlyArray<[Provider, ReadonlyArray<string>]>).flatMap(([provider, all]) => {
        const address = base(provider)
        return address === undefined ? [] : all.map((name) => [name, address] as const)
      })
    )
  })

/** A program that variables lead. */
export const byVariables = (
  names: Readonly<Partial<Record<Provider, ReadonlyArray<string>>>>,
  initial: Bases = {}
): Route => ({
  _tag: "Process",
  initial,
  providers: Object.keys(names) as ReadonlyArray<Provider>,
  own: (user) => basesOf(user, names),
  lead: ledBy(names)
})

/** The value as a text that is not empty. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

export const noTranscripts = (): ReadonlyArray<AgentFolder> => []

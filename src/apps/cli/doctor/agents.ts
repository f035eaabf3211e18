/** How each agent on this machine stands: its program, where its requests go now, its hook, its tools, and whether its settings can be read. */
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { connect } from "node:net"
import type { Agent } from "../../../adapters/agents/agent.ts"
import { hasCommand } from "../../../adapters/agents/claude-code-hook.ts"
import { registration } from "../../../adapters/agents/mcp-clients.ts"
import { agents, isUsed } from "../../../adapters/agents/registry.ts"
import { programIn, userOf } from "../../../adapters/agents/user.ts"
import type { Change } from "../../../adapters/config-files/change.ts"
import { ConfigEdits } from "../../../adapters/config-files/config-edits.ts"
import type { Settings } from "../../../adapters/settings/settings.ts"
import { type Launch, type Machine, thisLaunch, thisMachine } from "../../../adapters/settings/machine.ts"
import { leftBy, settle } from "../wrap/holders.ts"
import { broken, type Finding, ok, warning } from "./finding.ts"

const VERSION_MS = 5_000
const CONNECT_MS = 1_000

/** What a program says of its version; a slow or silent one says nothing. */
const versionOf = (program: string): Effect.Effect<string> =>
  Effect.async((resume) => {
    execFile(program, ["--version"], { timeout: VERSION_MS }, (_, stdout, stderr) =>
      resume(Effect.succeed(/\d+\.\d+[\w.-]*/.exec(`${stdout}\n${stderr}`)?.[0] ?? ""))
    )
  })

const isListening = (url: URL): Effect.Effect<boolean> =>
  Effect.async((resume) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || 80), timeout: CONNECT_MS })
    const answer = (isThere: boolean): void => {
      socket.destroy()
      resume(Effect.succeed(isThere))
    }
    socket
      .on("connect", () => answer(true))
      .on("error", () => answer(false))
      .on("timeout", () => answer(false))
  })

const isLoopback = ({ hostname }: URL): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)

/** Where its requests go by what its user has set, without any wrap. */
const routed = (agent: Agent, machine: Machine) =>
  Effect.gen(function* () {
    const { name, route, title } = agent
    if (route._tag === "None") return [ok(name, `${title}: ${route.why}`)]
    if (route._tag === "Paste") return []
    const own = Object.entries(route.own(userOf(machine, process.cwd(), [])))
    const refusal = route._tag === "Process" ? route.refusal?.(userOf(machine, process.cwd(), [])) : undefined
    const found: Array<Finding> = refusal === undefined ? [] : [ok(name, `by itself: ${refusal}`)]
    for (const [provider, base] of own) {
      const url = URL.canParse(base) ? new URL(base) : undefined
      if (url === undefined)
        found.push(broken(name, `its address for ${provider}, ${JSON.stringify(base)}, is none`, "mend its settings"))
      else if (isLoopback(url) && !(yield* isListening(url)))
        found.push(
          broken(
            name,
            `its requests to ${provider} go to ${url.origin}, where nothing listens`,
            route._tag === "Edit"
              ? `headroom unwrap ${name}`
              : "start what listened there, or take the address out of its settings"
          )
        )
      else found.push(ok(name, `requests to ${provider} go to ${url.origin}${url.pathname}`))
    }
    if (own.length === 0 && refusal === undefined)
      found.push(ok(name, `requests go to the vendor; headroom wrap ${name}`))
    return found
  })

/** Files that an entry of ours starts. */
const missingIn = (value: unknown): string | undefined => {
  const text = JSON.stringify(value) ?? ""
  const files = [...text.matchAll(/"((?:file:\/\/)?(?:\/|[A-Za-z]:\\\\)[^"]*\.[cm]?js)"/g)].map(([, path = ""]) => path)
  return files
    .map((path) => (path.startsWith("file://") ? new URL(path).pathname : path))
    .find((path) => !existsSync(path))
}

/** An entry of ours in the agent's settings. */
const entry = (name: string, what: string, change: Change, command: string) =>
  Effect.gen(function* () {
    const edits = yield* ConfigEdits
    // a damaged journal is told of once, elsewhere
    const owners = yield* Effect.orElseSucceed(edits.owners, () => new Set<string>())
    const isOurs = owners.has(change.owner)
    const again = Effect.as(edits.apply(change), `${what} is up to date`)
    const inspected = yield* Effect.either(edits.inspect(change))
    if (inspected._tag === "Left") {
      const { message, reason } = inspected.left
      const state = isOurs ? broken : warning
      return reason === "unparsable" || reason === "unusable" ? [state(name, message, "mend the file")] : []
    }
    const standings = inspected.right
    if (standings.every((one) => one === "ours")) {
      const missing = change.edits.map(({ value }) => missingIn(value)).find((path) => path !== undefined)
      return missing === undefined
        ? [ok(name, `${what} is installed`)]
        : [
            broken(
              name,
              `${what} starts ${missing}, which is not there`,
              `${command}, once headroom is installed again`
            )
          ]
    }
    if (standings.includes("earlier"))
      return [warning(name, `${what} is of another version, or was installed with options`, command, again)]
    if (standings.includes("ours")) return [warning(name, `${what} stands in its settings in part`, command, again)]
    if (isOurs)
      return [warning(name, `${what} was installed, and somebody took it out`, command.replace("install", "uninstall"))]
    return []
  })

const hooked = (agent: Agent, machine: Machine, launch: Launch) =>
  Effect.gen(function* () {
    const { hook, name } = agent
    if (hook === undefined) return []
    const found = yield* entry(name, "the hook", hook.change(machine, launch, []), `headroom hook install ${hook.name}`)
    const isInstalled = found.some(({ state }) => state === "ok")
    return isInstalled && !hasCommand(machine)
      ? [
          ...found,
          warning(
            name,
            "`headroom` is not on the PATH, so the hook names no earlier lines and hides nothing",
            "npm install --global headroom-ts"
          )
        ]
      : found
  })

const tools = ({ mcp, name, ...agent }: Agent, machine: Machine, launch: Launch) =>
  mcp === undefined
    ? Effect.succeed([])
    : entry(
        name,
        "the MCP server",
        registration({ ...mcp, agent: { ...agent, name, mcp } }, machine, launch),
        `headroom mcp install ${mcp.name}`
      )

/** What a killed wrap has left in its settings. */
const edited = ({ name, route }: Agent) =>
  Effect.gen(function* () {
    if (route._tag !== "Edit") return []
    const context = yield* Effect.context<Settings | ConfigEdits>()
    return (yield* Effect.orElseSucceed(leftBy(name), () => false))
      ? [
          broken(
            name,
            "a wrap that was killed has left its settings edited",
            `headroom unwrap ${name}`,
            Effect.as(Effect.provide(settle(name), context), "its settings are put back")
          )
        ]
      : []
  })

const onOne = (agent: Agent, machine: Machine, launch: Launch) =>
  Effect.gen(function* () {
    const program = agent.program === undefined ? undefined : programIn(machine, agent.program)
    if (program === undefined && !isUsed(agent, machine)) return []
    const version = program === undefined ? "" : yield* versionOf(program)
    const where = program === undefined ? "" : `${version === "" ? "" : `${version}, `}${program}`
    const parts = yield* Effect.all([
      routed(agent, machine),
      edited(agent),
      hooked(agent, machine, launch),
      tools(agent, machine, launch)
    ])
    return [...(where === "" ? [] : [ok(agent.name, `${agent.title} ${where}`)]), ...parts.flat()]
  })

/** Every agent that is here. */
export const agentFindings = Effect.gen(function* () {
  const machine = thisMachine()
  const launch = thisLaunch()
  const found = yield* Effect.forEach(agents, (agent) => onOne(agent, machine, launch), { concurrency: 4 })
  return found.flat()
})

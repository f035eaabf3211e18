/** `headroom mcp`: runs the MCP server, puts it into programs' settings, tells where it stands, takes it out. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { isThere, mcpClients, registration } from "../../../adapters/agents/mcp-clients.ts"
import { type Launch, thisLaunch, thisMachine } from "../../../adapters/settings/machine.ts"
import { Apps } from "../apps.ts"
import { CommandError, EXIT, UsageError } from "../errors.ts"
import { chosen, installIn, lastingLaunch, report, statusOf, type Target, uninstallFrom } from "../registrations.ts"

const clients = Args.text({ name: "PROGRAM" }).pipe(
  Args.withDescription(`${mcpClients.map(({ name }) => name).join(", ")}; default: those that are here.`),
  Args.repeated
)
export const json = Options.boolean("json").pipe(Options.withDescription("Print a JSON list."))
export const dryRun = Options.boolean("dry-run").pipe(Options.withDescription("Say what would be done."))
const force = Options.boolean("force").pipe(
  Options.withDescription("Replace an entry of the same name that is not ours; uninstalling puts it back.")
)

const targetsOf = (launch: Launch): ReadonlyArray<Target> => {
  const machine = thisMachine()
  return mcpClients.map((client) => ({
    name: client.name,
    title: client.agent.title,
    isThere: isThere(client, machine),
    change: registration(client, machine, launch)
  }))
}

const install = Command.make("install", { clients, force, dryRun, json }, (flags) =>
  Effect.gen(function* () {
    const targets = yield* chosen(targetsOf(yield* lastingLaunch), flags.clients)
    if (targets.length === 0)
      return yield* new CommandError({ message: "no program that takes MCP servers was found here; name one" })
    yield* report(yield* Effect.forEach(targets, (target) => installIn(target, flags)), flags.json)
  })
).pipe(Command.withDescription("Make the tools known to the programs on this machine that take MCP servers."))

const uninstall = Command.make("uninstall", { clients, dryRun, json }, (flags) =>
  Effect.gen(function* () {
    const all = targetsOf(thisLaunch())
    const targets = yield* chosen(
      all.map((target) => ({ ...target, isThere: true })),
      flags.clients
    )
    const rows = yield* Effect.forEach(targets, (target) => uninstallFrom(target, flags))
    yield* report(flags.clients.length > 0 ? rows : rows.filter((row) => row.outcome !== "not installed"), flags.json)
  })
).pipe(Command.withDescription("Take the tools out of programs' settings; what stood there before comes back."))

const status = Command.make("status", { json }, (flags) =>
  Effect.gen(function* () {
    const rows = yield* Effect.forEach(targetsOf(thisLaunch()), statusOf)
    yield* report(rows, flags.json)
  })
).pipe(Command.withDescription("Show which programs know the tools."))

const http = Options.integer("http").pipe(
  Options.withPseudoName("PORT"),
  Options.withDescription("Serve at http://127.0.0.1:PORT/mcp instead of standard input and output; 0 for any port."),
  Options.optional
)

const serve = Command.make("serve", { http }, (flags) =>
  Effect.gen(function* () {
    const port = Option.getOrUndefined(flags.http)
    if (port !== undefined && (port < 0 || port > 65_535))
      return yield* new UsageError({ message: `--http ${port}: give a port from 0 to 65535` })
    const apps = yield* Apps
    const serveMcp = yield* Effect.promise(apps.mcp)
    yield* serveMcp(port).pipe(
      Effect.mapError(({ message }) => new CommandError({ message })),
      // being told to end is how a server ends well
      Effect.onInterrupt(() => Effect.sync(() => (process.exitCode = EXIT.done)))
    )
  })
).pipe(
  Command.withDescription("Serve the tools to an MCP client, which starts this itself once it is installed there.")
)

export const mcp = Command.make("mcp").pipe(
  Command.withDescription("Offer compress, retrieve and stats as MCP tools."),
  Command.withSubcommands([install, uninstall, status, serve])
)

/** `headroom hook`: puts the hook on tools' outputs into agents' settings, tells where it stands, takes it out. The hook is an app of its own. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { canRedeem } from "../../../adapters/agents/claude-code-hook.ts"
import { agents as known, isUsed } from "../../../adapters/agents/registry.ts"
import { type Launch, thisLaunch, thisMachine } from "../../../adapters/settings/machine.ts"
import { Settings } from "../../../adapters/settings/settings.ts"
import { CommandError } from "../errors.ts"
import { chosen, installIn, lastingLaunch, report, statusOf, type Target, uninstallFrom } from "../registrations.ts"
import { Screen } from "../terminal.ts"
import { dryRun, json } from "./mcp.ts"

const agents = Args.text({ name: "AGENT" }).pipe(
  Args.withDescription(
    `${known.flatMap(({ hook }) => (hook === undefined ? [] : [hook.name])).join(", ")}; default: those that are here.`
  ),
  Args.repeated
)
const mode = Options.choice("mode", ["visible", "offload"] as const).pipe(
  Options.withDescription(
    "visible hides nothing; offload hides what matters least of long outputs. Default: HEADROOM_MODE, else visible."
  ),
  Options.optional
)

const targetsOf = (launch: Launch, flags: ReadonlyArray<string> = []): ReadonlyArray<Target> => {
  const machine = thisMachine()
  return known.flatMap((agent) => {
    const { hook, title } = agent
    if (hook === undefined) return []
    return [{ name: hook.name, title, isThere: isUsed(agent, machine), change: hook.change(machine, launch, flags) }]
  })
}

/** Views name `headroom retrieve`, which the agent's shell must find. */
const warnings = Effect.gen(function* () {
  const screen = yield* Screen
  const { home } = yield* Settings
  if (canRedeem(thisMachine(), home)) return
  yield* screen.note(
    "headroom: there is no `headroom` on your PATH, so nothing can be hidden and repeats are not named: npm install --global headroom-ts"
  )
})

const install = Command.make("install", { agents, mode, dryRun, json }, (flags) =>
  Effect.gen(function* () {
    const own = Option.match(flags.mode, { onNone: () => [], onSome: (name) => ["--mode", name] })
    const targets = yield* chosen(targetsOf(yield* lastingLaunch, own), flags.agents)
    if (targets.length === 0)
      return yield* new CommandError({ message: "no agent whose hooks can replace outputs was found here; name one" })
    yield* report(
      yield* Effect.forEach(targets, (target) => installIn(target, { force: false, dryRun: flags.dryRun })),
      flags.json
    )
    yield* warnings
  })
).pipe(
  Command.withDescription("Make tools' outputs smaller before they enter the agent's transcript, without a proxy.")
)

const uninstall = Command.make("uninstall", { agents, dryRun, json }, (flags) =>
  Effect.gen(function* () {
    const all = targetsOf(thisLaunch()).map((target) => ({ ...target, isThere: true }))
    const targets = yield* chosen(all, flags.agents)
    yield* report(yield* Effect.forEach(targets, (target) => uninstallFrom(target, flags)), flags.json)
  })
).pipe(Command.withDescription("Take the hook out of agents' settings."))

const status = Command.make("status", { json }, (flags) =>
  Effect.gen(function* () {
    yield* report(yield* Effect.forEach(targetsOf(thisLaunch()), statusOf), flags.json)
  })
).pipe(Command.withDescription("Show which agents have the hook."))

export const hook = Command.make("hook").pipe(
  Command.withDescription("Compress at the source, by the agent's own hook on tools' outputs."),
  Command.withSubcommands([install, uninstall, status])
)

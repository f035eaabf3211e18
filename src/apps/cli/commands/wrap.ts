/**
 * `headroom wrap`: starts an agent with its requests led through the proxy, or its tools' outputs through the hook, by the environment and
 * the arguments of its own process; what it prints, its signals and its exit code are its own.
 */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Agent, Bases, Route, Wanted } from "../../../adapters/agents/agent.ts"
import { agents } from "../../../adapters/agents/registry.ts"
import { binFolder, pathWith, programIn, userOf } from "../../../adapters/agents/user.ts"
import { ConfigEdits } from "../../../adapters/config-files/config-edits.ts"
import { runningProxies } from "../../../adapters/proxies/client.ts"
import { thisLaunch, thisMachine, variables } from "../../../adapters/settings/machine.ts"
import { Settings } from "../../../adapters/settings/settings.ts"
import { FADINGS, TTL_CHOICES } from "../../../adapters/settings/proxy.ts"
import type { Provider } from "../../../domain/exchange.ts"
import { runAgent } from "../child.ts"
import { CommandError, EXIT, UsageError } from "../errors.ts"
import { writeOutput } from "../streams.ts"
import { holding, settleAll } from "../wrap/holders.ts"
import { type Asked, findProxy, openSession, type Session } from "../wrap/session.ts"
import { sumLine } from "../wrap/sum.ts"
import { printPlan, told } from "../wrap/plan.ts"
import { ownTtl, proxySettings, setsTtl } from "../wrap/asked.ts"
import { badAddress, baseFor, foreign, targetsOf } from "../wrap/upstreams.ts"
import { dryRun } from "./mcp.ts"
import { Words } from "./run.ts"

const parameters = {
  agent: Args.text({ name: "AGENT" }).pipe(Args.withDescription(agents.map(({ name }) => name).join(", "))),
  port: Options.integer("port").pipe(
    Options.withDescription(
      "The proxy's port; another one where somebody else has it. Default: HEADROOM_PORT, else 8787."
    ),
    Options.optional
  ),
  mode: Options.choice("mode", ["off", "visible", "offload"] as const).pipe(
    Options.withDescription("visible hides nothing; offload hides what matters least where the model can get it back."),
    Options.optional
  ),
  hook: Options.boolean("hook").pipe(Options.withDescription("The hook on tools' outputs too, for this process.")),
  noProxy: Options.boolean("no-proxy").pipe(Options.withDescription("The hook or the MCP tools alone, no proxy.")),
  fade: Options.choice("fade", FADINGS).pipe(
    Options.withDescription("How old outputs fade, under offload. Default: HEADROOM_FADE."),
    Options.optional
  ),
  cacheTtl: Options.choice("cache-ttl", TTL_CHOICES).pipe(
    Options.withDescription(
      "How long Anthropic's cache is to live: by the agent's own setting, or by the proxy; auto: what your own pauses make cheapest."
    ),
    Options.optional
  ),
  keepWarm: Options.boolean("keep-warm").pipe(
    Options.withDescription(
      "Keep Anthropic's cache warm while you think, where that is expected to pay; API keys only."
    )
  ),
  dryRun,
  json: Options.boolean("json").pipe(Options.withDescription("Print the plan, or the sum at the end, as JSON."))
}

type Flags = Command.Command.ParseConfig<typeof parameters>

/** The agent of a name. */
export const agentOf = (name: string): Effect.Effect<Agent, UsageError> => {
  const agent = agents.find((one) => one.name === name || one.mcp?.name === name)
  return agent === undefined
    ? new UsageError({ message: `unknown agent "${name}"; there are ${agents.map((one) => one.name).join(", ")}` })
    : Effect.succeed(agent)
}

/** Standard output is the agent's; what is told besides stands on standard error. */
const tell = (line: string): void => void process.stderr.write(`${line}\n`)

const otherWays = ({ hook, mcp, title }: Agent): string => {
  const ways = [
    ...(hook === undefined ? [] : [`headroom hook install ${hook.name}`]),
    ...(mcp === undefined ? [] : [`headroom mcp install ${mcp.name}`]),
    "headroom run -- COMMAND"
  ]
  return `without a proxy there is for ${title}: ${ways.join(", ")}`
}

/** The user's own addresses, less those of proxies of ours. */
const ownOf = (route: Exclude<Route, { readonly _tag: "None" | "Paste" }>, user: Wanted) =>
  Effect.gen(function* () {
    const { home } = yield* Settings
    const ours = (yield* runningProxies(home)).map(({ address }) => address)
    const own = foreign(route.own(user), ours)
    const bad = badAddress(own)
    if (bad !== undefined) return yield* new CommandError({ message: bad })
    return own
  })

const asked = (agent: Agent, own: Bases, flags: Flags, project: string): Asked => ({
  launch: thisLaunch(),
  port: Option.getOrUndefined(flags.port),
  settings: { ...targetsOf(own), ...proxySettings(agent, flags) },
  lease: {
    project,
    hasShell: agent.shell === "free" && agent.route._tag === "Process",
    refusesWebSockets: agent.route._tag === "Process" && agent.route.triesWebSocket === true
  }
})

/** An address that stands in a plan for one that is not there yet. */
const addressIn = (found: Effect.Effect.Success<ReturnType<typeof findProxy>>): string =>
  found._tag === "Running" ? found.record.address : `http://127.0.0.1:${found.port}`

const ended = (name: string, { sum, release }: Session, asJson: boolean) =>
  Effect.gen(function* () {
    const total = yield* sum
    release()
    tell(asJson ? JSON.stringify({ agent: name, ...total }) : sumLine(name, total))
  })

/** Until the user ends it, or the terminal is closed. */
const untilInterrupted = Effect.suspend(() => {
  process.once("SIGHUP", () => process.kill(process.pid, "SIGTERM"))
  return interrupted
})
const interrupted = Effect.onInterrupt(Effect.never, () => Effect.sync(() => (process.exitCode = EXIT.done)))

const wrapProcess = (
  agent: Agent,
  route: Extract<Route, { readonly _tag: "Process" }>,
  flags: Flags,
  words: ReadonlyArray<string>
) =>
  Effect.gen(function* () {
    const { home, mode = "visible", project } = yield* Settings
    const machine = thisMachine()
    const launch = thisLaunch()
    const isHooked = flags.hook || flags.noProxy
    if (flags.hook && agent.hook === undefined)
      return yield* new UsageError({
        message: `${agent.title} has no hook that could replace outputs; leave --hook out`
      })
    const user = userOf(machine, process.cwd(), words)
    const wanted: Wanted = {
      ...user,
      launch,
      base: () => undefined,
      hook: isHooked && mode !== "off" ? ["--mode", mode] : undefined,
      hides: mode === "offload",
      cacheTtl: setsTtl(agent) ? yield* ownTtl(agent, flags, tell) : undefined
    }
    const program = programIn(machine, agent.program ?? agent.name)
    if (program === undefined && !flags.dryRun)
      return yield* new CommandError({ message: `${agent.program}: no such command on your PATH`, code: 127 })
    const environment = (led: Readonly<Record<string, string>>, bin: string) => ({
      ...variables(),
      ...led,
      PATH: pathWith(bin, machine)
    })
    const command = (args: ReadonlyArray<string>) => [program ?? agent.program ?? agent.name, ...args]

    if (flags.noProxy) {
      if (agent.hook === undefined && agent.mcp === undefined)
        return yield* new CommandError({
          message: `${agent.title} has neither a hook nor MCP servers; ${otherWays(agent)}`
        })
      const led = route.lead(wanted)
      if (flags.dryRun)
        return yield* printPlan(
          {
            agent: agent.name,
            proxy: "none",
            upstreams: {},
            settings: {},
            environment: led.env,
            command: command(led.args),
            edits: []
          },
          flags.json
        )
      const bin = binFolder(home, launch, machine.platform)
      process.exitCode = yield* runAgent(program ?? "", led.args, environment(led.env, bin), () => {})
      return
    }

    const refusal = route.refusal?.(user)
    if (refusal !== undefined) return yield* new CommandError({ message: `${agent.title}: ${refusal}` })
    const own = yield* ownOf(route, wanted)
    const request = asked(agent, own, flags, project)
    const leadTo = (address: string) =>
      route.lead({
        ...wanted,
        base: (provider: Provider) => baseFor({ ...route.initial, ...own }, address, provider)
      })
    if (flags.dryRun) {
      const found = yield* findProxy(request)
      const led = leadTo(`${addressIn(found)}/wrap/RUN`)
      return yield* printPlan(
        {
          agent: agent.name,
          proxy: `${addressIn(found)} (${found._tag === "Running" ? "running" : "would be started"})`,
          upstreams: targetsOf(own),
          settings: told(proxySettings(agent, flags)),
          environment: led.env,
          command: command(led.args),
          edits: []
        },
        flags.json
      )
    }
    const session = yield* openSession(request, tell)
    const led = leadTo(session.address)
    const bin = binFolder(home, launch, machine.platform)
    const code = yield* runAgent(program ?? "", led.args, environment(led.env, bin), (pid) =>
      Effect.runFork(session.hasAgent(pid))
    ).pipe(Effect.tapError(() => Effect.sync(session.release)))
    yield* ended(agent.name, session, flags.json)
    process.exitCode = code
  })

/** The proxy for a program that is told of it by hand. */
const wrapPasted = (agent: Agent, route: Extract<Route, { readonly _tag: "Paste" }>, flags: Flags) =>
  Effect.gen(function* () {
    const { project } = yield* Settings
    const request = asked(agent, {}, flags, project)
    const lines = (address: string): ReadonlyArray<string> => [
      ...route.steps((provider) => baseFor({}, address, provider)),
      "",
      `${route.warning}.`,
      otherWays(agent)
    ]
    if (flags.dryRun) {
      const found = yield* findProxy(request)
      return yield* writeOutput(`${lines(addressIn(found)).join("\n")}\n`)
    }
    const session = yield* openSession(request, tell)
    // what is entered by hand stays: the run's own address would not
    yield* writeOutput(
      `${[...lines(session.record.address), "", `The proxy runs until you end this (Ctrl-C).`].join("\n")}\n`
    )
    yield* untilInterrupted.pipe(Effect.ensuring(Effect.sync(session.release)))
  })

/** The proxy for a program whose settings are edited, and put back at the end. */
const wrapEdited = (agent: Agent, route: Extract<Route, { readonly _tag: "Edit" }>, flags: Flags) =>
  Effect.gen(function* () {
    const { project } = yield* Settings
    const edits = yield* ConfigEdits
    const machine = thisMachine()
    const wanted: Wanted = {
      ...userOf(machine, process.cwd(), []),
      launch: thisLaunch(),
      base: () => undefined,
      hook: undefined,
      hides: false,
      cacheTtl: undefined
    }
    const own = yield* ownOf(route, wanted)
    const request = asked(agent, own, flags, project)
    const changeTo = (address: string) => route.change(machine, (provider) => baseFor(own, address, provider))
    if (flags.dryRun) {
      const found = yield* findProxy(request)
      const change = changeTo(addressIn(found))
      return yield* printPlan(
        {
          agent: agent.name,
          proxy: `${addressIn(found)} (${found._tag === "Running" ? "running" : "would be started"})`,
          upstreams: targetsOf(own),
          settings: told(proxySettings(agent, flags)),
          environment: {},
          command: [],
          edits: change.edits.map(({ at }) => `${change.file}: ${at.join(".")}`)
        },
        flags.json
      )
    }
    const session = yield* openSession(request, tell)
    const change = changeTo(session.record.address)
    yield* Effect.gen(function* () {
      yield* holding(agent.name)
      yield* edits.apply(change)
      yield* writeOutput(
        `${change.file} leads ${agent.title} through ${session.record.address} until you end this (Ctrl-C); then it is put back.\nAfter a crash: headroom unwrap ${agent.name}\n`
      )
      yield* untilInterrupted
    }).pipe(Effect.scoped, Effect.ensuring(Effect.sync(session.release)))
  })

const run = Effect.fnUntraced(function* (flags: Flags) {
  const words = yield* Words
  const settings = yield* Settings
  const agent = yield* agentOf(flags.agent)
  const { route } = agent
  yield* settleAll
  const mode = Option.getOrElse(flags.mode, () => settings.mode)
  const wrapped = Effect.gen(function* () {
    switch (route._tag) {
      case "Process":
        // an interruption is the agent's affair
        return yield* Effect.uninterruptible(wrapProcess(agent, route, flags, words))
      case "Edit":
        return yield* wrapEdited(agent, route, flags)
      case "Paste":
        return yield* wrapPasted(agent, route, flags)
      case "None":
        return yield* new CommandError({ message: `${agent.title}: ${route.why}; ${otherWays(agent)}` })
    }
  })
  yield* Effect.provideService(wrapped, Settings, { ...settings, mode })
})

export const wrap = Command.make("wrap", parameters, run).pipe(
  Command.withDescription("Start an agent whose requests get smaller: headroom wrap AGENT [OPTIONS] -- ARGUMENTS.")
)

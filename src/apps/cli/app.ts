/** The command line as a whole: its commands, its name, and a console that keeps the parser's own messages in the house form. */
import * as Command from "@effect/cli/Command"
import * as Span from "@effect/cli/HelpDoc/Span"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { fstatSync } from "node:fs"
import { layerConfigEdits } from "../../adapters/config-files/config-edits.ts"
import { Settings, storeFile } from "../../adapters/settings/settings.ts"
import type { OriginalsError } from "../../pipeline/ports/originals.ts"
import packageJson from "../../../package.json" with { type: "json" }
import { bench } from "./commands/bench.ts"
import { compress, modeOf, readSource, Source } from "./commands/compress.ts"
import { demo } from "./commands/demo.ts"
import { doctor } from "./commands/doctor.ts"
import { evaluation } from "./commands/eval.ts"
import { hook } from "./commands/hook.ts"
import { mcp } from "./commands/mcp.ts"
import { models } from "./commands/models.ts"
import { perf } from "./commands/perf.ts"
import { proxy } from "./commands/proxy.ts"
import { purge } from "./commands/purge.ts"
import { retrieve } from "./commands/retrieve.ts"
import { runOther, Words } from "./commands/run.ts"
import { show } from "./commands/show.ts"
import { stats } from "./commands/stats.ts"
import { unwrap } from "./commands/unwrap.ts"
import { wrap } from "./commands/wrap.ts"
import { CommandError, UsageError } from "./errors.ts"
import {
  layerCompress,
  layerDemo,
  layerPerf,
  layerReplay,
  layerSessions,
  layerShow,
  layerStats,
  layerStored
} from "./layers.ts"
import { STDIN } from "./streams.ts"
import { Screen, withoutAnsi } from "./terminal.ts"

const headroom = Command.make("headroom").pipe(
  Command.withDescription("Makes what an AI agent reads smaller, locally and reversibly. Try: headroom demo"),
  Command.withSubcommands([
    compress.pipe(
      Command.provide((flags) => layerCompress((settings) => modeOf(flags, settings))),
      Command.provideEffect(Source, readSource)
    ),
    Command.provide(runOther, (flags) => layerCompress((settings) => modeOf({ ...flags, lossless: false }, settings))),
    Command.provide(retrieve, layerStored),
    Command.provide(show, layerShow),
    Command.provide(stats, layerStats),
    Command.provide(purge, layerStored),
    Command.provide(hook, layerConfigEdits),
    Command.provide(mcp, layerConfigEdits),
    Command.provide(wrap, Layer.merge(layerConfigEdits, layerSessions)),
    Command.provide(unwrap, layerConfigEdits),
    Command.provide(doctor, layerConfigEdits),
    models,
    Command.provide(demo, layerDemo),
    Command.provide(bench, layerReplay),
    Command.provide(evaluation, layerDemo),
    Command.provide(perf, layerPerf),
    proxy
  ])
)

const parse = Command.run(headroom, {
  name: "headroom",
  version: packageJson.version,
  executable: "headroom",
  summary: Span.text("less context, same facts")
})

/** Help keeps its colours on terminals alone; the parser's errors are not printed here, for they are reported once, with the exit code. */
const withHouseConsole = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Screen> =>
  Effect.flatMap(Screen, (screen) =>
    Console.consoleWith((console) =>
      Console.withConsole(effect, {
        ...console,
        log: (...texts) =>
          Effect.sync(() =>
            process.stdout.write(
              `${texts.map((text) => (screen.colour.out ? String(text) : withoutAnsi(String(text)))).join(" ")}\n`
            )
          ),
        error: () => Effect.void
      })
    )
  )

const COMMANDS = [
  "compress",
  "run",
  "retrieve",
  "show",
  "stats",
  "purge",
  "hook",
  "mcp",
  "wrap",
  "unwrap",
  "doctor",
  "models",
  "demo",
  "proxy",
  "bench",
  "eval",
  "perf"
]
const WRAP_OPTION = /^(?:--(?:port|mode|hook|no-proxy|fade|cache-ttl|keep-warm|dry-run|json|help)(?:=.*)?|-h)$/
const VALUE_OPTION =
  /^--(kind|query|budget|mode|fade|lines|path|project|older-than|host|port|http|log-level|only|pause-every|emit|since|html|keep|limit|llm|model|from|cache-ttl)$/

/** An argument of the agent's that stands among our own. */
const misplaced = (args: ReadonlyArray<string>): string | undefined =>
  args[2] === "wrap"
    ? args.slice(3).find((arg) => arg.startsWith("-") && !WRAP_OPTION.test(arg) && !/^-\d+$/.test(arg))
    : undefined

/**
 * The arguments in the form that the parser understands: it ends the options at a lone `-`, takes an option that lacks its value for a
 * file, and does not say which command it does not know.
 */
const normalized = (args: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, UsageError> => {
  const command = args[2]
  if (command !== undefined && !command.startsWith("-") && !COMMANDS.includes(command)) {
    return new UsageError({ message: `unknown command "${command}"; there are ${COMMANDS.join(", ")}` })
  }
  const strange = misplaced(args)
  if (strange !== undefined)
    return new UsageError({
      message: `${strange} is no option of wrap; what is the agent's own stands behind --: headroom wrap AGENT -- ${strange}`
    })
  const end = args.indexOf("--")
  const last = args[args.length - 1]
  if (last !== undefined && end === -1 && VALUE_OPTION.test(last))
    return new UsageError({ message: `${last} needs a value` })
  return Effect.succeed(
    args.map((arg, i) =>
      arg === "-" && (end === -1 || i < end) && !VALUE_OPTION.test(args[i - 1] ?? "") ? STDIN : arg
    )
  )
}

/**
 * Our own arguments, and the words that are another program's: those of `wrap` behind a lone `--`, those of `run` also from the first word
 * that is no option of ours.
 */
const split = (
  args: ReadonlyArray<string>
): { readonly own: ReadonlyArray<string>; readonly words: ReadonlyArray<string> } => {
  if (args[2] === "wrap") {
    const end = args.indexOf("--")
    return end === -1 ? { own: args, words: [] } : { own: args.slice(0, end), words: args.slice(end + 1) }
  }
  if (args[2] !== "run") return { own: args, words: [] }
  let at = 3
  while (args[at]?.startsWith("-") === true && args[at] !== "--") at += VALUE_OPTION.test(args[at] ?? "") ? 2 : 1
  return { own: args.slice(0, at), words: args.slice(args[at] === "--" ? at + 1 : at) }
}

/** Whether something is piped or redirected in: a process without input has a terminal, or nothing. */
const isPipedIn = (): boolean => {
  try {
    const input = fstatSync(0)
    return input.isFIFO() || input.isFile() || input.isSocket()
  } catch {
    return false
  }
}

/** `command | headroom` is `command | headroom compress -`. */
const withDefault = (args: ReadonlyArray<string>): ReadonlyArray<string> =>
  args.length === 2 && isPipedIn() ? [...args, "compress", "-"] : args

/** The store's failures name its file. */
const naming = (error: OriginalsError): Effect.Effect<never, CommandError, Settings> =>
  Effect.flatMap(Settings, ({ home }) => new CommandError({ message: `${storeFile(home)}: ${error.message}` }))

/** Runs one command line, such as `process.argv`. */
export const runCommandLine = (args: ReadonlyArray<string>) => {
  const { own, words } = split(withDefault(args))
  return withHouseConsole(Effect.flatMap(normalized(own), parse)).pipe(
    Effect.catchTag("OriginalsError", naming),
    Effect.provideService(Words, words)
  )
}

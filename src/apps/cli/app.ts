/** The command line as a whole: its commands, its name, and a console that keeps the parser's own messages in the house form. */
import * as Command from "@effect/cli/Command"
import * as Span from "@effect/cli/HelpDoc/Span"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Settings, storeFile } from "../../adapters/settings/settings.ts"
import type { OriginalsError } from "../../pipeline/ports/originals.ts"
import packageJson from "../../../package.json" with { type: "json" }
import { bench } from "./commands/bench.ts"
import { compress, modeOf, readSource, Source } from "./commands/compress.ts"
import { demo } from "./commands/demo.ts"
import { perf } from "./commands/perf.ts"
import { proxy } from "./commands/proxy.ts"
import { purge } from "./commands/purge.ts"
import { retrieve } from "./commands/retrieve.ts"
import { show } from "./commands/show.ts"
import { stats } from "./commands/stats.ts"
import { CommandError, UsageError } from "./errors.ts"
import { layerCompress, layerDemo, layerPerf, layerReplay, layerShow, layerStats, layerStored } from "./layers.ts"
import { STDIN } from "./streams.ts"
import { Screen, withoutAnsi } from "./terminal.ts"

const headroom = Command.make("headroom").pipe(
  Command.withDescription("Makes what an AI agent reads smaller, locally and reversibly. Try: headroom demo"),
  Command.withSubcommands([
    compress.pipe(
      Command.provide((flags) => layerCompress((settings) => modeOf(flags, settings))),
      Command.provideEffect(Source, readSource)
    ),
    Command.provide(retrieve, layerStored),
    Command.provide(show, layerShow),
    Command.provide(stats, layerStats),
    Command.provide(purge, layerStored),
    Command.provide(demo, layerDemo),
    Command.provide(bench, layerReplay),
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

const COMMANDS = ["compress", "retrieve", "show", "stats", "purge", "demo", "proxy", "bench", "perf"]
const VALUE_OPTION =
  /^--(kind|query|budget|mode|lines|path|project|older-than|host|port|log-level|only|pause-every|emit|since|html)$/

/**
 * The arguments in the form that the parser understands: it ends the options at a lone `-`, takes an option that lacks its value for a
 * file, and does not say which command it does not know.
 */
const normalized = (args: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, UsageError> => {
  const command = args[2]
  if (command !== undefined && !command.startsWith("-") && !COMMANDS.includes(command)) {
    return new UsageError({ message: `unknown command "${command}"; there are ${COMMANDS.join(", ")}` })
  }
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

/** The store's failures name its file. */
const naming = (error: OriginalsError): Effect.Effect<never, CommandError, Settings> =>
  Effect.flatMap(Settings, ({ home }) => new CommandError({ message: `${storeFile(home)}: ${error.message}` }))

/** Runs one command line, such as `process.argv`. */
export const runCommandLine = (args: ReadonlyArray<string>) =>
  withHouseConsole(Effect.flatMap(normalized(args), parse)).pipe(Effect.catchTag("OriginalsError", naming))

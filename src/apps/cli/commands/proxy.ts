/** `headroom proxy`: the app that stands between clients and their providers. */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import type * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import { FADINGS, TTL_CHOICES } from "../../../adapters/settings/proxy.ts"
import { LOG_LEVELS, Settings } from "../../../adapters/settings/settings.ts"
import type { Fading } from "../../../compressors/fade/rules.ts"
import type { Mode } from "../../../pipeline/headroom.ts"
import type { TtlChoice } from "../../../pipeline/lifetimes.ts"
import { Apps } from "../apps.ts"
import { CommandError, EXIT } from "../errors.ts"

const MODES: ReadonlyArray<Mode> = ["off", "visible", "offload"]

const parameters = {
  host: Options.text("host").pipe(
    Options.withDescription("The address to listen on; any but the loopback needs HEADROOM_PROXY_TOKEN."),
    Options.optional
  ),
  port: Options.integer("port").pipe(Options.withDescription("The port to listen on, 0 for any."), Options.optional),
  mode: Options.choice("mode", MODES).pipe(
    Options.withDescription("off: nothing changes. visible: nothing is hidden. offload: what matters least is hidden."),
    Options.optional
  ),
  fade: Options.choice("fade", FADINGS).pipe(
    Options.withDescription(
      "How old outputs fade, under offload: what is of no use any more is hidden where that pays."
    ),
    Options.optional
  ),
  cacheTtl: Options.choice("cache-ttl", TTL_CHOICES).pipe(
    Options.withDescription(
      "How long Anthropic's cache is to live, in place of what the client asks for; auto: what your own pauses make cheapest."
    ),
    Options.optional
  ),
  keepWarm: Options.boolean("keep-warm").pipe(
    Options.withDescription(
      "Send the last request of an idle conversation again before Anthropic's cache goes cold, while that is expected to pay; API keys only."
    )
  ),
  logLevel: Options.choiceWithValue("log-level", LOG_LEVELS).pipe(
    Options.withDescription("Least level of log lines on standard error; info has one for each exchange."),
    Options.optional
  )
}

interface Flags {
  readonly host: Option.Option<string>
  readonly port: Option.Option<number>
  readonly mode: Option.Option<Mode>
  readonly fade: Option.Option<Fading>
  readonly cacheTtl: Option.Option<TtlChoice>
  readonly keepWarm: boolean
  readonly logLevel: Option.Option<LogLevel.LogLevel>
}

const run = Effect.fnUntraced(function* (flags: Flags) {
  const apps = yield* Apps
  const settings = yield* Settings
  const mode = Option.getOrElse(flags.mode, () => settings.mode)
  const serve = yield* Effect.promise(apps.proxy)
  const { host, port } = flags
  const given = {
    host: Option.getOrUndefined(host),
    port: Option.getOrUndefined(port),
    fading: Option.getOrUndefined(flags.fade),
    cacheTtl: Option.getOrUndefined(flags.cacheTtl),
    keepsWarm: flags.keepWarm ? true : undefined
  }
  yield* serve(given, ({ line }) => process.stderr.write(`${line}\n`)).pipe(
    Effect.provideService(Settings, { ...settings, mode }),
    Logger.withMinimumLogLevel(Option.getOrElse(flags.logLevel, () => settings.logLevel)),
    Effect.mapError((error) =>
      ConfigError.isConfigError(error) ? error : new CommandError({ message: error.message })
    ),
    // being told to end is how a server ends well
    Effect.onInterrupt(() => Effect.sync(() => (process.exitCode = EXIT.done)))
  )
})

export const proxy = Command.make("proxy", parameters, run).pipe(
  Command.withDescription("Stand between agents and their providers, and make what is sent smaller.")
)

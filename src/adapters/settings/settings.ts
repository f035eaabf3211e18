/**
 * What a user may set, read from the environment once and in this place alone, so that every app means the same by the same name.
 *
 * docs/configuration.md has a line for each.
 */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import { resolve } from "node:path"
import { type Treatments, treatmentsFrom } from "../../domain/policy.ts"
import type { Mode } from "../../pipeline/headroom.ts"
import { homeFrom } from "./home.ts"

export class Settings extends Context.Tag("headroom/Settings")<
  Settings,
  {
    /** Folder of the store and everything else that is kept; absolute. */
    readonly home: string
    /** Undefined: each app has its own default. */
    readonly mode: Mode | undefined
    /** How outputs of some tools are treated. */
    readonly treatments: Treatments
    /** Names the tokenizer of the figures. */
    readonly model: string | undefined
    /** Whose originals are stored, for `purge`; absolute folder unless it was set to another name. */
    readonly project: string
    /** "auto": the model that ships, where it can run; "off": none; else the name of one that was added. */
    readonly proseModel: string
    /** File of the user's own prices; absolute. */
    readonly prices: string | undefined
    /** The bearer token of the model that `eval --llm` asks. */
    readonly evalKey: string | undefined
    readonly logLevel: LogLevel.LogLevel
    /** Undefined: colour where the output is a terminal. */
    readonly colour: boolean | undefined
  }
>() {}

const MODES: ReadonlyArray<Mode> = ["off", "visible", "offload"]

const isSet = (name: string): Config.Config<boolean> =>
  Config.string(name).pipe(
    Config.option,
    Config.map((value) => Option.getOrElse(value, () => "") !== "")
  )

/** An empty value counts as unset, as the shell idiom `NAME= command` expects. */
export const optionalText = (name: string): Config.Config<string | undefined> =>
  Config.string(name).pipe(
    Config.option,
    Config.map((value) => Option.getOrUndefined(Option.filter(value, (text) => text !== "")))
  )

const mode: Config.Config<Mode | undefined> = optionalText("HEADROOM_MODE").pipe(
  Config.validate({
    message: `HEADROOM_MODE: expected one of ${MODES.join(", ")}`,
    validation: (value): value is Mode | undefined => value === undefined || MODES.some((known) => known === value)
  })
)

const treatments: Config.Config<Treatments> = Config.mapOrFail(optionalText("HEADROOM_TOOLS"), (text) => {
  const found = treatmentsFrom(text ?? "")
  return found === undefined
    ? Either.left(
        ConfigError.InvalidData(
          ["HEADROOM_TOOLS"],
          `expected names with ${MODES.join(", ")}, such as Read=off,rg=visible`
        )
      )
    : Either.right(found)
})

/** Levels by the names that users write. */
export const LOG_LEVELS: ReadonlyArray<[name: string, LogLevel.LogLevel]> = [
  ["debug", LogLevel.Debug],
  ["info", LogLevel.Info],
  ["warning", LogLevel.Warning],
  ["error", LogLevel.Error],
  ["none", LogLevel.None]
]

const logLevel: Config.Config<LogLevel.LogLevel> = Config.mapOrFail(optionalText("HEADROOM_LOG_LEVEL"), (text) => {
  const level = text === undefined ? LogLevel.Warning : LOG_LEVELS.find(([name]) => name === text.toLowerCase())?.[1]
  return level === undefined
    ? Either.left(
        ConfigError.InvalidData(
          ["HEADROOM_LOG_LEVEL"],
          `expected one of ${LOG_LEVELS.map(([name]) => name).join(", ")}`
        )
      )
    : Either.right(level)
})

const settings = Config.all({
  home: optionalText("HEADROOM_HOME"),
  mode,
  treatments,
  model: optionalText("HEADROOM_MODEL"),
  project: optionalText("HEADROOM_PROJECT"),
  proseModel: Config.map(optionalText("HEADROOM_PROSE_MODEL"), (name) => name ?? "auto"),
  prices: optionalText("HEADROOM_PRICES"),
  evalKey: optionalText("HEADROOM_EVAL_KEY"),
  logLevel,
  noColour: isSet("NO_COLOR"),
  terminal: optionalText("TERM")
}).pipe(
  Config.map(({ home, project, prices, noColour, terminal, ...rest }) => ({
    ...rest,
    home: homeFrom(home),
    project: project ?? process.cwd(),
    prices: prices === undefined ? undefined : resolve(prices),
    colour: noColour || terminal === "dumb" ? false : undefined
  }))
)

export const layerEnvironment: Layer.Layer<Settings, ConfigError.ConfigError> = Layer.effect(Settings, settings)

export { storeFile } from "./home.ts"

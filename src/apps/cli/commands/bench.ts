/** `headroom bench sessions`: recorded sessions replayed call by call, and what they would have cost. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { RecordedSession } from "../../../domain/recording.ts"
import type { ModelRequest } from "../../../domain/model-request.ts"
import type { Headroom, Mode } from "../../../pipeline/headroom.ts"
import { Sessions } from "../../../pipeline/ports/sessions.ts"
import { compressing, fading, type Rewriter } from "../../../pipeline/replay-session.ts"
import { DEFAULT_FADING, type Fading } from "../../../compressors/fade/rules.ts"
import type { Originals } from "../../../pipeline/ports/originals.ts"
import { reportObject, sessionLine, totalLines } from "../bench/report.ts"
import { throughProxy } from "../bench/through-proxy.ts"
import { isWorthReplay, measured, type Measured } from "../bench/sessions.ts"
import { CommandError, UsageError } from "../errors.ts"
import { counted } from "../figures.ts"
import { writeOutput } from "../streams.ts"
import { Screen } from "../terminal.ts"

const parameters = {
  folders: Args.text({ name: "DIR" }).pipe(
    Args.withDescription("Folders or files with recorded sessions of agents."),
    Args.atLeast(1)
  ),
  mode: Options.choice("mode", ["off", "visible", "offload"] as const).pipe(
    Options.withDescription("What headroom does to them. Default: visible."),
    Options.withDefault("visible" as const)
  ),
  fade: Options.choice("fade", ["off", "safe", "strong"] as const).pipe(
    Options.withDescription(`How old outputs fade, under offload. Default: ${DEFAULT_FADING}.`),
    Options.optional
  ),
  proxy: Options.boolean("proxy").pipe(
    Options.withDescription("Over the wire, through a proxy whose clock is moved by the pauses. Default: in process.")
  ),
  only: Options.text("only").pipe(
    Options.withPseudoName("PART"),
    Options.withDescription("Only sessions whose name holds this."),
    Options.optional
  ),
  pauseEvery: Options.text("pause-every").pipe(
    Options.withPseudoName("CALLS"),
    Options.withDescription("Pauses that empty the cache, every so many calls, in place of the recorded ones."),
    Options.optional
  ),
  emit: Options.text("emit").pipe(
    Options.withPseudoName("OUT"),
    Options.withDescription("Write every request as it would be forwarded, as OUT/SESSION/CALL.json."),
    Options.optional
  ),
  json: Options.boolean("json").pipe(Options.withDescription("Print one JSON object with every figure."))
}

interface Flags {
  readonly folders: ReadonlyArray<string>
  readonly mode: Mode
  readonly fade: Option.Option<Fading>
  readonly proxy: boolean
  readonly only: Option.Option<string>
  readonly pauseEvery: Option.Option<string>
  readonly emit: Option.Option<string>
  readonly json: boolean
}

const callsBetweenPauses = (flags: Flags): Effect.Effect<number | undefined, UsageError> => {
  if (Option.isNone(flags.pauseEvery)) return Effect.succeed(undefined)
  const { value } = flags.pauseEvery
  return /^[1-9]\d{0,6}$/.test(value)
    ? Effect.succeed(Number(value))
    : new UsageError({ message: `--pause-every ${value}: give a whole number of calls, 1 or more` })
}

/** Sessions are named by their paths, which are folders here too; nothing leaves the given one. */
const emit = (folder: string, session: string, requests: ReadonlyArray<ModelRequest>) =>
  Effect.try({
    try: () => {
      const place = join(folder, join("/", session))
      mkdirSync(place, { recursive: true })
      requests.forEach((request, call) =>
        writeFileSync(join(place, `${String(call + 1).padStart(4, "0")}.json`), JSON.stringify(request))
      )
    },
    catch: (cause) =>
      new CommandError({
        message: `${folder}: the requests could not be written: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })

const isChosen = (session: RecordedSession, flags: Flags): boolean =>
  Option.match(flags.only, { onNone: () => true, onSome: (part) => session.id.includes(part) })

const fadingOf = ({ mode, fade }: Flags): Fading =>
  Option.getOrElse(fade, () => (mode === "offload" ? DEFAULT_FADING : "off"))

/** What hides needs a mode that may. */
const rewriterOf = (flags: Flags) =>
  Effect.gen(function* () {
    const { mode, proxy } = flags
    const fade = fadingOf(flags)
    if (fade !== "off" && mode !== "offload")
      return yield* new UsageError({ message: `--fade ${fade}: fading hides what is old; say --mode offload with it` })
    if (proxy) return yield* throughProxy({ mode, fading: fade })
    const rewriter: Rewriter<Headroom | Originals, CommandError> =
      fade === "off" ? compressing({ mode }) : fading({ mode }, fade)
    return { rewriter, late: Effect.succeed(0) }
  })

const run = Effect.fnUntraced(function* (flags: Flags) {
  const screen = yield* Screen
  const sessions = yield* Sessions
  const pauseEvery = yield* callsBetweenPauses(flags)
  const { rewriter, late } = yield* rewriterOf(flags)
  const files = (yield* Effect.forEach(flags.folders, (folder) => sessions.under(folder))).flat()
  const all: Array<Measured> = []
  let small = 0
  const total = files.reduce((sum, file) => sum + file.bytes, 0)
  let done = 0
  for (const file of files) {
    const read = yield* sessions
      .read(file)
      .pipe(Effect.catchAll((error) => Effect.as(screen.note(`headroom: ${error.message}`), [])))
    const chosen = read.filter((session) => isChosen(session, flags))
    for (const [at, session] of chosen.entries()) {
      screen.progress(`replaying ${session.id}`, done + (file.bytes * at) / chosen.length, total)
      yield* Effect.yieldNow()
      if (!isWorthReplay(session)) {
        small++
        continue
      }
      const result = yield* measured(session, rewriter, pauseEvery === undefined ? {} : { pauseEvery })
      if (Option.isSome(flags.emit)) yield* emit(flags.emit.value, session.id, result.forwarded)
      all.push({ ...result, forwarded: [] })
      yield* screen.settle
      if (!flags.json) yield* writeOutput(`${sessionLine(result, screen.paint)}\n`)
    }
    done += file.bytes
  }
  yield* screen.settle
  if (all.length === 0)
    return yield* new CommandError({
      message: `${flags.folders.join(", ")}: no session with tool output worth a replay (${counted(small, "smaller one")}); name a folder of transcripts`
    })
  const fade = fadingOf(flags)
  const name = `headroom${flags.proxy ? "'s proxy" : ""}, ${flags.mode}${fade === "off" ? "" : `, ${fade} fading`}`
  if (flags.json) return yield* writeOutput(`${JSON.stringify(reportObject(name, all))}\n`)
  const left = small === 0 ? [] : [screen.paint("dim", `left out, for they have little tool output: ${small}`)]
  const passed = yield* late
  if (passed > 0)
    left.push(screen.paint("yellow", `requests that went on as they came, for the proxy was too late: ${passed}`))
  return yield* writeOutput(["", ...totalLines(name, all, screen.paint), ...left, ""].join("\n"))
})

const sessions = Command.make("sessions", parameters, (flags) => Effect.scoped(run(flags))).pipe(
  Command.withDescription("Replay recorded sessions of agents and price them, with and without headroom.")
)

export const bench = Command.make("bench").pipe(
  Command.withDescription("Measure headroom on recordings of your own."),
  Command.withSubcommands([sessions])
)

/** `headroom purge`: deletes stored originals and what the ledger says of their requests, after asking. */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Prompt from "@effect/cli/Prompt"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { Ledger } from "../../../pipeline/ports/ledger.ts"
import { Originals } from "../../../pipeline/ports/originals.ts"
import { UsageError } from "../errors.ts"
import { bytes, counted } from "../figures.ts"
import { writeOutput } from "../streams.ts"

const parameters = {
  project: Options.text("project").pipe(
    Options.withPseudoName("PROJECT"),
    Options.withDescription(
      "Only what this project alone has stored: its folder, or the name set in HEADROOM_PROJECT."
    ),
    Options.optional
  ),
  olderThan: Options.text("older-than").pipe(
    Options.withPseudoName("AGE"),
    Options.withDescription(
      "Only what nobody asked for in this time: 90m, 12h, 30d, 8w. What a live session holds stays."
    ),
    Options.optional
  ),
  yes: Options.boolean("yes").pipe(Options.withDescription("Do not ask."))
}

interface Flags {
  readonly project: Option.Option<string>
  readonly olderThan: Option.Option<string>
  readonly yes: boolean
}

const UNIT_MS: { readonly [unit: string]: number } = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
/** A session counts as alive for so long after its last request. */
const LIVE_MS = 3_600_000

/** @example ageMs("2h") // => 7200000 */
export const ageMs = (text: string): number | undefined => {
  const match = /^(\d{1,6})([mhdw])$/.exec(text)
  const unit = match === null ? undefined : UNIT_MS[match[2] ?? ""]
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit
}

const run = Effect.fnUntraced(function* (flags: Flags) {
  const age = Option.map(flags.olderThan, ageMs)
  if (Option.isSome(age) && age.value === undefined) {
    return yield* new UsageError({
      message: `--older-than ${Option.getOrElse(flags.olderThan, () => "")}: give an age such as 90m, 12h, 30d or 8w`
    })
  }
  if (Option.isSome(age) && Option.isSome(flags.project)) {
    return yield* new UsageError({ message: "--project and --older-than are two different purges; give one of them" })
  }
  const project = Option.map(flags.project, (name) => (existsSync(name) ? resolve(name) : name))
  const what = Option.isSome(project)
    ? `what ${project.value} alone has stored`
    : Option.isSome(age)
      ? `what nobody asked for in ${Option.getOrElse(flags.olderThan, () => "")}`
      : "every stored original"
  if (!flags.yes) {
    if (!process.stdin.isTTY) return yield* new UsageError({ message: `this deletes ${what}; add --yes` })
    if (!(yield* Prompt.confirm({ message: `Delete ${what}?`, initial: false })))
      return yield* writeOutput("Nothing was deleted.\n")
  }
  const originals = yield* Originals
  const ledger = yield* Ledger
  if (Option.isSome(age)) yield* ledger.collect({ maxAgeMs: age.value ?? 0, maxExchanges: Number.MAX_SAFE_INTEGER })
  const gone = yield* Option.isSome(age)
    ? originals.collect({ maxAgeMs: age.value ?? 0, maxBytes: Number.MAX_SAFE_INTEGER, liveMs: LIVE_MS })
    : originals.purge(Option.isSome(project) ? { project: project.value } : {})
  yield* writeOutput(
    `Deleted ${counted(gone.originals, "original")} and ${counted(gone.pins, "pin")}, ${bytes(gone.bytes)}.\n`
  )
})

export const purge = Command.make("purge", parameters, run).pipe(
  Command.withDescription(
    "Delete stored originals and figures: all, one project's, or old ones. Their refs can no longer be retrieved."
  )
)

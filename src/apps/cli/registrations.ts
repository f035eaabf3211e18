/** Writing entries of ours into other programs' settings, telling how they stand and taking them out: the same for MCP servers and hooks. */
import * as Effect from "effect/Effect"
import type { Change } from "../../adapters/config-files/change.ts"
import { ConfigEdits, type Standing } from "../../adapters/config-files/config-edits.ts"
import { type Launch, thisLaunch } from "../../adapters/settings/machine.ts"
import { CommandError, UsageError } from "./errors.ts"
import { table } from "./figures.ts"
import { writeOutput } from "./streams.ts"

/** A program that may hold an entry. */
export interface Target {
  readonly name: string
  readonly title: string
  readonly isThere: boolean
  /** What stands in its settings once the entry is there. */
  readonly change: Change
}

export interface Row {
  readonly name: string
  readonly outcome: string
  readonly file: string
  /** Where it failed: what went wrong, and the way out. */
  readonly detail?: string
}

/** How this command is started by others; refused where it may be gone tomorrow. */
export const lastingLaunch: Effect.Effect<Launch, CommandError> = Effect.suspend(() => {
  const launch = thisLaunch()
  return /[\\/]_npx[\\/]/.test(launch.script)
    ? new CommandError({
        message: "npx keeps headroom for a while only; install it first: npm install --global headroom-ts"
      })
    : Effect.succeed(launch)
})

/** The targets that were named, or those that are on this machine. */
export const chosen = (
  all: ReadonlyArray<Target>,
  names: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<Target>, UsageError> => {
  const unknown = names.find((name) => !all.some((target) => target.name === name))
  if (unknown !== undefined) {
    const known = all.map((target) => target.name).join(", ")
    return new UsageError({ message: `unknown program "${unknown}"; there are ${known}` })
  }
  return Effect.succeed(all.filter(({ name, isThere }) => (names.length === 0 ? isThere : names.includes(name))))
}

/** The whole of a change: ours where every edit stands, absent where none does. */
const together = (standings: ReadonlyArray<Standing>): Standing | "partly" => {
  const [first = "absent"] = standings
  return standings.every((each) => each === first) ? first : standings.includes("other") ? "other" : "partly"
}

const OUTCOMES: Readonly<Record<ReturnType<typeof together>, string>> = {
  ours: "installed",
  partly: "partly installed",
  earlier: "installed (other options or version)",
  other: "taken by another entry",
  absent: "not installed"
}

const rowOf = (target: Target, run: Effect.Effect<string, { readonly message: string }>): Effect.Effect<Row> =>
  Effect.match(run, {
    onSuccess: (outcome) => ({ name: target.name, outcome, file: target.change.file }),
    onFailure: ({ message }) => ({
      name: target.name,
      outcome: "failed",
      file: target.change.file,
      detail: message
    })
  })

export const installIn = (target: Target, flags: { readonly force: boolean; readonly dryRun: boolean }) =>
  Effect.flatMap(ConfigEdits, (edits) =>
    rowOf(
      target,
      Effect.gen(function* () {
        const before = together(yield* edits.inspect(target.change))
        if (before === "ours") return "already installed"
        if (flags.dryRun) return before === "other" && !flags.force ? OUTCOMES.other : "would be installed"
        yield* edits.apply({ ...target.change, force: flags.force })
        return before === "earlier" ? "updated" : "installed"
      })
    )
  )

export const uninstallFrom = (target: Target, flags: { readonly dryRun: boolean }) =>
  Effect.flatMap(ConfigEdits, (edits) =>
    rowOf(
      target,
      Effect.gen(function* () {
        if (flags.dryRun) {
          const standing = together(yield* edits.inspect(target.change))
          return ["ours", "partly", "earlier"].includes(standing) ? "would be taken out" : OUTCOMES[standing]
        }
        const undone = yield* edits.undo(target.change.owner, target.change)
        if (undone.length === 0) return OUTCOMES.absent
        return undone.some(({ outcome }) => outcome === "kept") ? "kept: changed by someone since" : "taken out"
      })
    )
  )

export const statusOf = (target: Target) =>
  Effect.flatMap(ConfigEdits, (edits) =>
    rowOf(
      target,
      Effect.map(edits.inspect(target.change), (standings) => {
        const standing = together(standings)
        return standing === "absent" && !target.isThere ? "not found" : OUTCOMES[standing]
      })
    )
  )

/** Prints the rows; fails where one failed, after all were tried. */
export const report = (rows: ReadonlyArray<Row>, asJson: boolean) =>
  Effect.gen(function* () {
    yield* writeOutput(
      asJson
        ? `${JSON.stringify(rows)}\n`
        : `${table(
            rows.map(({ name, outcome, file }) => [name, outcome, file]),
            new Set()
          ).join("\n")}\n`
    )
    const wrong = rows.filter(({ detail }) => detail !== undefined)
    if (wrong.length > 0)
      return yield* new CommandError({ message: wrong.map(({ name, detail }) => `${name}: ${detail}`).join("; ") })
  })

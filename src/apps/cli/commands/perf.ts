/** `headroom perf`: what headroom would have saved in the sessions that this user's agents recorded, without sending a byte anywhere. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { writeFileSync } from "node:fs"
import { FadingShares } from "../../../domain/fading-shares.ts"
import { History } from "../../../domain/history.ts"
import { Prices } from "../../../pipeline/ports/prices.ts"
import { Sessions } from "../../../pipeline/ports/sessions.ts"
import { sessionSavings } from "../../../pipeline/session-savings.ts"
import { CommandError, UsageError } from "../errors.ts"
import { fadingsOf } from "../perf/fading.ts"
import { pageOf } from "../perf/page.ts"
import { ratesBy } from "../perf/rates.ts"
import { dayOf, reportOf } from "../perf/summary.ts"
import { reportLines } from "../perf/text.ts"
import { isGain } from "../perf/words.ts"
import { writeOutput } from "../streams.ts"
import { Screen } from "../terminal.ts"

const parameters = {
  paths: Args.text({ name: "PATH" }).pipe(
    Args.withDescription("Transcripts, or folders of them. Default: those of the agents on this machine."),
    Args.repeated
  ),
  since: Options.text("since").pipe(
    Options.withPseudoName("WHEN"),
    Options.withDescription("Only sessions that went on after this: a date such as 2026-05-31, or 7d, 6w, 3m."),
    Options.optional
  ),
  html: Options.text("html").pipe(
    Options.withPseudoName("OUT"),
    Options.withDescription("Write the report as a page of its own, with plots."),
    Options.optional
  ),
  fading: Options.boolean("fading").pipe(
    Options.withDescription(
      "Replay each session with old outputs fading too, and show what that would change; takes several times as long."
    )
  ),
  json: Options.boolean("json").pipe(Options.withDescription("Print one JSON object with every figure."))
}

interface Flags {
  readonly paths: ReadonlyArray<string>
  readonly since: Option.Option<string>
  readonly html: Option.Option<string>
  readonly fading: boolean
  readonly json: boolean
}

const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30 }
const DAY_MS = 86_400_000

/** The moment from which sessions count. */
const start = (flags: Flags): Effect.Effect<number, UsageError> =>
  Effect.gen(function* () {
    if (Option.isNone(flags.since)) return 0
    const text = flags.since.value
    const span = /^(\d{1,4})([dwm])$/.exec(text)
    const now = yield* Clock.currentTimeMillis
    if (span !== null) return now - Number(span[1]) * (DAYS[span[2] ?? ""] ?? 0) * DAY_MS
    const date = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
    if (!Number.isNaN(date)) return date
    return yield* new UsageError({ message: `--since ${text}: give a date such as 2026-05-31, or 7d, 6w, 3m` })
  })

const files = (paths: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sessions = yield* Sessions
    if (paths.length === 0) return yield* sessions.installed
    return (yield* Effect.forEach(paths, (path) => sessions.under(path))).flat()
  })

const writePage = (path: string, page: string): Effect.Effect<void, CommandError> =>
  Effect.try({
    try: () => writeFileSync(path, page),
    catch: (cause) =>
      new CommandError({
        message: `${path}: the report could not be written: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })

const run = Effect.fnUntraced(function* (flags: Flags) {
  const screen = yield* Screen
  const sessions = yield* Sessions
  const since = yield* start(flags)
  const found = (yield* files(flags.paths)).filter((file) => file.modified >= since)
  const total = found.reduce((sum, file) => sum + file.bytes, 0)
  const history = new History({ ratesOf: ratesBy(yield* Prices), dayOf })
  const fadings = new FadingShares()
  const seen = new Set<string>()
  let done = 0
  let unread = 0
  for (const file of found) {
    screen.progress(`reading ${found.length} transcripts`, done, total)
    yield* Effect.yieldNow()
    const read = yield* Effect.either(sessions.read(file))
    if (read._tag === "Left") unread++
    else
      for (const [at, session] of read.right.entries()) {
        screen.progress(`reading ${found.length} transcripts`, done + (file.bytes * at) / read.right.length, total)
        const last = session.circumstances.findLast((one) => one.at !== undefined)?.at
        if (last !== undefined && last < since) continue
        const figures = yield* sessionSavings(session, "visible", seen)
        history.add(figures)
        if (!flags.fading || figures.calls.length === 0) continue
        const cost = history.costOf(figures)
        for (const [choice, measure] of yield* fadingsOf(session)) fadings.add(choice, measure, cost)
      }
    done += file.bytes
  }
  yield* screen.settle
  const report = reportOf(history.summary, unread, fadings.summary)
  if (Option.isSome(flags.html)) {
    yield* writePage(flags.html.value, pageOf(report))
    yield* screen.note(`headroom: the report is in ${flags.html.value}`)
  }
  if (flags.json)
    return yield* writeOutput(
      `${JSON.stringify({ ...report, unpriced: Object.fromEntries(report.unpriced), gain: isGain(report) })}\n`
    )
  if (report.sessions === 0) {
    const place = flags.paths.length === 0 ? "of the agents on this machine" : `in ${flags.paths.join(", ")}`
    return yield* writeOutput(
      `No sessions ${place}${since > 0 ? ` since ${dayOf(since)}` : ""}; nothing to gain here.\n`
    )
  }
  return yield* writeOutput(reportLines(report, Math.min(screen.columns, 120), screen.paint).join("\n"))
})

export const perf = Command.make("perf", parameters, run).pipe(
  Command.withDescription("Show what headroom would have saved in the sessions that your agents recorded.")
)

/** `headroom demo`: what it does to real outputs and to a recorded session, measured here and now. */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { readSamples, readSession } from "../demo/samples.ts"
import { beforeAndAfter, NEXT_STEPS, sessionLines, tableOf } from "../demo/report.ts"
import { priceSession } from "../demo/session.ts"
import { measure } from "../demo/texts.ts"
import { CommandError } from "../errors.ts"
import { writeOutput } from "../streams.ts"
import { Screen } from "../terminal.ts"

const SHOWN = "search results"

const run = Effect.fnUntraced(function* () {
  const screen = yield* Screen
  const samples = yield* readSamples
  const measured = yield* Effect.forEach(samples, (sample, at) => {
    screen.progress("compressing samples", at, samples.length)
    return measure(sample)
  })
  const body = yield* readSession
  const session = yield* priceSession(body, (done, total) =>
    screen.progress("sending a session through a proxy", done, total)
  ).pipe(Effect.ensuring(screen.settle))
  const shown = measured.find((one) => one.title === SHOWN)
  const columns = Math.min(screen.columns, 120)
  yield* writeOutput(
    [
      ...tableOf(measured, screen.paint),
      "",
      ...(shown === undefined ? [] : [...beforeAndAfter(shown, screen.paint, columns), ""]),
      ...sessionLines(session, screen.paint),
      "",
      NEXT_STEPS,
      ""
    ].join("\n")
  )
  const failed = measured.filter((one) => !one.visible.cameBack || !one.offloaded.cameBack).map((one) => one.title)
  if (failed.length > 0)
    return yield* new CommandError({ message: `the original did not come back from ${failed.join(", ")}` })
})

export const demo = Command.make("demo", {}, run).pipe(
  Command.withDescription(
    "Compress the samples that ship with headroom, verify the round trip and price a recorded session."
  )
)

/** `headroom stats`: what was saved so far, and what the store holds. */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import { Settings } from "../../../adapters/settings/settings.ts"
import { Originals, type OutcomeTotal } from "../../../pipeline/ports/originals.ts"
import { bytes, count, counted, percent, table } from "../figures.ts"
import { writeOutput } from "../streams.ts"
import { Screen } from "../terminal.ts"

const parameters = {
  json: Options.boolean("json").pipe(Options.withDescription("Print one JSON object."))
}

const heading = ["kind", "outcome", "reason", "texts", "before", "after", "saved"]

const row = (total: OutcomeTotal): ReadonlyArray<string> => [
  total.kind,
  total.outcome,
  total.reason,
  count(total.count),
  count(total.tokensBefore),
  count(total.tokensAfter),
  percent(total.tokensBefore, total.tokensAfter)
]

const run = Effect.fnUntraced(function* (flags: { readonly json: boolean }) {
  const originals = yield* Originals
  const settings = yield* Settings
  const { paint } = yield* Screen
  const store = yield* originals.stats
  const totals = yield* originals.totals()
  const sum = (field: "count" | "tokensBefore" | "tokensAfter"): number =>
    totals.reduce((all, total) => all + total[field], 0)
  const tokensBefore = sum("tokensBefore")
  const tokensAfter = sum("tokensAfter")
  if (flags.json) {
    const all = { texts: sum("count"), tokensBefore, tokensAfter, tokensSaved: tokensBefore - tokensAfter }
    return yield* writeOutput(`${JSON.stringify({ ...all, totals, store: { ...store, home: settings.home } })}\n`)
  }
  const kept = `${counted(store.originals, "original")}, ${bytes(store.originalBytes)} (${bytes(store.storedBytes)} on disk), in ${settings.home}`
  if (totals.length === 0) {
    return yield* writeOutput(`Nothing was compressed yet; headroom demo shows what it would do.\n${kept}\n`)
  }
  const [head = "", ...lines] = table([heading, ...totals.map(row)], new Set([3, 4, 5, 6]))
  yield* writeOutput(
    [
      `${counted(sum("count"), "text")}: ${count(tokensBefore)} → ${count(tokensAfter)} tokens, ${percent(tokensBefore, tokensAfter)} saved`,
      "",
      paint("bold", head),
      ...lines,
      "",
      kept,
      ""
    ].join("\n")
  )
})

export const stats = Command.make("stats", parameters, run).pipe(
  Command.withDescription("Show what was saved so far and what the store holds.")
)

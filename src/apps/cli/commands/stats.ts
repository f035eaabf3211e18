/** `headroom stats`: what was saved so far, through the proxy and here, and what the store holds. */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Settings } from "../../../adapters/settings/settings.ts"
import { Originals, type OutcomeTotal } from "../../../pipeline/ports/originals.ts"
import { gatherStats, type ModelSum, type Stats } from "../../../pipeline/stats.ts"
import { bytes, count, counted, dollars, percent, table } from "../figures.ts"
import { writeOutput } from "../streams.ts"
import { type Paint, Screen } from "../terminal.ts"

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

const modelRow = (model: ModelSum): ReadonlyArray<string> => {
  const { money } = model
  const price = model.price === undefined ? "no price known" : model.price.asOf || "your price"
  const paid = money.requests > 0
  return [
    model.name === "" ? model.provider : model.name,
    count(model.requests),
    count(model.tokensBefore),
    count(model.tokensAfter),
    percent(model.tokensBefore, model.tokensAfter),
    paid ? dollars(money.without) : "",
    paid ? dollars(money.saved) : "",
    paid ? price : model.context.requests > 0 ? "subscription" : price
  ]
}

/** What the proxy's ledger says, with what each figure is a part of. */
const proxyLines = ({ cache, epochs, models, total }: Stats, paint: Paint): ReadonlyArray<string> => {
  if (total.requests === 0) return []
  const { context, money } = total
  const [head = "", ...lines] = table(
    [["model", "requests", "before", "after", "saved", "without", "saved", "prices of"], ...models.map(modelRow)],
    new Set([1, 2, 3, 4, 5, 6])
  )
  return [
    `Proxy, ${counted(total.requests, "request")}: ${count(total.tokensBefore)} → ${count(total.tokensAfter)} tokens of ${counted(total.answered, "prompt")}, ${percent(total.tokensBefore, total.tokensAfter)} saved`,
    ...(money.requests === 0
      ? []
      : [
          `${dollars(money.saved)} saved, net, of the ${dollars(money.without)} that ${counted(money.requests, "request")} would have cost`
        ]),
    ...(context.requests === 0
      ? []
      : [
          `${percent(context.tokensBefore, context.tokensAfter)} of the context of ${counted(context.requests, "request")} under a subscription kept free`
        ]),
    ...(cache.input === 0
      ? []
      : [
          `${percent(cache.input, cache.input - cache.read)} of ${count(cache.input)} input tokens read from the cache`
        ]),
    ...(total.renewals.requests === 0
      ? []
      : [
          `${counted(total.renewals.requests, "request")} to keep caches warm, for ${dollars(total.renewals.paid)}; ${dollars(total.renewals.averted)} of writing anew averted`
        ]),
    ...(epochs.births === 0
      ? []
      : [
          `${counted(epochs.births, "time")} a history was rendered anew: ${count(epochs.removed)} tokens less, ${count(epochs.rewritten)} written again; ${dollars(epochs.gained)} gained so far`
        ]),
    "",
    paint("bold", head),
    ...lines,
    ""
  ]
}

const run = Effect.fnUntraced(function* (flags: { readonly json: boolean }) {
  const originals = yield* Originals
  const settings = yield* Settings
  const { paint } = yield* Screen
  const store = yield* originals.stats
  const totals = yield* originals.totals()
  const proxy = yield* gatherStats({ until: (yield* Clock.currentTimeMillis) + 1 })
  const sum = (field: "count" | "tokensBefore" | "tokensAfter"): number =>
    totals.reduce((all, total) => all + total[field], 0)
  const tokensBefore = sum("tokensBefore")
  const tokensAfter = sum("tokensAfter")
  if (flags.json) {
    const all = { texts: sum("count"), tokensBefore, tokensAfter, tokensSaved: tokensBefore - tokensAfter }
    return yield* writeOutput(
      `${JSON.stringify({ ...all, totals, proxy, store: { ...store, home: settings.home } })}\n`
    )
  }
  const kept = `${counted(store.originals, "original")}, ${bytes(store.originalBytes)} (${bytes(store.storedBytes)} on disk), in ${settings.home}`
  if (totals.length === 0 && proxy.total.requests === 0) {
    return yield* writeOutput(`Nothing was compressed yet; headroom demo shows what it would do.\n${kept}\n`)
  }
  const [head = "", ...lines] = table([heading, ...totals.map(row)], new Set([3, 4, 5, 6]))
  const compressed = [
    `${counted(sum("count"), "text")}: ${count(tokensBefore)} → ${count(tokensAfter)} tokens, ${percent(tokensBefore, tokensAfter)} saved`,
    "",
    paint("bold", head),
    ...lines,
    ""
  ]
  yield* writeOutput([...proxyLines(proxy, paint), ...(totals.length === 0 ? [] : compressed), kept, ""].join("\n"))
})

export const stats = Command.make("stats", parameters, run).pipe(
  Command.withDescription(
    "Show what was saved so far, through the proxy and by headroom compress, and what the store holds."
  )
)

/** `headroom show`: what was changed in a stored output or in the proxy's last request, before and after. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Change, changesOf, summed } from "../../../domain/changes.ts"
import type { Ref } from "../../../domain/digest.ts"
import type { Exchange } from "../../../domain/exchange.ts"
import { gapsOf } from "../../../domain/marker.ts"
import { estimateTokens } from "../../../domain/tokens.ts"
import { Headroom, type TextOptions } from "../../../pipeline/headroom.ts"
import { Ledger } from "../../../pipeline/ports/ledger.ts"
import { Originals } from "../../../pipeline/ports/originals.ts"
import { Prices } from "../../../pipeline/ports/prices.ts"
import { retrieve } from "../../../pipeline/retrieve.ts"
import { recentOf } from "../../../pipeline/stats.ts"
import { CommandError } from "../errors.ts"
import { exchangeLines } from "../exchange.ts"
import { count, percent } from "../figures.ts"
import { type Last, recallLast } from "../last.ts"
import { textFrom, writeOutput } from "../streams.ts"
import { type Paint, Screen, type Style } from "../terminal.ts"

const parameters = {
  ref: Args.text({ name: "last|REF" }).pipe(
    Args.withDescription("The proxy's last request or the last output with hidden text, or the output with this ref.")
  )
}

/** Lines of one kind in a row that are printed. */
const RUN_LINES = 6
/** Outputs of a request that are printed; the rest is named by its refs. */
const MOST_OUTPUTS = 3
const STYLES: Readonly<Record<Change["sign"], Style>> = { " ": "dim", "-": "red", "+": "green" }

const cut = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, columns - 1)}…`

/** Before and after as lines for a terminal of so many columns. */
const printChanges = (before: string, after: string, paint: Paint, columns: number): ReadonlyArray<string> =>
  summed(changesOf(before, after), RUN_LINES).map((change) =>
    paint(
      STYLES[change.sign],
      cut(
        "more" in change ? `${change.sign} … ${count(change.more)} more lines` : `${change.sign} ${change.line}`,
        columns
      )
    )
  )

const settingsOf = (last: Last): TextOptions => ({
  ...(last.kind === undefined ? {} : { kind: last.kind }),
  ...(last.query === undefined ? {} : { query: last.query }),
  ...(last.file === undefined ? {} : { file: last.file }),
  ...(last.budgetTokens === undefined ? {} : { budgetTokens: last.budgetTokens })
})

/** What an original became: what a request carried, or what the same settings make of it once more. */
const viewOf = (ref: Ref, text: string, last: Last | undefined) =>
  Effect.gen(function* () {
    const originals = yield* Originals
    const headroom = yield* Headroom
    const sent = yield* originals.viewOf(ref)
    if (sent !== undefined) return { name: "as it was sent", text: sent }
    const view = yield* headroom.compressText(text, {
      mode: "offload",
      ...(last?.ref === ref ? settingsOf(last) : {})
    })
    return { name: `${view.kind}, ${view.outcome}`, text: view.text }
  })

const outputLines = (ref: string, last: Last | undefined) =>
  Effect.gen(function* () {
    const { columns, paint } = yield* Screen
    const original = yield* retrieve(ref)
    if (original.bytes !== undefined && textFrom(original.bytes) === undefined)
      return [`${original.ref}: ${count(original.bytes.length)} bytes that are no text, kept as they came`]
    const view = yield* viewOf(original.ref, original.text, last)
    const [before, after] = [estimateTokens(original.text), estimateTokens(view.text)]
    const gaps = gapsOf(view.text).map(
      ({ count: units, profile, range: [from, to] = [0, units], unit }) =>
        `hidden: ${unit} ${from}-${to}${profile === undefined ? "" : `, ${profile}`}`
    )
    return [
      paint(
        "bold",
        `${original.ref}  ${view.name}  ${count(before)} → ${count(after)} tokens, ${percent(before, after)} saved`
      ),
      ...gaps,
      "",
      ...printChanges(original.text, view.text, paint, columns)
    ]
  })

const showExchange = (exchange: Exchange) =>
  Effect.gen(function* () {
    const { paint } = yield* Screen
    const recent = recentOf(yield* Prices, exchange)
    const refs = [...exchange.slots]
      .sort((a, b) => b.tokensBefore - b.tokensAfter - (a.tokensBefore - a.tokensAfter))
      .flatMap((slot) => slot.ref ?? [])
    const outputs = yield* Effect.forEach(refs.slice(0, MOST_OUTPUTS), (ref) =>
      // what was purged meanwhile is no reason to show nothing
      Effect.catchTag(outputLines(ref, undefined), "RetrieveError", ({ message }) => Effect.succeed([message]))
    )
    const lines = exchangeLines(recent, yield* Clock.currentTimeMillis, paint)
    yield* writeOutput([...lines, ...outputs.flatMap((output) => ["", ...output]), ""].join("\n"))
  })

const run = Effect.fnUntraced(function* ({ ref }: { readonly ref: string }) {
  const last = yield* recallLast
  if (ref !== "last") return yield* writeOutput(`${(yield* outputLines(ref, last)).join("\n")}\n`)
  const ledger = yield* Ledger
  const [exchange] = yield* ledger.latest(1)
  if (exchange !== undefined && exchange.at > (last?.at ?? 0)) return yield* showExchange(exchange)
  if (last === undefined) {
    return yield* new CommandError({
      message:
        "nothing came through the proxy and nothing has been hidden yet; headroom compress FILE --budget 500 hides what matters least"
    })
  }
  yield* writeOutput(`${(yield* outputLines(last.ref, last)).join("\n")}\n`)
})

export const show = Command.make("show", parameters, run).pipe(
  Command.withDescription(
    "Show what was changed in a stored output or in the proxy's last request: gone lines in red, new ones in green."
  )
)

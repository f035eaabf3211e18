/** `headroom show`: what was changed in a stored output, before and after. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { Headroom, type TextOptions } from "../../../pipeline/headroom.ts"
import { retrieve } from "../../../pipeline/retrieve.ts"
import { type Change, changesOf, summed } from "../../../domain/changes.ts"
import { CommandError } from "../errors.ts"
import { count, percent } from "../figures.ts"
import { type Last, recallLast } from "../last.ts"
import { textFrom, writeOutput } from "../streams.ts"
import { type Paint, Screen, type Style } from "../terminal.ts"

const parameters = {
  ref: Args.text({ name: "last|REF" }).pipe(
    Args.withDescription("The last output with hidden text, or the one with this ref.")
  )
}

/** Lines of one kind in a row that are printed. */
const RUN_LINES = 6
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
  ...(last.budgetTokens === undefined ? {} : { budgetTokens: last.budgetTokens })
})

const run = Effect.fnUntraced(function* ({ ref }: { readonly ref: string }) {
  const last = yield* recallLast
  if (ref === "last" && last === undefined) {
    return yield* new CommandError({
      message: "nothing has been hidden yet; headroom compress FILE --budget 500 hides what matters least"
    })
  }
  const { paint, columns } = yield* Screen
  const original = yield* retrieve(ref === "last" ? (last?.ref ?? "") : ref)
  if (original.bytes !== undefined && textFrom(original.bytes) === undefined) {
    return yield* writeOutput(
      `${original.ref}: ${count(original.bytes.length)} bytes that are no text, kept as they came\n`
    )
  }
  const headroom = yield* Headroom
  const view = yield* headroom.compressText(original.text, {
    mode: "offload",
    ...(last?.ref === original.ref ? settingsOf(last) : {})
  })
  const figures = `${count(view.tokensBefore)} → ${count(view.tokensAfter)} tokens, ${percent(view.tokensBefore, view.tokensAfter)} saved`
  const gaps = view.elisions.map(
    (gap) => `hidden: ${gap.unit} ${gap.from}-${gap.to}${gap.profile === undefined ? "" : `, ${gap.profile}`}`
  )
  yield* writeOutput(
    [
      paint("bold", `${original.ref}  ${view.kind}, ${view.outcome}  ${figures}`),
      ...gaps,
      "",
      ...printChanges(original.text, view.text, paint, columns),
      ""
    ].join("\n")
  )
})

export const show = Command.make("show", parameters, run).pipe(
  Command.withDescription("Show what was changed in a stored output: gone lines in red, new ones in green.")
)

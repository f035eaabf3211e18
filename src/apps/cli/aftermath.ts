/** What is told and remembered once a text was made smaller: a line for a person, the ref for `show last`, the figures for `stats`. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Settings } from "../../adapters/settings/settings.ts"
import type { BlockReport, TextOptions } from "../../pipeline/headroom.ts"
import { Originals } from "../../pipeline/ports/originals.ts"
import { count, percent } from "./figures.ts"
import { remember } from "./last.ts"
import { Screen } from "./terminal.ts"

export const summary = (
  what: string,
  result: { readonly tokensBefore: number; readonly tokensAfter: number }
): string =>
  `${what}: ${count(result.tokensBefore)} → ${count(result.tokensAfter)} tokens, ${percent(result.tokensBefore, result.tokensAfter)} saved`

/** Told to a person at a terminal; a pipe gets the text alone. */
export const tell = (text: string): Effect.Effect<void, never, Screen> =>
  Effect.flatMap(Screen, (screen) => (process.stderr.isTTY ? screen.note(text) : Effect.void))

export const rememberRef = (
  ref: string | undefined,
  { kind, query, file, budgetTokens }: TextOptions
): Effect.Effect<void, never, Settings> =>
  ref === undefined
    ? Effect.void
    : remember({
        ref,
        ...(kind === undefined ? {} : { kind }),
        ...(query === undefined ? {} : { query }),
        ...(file === undefined ? {} : { file }),
        ...(budgetTokens === undefined ? {} : { budgetTokens })
      })

type Figures = Pick<BlockReport, "kind" | "outcome" | "reason" | "tokensBefore" | "tokensAfter">

/** Adds to the figures of `headroom stats`, where there is a store; failing to is no reason to fail. */
export const record = (blocks: ReadonlyArray<Figures>, project: string): Effect.Effect<void, never, Originals> =>
  Effect.gen(function* () {
    const originals = yield* Originals
    const at = yield* Clock.currentTimeMillis
    const rows = blocks.map(({ kind, outcome, reason = "", tokensBefore, tokensAfter }) => ({
      kind,
      outcome,
      reason,
      tokensBefore,
      tokensAfter,
      project,
      at
    }))
    yield* originals.record(rows)
  }).pipe(Effect.catchAll((error) => Effect.logDebug("figures not recorded", error)))

/**
 * What source declares: the parser is asked where a body may be hidden, and nowhere else, for it takes a hundred times as long as a
 * decision.
 */
import * as Effect from "effect/Effect"
import type { Question, Registry } from "../compressors/decide.ts"
import { toParse } from "../compressors/code/parsing.ts"
import { outlineOfLines } from "../compressors/code/scan.ts"
import type { Hint } from "../domain/content.ts"
import type { Outline } from "../domain/outline.ts"
import { estimateTokens } from "../domain/tokens.ts"
import type { CodeParser } from "./ports/code-parser.ts"

/** Programs and tools that print what stands elsewhere. */
const FETCHERS = /^(?:curl|wget|https?|gh api|glab api|web_?fetch|fetch|.*_fetch|fetch_.*|browse\w*)$/

/**
 * Whether the text came from elsewhere, so that no edit will follow whose lines must match. What an agent has read of its files it may edit
 * next, and what else looks like source may be the trace of a failing test.
 */
export const isFetched = ({ commands, origin }: Hint): boolean =>
  origin === "output" && commands.length > 0 && commands.every((name) => FETCHERS.test(name))

/** The text's outline, where it is source over the budget; from its lines where there is no parser or it fails. */
export const outlineOf = (
  { text, hint, kind, want }: Question,
  registry: Registry,
  parser: CodeParser["Type"] | undefined
): Effect.Effect<Outline | undefined> => {
  if (want.visibleOnly || estimateTokens(text) <= want.budgetTokens) return Effect.succeed(undefined)
  if ((kind ?? registry.route(text, hint)) !== "code") return Effect.succeed(undefined)
  const { source, language } = toParse(text, hint)
  const byLines = Effect.sync(() => outlineOfLines(source.split("\n")))
  if (parser === undefined || language === undefined) return byLines
  return Effect.catchAll(parser.outline(source, language), (error) =>
    Effect.zipRight(Effect.logDebug(error.message), byLines)
  )
}

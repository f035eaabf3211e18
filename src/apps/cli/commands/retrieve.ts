/** `headroom retrieve`: a stored original, or a part of it, byte for byte. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { retrieve as retrieveOriginal, type RetrieveOptions } from "../../../pipeline/retrieve.ts"
import { writeOutput } from "../streams.ts"

const parameters = {
  ref: Args.text({ name: "REF" }).pipe(Args.withDescription('The digits after "headroom retrieve" in a marker.')),
  lines: Options.text("lines").pipe(
    Options.withPseudoName("A-B"),
    Options.withDescription("Only these lines of the original, from 1."),
    Options.optional
  ),
  query: Options.text("query").pipe(
    Options.withPseudoName("WORDS"),
    Options.withDescription("Only the passages that hold these words, best first."),
    Options.optional
  ),
  path: Options.text("path").pipe(
    Options.withPseudoName("PATH"),
    Options.withDescription("Only the value at this JSON path, such as $.items[3].name."),
    Options.optional
  )
}

interface Flags {
  readonly ref: string
  readonly lines: Option.Option<string>
  readonly query: Option.Option<string>
  readonly path: Option.Option<string>
}

const run = Effect.fnUntraced(function* (flags: Flags) {
  const part: RetrieveOptions = {
    ...(Option.isSome(flags.lines) ? { lines: flags.lines.value } : {}),
    ...(Option.isSome(flags.query) ? { query: flags.query.value } : {}),
    ...(Option.isSome(flags.path) ? { path: flags.path.value } : {})
  }
  const retrieved = yield* retrieveOriginal(flags.ref, part)
  yield* writeOutput(retrieved.bytes ?? retrieved.text)
})

export const retrieve = Command.make("retrieve", parameters, run).pipe(
  Command.withDescription("Print a stored original, or the part of it that is asked for.")
)

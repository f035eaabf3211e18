/**
 * `headroom run`: runs a command and makes what it prints smaller by its kind; input, errors, signals and the exit code are the command's.
 *
 * At a terminal the command has the terminal, and nothing is held back or changed: a person reads it, not a model.
 */
import * as Command from "@effect/cli/Command"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Settings } from "../../../adapters/settings/settings.ts"
import { Headroom, type TextOptions } from "../../../pipeline/headroom.ts"
import { record, rememberRef } from "../aftermath.ts"
import { runCommand } from "../child.ts"
import { UsageError } from "../errors.ts"
import { textFrom, writeOutput } from "../streams.ts"
import { Screen } from "../terminal.ts"
import { checked, modeOf, optionsOf, type Wanted, wanted } from "./compress.ts"

/** The words of the command that is to be run: they are not the parser's. */
export class Words extends Context.Tag("headroom/cli/Words")<Words, ReadonlyArray<string>>() {}

/** The view of an output; where making it fails, the output itself. */
const smaller = (text: string, options: TextOptions) =>
  Effect.gen(function* () {
    const headroom = yield* Headroom
    const result = yield* headroom.compressText(text, options)
    yield* rememberRef(result.ref, options)
    yield* record([result], options.project ?? "")
    return result.text
  }).pipe(Effect.catchAllCause((cause) => Effect.as(Effect.logWarning("the output goes on as it came", cause), text)))

const run = Effect.fnUntraced(function* (flags: Wanted) {
  const words = yield* Words
  const settings = yield* Settings
  const screen = yield* Screen
  yield* checked(flags)
  const [command, ...args] = words
  if (command === undefined)
    return yield* new UsageError({ message: "name a command, such as: headroom run -- npm test" })
  const isTerminal = process.stdout.isTTY === true
  const { code, output } = yield* runCommand(command, args, !isTerminal)
  if (isTerminal)
    yield* screen.note("headroom: at a terminal the output is left as it is; end with | cat to see what an agent reads")
  const text = output === undefined ? undefined : textFrom(output)
  if (output !== undefined && output.length > 0) {
    const options: TextOptions = {
      ...optionsOf(flags, modeOf({ ...flags, lossless: false }, settings), settings),
      command: words,
      ...(Option.isSome(flags.kind) ? { kind: flags.kind.value } : {})
    }
    // Whoever read it may be gone: the exit code is still the command's.
    yield* Effect.catchTag(
      writeOutput(text === undefined ? output : yield* smaller(text, options)),
      "BrokenPipe",
      () => Effect.void
    )
  }
  // An interruption would take a failure's place; the command's own code stands.
  process.exitCode = code
})

/** An interruption is the command's affair, and what it printed until then is still written. */
export const runOther = Command.make("run", wanted, (flags) => Effect.uninterruptible(run(flags))).pipe(
  Command.withDescription("Run a command and print less: headroom run [OPTIONS] -- COMMAND. Its exit code is kept.")
)

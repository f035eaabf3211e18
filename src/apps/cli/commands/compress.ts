/** `headroom compress`: a file or standard input, smaller; a messages file in gives messages out. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Settings } from "../../../adapters/settings/settings.ts"
import { KINDS } from "../../../domain/content.ts"
import {
  type CompressOptions,
  type CompressResult,
  Headroom,
  type Mode,
  type TextOptions,
  type TextResult
} from "../../../pipeline/headroom.ts"
import { Originals } from "../../../pipeline/ports/originals.ts"
import { CommandError, UsageError } from "../errors.ts"
import { record, rememberRef, summary, tell } from "../aftermath.ts"
import { type MessagesFile, messagesFileFrom, rewritten } from "../messages-file.ts"
import { type Input, readInput, writeOutput } from "../streams.ts"
import { Screen } from "../terminal.ts"

export const wanted = {
  kind: Options.text("kind").pipe(
    Options.withPseudoName("KIND"),
    Options.withDescription(`Take the input as this kind: ${KINDS.join(", ")}. Default: found by its structure.`),
    Options.optional
  ),
  query: Options.text("query").pipe(
    Options.withPseudoName("QUESTION"),
    Options.withDescription("What the reader is after; what answers it stays in view."),
    Options.optional
  ),
  budget: Options.text("budget").pipe(
    Options.withPseudoName("TOKENS"),
    Options.withDescription("Tokens that a text should not exceed. Hides what matters least; the original is stored."),
    Options.optional
  ),
  mode: Options.choice("mode", ["off", "visible", "offload"] as const).pipe(
    Options.withDescription(
      "visible hides nothing; offload hides under a marker and stores the original. Default: HEADROOM_MODE, else visible."
    ),
    Options.optional
  )
}

const parameters = {
  file: Args.text({ name: "FILE" }).pipe(
    Args.withDescription("What to compress; - or nothing reads standard input."),
    Args.optional
  ),
  ...wanted,
  lossless: Options.boolean("lossless").pipe(Options.withDescription("Hide nothing, whatever else is set.")),
  json: Options.boolean("json").pipe(Options.withDescription("Print one JSON object with the text and the figures."))
}

/** How a text is wanted. */
export interface Wanted {
  readonly kind: Option.Option<string>
  readonly query: Option.Option<string>
  readonly budget: Option.Option<string>
  readonly mode: Option.Option<Mode>
}

interface Flags extends Wanted {
  readonly file: Option.Option<string>
  readonly lossless: boolean
  readonly json: boolean
}

/** The mode in force: a budget can be kept by hiding alone, so it asks for offload; what hides nothing needs no store. */
export const modeOf = (
  flags: Wanted & { readonly lossless: boolean },
  settings: { readonly mode: Mode | undefined }
): Mode => {
  const asked = Option.getOrElse(flags.mode, () =>
    Option.isSome(flags.budget) ? "offload" : (settings.mode ?? "visible")
  )
  return flags.lossless && asked === "offload" ? "visible" : asked
}

/** The flags as options of the service. */
export const optionsOf = (
  flags: Wanted,
  mode: Mode,
  settings: Pick<Settings["Type"], "project" | "model" | "treatments">
): CompressOptions => ({
  mode,
  treatments: settings.treatments,
  project: settings.project,
  ...(settings.model === undefined ? {} : { model: settings.model }),
  ...(Option.isSome(flags.query) ? { query: flags.query.value } : {}),
  ...(Option.isSome(flags.budget) ? { budgetTokens: Number(flags.budget.value) } : {})
})

const isKind = (name: string): boolean => KINDS.some((kind) => kind === name)

export const checked = (flags: Wanted): Effect.Effect<void, UsageError> => {
  if (Option.isSome(flags.kind) && !isKind(flags.kind.value)) {
    return new UsageError({ message: `unknown kind "${flags.kind.value}"; --kind takes ${KINDS.join(", ")}` })
  }
  if (Option.isSome(flags.budget) && !/^[1-9]\d{0,8}$/.test(flags.budget.value)) {
    return new UsageError({ message: `--budget ${flags.budget.value}: give a whole number of tokens, 1 or more` })
  }
  if (Option.isSome(flags.budget) && Option.isSome(flags.mode) && flags.mode.value !== "offload") {
    return new UsageError({
      message: `--budget can hide text, --mode ${flags.mode.value} cannot; leave one of them out`
    })
  }
  return Effect.void
}

const textObject = (result: TextResult) => ({
  kind: result.kind,
  outcome: result.outcome,
  text: result.text,
  tokensBefore: result.tokensBefore,
  tokensAfter: result.tokensAfter,
  ref: result.ref ?? null,
  elisions: result.elisions,
  noise: result.noise,
  ...(result.reason === undefined ? {} : { reason: result.reason })
})

/** The messages stand in the object as they stand in the file, so that no number is spelled anew. */
const messagesObject = (
  messages: string,
  { tokensBefore, tokensAfter, tokensSaved, refs, blocks }: CompressResult<unknown>
): string => {
  const figures = JSON.stringify({ tokensBefore, tokensAfter, tokensSaved, refs, blocks })
  return `{"messages":${messages.trim()},${figures.slice(1)}\n`
}

/** Stores what cannot be rendered; where that fails, the bytes still go on. */
const keepBytes = (bytes: Uint8Array): Effect.Effect<string | undefined, never, Originals> =>
  Effect.flatMap(Originals, (originals) => originals.keep({ originals: [bytes] })).pipe(
    Effect.map((kept) => kept.receipts[0]?.ref),
    Effect.catchAll((error) => Effect.as(Effect.logWarning(error.message), undefined))
  )

/** Bytes that are no text go on as they came. */
const passOn = (input: Input, flags: Flags, mode: Mode) =>
  Effect.gen(function* () {
    if (flags.json) {
      return yield* new CommandError({
        message: `${input.name}: is not UTF-8 text, which JSON could not carry; without --json it comes out as it is`
      })
    }
    const ref = mode === "offload" ? yield* keepBytes(input.bytes) : undefined
    const stored = ref === undefined ? "" : `; headroom retrieve ${ref} gives it again`
    const screen = yield* Screen
    yield* screen.note(`headroom: ${input.name}: is not UTF-8 text; passed on as it is${stored}`)
    yield* writeOutput(input.bytes)
  })

const compressMessages = (file: MessagesFile, options: CompressOptions, flags: Flags) =>
  Effect.gen(function* () {
    const headroom = yield* Headroom
    const screen = yield* Screen
    const total = file.read.document.blocks.length
    const after = (block: { readonly index: number }): void => screen.progress("compressing", block.index + 1, total)
    const result = yield* headroom
      .compress(file.value, { ...options, hooks: { after } })
      .pipe(Effect.ensuring(screen.settle))
    yield* rememberRef(result.refs.at(-1), options)
    yield* record(result.blocks, options.project ?? "")
    const messages = rewritten(file, result.messages)
    yield* writeOutput(flags.json ? messagesObject(messages, result) : messages)
    yield* tell(summary(`${file.read.shape}, ${total} blocks`, result))
  })

const compressText = (text: string, options: TextOptions, flags: Flags) =>
  Effect.gen(function* () {
    const headroom = yield* Headroom
    const result = yield* headroom.compressText(text, options)
    yield* rememberRef(result.ref, options)
    yield* record([result], options.project ?? "")
    yield* writeOutput(flags.json ? `${JSON.stringify(textObject(result))}\n` : result.text)
    const original = result.ref === undefined ? "" : `; headroom retrieve ${result.ref} gives the original`
    yield* tell(`${summary(`${result.kind}, ${result.outcome}`, result)}${original}`)
  })

/** What is to be compressed; read before a store is opened, so that a mistake leaves nothing behind. */
export class Source extends Context.Tag("headroom/cli/Source")<Source, Input>() {}

export const readSource = (flags: Flags): Effect.Effect<Input, UsageError | CommandError, Screen> =>
  Effect.zipRight(checked(flags), readInput(Option.getOrUndefined(flags.file)))

const run = Effect.fnUntraced(function* (flags: Flags) {
  const input = yield* Source
  const settings = yield* Settings
  const screen = yield* Screen
  const mode = modeOf(flags, settings)
  if (input.text === undefined) return yield* passOn(input, flags, mode)
  if (input.text === "") yield* screen.note(`headroom: ${input.name}: is empty`)
  const options: CompressOptions = { ...optionsOf(flags, mode, settings), lossless: flags.lossless }
  const named = { ...options, file: input.name }
  if (Option.isSome(flags.kind)) return yield* compressText(input.text, { ...named, kind: flags.kind.value }, flags)
  const messages = messagesFileFrom(input.text)
  return yield* messages === undefined
    ? compressText(input.text, named, flags)
    : compressMessages(messages, options, flags)
})

export const compress = Command.make("compress", parameters, run).pipe(
  Command.withDescription(
    "Make a text or a messages file smaller. The result goes to standard output, figures to standard error."
  )
)

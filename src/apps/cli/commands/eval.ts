/** `headroom eval`: whether answers stay in sight, or one retrieval away, when outputs are made smaller; and whether a model still gives them. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { Settings } from "../../../adapters/settings/settings.ts"
import { needleProbes } from "../../../domain/needle.ts"
import { answerSet, evaluateSet, type AnswerResult, type SetResult } from "../../../pipeline/evaluate.ts"
import { type QuestionFile, type QuestionSet, questionSets } from "../../../wire/questions/question-set.ts"
import { CommandError, UsageError } from "../errors.ts"
import { answerLines, setLines } from "../eval/report.ts"
import { writeOutput } from "../streams.ts"
import { Screen } from "../terminal.ts"

const parameters = {
  paths: Args.text({ name: "PATH" }).pipe(
    Args.withDescription(
      "Question sets (SQuAD, HotpotQA, QMSum, BFCL, GSM8K, TruthfulQA), files or folders; needles are planted in any case."
    ),
    Args.repeated
  ),
  keep: Options.text("keep").pipe(
    Options.withPseudoName("PERCENT"),
    Options.withDescription("Tokens that stay. Default: 30."),
    Options.withDefault("30")
  ),
  limit: Options.text("limit").pipe(
    Options.withPseudoName("COUNT"),
    Options.withDescription("Questions of each set, spread over it. Default: all of them; 50 with --llm."),
    Options.optional
  ),
  only: Options.text("only").pipe(
    Options.withPseudoName("PART"),
    Options.withDescription("Only sets whose name holds this."),
    Options.optional
  ),
  llm: Options.text("llm").pipe(
    Options.withPseudoName("BASE_URL"),
    Options.withDescription(
      "Ask a model behind this chat completions address, over all of each output and over less of it."
    ),
    Options.optional
  ),
  model: Options.text("model").pipe(
    Options.withPseudoName("NAME"),
    Options.withDescription("The model to ask."),
    Options.optional
  ),
  json: Options.boolean("json").pipe(Options.withDescription("Print one JSON object with every figure."))
}

interface Flags {
  readonly paths: ReadonlyArray<string>
  readonly keep: string
  readonly limit: Option.Option<string>
  readonly only: Option.Option<string>
  readonly llm: Option.Option<string>
  readonly model: Option.Option<string>
  readonly json: boolean
}

/** Questions that a model is asked where nothing else is said: twice as many calls, each paid for. */
const ASKED = 50

interface Asked {
  readonly baseUrl: URL
  readonly model: string
}

interface Wanted {
  readonly share: number
  readonly limit: number
  readonly asked: Asked | undefined
}

const wantedFrom = (flags: Flags): Effect.Effect<Wanted, UsageError> => {
  const usage = (message: string) => new UsageError({ message })
  if (!/^[1-9]\d?$/.test(flags.keep)) return usage(`--keep ${flags.keep}: give whole percent, 1 to 99`)
  if (Option.isSome(flags.limit) && !/^[1-9]\d{0,6}$/.test(flags.limit.value))
    return usage(`--limit ${flags.limit.value}: give a whole number of questions, 1 or more`)
  const most = Option.isSome(flags.llm) ? ASKED : Number.POSITIVE_INFINITY
  const wanted = {
    share: Number(flags.keep) / 100,
    limit: Option.match(flags.limit, { onNone: () => most, onSome: Number })
  }
  if (Option.isNone(flags.llm)) return Effect.succeed({ ...wanted, asked: undefined })
  const address = URL.canParse(flags.llm.value) ? new URL(flags.llm.value) : undefined
  if (address === undefined || !/^https?:$/.test(address.protocol))
    return usage(
      `--llm ${flags.llm.value}: give the base address of a chat completions server, such as http://127.0.0.1:11434/v1`
    )
  if (Option.isNone(flags.model)) return usage("--llm asks a model by its name: give --model NAME too")
  return Effect.succeed({ ...wanted, asked: { baseUrl: address, model: flags.model.value } })
}

/** Larger files are no question sets. */
const MAX_BYTES = 64 << 20

const filesUnder = (path: string): ReadonlyArray<string> =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(?:jsonl?|csv)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => statSync(file).size <= MAX_BYTES)
        .sort()
    : [path]

const setsFrom = (paths: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<QuestionSet>, CommandError> =>
  Effect.forEach(paths, (path) =>
    Effect.gen(function* () {
      if (!existsSync(path)) return yield* new CommandError({ message: `${path}: no such file or folder` })
      const files = yield* Effect.try({
        try: () =>
          filesUnder(path).map(
            (file): QuestionFile => ({ name: file.slice(file.lastIndexOf("/") + 1), text: readFileSync(file, "utf8") })
          ),
        catch: (cause) =>
          new CommandError({
            message: `${path}: not readable (${cause instanceof Error ? cause.message : String(cause)})`
          })
      })
      const sets = questionSets(files)
      return sets.length > 0
        ? sets
        : yield* new CommandError({
            message: `${path}: no question set whose answers stand in a text of it; SQuAD, HotpotQA (with contexts), QMSum, BFCL, GSM8K and TruthfulQA files are read`
          })
    })
  ).pipe(Effect.map((sets) => sets.flat()))

/** So many of the set's questions, evenly spread over it. */
const spread = ({ name, probes }: QuestionSet, limit: number): QuestionSet => ({
  name,
  probes:
    probes.length <= limit
      ? probes
      : Array.from({ length: limit }, (_, at) => probes[Math.floor((at * probes.length) / limit)]).flatMap(
          (probe) => probe ?? []
        )
})

const layerOf = (asked: Asked, key: string | undefined) =>
  Effect.map(
    Effect.promise(() => import("../../../adapters/answerer/chat-completions.ts")),
    ({ layerChatCompletions }) => layerChatCompletions({ ...asked, key })
  )

const run = Effect.fnUntraced(function* (flags: Flags) {
  const screen = yield* Screen
  const { evalKey } = yield* Settings
  const { share, limit, asked } = yield* wantedFrom(flags)
  const found = yield* setsFrom(flags.paths)
  const sets = [{ name: "needles", probes: needleProbes }, ...found]
    .filter(({ name }) => Option.match(flags.only, { onNone: () => true, onSome: (part) => name.includes(part) }))
    .map((set) => spread(set, limit))
  if (sets.length === 0)
    return yield* new CommandError({
      message: `no question set's name holds "${Option.getOrElse(flags.only, () => "")}"; there are needles${found.map(({ name }) => `, ${name}`).join("")}`
    })
  const results: Array<SetResult> = []
  for (const { name, probes } of sets)
    results.push(
      yield* evaluateSet(name, probes, share, (done) => screen.progress(`looking at ${name}`, done, probes.length))
    )
  const answers: Array<AnswerResult> = []
  if (asked !== undefined) {
    const layer = yield* layerOf(asked, evalKey)
    const answerable = sets.map(({ name, probes }) => ({
      name,
      probes: probes.filter((probe) => probe.answers.length > 0)
    }))
    yield* Effect.provide(
      Effect.forEach(
        answerable.filter(({ probes }) => probes.length > 0),
        ({ name, probes }) =>
          Effect.map(
            answerSet(name, probes, share, (done) => screen.progress(`asking ${name}`, done, probes.length)),
            (result) => answers.push(result)
          ),
        { discard: true }
      ),
      layer
    ).pipe(Effect.catchTag("AnswererError", (error) => new CommandError({ message: error.message })))
  }
  yield* screen.settle
  const isLost = results.some(({ lost }) => lost.length > 0)
  if (flags.json) yield* writeOutput(`${JSON.stringify({ keep: share, sets: results, answers })}\n`)
  else {
    const model =
      asked === undefined || answers.length === 0 ? [] : ["", ...answerLines(asked.model, answers, screen.paint)]
    yield* writeOutput([...setLines(results, screen.paint), ...model, ""].join("\n"))
  }
  if (isLost) return yield* new CommandError({ message: "answers were lost, which is a bug in headroom" })
})

export const evaluation = Command.make("eval", parameters, run).pipe(
  Command.withDescription("Check that answers stay in sight, or one retrieval away, and that a model still gives them.")
)

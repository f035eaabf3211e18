/** `headroom models`: which models choose prose, those of a user's own, and whether their files are the ones on record. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { statSync } from "node:fs"
import { join } from "node:path"
import { addModel } from "../../../adapters/prose-model/add.ts"
import { type Model, modelsIn, statesOf } from "../../../adapters/prose-model/models.ts"
import { Settings } from "../../../adapters/settings/settings.ts"
import { CommandError, UsageError } from "../errors.ts"
import { bytes, table } from "../figures.ts"
import { writeOutput } from "../streams.ts"
import { Screen } from "../terminal.ts"

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/

const sizeOf = ({ folder, manifest }: Model): number =>
  manifest.files.reduce(
    (sum, { name }) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0
  )

const nameOf = (model: Model): string => `${model.manifest.name}${model.isShipped ? " (ships with headroom)" : ""}`

/** Which model prose is chosen with, as the setting has it. */
const inUse = (setting: string, models: ReadonlyArray<Model>): Model | undefined =>
  models.find(({ isShipped, manifest }) => (setting === "auto" ? isShipped : manifest.name === setting))

const list = Command.make("list", {}, () =>
  Effect.gen(function* () {
    const { home, proseModel } = yield* Settings
    const models = modelsIn(home)
    const used = inUse(proseModel, models)
    const rows = models.map((model) => [
      model === used ? "*" : " ",
      nameOf(model),
      model.manifest.form,
      bytes(sizeOf(model)),
      model.folder
    ])
    const foot = used === undefined ? `HEADROOM_PROSE_MODEL=${proseModel}: none of them is used\n` : ""
    yield* writeOutput(`${table(rows, new Set([3])).join("\n")}\n${foot}`)
  })
).pipe(Command.withDescription("The models on this machine; * marks the one in use."))

const from = Options.text("from").pipe(
  Options.withPseudoName("PATH"),
  Options.withDescription(
    "The model's .onnx file, or its folder; tokenizer.json and tokenizer_config.json stand beside it."
  )
)

const add = Command.make("add", { name: Args.text({ name: "NAME" }), from }, (flags) =>
  Effect.gen(function* () {
    const { home } = yield* Settings
    const screen = yield* Screen
    if (!NAME.test(flags.name))
      return yield* new UsageError({ message: `${flags.name}: a name has small letters, digits, dots, - and _` })
    if (modelsIn(home).some(({ isShipped, manifest }) => isShipped && manifest.name === flags.name))
      return yield* new UsageError({ message: `${flags.name} ships with headroom; give yours another name` })
    const { model, untried } = yield* addModel(home, flags.name, flags.from).pipe(
      Effect.catchTag("AddModelError", ({ message }) => new CommandError({ message })),
      Effect.catchTag("ProseModelError", ({ cause }) => {
        const detail = cause instanceof Error ? `: ${cause.message.split("\n", 1)[0]}` : ""
        return new CommandError({ message: `${flags.from}: no model of sentence embeddings or token scores${detail}` })
      })
    )
    if (untried !== undefined) yield* screen.note(`headroom: not tried: ${untried.message}`)
    yield* writeOutput(
      `Added ${model.manifest.name} (${model.manifest.form}). HEADROOM_PROSE_MODEL=${model.manifest.name} uses it.\n`
    )
  })
).pipe(Command.withDescription("Take a model from files of your own. Nothing is fetched."))

const verify = Command.make("verify", { name: Args.optional(Args.text({ name: "NAME" })) }, (flags) =>
  Effect.gen(function* () {
    const { home } = yield* Settings
    const models = modelsIn(home).filter(
      ({ manifest }) => Option.isNone(flags.name) || manifest.name === flags.name.value
    )
    if (models.length === 0)
      return yield* new CommandError({
        message: `no model ${Option.getOrElse(flags.name, () => "")}; headroom models list shows which there are`
      })
    const rows = yield* Effect.forEach(models, (model) =>
      Effect.map(statesOf(model), (states) =>
        states.map(([file, state]) => [model.manifest.name, file, state] as const)
      )
    )
    yield* writeOutput(`${table(rows.flat(), new Set()).join("\n")}\n`)
    const bad = rows.flat().filter(([, , state]) => state !== "good")
    if (bad.length > 0)
      return yield* new CommandError({
        message: `not as on record: ${bad.map(([name, file]) => `${name}/${file}`).join(", ")}; add the model again, or install headroom again for its own`
      })
  })
).pipe(Command.withDescription("Compare the models' files with the digests on record."))

export const models = Command.make("models").pipe(
  Command.withDescription("The models that choose which sentences of prose to show."),
  Command.withSubcommands([list, add, verify])
)

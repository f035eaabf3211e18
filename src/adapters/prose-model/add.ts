/**
 * Takes a model from files of the user's own: tried first, then copied, with a digest of each file on record; a model that was there under
 * the name stays until the new one is whole.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { copyFile } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ProseModel, type ProseModelError } from "../../pipeline/ports/prose-model.ts"
import { digestOf, Manifest, MANIFEST_FILE, type Model, MODEL_FILE, modelsFolder, TOKENIZER_FILES } from "./models.ts"
import { layerOnnx } from "./onnx.ts"

export class AddModelError extends Schema.TaggedError<AddModelError>()("AddModelError", {
  path: Schema.String,
  problem: Schema.String
}) {
  override get message(): string {
    return `${this.path}: ${this.problem}`
  }
}

/** A file of the model under the name that it gets here. */
interface Source {
  readonly name: string
  readonly path: string
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory()

/** The model's file that a path means: itself, or the one in the folder or in its `onnx`. */
const modelFileAt = (path: string): string | AddModelError => {
  if (!existsSync(path)) return new AddModelError({ path, problem: "no such file or folder" })
  if (!isFolder(path)) return path
  const files = [path, join(path, "onnx")].flatMap((folder) =>
    isFolder(folder) ? readdirSync(folder).flatMap((name) => (name.endsWith(".onnx") ? [join(folder, name)] : [])) : []
  )
  const [first, ...others] = files
  if (first === undefined) return new AddModelError({ path, problem: "holds no .onnx file" })
  if (others.length === 0) return first
  return new AddModelError({ path, problem: `holds several models, name one: ${files.join(", ")}` })
}

/** The model with its tokenizer, which stands beside it or one folder up, and with weights that it keeps in files of their own. */
const sourcesAt = (given: string): ReadonlyArray<Source> | AddModelError => {
  const file = modelFileAt(resolve(given))
  if (typeof file !== "string") return file
  const folder = dirname(file)
  const weights = readdirSync(folder).filter(
    (name) => name.startsWith(`${basename(file)}_`) || name.startsWith(`${basename(file)}.`)
  )
  const tokenizer = TOKENIZER_FILES.map((name) => ({
    name,
    path: [folder, dirname(folder)].map((near) => join(near, name)).find((path) => existsSync(path))
  }))
  const missing = tokenizer.find(({ path }) => path === undefined)
  if (missing !== undefined) return new AddModelError({ path: file, problem: `there is no ${missing.name} beside it` })
  return [
    { name: MODEL_FILE, path: file },
    ...tokenizer.map(({ name, path }) => ({ name, path: path ?? "" })),
    ...weights.map((name) => ({ name, path: join(folder, name) }))
  ]
}

/** Models whose form is known without a try. */
const KNOWN: ReadonlyMap<string, Manifest["form"]> = new Map([["kompress-v2-base", "token-scores"]])

/** Reads a sentence with the model; fails as it fails. */
const attempt = (model: Model): Effect.Effect<unknown, ProseModelError> =>
  Effect.flatMap(ProseModel, (service) => service.relevance("Is this a question?", ["This is a sentence."])).pipe(
    Effect.provide(layerOnnx({ model }))
  )

export interface Added {
  readonly model: Model
  /** Why it could not be tried here; undefined where it was. */
  readonly untried: ProseModelError | undefined
}

/** The form in which the model in a folder answers. */
const formIn = (
  folder: string,
  name: string,
  files: Manifest["files"]
): Effect.Effect<
  { readonly form: Manifest["form"]; readonly untried: ProseModelError | undefined },
  ProseModelError
> => {
  const first = KNOWN.get(name) ?? "embedding"
  const other = first === "embedding" ? "token-scores" : "embedding"
  const tryAs = (form: Manifest["form"]) =>
    Effect.as(attempt({ folder, isShipped: false, manifest: new Manifest({ name, form, files }) }), {
      form,
      untried: undefined
    })
  return tryAs(first).pipe(
    Effect.catchIf(
      ({ reason }) => reason === "unfit",
      () => tryAs(other)
    ),
    Effect.catchIf(
      ({ reason }) => reason === "not-installed" || reason === "unsupported",
      (untried) => Effect.succeed({ form: first, untried })
    )
  )
}

const using = <A>(path: string, use: () => A | Promise<A>): Effect.Effect<A, AddModelError> =>
  Effect.tryPromise({
    try: async () => use(),
    catch: (cause) => new AddModelError({ path, problem: cause instanceof Error ? cause.message : String(cause) })
  })

export const addModel = (
  home: string,
  name: string,
  from: string
): Effect.Effect<Added, AddModelError | ProseModelError> =>
  Effect.gen(function* () {
    const found = yield* using(from, () => sourcesAt(from))
    if (found instanceof AddModelError) return yield* found
    const target = join(modelsFolder(home), name)
    const folder = `${target}.new-${process.pid}`
    const copy = using(folder, async () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      for (const source of found) {
        await copyFile(source.path, join(folder, source.name))
        chmodSync(join(folder, source.name), 0o600)
      }
    })
    const settle = Effect.gen(function* () {
      yield* copy
      const files = yield* Effect.forEach(found, (source) =>
        Effect.map(digestOf(join(folder, source.name)), (sha256) => ({ name: source.name, sha256 }))
      ).pipe(Effect.mapError((cause) => new AddModelError({ path: folder, problem: String(cause) })))
      const { form, untried } = yield* formIn(folder, name, files)
      const manifest = new Manifest({ name, form, files })
      yield* using(target, () => {
        writeFileSync(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
        rmSync(target, { recursive: true, force: true })
        renameSync(folder, target)
      })
      return { model: { manifest, folder: target, isShipped: false }, untried }
    })
    return yield* Effect.ensuring(
      settle,
      Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    )
  })

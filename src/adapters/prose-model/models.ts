/**
 * The models on this machine: the one that ships with Headroom, and those that a user has added from files of their own. Nothing is ever
 * fetched, and each file's digest is on record, so that a damaged one is told from a good one.
 */
import { createHash } from "node:crypto"
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** embedding: a vector for each token, whose mean is the text's. token-scores: how much each token is worth keeping. */
const Form = Schema.Literal("embedding", "token-scores")

export class Manifest extends Schema.Class<Manifest>("Manifest")({
  name: Schema.String,
  form: Form,
  files: Schema.Array(Schema.Struct({ name: Schema.String, sha256: Schema.String }))
}) {}

/** A model and where its files lie. */
export interface Model {
  readonly manifest: Manifest
  readonly folder: string
  readonly isShipped: boolean
}

export const MODEL_FILE = "model.onnx"
export const TOKENIZER_FILES = ["tokenizer.json", "tokenizer_config.json"] as const
export const MANIFEST_FILE = "model.json"

/** models/README.md has the source and the licence. */
const SHIPPED = new Manifest({
  name: "all-minilm-l6-v2-int8",
  form: "embedding",
  files: [
    { name: MODEL_FILE, sha256: "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6" },
    { name: "tokenizer.json", sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037" },
    { name: "tokenizer_config.json", sha256: "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b" }
  ]
})

/** In the package one or two folders above the bundled code, in a clone three above this file. */
const shippedFolder = (): string => {
  const folders = ["../", "../../", "../../../"].map((up) =>
    fileURLToPath(new URL(`${up}models/${SHIPPED.name}`, import.meta.url))
  )
  return folders.find((folder) => existsSync(join(folder, MODEL_FILE))) ?? (folders[0] as string)
}

export const shippedModel = (): Model => ({ manifest: SHIPPED, folder: shippedFolder(), isShipped: true })

/** Where a user's own models lie. */
export const modelsFolder = (home: string): string => join(home, "models")

const manifestIn = (folder: string): Option.Option<Manifest> => {
  try {
    return Schema.decodeOption(Schema.parseJson(Manifest))(readFileSync(join(folder, MANIFEST_FILE), "utf8"))
  } catch {
    return Option.none()
  }
}

/** The shipped model first, then a user's own by name; a folder without a record is none. */
export const modelsIn = (home: string): ReadonlyArray<Model> => {
  const folder = modelsFolder(home)
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  const own = names.flatMap((name): ReadonlyArray<Model> => {
    const manifest = Option.getOrUndefined(manifestIn(join(folder, name)))
    return manifest?.name === name ? [{ manifest, folder: join(folder, name), isShipped: false }] : []
  })
  return [shippedModel(), ...own]
}

/** The model that a setting names; one that is not there has no files, which whoever loads it will say. */
export const modelNamed = (home: string, name: string): Model =>
  name === "auto"
    ? shippedModel()
    : (modelsIn(home).find(({ manifest }) => manifest.name === name) ?? {
        manifest: new Manifest({ name, form: "embedding", files: [{ name: MODEL_FILE, sha256: "" }] }),
        folder: join(modelsFolder(home), name),
        isShipped: false
      })

export const digestOf = (path: string): Effect.Effect<string, unknown> =>
  Effect.tryPromise(async () => {
    const hash = createHash("sha256")
    await pipeline(createReadStream(path), hash)
    return hash.digest("hex")
  })

export type FileState = "good" | "missing" | "damaged"

/** How each file of a model compares with the record. */
export const statesOf = ({
  folder,
  manifest
}: Model): Effect.Effect<ReadonlyArray<readonly [file: string, state: FileState]>> =>
  Effect.forEach(manifest.files, ({ name, sha256 }) =>
    digestOf(join(folder, name)).pipe(
      Effect.map((digest): FileState => (digest === sha256 ? "good" : "damaged")),
      Effect.orElseSucceed((): FileState => "missing"),
      Effect.map((state) => [name, state] as const)
    )
  )

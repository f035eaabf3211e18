import { createHash } from "node:crypto"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, describe, expect, it } from "vitest"
import { addModel } from "../../src/adapters/prose-model/add.ts"
import {
  Manifest,
  type Model,
  modelNamed,
  modelsIn,
  shippedModel,
  statesOf
} from "../../src/adapters/prose-model/models.ts"
import { layerOnnx, type OnnxOptions } from "../../src/adapters/prose-model/onnx.ts"
import { ProseModel, type ProseModelError } from "../../src/pipeline/ports/prose-model.ts"
import { proseModelContract } from "../contracts/prose-model.ts"
import { writeTinyModel } from "../fixtures/tiny-model.ts"

const isInstalled = (() => {
  try {
    createRequire(import.meta.url)("onnxruntime-node")
    return true
  } catch {
    return false
  }
})()

const folder = mkdtempSync(join(tmpdir(), "headroom-model-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const scoresOf = (options: OnnxOptions, question: string, passages: ReadonlyArray<string>) =>
  Effect.provide(
    Effect.flatMap(ProseModel, (model) => model.relevance(question, passages)),
    layerOnnx(options)
  )
const failureOf = (options: OnnxOptions): Promise<ProseModelError> =>
  Effect.runPromise(Effect.flip(scoresOf(options, "Why?", ["Because."])))

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")
const modelOf = (name: string, files: Readonly<Record<string, string>>): Model => {
  const own = join(folder, name)
  mkdirSync(own, { recursive: true })
  const listed = Object.entries(files).map(([file, text]) => {
    writeFileSync(join(own, file), text)
    return { name: file, sha256: sha256(Buffer.from(text)) }
  })
  return { manifest: new Manifest({ name, form: "embedding", files: listed }), folder: own, isShipped: false }
}

describe.skipIf(!isInstalled)("with onnxruntime-node (skipped where it is not installed)", () => {
  proseModelContract("the model that ships", layerOnnx())

  it("finds what answers a question, though it shares no word with it", async () => {
    const [answer, ...others] = await Effect.runPromise(
      scoresOf({}, "How heavy is the device?", [
        "It weighs forty grams.",
        "The chairman opened the meeting at nine.",
        "Its walls are painted green."
      ])
    )
    for (const other of others) expect(answer).toBeGreaterThan(other)
  })

  it("folds the scores of tokens into one a passage, as kompress-v2-base gives them, and none for what fills a batch up", async () => {
    const home = join(folder, "home")
    const { model } = await Effect.runPromise(addModel(home, "kompress-v2-base", writeTinyModel(join(folder, "tiny"))))
    expect(model.manifest.form).toBe("token-scores")
    expect(modelNamed(home, "kompress-v2-base")).toEqual(model)
    // [CLS] 101, the 1996, [SEP] 102
    const many = "the ".repeat(40)
    const mean = (tokens: number): number => Math.round(((101 + tokens * 1996 + 102) / (tokens + 2)) * 10_000) / 10_000
    expect(await Effect.runPromise(scoresOf({ model }, "", ["the", "the the", many]))).toEqual([1, 2, 40].map(mean))
  })

  it("finds the form of a model of another name by a try", async () => {
    const { model } = await Effect.runPromise(
      addModel(join(folder, "home-of-other"), "other", writeTinyModel(join(folder, "tiny-other")))
    )
    expect(model.manifest.form).toBe("token-scores")
  })

  it("takes no model of another form, and leaves the one that was there", async () => {
    const home = join(folder, "home-of-one")
    await Effect.runPromise(addModel(home, "mine", writeTinyModel(join(folder, "good"))))
    const wrong = writeTinyModel(join(folder, "wrong"), "logits")
    const error = await Effect.runPromise(Effect.flip(addModel(home, "mine", wrong)))
    expect(error.message).toContain("logits")
    expect(modelsIn(home).map(({ manifest }) => manifest.name)).toEqual([shippedModel().manifest.name, "mine"])
    expect(await Effect.runPromise(statesOf(modelNamed(home, "mine")))).toEqual([
      ["model.onnx", "good"],
      ["tokenizer.json", "good"],
      ["tokenizer_config.json", "good"]
    ])
  })

  it("fails by a reason where the tokenizer beside a good model is none", async () => {
    const own = writeTinyModel(join(folder, "no-tokenizer"))
    writeFileSync(join(dirname(own), "tokenizer.json"), "{ half of it")
    const home = join(folder, "home-without-tokenizer")
    const error = await Effect.runPromise(Effect.flip(addModel(home, "mine", own)))
    expect(error).toMatchObject({ _tag: "ProseModelError", reason: "unfit" })
    expect(modelsIn(home)).toHaveLength(1)
  })

  it("fails by a reason where a file is no model, and goes on failing without another try", async () => {
    const model = modelOf("text", { "model.onnx": "no model", "tokenizer.json": "{}", "tokenizer_config.json": "{}" })
    expect((await failureOf({ model })).reason).toBe("unfit")
  })
})

describe("without what a model needs", () => {
  it("says once what is missing, and the way out", async () => {
    const told: Array<string> = []
    const tell = (error: ProseModelError) => Effect.sync(() => told.push(error.message))
    const twice = Effect.flatMap(ProseModel, (model) =>
      Effect.all([model.relevance("a", ["b"]), model.relevance("c", ["d"])].map((asked) => Effect.flip(asked)))
    )
    const errors = await Effect.runPromise(Effect.provide(twice, layerOnnx({ runtime: "no-such-package", tell })))
    expect(errors.map(({ reason }) => reason)).toEqual(["not-installed", "not-installed"])
    expect(told).toHaveLength(1)
    expect(told[0]).toContain("npm install onnxruntime-node")
    expect(told[0]).not.toContain("\n")
  })

  it("tells a package for another system from one that is not there", async () => {
    const runtime = join(folder, "other-system.cjs")
    writeFileSync(runtime, "throw new Error('wrong ELF class')\n")
    const error = await failureOf({ runtime })
    expect(error.reason).toBe("unsupported")
    expect(error.message).toContain("wrong ELF class")
  })

  it("survives a package that ends its thread, and tries again", async () => {
    const runtime = join(folder, "ending.cjs")
    writeFileSync(runtime, "process.exit(3)\n")
    expect((await failureOf({ runtime })).reason).toBe("aborted")
  })

  it("names a file that is not there, and one that is not as it was", async () => {
    const model = modelOf("spoilt", { "model.onnx": "as it was" })
    writeFileSync(join(model.folder, "model.onnx"), "as it is")
    const damaged = await failureOf({ model })
    expect(damaged.reason).toBe("damaged")
    expect(damaged.message).toContain("model.onnx")
    rmSync(join(model.folder, "model.onnx"))
    expect((await failureOf({ model })).reason).toBe("missing")
    expect((await failureOf({ model: modelNamed(folder, "never-added") })).reason).toBe("missing")
  })
})

describe("the models on a machine", () => {
  it("hold the one that ships, as its README says", async () => {
    const { manifest, folder: own } = shippedModel()
    const readme = readFileSync(join(own, "../README.md"), "utf8")
    for (const { name, sha256: digest } of manifest.files) {
      expect(readme).toContain(`\`${name}\``)
      expect(readme).toContain(digest)
    }
    expect((await Effect.runPromise(statesOf(shippedModel()))).map(([, state]) => state)).toEqual([
      "good",
      "good",
      "good"
    ])
  })

  it("take in none that is incomplete, ambiguous or not there", async () => {
    const home = join(folder, "home-of-none")
    const several = join(folder, "several")
    writeTinyModel(several)
    writeFileSync(join(several, "other.onnx"), "")
    const alone = join(folder, "alone")
    mkdirSync(alone)
    writeFileSync(join(alone, "model.onnx"), "")
    for (const [path, problem] of [
      [join(folder, "nowhere"), "no such file or folder"],
      [folder, "holds no .onnx file"],
      [several, "name one"],
      [alone, "there is no tokenizer.json beside it"]
    ] as const)
      expect((await Effect.runPromise(Effect.flip(addModel(home, "mine", path)))).message).toContain(problem)
    expect(existsSync(join(home, "models", "mine"))).toBe(false)
    expect(modelsIn(home)).toHaveLength(1)
  })
})

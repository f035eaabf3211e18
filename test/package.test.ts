/** The package as it is published, and the form that its modules share. */
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import { describe, expect, it } from "vitest"
import packageJson from "../package.json" with { type: "json" }
import { GRAMMARS } from "../src/adapters/code-parser/grammars.ts"
import { compressors } from "../src/compressors/registry.ts"
import { SOURCES } from "./fixtures/sources.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
const isBuilt = existsSync(join(root, "dist", "index.js"))

const modules = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, source: readFileSync(join(root, "src", path), "utf8") }))

/** The comment that a module opens with, or undefined. */
const headerOf = (source: string): string | undefined => /^(?:#!.*\n)?\/\*\*([\s\S]*?)\*\//.exec(source)?.[1]

const FIELDS = ["What it does", "Why", "Lossy", "Units", "Never throws", "Source"]
const fieldsOf = (header: string): ReadonlyArray<string> =>
  [...header.matchAll(/^ \* (What it does|Why|Lossy|Units|Never throws|Source) {2,}\S/gm)].map(
    ([, field = ""]) => field
  )

describe.skipIf(!isBuilt)("the built package (skipped without dist: npm run build)", () => {
  it("has every file that package.json names", () => {
    const { "./package.json": _, ...entries } = packageJson.exports
    const files = [...Object.values(entries).flatMap((entry) => [entry.types, entry.default]), packageJson.bin.headroom]
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
    expect(packageJson.files.filter((name) => !name.startsWith("!") && !existsSync(join(root, name)))).toEqual([])
  })

  it("has a command that a shell can start", () => {
    const command = join(root, packageJson.bin.headroom)
    expect(readFileSync(command, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(statSync(command).mode & 0o111).toBe(0o111)
  })

  it("asks for no package at run time that its users do not install", () => {
    const scripts = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" }).filter((path) =>
      /\.(?:js|d\.ts)$/.test(path)
    )
    const asked = scripts.flatMap((path) =>
      [
        ...readFileSync(join(root, "dist", path), "utf8").matchAll(
          /^(?:import|export)\b(?:[\w\s{},*$]*?\bfrom\s*)?["']([@\w][^"'\s]*)["']/gm
        )
      ].map(([, name = ""]) =>
        name.startsWith("@") ? name.split("/").slice(0, 2).join("/") : (name.split("/")[0] ?? "")
      )
    )
    const foreign = [...new Set(asked)].filter(
      (name) => !name.startsWith("node:") && !(name in packageJson.dependencies)
    )
    expect(foreign).toEqual([])
  })

  it("has a grammar for every language, in less than 2 MB", () => {
    const sizes = Object.keys(GRAMMARS).map((name) => statSync(join(root, "dist", "grammars", `${name}.wasm.br`)).size)
    expect(Math.min(...sizes)).toBeGreaterThan(10_000)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_000_000)
  })

  it("scores prose with the model that ships, wherever it is run from, or says why not", () => {
    const script = `
      const { ProseModel, layerOnnx } = await import(${JSON.stringify(join(root, "dist", "effect.js"))})
      const { Effect } = await import(${JSON.stringify(join(root, "node_modules", "effect", "dist", "esm", "index.js"))})
      const scores = Effect.flatMap(ProseModel, (model) => model.relevance("Is the quay open?", ["The quay is closed.", "Salt is dear."]))
      const told = Effect.merge(Effect.map(Effect.mapError(scores, ({ reason }) => reason), ([near, far]) => "near " + (near > far)))
      console.log(await Effect.runPromise(Effect.provide(told, layerOnnx())))`
    const log = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: tmpdir() }).toString()
    expect(log.trim()).toMatch(/^(?:near true|not-installed|unsupported)$/)
  })

  it("outlines source with them, wherever it is run from", () => {
    const { text } = SOURCES.find(({ language }) => language === "php") ?? { text: "" }
    const script = `
      const { CodeParser, layerTreeSitter } = await import(${JSON.stringify(join(root, "dist", "effect.js"))})
      const { Effect } = await import(${JSON.stringify(join(root, "node_modules", "effect", "dist", "esm", "index.js"))})
      const outline = Effect.flatMap(CodeParser, (parser) => parser.outline(${JSON.stringify(text)}, "php"))
      console.log((await Effect.runPromise(Effect.provide(outline, layerTreeSitter))).map(({ name }) => name).join(" "))`
    const log = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: tmpdir() }).toString()
    expect(log).toContain("Boat")
    expect(log).toContain("moor open_quay")
  })

  it("passes publint", async () => {
    const { messages, pkg } = await publint({ pkgDir: root, level: "warning", pack: false })
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })
})

describe("modules", () => {
  it("open with a sentence that says what they are", () => {
    expect(modules.length).toBeGreaterThan(80)
    expect(modules.filter(({ source }) => (headerOf(source) ?? "").trim().length < 20).map(({ path }) => path)).toEqual(
      []
    )
  })

  it("of compressors say the six things in order", () => {
    const found = modules.filter(({ source }) =>
      /^export const \w+(?:: Compressor =|.*\): Compressor =>)/m.test(source)
    )
    expect(found.length).toBeGreaterThan(compressors.length)
    for (const { path, source } of found) expect(fieldsOf(headerOf(source) ?? ""), path).toEqual(FIELDS)
  })

  it("know a header that lacks a field", () => {
    expect(fieldsOf(" * What it does   a\n * Why            \n * Lossy          no")).toEqual(["What it does", "Lossy"])
  })

  it("are named in kebab-case, by no word that says nothing", () => {
    const vague = /^(?:utils?|helpers?|types?|common|misc|shared)\.ts$/
    const name = (path: string): string => path.slice(path.lastIndexOf("/") + 1)
    expect(
      modules.filter(({ path }) => !/^[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/.test(name(path)) || vague.test(name(path)))
    ).toEqual([])
  })
})

/** The laws over real files and recorded sessions, where the corpus is at hand; a clone without it proves them on generated input. */
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import { compressorLaws, decisionLaws } from "../property-tests/laws.ts"
import { compressed, followsFromThePast, isFixed, isRedeemable, leavesTheRest } from "../property-tests/message-laws.ts"
import { layerMemory } from "../src/adapters/originals/memory.ts"
import { compressors, registry } from "../src/compressors/registry.ts"
import { ShownIndex } from "../src/domain/shown.ts"
import { layer } from "../src/pipeline/service.ts"

const corpus = fileURLToPath(new URL("../../shared/corpus/", import.meta.url))
const isThere = existsSync(corpus)

/** Larger files are judged by their beginning, and of large families every so many a file. */
const MOST = 60_000
const FOLDERS: ReadonlyArray<readonly [folder: string, every: number]> = [
  ["code", 3],
  ["diffs", 1],
  ["json/JSONTestSuite", 4],
  ["json/aws-cli", 2],
  ["json/github-api", 2],
  ["json/kubernetes", 3],
  ["json/misc", 2],
  ["json/registry", 1],
  ["json/simdjson", 1],
  ["logs/ci-build", 2],
  ["logs/loghub", 7],
  ["logs/services", 1],
  ["logs/tests", 3],
  ["peer-workloads", 2],
  ["search", 2],
  ["web", 7]
]

const filesIn = (folder: string, every: number): ReadonlyArray<string> =>
  existsSync(corpus + folder)
    ? readdirSync(corpus + folder, { recursive: true, encoding: "utf8" })
        .map((name) => `${folder}/${name}`)
        .filter((name) => statSync(corpus + name).isFile())
        .sort()
        .filter((_, i) => i % every === 0)
    : []

const read = (name: string): string =>
  readFileSync(corpus + name, "utf8")
    .slice(0, MOST)
    .replace(/[\ud800-\udbff]$/, "")

const wants = [
  { visibleOnly: true, budgetTokens: 2_000, question: "", wholeWords: true },
  { visibleOnly: false, budgetTokens: 800, question: "" }
]

const inMemory = Layer.provide(layer, layerMemory())

/** The messages of recorded sessions in the forms that name none: their tool results, as a conversation. */
const sessions = (): ReadonlyArray<readonly [string, ReadonlyArray<unknown>]> =>
  filesIn("sessions/claude-code", 2).flatMap((name) => {
    const turns = readFileSync(corpus + name, "utf8")
      .slice(0, 700_000)
      .split("\n")
      .flatMap((line): ReadonlyArray<unknown> => {
        try {
          const entry: unknown = JSON.parse(line)
          const message = typeof entry === "object" && entry !== null && "message" in entry ? entry.message : undefined
          return typeof message === "object" && message !== null && "role" in message ? [message] : []
        } catch {
          return []
        }
      })
    return turns.length === 0 ? [] : [[name, turns] as const]
  })

describe.skipIf(!isThere)("the laws over the corpus", () => {
  it.each(FOLDERS)("hold for the files of %s", (folder, every) => {
    const files = filesIn(folder, every)
    expect(files.length).toBeGreaterThan(0)
    const broken = files.flatMap((name) => {
      const text = read(name)
      const found: Array<string | undefined> = []
      for (const want of wants) {
        for (const origin of ["output", "file"] as const) {
          const question = { text, hint: { commands: [], origin }, kind: undefined, want }
          found.push(decisionLaws(question, new ShownIndex(), registry))
        }
        for (const compressor of compressors)
          found.push(compressorLaws(compressor, text.slice(0, 8_000), want, registry.codecs))
      }
      return found.flatMap((law) => (law === undefined ? [] : [`${name}: ${law}`]))
    })
    expect(broken).toEqual([])
  })

  it.each(["visible", "offload"] as const)("hold for recorded sessions under %s", async (mode) => {
    const all = sessions()
    expect(all.length).toBeGreaterThan(1)
    for (const [name, turns] of all) {
      const list = turns.slice(0, 160)
      const before = JSON.stringify(list)
      const want = { visibleOnly: mode === "visible", budgetTokens: 2_000, question: "", wholeWords: true }
      const [result, again, redeemed] = await Effect.runPromise(
        Effect.provide(
          Effect.gen(function* () {
            const result = yield* compressed(list, { mode })
            return [result, yield* isFixed(list, { mode }), yield* isRedeemable(list, result)] as const
          }),
          inMemory
        )
      )
      expect([name, leavesTheRest(list, before, result.messages), again, redeemed]).toEqual([
        name,
        undefined,
        undefined,
        undefined
      ])
      expect([name, followsFromThePast(list, result.messages, want, registry)]).toEqual([name, undefined])
    }
  })
})

describe("another process, in another language and time zone", () => {
  it("gives the same bytes", () => {
    const script = fileURLToPath(new URL("./fixtures/digest-views.ts", import.meta.url))
    const digests = [
      { LANG: "C", LC_ALL: "C", TZ: "UTC" },
      { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", TZ: "Asia/Kathmandu" }
    ].map((env) =>
      execFileSync(process.execPath, ["--import", "tsx", script], {
        env: { PATH: process.env["PATH"], ...env }
      }).toString()
    )
    expect(digests[0]).toMatch(/^[0-9a-f]{64}\n$/)
    expect(digests[1]).toBe(digests[0])
  })
})

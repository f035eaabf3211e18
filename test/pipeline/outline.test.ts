import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerMemory } from "../../src/adapters/originals/memory.ts"
import type { Outline } from "../../src/domain/outline.ts"
import { Headroom, type TextOptions } from "../../src/pipeline/headroom.ts"
import { CodeParser, CodeParserError } from "../../src/pipeline/ports/code-parser.ts"
import { layer } from "../../src/pipeline/service.ts"
import { SOURCES } from "../fixtures/sources.ts"

const STEPS = [
  "const mud = depth * 2",
  "if (mud > 40) dredge(mud)",
  "for (const boat of boats) boat.wait(mud)",
  "report(mud)"
]
const wide = Array.from({ length: 6 }, (_, i) =>
  [
    `export function wide${i}() {`,
    ...[1, 2, 3].flatMap((n) => STEPS.map((step) => `  ${step} // ${n}.${i}`)),
    "}\n"
  ].join("\n")
)
const source = (SOURCES.find(({ language }) => language === "typescript")?.text ?? "") + wide.join("")

/** A parser that counts its calls and knows of one declaration, or fails. */
const counting = (calls: Array<string>, fails = false) =>
  Layer.succeed(CodeParser, {
    outline: (text, language) =>
      Effect.suspend((): Effect.Effect<Outline, CodeParserError> => {
        calls.push(`${language} ${text.split("\n").length}`)
        return fails
          ? Effect.fail(new CodeParserError({ language, reason: "aborted" }))
          : Effect.succeed([{ kind: "import", name: "", depth: 0, head: [0, 1], body: undefined }])
      })
  })

const using = <A>(
  use: (headroom: Headroom["Type"]) => Effect.Effect<A>,
  parser: Layer.Layer<CodeParser> | undefined
): Effect.Effect<A> => {
  const service = layer.pipe(Layer.provide(layerMemory()))
  return Effect.provide(
    Effect.flatMap(Headroom, use),
    parser === undefined ? service : service.pipe(Layer.provide(parser))
  )
}

const viewOf = (options: TextOptions, parser?: Layer.Layer<CodeParser>) =>
  using(
    (headroom) => headroom.compressText(source, { origin: "file", file: "src/boats.ts", budgetTokens: 40, ...options }),
    parser
  )

const printedBy = (call: object) => [
  { role: "user", content: "go on" },
  { role: "assistant", content: [{ type: "tool_use", id: "1", ...call }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "1", content: source }] }
]

describe("outlines", () => {
  it.effect("are asked for where source may be hidden, and nowhere else", () =>
    Effect.gen(function* () {
      for (const [options, expected] of [
        [{ mode: "visible" }, []],
        [{ mode: "off" }, []],
        [{ mode: "offload", lossless: true }, []],
        [{ mode: "offload", budgetTokens: 5_000 }, []],
        [{ mode: "offload", kind: "log" }, []],
        [{ mode: "offload" }, [`typescript ${source.trimEnd().split("\n").length}`]]
      ] as const) {
        const calls: Array<string> = []
        yield* viewOf(options, counting(calls))
        assert.deepStrictEqual([options, calls], [options, expected])
      }
    })
  )

  it.effect("decide what is hidden", () =>
    Effect.gen(function* () {
      const view = yield* viewOf({ mode: "offload" }, counting([]))
      assert.deepStrictEqual([view.kind, view.outcome], ["code", "Offloaded"])
      assert.match(view.text, /^1\timport \{ readFile \}/)
      assert.notMatch(view.text, /interface Question/)
      assert.deepStrictEqual(
        view.elisions.map(({ unit }) => unit),
        ["lines"]
      )
    })
  )

  it.effect("are read from the lines where there is no parser, and where it fails", () =>
    Effect.gen(function* () {
      const none = yield* viewOf({ mode: "offload" })
      const failing = yield* viewOf({ mode: "offload" }, counting([], true))
      assert.match(none.text, /export interface Question/)
      assert.notMatch(none.text, /text\.split/)
      assert.strictEqual(failing.text, none.text)
    })
  )

  it.effect(
    "are asked for in a conversation where source was fetched, and nowhere that an edit or a trace may be",
    () =>
      Effect.gen(function* () {
        for (const [call, count] of [
          [{ name: "Read", input: { file_path: "src/boats.ts" } }, 0],
          [{ name: "Bash", input: { command: "sed -n 1,80p src/boats.ts" } }, 0],
          [{ name: "Bash", input: { command: "bin/test boats" } }, 0],
          [{ name: "Bash", input: { command: "curl -s https://harbour.example/boats.ts | head -400" } }, 1],
          [{ name: "WebFetch", input: { url: "https://harbour.example/boats.ts" } }, 1]
        ] as const) {
          const calls: Array<string> = []
          const { blocks } = yield* using(
            (headroom) => headroom.compress(printedBy(call), { mode: "offload", budgetTokens: 40 }),
            counting(calls)
          )
          const hidden = blocks.some(({ outcome }) => outcome === "Offloaded")
          assert.deepStrictEqual([call, calls.length, hidden], [call, count, count === 1])
        }
      })
  )
})

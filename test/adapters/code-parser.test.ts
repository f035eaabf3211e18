import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { layerTreeSitter } from "../../src/adapters/code-parser/tree-sitter.ts"
import { code } from "../../src/compressors/code/code.ts"
import { languageOfLines } from "../../src/compressors/code/language.ts"
import type { Outline } from "../../src/domain/outline.ts"
import { textOf } from "../../src/domain/spans.ts"
import { CodeParser } from "../../src/pipeline/ports/code-parser.ts"
import { codeParserContract } from "../contracts/code-parser.ts"
import { SOURCES } from "../fixtures/sources.ts"

codeParserContract("source by tree-sitter", layerTreeSitter)

const outlines = Effect.provide(
  Effect.flatMap(CodeParser, (parser) =>
    Effect.all(SOURCES.map(({ language, text }) => parser.outline(text.trimEnd(), language)))
  ),
  layerTreeSitter
)

/** The lines that a view of nothing but what must stay shows, less their indents. */
const linesShown = (text: string, outline: Outline): ReadonlyArray<string> => {
  const content = { kind: "code", text, origin: "file", outline } as const
  const segments = code.tile(content, { visibleOnly: false, budgetTokens: 0, question: "" }) ?? []
  return segments.flatMap((segment) =>
    segment._tag === "Shown"
      ? textOf(text, segment.spans)
          .split("\n")
          .map((line) => line.trim())
      : []
  )
}

describe("an outline by tree-sitter", () => {
  it("shows what is declared and hides what runs, in every language", async () => {
    const found = await Effect.runPromise(outlines)
    for (const [at, { language, text, shown, hidden }] of SOURCES.entries()) {
      const lines = linesShown(text, found[at] ?? [])
      expect({ language, missing: shown.filter((line) => !lines.includes(line)) }).toEqual({ language, missing: [] })
      expect({ language, left: hidden.filter((line) => lines.includes(line)) }).toEqual({ language, left: [] })
      for (const line of [...shown, ...hidden]) expect(text.split("\n").map((known) => known.trim())).toContain(line)
    }
  })

  it("is the same whatever was parsed before", async () => {
    const source = (boat: number): string => `class Boat${boat} {
  func moor(at quay: Quay) {
    quay.add(#selector(ring), line: #"one "two""#)
    #if DEBUG
      }
    #endif
  }
  func leave(_ name: String) -> Bool {
    let text = #"a \\#(name) b"#
    return text.isEmpty
  }
}
`
    const spans = await Effect.runPromise(
      Effect.provide(
        Effect.flatMap(CodeParser, (parser) =>
          Effect.forEach([1, 2, 3, 4, 5, 6], (boat) =>
            Effect.map(parser.outline(source(boat), "swift"), (outline) =>
              outline.map(({ head, body }) => [head, body])
            )
          )
        ),
        layerTreeSitter
      )
    )
    for (const found of spans) expect(found).toEqual(spans[0])
  })

  it("knows the languages of the sources by their lines", () => {
    for (const { language, text } of SOURCES)
      expect([language, languageOfLines(text.split("\n"))]).toEqual([language, language])
  })

  it("finds the members of a class in a part of a file that begins within one", async () => {
    const part =
      SOURCES.find(({ language }) => language === "java")
        ?.text.split("\n")
        .slice(19)
        .join("\n") ?? ""
    const names = await Effect.runPromise(
      Effect.provide(
        Effect.flatMap(CodeParser, (parser) => parser.outline(part, "java")),
        layerTreeSitter
      )
    )
    expect(names.map(({ name }) => name)).toEqual(expect.arrayContaining(["Boat", "moor"]))
  })

  it("numbers declarations by their depth", async () => {
    const source = "namespace A {\n  class B {\n    c() {\n      d()\n    }\n  }\n}"
    const outline = await Effect.runPromise(
      Effect.provide(
        Effect.flatMap(CodeParser, (parser) => parser.outline(source, "typescript")),
        layerTreeSitter
      )
    )
    expect(outline).toEqual([
      { kind: "container", name: "A", depth: 0, head: [0, 1], body: [1, 7] },
      { kind: "container", name: "B", depth: 1, head: [1, 2], body: [2, 6] },
      { kind: "function", name: "c", depth: 2, head: [2, 3], body: [3, 5] }
    ])
  })
})

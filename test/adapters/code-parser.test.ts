import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { layerTreeSitter } from "../../src/adapters/code-parser/tree-sitter.ts"
import { code } from "../../src/compressors/code/code.ts"
import { type Language, languageOfLines } from "../../src/compressors/code/language.ts"
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

  it("shows names that stand behind decorators, in groups and in types", async () => {
    const sources: ReadonlyArray<
      readonly [Language, string, shown: ReadonlyArray<string>, hidden: ReadonlyArray<string>]
    > = [
      [
        "csharp",
        "class Quay\n{\n    [NonSerialized]\n    int depth = 3;\n\n    void Moor()\n    {\n        depth = 4;\n    }\n}\n",
        ["int depth = 3;"],
        ["depth = 4;"]
      ],
      [
        "java",
        "enum Tide {\n  LOW,\n  HIGH(\n    4);\n  int metres() {\n    return 2;\n  }\n}\n",
        ["LOW,", "HIGH("],
        ["return 2;"]
      ],
      [
        "go",
        'package quay\n\nconst (\n\tNorth = "north"\n\tSouth = "south"\n)\n\nfunc Moor() {\n\tconst (\n\t\tinner = 1\n\t)\n}\n',
        ['North = "north"', 'South = "south"'],
        ["inner = 1"]
      ],
      [
        "javascript",
        "var Quay = class {\n  depth = 3;\n  moor() {\n    this.depth = 4;\n  }\n};\nvar one = 1,\n  two = [\n    2\n  ];\n",
        ["depth = 3;", "moor() {", "two = ["],
        ["this.depth = 4;", "2"]
      ],
      [
        "javascript",
        'test("moors", (t) => {\n  fetch({\n    url: "/boats"\n  }, (error) => {\n    t.done(error)\n  })\n  t.test("twice", () => {\n    t.end()\n  })\n})\n',
        ['t.test("twice", () => {'],
        ['url: "/boats"', "}, (error) => {"]
      ],
      [
        "typescript",
        "export const moor: {\n  (boat: string): void\n  (boat: string, berth: number): void\n} = dual(2, (boat) => {\n  run(boat)\n})\nexport {\n  moor as tie,\n  leave\n}\ndeclare class Gate {\n  open(\n    force: boolean\n  ): void\n}\n",
        ["(boat: string, berth: number): void", "moor as tie,", "force: boolean"],
        ["run(boat)"]
      ],
      [
        "ruby",
        "class Quay\n  alias tie moor\n  validates :depth, presence: true\n  def moor\n    check :depth\n  end\nend\n",
        ["alias tie moor", "validates :depth, presence: true"],
        ["check :depth"]
      ],
      [
        "php",
        "<?php\nenum Tide: string\n{\n    case Low = 'low';\n    #[Deep]\n    const DEPTH = 3;\n    public function metres(): int\n    {\n        return 2;\n    }\n}\n",
        ["case Low = 'low';", "const DEPTH = 3;"],
        ["return 2;"]
      ],
      [
        "rust",
        "trait Quay {\n    type Boat;\n    fn moor(&self) -> u32 {\n        let a = 1;\n        a\n    }\n}\n",
        ["type Boat;"],
        ["let a = 1;"]
      ],
      [
        "swift",
        "enum Tide {\n  case low\n  case high(\n    metres: Int)\n  func metres() -> Int {\n    let a = 2\n    return a\n  }\n}\n",
        ["case low", "case high("],
        ["let a = 2"]
      ]
    ]
    const found = await Effect.runPromise(
      Effect.provide(
        Effect.flatMap(CodeParser, (parser) =>
          Effect.forEach(sources, ([language, text]) => parser.outline(text, language))
        ),
        layerTreeSitter
      )
    )
    for (const [at, [language, text, shown, hidden]] of sources.entries()) {
      const heads = (found[at] ?? []).flatMap(({ head }) =>
        text
          .split("\n")
          .slice(...head)
          .map((line) => line.trim())
      )
      expect({ language, missing: shown.filter((line) => !heads.includes(line)) }).toEqual({ language, missing: [] })
      expect({ language, left: hidden.filter((line) => heads.includes(line)) }).toEqual({ language, left: [] })
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

import { describe, expect, it } from "vitest"
import { isSourceFile, languageOfFile, languageOfLines } from "../../../src/compressors/code/language.ts"
import { toParse } from "../../../src/compressors/code/parsing.ts"
import { route } from "../../../src/compressors/detect.ts"
import { hintFrom } from "../../../src/compressors/producer.ts"
import { compressors, registry } from "../../../src/compressors/registry.ts"
import { noHint } from "../../../src/domain/content.ts"
import { SOURCES } from "../../fixtures/sources.ts"

describe("the language of source", () => {
  it("is that of its file's name", () => {
    for (const [path, language] of [
      ["src/a.ts", "typescript"],
      ["C:\\src\\a.TSX", "tsx"],
      ["a.d.mts", "typescript"],
      ["lib/a.jsx", "javascript"],
      ["Rakefile", "ruby"],
      ["a/b.h", "cpp"],
      ["a.c", "c"],
      ["a.kt", undefined],
      ["a.md", undefined],
      ["README", undefined]
    ] as const)
      expect([path, languageOfFile(path)]).toEqual([path, language])
    for (const path of ["a.ts", "a.kt", "b/c.lua", "d.sql"]) expect(isSourceFile(path), path).toBe(true)
    for (const path of ["a.md", "a.json", "a.log", "README", "a.ts.txt"]) expect(isSourceFile(path), path).toBe(false)
  })

  it("is read from the first line of a script, else from all", () => {
    expect(languageOfLines(["#!/usr/bin/env python3", "import os"])).toBe("python")
    expect(languageOfLines(["#!/bin/sh", "ls"])).toBe("bash")
    expect(languageOfLines(["The quay is not open.", "", "It is cold."])).toBe(undefined)
    expect(languageOfLines([])).toBe(undefined)
  })

  it("is that of the call's file before that of the lines, gutters aside", () => {
    const text = "     1\tdef a():\n     2\t    pass\n     3\t\n     4\tdef b():\n     5\t    pass\n"
    expect(toParse(text, noHint)).toEqual({ source: "def a():\n    pass\n\ndef b():\n    pass", language: "python" })
    expect(toParse(text, { ...noHint, files: ["a.rb", "b.rb"] }).language).toBe("ruby")
    expect(toParse(text, { ...noHint, files: ["a.rb", "b.go"] }).language).toBe("python")
    expect(toParse(text, { ...noHint, files: ["a.lua"] }).language).toBeUndefined()
  })
})

describe("the router", () => {
  it("knows source by its lines", () => {
    for (const { language, text } of SOURCES)
      expect([language, registry.route(text, noHint)]).toEqual([language, "code"])
  })

  it("knows source by the file that a call reads, whatever its lines look like", () => {
    const prose = `The harbour was built in the nineteenth century, when the town lived by the trade in salt and timber.

After the war the quays were given to the university, which keeps its boats there. It is not open in winter.
`
    const read = hintFrom({ tool: "Read", input: { file_path: "src/quay.ts" } })
    expect(registry.route(prose, read)).toBe("code")
    expect(registry.route(prose, hintFrom({ tool: "Read", input: { file_path: "quay.md" } }))).toBe("prose")
    expect(registry.route(prose, hintFrom({ tool: "Bash", input: { command: "cat a.ts; ls" } }))).toBe("prose")
    expect(
      route(
        prose,
        read,
        compressors.filter(({ kind }) => kind !== "code")
      ).kind
    ).toBe("prose")
  })
})

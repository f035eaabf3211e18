import { describe, expect, it } from "vitest"
import { outlineOfLines } from "../../../src/compressors/code/scan.ts"

const of = (source: string) =>
  outlineOfLines(source.split("\n")).map(({ kind, name, depth, head, body }) => [kind, name, depth, head, body])

describe("outlineOfLines", () => {
  it("takes what is indented under a declaration, and the line that closes it, for its body", () => {
    expect(of("function a(b) {\n  c()\n\n  d()\n}\n\nlet e = 1\n")).toEqual([
      ["function", "a", 0, [0, 1], [1, 5]],
      ["value", "e", 0, [6, 7], undefined]
    ])
    expect(of("def a(b):\n    c()\n\n    d()\ne()\n")).toEqual([["function", "a", 0, [0, 1], [1, 4]]])
    expect(of("static int a(int b)\n{\n  c();\n}\n")).toEqual([["function", "a", 0, [0, 1], [1, 4]]])
  })

  it("reads a signature of several lines to the end", () => {
    expect(of("def a(\n    b,\n    c=1,\n) -> int:\n    return b\n")).toEqual([["function", "a", 0, [0, 4], [4, 5]]])
    expect(of("fn a(\n    b: u32,\n) -> u32 {\n    b\n}\n")).toEqual([["function", "a", 0, [0, 3], [3, 5]]])
  })

  it("finds members within containers, and functions within functions", () => {
    expect(of("class A {\n  b(c) {\n    const d = () => {\n      e()\n    }\n    f()\n  }\n}\n")).toEqual([
      ["container", "A", 0, [0, 1], [1, 8]],
      ["function", "b", 1, [1, 2], [2, 7]],
      ["function", "d", 2, [2, 3], [3, 5]]
    ])
  })

  it("shows imports and types whole", () => {
    expect(of('import {\n  a,\n  b\n} from "c"\ninterface D {\n  e: string\n}\n')).toEqual([
      ["import", "", 0, [0, 4], undefined],
      ["type", "D", 0, [4, 7], undefined]
    ])
  })

  it("knows languages that no parser is here for", () => {
    for (const [source, name] of [
      ["fun moor(berth: Int): Boolean {\n    return true\n}", "moor"],
      ["local function moor(berth)\n  return true\nend", "moor"],
      ["  defp moor(berth) do\n    true\n  end", "moor"],
      ["sub moor {\n  my $berth = shift;\n}", "moor"],
      ["pub fn moor(berth: u32) bool {\n    return true;\n}", "moor"],
      ["private[quay] def moor(berth: Int): Boolean = {\n  true\n}", "moor"],
      ["@inline def moor(berth: Int): Boolean = {\n  true\n}", "moor"],
      ["moor = guard(function(berth)\n  return true\nend)", "moor"],
      ["defmacrop moor(berth) do\n  true\nend", "moor"],
      ["Quay::Quay(int berth)\n  : berth_(berth) {\n  open();\n}", "Quay::Quay"],
      ['test "moors a boat" do\n  assert moor(1)\nend', ""],
      ['it("moors a boat", function()\n  assert(moor(1))\nend)', ""]
    ] as const)
      expect(of(source)[0]?.slice(0, 2), source).toEqual(["function", name])
  })

  it("finds types, imports and modules of languages without a parser, and modules within tests", () => {
    expect(of("@type berth :: integer()\n")[0]).toEqual(["type", "berth", 0, [0, 1], undefined])
    expect(of("local quay = require 'quay'\n")[0]?.[0]).toBe("import")
    expect(
      of(
        'test "moors" do\n  defmodule Boat do\n    use Quay\n    def moor do\n      1\n    end\n  end\n  object = 2\nend\n'
      )
    ).toEqual([
      ["function", "", 0, [0, 1], [1, 9]],
      ["container", "Boat", 1, [1, 2], [2, 7]],
      ["import", "", 2, [2, 3], undefined],
      ["function", "moor", 2, [3, 4], [4, 6]]
    ])
  })

  it("takes no branch, loop or call for a declaration", () => {
    for (const line of [
      "  if (a) {",
      "  } else if (b(c)) {",
      "  for (const a of b(c)) {",
      "  while (a(b)) {",
      "  switch (a(b)) {",
      "  return a(b) {",
      "  a(b, c);",
      "  await a(b)",
      "// function a() {",
      " * class B {",
      ""
    ])
      expect(of(`${line}\n    x()\n  }\n`), line).toEqual([])
  })
})

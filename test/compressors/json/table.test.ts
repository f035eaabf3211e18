import { describe, expect, it } from "vitest"
import { holdsTable } from "../../../src/compressors/json/notation.ts"
import { readTable } from "../../../src/compressors/json/read.ts"
import { compactOf, rows, tableOf } from "./fixture.ts"

const comesBack = (text: string): void => {
  const table = tableOf(text) ?? ""
  expect(readTable(table), table).toBe(compactOf(text))
}

describe("table", () => {
  it("prints each row's cells once under the columns", () => {
    const text = JSON.stringify({ total: 40, items: rows(40) })
    const table = tableOf(text) ?? ""
    expect(table.split("\n").slice(0, 8)).toMatchSnapshot()
    expect(table.length).toBeLessThan(0.4 * text.length)
    comesBack(text)
  })

  it("is told by its first line", () => {
    expect(holdsTable(tableOf(JSON.stringify(rows(10))) ?? "")).toBe(true)
    expect(holdsTable("# JSON as tables are nice\n")).toBe(false)
    expect(holdsTable(JSON.stringify(rows(10)))).toBe(false)
  })

  it("tells null, empty, missing, a number and its string apart", () => {
    const cells = [
      { a: null },
      { a: "" },
      {},
      { a: 5 },
      { a: "5" },
      { a: "null" },
      { a: "true" },
      { a: true },
      { a: {} },
      { a: [] }
    ]
    comesBack(JSON.stringify(cells.map((cell, n) => ({ id: n, ...cell, z: "end" }))))
  })

  it("keeps odd numbers, escapes and duplicate keys", () => {
    comesBack(
      '[{"n":1.0,"s":"\\u00e9\\/","x":-0},{"n":1e5,"s":"é","x":0},{"n":1E+5,"s":"a,b","x":10000000000000000000001},{"n":1,"n":2,"s":""}]'
    )
  })

  it("keeps keys that look like the notation", () => {
    const keys = ["", "a.b", "a,b", "a:b", "a=b", "a{b", "[]", "*", "<key>", "line\nbreak", 'quo"te', "^", " lead"]
    comesBack(JSON.stringify([1, 2, 3].map((n) => Object.fromEntries(keys.map((key) => [key, n])))))
    comesBack(
      JSON.stringify(Object.fromEntries(keys.map((key, n) => [key, { long_name_one: n, long_name_two: `v${n}` }])))
    )
  })

  it("keeps cells that look like the notation", () => {
    const values = [
      "=",
      "=1",
      "*a",
      "{",
      "[",
      "]",
      "}",
      ";",
      "a;b",
      "<value>",
      "&a",
      "# JSON as tables",
      " a",
      "a ",
      "^",
      "$1",
      "-",
      "é",
      "\n"
    ]
    comesBack(JSON.stringify(values.map((value, n) => ({ name: value, size: n, other: value }))))
  })

  it("flattens objects, hoists constants, names repeats, nests lists", () => {
    const tree = (depth: number): unknown => ({
      name: `n${depth}`,
      type: depth === 0 ? "file" : "directory",
      ...(depth === 0 ? { size: 4 } : { children: [tree(depth - 1), tree(depth - 1)] })
    })
    comesBack(JSON.stringify(tree(5)))
    comesBack(JSON.stringify({ versions: Object.fromEntries(rows(9).map((row, n) => [`1.0.${n}`, row])) }))
  })

  it("writes JSON lines as one table", () => {
    const text = rows(12)
      .map((row) => JSON.stringify(row))
      .join("\n")
    expect(tableOf(text)?.startsWith("# JSON lines as a table")).toBe(true)
    comesBack(text)
  })

  it("keeps rows whose keys differ", () => {
    comesBack(JSON.stringify([...rows(20), { z: 1, id: 2 }, 5, null, "text", [1], {}, { id: 1 }, { user: {}, id: 1 }]))
    comesBack(
      JSON.stringify([
        { user: { a: 1, b: 2 }, x: 1 },
        { user: { a: 3, b: 4 }, x: 2 },
        { user: null, x: 3 },
        { x: 4 },
        { user: { b: 1 }, x: 1 }
      ])
    )
  })

  it("reads nothing but tables", () => {
    for (const text of [
      "",
      "{}",
      "# JSON as tables",
      "# JSON as tables\n",
      "# JSON as tables\n[\na\n1",
      "# JSON as tables\n*a",
      "# JSON as tables\n&a x\n[\na\n1\n]]"
    ]) {
      expect(readTable(text), text).toBeUndefined()
    }
  })
})

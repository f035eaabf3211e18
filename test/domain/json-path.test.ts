import { describe, expect, it } from "vitest"
import { parsePath, printPath, valueAt } from "../../src/domain/json-path.ts"

const value = (text: string, path: string): string => {
  const steps = parsePath(path)
  if (steps === undefined) return "no path"
  const result = valueAt(text, steps)
  return result._tag === "Value" ? text.slice(result.start, result.end) : result._tag
}

describe("parsePath", () => {
  it("reads names, positions and quoted names", () => {
    expect(parsePath("$.items[3].name")).toEqual(["items", 3, "name"])
    expect(parsePath("items[3]")).toEqual(["items", 3])
    expect(parsePath("[-1]['a b'][\"c\\n\"]")).toEqual([-1, "a b", "c\n"])
    expect(parsePath("$")).toEqual([])
    expect(parsePath("")).toEqual([])
    expect(parsePath("größe.x-y")).toEqual(["größe", "x-y"])
  })

  it("refuses what is no path", () => {
    for (const path of [
      "$.",
      "a..b",
      "a[",
      "a[x]",
      "a]",
      "$.a b",
      "a['b",
      "[1.5]",
      "a".repeat(3).split("").join(".") + ".",
      "x.".repeat(300) + "y"
    ]) {
      expect(parsePath(path), path).toBeUndefined()
    }
  })

  it("prints what it reads", () => {
    for (const path of ["$", "$.items[3].name", '$["a b"][-1]', "$.x-y"])
      expect(printPath(parsePath(path) ?? ["wrong"])).toBe(path)
  })
})

describe("valueAt", () => {
  const text = ` { "a" : [ 1.50, "x\\"]}", {"b c": null, "n": 12345678901234567890 } ], "k": {}, "k": [ ] , "e": "" }\n`

  it("gives values as the source wrote them", () => {
    expect(value(text, "a[0]")).toBe("1.50")
    expect(value(text, "$.a[1]")).toBe('"x\\"]}"')
    expect(value(text, "a[2].n")).toBe("12345678901234567890")
    expect(value(text, "a[2]['b c']")).toBe("null")
    expect(value(text, "a[-1].n")).toBe("12345678901234567890")
    expect(value(text, "e")).toBe('""')
    expect(value(text, "$")).toBe(text.trim())
  })

  it("takes the last of equal names and reads escaped ones", () => {
    expect(value(text, "k")).toBe("[ ]")
    expect(value('{"\\u0061": 1}', "a")).toBe("1")
  })

  it("takes JSON lines for an array", () => {
    const lines = '{"a":1}\n{"a":2}\n\n{"a":3}\n'
    expect(value(lines, "[1].a")).toBe("2")
    expect(value(lines, "[-1]")).toBe('{"a":3}')
    expect(value(lines, "$")).toBe(lines.trimEnd())
  })

  it("says what there is where something is missing", () => {
    expect(valueAt(text, ["a", 9])).toEqual({ _tag: "Missing", at: ["a"], keys: [], length: 3 })
    expect(valueAt(text, ["a", 2, "x"])).toEqual({
      _tag: "Missing",
      at: ["a", 2],
      keys: ["b c", "n"],
      length: undefined
    })
    expect(valueAt(text, ["a", 0, "x"])).toEqual({ _tag: "Missing", at: ["a", 0], keys: [], length: undefined })
  })

  it("is total on what is no JSON", () => {
    for (const broken of [
      "",
      "  ",
      "hello world",
      "{",
      "[1",
      '{"a"',
      '{"a":',
      '{"a" 1}',
      '"',
      "]",
      "}",
      "\u0000",
      "\ud800",
      "[1,,2]",
      "{a:1}"
    ]) {
      expect(["NotJson", "Missing"]).toContain(value(broken, "a.b"))
    }
    const deep = "[".repeat(100_000) + "]".repeat(100_000)
    expect(value(deep, "[0][0]")).toBe(deep.slice(2, -2))
  })

  it("agrees with JSON.parse on every place of a document", () => {
    const document = { a: [1, "two", { three: [null, true, -1.5e3], "": { x: "é\n" } }], b: {}, "c d": [[], [[]]] }
    for (const source of [JSON.stringify(document), JSON.stringify(document, null, 2)]) {
      const open: Array<readonly [path: ReadonlyArray<string | number>, expected: unknown]> = [[[], document]]
      for (const [path, expected] of open) {
        const result = valueAt(source, path)
        expect(result._tag).toBe("Value")
        if (result._tag === "Value") expect(JSON.parse(source.slice(result.start, result.end))).toEqual(expected)
        if (Array.isArray(expected)) expected.forEach((item, i) => open.push([[...path, i], item]))
        else if (typeof expected === "object" && expected !== null)
          for (const [key, item] of Object.entries(expected)) open.push([[...path, key], item])
      }
      expect(open.length).toBeGreaterThan(12)
    }
  })
})

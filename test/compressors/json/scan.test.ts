import { existsSync, readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { scan } from "../../../src/compressors/json/scan.ts"
import { textOf } from "../../../src/domain/spans.ts"

const suite = new URL("../../../../shared/corpus/json/JSONTestSuite/", import.meta.url)

describe("scan", () => {
  it("joins lexemes as the source wrote them", () => {
    const text = ' {"a" : 1.0 , "a":\t-0, "\\u00e9": [1e5, 12345678901234567890 ]}\r\n'
    const found = scan(text)
    expect(found?.compact).toBe('{"a":1.0,"a":-0,"\\u00e9":[1e5,12345678901234567890]}')
    expect(textOf(text, found?.shown ?? [])).toBe(found?.compact)
    expect(textOf(text, found?.blanks ?? []).trim()).toBe("")
  })

  it("keeps one newline between values on lines of their own", () => {
    expect(scan('{"a":1}\r\n\n {"a": 2}\n')?.compact).toBe('{"a":1}\n{"a":2}')
  })

  it("refuses what is no JSON", () => {
    for (const text of [
      "",
      " ",
      "{",
      "[1,]",
      "{'a':1}",
      "[01]",
      '["\\x"]',
      "[1][2]",
      "[1] x",
      "1\n2",
      "nul",
      '["\u0001"]',
      '{"a"}',
      "[1 2]",
      "+1"
    ]) {
      expect(scan(text), text).toBeUndefined()
    }
  })

  it("reads nesting 10,000 deep", () => {
    const deep = "[".repeat(10_000) + "]".repeat(10_000)
    expect(scan(deep)?.depth).toBe(10_000)
  })

  it.runIf(existsSync(suite))("agrees with JSON.parse on the JSON test suite", () => {
    for (const name of readdirSync(suite)) {
      const text = readFileSync(new URL(encodeURIComponent(name), suite), "utf8")
      let isValid = true
      try {
        JSON.parse(text)
      } catch {
        isValid = false
      }
      expect(scan(text) !== undefined, name).toBe(isValid)
    }
  })
})

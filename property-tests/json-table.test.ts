import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { json } from "../src/compressors/json/json.ts"
import { identify } from "../src/compressors/json/identity.ts"
import { readTable } from "../src/compressors/json/read.ts"
import { scan } from "../src/compressors/json/scan.ts"
import { writeTable } from "../src/compressors/json/write.ts"
import { isLawful, hidesNothing } from "../src/domain/tiling.ts"

const words = [
  "",
  "a",
  "id",
  "a.b",
  "a,b",
  "x:y",
  "k=v",
  "*",
  "<key>",
  "<value>",
  "^",
  "[x]",
  "{y}",
  "name",
  "line\nfeed",
  'q"t',
  " s",
  "=",
  "&a"
]
const key = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...words) }, fc.string({ maxLength: 6 }))
const lexeme = fc.oneof(
  fc.constantFrom(
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1.0",
    "1e5",
    "1E+5",
    "-1.50e-3",
    "123456789012345678901234567890"
  ),
  fc.constantFrom(
    '"\\u00e9"',
    '"\\/"',
    '"5"',
    '"null"',
    '" lead"',
    '"trail "',
    '"a;b"',
    '"=1"',
    '"*a"',
    '"]"',
    '"}"',
    '"{"',
    '"["',
    '""',
    '"\\\\"'
  ),
  fc
    .constantFrom("https://api.example.com/repos/acme/shop", "2024-01-15T10:00:00Z", "a long text that comes again")
    .chain((head) =>
      fc.constantFrom("", "/1", "/issues", "{/x}", "abc", " x", ",").map((tail) => JSON.stringify(head + tail))
    ),
  fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.integer().map(String)
)

/** JSON texts: rows of few shapes among anything, with white space between. */
const text = fc.letrec<{ value: string; row: string }>((tie) => ({
  row: fc
    .array(
      fc.tuple(
        fc.constantFrom("id", "name", "user", "tags", "a.b", ""),
        fc.oneof({ weight: 3, arbitrary: lexeme }, tie("value"))
      ),
      { maxLength: 5 }
    )
    .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(", ")}}`),
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: "json" },
    lexeme,
    fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
    fc
      .array(fc.tuple(key, tie("value")), { maxLength: 4 })
      .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)} :${value}`).join(",")}}`),
    fc.array(tie("row"), { maxLength: 7 }).map((items) => `[\n${items.join(",\n ")}]`),
    fc
      .tuple(
        fc.uniqueArray(fc.constantFrom("id", "name", "user", "a.b", "when", "tags"), { minLength: 1 }),
        fc.array(fc.array(fc.oneof({ weight: 9, arbitrary: lexeme }, tie("value")), { minLength: 6, maxLength: 6 }), {
          maxLength: 8
        })
      )
      .map(
        ([names, all]) =>
          `[${all.map((values) => `{${names.map((name, n) => `${JSON.stringify(name)}:${values[n]}`).join(",")}}`).join(",")}]`
      ),
    fc
      .array(fc.tuple(key, tie("row")), { maxLength: 7 })
      .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`)
  )
})).value

describe("json tables", () => {
  it("decode to the lexemes of the source", () => {
    fc.assert(
      fc.property(text, (source) => {
        const found = scan(source)
        if (found === undefined) throw new Error(`no JSON: ${source}`)
        expect(JSON.stringify(JSON.parse(found.compact))).toBe(JSON.stringify(JSON.parse(source)))
        const table = writeTable(identify(found))
        if (table !== undefined) expect(readTable(table), table).toBe(found.compact)
      })
    )
  })

  it("decode to the lexemes of JSON lines", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 6 }), (values) => {
        const source = values.map((value) => `{"v":${value.replace(/\n/g, " ")}}`).join("\n")
        const found = scan(source)
        if (found === undefined) throw new Error(`no JSON: ${source}`)
        const table = writeTable(identify(found))
        if (table !== undefined) expect(readTable(table), table).toBe(found.compact)
      })
    )
  })
})

describe("json tilings", () => {
  const want = { visibleOnly: true, budgetTokens: 0, question: "" }
  it("are lawful and hide nothing when told to", () => {
    fc.assert(
      fc.property(text, (source) => {
        const segments = json.tile({ kind: "json", text: source, origin: "output" }, want)
        expect(
          segments !== undefined && isLawful({ input: source, segments }) && hidesNothing({ input: source, segments })
        ).toBe(true)
      })
    )
  })

  it("come of any string without failing", () => {
    const near = text.chain((source) =>
      fc
        .tuple(fc.nat(source.length), fc.constantFrom("", "{", "]", '"', ",", "\n", "\ud800"))
        .map(([at, odd]) => source.slice(0, at) + odd + source.slice(at + 1))
    )
    fc.assert(
      fc.property(fc.oneof(near, fc.string(), fc.string({ unit: "binary" })), (source) => {
        const segments = json.tile({ kind: "json", text: source, origin: "output" }, want)
        if (segments !== undefined) expect(isLawful({ input: source, segments })).toBe(true)
        readTable(source)
      })
    )
  })
})

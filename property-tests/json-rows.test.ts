import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { identify } from "../src/compressors/json/identity.ts"
import { json } from "../src/compressors/json/json.ts"
import { readTable } from "../src/compressors/json/read.ts"
import { scan } from "../src/compressors/json/scan.ts"
import { writeTable } from "../src/compressors/json/write.ts"
import { prove } from "../src/domain/outcome.ts"
import { textOf } from "../src/domain/spans.ts"
import { estimateTokens } from "../src/domain/tokens.ts"

const odd = fc.constantFrom(
  "",
  "a",
  "x",
  " ",
  ",",
  ";",
  "*",
  "=",
  "/",
  "-",
  "]",
  "}",
  '\\"',
  "\\n",
  "\\u00e9",
  "…",
  "&",
  "#",
  "0",
  "tail",
  "{",
  "|"
)
const affix = fc.array(odd, { maxLength: 4 }).map((parts) => parts.join(""))
const long = fc.constantFrom(
  "https://api.example.com/repos/acme/shop",
  "the same long text in many rows",
  "*named",
  "=equal sign",
  "[bracket",
  "0123456789"
)

/** Cells of one column, by row. */
const column: fc.Arbitrary<(row: number) => string | undefined> = fc.oneof(
  fc.constantFrom("1", "null", '"x"', "{}", "[]", '"*a"', '{"k":[1,2]}').map((constant) => () => constant),
  fc.tuple(affix, affix, fc.integer({ min: 1, max: 9 })).map(
    ([before, after, step]) =>
      (row: number) =>
        `"${before}${row * step}${after}"`
  ),
  fc.tuple(long, affix, fc.integer({ min: 1, max: 4 })).map(
    ([head, tail, many]) =>
      (row: number) =>
        `"${head}${row % many === 0 ? "" : `${tail}/${row % many}`}"`
  ),
  fc
    .tuple(fc.integer({ min: 2, max: 9 }), fc.constantFrom("null", '""', '"5"', "5", "-0", "1e5", "true", '"true"'))
    .map(
      ([every, rare]) =>
        (row: number) =>
          row % every === 0 ? rare : `"state ${row % 3}"`
    ),
  fc.tuple(fc.integer({ min: 2, max: 5 }), affix).map(
    ([every, text]) =>
      (row: number) =>
        row % every === 0 ? undefined : `"${text}"`
  ),
  fc.tuple(fc.integer({ min: 1, max: 6 }), affix).map(
    ([many, text]) =>
      (row: number) =>
        `{"login":"user ${row % many}${text}","kind":"${text}","at":{"n":${row % 2}}}`
  ),
  fc.integer({ min: 1, max: 5 }).map((every) => (row: number) => (row % every === 0 ? "null" : `{"x":${row}}`)),
  fc.tuple(fc.integer({ min: 0, max: 3 }), affix).map(
    ([many, text]) =>
      (row: number) =>
        `[${Array.from({ length: (row + many) % 4 }, (_, n) => `{"line":${row + n},"text":"${text}${n}"}`).join(",")}]`
  ),
  fc.constant((row: number) => `"${String.fromCharCode(97 + (row % 26))}${(row * 7919) % 1000}"`)
)

const keys = fc.constantFrom("id", "url", "state", "user", "a.b", "k=v", "x,y", "", "…", "labels", "*", "{", "é")

const rows = fc
  .tuple(
    fc.uniqueArray(keys, { minLength: 1, maxLength: 6 }),
    fc.array(column, { minLength: 6, maxLength: 6 }),
    fc.integer({ min: 2, max: 40 }),
    fc.nat(60)
  )
  .map(([names, columns, count, stranger]) =>
    Array.from({ length: count }, (_, row) => {
      if (row === stranger) return '{"other":true,"id":1,"id":2}'
      const cells = names.flatMap((name, at) => {
        const cell = columns[at]?.(row)
        return cell === undefined ? [] : [`${JSON.stringify(name)}:${cell}`]
      })
      return `{${cells.join(", ")}}`
    })
  )

const source = fc
  .tuple(rows, fc.constantFrom("array", "object", "lines", "map", "twice"), rows)
  .map(([items, form, others]) => {
    const array = `[${items.join(",\n")}]`
    switch (form) {
      case "object":
        return `{"total": ${items.length}, "items": ${array}, "next": null}`
      case "lines":
        return items.length > 1 ? `${items.join("\n")}\n` : array
      case "map":
        return `{${items.map((item, n) => `"key ${n}": ${item}`).join(",")}}`
      case "twice":
        return `{"a": ${array}, "b": [${others.join(",")}], "again": ${array}}`
      default:
        return array
    }
  })

const reader = { codecs: new Map(json.codecs.map((codec) => [codec.name, codec.decode])), recall: () => undefined }

describe("json rows", () => {
  it("come back from their table lexeme for lexeme", () => {
    fc.assert(
      fc.property(source, (text) => {
        const found = scan(text)
        if (found === undefined) throw new Error(`no JSON: ${text}`)
        const table = writeTable(identify(found))
        if (table !== undefined) expect(readTable(table), table).toBe(found.compact)
      })
    )
  })

  it("are proven at every budget, and what is hidden is counted in place and by markers", () => {
    fc.assert(
      fc.property(
        source,
        fc.integer({ min: 0, max: 100 }),
        fc.constantFrom("", "state 2", "user 1"),
        (text, share, question) => {
          const budgetTokens = Math.floor((estimateTokens(text) * share) / 100)
          const segments =
            json.tile({ kind: "json", text, origin: "output" }, { visibleOnly: false, budgetTokens, question }) ?? []
          expect(prove([{ input: text, segments }], reader)).toBeDefined()
          const hidden = segments.flatMap((segment) => (segment._tag === "Elide" ? [segment] : []))
          for (const { gap, spans } of hidden) {
            expect(gap.count).toBeGreaterThan(0)
            if (gap.unit === "characters") expect(textOf(text, spans).length).toBe(gap.count)
          }
          const shown = segments.find((segment) => segment._tag === "Shown")
          const plain =
            shown?._tag === "Shown" ? shown.text.replace(/^&.*$/gm, "").replace(/"(?:[^"\\]|\\.)*"/g, "") : ""
          const inPlace = [...plain.matchAll(/(?<=^|[[{;,\n])…(\d+)(?=$|[\]},;\n])/g)].map((match) => Number(match[1]))
          const rowsHidden = hidden.reduce((sum, { gap }) => sum + (gap.unit === "characters" ? 0 : gap.count), 0)
          expect(
            inPlace.reduce((sum, count) => sum + count, 0),
            plain
          ).toBe(rowsHidden)
        }
      )
    )
  })
})

describe("json cost", () => {
  it("grows with the input, not faster", () => {
    const rowsOf = (count: number): string =>
      JSON.stringify(
        Array.from({ length: count }, (_, n) => ({
          id: n,
          url: `https://example.com/${n % 50}/${n}`,
          user: { login: `u${n % 9}` },
          tags: [{ n }]
        }))
      )
    const cost = (text: string): number => {
      let least = Number.POSITIVE_INFINITY
      for (let run = 0; run < 5; run++) {
        const started = process.cpuUsage()
        json.tile({ kind: "json", text, origin: "output" }, { visibleOnly: false, budgetTokens: 500, question: "u3" })
        const { user, system } = process.cpuUsage(started)
        least = Math.min(least, user + system)
      }
      return least
    }
    const small = rowsOf(3000)
    const large = rowsOf(6000)
    cost(small)
    expect(cost(large)).toBeLessThan(5 * cost(small))
  })
})

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { json } from "../../../src/compressors/json/json.ts"
import { noHint } from "../../../src/domain/content.ts"
import { prove } from "../../../src/domain/outcome.ts"
import { textOf } from "../../../src/domain/spans.ts"
import type { Segment } from "../../../src/domain/tiling.ts"
import { estimateTokens } from "../../../src/domain/tokens.ts"
import { draft } from "../../../src/domain/view.ts"
import { rows } from "./fixture.ts"

const suite = new URL("../../../../shared/corpus/json/JSONTestSuite/", import.meta.url)

const reader = { codecs: new Map(json.codecs.map((codec) => [codec.name, codec.decode])), recall: () => undefined }

const tile = (
  text: string,
  want: { readonly budgetTokens?: number; readonly question?: string } = {}
): ReadonlyArray<Segment> => {
  const { budgetTokens, question = "" } = want
  const segments = json.tile(
    { kind: "json", text, origin: "output" },
    { visibleOnly: budgetTokens === undefined, budgetTokens: budgetTokens ?? 0, question }
  )
  if (segments === undefined) throw new Error("no tiling")
  return segments
}

const viewOf = (text: string, want?: Parameters<typeof tile>[1]): string => {
  const proof = prove([{ input: text, segments: tile(text, want) }], reader)
  if (proof === undefined) throw new Error("not proven")
  return draft(proof.layers)
}

describe("json, everything visible", () => {
  it("is sure of JSON and of nothing else", () => {
    for (const text of ["{}", " [1]\n", '{"a":1}\n{"a":2}']) expect(json.detect(text, noHint), text).toBe(1)
    for (const text of ["", "x", "{a:1}", "[1] and more", "[1][2]", '"text"', "12"])
      expect(json.detect(text, noHint), text).toBe(0)
  })

  it("shows small JSON as its lexemes and strips the space between", () => {
    const text = '{ "a": 1.0,\n  "b": [ ] }\n'
    const segments = tile(text)
    expect(viewOf(text)).toBe('{"a":1.0,"b":[]}')
    expect(segments.map((segment) => segment._tag)).toEqual(["Shown", "Strip"])
  })

  it("shows JSON without space between in one exact piece", () => {
    expect(tile('{"a":1}')).toEqual([{ _tag: "Shown", spans: [0, 7], codec: "verbatim", text: '{"a":1}' }])
  })

  it("leaves a file's text and what is no JSON alone", () => {
    const want = { visibleOnly: true, budgetTokens: 0, question: "" }
    expect(json.tile({ kind: "json", text: '{ "a": 1 }', origin: "file" }, want)).toBeUndefined()
    expect(json.tile({ kind: "json", text: "{ a: 1 }", origin: "output" }, want)).toBeUndefined()
  })

  it("is the same for one line and for pretty print", () => {
    const value = { total: 30, items: rows(30) }
    expect(viewOf(JSON.stringify(value))).toBe(viewOf(JSON.stringify(value, null, 2)))
  })

  it.runIf(existsSync(suite))("is proven for the JSON test suite, and silent for what is invalid there", () => {
    for (const name of readdirSync(suite)) {
      const text = readFileSync(new URL(encodeURIComponent(name), suite), "utf8")
      if (name.startsWith("n_")) {
        expect(json.detect(text, noHint), name).toBe(0)
        expect(
          json.tile({ kind: "json", text, origin: "output" }, { visibleOnly: true, budgetTokens: 0, question: "" }),
          name
        ).toBeUndefined()
      } else if (name.startsWith("y_")) {
        expect(viewOf(text).length, name).toBeGreaterThan(0)
        expect(viewOf(text, { budgetTokens: 1 }).length, name).toBeGreaterThan(0)
      }
    }
  })

  it("survives nesting 10,000 deep", () => {
    const text = `${'{"a":['.repeat(10_000)}${"]}".repeat(10_000)}`
    expect(viewOf(text)).toBe(text)
    expect(viewOf(text, { budgetTokens: 100 })).toBe(text)
  })
})

/** Log entries among which some stand out. */
const entries = (count: number): ReadonlyArray<Record<string, unknown>> =>
  Array.from({ length: count }, (_, n) => ({
    time: `2024-05-01T10:${String(Math.floor(n / 60)).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}Z`,
    level: n === 211 ? "FATAL" : n % 97 === 50 ? "ERROR" : n % 5 === 0 ? "DEBUG" : "INFO",
    service: n === 133 ? "cron" : ["web", "api", "auth"][n % 3],
    error: n === 77 ? "disk gone" : null,
    status: n === 260 ? 503 : 200,
    message: n === 211 ? "pool of connections exhausted" : `request ${n} done`,
    milliseconds: n === 188 ? 90_000 : 20 + (n % 13)
  }))

describe("json, offloaded", () => {
  const text = JSON.stringify({ total: 300, entries: entries(300) }, null, 2)
  const budgetTokens = Math.floor(0.08 * estimateTokens(text))

  it("keeps errors, rare states and outliers, and stays near the budget", () => {
    const view = viewOf(text, { budgetTokens })
    for (const fact of [
      "FATAL",
      "exhausted",
      "cron",
      "disk gone",
      "503",
      "90000",
      "request 50 done",
      "request 147 done",
      "request 244 done"
    ]) {
      const masked = fact.replace(/^request (\d+) done$/, "$1")
      expect(view.includes(fact) || new RegExp(`\\b${masked}\\b`).test(view), fact).toBe(true)
    }
    expect(estimateTokens(view)).toBeLessThan(1.1 * budgetTokens)
  })

  it("keeps two errors of each kind where there is no room for all", () => {
    const kinds = ["disk full", "pool exhausted", "peer refused", "timeout of auth"]
    const failing = JSON.stringify(
      Array.from({ length: 400 }, (_, n) => ({
        id: n,
        level: n % 5 === 0 ? "ERROR" : "INFO",
        message: n % 5 === 0 ? `${kinds[(n / 5) % 4]} at ${n}` : `request ${n}`
      }))
    )
    const view = viewOf(failing, { budgetTokens: 250 })
    for (const kind of kinds) expect(view.split(kind).length - 1, kind).toBeGreaterThan(0)
    expect(estimateTokens(view)).toBeLessThan(300)
  })

  it("keeps what else is told of the one thing that failed, and takes no loom for out of memory", () => {
    const parts = Array.from({ length: 60 }, (_, n) => `Part${"abcdefgh"[n >> 3]}${"stuvwxyz"[n & 7]}`)
    const events = [...parts, "Loom", "Leap", "Room", "End"].flatMap((test) => [
      { action: "run", test },
      { action: "output", test, text: `    tide_test.go:${test.length + 40}: ${test} got 28\n` },
      { action: test === "Leap" ? "fail" : "pass", test }
    ])
    const view = viewOf(events.map((event) => JSON.stringify(event)).join("\n"), { budgetTokens: 160 })
    expect(view).toContain("Leap got 28")
    expect(view).not.toContain("Loom got 28")
    expect(view).not.toContain("Room got 28")
  })

  it("fills what room there is with rows in a seldom state before those in a common one", () => {
    const findings = Array.from({ length: 161 }, (_, n) => ({
      rule: n % 23 === 9 ? "undefined-name" : n % 2 === 0 ? "unused-import" : "unsorted-imports",
      message: n % 23 === 9 ? `Undefined name quay_${n}` : "Remove it",
      line: n
    }))
    const gaps = tile(JSON.stringify(findings), { budgetTokens: 250 }).flatMap((segment) =>
      segment._tag === "Elide" ? [segment.gap.profile ?? ""] : []
    )
    expect(gaps.join()).toMatch(/"unused-import" \d+/)
    expect(gaps.join()).not.toContain("undefined-name")
  })

  it("keeps the rows of each column's least and greatest number", () => {
    const rows = Array.from({ length: 200 }, (_, n) => ({
      id: n,
      low: 500 + ((n * 37) % 200),
      high: 900 + ((n * 53) % 200)
    }))
    const view = viewOf(JSON.stringify(rows), { budgetTokens: 200 })
    for (const number of [500, 699, 900, 1099]) expect(view).toMatch(new RegExp(`\\b${number}\\b`))
  })

  it("keeps what failed tests say of their places", () => {
    const events = Array.from({ length: 300 }, (_, n) => ({
      Action: n % 3 === 0 ? "run" : "output",
      Test: `Test${n}`,
      Output: n === 171 ? "    quay_test.go:34: not as deep as this\\n" : `=== RUN   Test${n}\\n`
    }))
    const text = events.map((event) => JSON.stringify(event)).join("\n")
    expect(viewOf(text, { budgetTokens: 200 })).toContain("quay_test.go:34: not as deep")
  })

  it("keeps what is asked for", () => {
    expect(viewOf(text, { budgetTokens })).not.toMatch(/\b172\b/)
    expect(viewOf(text, { budgetTokens, question: "what happened at 10:02:52?" })).toMatch(/\b172\b/)
  })

  it("is not misled by keys", () => {
    const calm = JSON.stringify(
      Array.from({ length: 200 }, (_, n) => ({ id: n, error: null, errors: 0, fatal: false, failed_count: 0 }))
    )
    expect(estimateTokens(viewOf(calm, { budgetTokens: 200 }))).toBeLessThan(330)
  })

  it("marks what is hidden with its rows and what they were", () => {
    const gaps = tile(text, { budgetTokens }).flatMap((segment) => (segment._tag === "Elide" ? [segment] : []))
    expect(gaps).toHaveLength(1)
    const shownRows = 300 - (gaps[0]?.gap.count ?? 0)
    expect(gaps[0]?.gap).toMatchObject({ unit: "rows", profile: expect.stringMatching(/^of entries; .*"INFO" \d+/) })
    expect(textOf(text, gaps[0]?.spans ?? []).match(/"time"/g)?.length).toBe(300 - shownRows)
  })

  it("cuts long strings behind a preview, between escapes", () => {
    const long = JSON.stringify({ readme: `${"\\u00e9".repeat(500)}${"word ".repeat(500)}`, name: "x" })
    const view = viewOf(long, { budgetTokens: 200 })
    expect(view).toMatch(/"…\d+,"name":"x"/)
    expect(estimateTokens(view)).toBeLessThan(0.6 * estimateTokens(long))
  })

  it("reduces scalar arrays, maps and JSON lines", () => {
    const numbers = JSON.stringify(Array.from({ length: 900 }, (_, n) => (n === 400 ? 9_999_999 : n % 10)))
    expect(viewOf(numbers, { budgetTokens: 100 })).toContain("9999999")
    const map = JSON.stringify(Object.fromEntries(entries(120).map((entry, n) => [`k${n}`, entry])))
    expect(viewOf(map, { budgetTokens: 500 })).toMatch(/\d+ keys/)
    const lines = entries(200)
      .map((entry) => JSON.stringify(entry))
      .join("\n")
    expect(viewOf(lines, { budgetTokens: 500 })).toMatch(/disk gone/)
  })
})

import { describe, expect, it } from "vitest"
import { isMixed, mixedOf, split, tileMixed } from "../../src/compressors/mixed.ts"
import type { Compressor } from "../../src/domain/compressor.ts"
import { isLawful } from "../../src/domain/tiling.ts"

const VALUE = JSON.stringify({ items: Array.from({ length: 9 }, (_, id) => ({ id, name: `node ${id}` })) })
const PRETTY = JSON.stringify(JSON.parse(VALUE), null, 2)
const PATCH = `diff --git a/a.ts b/a.ts
index 83db48f..bf269f4 100644
--- a/a.ts
+++ b/a.ts
@@ -1,3 +1,3 @@
 const a = 1
-const b = 2
+const b = 3

 const c = ${"1".repeat(80)}
`
const parts = (text: string, kindOf: (part: string) => string = () => "text") =>
  split(text, kindOf).map((part) => [part.kind, text.slice(part.start, part.end)])

describe("split", () => {
  it("leaves a text without boundaries in one part, judged whole", () => {
    expect(parts("one\ntwo\n", () => "log")).toEqual([["log", "one\ntwo\n"]])
    expect(parts("")).toEqual([])
  })

  it("finds a JSON value between other lines, on one line or many", () => {
    for (const value of [VALUE, PRETTY])
      expect(parts(`before\n${value}\nafter\n`)).toEqual([
        ["text", "before\n"],
        ["json", value],
        ["text", "\nafter\n"]
      ])
  })

  it("takes lines of JSON for one part", () => {
    const rows = [VALUE, VALUE, VALUE].join("\n")
    expect(parts(`before\n${rows}\n`)).toEqual([
      ["text", "before\n"],
      ["json", rows],
      ["text", "\n"]
    ])
  })

  it("finds a long value behind a short preamble", () => {
    const long = JSON.stringify(Array.from({ length: 40 }, (_, id) => ({ id })))
    expect(parts(`Response: ${long}\n`)).toEqual([
      ["text", "Response: "],
      ["json", long],
      ["text", "\n"]
    ])
  })

  it("does not take brackets of log lines, broken JSON or short values for JSON", () => {
    const log = `[INFO] ${"x".repeat(200)}\n[12:00] {a: 1}\n{"a": 1}\n{"a": [1, 2}\n${VALUE.slice(0, -1)}\n`
    expect(parts(log)).toEqual([["text", log]])
  })

  it("finds a patch, hunks and blank context included", () => {
    expect(parts(`On branch main\n${PATCH}Done in 3 s\n`)).toEqual([
      ["text", "On branch main\n"],
      ["diff", PATCH],
      ["text", "Done in 3 s\n"]
    ])
  })

  it("takes the body of a fence for what it holds", () => {
    const code = "const a = 1\n".repeat(20)
    const text = `Words before.\n\n\`\`\`json\n${PRETTY}\n\`\`\`\n\nWords between.\n\n\`\`\`ts\n${code}\`\`\`\nWords after.\n`
    expect(parts(text, () => "prose").filter(([kind]) => kind === "json")).toEqual([["json", PRETTY]])
  })

  it("cuts at separator lines and judges each output alone", () => {
    const one = "a 1\n".repeat(60)
    const two = "b 2\n".repeat(60)
    expect(parts(`${one}=== second ===\n${two}`, (part) => (part.includes("b") ? "log" : "search"))).toEqual([
      ["search", one],
      ["text", "=== second ===\n"],
      ["log", two]
    ])
  })

  it("parts nothing where the same kind stands on both sides of a separator", () => {
    const text = `${"a 1\n".repeat(60)}=== second ===\n${"b 2\n".repeat(60)}`
    expect(parts(text, () => "log")).toEqual([["log", text]])
  })

  it("takes a fence that never closes for none", () => {
    const one = "a 1\n".repeat(60)
    const two = "b 2\n".repeat(60)
    const text = `${one}\`\`\`\n=== second ===\n${two}`
    expect(parts(text, (part) => (part.includes("b") ? "log" : "search")).map(([kind]) => kind)).toEqual([
      "search",
      "text",
      "log"
    ])
  })
})

describe("the marks between parts", () => {
  const kinds = (text: string, kindOf: (part: string) => string = () => "log") =>
    split(text, kindOf).map(({ kind }) => kind)

  it("are none where they part short records of one output", () => {
    const record = (at: number) => `record ${at} of the tide, with what it says of the quay and of the boats in it\n`
    const records = (count: number) =>
      Array.from({ length: count }, (_, at) => record(at).repeat(3)).join("----------\n")
    const seen: Array<string> = []
    kinds(records(6), (part) => {
      seen.push(part)
      return "log"
    })
    expect(seen).toEqual([records(6)])
    seen.length = 0
    kinds(records(2), (part) => {
      seen.push(part)
      return "log"
    })
    expect(seen).toHaveLength(2)
  })

  it("are none between JSON lines, however short one is", () => {
    const long = JSON.stringify({ text: "tide ".repeat(60) })
    const text = `${[long, '{"a":1}', long, '{"b":2}', '{"c":3}'].join("\n")}\n`
    expect(kinds(text, () => "text")[0]).toBe("json")
    expect(split(text, () => "text").filter(({ kind }) => kind === "json")).toHaveLength(1)
    expect(kinds(text, () => "text").filter((kind) => kind !== "json").length).toBeLessThanOrEqual(1)
  })
})

describe("isMixed", () => {
  const part = (start: number, end: number, kind: string) => ({ start, end, kind })

  it("asks for a part of another kind that is no plain text and large enough", () => {
    expect(isMixed([part(0, 50, "log"), part(50, 100, "json")], "log")).toBe(true)
    expect(isMixed([part(0, 50, "log"), part(50, 100, "text")], "log")).toBe(false)
    expect(isMixed([part(0, 98, "log"), part(98, 100, "json")], "log")).toBe(false)
    expect(isMixed([part(0, 100, "json")], "log")).toBe(false)
    expect(isMixed([], "text")).toBe(false)
  })

  it("leaves prose its examples", () => {
    expect(isMixed([part(0, 80, "prose"), part(80, 100, "json")], "prose")).toBe(false)
    expect(isMixed([part(0, 50, "prose"), part(50, 100, "json")], "prose")).toBe(true)
  })
})

describe("tileMixed", () => {
  const shouts: Compressor = {
    kind: "json",
    version: 1,
    detect: () => 0,
    tile: ({ text }, want) => [
      {
        _tag: "Elide",
        spans: [0, text.length],
        gap: { unit: "characters", count: text.length, profile: String(want.budgetTokens) }
      }
    ],
    codecs: []
  }

  it("lifts the parts' segments into one lawful tiling and shares the budget by length", () => {
    const text = `before\n${VALUE}\nafter\n`
    const want = { visibleOnly: false, budgetTokens: 100, question: "" }
    const content = { kind: "mixed", text, origin: "output" } as const
    const segments =
      tileMixed(
        content,
        want,
        split(text, () => "text"),
        (kind) => (kind === "json" ? shouts : undefined)
      ) ?? []
    expect(isLawful({ input: text, segments })).toBe(true)
    expect(segments.map((segment) => segment._tag)).toEqual(["Shown", "Elide", "Shown"])
    const share = Math.floor((100 * VALUE.length) / text.length)
    expect(segments[1]).toMatchObject({ spans: [7, 7 + VALUE.length], gap: { profile: String(share) } })
    expect(mixedOf([shouts]).tile(content, want)).toEqual(segments)
  })

  it("offers nothing where no part does", () => {
    const content = { kind: "mixed", text: "one\n=====\ntwo\n", origin: "output" } as const
    expect(mixedOf([]).tile(content, { visibleOnly: false, budgetTokens: 0, question: "" })).toBe(undefined)
  })
})

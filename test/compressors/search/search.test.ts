import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { search } from "../../../src/compressors/search/search.ts"
import { noHint } from "../../../src/domain/content.ts"
import { textOf } from "../../../src/domain/spans.ts"
import { isLawful, type Segment } from "../../../src/domain/tiling.ts"
import { estimateTokens } from "../../../src/domain/tokens.ts"
import { draft } from "../../../src/domain/view.ts"

const codecs = new Map(search.codecs.map((codec) => [codec.name, codec.decode]))

const hide = (text: string, budgetTokens: number, question = ""): ReadonlyArray<Segment> => {
  const content = { kind: "search", text, origin: "output" } as const
  const segments = search.tile(content, { visibleOnly: false, budgetTokens, question }) ?? []
  expect(isLawful({ input: text, segments })).toBe(true)
  for (const segment of segments)
    if (segment._tag === "Shown" && segment.codec !== "verbatim")
      expect(codecs.get(segment.codec)?.(segment.text)).toBe(textOf(text, segment.spans))
  return segments
}

const view = (text: string, budgetTokens: number, question = ""): string =>
  draft([{ input: text, segments: hide(text, budgetTokens, question) }])

/** Matches a file that a reader of the view counts: rows, bare numbers, and gaps that name the file. */
const countsIn = (text: string): Record<string, number> => {
  const counts: Record<string, number> = {}
  const add = (path: string, count: number): void => {
    counts[path] = (counts[path] ?? 0) + count
  }
  let heading = ""
  for (const line of text.split("\n")) {
    const gap = /^\[… \d+-\d+: (\d+) matches, (.+?)(?: lines \d+-\d+)?(?:, and \d+ lines of context)?\]$/.exec(line)
    const lone = /^([^\s:[]+):\d+:/.exec(line)
    if (gap !== null) gap[2] === "text only" || add(gap[2] as string, Number(gap[1]))
    else if (line.startsWith("[…") || line.startsWith("--")) continue
    else if (/^\d+(?:,\d+)*$/.test(line)) add(heading, line.split(",").length)
    else if (/^\d+:| /.test(line.slice(0, 8)) && heading !== "" && /^(?:\d+:| )/.test(line)) add(heading, 1)
    else if (/^\d+ (?:more )?match(?:es)?$/.test(line)) add(heading, Number.parseInt(line, 10))
    else if (lone !== null) add(lone[1] as string, 1)
    else if (line !== "" && !/^\d+-/.test(line)) heading = line
  }
  return counts
}

const trueCounts = (text: string): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const line of text.split("\n")) {
    const path = /^([^\s:]+):\d+:/.exec(line)?.[1]
    if (path !== undefined) counts[path] = (counts[path] ?? 0) + 1
  }
  return counts
}

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("")

const manyFiles = lines(
  240,
  (i) => `src/part-${Math.floor(i / 6)}/file.ts:${10 + i}:  const value${i} = lookup("${i % 17}", options)`
)

describe("search", () => {
  it("keeps each file with its count and each shown place exact", () => {
    const seen = view(manyFiles, 1_500)
    expect(countsIn(seen)).toEqual(trueCounts(manyFiles))
    expect(estimateTokens(seen)).toBeLessThan(0.4 * estimateTokens(manyFiles))
    for (const row of seen.matchAll(/^(\d+):(.*)$/gm)) expect(manyFiles).toContain(`:${row[1]}:${row[2]}\n`)
  })

  it("counts long runs of one file in a gap that names it", () => {
    const text = lines(400, (i) => `src/one.ts:${i + 1}:value ${i} of the list`)
    const seen = view(text, 300)
    expect(seen).toMatch(/\[… \d+-\d+: \d+ matches, src\/one\.ts lines \d+-\d+\]/)
    expect(countsIn(seen)).toEqual({ "src/one.ts": 400 })
  })

  it("hides nothing that fits the budget", () => {
    const segments = hide(manyFiles, 1_000_000)
    expect(segments.some((segment) => segment._tag === "Elide")).toBe(false)
  })

  it("keeps definitions and what the question names", () => {
    const text = lines(300, (i) =>
      i === 150
        ? "src/a.ts:1500:export function parseHeader() {"
        : i === 220
          ? "src/a.ts:2200:  quota(limit)"
          : `src/a.ts:${i * 10}:  use(thing)`
    )
    const seen = view(text, 400, "where is the quota checked?")
    expect(seen).toContain("1500:export function parseHeader() {")
    expect(seen).toContain("2200:  quota(limit)")
  })

  it("keeps what is no match in place", () => {
    const text = `$ rg value\n${manyFiles}Binary file logo.png matches\n`
    const seen = view(text, 1_200)
    expect(seen.startsWith("$ rg value\n")).toBe(true)
    expect(seen).toContain("\nBinary file logo.png matches\n")
  })

  it("counts lines without numbers", () => {
    const text = lines(120, (i) => `src/f${Math.floor(i / 4)}.ts:some longer text of the line ${i}`)
    const seen = view(text, 350)
    expect(seen).toMatch(/^src\/f\d+\.ts\n4 matches\n/m)
    expect(seen).toMatch(/^src\/f\d+\.ts\n .*\n3 more matches\n/m)
    expect(Object.keys(countsIn(seen))).toHaveLength(30)
    expect(Object.values(countsIn(seen)).every((count) => count === 4)).toBe(true)
  })

  it("keeps headings and their numbers", () => {
    const text = lines(
      60,
      (i) => `src/f${i}.ts\n${i + 1}:const a = ${i} + something(${i})\n${i + 200}:const b = ${i} - other(${i})\n`
    )
    const seen = view(text, 600)
    const places = (part: string): ReadonlyArray<string> => {
      let heading = ""
      return part.split("\n").flatMap((line) => {
        if (line.startsWith("src/")) heading = line
        const numbers = /^(\d+(?:,\d+)*)(?::|$)/.exec(line)?.[1]
        return numbers === undefined ? [] : numbers.split(",").map((number) => `${heading}:${number}`)
      })
    }
    expect(places(seen)).toEqual(places(text))
    expect(seen).toContain("[… ")
  })

  it("counts the matches of rg --json", () => {
    const event = (type: string, i: number): string =>
      `{"type":"${type}","data":{"path":{"text":"src/f${i % 2}.ts"},"lines":{"text":"x ${i}\\n"},"line_number":${i},"absolute_offset":1,"submatches":[]}}`
    const text = `${event("begin", 1)}\n${lines(200, (i) => event("match", 2 * i + 1))}`
    const seen = view(text, 500)
    const shown = seen.split("\n").filter((line) => line.startsWith('{"type":"match"')).length
    const hidden = [...seen.matchAll(/: (\d+) matches, src\/f1\.ts/g)].reduce((sum, match) => sum + Number(match[1]), 0)
    expect(shown).toBeGreaterThan(0)
    expect(shown + hidden).toBe(200)
  })

  it("prints the text that a file has at several places once, with each place", () => {
    const rows = Array.from({ length: 30 }, (_, n) => [4 * n + 3, `        res.send(part.of(${n % 3}));`] as const)
    const content = { kind: "search", origin: "output" } as const
    const want = { visibleOnly: true, budgetTokens: 100, question: "" }
    for (const text of [
      rows.map(([number, body]) => `test/a.js:${number}:${body}\n`).join(""),
      `test/a.js\n${rows.map(([number, body]) => `${number}:${body}\n`).join("")}\ntest/b.js\n9:        res.end();\n`
    ]) {
      const shown = draft([{ input: text, segments: search.tile({ ...content, text }, want) ?? [] }])
      expect(shown.match(/part\.of/g)).toHaveLength(3)
      for (const [number] of rows) expect(shown).toMatch(new RegExp(`(?:^|,)${number}[,:]`, "m"))
      expect(shown).toContain(":        res.send(part.of(1));")
    }
  })

  it("leaves a file's own text and text without matches alone", () => {
    const want = { visibleOnly: false, budgetTokens: 10, question: "" }
    expect(search.tile({ kind: "search", text: manyFiles, origin: "file" }, want)).toBeUndefined()
    expect(search.tile({ kind: "search", text: "one\ntwo\n".repeat(100), origin: "output" }, want)).toBeUndefined()
    expect(search.tile({ kind: "search", text: "", origin: "output" }, want)).toBeUndefined()
  })
})

describe("search detection", () => {
  const grep = { commands: ["grep"], origin: "output" } as const

  it("is sure of places with line numbers, also where they hold log lines", () => {
    expect(search.detect(manyFiles, noHint)).toBeGreaterThan(0.9)
    expect(
      search.detect(
        lines(30, (i) => `app.log:${i}:2024-01-02 12:03:44 ERROR boom`),
        grep
      )
    ).toBeGreaterThan(0.9)
  })

  it.each([
    ["a log", lines(30, (i) => `12:03:${10 + i} INFO started a/b.c`)],
    ["a list of paths", lines(30, (i) => `src/a${i}.ts`)],
    ["counts", lines(30, (i) => `src/a${i}.ts:${i}`)],
    ["a file's numbered lines", lines(30, (i) => `${i + 1}:const a = ${i}`)],
    ["prose", lines(30, () => "It was a dark and stormy night; see a.b:1.")],
    ["diagnostics of a compiler", lines(30, (i) => `src/a.c:${i}:5: error: expected ';'`)],
    ["remarks of a linter", lines(30, (i) => `src/a.yml:${i}: [E301] Trailing whitespace`)],
    [
      "remarks that begin with a name in quotes",
      lines(30, (i) => `src/a.js:${i}:5: 'tide' is never used. [Error/no-unused]`)
    ],
    ["places in brackets", lines(30, (i) => `c:\\src\\a.cpp(${i}): tab found`)],
    ["dated lines", lines(30, (i) => `2024-01-${10 + (i % 20)} started`)],
    ["nothing", ""]
  ])("is not taken in by %s, whatever the hint", (_, text) => {
    expect(search.detect(text, grep)).toBeLessThan(0.2)
  })

  it("needs the hint less the more lines are matches", () => {
    const rows = lines(20, (i) => `${3 * i + 1}:use(thing)`)
    expect(search.detect(rows, grep)).toBeGreaterThan(search.detect(rows, noHint))
  })
})

const corpus = fileURLToPath(new URL("../../../../shared/corpus/search/grep", import.meta.url))

describe.skipIf(!existsSync(corpus))("search on recorded results", () => {
  const recorded = existsSync(corpus)
    ? readdirSync(corpus).map((name) => readFileSync(`${corpus}/${name}`, "utf8"))
    : []

  it("keeps files and counts", () => {
    let seen = 0
    for (const text of recorded.filter((candidate) => Object.keys(trueCounts(candidate)).length > 1)) {
      expect(countsIn(view(text, 1_500))).toEqual(trueCounts(text))
      seen++
    }
    expect(seen).toBeGreaterThan(2)
  })
})

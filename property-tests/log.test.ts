import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { log } from "../src/compressors/log/log.ts"
import { readLines } from "../src/compressors/log/record.ts"
import { logTable } from "../src/compressors/log/table.ts"
import { decodeLogTable } from "../src/compressors/log/table-decode.ts"
import { noHint } from "../src/domain/content.ts"
import { isLawful, type Segment } from "../src/domain/tiling.ts"
import { print } from "../src/domain/view.ts"

const words = fc.constantFrom(
  "served",
  "request",
  "user",
  "cache",
  "miss",
  "started",
  "INFO",
  "node",
  "of",
  "10.0.0.1",
  "id=7",
  "(x)",
  "[a]",
  '"q"'
)
const header = fc.constantFrom(
  "",
  "2024-05-01 10:00:00,123 INFO [main] a.B: ",
  "Jun 14 15:16:01 box cron[12]: ",
  "[INFO] ",
  "12:00:01 ",
  "  ",
  "\tat "
)
const line = fc.tuple(header, fc.array(words, { maxLength: 8 })).map(([head, tail]) => head + tail.join(" "))
const logs = fc
  .array(line, { maxLength: 80 })
  .chain((lines) => fc.constantFrom("\n", "\r\n").map((end) => lines.join(end)))
const texts = fc.oneof(
  logs,
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.array(fc.string({ unit: "grapheme" }), { maxLength: 60 }).map((parts) => parts.join("\n"))
)
const wants = fc.record({
  visibleOnly: fc.boolean(),
  budgetTokens: fc.integer({ min: 0, max: 3000 }),
  question: fc.constantFrom("", "cache miss", "10.0.0.1")
})

const tile = (
  text: string,
  want: { visibleOnly: boolean; budgetTokens: number; question: string }
): ReadonlyArray<Segment> | undefined => log.tile({ kind: "log", text, origin: "output" }, want)

describe("log", () => {
  it("is lawful and total on any text, and hides nothing where nothing may be hidden", () => {
    fc.assert(
      fc.property(texts, wants, (text, want) => {
        log.detect(text, noHint)
        const segments = tile(text, want)
        if (segments === undefined) return
        expect(isLawful({ input: text, segments })).toBe(true)
        if (want.visibleOnly) expect(segments.every((segment) => segment._tag === "Shown")).toBe(true)
      })
    )
  })

  it("is deterministic", () => {
    fc.assert(
      fc.property(texts, wants, (text, want) => {
        expect(tile(text, want)).toEqual(tile(text, want))
      })
    )
  })

  it("gives back what its codecs print", () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const segment of tile(text, { visibleOnly: true, budgetTokens: 0, question: "" }) ?? []) {
          if (segment._tag !== "Shown" || segment.codec === "verbatim") continue
          const decode = log.codecs.find((codec) => codec.name === segment.codec)?.decode
          expect(decode?.(segment.text)).toBe(text.slice(segment.spans[0], segment.spans[1]))
        }
      })
    )
  })

  it("gives back as it was whatever it prints as a table", () => {
    const value = fc.constantFrom(
      "7",
      "42",
      "A",
      "AB",
      "\\B",
      "10.0.0.1:80",
      "<1>",
      "<",
      "1>",
      "a",
      "!",
      "x=1,y=2",
      "",
      "-3",
      "é",
      "\ud800",
      "/p/q.c"
    )
    const hostile = fc
      .tuple(header, fc.constantFrom("served", "lost", "@", "!!", "a b"), value, value)
      .map(([head, word, one, two]) => `${head}${word} ${one} of ${two}`)
    fc.assert(
      fc.property(fc.array(fc.oneof(hostile, line), { minLength: 4, maxLength: 60 }), fc.boolean(), (lines, ends) => {
        const text = lines.concat(lines).join("\n") + (ends ? "\n" : "")
        const table = logTable(text, readLines(text))
        if (table !== undefined) expect(decodeLogTable(table)).toBe(text)
        else expect(text.includes("\r") || lines.every((one) => one.trim() === "") || text === "").toBe(true)
      })
    )
  })

  it("prints whole lines of the input in their order, and gaps", () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 0, max: 500 }), (text, budgetTokens) => {
        const segments = tile(text, { visibleOnly: false, budgetTokens, question: "" })
        if (segments === undefined) return
        const source = text.split("\n")
        let at = 0
        for (const shown of print({ input: text, segments }).split("\n")) {
          if (shown.startsWith("[… ")) continue
          const found = source.indexOf(shown, at)
          expect(found).toBeGreaterThanOrEqual(at)
          at = found + 1
        }
      })
    )
  })

  it("shows an error of each kind and one line of each other kind, whatever the budget", () => {
    const names = ["alpha", "beta", "gamma", "delta", "epsilon"] as const
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
        fc.array(fc.nat(200), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 0, max: 400 }),
        (kinds, places, budgetTokens) => {
          const lines = Array.from(
            { length: 300 },
            (_, i) => `2024-05-01 10:00:00 INFO [main] a.B: Served request ${i} for user ${i % 9}`
          )
          kinds.forEach((kind, i) => {
            lines[places[i] as number] =
              i % 2 === 0
                ? `2024-05-01 10:00:00 ERROR [main] a.B: The ${kind} part failed with ${i}`
                : `2024-05-01 10:00:00 INFO [main] a.B: ${kind} of the cache began anew`
          })
          const present = names
            .flatMap((name) => [`The ${name} part`, `${name} of the cache`])
            .filter((name) => lines.some((line) => line.includes(name)))
          const text = lines.join("\n")
          const segments = tile(text, { visibleOnly: false, budgetTokens, question: "" })
          const view = print({ input: text, segments: segments ?? [] })
          for (const name of present) expect(view).toContain(name)
        }
      )
    )
  })

  it("shows every line of a file that is named among much that names none, whatever the budget", () => {
    const remark = fc.constantFrom(
      (at: number) => `src/unit.c:${at}:5: warning: unused variable`,
      (at: number) => `lib\\unit.cs(${at},3): error CS0103: no such name`,
      (at: number) => `    at pay (src/pay.ts:${at}:7)`,
      (at: number) => `  File "/srv/pay.py", line ${at}, in pay`,
      (at: number) => `\tat com.acme.Pay.charge(Pay.java:${at})`
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(299), fc.integer({ min: 1, max: 9_999 }), remark), { maxLength: 12 }),
        fc.integer({ min: 0, max: 400 }),
        (remarks, budgetTokens) => {
          const lines = Array.from({ length: 300 }, (_, i) => `  CC       base/unit_${i}.lo`)
          for (const [at, number, write] of remarks) lines[at] = write(number)
          const text = lines.join("\n")
          const segments = tile(text, { visibleOnly: false, budgetTokens, question: "" })
          const view = segments === undefined ? text : print({ input: text, segments })
          for (const line of lines) if (!line.includes("CC ")) expect(view).toContain(line)
        }
      )
    )
  })

  it("costs in proportion to its input", () => {
    const cost = (count: number): number => {
      const text = Array.from(
        { length: count },
        (_, i) => `10:00:00 INFO w${i % 97} word${String.fromCharCode(97 + (i % 26))} k${i}=v${i} done ${i}`
      ).join("\n")
      let best = Infinity
      for (let run = 0; run < 5; run++) {
        const start = performance.now()
        tile(text, { visibleOnly: run % 2 === 1, budgetTokens: 2000, question: "" })
        tile(text, { visibleOnly: run % 2 === 0, budgetTokens: 2000, question: "" })
        best = Math.min(best, performance.now() - start)
      }
      return best
    }
    cost(4000)
    expect(cost(16_000) / cost(8000)).toBeLessThan(4)
  })
})

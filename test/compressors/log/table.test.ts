import { describe, expect, it } from "vitest"
import { log } from "../../../src/compressors/log/log.ts"
import { readLines } from "../../../src/compressors/log/record.ts"
import { logTable } from "../../../src/compressors/log/table.ts"
import { decodeLogTable } from "../../../src/compressors/log/table-decode.ts"
import { holdsLogTable } from "../../../src/compressors/log/table-form.ts"

const table = (text: string): string | undefined => logTable(text, readLines(text))

const sample = [
  "2024-05-01 10:00:17,978 INFO [main] Shop: served 10.251.43.21:80 in 5 ms",
  "2024-05-01 10:00:18,001 INFO [main] Shop: served 10.251.43.21:80 in 77 ms",
  "2024-05-01 10:00:18,400 WARN [main] Disk: almost full",
  "2024-05-01 10:00:19,000 INFO [main] Shop: served 10.251.43.21:80 in 6 ms",
  "\tat Shop.buy(Shop.java:99)",
  "",
  "2024-05-01 10:01:02,000 INFO [main] Shop: served 10.9.9.9:80 in 7 ms",
  "2024-05-01 10:01:03,000 INFO [main] Shop: served 10.251.43.21:80 in 9 ms",
  ""
].join("\n")

describe("log table", () => {
  it("names templates, repeated values and the beginnings of times once, and keeps the order of lines", () => {
    expect(table(sample)?.split("\n").slice(1)).toEqual([
      "a <0> INFO [main] Shop: served <1> in <2> ms",
      "A 10.251.43.21:80",
      "@ 2024-05-01 10:",
      "00:17,978 a A 5",
      "00:18,001 a A 77",
      "00:18,400 ! WARN [main] Disk: almost full",
      "00:19,000 a A 6",
      "!!\tat Shop.buy(Shop.java:99)",
      "!!",
      "01:02,000 a 10.9.9.9:80 7",
      "01:03,000 a A 9",
      ""
    ])
  })

  it("gives the text back from the table alone", () => {
    expect(decodeLogTable(table(sample) as string)).toBe(sample)
    expect(decodeLogTable((table(sample.slice(0, -1)) as string) ?? "")).toBe(sample.slice(0, -1))
  })

  it("gives back lines that look like its own parts", () => {
    const odd = Array.from(
      { length: 12 },
      (_, i) =>
        ["@ 2024 x", "a <0> y", "!! z", "A B C", "<1> <2> served 5", `\\A ${i} b`, "! x", `k=${i} <${i}> v`][i % 8]
    ).join("\n")
    const text = `${sample}${odd}\n${odd}`
    const shown = table(text)
    if (shown !== undefined) expect(decodeLogTable(shown)).toBe(text)
    const bare = table(`${odd}\n${odd}\n`)
    if (bare !== undefined) expect(decodeLogTable(bare)).toBe(`${odd}\n${odd}\n`)
  })

  it("tells a value from the name of one", () => {
    const text = ["A", "B", "AB", "\\x", "abc"]
      .map((name) => `opened the drive /${name} for reading\n`)
      .join("")
      .repeat(3)
    const shown = table(text) as string
    expect(shown).toContain("a \\AB\n")
    expect(decodeLogTable(shown)).toBe(text)
  })

  it("cuts no address, decimal or negative number from what it begins with", () => {
    const text = Array.from(
      { length: 20 },
      (_, i) => `12:00:${10 + i} load 1.${i} at 10.0.0.${i} is -${i}5 for node-${i}`
    ).join("\n")
    const shown = table(text) ?? ""
    expect(shown).toContain("1.7 10.0.0.7 -75 7")
    expect(shown).toContain("for node-<")
  })

  it("refuses a text that is no table", () => {
    expect(decodeLogTable("a b\nc d\n")).toBeUndefined()
    expect(decodeLogTable((table(sample) as string).replace("a A 77", "b A 77"))).toBeUndefined()
    expect(holdsLogTable(sample)).toBe(false)
    expect(holdsLogTable(table(sample) as string)).toBe(true)
  })

  it("leaves a table, a file's text and a short text as they are", () => {
    const long = sample.repeat(20)
    const want = { visibleOnly: true, budgetTokens: 0, question: "" }
    const shown = log.tile({ kind: "log", text: long, origin: "output" }, want)
    expect(shown?.[0]?._tag === "Shown" && shown[0].codec).toBe("log-table")
    expect(log.tile({ kind: "log", text: long, origin: "file" }, want)).toBeUndefined()
    expect(log.tile({ kind: "log", text: "12:00:00 a\n12:00:01 b\n", origin: "output" }, want)).toBeUndefined()
    expect(log.tile({ kind: "log", text: table(long) as string, origin: "output" }, want)).toBeUndefined()
  })
})

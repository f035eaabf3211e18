import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { describe, expect, it } from "vitest"
import { pageAsText } from "../../../scripts/bundle.ts"
import { barsOf } from "../../../src/apps/proxy/dashboard/client/bars.ts"
import {
  clock,
  counted,
  day,
  dollars,
  duration,
  moment,
  share,
  short,
  tokens,
  written
} from "../../../src/apps/proxy/dashboard/client/format.ts"
import { isAligned, pairsOf } from "../../../src/apps/proxy/dashboard/client/pairs.ts"
import { makePage } from "../../../src/apps/proxy/dashboard/page.ts"
import { NO_SUM, type Sum } from "../../../src/domain/figures.ts"

describe("the page in a bundle", () => {
  it("is there as text: nothing is built when it is shown", async () => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("../../../src/apps/proxy/dashboard/dashboard.ts", import.meta.url))],
      bundle: true,
      format: "esm",
      platform: "node",
      write: false,
      plugins: [pageAsText]
    })
    const code = outputFiles[0]?.text ?? ""
    expect(code).not.toContain("buildSync")
    expect(code).toContain(JSON.stringify(makePage().policy).slice(1, -1))
    expect(code).toContain("<!doctype html>")
  })
})

describe("figures on the page", () => {
  it("have three digits that matter", () => {
    expect([0, 9, 9999, 9999.6, 12_345, 999_400, 999_600, 1_234_567, 45_600_000, -2500].map(tokens)).toEqual([
      "0",
      "9",
      "9,999",
      "10k",
      "12k",
      "999k",
      "1.00M",
      "1.23M",
      "45.6M",
      "\u22122,500"
    ])
    expect([0, 0.0004, 0.0312, 0.0999, 0.5, 12.345, 99.999, 1234.5, -0.25, -0.0001].map(dollars)).toEqual([
      "$0.00",
      "$0.00",
      "$0.031",
      "$0.10",
      "$0.50",
      "$12.35",
      "$100",
      "$1,235",
      "\u2212$0.25",
      "$0.00"
    ])
    expect([0.04, 9.94, 9.96, 250, 999.6, 1530, 99_960].map(duration)).toEqual(
      ["0.0 ms", "9.9 ms", "10 ms", "250 ms", "1.0 s", "1.5 s", "100 s"].map((text) => text.replace(" ", "\u202f"))
    )
    expect([share(0, 0), share(0, 5), share(1, 12), share(1, 3), share(1, 1), share(-1, 10), share(1, 1e6)]).toEqual(
      ["0 %", "0 %", "8.3 %", "33 %", "100 %", "\u221210 %", "<0.1 %"].map((text) => text.replace(" ", "\u202f"))
    )
    expect([counted(1, "request"), counted(1200, "request")]).toEqual(["1 request", "1,200 requests"])
  })

  it("have times and names that fit", () => {
    const at = new Date(2026, 10, 4, 9, 5, 7)
    expect([day(at), clock(at), moment(at, at), moment(at, new Date(2026, 10, 5))]).toEqual([
      "4 Nov",
      "09:05",
      "09:05:07",
      "4 Nov, 09:05"
    ])
    expect([written("2026-09-18"), written("last year")]).toEqual(["18 Sep 2026", "last year"])
    expect([short("/home/ada/compiler/"), short("notes"), short("a".repeat(40))]).toEqual([
      "compiler",
      "notes",
      "aaaaaaaa"
    ])
  })
})

describe("bars", () => {
  const HOUR = 3_600_000
  const point = (at: number, paid: number, saved: number): Sum & { readonly at: number } => ({
    ...NO_SUM,
    at,
    money: { requests: 1, paid, without: paid + saved, saved, missed: 0 }
  })

  it("cover the time shown, with nothing where nothing was", () => {
    const series = [point(5 * HOUR, 3, 1), point(7 * HOUR, 2, -1)]
    const total = { ...NO_SUM, money: { ...NO_SUM.money, requests: 2 } }
    const bars = barsOf({ since: 3.5 * HOUR, until: 8.5 * HOUR, spanMs: HOUR, series, total })
    expect(bars.map((bar) => [bar.at / HOUR, bar.rest, bar.spared])).toEqual([
      [3, 0, 0],
      [4, 0, 0],
      [5, 3, 1],
      [6, 0, 0],
      [7, 2, -1],
      [8, 0, 0]
    ])
    expect(barsOf({ since: 0, until: HOUR, spanMs: HOUR, series: [], total: NO_SUM })).toEqual([])
  })

  it("are put together where there are too many, and lose nothing", () => {
    const series = Array.from({ length: 365 }, (_, i) => point(i * 24 * HOUR, 1, 0.5))
    const total = { ...NO_SUM, money: { ...NO_SUM.money, requests: 365 } }
    const bars = barsOf({ since: 0, until: 365 * 24 * HOUR, spanMs: 24 * HOUR, series, total })
    expect(bars.length).toBeLessThanOrEqual(92)
    expect(bars.reduce((sum, bar) => sum + bar.rest, 0)).toBe(365)
  })

  it("are tokens where there is no money", () => {
    const series = [{ ...NO_SUM, at: 0, tokensBefore: 90, tokensAfter: 60 }]
    const [bar] = barsOf({ since: 0, until: HOUR, spanMs: HOUR, series, total: NO_SUM })
    expect([bar?.rest, bar?.spared]).toEqual([60, 30])
  })
})

describe("sides", () => {
  it("put gone beside new, and kept beside itself", () => {
    const rows = [
      { sign: " ", line: "a" },
      { sign: "+", line: "[gap]" },
      { sign: "-", line: "b" },
      { sign: "-", more: 7 },
      { sign: " ", line: "c" }
    ] as const
    expect(pairsOf(rows).map(({ after, before }) => [before, after])).toEqual([
      [rows[0], rows[0]],
      [rows[2], rows[1]],
      [rows[3], undefined],
      [rows[4], rows[4]]
    ])
    expect([isAligned(rows), isAligned(rows.filter((row) => row.sign !== " ")), isAligned([])]).toEqual([
      true,
      false,
      true
    ])
  })
})

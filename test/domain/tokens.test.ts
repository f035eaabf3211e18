import { existsSync, readFileSync } from "node:fs"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { describe, expect, it } from "vitest"
import { admits, estimateTokens, GAIN_TOKENS } from "../../src/domain/tokens.ts"

const off = (text: string): number => Math.abs(estimateTokens(text) - countTokens(text)) / countTokens(text)

const samples: ReadonlyArray<readonly [name: string, text: string, error: number]> = [
  [
    "prose",
    "The server keeps every original and lets the reader fetch back any part of it. Nothing leaves the machine, and what was hidden " +
      "is named in place, so that a person who reads the output can tell what is missing and how to get it.\n",
    0.08
  ],
  [
    "source",
    'export const lineStarts = (text: string): ReadonlyArray<number> => {\n  const starts: Array<number> = []\n  for (let at = 0; at < text.length; ) {\n    starts.push(at)\n    const end = text.indexOf("\\n", at)\n    if (end === -1) break\n  }\n  return starts\n}\n',
    0.1
  ],
  [
    "JSON",
    JSON.stringify(
      Array.from({ length: 9 }, (_, i) => ({
        id: 1000 + i,
        userName: `user_${i}`,
        isActive: i % 2 === 0,
        score: i / 7
      })),
      null,
      2
    ),
    0.1
  ],
  [
    "a log",
    Array.from(
      { length: 9 },
      (_, i) => `2024-03-0${i + 1}T12:34:5${i}.123Z INFO [worker-${i}] request /api/v1/items/${i} took ${i * 37}ms`
    ).join("\n"),
    0.1
  ],
  [
    "hex",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 da39a3ee5e6b4b0d3255bfef95601890afd80709",
    0.15
  ],
  ["Russian", "Все люди рождаются свободными и равными в своём достоинстве и правах.", 0.25],
  ["Japanese", "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。", 0.25]
]

describe("estimateTokens", () => {
  for (const [name, text, error] of samples) {
    it(`is within ${error * 100} % of o200k on ${name}`, () => {
      expect(off(text)).toBeLessThanOrEqual(error)
    })
  }

  it("counts nothing in an empty text and something in any other", () => {
    expect(estimateTokens("")).toBe(0)
    for (const text of ["a", " ", "\n", "\t", "0", "{", "é", "中", "\u0000", "\ud800", "\udc00"])
      expect(estimateTokens(text)).toBe(1)
  })

  it("counts each control character, which never merge", () => {
    const line = "\u001b[32mok\u001b[0m\n"
    expect(Math.abs(estimateTokens(line.repeat(40)) - countTokens(line.repeat(40)))).toBeLessThan(40)
  })

  it("takes linear time on one long run of anything", () => {
    const time = (text: string): number => {
      const start = performance.now()
      estimateTokens(text)
      return performance.now() - start
    }
    for (const unit of [" ", "a", "A", "中", "{", "\n ", "0", "\ud800", "aB"]) {
      const few = unit.repeat(100_000)
      const many = unit.repeat(800_000)
      estimateTokens(few)
      const times = Array.from({ length: 5 }, () => [time(few), time(many)] as const)
      // Eight times the length: quadratic would be sixty-four times the time.
      expect(Math.min(...times.map(([, slow]) => slow))).toBeLessThan(
        30 * Math.min(...times.map(([fast]) => fast)) + 10
      )
    }
  })

  const corpus = new URL("../../../shared/corpus/", import.meta.url)
  it.runIf(existsSync(corpus))("is within 12 % on files of other kinds", () => {
    for (const path of [
      "code/go/wal.go",
      "diffs/small-curl-ci-yaml.diff",
      "peer-workloads/code-search-100.seed42.json"
    ]) {
      expect(off(readFileSync(new URL(path, corpus), "utf8"))).toBeLessThan(0.12)
    }
  })
})

describe("admits", () => {
  it("wants eight tokens and two per cent", () => {
    expect(admits(100, 100 - GAIN_TOKENS)).toBe(true)
    expect(admits(100, 101 - GAIN_TOKENS)).toBe(false)
    expect(admits(1000, 980)).toBe(true)
    expect(admits(1000, 981)).toBe(false)
    expect(admits(10, 20)).toBe(false)
  })
})

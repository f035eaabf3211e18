import { describe, expect, it } from "vitest"
import { decide } from "../../../src/compressors/decide.ts"
import { registry } from "../../../src/compressors/registry.ts"
import { noHint } from "../../../src/domain/content.ts"
import { ShownIndex } from "../../../src/domain/shown.ts"
import { draft } from "../../../src/domain/view.ts"

type Cell = string | number | boolean | object | null | undefined
type Row = Readonly<Record<string, Cell>>

/** Even in [0, 1), the same for the same seed. */
const chance = (seed: number): number => {
  let state = Math.imul(seed + 1, 0x9e3779b9)
  state = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
  state = Math.imul(state ^ (state >>> 15), 0x735a2d97)
  return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32
}

const FIRST = 100_000
const idOf = (i: number): number => FIRST + i * 3

const common = (i: number): Row => ({
  id: idOf(i),
  at: new Date(1.7e12 + i * 61_000).toISOString(),
  host: `host-${i % 17}`,
  region: ["eu", "us", "ap"][i % 3],
  load: Math.round(chance(i) * 10_000) / 100,
  note: `request ${i * 7_919} served`
})

const name = (i: number): string => `user_${Math.floor(chance(i + 5_000) * 1e9).toString(36)}`

interface Hard {
  readonly what: string
  readonly count: number
  /** The row where it happens. */
  readonly at: number
  readonly own: (i: number) => Row
  /** What no table of cells can say: a type, or what is nested. */
  readonly onlyJson?: true
}

const HARD: ReadonlyArray<Hard> = [
  {
    what: "a value that changes once for good",
    count: 10_000,
    at: 6_173,
    own: (i) => ({ v: i < 6_173 ? "24.1" : "24.2" })
  },
  {
    what: "a value that is another once",
    count: 10_000,
    at: 4_242,
    own: (i) => ({ v: i === 4_242 ? "drained" : "active" })
  },
  { what: "a flag that flips for good", count: 2_000, at: 1_222, own: (i) => ({ v: i < 1_222 }) },
  {
    what: "a slow drift with one jump",
    count: 2_000,
    at: 1_233,
    own: (i) => ({ v: Math.round(1_000 + i / 2 + chance(i) * 4 + (i < 1_233 ? 0 : 400)) })
  },
  {
    what: "a level left for good",
    count: 2_000,
    at: 1_500,
    own: (i) => ({ v: Math.round(100 + chance(i * 3) * 30 + (i < 1_500 ? 0 : 90)) })
  },
  { what: "a counter that starts anew", count: 2_000, at: 999, own: (i) => ({ v: i < 999 ? 500 + i : i - 999 }) },
  { what: "a hole in a sequence", count: 2_000, at: 1_700, own: (i) => ({ v: i < 1_700 ? i : i + 37 }) },
  {
    what: "an id that comes twice",
    count: 2_000,
    at: 1_400,
    own: (i) => ({ v: `k${i === 1_400 ? 700 : i}x${i % 3 === 5 ? 1 : 0}` })
  },
  {
    what: "a key that is missing once",
    count: 2_000,
    at: 1_234,
    own: (i) => (i === 1_234 ? {} : { owner: `team-${i % 5}` })
  },
  { what: "a key that is there once", count: 2_000, at: 987, own: (i) => (i === 987 ? { override: "yes" } : {}) },
  { what: "null among different strings", count: 2_000, at: 777, own: (i) => ({ v: i === 777 ? null : name(i) }) },
  {
    what: "an empty string among different ones",
    count: 2_000,
    at: 777,
    own: (i) => ({ v: i === 777 ? "" : name(i) })
  },
  {
    what: "several columns that change in one row",
    count: 2_000,
    at: 1_210,
    own: (i) => (i < 1_210 ? { pool: "blue", image: "v1.4", size: 4 } : { pool: "green", image: "v1.5", size: 8 })
  },
  {
    what: "a number as a string among one number",
    count: 2_000,
    at: 1_111,
    own: (i) => ({ v: i === 1_111 ? "8080" : 8_080 }),
    onlyJson: true
  },
  {
    what: "a number as a string among many",
    count: 2_000,
    at: 1_111,
    own: (i) => ({ v: i === 1_111 ? "9441" : (i * 31) % 60_000 }),
    onlyJson: true
  },
  {
    what: "a word among many numbers",
    count: 2_000,
    at: 1_111,
    own: (i) => ({ v: i === 1_111 ? "many" : (i * 31) % 60_000 })
  },
  {
    what: "an outlier deep in objects",
    count: 2_000,
    at: 1_500,
    own: (i) => ({ m: { cpu: { temp: i === 1_500 ? -40 : Math.round(60 + chance(i) * 8) } } }),
    onlyJson: true
  },
  {
    what: "a longer list",
    count: 2_000,
    at: 1_600,
    own: (i) => ({ tags: i === 1_600 ? ["a", "b", "c", "d"] : ["a", "b"] }),
    onlyJson: true
  },
  {
    what: "null for an object",
    count: 2_000,
    at: 1_600,
    own: (i) => ({ owner: i === 1_600 ? null : { team: `t${i % 4}`, lead: `l${i % 9}` } }),
    onlyJson: true
  }
]

const cell = (value: Cell): string =>
  value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value)

const csv = (rows: ReadonlyArray<Row>): string => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return [names, ...rows.map((row) => names.map((key) => cell(row[key])))]
    .map((cells) => `${cells.join(",")}\n`)
    .join("")
}

const viewOf = (text: string, budgetTokens: number): string => {
  const want = { visibleOnly: false, budgetTokens, question: "", wholeWords: true }
  const decision = decide({ text, hint: noHint, kind: undefined, want }, new ShownIndex(), registry)
  expect(decision._tag).toBe("Hide")
  return decision._tag === "Unchanged" ? text : draft(decision.proof.layers)
}

describe("the one row of thousands where something happens stays in view", () => {
  it.each(HARD)("$what", ({ count, at, own, onlyJson }) => {
    const rows = Array.from({ length: count }, (_, i) => ({ ...common(i), ...own(i) }))
    const forms = [
      JSON.stringify({ ok: true, data: { items: rows } }),
      ...(onlyJson === true || count > 5_000 ? [] : [csv(rows)])
    ]
    for (const text of forms) expect(viewOf(text, 400)).toMatch(new RegExp(`\\b${idOf(at)}\\b`))
  })
})

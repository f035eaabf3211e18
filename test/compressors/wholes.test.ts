import { describe, expect, it } from "vitest"
import { decide } from "../../src/compressors/decide.ts"
import { registry } from "../../src/compressors/registry.ts"
import { ShownIndex } from "../../src/domain/shown.ts"
import { draft } from "../../src/domain/view.ts"

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("")

/** The view of a text after an output that shows some of its lines. */
const viewAfter = (before: string, text: string, budgetTokens: number): string => {
  const shown = new ShownIndex()
  shown.add("an earlier output", before)
  const want = { visibleOnly: false, budgetTokens, question: "" }
  const decision = decide({ text, hint: { commands: [], origin: "output" }, kind: undefined, want }, shown, registry)
  expect(decision._tag).toBe("Hide")
  return decision._tag === "Unchanged" ? text : draft(decision.proof.layers)
}

describe("what is counted and numbered of a text whose lines stand further up", () => {
  const known = lines(40, (i) => `+  const value${i} = compute(${i}, other${i * 7})`)
  const fresh = lines(30, (i) => `+  call${i}(value${i}, ${i * 13})`)
  const patch = `diff --git a/a.ts b/a.ts\nindex 1..2 100644\n--- a/a.ts\n+++ b/a.ts\n@@ -1,1 +1,71 @@\n x\n${known}${fresh}`

  it("is true of each file of a diff", () => {
    const other = `diff --git a/b.ts b/b.ts\nindex 1..2 100644\n--- a/b.ts\n+++ b/b.ts\n@@ -0,0 +1,200 @@\n${lines(200, (i) => `+  more${i}("${i * 13} words")`)}`
    expect(viewAfter(known, patch + other, 60)).toContain("a.ts | +70 -0\n")
    const seen = viewAfter(known, patch + other, 1_600)
    expect(seen).toContain("@@ -1,1 +1,71 @@\n x\n[lines 1-40 as in an earlier output above")
    expect(seen).toContain(fresh)
  })

  it("is true of the rows of a table", () => {
    const row = (i: number): string =>
      `${1_000 + i},host-${i % 7},${(i * 7_919) % 997},${i === 333 ? "failed" : "done"}`
    const rows = lines(400, row)
    const seen = viewAfter(
      lines(100, (i) => row(i + 100)),
      `id,host,took,state\n${rows}`,
      300
    )
    const hidden = /\[… (\d+)-(\d+): (\d+) rows/.exec(seen)
    expect(Number(hidden?.[2])).toBeGreaterThan(390)
    expect(seen).toMatch(/1333\D.*failed/)
  })

  it("is true of the values of JSON lines", () => {
    const row = (i: number): string => JSON.stringify({ id: 1_000 + i, host: `host-${i % 7}`, took: (i * 7_919) % 997 })
    const seen = viewAfter(
      lines(100, (i) => row(i + 100)),
      lines(400, row),
      300
    )
    const hidden = /\[… (\d+)-(\d+): (\d+) rows/.exec(seen)
    expect(Number(hidden?.[2])).toBeGreaterThan(390)
  })

  it("is true of a listing's lines", () => {
    const path = (i: number): string => `packages/part${Math.floor(i / 50)}/index-of-${i * 31}.ts`
    const seen = viewAfter(
      lines(100, (i) => path(i + 100)),
      lines(400, path),
      300
    )
    expect([...seen.matchAll(/\[… \d+-(\d+): /g)].map(([, to]) => Number(to)).pop()).toBeGreaterThan(390)
  })
})

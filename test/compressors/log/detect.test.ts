import { describe, expect, it } from "vitest"
import { log } from "../../../src/compressors/log/log.ts"
import { noHint } from "../../../src/domain/content.ts"

const sure = (text: string): number => log.detect(text, noHint)
const many = (line: (i: number) => string): string => Array.from({ length: 30 }, (_, i) => line(i)).join("\n")

describe("log detector", () => {
  it("knows logs, builds and tests", () => {
    expect(sure(many((i) => `2024-05-01 10:00:${10 + i} INFO served ${i}`))).toBeGreaterThan(0.9)
    expect(sure(many((i) => `Jun 14 15:16:${10 + i} box sshd[${i}]: hello`))).toBeGreaterThan(0.9)
    expect(sure(many((i) => `   Compiling crate_${i} v1.0.${i}`))).toBeGreaterThan(0.5)
    expect(sure(many((i) => `tests/test_a.py::test_${i} PASSED`))).toBeGreaterThan(0.5)
    expect(sure(many((i) => `[exec] step ${i} of the build`))).toBeGreaterThan(0.5)
  })

  it("knows verdicts on tests whose names are sentences, fields behind their names, and calls that a tracer lists", () => {
    const told = (line: (n: number) => string): number => sure(Array.from({ length: 40 }, (_, n) => line(n)).join("\n"))
    expect(told((n) => `    ✔ opens the quay in the morning when the tide is high ${n}`)).toBeGreaterThanOrEqual(0.9)
    expect(
      told((n) => `time=2026-02-01T10:00:${n + 10}Z level=INFO msg="drained queue" n=${n}`)
    ).toBeGreaterThanOrEqual(0.8)
    expect(told((n) => `openat(AT_FDCWD, "/etc/quay.${n}", O_RDONLY) = ${n}`)).toBeGreaterThanOrEqual(0.8)
  })

  it("leaves JSON, diffs, paths, search results, source and prose to others", () => {
    expect(sure(JSON.stringify([{ time: "2024-05-01", level: "ERROR" }], null, 2))).toBe(0)
    expect(sure(`diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-error\n+warning\n`)).toBe(0)
    expect(sure(many((i) => `src/compressors/log/file-${i}.ts`))).toBe(0)
    expect(sure(many((i) => `src/a.ts:${i}:  const error = ${i}`))).toBe(0)
    expect(sure(many((i) => `export const value${i} = () => { return ${i} };`))).toBe(0)
    expect(
      sure(many((i) => `The ${i}th paragraph speaks of many things and says little of them.`))
    ).toBeLessThanOrEqual(0.25)
  })

  it("believes a build command more", () => {
    const text =
      "added 5 packages in 2s\n\n3 packages are looking for funding\n  run `npm fund` for details\n\nfound 0 vulnerabilities\n"
    expect(log.detect(text, { commands: ["npm install"], origin: "output" })).toBeGreaterThan(sure(text))
  })

  it("takes rows of a Markdown table for no frames of a trace", () => {
    const rows = Array.from({ length: 12 }, (_, i) => `| of a file, once more | ${i} | ${i * 7} |`).join("\n")
    const page = `What stays of each, and for how long, is told here.\n\n${rows}\n\nAfter that it fades.\nNobody has missed it.\n`
    expect(sure(page)).toBe(0)
  })
})

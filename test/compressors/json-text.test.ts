import { describe, expect, it } from "vitest"
import { decide } from "../../src/compressors/decide.ts"
import { unwrapAll } from "../../src/compressors/json-text.ts"
import { registry } from "../../src/compressors/registry.ts"
import { type Hint, noHint } from "../../src/domain/content.ts"
import { gapsOf } from "../../src/domain/marker.ts"
import { ShownIndex } from "../../src/domain/shown.ts"
import { draft } from "../../src/domain/view.ts"
import { decisionLaws } from "../../property-tests/laws.ts"

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("")

/** Outputs of commands, and what of each must stay. */
const OUTPUTS: Readonly<Record<string, readonly [text: string, must: ReadonlyArray<string>]>> = {
  log: [
    lines(600, (i) =>
      i === 400
        ? "2024-05-01T10:20:01Z ERROR worker-3 disk quota exceeded on /var/lib/x"
        : `2024-05-01T10:${String(i % 60).padStart(2, "0")}:00Z INFO worker-${i % 9} served request ${i * 37} in ${i % 80} ms`
    ),
    ["ERROR worker-3 disk quota exceeded on /var/lib/x"]
  ],
  tests: [
    `${lines(300, (i) => `test suite::module_${i} ... ${i === 222 ? "FAILED" : "ok"}`)}\nfailures:\n\n---- suite::module_222 stdout ----\nthread 'main' panicked at src/lib.rs:41:9:\nassertion failed: left: 3, right: 4\n\ntest result: FAILED. 299 passed; 1 failed; 0 ignored\n`,
    ["suite::module_222", "src/lib.rs:41:9", "left: 3", "299 passed; 1 failed"]
  ],
  diff: [
    lines(12, (i) =>
      [
        `diff --git a/src/part${i}.ts b/src/part${i}.ts\nindex 1..2 100644\n--- a/src/part${i}.ts\n+++ b/src/part${i}.ts`,
        `@@ -1,40 +1,40 @@\n${lines(39, (line) => ` const same${line} = "${i} of many"`)}-const old${i} = 1\n+const fresh${i} = 2`
      ].join("\n")
    ),
    ["src/part0.ts", "src/part7.ts", "src/part11.ts", "+1 -1"]
  ],
  table: [
    `id,host,ms,state\n${lines(500, (i) => `${1_000 + i},host-${i % 7},${(i * 7_919) % 997},${i === 333 ? "failed" : "done"}`)}`,
    ["1333", "failed"]
  ],
  search: [
    lines(
      300,
      (i) => `src/mod${Math.floor(i / 15)}/file.ts:${(i % 15) + 3}:  const value${i} = compute(${i}, "some words")`
    ),
    ["src/mod0/file.ts", "src/mod19/file.ts"]
  ],
  json: [
    JSON.stringify(
      Array.from({ length: 300 }, (_, i) => ({
        id: 1_000 + i,
        state: i === 222 ? "failed" : "ok",
        ms: (i * 7_919) % 997
      })),
      null,
      2
    ),
    ["1222", "failed"]
  ]
}

const envelope = (text: string): string =>
  JSON.stringify({ output: text, metadata: { exit_code: 1, duration_seconds: 0.3 } })

/** How agents and servers wrap an output. */
const WRAPPERS: Readonly<Record<string, (text: string) => string>> = {
  "an envelope": envelope,
  "a pretty one": (text) => JSON.stringify({ output: text, metadata: { exit_code: 1 } }, null, 2),
  "two streams": (text) => JSON.stringify({ stdout: text, stderr: "fatal: could not read cache\n", exit_code: 1 }),
  "a list of blocks": (text) => JSON.stringify([{ type: "text", text }]),
  "an envelope in an envelope": (text) => envelope(envelope(text)),
  "an envelope in a block": (text) =>
    JSON.stringify({ content: [{ type: "text", text: envelope(text) }], isError: false })
}

const want = { visibleOnly: false, budgetTokens: 700, question: "", wholeWords: true }

const viewOf = (text: string, hint: Hint = noHint): readonly [view: string, kind: string] => {
  const decision = decide({ text, hint, kind: undefined, want }, new ShownIndex(), registry)
  expect(decision._tag).toBe("Hide")
  return [decision._tag === "Unchanged" ? text : draft(decision.proof.layers), decision.kind]
}

describe.each(Object.entries(OUTPUTS))("a wrapped %s", (_, [text, must]) => {
  const [bare, kind] = viewOf(text)

  it.each(Object.entries(WRAPPERS))("in %s keeps what it keeps by itself", (_name, wrap) => {
    const wrapped = wrap(text)
    const [view, found] = viewOf(wrapped)
    expect(found).toBe(kind)
    for (const one of must) expect([view.includes(one), one]).toEqual([true, one])
    expect(gapsOf(view).length).toBe(gapsOf(bare).length)
    if (wrapped.includes("could not read cache")) expect(view).toContain("fatal: could not read cache")
    expect(
      decisionLaws({ text: wrapped, hint: noHint, kind: undefined, want }, new ShownIndex(), registry)
    ).toBeUndefined()
  })
})

describe("long strings of a document", () => {
  it("are shown up to the error that they tell of", () => {
    const results = Array.from({ length: 12 }, (_, i) => ({
      name: `suite ${i}`,
      seconds: i / 7,
      output: `${lines(14, (line) => `step ${line} of suite ${i} set up`)}${i === 5 ? "AssertionError: expected 3 to equal 4\n    at check (src/lib.ts:41:9)\n" : "done\n"}${lines(30, (line) => `cleaning up item ${line} of suite ${i}`)}`
    }))
    const [view] = viewOf(JSON.stringify({ results }, null, 2))
    expect(view).toContain("AssertionError: expected 3 to equal 4")
    expect(view).toContain("the ends of")
  })
})

describe("wrappers", () => {
  it("are taken off one by one, and only small ones", () => {
    const text = "one\ntwo\nthree\nfour\n"
    const { layers, text: shown, inner } = unwrapAll(envelope(envelope(text)))
    expect(layers).toHaveLength(2)
    expect(shown.slice(...inner)).toBe(text)
    expect(unwrapAll(JSON.stringify({ output: text, more: "x".repeat(3_000) })).layers).toHaveLength(0)
    expect(unwrapAll(text)).toEqual({ layers: [], text, inner: [0, text.length] })
  })

  it("stay on what came from a file", () => {
    const decision = decide(
      {
        text: envelope((OUTPUTS["log"] as readonly [string, unknown])[0]),
        hint: { commands: [], origin: "file" },
        kind: undefined,
        want
      },
      new ShownIndex(),
      registry
    )
    expect(decision._tag === "Unchanged" ? "" : draft(decision.proof.layers)).not.toContain('"""')
  })
})

import { describe, expect, it } from "vitest"
import { log } from "../../../src/compressors/log/log.ts"
import { isLawful, type Segment } from "../../../src/domain/tiling.ts"
import { draft } from "../../../src/domain/view.ts"

const tile = (text: string, budgetTokens = 300, question = ""): ReadonlyArray<Segment> | undefined =>
  log.tile({ kind: "log", text, origin: "output" }, { visibleOnly: false, budgetTokens, question })

const view = (text: string, budgetTokens = 300, question = ""): string => {
  const segments = tile(text, budgetTokens, question)
  if (segments === undefined) return text
  expect(isLawful({ input: text, segments })).toBe(true)
  return draft([{ input: text, segments }])
}

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("")
const clock = (i: number): string =>
  `2024-05-01 10:${String(Math.floor(i / 60) % 60).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}`
const service = (count: number): string =>
  lines(count, (i) => `${clock(i)} INFO  [main] com.acme.Shop: Served request ${i} for user ${i * 7} in ${i % 90} ms`)

describe("log, with gaps", () => {
  it("shows one line of a template and says how many it stands for", () => {
    const text = service(400)
    const shown = view(text)
    expect(shown).toContain("Served request 0 for user 0 in 0 ms")
    expect(shown).toMatch(/\[… \d+-\d+: \d+ lines, "Served request"\]/)
    expect(shown.length).toBeLessThan(text.length / 10)
  })

  it("shows every distinct error in the middle with its stack trace", () => {
    const trace = [
      `${clock(5)} ERROR [main] com.acme.Shop: Payment failed for order 17`,
      "java.lang.IllegalStateException: card declined",
      "\tat com.acme.Pay.charge(Pay.java:41)",
      "\tat com.acme.Shop.buy(Shop.java:99)",
      "Caused by: java.net.SocketTimeoutException: Read timed out",
      "\tat java.net.Socket.read(Socket.java:7)",
      "\t... 12 more"
    ].join("\n")
    const shown = view(`${service(200)}${trace}\n${service(200)}`)
    for (const line of trace.split("\n")) expect(shown).toContain(line)
  })

  it("shows rare events and warnings among thousands of lines", () => {
    const text = `${service(1500)}${clock(1)} INFO  [main] com.acme.Shop: Leader election started\n${clock(2)} WARN  [main] com.acme.Shop: Disk almost full on volume data\n${service(1500)}`
    const shown = view(text)
    expect(shown).toContain("Leader election started")
    expect(shown).toContain("Disk almost full on volume data")
  })

  it("keeps each failing test, its place and the summary of a test run", () => {
    const passed = lines(200, (i) => `tests/test_shop.py::test_case_${i} PASSED [ ${i % 100}%]`)
    const failed = lines(
      30,
      (i) =>
        `FAILED tests/test_pay.py::test_refund_of_${["card", "cash", "gift"][i % 3]}_${i} - AssertionError: ${i} != 0`
    )
    const shown = view(`collected 230 items\n${passed}${failed}===== 30 failed, 200 passed in 3.21s =====\n`, 100)
    for (const line of failed.trimEnd().split("\n")) expect(shown).toContain(line)
    expect(shown).toContain("30 failed, 200 passed in 3.21s")
    expect(shown.match(/PASSED/g)?.length ?? 0).toBeLessThan(10)
  })

  it("keeps compiler errors with their places, and the exit status", () => {
    const text = `$ make\n${lines(300, (i) => `  CC       src/unit_${i}.o`)}src/a.c:12:5: error: 'x' undeclared\nsrc/b.c:90:1: error: 'y' undeclared\nmake: *** [all] Error 2\n${lines(50, (i) => `  LD       lib_${i}.a`)}Process exited with code 2\n`
    const shown = view(text)
    expect(shown).toContain("src/a.c:12:5: error")
    expect(shown).toContain("src/b.c:90:1: error")
    expect(shown).toContain("make: *** [all] Error 2")
    expect(shown).toContain("exited with code 2")
    expect(shown).toContain("$ make")
  })

  it("shows lines that the question asks for", () => {
    const text = service(500)
    expect(view(text)).not.toContain("Served request 333 ")
    expect(view(text, 300, "what happened to request 333 for user 2331?")).toContain("Served request 333 ")
  })

  it("shows both ends of a very long line", () => {
    const text = `12:00:01 ERROR begin ${"x y ".repeat(20_000)} end of it\n`
    const shown = view(text)
    expect(shown).toContain("ERROR begin")
    expect(shown).toContain("end of it")
    expect(shown.length).toBeLessThan(3000)
  })

  it("shows no passing test for the context of a failing one", () => {
    const suite = lines(200, (i) => `test_part_${i} PASSED`)
    const shown = view(`${suite}opening the quay\ntest_leap FAILED\n${suite}`)
    expect(shown).toContain("opening the quay\ntest_leap FAILED")
    expect(shown).not.toContain("test_part_199 PASSED\nopening")
    expect(shown).not.toContain("FAILED\ntest_part_0 PASSED\ntest_part_1 PASSED")
  })

  it("shows each place that is named, whatever its template, and what it is under", () => {
    const warned = lines(40, (i) => `src/unit_${i % 7}.c:${100 + i}:5: warning: unused variable 'x${i}' [-Wunused]`)
    const linted = `/srv/app/src/quay.js\n${lines(3, (i) => `  ${i + 9}:5  warning  'tide' is assigned but never used`)}`
    const compiled = lines(900, (i) => `  CC       src/unit_${i}.o`)
    const shown = view(`${compiled}${warned}${compiled}${linted}${compiled}`, 200)
    for (let i = 0; i < 40; i++) expect(shown).toContain(`src/unit_${i % 7}.c:${100 + i}`)
    expect(shown).toContain("/srv/app/src/quay.js")
    expect(shown.length).toBeLessThan(compiled.length / 2)
  })

  it("shows the reader's own frame below those of libraries, once", () => {
    const frames = `${lines(30, (i) => `    at Layer.handle (node_modules/router/layer.js:${i + 1}:9)`)}    at pay (src/pay.ts:41:7)\n`
    const trace = (i: number): string => `Error: case ${i} broke\n${frames}`
    const shown = view(`${lines(400, (i) => `  CC       src/unit_${i}.o`)}${trace(1)}${trace(2)}`, 200)
    expect(shown).toContain("src/pay.ts:41:7")
    expect(shown.split("layer.js:20:").length).toBe(2)
  })

  it("shows the places in the middle of a long grave line", () => {
    const stack = Array.from({ length: 300 }, (_, i) => `word${i} of what came before`).join(" ")
    const text = `12:00:01 ERROR ${stack} at pay (/srv/src/pay.ts:41:7) ${stack} at x.slice(1): ${stack}\n`
    const shown = view(text)
    expect(shown).toContain("/srv/src/pay.ts:41")
    expect(shown.length).toBeLessThan(text.length / 4)
  })

  it("offers nothing for a short text or one where all is its own kind", () => {
    expect(tile("a\nb\nc\n")).toBeUndefined()
    expect(tile("")).toBeUndefined()
    expect(
      tile(lines(20, (i) => `error: ${"abcdefghijklmnopqrst"[i]} is wrong in ${"abcdefghijklmnopqrst"[i]}.c:${i}`))
    ).toBeUndefined()
  })
})

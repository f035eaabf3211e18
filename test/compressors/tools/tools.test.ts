import { describe, expect, it } from "vitest"
import { log } from "../../../src/compressors/log/log.ts"
import { TOOLS, toolOf, withTools } from "../../../src/compressors/tools/tools.ts"
import { registry } from "../../../src/compressors/registry.ts"
import { noHint } from "../../../src/domain/content.ts"
import { isLawful } from "../../../src/domain/tiling.ts"
import { estimateTokens } from "../../../src/domain/tokens.ts"
import { draft } from "../../../src/domain/view.ts"
import { OUTPUTS } from "../../fixtures/tools/outputs.ts"

const logs = withTools(log)
const print = (text: string, budgetTokens = 500, commands: ReadonlyArray<string> = []): string => {
  const segments = logs.tile(
    { kind: "log", text, origin: "output", commands },
    { visibleOnly: false, budgetTokens, question: "" }
  )
  if (segments === undefined) return text
  expect(isLawful({ input: text, segments })).toBe(true)
  return draft([{ input: text, segments }])
}

describe("the tools", () => {
  it("each have an output to be tested by", () => {
    expect(OUTPUTS.map(({ tool }) => tool).sort()).toEqual(TOOLS.map(({ name }) => name).sort())
  })

  it.each(OUTPUTS.map((output) => [output.tool, output] as const))(
    "%s is known, loses its progress and nothing that failed",
    (name, { text, must }) => {
      expect(toolOf(text.split("\n"))?.name).toBe(name)
      const view = print(text)
      expect(must.filter((one) => !view.includes(one))).toEqual([])
      if (name !== "tsc") expect(estimateTokens(view)).toBeLessThan(0.6 * estimateTokens(text))
    }
  )

  it.each(["2026-03-01T10:00:00.123Z ", "[Build on Linux] ", "web-1  | ", "10:22:31 "])(
    "are known behind a wrapper's words: %s",
    (prefix) => {
      for (const { tool, text, must } of OUTPUTS.filter((output) =>
        ["jest", "pytest", "make", "terraform"].includes(output.tool)
      )) {
        const wrapped = text
          .split("\n")
          .map((line) => (line === "" ? line : prefix + line))
          .join("\n")
        const view = print(wrapped)
        expect(
          must.filter((one) => !view.includes(one)),
          tool
        ).toEqual([])
        expect(estimateTokens(view)).toBeLessThan(0.6 * estimateTokens(wrapped))
      }
    }
  )

  it("are known by the command of the call where their lines say little, and by their lines where it runs others", () => {
    const quiet = `${"....................................................... [ 50%]\n".repeat(2)}E   assert 28 == 29
FAILED tests/test_tide.py::test_leap - assert 28 == 29
1 failed, 109 passed in 0.41s`.split("\n")
    expect(toolOf(quiet)).toBeUndefined()
    expect(toolOf(quiet, ["pytest"])?.name).toBe("pytest")
    for (const commands of [["make test"], ["npm run check"], ["cargo build", "pytest"], ["git push"], []])
      expect(toolOf(quiet, commands)).toBeUndefined()
    for (const { tool, text } of OUTPUTS)
      expect(toolOf(text.split("\n"), ["npm test", "make all"])?.name, tool).toBe(tool)
    // the run of a test may print what another tool prints
    const misled = `npm warn deprecated a@1\nnpm warn deprecated b@2\n${quiet.join("\n")}`.split("\n")
    expect(toolOf(misled)?.name).toBe("npm")
    expect(toolOf(misled, ["pytest"])?.name).toBe("pytest")
  })

  it("are each named by a command", () => {
    const commands = `jest, vitest, mocha, pytest, go test, cargo test, mvn verify, rspec, phpunit, tsc, eslint, webpack, vite build,
      cargo build, gradlew, dotnet build, g++-12, npm ci, pnpm install, pip install, docker build, kubectl apply, terraform plan, git push, unittest, bats,
      rails test, ctest, apt-get install, ava, playwright`
    const names = commands.split(",").map((command) => command.trim())
    const named = names.map((command) => TOOLS.filter((tool) => tool.commands?.test(command)).map(({ name }) => name))
    expect(named.every((found) => found.length === 1)).toBe(true)
    expect(new Set(named.flat())).toEqual(
      new Set(TOOLS.flatMap(({ name, commands }) => (commands === undefined ? [] : [name])))
    )
  })

  it("hide their progress where the command names them", () => {
    const text = `${Array.from({ length: 200 }, (_, n) => `tests/test_${n}.py::test_a PASSED [ 1%]`).join("\n")}
FAILED tests/test_tide.py::test_leap - assert 28 == 29\n1 failed, 200 passed in 0.41s\n`
    const view = print(text, 500, ["pytest"])
    expect(view).toContain("progress of pytest")
    expect(view).toContain("FAILED tests/test_tide.py::test_leap")
    expect(print(text, 500, ["make"])).not.toContain("progress of pytest")
  })

  it("are known by another's form where a runner reports as that one does", () => {
    const report = `${Array.from({ length: 40 }, (_, n) => `ok ${n + 1} - part ${n}`).join("\n")}\nTypeError: tide is not a function`
    expect(toolOf(report.split("\n"), ["vitest"])?.name).toBe("tap")
    expect(toolOf(["ok 1 - a", "ok 2 - b", " × leaps", " → expected 3 to be 4"], ["vitest"])?.name).toBe("vitest")
  })

  it("route what they printed to a log where most lines are theirs", () => {
    for (const name of ["minitest", "tap", "node test", "ctest and GoogleTest", "unittest", "apt"]) {
      const text = OUTPUTS.find(({ tool }) => tool === name)?.text ?? ""
      expect(registry.route(text, noHint), name).toBe("log")
    }
    const quoted = `The run ends so:\n\n1 runs, 2 assertions, 1 failures\n1 runs, 2 assertions, 1 failures\n${"A sentence of the report that follows says why.\n".repeat(9)}`
    expect(logs.detect(quoted, noHint)).toBe(log.detect(quoted, noHint))
  })

  it("are known behind the number of a test that ctest prints before its lines", () => {
    const text = OUTPUTS.find(({ tool }) => tool === "ctest and GoogleTest")?.text ?? ""
    const numbered = text.replace(/^\[/gm, "73: [")
    expect(toolOf(numbered.split("\n"))).toBeUndefined()
    expect(registry.route(numbered, noHint)).toBe("log")
    expect(print(numbered)).toContain("[  FAILED  ] Quay.Leap (0 ms)")
    expect(print(numbered)).toContain("progress")
  })

  it("keep each message of a failing file in a linter's TAP", () => {
    const messages = Array.from(
      { length: 30 },
      (_, n) => `    - message: 'tide_${n} is never used'\n      severity: error`
    )
    const view = print(
      `${"ok 1 - src/a.js\n".repeat(90)}not ok 91 - src/tide.js\n  ---\n  messages:\n${messages.join("\n")}\n  ...\n`
    )
    for (let n = 0; n < 30; n++) expect(view).toContain(`tide_${n} is never used`)
  })

  it("hide what pytest shows again of tests that passed", () => {
    const part = (name: string): string =>
      `____ ${name} ____\n---- Captured log call ----\nWARNING  quay:test_quay.py:${name.length} ${name} opened late\n`
    const passes = Array.from({ length: 60 }, (_, n) => part(`test_part_${n}`)).join("")
    const failure = `====== FAILURES ======\n____ test_leap ____\n    assert days == 29\nE   assert 28 == 29\n\ntests/test_tide.py:41: AssertionError\n`
    const view = print(
      `${failure}====== PASSES ======\n${passes}====== short test summary info ======\nFAILED tests/test_tide.py::test_leap - assert 28 == 29\n====== 1 failed, 60 passed in 0.41s ======\n`
    )
    expect(view).toContain("E   assert 28 == 29")
    expect(view).toContain("FAILED tests/test_tide.py::test_leap")
    expect(view).not.toContain("opened late")
  })

  it("are known in a list of names that read like sentences, by a named tool's marks or by how it ends", () => {
    const verbs = ["rounds", "merges", "parses", "rejects", "orders", "splits", "renews"]
    const things = ["negative totals", "empty lists", "leap days", "stale tokens", "wide rows"]
    const names = Array.from({ length: 120 }, (_, n) => `  ${verbs[n % 7]} ${things[n % 5]} of harbour ${n % 11}`).join(
      "\n"
    )
    const ending = `${Array.from({ length: 8 }, (_, n) => `rspec ./spec/tide_spec.rb:${n} # Tide leaps`).join("\n")}\n`
    const report = `Tide\n${names}\n\n120 examples, 8 failures\n\nFailed examples:\n\n${ending}`
    expect(log.detect(report, noHint)).toBeLessThan(0.5)
    expect(logs.detect(report, noHint)).toBeGreaterThan(0.8)
    const passed = `Tide\n${names}\n\nFinished in 1.2 seconds\n120 examples, 0 failures\n120 examples, 0 failures\n`
    const hint = { commands: ["rspec"], origin: "output" } as const
    expect(log.detect(passed, hint)).toBeLessThan(0.8)
    expect(logs.detect(passed, hint)).toBeGreaterThanOrEqual(0.9)
  })

  describe("go test -v", () => {
    const run = (name: string, logged: string, verdict: string): string =>
      `=== RUN   ${name}\n    ${logged}\n--- ${verdict}: ${name} (0.00s)\n`
    const passing = Array.from({ length: 60 }, (_, n) =>
      run(`TestPart${n}`, `quay_test.go:${n + 10}: opened store ${n}`, "PASS")
    ).join("")
    const failing = run("TestLeap", "tide_test.go:41: got 28, want 29", "FAIL")

    it("hides what passing tests have logged and keeps what failing ones have", () => {
      const view = print(`${passing}${failing}FAIL\n`)
      expect(view).toContain("tide_test.go:41: got 28, want 29")
      expect(view).toContain("--- FAIL: TestLeap")
      expect(view).not.toContain("opened store")
    })

    it("takes a verdict for its own run alone: the next of the same name may fail or hang", () => {
      const again = `${run("TestLeap", "tide_test.go:40: days 29", "PASS")}${passing}`
      expect(print(`${again}${failing}FAIL\n`)).toContain("tide_test.go:41: got 28, want 29")
      const hung = "=== RUN   TestLeap\n    tide_test.go:42: waits for 28\npanic: test timed out after 1s\n"
      expect(print(`${again}${hung}`)).toContain("tide_test.go:42: waits for 28")
    })

    it("keeps lines behind another test's verdict, whose they may be", () => {
      const parallel = `=== RUN   TestB\n=== RUN   TestA\n--- PASS: TestB (0.00s)\n    tide_test.go:41: got 28, want 29\n--- FAIL: TestA (0.00s)\n`
      expect(print(`${passing}${parallel}FAIL\n`)).toContain("tide_test.go:41: got 28, want 29")
    })
  })

  it("leave what no tool is known by to the log compressor", () => {
    const text = Array.from(
      { length: 300 },
      (_, n) => `2026-03-01 10:22:${n % 60} INFO worker ${n} took job ${n * 7}`
    ).join("\n")
    const want = { visibleOnly: false, budgetTokens: 300, question: "" }
    const content = { kind: "log", text, origin: "output" } as const
    expect(logs.tile(content, want)).toEqual(log.tile(content, want))
    expect(logs.tile(content, { ...want, visibleOnly: true })).toEqual(
      log.tile(content, { ...want, visibleOnly: true })
    )
  })
})

import { describe, expect, it } from "vitest"
import { log } from "../../../src/compressors/log/log.ts"
import { TOOLS, toolOf, withTools } from "../../../src/compressors/tools/tools.ts"
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
      cargo build, gradlew, dotnet build, g++-12, npm ci, pnpm install, pip install, docker build, kubectl apply, terraform plan, git push`
    const names = commands.split(",").map((command) => command.trim())
    const named = names.map((command) => TOOLS.filter((tool) => tool.commands.test(command)).map(({ name }) => name))
    expect(named.every((found) => found.length === 1)).toBe(true)
    expect(new Set(named.flat())).toEqual(new Set(TOOLS.map(({ name }) => name)))
  })

  it("hide their progress where the command names them", () => {
    const text = `${Array.from({ length: 200 }, (_, n) => `tests/test_${n}.py::test_a PASSED [ 1%]`).join("\n")}
FAILED tests/test_tide.py::test_leap - assert 28 == 29\n1 failed, 200 passed in 0.41s\n`
    const view = print(text, 500, ["pytest"])
    expect(view).toContain("progress of pytest")
    expect(view).toContain("FAILED tests/test_tide.py::test_leap")
    expect(print(text, 500, ["make"])).not.toContain("progress of pytest")
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

import { describe, expect, it } from "vitest"
import { log } from "../../../src/compressors/log/log.ts"
import { TOOLS, toolOf, withTools } from "../../../src/compressors/tools/tools.ts"
import { isLawful } from "../../../src/domain/tiling.ts"
import { estimateTokens } from "../../../src/domain/tokens.ts"
import { draft } from "../../../src/domain/view.ts"
import { OUTPUTS } from "../../fixtures/tools/outputs.ts"

const logs = withTools(log)
const print = (text: string, budgetTokens = 500): string => {
  const segments = logs.tile(
    { kind: "log", text, origin: "output" },
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

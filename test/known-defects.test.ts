/** Faults that tools of this kind have shown on real input, each as a case that must not come back. */
import { describe, expect, it } from "vitest"
import { createHeadroom, type Mode } from "../src/index.ts"

const headroom = createHeadroom()

const lines = (count: number, line: (n: number) => string): string =>
  `${Array.from({ length: count }, (_, n) => line(n)).join("\n")}\n`

/** A conversation in which one command printed the text. */
const printed = (command: string, output: string) => [
  { role: "user", content: [{ type: "text", text: "go on" }] },
  { role: "assistant", content: [{ type: "tool_use", id: "1", name: "Bash", input: { command } }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "1", content: output }] }
]

const viewOf = async (command: string, output: string, mode: Mode = "visible", query = ""): Promise<string> => {
  const { messages } = await headroom.compress(printed(command, output), { mode, query, budgetTokens: 400 })
  const block = messages[2]?.content[0]
  return block !== undefined && "content" in block ? block.content : ""
}

describe("known defects", () => {
  it("a dotted time stamp is no grep coordinate", async () => {
    const log = lines(
      60,
      (n) =>
        `- 1117838570 2005.06.03 R02-M1-N0 2005-06-28-09.53.${39 + (n % 20)}.275${n} RAS KERNEL INFO ${n} corrected`
    )
    const view = await viewOf("cat-log", log)
    for (const stamp of log.match(/2005-06-28-09\.53\.\d+\.\d+/g) ?? []) expect(view).toContain(stamp)
    expect(view).not.toContain("2005:6:28")
  })

  it("a log is never reduced to nothing, and its ref gives back every line", async () => {
    const log = lines(
      2000,
      (n) =>
        `03-17 16:13:${10 + (n % 50)}.811  1702  ${2395 + (n % 9)} D WindowManager: printFreezingDisplayLogs opening app ${n}`
    )
    const { text, ref } = await headroom.compressText(log, { mode: "offload" })
    const shown = text.split("\n").filter((line) => line !== "" && log.includes(`${line}\n`))
    expect(shown.length).toBeGreaterThan(0)
    expect((await headroom.retrieve(ref ?? "")).text).toBe(log)
  })

  it("no line is put into a patch, and its index lines stay", async () => {
    const file = (name: string) =>
      `diff --git a/${name} b/${name}\nindex 83db48f..bf269f4 100644\n--- a/${name}\n+++ b/${name}\n@@ -1,4 +1,4 @@ \n one\n\n-two\n+three ${name}\n four\n`
    const patch = Array.from({ length: 12 }, (_, n) => file(`src/module-${n}.ts`)).join("")
    const { text, outcome } = await headroom.compressText(patch, { kind: "diff" })
    for (const line of text.split("\n").filter((one) => !one.startsWith("[lines ")))
      expect(`${patch}\n`).toContain(`${line}\n`)
    if (outcome === "Exact" || outcome === "Unchanged") expect(text).toContain("index 83db48f..bf269f4 100644")
  })

  it("a place in a file is not split over two lines", async () => {
    const trace = lines(40, (n) => `    at Object.<anonymous> (src/file.test.js:${12 + n}:17)`)
    for (const mode of ["visible", "offload"] as const) {
      const view = await viewOf("npm test", `FAIL src/file.test.js\n${trace}`, mode)
      for (const place of view.match(/file\.test\.js:\d+:?\d*/g) ?? []) expect(place).toMatch(/^file\.test\.js:\d+:17$/)
    }
  })

  it("a key that stands twice keeps both values, and a number its spelling", async () => {
    const rows = `[${Array.from({ length: 30 }, (_, n) => `{ "a": ${n}, "b": 1e5, "c": 1.0, "a": ${n + 100} }`).join(",\n")}]`
    const { text, outcome } = await headroom.compressText(rows)
    expect(outcome).not.toBe("Offloaded")
    expect(text).toContain("1e5")
    expect(text).toContain("1.0")
    expect(text).toContain("129")
    expect(text).not.toContain("1e+5")
  })

  it("bytes that hide nothing do not depend on the question", async () => {
    const log = lines(80, (n) => `2024-05-01 10:00:${n % 60} INFO worker ${n} took job ${n * 7}`)
    expect(await viewOf("make", log, "visible", "worker 12")).toBe(await viewOf("make", log, "visible", "disk full"))
  })
})

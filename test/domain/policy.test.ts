import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { hintFrom } from "../../src/compressors/producer.ts"
import { RULES, treatmentOf, type Treatments } from "../../src/domain/policy.ts"

const treated = (tool: string, input: object, kind: string, treatments?: Treatments) =>
  treatmentOf({ tool, hint: hintFrom({ tool, input }), kind }, treatments)

describe("the policy", () => {
  it("hides nothing of what an agent may match an edit with, judge or answer", () => {
    expect(treated("Read", { file_path: "a.md" }, "prose")).toBe("visible")
    expect(treated("shell", { command: ["bash", "-lc", "sed -n '1,200p' docs/a.md"] }, "prose")).toBe("visible")
    expect(treated("Bash", { command: "gh pr diff 39" }, "diff")).toBe("visible")
    expect(treated("Bash", { command: "gh api repos/a/b/pulls/1/comments" }, "mixed")).toBe("visible")
  })

  it("lets logs, searches and fetched pages hide lines", () => {
    expect(treated("Bash", { command: "cargo test" }, "log")).toBe("offload")
    expect(treated("Grep", { pattern: "x" }, "search")).toBe("offload")
    expect(treated("WebFetch", { url: "https://example.com" }, "prose")).toBe("offload")
    expect(treated("mcp__tracker__list_issues", {}, "json")).toBe("offload")
  })

  it("gives way to the user, who names tools, the ends of their names, or commands", () => {
    const own = new Map([
      ["read", "off"],
      ["list_issues", "visible"],
      ["cargo test", "visible"],
      ["gh pr diff", "offload"]
    ] as const)
    expect(treated("Read", { file_path: "a.ts" }, "code", own)).toBe("off")
    expect(treated("mcp__tracker__list_issues", {}, "json", own)).toBe("visible")
    expect(treated("Bash", { command: "cargo test -p core" }, "log", own)).toBe("visible")
    expect(treated("Bash", { command: "gh pr diff 39" }, "diff", own)).toBe("offload")
    expect(treated("Bash", { command: "cargo build" }, "log", own)).toBe("offload")
  })

  it("has each rule in its page, with a figure", () => {
    const page = readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8")
    for (const { name, treatment } of RULES)
      expect(page).toMatch(new RegExp(`^\\| ${name} \\|.*\\| ${treatment} \\|.*\\d`, "m"))
  })
})

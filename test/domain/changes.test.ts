import { describe, expect, it } from "vitest"
import { changesOf, summed } from "../../src/domain/changes.ts"

describe("changes", () => {
  const signs = (before: string, after: string) => changesOf(before, after).map(({ sign, line }) => sign + line)

  it("tell kept, gone and new lines in order", () => {
    expect(signs("a\nb\nc\n", "a\n[gap]\nc\n")).toEqual([" a", "+[gap]", "-b", " c"])
    expect(signs("", "x\n")).toEqual(["+x"])
    expect(signs("x\n", "")).toEqual(["-x"])
  })

  it("take a frequent line for the same one only nearby", () => {
    const braces = (n: number): string => Array.from({ length: n }, (_, i) => `line ${i}\n}\n`).join("")
    const far = changesOf(`${"filler\n".repeat(100)}${braces(10)}`, "}\n")
    expect(far[0]).toEqual({ sign: "+", line: "}" })
  })

  it("cut long runs to head and tail, counted", () => {
    const cut = summed(changesOf("1\n2\n3\n4\n5\n6\n7\n8\n", ""), 4)
    expect(cut.map((change) => ("more" in change ? `…${change.more}` : change.line))).toEqual([
      "1",
      "2",
      "…4",
      "7",
      "8"
    ])
  })
})

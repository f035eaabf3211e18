import { describe, expect, it } from "vitest"
import { entriesAsked, questionNames, questionWords } from "../../src/compressors/question.ts"

describe("the words of a question", () => {
  it("are names before grammar, however late they come", () => {
    const said = `${"Then we will look at all of this and see how it goes, because something is odd there. ".repeat(9)}It may be src/a-b.ts, worker-97 or Ftw3fJ2JJF3ntMTL2.`
    expect(questionNames(said).slice(0, 3)).toEqual(["ftw3fj2jjf3ntmtl2", "src/a-b.ts", "worker-97"])
    expect(questionWords(said)).toContain("ftw3fj2jjf3ntmtl2")
    expect(questionWords(said)).not.toContain("this")
  })

  it("choose the lines that few others are like", () => {
    const lines = Array.from({ length: 100 }, (_, i) => `worker ${i} is ready, look: all went well for this`)
    expect([...entriesAsked(lines, "Look for what became of worker 73 of all this.")]).not.toContain(0)
    expect([...entriesAsked([...lines, "worker-a7 lost its lease"], "What of worker-a7?")]).toEqual([100])
    expect(entriesAsked(lines, "").size).toBe(0)
  })
})

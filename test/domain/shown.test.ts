import { describe, expect, it } from "vitest"
import { openWords } from "../../src/domain/likeness.ts"
import { substitute } from "../../src/domain/repeat.ts"
import { ShownIndex } from "../../src/domain/shown.ts"

const lines = ["const alpha = one(1)", "const beta = two(2)", "const gamma = three(3)", "const delta = four(4)"]
const nothing = { text: "", end: 0, source: undefined }

describe("what a request shows", () => {
  it("names equal sources apart", () => {
    const shown = new ShownIndex()
    expect([shown.add("Read a", "x"), shown.add("Read a", "y"), shown.add("Read a", "x")]).toEqual([
      "Read a",
      "Read a (2)",
      "Read a (3)"
    ])
  })

  it("gives a note's lines back with the gutter they have there, none, or their own", () => {
    const shown = new ShownIndex()
    shown.add("Read a", lines.map((line, i) => `${i + 7}→${line}`).join("\n"))
    const note = (head: string, here = "", quote = "const"): string =>
      `[${head} in Read a above${here}: "${quote}" … "x"]`
    expect(shown.recall(note("lines 8-9 as"), nothing)).toBe("8→const beta = two(2)\n9→const gamma = three(3)")
    expect(shown.recall(note("text of lines 8-9"), nothing)).toBe("const beta = two(2)\nconst gamma = three(3)")
    expect(shown.recall(note("lines 8-9 as", ", here", "  1|const"), nothing)).toBe(
      "  1|const beta = two(2)\n  2|const gamma = three(3)"
    )
    expect(shown.recall(note("lines 8-12 as"), nothing)).toBeUndefined()
    expect(shown.recall(note("lines 6-8 as"), nothing)).toBeUndefined()
    expect(shown.recall('[lines 1-2 as in Read b above: "a" … "b"]', nothing)).toBeUndefined()
  })

  it("gives lines of the output itself only where they stand before the note", () => {
    const shown = new ShownIndex()
    const text = `${lines.join("\n")}\nafter\n`
    const note = '[lines 1-4 as in this output above: "a" … "b"]'
    expect(shown.recall(note, { text, end: text.length, source: undefined })).toBe(lines.join("\n"))
    expect(shown.recall(note, { text, end: 40, source: undefined })).toBeUndefined()
  })

  it("gives a part of a line, from where its first quote stands first", () => {
    const shown = new ShownIndex()
    shown.add("Search", 'no line of it\nwhat is “old” is new, what is "new" is old')
    const part = (first: string, last: string, line = 2): string | undefined =>
      shown.recall(`[part of line ${line} in Search above: "${first}" … "${last}"]`, nothing)
    expect(part("what is", "is new,")).toBe("what is “old” is new,")
    expect(part("is 'old'", "'new' is")).toBe('is “old” is new, what is "new" is')
    expect(part("is new,", "is 'old'")).toBeUndefined()
    expect(part("what", "old", 3)).toBeUndefined()
    expect(shown.recall('[part of line 1 there: "no" … "of"]', { ...nothing, source: "Search" })).toBe("no line of")
  })

  it("follows what notes call there over a note inside a line", () => {
    const shown = new ShownIndex()
    const inside = 'and so [part of line 1 in Search above: "a" … "b"] on'
    shown.add(
      "run",
      [
        ...lines,
        '[lines 1-3 as in this output above: "a" … "b"]',
        inside,
        '[lines 1-3 as there: "a" … "b"]',
        "tail"
      ].join("\n")
    )
    expect(shown.recall('[lines 9-10 as in run above: "a" … "b"]', nothing)).toBe(
      '[lines 1-3 as there: "a" … "b"]\ntail'
    )
  })

  it("counts the lines that an output's own note stands for", () => {
    const shown = new ShownIndex()
    shown.add("run", [...lines, '[lines 1-3 as in this output above: "a" … "b"]', "tail of it"].join("\n"))
    expect(shown.recall('[lines 7-8 as in run above: "a" … "b"]', nothing)).toBe("const gamma = three(3)\ntail of it")
  })
})

describe("open words", () => {
  it("are those that hold a digit", () => {
    expect(openWords('took 12ms at 10:02 (job-7) "x" v1.2')).toEqual(["12ms", "10:02", "job-7", "v1.2"])
  })

  it("cost no more than the length, however long a word is", () => {
    const cost = (size: number): number => {
      const from = process.cpuUsage().user
      new ShownIndex().add("a", "漢".repeat(size))
      return process.cpuUsage().user - from
    }
    cost(1_000)
    // Quadratic cost would be 100 times as much and far beyond the slack.
    expect(cost(400_000)).toBeLessThan(20 * cost(40_000) + 100_000)
  })
})

describe("substitution", () => {
  it("searches each word behind the one before", () => {
    expect(
      substitute("1 of 1 and 1", [
        ["1", "2"],
        ["1", "3"]
      ])
    ).toBe("2 of 3 and 1")
  })
})

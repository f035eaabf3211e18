import { describe, expect, it } from "vitest"
import { isSameFile, replacementsIn } from "../../src/domain/replacement.ts"

describe("the replacements of a call", () => {
  it("are those of an exact-match edit, one or several", () => {
    expect(replacementsIn({ file_path: "/a/b.ts", old_string: "x\ny", new_string: "x\nz" })).toEqual([
      { file: "/a/b.ts", before: ["x", "y"], after: ["x", "z"] }
    ])
    expect(
      replacementsIn({
        path: "b.ts",
        edits: [
          { oldText: "x", newText: "y" },
          { oldText: "p", newText: "" }
        ]
      })
    ).toEqual([
      { file: "b.ts", before: ["x"], after: ["y"] },
      { file: "b.ts", before: ["p"], after: [""] }
    ])
  })

  it("are the hunks of a patch, by file", () => {
    const patch = [
      "*** Begin Patch",
      "*** Update File: src/a.ts",
      "@@ class A",
      " keep",
      "-old",
      "+new",
      "@@",
      "-gone",
      "*** Delete File: src/b.ts",
      "*** End Patch",
      "- no patch"
    ].join("\n")
    expect(replacementsIn({ input: patch })).toEqual([
      { file: "src/a.ts", before: ["keep", "old"], after: ["keep", "new"] },
      { file: "src/a.ts", before: ["gone"], after: [] },
      { file: "src/b.ts", before: undefined, after: [] }
    ])
  })

  it("are search and replace blocks, and whole files", () => {
    const block = "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE"
    expect(replacementsIn({ path: "a.py", diff: block })).toEqual([{ file: "a.py", before: ["old"], after: ["new"] }])
    expect(replacementsIn({ file_path: "a.py", content: "x\ny" })).toEqual([
      { file: "a.py", before: undefined, after: ["x", "y"] }
    ])
  })

  it("are none where a call changes nothing", () => {
    expect(replacementsIn({ file_path: "a.py" })).toEqual([])
    expect(replacementsIn({ command: "ls" })).toEqual([])
    expect(replacementsIn("text")).toEqual([])
    expect(replacementsIn(null)).toEqual([])
  })
})

describe("two names", () => {
  it("are of one file where one path ends with the other", () => {
    expect(isSameFile("/home/a/src/b.ts", "src/b.ts")).toBe(true)
    expect(isSameFile("./src/b.ts", "src/b.ts")).toBe(true)
    expect(isSameFile("C:\\src\\b.ts", "src/b.ts")).toBe(true)
    expect(isSameFile("lib/ab.ts", "b.ts")).toBe(false)
  })
})

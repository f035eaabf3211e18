import { describe, expect, it } from "vitest"
import { isLawful } from "../../../src/domain/tiling.ts"
import { decodeGroups, groupMatches } from "../../../src/compressors/search/groups.ts"

const view = (text: string): string => {
  const segments = groupMatches(text)
  expect(isLawful({ input: text, segments })).toBe(true)
  const back = segments.map((segment) => (segment.codec === "verbatim" ? segment.text : decodeGroups(segment.text)))
  expect(back.join("")).toBe(text)
  return segments.map((segment) => segment.text).join("")
}

describe("groupMatches", () => {
  it("prints a path once above two or more lines of it", () => {
    expect(view("src/a.ts:1:x\nsrc/a.ts:20:\ty: z\nsrc/b.ts:3:q\n")).toBe("src/a.ts\n1:x\n20:\ty: z\nsrc/b.ts:3:q\n")
  })

  it("keeps matches, context and separators of one path in one group", () => {
    const text =
      "a/x-12-b.go-177-before\na/x-12-b.go:178:hit\n--\na/x-12-b.go:190:hit\na/x-12-b.go-191-after\n--\nc.go:1:z\n"
    expect(view(text)).toBe("a/x-12-b.go\n177-before\n178:hit\n--\n190:hit\n191-after\n--\nc.go:1:z\n")
  })

  it("knows the path of context without a match by its counting on", () => {
    expect(view("x/a-1-b.go-7-a\nx/a-1-b.go-8-b\nx/a-1-b.go-9-c\n")).toBe("x/a-1-b.go\n7-a\n8-b\n9-c\n")
    const other = "x/a.go-7-a\nx/a.go-9-b\n"
    expect(view(other)).toBe(other)
  })

  it("takes paths with dashes, digits, blanks, drives and revisions whole", () => {
    expect(view("logs-2024-01/a.py:10:x\nlogs-2024-01/a.py:11:y")).toBe("logs-2024-01/a.py\n10:x\n11:y")
    expect(view("./My Docs/a b.md:1:x\n./My Docs/a b.md:2:y\n")).toBe("./My Docs/a b.md\n1:x\n2:y\n")
    expect(view("C:\\src\\a.ts:1:x\nC:\\src\\a.ts:2:y\n")).toBe("C:\\src\\a.ts\n1:x\n2:y\n")
    expect(view("v1.2:src/a.ts:1:x\nv1.2:src/a.ts:2:y\n")).toBe("v1.2:src/a.ts\n1:x\n2:y\n")
    expect(view("HEAD:src/a.ts:x\nHEAD:src/a.ts:y\n")).toBe("HEAD:src/a.ts\n x\n y\n")
  })

  it("marks the rows of lines without a number by a blank, so that their text is not taken for one", () => {
    expect(view("app.log:12:03:44 up\napp.log:  12 down\n./run:all:\n./run:x")).toBe(
      "app.log\n12:03:44 up\n   12 down\n./run\n all:\n x"
    )
  })

  it("keeps the column form", () => {
    expect(view("a.py:12:5:x\na.py:13:1:y\n")).toBe("a.py\n12:5:x\n13:1:y\n")
  })

  it("groups a word without slash and dot only where its numbers rise", () => {
    expect(view("Makefile:3:all:\nMakefile:9:x\n")).toBe("Makefile\n3:all:\n9:x\n")
    expect(view("worker:9:x\nworker:3:y\n")).toBe("worker:9:x\nworker:3:y\n")
  })

  it.each([
    "12:03:44 up\n12:03:45 down\n",
    "2024-01-02T12:03:44 a\n2024-01-02T12:03:45 b\n",
    "2024-01-02 12:03:44 a/b.c\n2024-01-02 12:03:45 a/b.c\n",
    "https://a.b/c:1:x\nhttps://a.b/c:2:x\n",
    "10.0.0.1:8080:x\n10.0.0.1:8080:y\n",
    "ghcr.io/a/b:v1\nghcr.io/a/b:v2\n",
    '{"a.b":1,\n{"a.b":2,\n',
    "src/a.ts\n12:x\n13:y\n\nsrc/b.ts\n1:z\n2:z\n",
    "a.ts:3\nb.ts:4\n",
    "2024-01/a.py:1:x\n2024-01/a.py:2:x\n",
    ""
  ])("leaves %j as it is", (text) => {
    expect(view(text)).toBe(text)
  })

  it("leaves a run whose next line would read as one more row", () => {
    const text = "a.ts:1:x\na.ts:2:y\n3:z\n"
    expect(view(text)).toBe(text)
    const blank = "a.ts:x\na.ts:y\n z\n"
    expect(view(blank)).toBe(blank)
  })

  it("gives carriage returns, lone surrogates and a missing last newline back", () => {
    view("a.ts:1:x\r\na.ts:2:\ud800\r\na.ts:3:\0")
    view("a.ts:--\na.ts---\na.ts:x\n")
  })

  it("does not group its own view again", () => {
    const once = view("src/a.ts:1:src/b.ts:2:x\nsrc/a.ts:2:src/b.ts:3:x\nb.ts:foo\nb.ts:bar\n")
    expect(view(once)).toBe(once)
  })

  it("groups matches in the middle of other text", () => {
    expect(view("$ rg x\na.ts:1:x\na.ts:2:x\n\nDone in 3s\n")).toBe("$ rg x\na.ts\n1:x\n2:x\n\nDone in 3s\n")
  })
})

describe("decodeGroups", () => {
  it("gives the places of bare numbers and counts back", () => {
    expect(decodeGroups("a.ts\n1:x\n40,55\nb.ts\n3 matches\n")).toBe("a.ts:1:x\na.ts:40:a.ts:55:b.ts:b.ts:b.ts:")
  })

  it("is undefined where no heading comes first or no row last", () => {
    expect(decodeGroups("a.ts\n")).toBeUndefined()
    expect(decodeGroups("a.ts\nb.ts\n1:x\n")).toBeUndefined()
    expect(decodeGroups("")).toBeUndefined()
  })
})

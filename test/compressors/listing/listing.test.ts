import { describe, expect, it } from "vitest"
import { blameCodec } from "../../../src/compressors/listing/blame.ts"
import { formOf } from "../../../src/compressors/listing/form.ts"
import { listing } from "../../../src/compressors/listing/listing.ts"
import { pathsCodec } from "../../../src/compressors/listing/paths.ts"
import { registry } from "../../../src/compressors/registry.ts"
import { noHint } from "../../../src/domain/content.ts"
import { isLawful } from "../../../src/domain/tiling.ts"
import { draft } from "../../../src/domain/view.ts"

const lines = (count: number, line: (n: number) => string): string =>
  `${Array.from({ length: count }, (_, n) => line(n)).join("\n")}\n`

const FIND = lines(120, (n) => `./packages/part-${n >> 4}/src/deep/module-${n}.ts`)
const RECURSIVE = lines(180, (n) =>
  n % 18 === 0 ? `src/part-${n / 18}:` : n % 18 === 17 ? "" : `file-of-part-${n}.go`
)
const LONG = `total 96\n${lines(60, (n) => `${n % 10 === 0 ? "drwxr-xr-x" : "-rw-r--r--"}  1 ann staff ${String(n * 97).padStart(6)} Mar  1 10:22 entry-${n}`)}`
const TREE = `my-app@1.0.0 /srv/my-app\n${lines(80, (n) => (n % 8 === 0 ? `├─┬ package-${n}@1.${n}.0` : `│ ├── leaf-${n}@2.0.${n}${n === 37 ? " extraneous" : ""}`))}`
const STATUS = `On branch main
Your branch is up to date with 'origin/main'.

Changes not staged for commit:
  (use "git add <file>..." to update what will be committed)
${lines(6, (n) => `\tmodified:   src/wire/part-${n}.ts`)}
Untracked files:
  (use "git add <file>..." to include in what will be committed)
${lines(80, (n) => `\tout/cache/${n}.bin`)}
no changes added to commit (use "git add" and/or "git commit -a")
`
const ONELINE = lines(200, (n) => `${(0x9a3f0b12 + n * 7919).toString(16)} fix(part-${n % 7}): make case ${n} hold`)
const COMMITS = lines(
  30,
  (n) =>
    `commit ${(0x9a3f0b12 + n).toString(16).repeat(5)}\nAuthor: Ann Example <ann@example.com>\nDate:   Mon Mar ${n + 1} 10:00:00 2026 +0100\n\n    Subject of change ${n}\n\n    The body of change ${n} goes on for a while.\n\n src/a-${n}.ts | 12 ++++----\n src/b-${n}.ts |  3 +-\n 2 files changed, 9 insertions(+), 6 deletions(-)\n`
)
const BLAME = lines(
  90,
  (n) =>
    `${["8e5397bfa", "dc4337261", "4b68a5f12"][(n >> 3) % 3] as string} (${["Ann Example", "Bob        ", "Cyd        "][(n >> 3) % 3] as string} 2014-08-29 19:49:50 +0200 ${String(n + 1).padStart(2)}) const value${n} = ${n}`
)
const STAT = `${lines(40, (n) => ` src/part-${n}/module.ts | ${n + 1} ${"+".repeat((n % 5) + 1)}`)} 40 files changed, 820 insertions(+)\n`

const DU = lines(200, (n) => `${n === 150 ? "77M" : `${n + 1}.${n % 10}K`}\t./part-${n >> 4}/module-${n}`)
const FIND_LS = lines(
  120,
  (n) => `${9_000 + n}  4 ${n % 6 === 0 ? "drwxr-xr-x" : "-rw-r--r--"}  1 ann staff 4096 Mar  1 10:22 ./part-${n}`
)
const FULLER = lines(
  30,
  (n) =>
    `commit ${(0x9a3f0b12 + n).toString(16).repeat(5)}\nAuthor:     Ann Example <ann@example.com>\nAuthorDate: Mon Mar ${n + 1} 10:00:00 2026 +0100\nCommit:     Ann Example <ann@example.com>\nCommitDate: Mon Mar ${n + 1} 10:00:00 2026 +0100\n\n    Subject of change ${n}\n\nM\tsrc/a-${n}.ts\nM\tsrc/b-${n}.ts\n`
)
const GRAPH = lines(160, (n) =>
  n % 4 === 2 ? "|\\  " : `* ${n % 4 === 3 ? "| " : ""}${(0x9a3f0b12 + n * 7919).toString(16)} make case ${n} hold`
)
const COUNTS = lines(160, (n) => `./src/part-${n}/module.ts:${n % 40 === 7 ? n : 0}`)

const print = (text: string, visibleOnly: boolean, budgetTokens = 300, question = ""): string => {
  const segments = listing.tile({ kind: "listing", text, origin: "output" }, { visibleOnly, budgetTokens, question })
  if (segments === undefined) return text
  expect(isLawful({ input: text, segments })).toBe(true)
  return draft([{ input: text, segments }])
}

describe("the forms", () => {
  it.each([
    ["paths", FIND],
    ["recursive", RECURSIVE],
    ["long", LONG],
    ["tree", TREE],
    ["status", STATUS],
    ["oneline", ONELINE],
    ["commits", COMMITS],
    ["blame", BLAME],
    ["stat", STAT],
    ["sizes", DU],
    ["long", FIND_LS],
    ["commits", FULLER],
    ["oneline", GRAPH],
    ["counts", COUNTS]
  ])("%s is known, and hides what its budget does not hold", (form, text) => {
    expect(formOf(text)).toBe(form)
    expect(registry.route(text, noHint)).toBe("listing")
    const view = print(text, false)
    expect(view).toMatch(/\[… \d+-\d+: \d+ (?:lines|files)/)
    expect(view.length).toBeLessThan(text.length * 0.75)
  })

  it.each([
    [
      "prose",
      "So it goes, and on it went.\nThe quay is closed in winter.\nIt is said so.\nBoats lie there.\nThey wait.\nAnd then.\n"
    ],
    ["source", "const a = 1\nconst b = 2\nfunction f() {\n  return a\n}\nexport { f }\n"],
    ["base64", lines(20, () => Buffer.from("quay ".repeat(9)).toString("base64").repeat(1))],
    ["a log", lines(20, (n) => `2026-03-01 10:22:${n + 10} INFO worker ${n} took job`)]
  ])("%s is none", (_, text) => {
    expect(formOf(text)).toBeUndefined()
  })
})

describe("paths", () => {
  it("stand under their folder, each whole", () => {
    const view = print(FIND, true)
    expect(view).toContain("./packages/part-0/src/deep/\n module-0.ts\n module-1.ts\n")
    expect(pathsCodec.decode(view)).toBe(FIND)
    expect(view.length).toBeLessThan(FIND.length / 2)
  })

  it("above the budget name every folder with its count, and what was asked for", () => {
    const view = print(FIND, false, 200, "where is module-97?")
    for (let part = 0; part < 8; part++) expect(view).toContain(`./packages/part-${part}/src/deep/\n`)
    expect(view).toMatch(/\n \d+ names\n/)
    expect(view).toContain("\n module-97.ts\n")
    const shown = (view.match(/^ (?:module-\d+\.ts)$/gm) ?? []).length
    const counted = [...view.matchAll(/^ (\d+) names$/gm)].reduce((sum, match) => sum + Number(match[1]), 0)
    expect(shown + counted).toBe(120)
  })
})

describe("a listing that was cut off", () => {
  it.each([FIND, BLAME, LONG, ONELINE])("keeps its last line: %#", (text) => {
    const cut = text.slice(0, -4)
    const last = cut.slice(cut.lastIndexOf("\n") + 1)
    for (const visibleOnly of [true, false]) expect(print(cut, visibleOnly)).toContain(last)
  })
})

describe("blame", () => {
  it("says a commit once, and gives every line back", () => {
    const view = print(BLAME, true)
    expect(view.split("8e5397bfa")).toHaveLength(2)
    expect(blameCodec.decode(view)).toBe(BLAME)
  })
})

describe("whatever the budget", () => {
  it("every folder is there, by its heading, its line or its first path", () => {
    const recursive = print(RECURSIVE, false, 20)
    for (let n = 0; n < 10; n++) expect(recursive).toContain(`src/part-${n}:\n`)
    const long = print(FIND_LS, false, 20)
    for (let n = 0; n < 120; n += 6) expect(long).toContain(` ./part-${n}\n`)
    expect(long).not.toContain("./part-7\n")
    const segments = listing.tile(
      { kind: "listing", text: FIND, origin: "output" },
      { visibleOnly: false, budgetTokens: 20, question: "", wholeWords: true }
    )
    const paths = draft([{ input: FIND, segments: segments ?? [] }])
    for (let n = 0; n < 120; n += 16) expect(paths).toContain(`./packages/part-${n >> 4}/src/deep/module-${n}.ts\n`)
    expect(paths).not.toContain("module-1.ts")
  })

  it("the newest commits are there", () => {
    for (const text of [COMMITS, FULLER, GRAPH, ONELINE]) {
      const hashes = [...text.matchAll(/^(?:commit |[*|] ?)*([0-9a-f]{8,40})\b/gm)].map((match) => match[1] as string)
      const view = print(text, false, 20)
      for (const hash of hashes.slice(0, 20)) expect(view).toContain(hash)
      expect(view).not.toContain(hashes[25])
    }
  })

  it("what is counted is there where there is any", () => {
    const view = print(COUNTS, false, 20)
    for (const n of [7, 47, 87, 127]) expect(view).toContain(`./src/part-${n}/module.ts:${n}\n`)
    expect(view).not.toContain("part-8/")
  })
})

describe("what stays", () => {
  it("of sizes is the largest", () => {
    expect(print(DU, false, 100)).toContain("77M\t./part-9/module-150")
  })

  it("of a tree are its upper levels and what is wrong", () => {
    const view = print(TREE, false)
    expect(view).toContain("├─┬ package-72@1.72.0")
    expect(view).toContain("leaf-37@2.0.37 extraneous")
  })

  it("of commits are their subjects before what they touch", () => {
    const view = print(COMMITS, false, 1_800)
    for (let n = 0; n < 20; n++) expect(view).toContain(`    Subject of change ${n}\n`)
    expect(view).not.toContain("src/b-3.ts")
  })

  it("of a status is what was changed before what is not tracked", () => {
    const view = print(STATUS, false, 200)
    for (let n = 0; n < 6; n++) expect(view).toContain(`\tmodified:   src/wire/part-${n}.ts`)
    expect(view).toContain("Untracked files:")
  })
})

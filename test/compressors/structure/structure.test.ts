import { describe, expect, it } from "vitest"
import { registry } from "../../../src/compressors/registry.ts"
import { ranksOf, structure } from "../../../src/compressors/structure/structure.ts"
import { noHint } from "../../../src/domain/content.ts"
import { isLawful } from "../../../src/domain/tiling.ts"
import { draft } from "../../../src/domain/view.ts"

const many = (count: number, part: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => part(n)).join("")

const YAML = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: harbour
spec:
  template:
    spec:
      containers:
${many(40, (n) => `        - name: part-${n}\n          image: registry.example.org/part:${n}\n          env:\n            - name: LEVEL\n              value: "${n}"\n`)}status:
  conditions:
    - type: Available
      message: Failed to pull image of part-31
`
const TOML = `[package]
name = "harbour"
version = "1.4.0"

[dependencies]
${many(60, (n) => `part-${n} = "0.${n}.1"\n`)}
[profile.release]
lto = true
`
const XML = `<?xml version="1.0"?>
<project>
  <modelVersion>4.0.0</modelVersion>
  <artifactId>harbour</artifactId>
  <dependencies>
${many(60, (n) => `    <dependency>\n      <groupId>org.part</groupId>\n      <artifactId>part-${n}</artifactId>\n      <version>1.${n}</version>\n    </dependency>\n`)}  </dependencies>
</project>
`

const print = (text: string, question = ""): string => {
  const want = { visibleOnly: false, budgetTokens: 250, question }
  const segments = structure.tile({ kind: "structure", text, origin: "output" }, want)
  if (segments === undefined) return text
  expect(isLawful({ input: text, segments })).toBe(true)
  return draft([{ input: text, segments }])
}

describe("structured text", () => {
  it.each([
    ["YAML", YAML, ["kind: Deployment", "containers:", "- name: part-0", "status:", "Failed to pull image of part-31"]],
    ["TOML", TOML, ["[package]", 'version = "1.4.0"', "[dependencies]"]],
    [
      "XML",
      XML,
      ["<artifactId>harbour</artifactId>", "<dependencies>", "<artifactId>part-0</artifactId>", "</project>"]
    ]
  ])("%s keeps its outer levels and its first items", (_, text, kept) => {
    expect(registry.route(text, noHint)).toBe("structure")
    const view = print(text)
    expect(kept.filter((one) => !view.includes(one))).toEqual([])
    expect(view).toMatch(/\[… \d+-\d+: \d+ lines/)
    expect(view.length).toBeLessThan(text.length / 2)
  })

  it("keeps what the question names", () => {
    expect(print(TOML, "which version of part-44?")).toContain('part-44 = "0.44.1"')
  })

  it("is ranked by depth, and later among like siblings", () => {
    expect(ranksOf(["a:", "  b: 1", "  c:", "    d: 2", "e: 3"])).toEqual([0, 1, 1, 2, 0])
    const items = ranksOf(["- x", "- x", "- x", "- x", "- x: failed"])
    expect(items).toEqual([0, 1, 1, 2, 1])
  })

  it("is not hidden where nothing may be, and of a file stays", () => {
    const want = { visibleOnly: true, budgetTokens: 10, question: "" }
    expect(structure.tile({ kind: "structure", text: YAML, origin: "output" }, want)).toBeUndefined()
    expect(
      structure.tile({ kind: "structure", text: YAML, origin: "file" }, { ...want, visibleOnly: false })
    ).toBeUndefined()
  })
})

describe("the detector", () => {
  it.each([
    ["a log", many(20, (n) => `[INFO] worker ${n}: took job\n`)],
    ["remarks of a compiler", many(20, (n) => `src/a.ts:${n}: warning: unused\n`)],
    ["prose with colons", many(10, () => "Note: the quay is closed in winter, as ever, because of the ice there.\n")],
    [
      "test reports",
      `<?xml version="1.0"?>\n<testsuites>\n${many(20, (n) => `  <testcase name="${n}"/>\n`)}</testsuites>\n`
    ]
  ])("takes %s for no structured text", (_, text) => {
    expect(registry.route(text, noHint)).not.toBe("structure")
  })
})

describe("what a tool has generated", () => {
  const view = (text: string): string =>
    draft([
      {
        input: text,
        segments:
          structure.tile(
            { kind: "structure", text, origin: "output" },
            { visibleOnly: false, budgetTokens: 300, question: "" }
          ) ?? []
      }
    ])

  it("in TOML shows the headings of all tables before their keys", () => {
    const text = many(
      30,
      (n) => `[dependencies.part-${n}]\nversion = "1.${n}"\nfeatures = ["std", "alloc"]\noptional = true\n\n`
    )
    const shown = view(text)
    for (let n = 0; n < 30; n++) expect(shown).toContain(`[dependencies.part-${n}]\n`)
  })

  it("is YAML though comments and texts make up most of it", () => {
    const commented = many(
      20,
      (n) => `# How deep berth ${n} is.\n# It is dredged in winter.\n# Ask before.\nberth${n}:\n  depth: ${n}\n`
    )
    const texts = `chapters:\n${many(12, (n) => `  - title: Berth ${n}\n    body: |\n      It lies at the north end of the quay.\n      Boats wait there for the tide, and so do their crews.\n      Some of them sing.\n`)}`
    for (const text of [commented, texts]) expect(registry.route(text, noHint)).toBe("structure")
  })
})

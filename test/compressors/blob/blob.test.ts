import { describe, expect, it } from "vitest"
import { blob, blobsIn } from "../../../src/compressors/blob/blob.ts"
import { registry } from "../../../src/compressors/registry.ts"
import { noHint } from "../../../src/domain/content.ts"
import { isLawful } from "../../../src/domain/tiling.ts"
import { draft } from "../../../src/domain/view.ts"

const BASE64 = Buffer.from(Array.from({ length: 9_000 }, (_, n) => (n * n * 31 + n * 7) % 251)).toString("base64")
const MINIFIED = Array.from({ length: 900 }, (_, n) => `function f${n}(a,b){return a+b*${n}}`).join(";")

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0")
const lines = (line: (n: number) => string): string => Array.from({ length: 120 }, (_, n) => `${line(n)}\n`).join("")

const print = (text: string): string => {
  const segments = blob.tile(
    { kind: "blob", text, origin: "output" },
    { visibleOnly: false, budgetTokens: 200, question: "" }
  )
  if (segments === undefined) return text
  expect(isLawful({ input: text, segments })).toBe(true)
  return draft([{ input: text, segments }])
}

describe("a blob", () => {
  it.each([
    ["base64", BASE64],
    ["minified", MINIFIED]
  ])("of %s shows its ends and how much there is between", (name, text) => {
    expect(registry.route(text, noHint)).toBe("blob")
    const view = print(text)
    expect(view).toContain(text.slice(0, 60))
    expect(view).toContain(text.slice(-40))
    expect(view).toMatch(new RegExp(`\\[… \\d+-\\d+: \\d+ characters, ${name}\\]`))
    expect(view.length).toBeLessThan(600)
  })

  it.each([
    ["base64", `${BASE64.replace(/.{76}/g, "$&\n")}\n`],
    [
      "dump",
      lines(
        (n) =>
          `${hex(n * 16, 8)}: ${Array.from({ length: 8 }, (_, at) => hex((n * 977 + at * 31) % 65_536, 4)).join(" ")}  .PNG....IHDR....`
      )
    ],
    [
      "dump",
      lines(
        (n) =>
          `${hex(n * 16, 8)}  ${Array.from({ length: 16 }, (_, at) => hex((n * 7 + at * 31) % 256, 2)).join(" ")}  |.PNG....IHDR....|`
      )
    ]
  ])("of %s that is wrapped shows its first and last lines", (name, text) => {
    expect(registry.route(text, noHint)).toBe("blob")
    const all = text.trimEnd().split("\n")
    const view = print(text)
    expect(view).toContain(
      `${all[0]}\n${all[1]}\n[… 3-${all.length - 1}: ${all.length - 3} lines, ${name}]\n${all.at(-1)}`
    )
  })

  it("is not what a command printed as JSON on one line, behind a heading or cut off", () => {
    const rows = JSON.stringify(
      Array.from({ length: 90 }, (_, n) => ({ id: n * 7919, name: `node-${n}`, at: [n, n + 1] }))
    )
    for (const text of [`Output:\n${rows}\n`, rows.slice(0, -40)]) expect(registry.route(text, noHint)).not.toBe("blob")
  })

  it("leaves the words around it", () => {
    const view = print(`certificate of the quay:\n${BASE64}\nend of it\n`)
    expect(view).toContain("certificate of the quay:")
    expect(view).toContain("end of it")
  })

  it.each([
    ["words", "so it goes, and on it went. ".repeat(200)],
    ["a line of one character", "=".repeat(4_000)],
    ["a log of long lines", `2026-03-01 10:22:31 ERROR ${MINIFIED}\n`.repeat(3)],
    ["JSON", JSON.stringify(Array.from({ length: 300 }, (_, n) => ({ id: n, name: `n${n}` })))]
  ])("is not %s", (_, text) => {
    expect(registry.route(text, noHint)).not.toBe("blob")
  })

  it("is found once in each line", () => {
    expect(blobsIn(`${BASE64}\n${MINIFIED}\n`).map(({ name }) => name)).toEqual(["base64", "minified"])
  })
})

import { describe, expect, it } from "vitest"
import { foldGutters, gutterCodec } from "../../src/domain/fold.ts"
import { gutterAt, withBlank } from "../../src/domain/gutter.ts"
import { bodyOf, numberedLines } from "../../src/domain/numbered-lines.ts"

const numbered = (from: number, bodies: ReadonlyArray<string>, print: (n: number) => string): string =>
  bodies.map((body, at) => `${print(from + at)}${body}`).join("\n")

const bodies = Array.from({ length: 25 }, (_, at) =>
  at % 7 === 3 ? "" : `  line of code ${String.fromCharCode(97 + at)}`
)

const foldedText = (text: string): string =>
  foldGutters(text)
    .map((segment) => (segment._tag === "Shown" ? segment.text : ""))
    .join("")

describe("gutters", () => {
  it.each([
    ["cat -n", (n: number) => `${String(n).padStart(6)}\t`],
    ["arrows", (n: number) => `${String(n).padStart(6)}→`],
    ["a colon and a blank", (n: number) => `${n}: `],
    ["a bare colon", (n: number) => `${n}:`],
    ["bars", (n: number) => `${n}|`],
    ["bars and a blank", (n: number) => `${n}| `],
    ["bars between blanks", (n: number) => `${String(n).padStart(4)} | `],
    ["zeros in front", (n: number) => `${String(n).padStart(5, "0")}| `],
    ["a letter in front", (n: number) => `L${n}: `],
    ["a dot", (n: number) => `${n}. `]
  ])(
    "%s: a fold keeps every line's text, prints a number at least every ten lines and gives the run back",
    (_, print) => {
      const text = numbered(96, bodies, print)
      const folded = foldedText(text)
      expect(folded.length).toBeLessThan(text.length)
      expect(gutterCodec.decode(folded)).toBe(text)
      for (const n of [100, 110, 120]) expect(folded).toContain(`\n${print(n).trimStart()}`)
      const shown = folded.split("\n")
      bodies.forEach((body, at) => expect(shown[at]?.endsWith(body)).toBe(true))
    }
  )

  it("reads folded and full runs alike", () => {
    const text = numbered(1, bodies, (n) => `${String(n).padStart(6)}→`)
    const read = (shown: string): ReadonlyArray<readonly [number | undefined, string]> => {
      const lines = numberedLines(shown)
      return Array.from({ length: lines.count }, (_, line) => [lines.numbers[line], bodyOf(lines, line)] as const)
    }
    expect(read(foldedText(text))).toEqual(read(text))
    expect(read(text)[5]).toEqual([6, bodies[5]])
  })

  it("leaves an ordered list as it is, though its items count by one", () => {
    const list = numbered(
      1,
      bodies.map((body) => body.trim() || "item"),
      (n) => `${n}. `
    )
    expect(foldedText(list)).toBe(list)
  })

  it("knows the numbers that readers print, and no time or id", () => {
    for (const line of ["    12\tx", "12: x", "12| x", "00012| x", "L12: x", "12. x", "  12→x", "12  x", "  12 | x"])
      expect([line, gutterAt(line, 0)?.number]).toEqual([line, 12])
    for (const line of ["text", "00:12:33 text", "007|x", "12.5 text", "x12: y", "Lx: 12"])
      expect([line, gutterAt(line, 0)]).toEqual([line, undefined])
    expect(withBlank({ width: 0, separator: "|" }).separator).toBe("| ")
  })

  it("leaves a run of three, a count that skips, and leading zeros as they are", () => {
    for (const text of ["1: a\n2: b\n3: c", "1: a\n2: b\n4: c\n5: d", "01: a\n02: b\n03: c\n04: d\n05: e"])
      expect(foldedText(text)).toBe(text)
  })

  it("leaves a run whose text would be read as a number when folded", () => {
    const text = numbered(1, ["a", "3:x", "y", "z", "w"], (n) => `${n}:`)
    expect(gutterCodec.decode(foldedText(text)) ?? text).toBe(text)
  })
})

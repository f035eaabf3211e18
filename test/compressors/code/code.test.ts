import { describe, expect, it } from "vitest"
import { code } from "../../../src/compressors/code/code.ts"
import { outlineOfLines } from "../../../src/compressors/code/scan.ts"
import { sourceOf } from "../../../src/compressors/code/source.ts"
import { outlineCodec } from "../../../src/compressors/code/view.ts"
import type { Content } from "../../../src/domain/content.ts"
import { parseGap } from "../../../src/domain/marker.ts"
import { outlineWithin } from "../../../src/domain/outline.ts"
import { textOf } from "../../../src/domain/spans.ts"
import { isLawful } from "../../../src/domain/tiling.ts"
import { estimateTokens } from "../../../src/domain/tokens.ts"
import { draft } from "../../../src/domain/view.ts"

const SOURCE = `import { readFile } from "node:fs/promises"

/**
 * Loads the list of boats.
 * The list may be empty.
 */
export const load = async (path: string): Promise<ReadonlyArray<string>> => {
  const text = await readFile(path, "utf8")
  const lines = text.split("\\n")
  // TODO: blank lines
  return lines.filter((line) => line !== "")
}

export class Quay {
  readonly #boats = new Map<string, number>()

  moor(name: string, berth: number): boolean {
    const taken = [...this.#boats.values()].includes(berth)
    if (!taken) this.#boats.set(name, berth)
    return !taken
  }

  leaveNow(name: string): void {
    this.#boats.delete(name)
    this.#boats.delete(name.toLowerCase())
  }
}
`

const contentOf = (text: string, more: Partial<Content> = {}): Content => ({
  kind: "code",
  text,
  origin: "file",
  outline: outlineOfLines(sourceOf(text).lines),
  ...more
})

const segmentsOf = (content: Content, budgetTokens = 0, question = "") =>
  code.tile(content, { visibleOnly: false, budgetTokens, question })

const view = (content: Content, budgetTokens = 0, question = ""): string => {
  const segments = segmentsOf(content, budgetTokens, question)
  if (segments === undefined) return content.text
  expect(isLawful({ input: content.text, segments })).toBe(true)
  for (const segment of segments)
    if (segment._tag === "Shown" && segment.codec === "outline")
      expect(outlineCodec.decode(segment.text)).toBe(textOf(content.text, segment.spans))
  return draft([{ input: content.text, segments }])
}

/** The lines of a view that carry a number, by number. */
const numbered = (text: string): ReadonlyMap<number, string> =>
  new Map(
    text.split("\n").flatMap((line) => {
      const match = /^\s*(\d+)(?:\t|→|: |\|| {2})(.*)$/.exec(line)
      return match === null ? [] : [[Number(match[1]), match[2] as string] as const]
    })
  )

describe("a view of source", () => {
  it("shows what is declared, the first line of each comment and notes, and hides what runs", () => {
    expect(view(contentOf(SOURCE))).toBe(`1\timport { readFile } from "node:fs/promises"

/**
 * Loads the list of boats.
[… 5-27: 16 lines, here and where the numbers skip]
7\texport const load = async (path: string): Promise<ReadonlyArray<string>> => {
10\t  // TODO: blank lines
14\texport class Quay {
  readonly #boats = new Map<string, number>()

  moor(name: string, berth: number): boolean {
23\t  leaveNow(name: string): void {
[… 16 of 27 lines hidden; headroom retrieve 7d5c0e93b1a8]`)
  })

  it("gives each line behind a gap the number that it has in the file", () => {
    const lines = SOURCE.split("\n")
    const shown = numbered(view(contentOf(SOURCE)))
    expect(shown.size).toBeGreaterThan(4)
    for (const [number, line] of shown) expect(line).toBe(lines[number - 1])
  })

  it("numbers the lines of a part as they are in the whole", () => {
    const shown = numbered(view(contentOf(SOURCE, { firstLine: 201 })))
    expect(shown.get(207)).toContain("export const load")
  })

  it("keeps the bodies that the question names as code does, and no other", () => {
    const asked = view(contentOf(SOURCE), 0, "Why does `leaveNow` delete twice? Does it load?")
    expect(asked).toContain("this.#boats.delete(name.toLowerCase())")
    expect(asked).not.toContain("text.split")
    expect(view(contentOf(SOURCE), 0, "what does moor() return")).toContain("return !taken")
  })

  it("shows bodies that hold the question's words first, then the shortest, as far as the budget goes", () => {
    const others = Array.from(
      { length: 9 },
      (_, i) => `function wide${i}() {\n${"  dredge(harbour, 40)\n".repeat(12)}}\n`
    )
    const long = SOURCE + others.join("")
    const least = estimateTokens(view(contentOf(long)))
    const hit = view(contentOf(long), least + 75, "why is a boat taken twice")
    expect(hit).toContain("return !taken")
    expect(hit).not.toContain("lines.filter")
    const short = view(contentOf(long), least + 55)
    expect(short).toContain("toLowerCase")
    expect(short).not.toContain("lines.filter")
  })

  it("leaves alone what fits, what declares nothing, what may not be hidden, and what comes without an outline", () => {
    expect(segmentsOf(contentOf(SOURCE), 2_000)).toBe(undefined)
    expect(segmentsOf(contentOf("a = 1\nb = 2\n".repeat(9), { outline: [] }))).toBe(undefined)
    expect(code.tile(contentOf(SOURCE), { visibleOnly: true, budgetTokens: 0, question: "" })).toBe(undefined)
    const { outline: _, ...bare } = contentOf(SOURCE)
    expect(segmentsOf(bare)).toBe(undefined)
  })

  it("says where each gap is by itself where a line of the source looks like a number", () => {
    const odd = SOURCE.replace("class Quay {", "class Quay {\n40\t// TODO: number the berths")
    const gaps = [...view(contentOf(odd)).matchAll(/\[… (\d+)-(\d+): (\d+) lines\]/g)]
    expect(gaps.length).toBeGreaterThan(3)
    for (const [, from, to, count] of gaps) expect(Number(to) - Number(from) + 1).toBe(Number(count))
  })

  it("shows the last line where no line break ends it", () => {
    expect(view(contentOf(SOURCE.trimEnd()))).toMatch(/\n27\t\}\n\[… 15 of 27 lines hidden/)
  })

  it("keeps CR as it is", () => {
    const text = SOURCE.replace(/\n/g, "\r\n")
    expect(view(contentOf(text))).toContain('1\timport { readFile } from "node:fs/promises"\r\n')
  })
})

describe("a view of source that a tool numbered", () => {
  const lines = SOURCE.trimEnd().split("\n")
  const FORMS: ReadonlyArray<readonly [name: string, print: (line: string, number: number) => string]> = [
    ["cat -n", (line, n) => `${String(n).padStart(6)}\t${line}`],
    ["an arrow", (line, n) => `${String(n).padStart(6)}→${line}`],
    ["nl", (line, n) => `${String(n).padStart(6)}  ${line}`],
    ["a colon", (line, n) => `${n}: ${line}`],
    ["a bar", (line, n) => `${n}|${line}`],
    ["a bar between blanks", (line, n) => `${String(n).padStart(4)} | ${line}`],
    ["zeros in front", (line, n) => `${String(n).padStart(5, "0")}| ${line}`],
    ["a letter in front", (line, n) => `L${n}: ${line}`],
    ["a dot", (line, n) => `${n}. ${line}`]
  ]

  it.each(FORMS)("%s: keeps the gutter of the lines that stay, and names gaps by its numbers", (_, print) => {
    const text = `${lines.map((line, at) => print(line, at + 101)).join("\n")}\n`
    const outlined = view(contentOf(text))
    for (const at of [0, 6, 9, 13, 22]) expect(outlined).toContain(print(lines[at] as string, at + 101))
    for (const at of [7, 17, 24]) expect(outlined).not.toContain(lines[at])
    const gap = /\[… .*?\]/.exec(outlined)?.[0] ?? ""
    expect(parseGap(gap)?.range).toEqual([105, 127])
  })

  it("shows what the tool says before and behind the lines", () => {
    const body = lines.map((line, at) => `${String(at + 1).padStart(6)}\t${line}`).join("\n")
    const text = `Here's the result of running \`cat -n\` on src/quay.ts:\n${body}\n\n<system-reminder>mind</system-reminder>\n`
    const outlined = view(contentOf(text))
    expect(outlined).toContain("Here's the result of running `cat -n` on src/quay.ts:\n     1\timport")
    expect(outlined).toContain("<system-reminder>mind</system-reminder>")
    expect(outlined).not.toContain("toLowerCase")
    expect(outlined).toContain("[… 5-27: ")
  })
})

describe("outlineWithin", () => {
  it("gives a part its own lines of the outline", () => {
    const outline = outlineOfLines(SOURCE.split("\n"))
    const part = outlineWithin(outline, 13, 21)
    expect(part.map(({ name, head, body }) => [name, head, body])).toEqual([
      ["Quay", [0, 1], [1, 8]],
      ["boats", [1, 2], undefined],
      ["moor", [3, 4], [4, 8]]
    ])
  })
})

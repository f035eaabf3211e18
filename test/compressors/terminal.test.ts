import { describe, expect, it } from "vitest"
import { stripTerminal } from "../../src/compressors/terminal.ts"
import { isLawful } from "../../src/domain/tiling.ts"
import { print } from "../../src/domain/view.ts"

const shown = (input: string): string => {
  const segments = stripTerminal(input)
  expect(isLawful({ input, segments })).toBe(true)
  return print({ input, segments })
}

describe("terminal noise", () => {
  it.each<readonly [what: string, input: string, view: string]>([
    ["nothing of plain text", "a  b\n\tc\n", "a  b\n\tc\n"],
    ["nothing of an empty text", "", ""],
    ["colours", "\u001b[1;31mred\u001b[0m and \u001b[38;5;9mnot\u001b[m", "red and not"],
    ["titles", "\u001b]0;a title\u0007text \u001b]2;b\u001b\\more", "text more"],
    ["trailing blanks", "a  \nb\t \n  \nc ", "a\nb\n\nc"],
    ["blanks that stand at the end once colours are gone", "a \u001b[0m\nb", "a\nb"],
    ["CR before LF", "a\r\nb\r\n", "a\nb\n"],
    ["states of a line that are drawn over", "10%\r50%\r100%\n", "100%\n"],
    ["states that are cleared", "a long line\r\u001b[Kshort\u001b[K\n", "short\n"],
    ["blanks that clear a line", "abc\r   \rde\n", "de\n"]
  ])("is %s", (_, input, view) => {
    expect(shown(input)).toBe(view)
  })

  it.each<readonly [what: string, text: string]>([
    ["a link's target", "\u001b]8;;http://a/b\u0007name\u001b]8;;\u0007"],
    ["a state that is longer than what covers it", "a longer line\rab\n"],
    ["a move between two words", "one\u001b[5Ctwo"]
  ])("is not %s", (_, text) => {
    expect(shown(text)).toBe(text)
  })

  it("leaves a move between two words where colours stand beside it", () => {
    expect(shown("one\u001b[5C\u001b[31mtwo")).toBe("one\u001b[5Ctwo")
    expect(shown("one\u001b[0m\u001b[2;7H\u001b[31mtwo")).toBe("one\u001b[2;7Htwo")
    expect(shown("one \u001b[5C\u001b[31mtwo")).toBe("one two")
  })

  it("is all of a text that holds nothing else", () => {
    expect(stripTerminal("\u001b[0m\u001b[2K")).toEqual([{ _tag: "Strip", spans: [0, 8], noise: "terminal" }])
  })
})

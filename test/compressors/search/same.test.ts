import { describe, expect, it } from "vitest"
import { joinedRows, partedRows } from "../../../src/compressors/search/same.ts"

describe("rows of the same text", () => {
  const rows = [
    "3:  res.send(id)\n",
    "9:  return none\n",
    "20:  res.send(id)\n",
    "25:}\n",
    "31:  res.send(id)\n",
    "40:}\n"
  ]

  it("stand once behind their numbers, where the first of them stood", () => {
    const joined = joinedRows(rows)
    expect(joined).toEqual(["3,20,31:  res.send(id)\n", "9:  return none\n", "25:}\n", "40:}\n"])
    expect(partedRows(joined)).toEqual(rows)
  })

  it("stay where the numbers do not rise, a row has none, or the rows are a file's from line to line", () => {
    const falling = ["9:  res.send(id)\n", "3:  res.send(id)\n"]
    const context = ["9:  res.send(id)\n", "10-  and so on\n", "12:  res.send(id)\n"]
    const gutter = Array.from({ length: 9 }, (_, n) => `${n + 1}:  res.send(${n % 3})\n`)
    for (const kept of [falling, context, gutter, ["3:  res.send(id)\n", "3:  res.send(id)\n"]])
      expect(joinedRows(kept)).toEqual(kept)
  })

  it("are not told from rows without a number", () => {
    expect(partedRows(["3,20:  res.send(id)\n", " text\n"])).toBeUndefined()
  })

  it("stand for no more than some dozens of lines each", () => {
    const many = Array.from({ length: 200 }, (_, n) => `${2 * n + 1}:  res.send(id)\n`)
    const joined = joinedRows(many)
    expect(joined).toHaveLength(4)
    expect(partedRows(joined)).toEqual(many)
    expect(partedRows([`${many.map((_, n) => n).join(",")}:text of one\n`])).toHaveLength(1)
  })
})

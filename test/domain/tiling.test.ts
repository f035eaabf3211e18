import { describe, expect, it } from "vitest"
import { account, isLawful, lift, refine, type Segment, verbatim, whole } from "../../src/domain/tiling.ts"

const input = "one two three"
const strip = (...spans: ReadonlyArray<number>): Segment => ({ _tag: "Strip", spans, noise: "terminal" })

describe("the law of tilings", () => {
  it("holds where spans cover the input once, in the order of first spans", () => {
    expect(isLawful(whole(input))).toBe(true)
    expect(isLawful(whole(""))).toBe(true)
    expect(isLawful({ input, segments: [verbatim(input, [0, 3, 7, 13]), strip(3, 7)] })).toBe(true)
  })

  it.each<readonly [what: string, segments: ReadonlyArray<Segment>]>([
    ["a hole", [strip(0, 3), strip(4, 13)]],
    ["an overlap", [strip(0, 4), strip(3, 13)]],
    ["an end too early", [strip(0, 12)]],
    ["an end too late", [strip(0, 14)]],
    ["another order", [strip(3, 13), strip(0, 3)]],
    ["an empty span", [strip(0, 0), strip(0, 13)]],
    ["half a span", [strip(0, 13, 13)]],
    ["no spans", [strip(0, 13), strip()]],
    ["other words than the input's", [{ ...verbatim(input, [0, 13]), text: "one two throe" }]],
    ["nothing", []]
  ])("is broken by %s", (_, segments) => {
    expect(isLawful({ input, segments })).toBe(false)
  })
})

describe("refining", () => {
  it("carries segments of a part back to the input, across what lies between its spans", () => {
    const tiling = refine({ input, segments: [verbatim(input, [0, 3, 7, 13]), strip(3, 7)] }, (text) => [
      verbatim(text, [0, 5]),
      strip(5, 9)
    ])
    expect(tiling.segments.map(({ spans }) => spans)).toEqual([
      [0, 3, 7, 9],
      [3, 7],
      [9, 13]
    ])
    expect(isLawful(tiling)).toBe(true)
    expect(account(tiling)).toEqual({ Shown: 5, Repeat: 0, Elide: 0, Strip: 8 })
    expect(lift([strip(0, 5)], [2, 4, 10, 13])).toEqual([strip(2, 4, 10, 13)])
  })

  it("takes more segments than a call takes arguments", () => {
    const many = "ab".repeat(200_000)
    const tiling = refine(whole(many), (text) =>
      Array.from({ length: text.length }, (_, at) => verbatim(text, [at, at + 1]))
    )
    expect(tiling.segments).toHaveLength(400_000)
  })
})

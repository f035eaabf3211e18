import { describe, expect, it } from "vitest"
import { inDecision, once, recently } from "../../src/domain/recent.ts"

describe("recently", () => {
  const counted = () => {
    const read: Array<string> = []
    const lengthOf = recently((text: string): number | undefined => {
      read.push(text)
      return text === "" ? undefined : text.length
    })
    return { read, lengthOf }
  }

  it("reads a text once in a decision, also where nothing was found in it", () => {
    const { read, lengthOf } = counted()
    expect(inDecision(() => ["ab", "", ["a", "b"].join(""), ""].map(lengthOf))).toEqual([2, undefined, 2, undefined])
    expect(read).toEqual(["ab", ""])
  })

  it("reads it again in the next one, and each time where none is under way", () => {
    const { read, lengthOf } = counted()
    for (let decision = 0; decision < 2; decision++) inDecision(() => [lengthOf("ab"), lengthOf("ab")])
    lengthOf("ab")
    expect(() =>
      inDecision(() => {
        throw new Error("broken")
      })
    ).toThrow("broken")
    lengthOf("ab")
    expect(read).toEqual(["ab", "ab", "ab", "ab"])
  })

  it("remembers no more than a few megabytes", () => {
    const { read, lengthOf } = counted()
    const long = "x".repeat(3_000_000)
    inDecision(() => ["ab", long, "cd", "ab", "cd"].map(lengthOf))
    expect(read).toEqual(["ab", long, "cd", "ab"])
  })
})

describe("once", () => {
  it("reads each object once", () => {
    let reads = 0
    const read = once((key: { readonly name: string }) => `${key.name}${++reads}`)
    const key = { name: "a" }
    expect([read(key), read({ name: "a" }), read(key)]).toEqual(["a1", "a2", "a1"])
  })
})

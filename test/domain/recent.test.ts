import { beforeEach, describe, expect, it } from "vitest"
import { forget, once, recently } from "../../src/domain/recent.ts"

describe("recently", () => {
  beforeEach(forget)

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
    expect([lengthOf("ab"), lengthOf(""), lengthOf(`a${"b"}`), lengthOf("")]).toEqual([2, undefined, 2, undefined])
    expect(read).toEqual(["ab", ""])
  })

  it("reads it again in the next one", () => {
    const { read, lengthOf } = counted()
    lengthOf("ab")
    forget()
    lengthOf("ab")
    expect(read).toEqual(["ab", "ab"])
  })

  it("remembers no more than a few megabytes", () => {
    const { read, lengthOf } = counted()
    const long = "x".repeat(3_000_000)
    for (const text of ["ab", long, "cd", "ab", "cd"]) lengthOf(text)
    expect(read).toEqual(["ab", long, "cd", "ab"])
  })
})

describe("once", () => {
  it("reads each object once", () => {
    let reads = 0
    const read = once((_: object) => ++reads)
    const key = {}
    expect([read(key), read({}), read(key)]).toEqual([1, 2, 1])
  })
})

import { describe, expect, it } from "vitest"
import { CACHE_MS, sessionCost } from "../../src/domain/economics.ts"

const part = (key: string, tokens = 100) => ({ key, tokens })

describe("sessionCost", () => {
  it("writes what is new and reads the prefix that was sent before", () => {
    const calls = [
      { parts: [part("a")], outputTokens: 1 },
      { parts: [part("a"), part("b")], outputTokens: 1 },
      { parts: [part("a"), part("b"), part("c")], outputTokens: 1 }
    ]
    expect(sessionCost(calls)).toEqual({ cost: 300 * 1.25 + 300 * 0.1 + 3 * 5, read: 300, written: 300, output: 3 })
  })

  it("writes again all that follows a change, even where it stood before", () => {
    const calls = [
      { parts: [part("a"), part("b"), part("c")], outputTokens: 0 },
      { parts: [part("x"), part("b"), part("c")], outputTokens: 0 }
    ]
    expect(sessionCost(calls)).toMatchObject({ read: 0, written: 600 })
  })

  it("reads any prefix sent before, not the last request's alone", () => {
    const calls = [
      ["a", "b"],
      ["a", "c"],
      ["a", "b", "d"]
    ].map((keys) => ({ parts: keys.map((key) => part(key)), outputTokens: 0 }))
    expect(sessionCost(calls)).toMatchObject({ read: 300, written: 400 })
  })

  it("forgets everything in a pause longer than the cache lives", () => {
    const at = (ms: number) => ({ parts: [part("a")], outputTokens: 0, at: ms })
    expect(sessionCost([at(0), at(CACHE_MS), at(2 * CACHE_MS + 1)])).toMatchObject({ read: 100, written: 200 })
  })
})

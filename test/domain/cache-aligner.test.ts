import { describe, expect, it } from "vitest"
import { changeBetween, diagnose, type Expectation, type Prompt } from "../../src/domain/cache-aligner.ts"
import { NO_USAGE, type Usage } from "../../src/domain/usage.ts"

const prompt: Prompt = {
  model: "m",
  tools: "t",
  system: "s",
  settings: "x",
  headTokens: 10_000,
  turnTokens: [100, 200, 300]
}

describe("what changed between two requests", () => {
  it("is nothing where the second goes on from the first", () => {
    expect(changeBetween(undefined, prompt, 0)).toEqual({ _tag: "First" })
    expect(changeBetween(prompt, { ...prompt, turnTokens: [100, 200, 300, 400] }, 3)).toEqual({ _tag: "Extends" })
  })

  it("is the first part that differs, with all that stands behind it", () => {
    const changed = { ...prompt, tools: "u", system: "v" }
    expect(changeBetween(prompt, changed, 3)).toEqual({
      _tag: "Changed",
      part: "tools",
      message: undefined,
      tokens: 10_600
    })
    expect(changeBetween(prompt, prompt, 1)).toEqual({ _tag: "Changed", part: "message", message: 1, tokens: 500 })
  })
})

describe("a cache", () => {
  const usage = (given: Partial<Usage>): Usage => ({ ...NO_USAGE, ...given })
  const expected: Expectation = {
    change: { _tag: "Extends" },
    sharedTokens: 20_000,
    tokens: 21_000,
    idleMs: 10_000,
    lifetimeMs: 300_000
  }

  it("that gives what it should have missed nothing", () => {
    expect(diagnose(expected, usage({ cacheRead: 19_900, cacheWrite: 1_100 })).miss).toBe("none")
    expect(diagnose(expected, undefined).miss).toBe("none")
    expect(diagnose({ ...expected, sharedTokens: 500 }, usage({ uncached: 21_000 })).miss).toBe("none")
  })

  it("is cold at the first request", () => {
    const first: Expectation = { ...expected, change: { _tag: "First" }, idleMs: undefined, sharedTokens: 0 }
    expect(diagnose(first, usage({ cacheWrite: 21_000 }))).toEqual({ miss: "cold-start", missedTokens: 0 })
    expect(diagnose(first, usage({ cacheRead: 15_000, cacheWrite: 6_000 })).miss).toBe("none")
  })

  it("has expired where nobody asked for longer than it lives, and else nobody knows why", () => {
    const missed = usage({ cacheWrite: 21_000 })
    expect(diagnose({ ...expected, idleMs: 400_000 }, missed)).toEqual({ miss: "expired", missedTokens: 20_000 })
    expect(diagnose(expected, missed)).toEqual({ miss: "unknown", missedTokens: 20_000 })
  })

  it("misses what stands behind a change of the head, in the provider's own count", () => {
    const change = { _tag: "Changed", part: "system", message: undefined, tokens: 20_000 } as const
    expect(diagnose({ ...expected, change }, usage({ cacheWrite: 42_000 }))).toEqual({
      miss: "prefix-changed",
      missedTokens: 40_000
    })
  })
})

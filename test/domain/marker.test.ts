import { describe, expect, it } from "vitest"
import { grantReceipt } from "../../src/domain/receipt.ts"
import type { Digest, Ref } from "../../src/domain/digest.ts"
import {
  footForGate,
  holdsMarker,
  parseFoot,
  parseGap,
  printFoot,
  printGap,
  refsIn,
  UNITS
} from "../../src/domain/marker.ts"

const receipt = grantReceipt("1a2b3c4d5e6f" as Ref, "1a2b3c4d5e6f".padEnd(64, "0") as Digest)

describe("a gap", () => {
  it.each(UNITS)("of %s is read back as it was printed", (unit) => {
    const printed = printGap({ unit, count: 3, profile: "2 errors, x" }, [4, 6])
    expect(printed).toBe(`[… 4-6: 3 ${unit}, 2 errors, x]`)
    expect(parseGap(`before\n${printed}\nafter`)).toEqual({
      gap: { unit, count: 3, range: [4, 6], profile: "2 errors, x" },
      range: [4, 6]
    })
  })

  it("names its own range before the lines", () => {
    expect(printGap({ unit: "rows", count: 2, range: [7, 8] }, [1, 1])).toBe("[… 7-8: 2 rows]")
  })

  it("keeps brackets, line breaks and length of a profile from breaking it", () => {
    for (const profile of ["a]b\n[c", "x".repeat(500), "\u2028]", `${"x".repeat(158)}👩‍💻👩‍💻`]) {
      const printed = printGap({ unit: "lines", count: 1, profile }, [1, 1])
      expect(printed).not.toContain("\n")
      expect(parseGap(printed)?.gap.count).toBe(1)
      expect(holdsMarker(printed)).toBe(true)
    }
  })
})

describe("a foot", () => {
  it("is read back as it was printed, and holds a ref", () => {
    const printed = printFoot(receipt, 212, 900, "lines")
    expect(parseFoot(printed)).toEqual({ count: 212, total: 900, unit: "lines", where: "hidden", ref: receipt.ref })
    expect(refsIn(`${printed}\n${printed}`)).toEqual([receipt.ref, receipt.ref])
    expect(footForGate(212, 900, "lines")).toHaveLength(printed.length)
  })

  it("says where the lines stand that it gives back", () => {
    const printed = printFoot(receipt, 80, 120, "lines", "stand above")
    expect(printed).toBe("[… 80 of 120 lines stand above; headroom retrieve 1a2b3c4d5e6f]")
    expect(parseFoot(printed)).toEqual({ count: 80, total: 120, unit: "lines", where: "stand above", ref: receipt.ref })
    expect(holdsMarker(printed)).toBe(true)
    expect(footForGate(80, 120, "lines", "stand above")).toHaveLength(printed.length)
  })
})

describe("a marker", () => {
  it.each([
    "[…]",
    "[… 1-2]",
    "[… 1-2: 3 apples]",
    "… 1-2: 3 lines",
    "[... 1-2: 3 lines]",
    "headroom retrieve 1a2b3c4d5e6f"
  ])("is not seen in %s", (text) => {
    expect(holdsMarker(text)).toBe(false)
    expect(refsIn(text)).toEqual([])
  })

  it("is looked for in time that grows with the text", () => {
    const cost = (times: number): number => {
      const text = "[… 1-2: 3 lines, ".repeat(times)
      const from = process.cpuUsage().user
      expect(holdsMarker(text)).toBe(false)
      return process.cpuUsage().user - from
    }
    cost(100)
    expect(cost(60_000)).toBeLessThan(20 * cost(6_000) + 100_000)
  })
})

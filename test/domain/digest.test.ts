import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { type Digest, type Hash, prefixDigest, refFrom, refOf, scopeDigest } from "../../src/domain/digest.ts"

const sha256: Hash = (text) => createHash("sha256").update(text).digest("hex") as Digest

describe("a ref", () => {
  const digest = sha256("a")

  it("is the digest's first 12 digits, more where another digest shares them", () => {
    const near = `${digest.slice(0, 14)}${"0".repeat(50)}` as Digest
    expect(refOf(digest)).toBe(digest.slice(0, 12))
    expect(refOf(digest, [digest, sha256("b")])).toBe(digest.slice(0, 12))
    expect(refOf(digest, [near])).toBe(digest.slice(0, 15))
  })

  it("is read in either case, from 12 to 64 hex digits", () => {
    expect(refFrom("1A2B3C4D5E6F")).toBe("1a2b3c4d5e6f")
    for (const text of ["", "1a2b3c4d5e6", "1a2b3c4d5e6g", "a".repeat(65), " 1a2b3c4d5e6f"])
      expect(refFrom(text)).toBeUndefined()
  })
})

describe("a prefix digest", () => {
  const scope = scopeDigest(sha256, [["model", "m"]])

  it("differs with the scope, the role, the block and the order", () => {
    const other = scopeDigest(sha256, [["model", "n"]])
    const chain = (...blocks: ReadonlyArray<readonly [string, string]>): Digest =>
      blocks.reduce((before, [role, block]) => prefixDigest(sha256, before, role, block), scope)
    const digests = [
      chain(["user", "a"]),
      chain(["assistant", "a"]),
      chain(["user", "b"]),
      chain(["user", "a"], ["user", "b"]),
      chain(["user", "b"], ["user", "a"]),
      prefixDigest(sha256, other, "user", "a")
    ]
    expect(new Set(digests).size).toBe(digests.length)
    expect(chain(["user", "a"], ["user", "b"])).toBe(prefixDigest(sha256, chain(["user", "a"]), "user", "b"))
  })

  it("tells fields apart that run together", () => {
    expect(prefixDigest(sha256, scope, "user", "a\n1:b")).not.toBe(prefixDigest(sha256, scope, "user\n1:b", "a"))
    expect(
      scopeDigest(sha256, [
        ["a", "b"],
        ["c", "d"]
      ])
    ).not.toBe(
      scopeDigest(sha256, [
        ["a", "b\nc"],
        ["", "d"]
      ])
    )
    expect(scopeDigest(sha256, [["ab", "c"]])).not.toBe(scopeDigest(sha256, [["a", "bc"]]))
  })
})

import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { chainDigest, type Digest, type HashParts, refFrom, refOf } from "../../src/domain/digest.ts"

const hash: HashParts = (parts) => {
  const state = createHash("sha256")
  for (const part of parts) state.update(part)
  return state.digest("hex") as Digest
}
const sha256 = (text: string): Digest => hash([text])

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

describe("a chain of digests", () => {
  const chain = (...blocks: ReadonlyArray<ReadonlyArray<string>>): string =>
    blocks.reduce<string>((before, fields) => chainDigest(hash, before, fields), "scope")

  it("differs with the scope, the fields and the order", () => {
    const digests = [
      chain(["user", "a"]),
      chain(["assistant", "a"]),
      chain(["user", "b"]),
      chain(["user", "a"], ["user", "b"]),
      chain(["user", "b"], ["user", "a"]),
      chainDigest(hash, "other scope", ["user", "a"])
    ]
    expect(new Set(digests).size).toBe(digests.length)
  })

  it("tells fields apart that run together", () => {
    expect(chain(["user", "a\n1:b"])).not.toBe(chain(["user\n1:b", "a"]))
    expect(chain(["ab", "c"])).not.toBe(chain(["a", "bc"]))
    expect(chain(["a"], ["b"])).not.toBe(chain(["a", "b"]))
  })

  it("takes bytes as it takes the text that they spell", () => {
    expect(chainDigest(hash, "", [new TextEncoder().encode("ab")])).toBe(chainDigest(hash, "", ["ab"]))
  })
})

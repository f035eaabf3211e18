/** What an original is made of, for every layer alike: its bytes, their digest, its text and the words it is found by. */
import { createHash } from "node:crypto"
import type { Digest } from "../../domain/digest.ts"

/** The digest of bytes; a parameter of the layers, so that a test can make two originals share a ref. */
export type ByteHash = (bytes: Uint8Array) => Digest

export const sha256: ByteHash = (bytes) => createHash("sha256").update(bytes).digest("hex") as Digest

/** The UTF-8 bytes of a text, or undefined where they would not give it back; bytes are copied, for their owner may reuse them. */
export const bytesOf = (original: string | Uint8Array): Uint8Array | undefined => {
  if (typeof original !== "string") return Uint8Array.from(original)
  return /\p{Surrogate}/u.test(original) ? undefined : Buffer.from(original, "utf8")
}

/** The text of bytes; what is no valid UTF-8 in them becomes U+FFFD, a byte-order mark stays. */
export const textOfBytes = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")

/** Letters and digits in a row, in lower case. */
export const wordsOf = (text: string): ReadonlyArray<string> => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

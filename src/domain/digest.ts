/**
 * What is digested, and the short names made of it; the hash itself is passed in, because SHA-256 in plain JavaScript is 25 times
 * slower than the platform's.
 */

/** A lower-case hex SHA-256. */
export type Digest = string & { readonly Digest: unique symbol }

/** The first digits of an original's digest: 12, longer where two originals share them. */
export type Ref = string & { readonly Ref: unique symbol }

export const REF_DIGITS = 12

/** A ref as a user or model may write it, or undefined: 12 to 64 hex digits, in either case. */
export const refFrom = (text: string): Ref | undefined => {
  const lower = text.toLowerCase()
  return /^[0-9a-f]{12,64}$/.test(lower) ? (lower as Ref) : undefined
}

/** The ref of a digest, long enough to differ from each of `others`. */
export const refOf = (digest: Digest, others: ReadonlyArray<Digest> = []): Ref => {
  let digits = REF_DIGITS
  while (others.some((other) => other !== digest && other.startsWith(digest.slice(0, digits)))) digits++
  return digest.slice(0, digits) as Ref
}

/** The digest of parts, one after another; texts by their UTF-8 bytes. */
export type HashParts = (parts: ReadonlyArray<string | Uint8Array>) => Digest

/**
 * The digest of fields, each with its length before it, so that no two lists of fields run together.
 *
 * It chains: a request up to and with one block is digested from the digest of what stands before it, the scope (credential and request
 * fields that move what the model sees) being the first. This is what a pin is keyed by.
 */
export const chainDigest = (hash: HashParts, before: string, fields: ReadonlyArray<string | Uint8Array>): Digest =>
  hash([`${before}\n`, ...fields.flatMap((field) => [`${field.length}:`, field])])

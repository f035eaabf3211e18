/**
 * What is digested, and the short names made of it; the hash itself is passed in, because SHA-256 in plain JavaScript is 25 times
 * slower than the platform's.
 */

/** Lower-case hex SHA-256 of the UTF-8 bytes of the text. */
export type Hash = (text: string) => Digest

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

/**
 * The digest of a request up to and with one block: what a pin is keyed by.
 *
 * `scope` holds the credential's scope and the request fields that move the model's window; the first block's `before` is its digest.
 * Fields are length-prefixed, so no two lists of fields run together.
 */
export const prefixDigest = (hash: Hash, before: Digest, role: string, block: string): Digest =>
  hash(`${before}\n${role.length}:${role}\n${block.length}:${block}`)

export const scopeDigest = (hash: Hash, fields: ReadonlyArray<readonly [string, string]>): Digest =>
  hash(fields.map(([name, value]) => `${name.length}:${name}=${value.length}:${value}`).join("\n"))

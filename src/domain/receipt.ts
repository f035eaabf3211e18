/**
 * The store's word that an original is durably kept, because a marker may be printed for kept text only.
 *
 * `grantReceipt` is for the layers of the originals port alone; the boundary test keeps everyone else from importing it.
 */
import type { Digest, Ref } from "./digest.ts"

declare const granted: unique symbol

export interface Receipt {
  readonly [granted]: true
  readonly ref: Ref
  readonly digest: Digest
}

export const grantReceipt = (ref: Ref, digest: Digest): Receipt => ({ ref, digest }) as Receipt

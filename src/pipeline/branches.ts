/**
 * What a proxy remembers of the requests that it has seen: how far each conversation was read, and what its slots were sent as.
 *
 * Nothing here is needed to be right, only to be quick: what is forgotten is read again, and asked of the store again.
 */
import type { Prompt } from "../domain/cache-aligner.ts"
import type { Digest } from "../domain/digest.ts"
import { type SameBytes, sharedTurns, type Turn } from "../wire/transcript.ts"

/** The last request of a conversation, or of one of its forks. */
export interface Branch {
  readonly shape: string
  readonly scope: Digest
  /** The bytes of the conversation, from the list's opening bracket on. */
  readonly list: Uint8Array
  readonly turns: ReadonlyArray<Turn>
  readonly prompt: Prompt
  /** How many of the turns the engine remembers as shown, in the epoch. */
  readonly shown: number
  readonly epoch: Digest | undefined
  /** Of how many turns it is known whether an epoch was born with them. */
  readonly known: number
  /** When the request came, in milliseconds since 1970. */
  readonly at: number
}

/** The branch whose beginning a list repeats, and how many of its turns. */
export interface Shared {
  readonly branch: Branch
  readonly count: number
}

/** What a slot was sent as. */
export interface Sent {
  /** The JSON value that stands for it; undefined where it was left. */
  readonly value: Uint8Array | undefined
  /** The text in it. */
  readonly text: string | undefined
  readonly tokensBefore: number
  readonly tokensAfter: number
}

/** A map that forgets what was used longest ago once its entries weigh too much. */
class Bounded<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #limit: number
  readonly #weigh: (value: V) => number
  #weight = 0

  constructor(limit: number, weigh: (value: V) => number) {
    this.#limit = limit
    this.#weigh = weigh
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  set(key: K, value: V): void {
    this.delete(key)
    this.#entries.set(key, value)
    this.#weight += this.#weigh(value)
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#limit) return
      this.delete(oldest)
    }
  }

  delete(key: K): void {
    const value = this.#entries.get(key)
    if (value === undefined) return
    this.#entries.delete(key)
    this.#weight -= this.#weigh(value)
  }

  values(): Iterable<V> {
    return this.#entries.values()
  }
}

/** An entry's own weight beside its bytes. */
const ENTRY = 200

/** Births that are remembered; what is forgotten is asked of the store again. */
const MAX_BIRTHS = 10_000

export class Branches {
  readonly #same: SameBytes
  readonly #branches: Bounded<Digest, Branch>
  readonly #sent: Bounded<string, Sent>
  readonly #births = new Bounded<Digest, true>(MAX_BIRTHS, () => 1)

  constructor(same: SameBytes, maxBytes: number) {
    this.#same = same
    this.#branches = new Bounded(maxBytes, (branch) => branch.list.length + ENTRY * branch.turns.length)
    this.#sent = new Bounded(maxBytes, (sent) => ENTRY + 2 * (sent.value?.length ?? 0))
  }

  /** Of the branches of one shape, that of which the list repeats most turns; undefined where it repeats none. */
  closest(list: Uint8Array, shape: string): Shared | undefined {
    let best: Shared | undefined
    for (const branch of this.#branches.values()) {
      if (branch.shape !== shape) continue
      const count = sharedTurns(list, branch, this.#same)
      if (count > 0 && (best === undefined || count > best.count)) best = { branch, count }
    }
    return best
  }

  /** Keeps a branch; one that it goes on from is kept no longer. */
  keep(branch: Branch, before: Branch | undefined): void {
    const last = before?.turns.at(-1)
    if (before !== undefined && last !== undefined && branch.turns[before.turns.length - 1]?.digest === last.digest)
      this.#branches.delete(last.digest)
    const key = branch.turns.at(-1)?.digest
    if (key !== undefined) this.#branches.set(key, branch)
  }

  /** What a slot is sent as in an epoch. */
  sent(key: Digest, epoch: Digest | undefined): Sent | undefined {
    return this.#sent.get(`${epoch ?? ""}${key}`)
  }

  send(key: Digest, epoch: Digest | undefined, sent: Sent): void {
    this.#sent.set(`${epoch ?? ""}${key}`, sent)
  }

  /** The births that are known, by their prefixes. */
  get births(): { readonly has: (prefix: Digest) => boolean } {
    return { has: (prefix) => this.#births.get(prefix) !== undefined }
  }

  bear(prefix: Digest): void {
    this.#births.set(prefix, true)
  }
}

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
  /** The bytes of the conversation, from the list's opening bracket on, to behind the last turn at least. */
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

/** Room for what a conversation gains, so that it is not copied whole at every request. */
const ROOM = 1.25

/**
 * The first `end` bytes of a list in a memory of their own: a request's body lives as long as its answer, and one that was kept for longer
 * would be left to the costliest kind of collection. The memory of the request before is used again, of which the first `same` bytes stand.
 */
const kept = (list: Uint8Array, end: number, before: Uint8Array | undefined, same: number): Uint8Array => {
  const memory = before?.buffer
  if (memory === undefined || memory.byteLength < end) {
    const grown = new Uint8Array(Math.ceil(end * ROOM)).subarray(0, end)
    grown.set(list.subarray(0, end))
    return grown
  }
  const bytes = new Uint8Array(memory, 0, end)
  bytes.set(list.subarray(same, end), same)
  return bytes
}

/** Births that are remembered; what is forgotten is asked of the store again. */
const MAX_BIRTHS = 10_000

export class Branches {
  readonly #same: SameBytes
  readonly #branches: Bounded<Digest, Branch>
  readonly #sent: Bounded<string, Sent>
  readonly #births = new Bounded<Digest, true>(MAX_BIRTHS, () => 1)

  constructor(same: SameBytes, maxBytes: number) {
    this.#same = same
    this.#branches = new Bounded(maxBytes, (branch) => branch.list.buffer.byteLength + ENTRY * branch.turns.length)
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

  /** Keeps what a request showed; the branch that it goes on from is kept no longer. */
  keep(branch: Branch, shared: Shared | undefined): void {
    const last = branch.turns.at(-1)
    if (last === undefined) return
    const before = this.#continued(branch, shared)
    if (before !== undefined) this.#branches.delete(before.digest)
    const list = kept(branch.list, last.end, before?.list, before?.same ?? 0)
    this.#branches.set(last.digest, { ...branch, list })
  }

  /** The memory of the branch that this one goes on from, unless a request that ran beside it has done so already. */
  #continued(branch: Branch, shared: Shared | undefined) {
    const turns = shared?.branch.turns ?? []
    const digest = turns.at(-1)?.digest
    if (shared === undefined || digest === undefined || branch.turns[turns.length - 1]?.digest !== digest)
      return undefined
    return this.#branches.get(digest) === shared.branch
      ? { digest, list: shared.branch.list, same: turns[shared.count - 1]?.end ?? 0 }
      : undefined
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

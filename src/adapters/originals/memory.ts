/** Originals in memory under a cap in bytes, for a library call, for tests, and where no file can be had; gone with the process. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Digest, REF_DIGITS, type Ref, refOf } from "../../domain/digest.ts"
import { grantReceipt, type Receipt } from "../../domain/receipt.ts"
import {
  type Batch,
  type Collected,
  type CollectLimits,
  type Found,
  type Kept,
  Originals,
  OriginalsError,
  type OutcomeRow,
  type OutcomeTotal,
  type Pin,
  type PinKey,
  type Session
} from "../../pipeline/ports/originals.ts"
import { type ByteHash, bytesOf, sha256, textOfBytes, wordsOf } from "./content.ts"
import { hourOf } from "./ledger.ts"

export interface MemoryOptions {
  /** Bytes of originals and pins together; 256 MB. */
  readonly maxBytes?: number
  /** A session is alive for so long after its last sighting, and nothing of it makes room for others; an hour. */
  readonly liveMs?: number
  readonly hash?: ByteHash
}

interface Entry {
  readonly bytes: number
  readonly sessions: Set<string>
  seenAt: number
}
interface Original extends Entry {
  readonly digest: Digest
  readonly ref: Ref
  readonly content: Uint8Array
}
interface KeptPin extends Entry {
  readonly pin: Pin
  readonly original: Ref | undefined
}

const keyOf = (key: PinKey): string => `${key.prefix}${key.epoch}`

const sum = (entries: Iterable<Entry>): number => {
  let bytes = 0
  for (const entry of entries) bytes += entry.bytes
  return bytes
}

class Memory {
  private readonly originals = new Map<Digest, Original>()
  /** Digests by their first digits. */
  private readonly shared = new Map<string, Array<Digest>>()
  private readonly pins = new Map<string, KeptPin>()
  private readonly sessions = new Map<string, { readonly project: string; seenAt: number }>()
  private readonly ledger = new Map<string, OutcomeRow & { readonly count: number }>()
  private bytes = 0
  private readonly maxBytes: number
  private readonly liveMs: number
  private readonly hash: ByteHash

  constructor(options: MemoryOptions) {
    this.maxBytes = options.maxBytes ?? 256_000_000
    this.liveMs = options.liveMs ?? 3_600_000
    this.hash = options.hash ?? sha256
  }

  keep(batch: Batch, now: number): Kept | "full" | "ill-formed" {
    const fresh = new Map<Digest, Original>()
    const receipts: Array<Receipt> = []
    const kept: Array<Original> = []
    for (const original of batch.originals) {
      const content = bytesOf(original)
      if (content === undefined) return "ill-formed"
      const digest = this.hash(content)
      const entry = this.originals.get(digest) ?? fresh.get(digest) ?? this.newOriginal(digest, content, fresh, now)
      kept.push(entry)
      receipts.push(grantReceipt(entry.ref, digest))
    }
    const pins = new Map<string, KeptPin>()
    const asked: Array<KeptPin> = []
    for (const { original, ...pin } of batch.pins?.(receipts) ?? []) {
      const text = pin.text === undefined ? new Uint8Array() : bytesOf(pin.text)
      if (text === undefined) return "ill-formed"
      const key = keyOf(pin)
      const entry = this.pins.get(key) ??
        pins.get(key) ?? { pin, original, bytes: text.length + key.length, sessions: new Set(), seenAt: now }
      if (!this.pins.has(key)) pins.set(key, entry)
      asked.push(entry)
    }
    if (!this.makeRoom(sum(fresh.values()) + sum(pins.values()), new Set([...kept, ...asked]), now)) return "full"
    for (const [digest, original] of fresh) {
      this.originals.set(digest, original)
      const prefix = digest.slice(0, REF_DIGITS)
      this.shared.set(prefix, [...(this.shared.get(prefix) ?? []), digest])
    }
    for (const [key, pin] of pins) this.pins.set(key, pin)
    this.bytes += sum(fresh.values()) + sum(pins.values())
    this.touch([...kept, ...asked], batch.session, now)
    return { receipts, pins: asked.map((entry) => entry.pin) }
  }

  find(ref: Ref): Found {
    const fitting = (this.shared.get(ref.slice(0, REF_DIGITS)) ?? []).filter((digest) => digest.startsWith(ref))
    const originals = fitting.flatMap((digest) => this.originals.get(digest) ?? [])
    const [found, ...others] = originals.filter((original) => original.ref === ref || originals.length === 1)
    if (found === undefined || others.length > 0) {
      return originals.length === 0
        ? { _tag: "Unknown" }
        : { _tag: "Ambiguous", refs: originals.map((original) => original.ref) }
    }
    const bytes = Uint8Array.from(found.content)
    return { _tag: "Found", ref: found.ref, digest: found.digest, bytes, text: textOfBytes(bytes) }
  }

  search(query: string, limit: number): ReadonlyArray<Ref> {
    const words = [...new Set(wordsOf(query))]
    if (words.length === 0) return []
    const scored: Array<readonly [score: number, ref: Ref]> = []
    for (const original of this.originals.values()) {
      const counts = new Map<string, number>()
      for (const word of wordsOf(textOfBytes(original.content))) counts.set(word, (counts.get(word) ?? 0) + 1)
      if (!words.every((word) => counts.has(word))) continue
      scored.push([words.reduce((score, word) => score + Math.log1p(counts.get(word) ?? 0), 0), original.ref])
    }
    return scored
      .sort((a, b) => b[0] - a[0])
      .slice(0, limit)
      .map(([, ref]) => ref)
  }

  pinned(keys: ReadonlyArray<PinKey>): ReadonlyArray<Pin | undefined> {
    return keys.map((key) => this.pins.get(keyOf(key))?.pin)
  }

  viewOf(ref: Ref): string | undefined {
    return [...this.pins.values()].findLast((kept) => kept.original === ref)?.pin.text
  }

  sight(refs: ReadonlyArray<Ref>, session: Session | undefined, now: number): void {
    const found = refs
      .map((ref) => this.find(ref))
      .flatMap((each) => (each._tag === "Found" ? (this.originals.get(each.digest) ?? []) : []))
    this.touch(found, session, now)
  }

  collect(limits: CollectLimits, now: number): Collected {
    const gone = { originals: 0, pins: 0, bytes: 0 }
    for (const [key, entry, isPin] of this.spare(limits.liveMs, now)) {
      if (entry.seenAt >= now - limits.maxAgeMs && this.bytes <= limits.maxBytes) continue
      this.drop(key, isPin)
      gone.bytes += entry.bytes
      if (isPin) gone.pins++
      else gone.originals++
    }
    const needed = new Set([...this.originals.values(), ...this.pins.values()].flatMap((entry) => [...entry.sessions]))
    const since = now - Math.max(limits.maxAgeMs, limits.liveMs)
    for (const [id, session] of this.sessions) if (session.seenAt < since && !needed.has(id)) this.sessions.delete(id)
    return gone
  }

  purge(project: string | undefined): Collected {
    const gone = { originals: 0, pins: 0, bytes: 0 }
    const sessions = new Set(
      [...this.sessions].flatMap(([id, session]) => (project === undefined || session.project === project ? [id] : []))
    )
    for (const [entries, isPin] of [
      [this.originals, false],
      [this.pins, true]
    ] as const) {
      for (const [key, entry] of entries as Map<string, Entry>) {
        const had = entry.sessions.size
        for (const id of sessions) entry.sessions.delete(id)
        if (project !== undefined && (had === 0 || entry.sessions.size > 0)) continue
        this.drop(key, isPin)
        gone.bytes += entry.bytes
        if (isPin) gone.pins++
        else gone.originals++
      }
    }
    for (const id of sessions) this.sessions.delete(id)
    for (const [key, row] of this.ledger) if (project === undefined || row.project === project) this.ledger.delete(key)
    return gone
  }

  stats() {
    return {
      originals: this.originals.size,
      pins: this.pins.size,
      sessions: this.sessions.size,
      originalBytes: sum(this.originals.values()),
      storedBytes: this.bytes
    }
  }

  record(rows: ReadonlyArray<OutcomeRow>): void {
    for (const row of rows) {
      const at = hourOf(row.at)
      const key = JSON.stringify([at, row.project, row.kind, row.outcome, row.reason])
      const old = this.ledger.get(key)
      this.ledger.set(key, {
        ...row,
        at,
        count: (old?.count ?? 0) + 1,
        tokensBefore: (old?.tokensBefore ?? 0) + row.tokensBefore,
        tokensAfter: (old?.tokensAfter ?? 0) + row.tokensAfter
      })
    }
  }

  totals(filter: { readonly project?: string; readonly since?: number }): ReadonlyArray<OutcomeTotal> {
    const totals = new Map<string, OutcomeTotal>()
    for (const row of this.ledger.values()) {
      if ((filter.project !== undefined && row.project !== filter.project) || row.at < hourOf(filter.since ?? 0))
        continue
      const key = JSON.stringify([row.kind, row.outcome, row.reason])
      const old = totals.get(key)
      totals.set(key, {
        kind: row.kind,
        outcome: row.outcome,
        reason: row.reason,
        count: row.count + (old?.count ?? 0),
        tokensBefore: row.tokensBefore + (old?.tokensBefore ?? 0),
        tokensAfter: row.tokensAfter + (old?.tokensAfter ?? 0)
      })
    }
    return [...totals.values()].sort((a, b) => b.count - a.count)
  }

  private newOriginal(digest: Digest, content: Uint8Array, fresh: Map<Digest, Original>, now: number): Original {
    const ref = refOf(digest, [...(this.shared.get(digest.slice(0, REF_DIGITS)) ?? []), ...fresh.keys()])
    const original: Original = { digest, ref, content, bytes: content.length, sessions: new Set(), seenAt: now }
    fresh.set(digest, original)
    return original
  }

  private touch(entries: ReadonlyArray<Entry>, session: Session | undefined, now: number): void {
    for (const entry of entries) {
      entry.seenAt = now
      if (session !== undefined) entry.sessions.add(session.id)
    }
    if (session !== undefined) this.sessions.set(session.id, { project: session.project, seenAt: now })
  }

  /** What no live session can ask for, longest unseen first. */
  private spare(liveMs: number, now: number): ReadonlyArray<readonly [key: string, entry: Entry, isPin: boolean]> {
    const since = now - liveMs
    const spare: Array<readonly [string, Entry, boolean]> = []
    for (const [key, entry] of this.originals) spare.push([key, entry, false])
    for (const [key, entry] of this.pins) spare.push([key, entry, true])
    return spare
      .filter(
        ([, entry]) =>
          entry.seenAt < since && ![...entry.sessions].some((id) => (this.sessions.get(id)?.seenAt ?? 0) >= since)
      )
      .sort((a, b) => a[1].seenAt - b[1].seenAt)
  }

  private makeRoom(bytes: number, needed: ReadonlySet<Entry>, now: number): boolean {
    if (this.bytes + bytes <= this.maxBytes) return true
    const spare = this.spare(this.liveMs, now).filter(([, entry]) => !needed.has(entry))
    if (this.bytes + bytes - sum(spare.map(([, entry]) => entry)) > this.maxBytes) return false
    for (const [key, , isPin] of spare) {
      if (this.bytes + bytes <= this.maxBytes) break
      this.drop(key, isPin)
    }
    return true
  }

  private drop(key: string, isPin: boolean): void {
    const entry = isPin ? this.pins.get(key) : this.originals.get(key as Digest)
    if (entry === undefined) return
    this.bytes -= entry.bytes
    if (isPin) {
      this.pins.delete(key)
      return
    }
    this.originals.delete(key as Digest)
    const prefix = key.slice(0, REF_DIGITS)
    const left = (this.shared.get(prefix) ?? []).filter((digest) => digest !== key)
    if (left.length === 0) this.shared.delete(prefix)
    else this.shared.set(prefix, left)
  }
}

export const layerMemory = (options: MemoryOptions = {}): Layer.Layer<Originals> =>
  Layer.sync(Originals, () => {
    const memory = new Memory(options)
    const at = <A>(use: (now: number) => A): Effect.Effect<A> => Effect.map(Clock.currentTimeMillis, use)
    return {
      keep: (batch) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const kept = memory.keep(batch, now)
          return typeof kept === "string"
            ? Effect.fail(new OriginalsError({ operation: "keep", reason: kept }))
            : Effect.succeed(kept)
        }),
      find: (ref) => Effect.sync(() => memory.find(ref)),
      search: (query, limit) => Effect.sync(() => memory.search(query, limit)),
      pinned: (keys) => Effect.sync(() => memory.pinned(keys)),
      viewOf: (ref) => Effect.sync(() => memory.viewOf(ref)),
      sight: (refs, session) => at((now) => memory.sight(refs, session, now)),
      collect: (limits) => at((now) => memory.collect(limits, now)),
      purge: (filter) => Effect.sync(() => memory.purge(filter?.project)),
      stats: Effect.sync(() => memory.stats()),
      record: (rows) => Effect.sync(() => memory.record(rows)),
      totals: (filter) => Effect.sync(() => memory.totals(filter ?? {}))
    }
  })

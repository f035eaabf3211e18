/**
 * Pins over a store that may fail: what it could not keep is owed, known meanwhile, and kept as soon as it can be, so that a store that
 * was away for a while leaves no gap in a conversation.
 */
import * as Effect from "effect/Effect"
import type { Digest, Ref } from "../domain/digest.ts"
import type { Rendering } from "./ports/engine.ts"
import { Originals, type Pin, type PinKey, type Session } from "./ports/originals.ts"

/** The epoch that begins with the conversation. */
const ROOT = "root"
/** Births are pins too, under the prefixes that they are known by. */
const BIRTHS = "birth"

/** Pins that a store may owe, and UTF-16 units of them: the outputs of a long day, after which it is hardly coming back. */
const MAX_OWED = 10_000
const MAX_OWED_LENGTH = 4 << 20

const keyOf = ({ epoch, prefix }: PinKey): string => `${epoch} ${prefix}`

/** The pins of an epoch, which is named by its birth prefix. */
export const pinIn = (epoch: Digest | undefined, prefix: Digest): PinKey => ({ epoch: epoch ?? ROOT, prefix })

export const birthAt = (prefix: Digest): Pin => ({ epoch: BIRTHS, prefix, text: "" })

export interface FoundPins {
  /** By prefix. */
  readonly found: ReadonlyMap<Digest, Rendering>
  /** Of the turns asked for, those at which an epoch was born. */
  readonly births: ReadonlySet<Digest>
  /** False where the store could not be asked. */
  readonly isWhole: boolean
}

export class Pins {
  readonly #owed = new Map<string, Pin>()
  #owedLength = 0

  /** The renderings pinned under the keys in an epoch, and the births among the turns. */
  find(
    keys: ReadonlyArray<Digest>,
    epoch: Digest | undefined,
    turns: ReadonlyArray<Digest>
  ): Effect.Effect<FoundPins, never, Originals> {
    return Effect.gen(this, function* () {
      const originals = yield* Originals
      const wanted = keys.map((prefix) => pinIn(epoch, prefix))
      const owed = wanted.flatMap((key): ReadonlyArray<readonly [Digest, Rendering]> => {
        const pin = this.#owed.get(keyOf(key))
        return pin === undefined ? [] : [[pin.prefix, { text: pin.text }]]
      })
      const asked = [...wanted, ...turns.map((prefix): PinKey => ({ epoch: BIRTHS, prefix }))]
      const pins = yield* Effect.option(originals.pinned(asked))
      if (pins._tag === "None") return { found: new Map(owed), births: new Set<Digest>(), isWhole: false }
      const stored = pins.value.flatMap((pin) => (pin === undefined ? [] : [pin]))
      const renderings = stored.filter((pin) => pin.epoch !== BIRTHS)
      return {
        found: new Map([...owed, ...renderings.map((pin) => [pin.prefix, pin] as const)]),
        births: new Set(stored.filter((pin) => pin.epoch === BIRTHS).map((pin) => pin.prefix)),
        isWhole: true
      }
    })
  }

  /**
   * Pins renderings in an epoch; gives the first one's, which another's may be, and undefined where the store failed. What the first one
   * stands for is kept with it, for whoever wants to compare them. A store that takes these is given what is owed: before that, nobody
   * packs it again and again.
   */
  put(
    pins: ReadonlyArray<readonly [key: Digest, rendering: Rendering]>,
    epoch: Digest | undefined,
    session: Session,
    original?: string
  ): Effect.Effect<(Rendering & { readonly ref: Ref | undefined }) | undefined, never, Originals> {
    return Effect.gen(this, function* () {
      const originals = yield* Originals
      const own = pins.map(([prefix, { text }]): Pin => ({ ...pinIn(epoch, prefix), text }))
      const kept = yield* Effect.option(
        originals.keep({
          originals: original === undefined ? [] : [original],
          pins: ([receipt]) =>
            receipt === undefined ? own : own.map((pin, i) => (i === 0 ? { ...pin, original: receipt.ref } : pin)),
          session
        })
      )
      if (kept._tag === "None") {
        for (const pin of own) this.#owe(pin)
        return undefined
      }
      if (this.#owed.size > 0) yield* this.#settle(session)
      const [first] = kept.value.pins
      return first && { text: first.text, ref: kept.value.receipts[0]?.ref }
    })
  }

  #owe(pin: Pin): void {
    const length = pin.text?.length ?? 0
    if (this.#owed.has(keyOf(pin)) || this.#owed.size >= MAX_OWED || this.#owedLength + length > MAX_OWED_LENGTH) return
    this.#owed.set(keyOf(pin), pin)
    this.#owedLength += length
  }

  /** Keeps what is owed; what the store does not take this time stays owed. */
  #settle(session: Session): Effect.Effect<void, never, Originals> {
    return Effect.gen(this, function* () {
      const originals = yield* Originals
      const owed = [...this.#owed.values()]
      const kept = yield* Effect.option(originals.keep({ originals: [], pins: () => owed, session }))
      if (kept._tag === "None") return
      for (const pin of owed) if (this.#owed.delete(keyOf(pin))) this.#owedLength -= pin.text?.length ?? 0
    })
  }
}

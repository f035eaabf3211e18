/**
 * Pins over a store that may fail: what it could not keep is owed, known meanwhile, and kept as soon as it can be, so that a store that
 * was away for a while leaves no gap in a conversation.
 */
import * as Effect from "effect/Effect"
import type { Digest, Ref } from "../domain/digest.ts"
import type { Rendering } from "./ports/engine.ts"
import { Originals, type Pin, type Session } from "./ports/originals.ts"

/** Every rendering belongs to an epoch; the root one begins with the conversation. */
const ROOT = "root"

/** Pins that a store may owe: of so many requests that it is hardly coming back. */
const MAX_OWED = 10_000

export class Pins {
  readonly #owed = new Map<Digest, Rendering>()

  /** The renderings pinned under the keys; `isWhole` is false where the store could not be asked. */
  find(
    keys: ReadonlyArray<Digest>
  ): Effect.Effect<{ readonly found: ReadonlyMap<Digest, Rendering>; readonly isWhole: boolean }, never, Originals> {
    return Effect.gen(this, function* () {
      const originals = yield* Originals
      const owed = keys.flatMap((key) => {
        const rendering = this.#owed.get(key)
        return rendering === undefined ? [] : [[key, rendering] as const]
      })
      const pins = yield* Effect.option(originals.pinned(keys.map((prefix) => ({ epoch: ROOT, prefix }))))
      if (pins._tag === "None") return { found: new Map(owed), isWhole: false }
      const stored = pins.value.flatMap((pin) => (pin === undefined ? [] : [[pin.prefix, pin] as const]))
      return { found: new Map([...owed, ...stored]), isWhole: true }
    })
  }

  /**
   * Pins renderings, with what is owed; gives the first one's, which another's may be, and undefined where the store failed. What the
   * first one stands for is kept with it, for whoever wants to compare them.
   */
  put(
    pins: ReadonlyArray<readonly [key: Digest, rendering: Rendering]>,
    session: Session,
    original?: string
  ): Effect.Effect<(Rendering & { readonly ref: Ref | undefined }) | undefined, never, Originals> {
    return Effect.gen(this, function* () {
      const originals = yield* Originals
      const all = [...pins, ...this.#owed].map(([prefix, { text }]): Pin => ({ epoch: ROOT, prefix, text }))
      const kept = yield* Effect.option(
        originals.keep({
          originals: original === undefined ? [] : [original],
          pins: ([receipt]) =>
            receipt === undefined ? all : all.map((pin, i) => (i === 0 ? { ...pin, original: receipt.ref } : pin)),
          session
        })
      )
      if (kept._tag === "Some") {
        this.#owed.clear()
        const [first] = kept.value.pins
        return first && { text: first.text, ref: kept.value.receipts[0]?.ref }
      }
      for (const [key, rendering] of pins) if (this.#owed.size < MAX_OWED) this.#owed.set(key, rendering)
      return undefined
    })
  }
}

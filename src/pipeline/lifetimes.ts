/**
 * How long a conversation's cache is asked to live: decided at its first request, pinned, and kept as long as it goes on, for a lifetime
 * that changed on the way would have the provider write again what it holds.
 *
 * Only where the user asked for it. The marks of sub-agents and of subscriptions stay as their client wrote them, and so do those of a
 * conversation that was under way before, or whose choice cannot be kept.
 */
import * as Effect from "effect/Effect"
import type { CallMoment, Ttl } from "../domain/cache-lifetime.ts"
import { cheapestLifetime, coursesOf, LIFETIME_OF, TTL_MS } from "../domain/cache-lifetime.ts"
import { chainDigest, type Digest, type HashParts } from "../domain/digest.ts"
import { lasting, type Marks } from "../wire/cache-marks.ts"
import type { Splice } from "../wire/json-spans.ts"
import { Originals, type Pin, type Session } from "./ports/originals.ts"
import type { Conversation } from "./read-request.ts"

/** What is asked for; auto: what the user's own pauses would have made cheapest. */
export type TtlChoice = Ttl | "auto"

export interface LifetimeOptions {
  readonly choice: TtlChoice
  readonly hash: HashParts
  /** The user's latest calls in a project. */
  readonly callsIn: (project: string) => Effect.Effect<ReadonlyArray<CallMoment>>
}

/** The edits of a request's marks, and how long they ask the cache to live. */
export interface Lasting {
  readonly splices: ReadonlyArray<Splice>
  readonly cacheMs: number
}

const AS_WRITTEN = ""
type Decision = Ttl | typeof AS_WRITTEN

const decisionIn = (text: string | undefined): Decision => (text === "5m" || text === "1h" ? text : AS_WRITTEN)

/** Pins of decisions stand beside those of epochs, under a name that no epoch has. */
const EPOCH = "lifetime"

/** Conversations that are remembered; what is forgotten is asked of the store again. */
const MAX_KNOWN = 10_000

/** Sets an entry of a map that forgets the first that came, once it is full. */
export const remember = <K, V>(map: Map<K, V>, key: K, value: V): void => {
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > MAX_KNOWN && oldest !== undefined) map.delete(oldest)
}

export class Lifetimes {
  readonly #options: LifetimeOptions
  readonly #known = new Map<Digest, Decision>()

  constructor(options: LifetimeOptions) {
    this.#options = options
  }

  /** What becomes of the request's marks; undefined where they stay as they are. */
  marksOf(
    conversation: Conversation,
    body: Uint8Array,
    marks: Marks,
    isMain: boolean,
    session: Session
  ): Effect.Effect<Lasting | undefined, never, Originals> {
    return Effect.gen(this, function* () {
      const { scope, turns } = conversation
      const first = turns[0]?.digest
      const own = marks.ttl
      if (first === undefined || own === undefined) return undefined
      const key = chainDigest(this.#options.hash, scope, [EPOCH, first])
      const isUnderWay = turns.some((turn) => turn.isAssistant)
      const decision =
        this.#known.get(key) ?? (yield* this.#decide(key, isMain && !isUnderWay ? own : undefined, session))
      if (decision === undefined || decision === AS_WRITTEN) return undefined
      return { splices: lasting(body, marks, decision), cacheMs: TTL_MS[decision] }
    })
  }

  /** Leaves a conversation's marks as they are from now on: its provider did not take them otherwise. */
  leave({ scope, turns }: Conversation): void {
    const first = turns[0]?.digest
    if (first !== undefined) remember(this.#known, chainDigest(this.#options.hash, scope, [EPOCH, first]), AS_WRITTEN)
  }

  /**
   * The decision that stands, or is made here for a client's own marks, where they may be changed; undefined where the store cannot tell.
   */
  #decide(key: Digest, own: Ttl | undefined, session: Session): Effect.Effect<Decision | undefined, never, Originals> {
    return Effect.gen(this, function* () {
      const originals = yield* Originals
      const place = { epoch: EPOCH, prefix: key }
      const found = yield* Effect.option(originals.pinned([place]))
      if (found._tag === "None") return undefined
      const [pinned] = found.value
      if (pinned !== undefined) return this.#keep(key, decisionIn(pinned.text))
      const chosen = own === undefined ? AS_WRITTEN : yield* this.#choose(own, session.project)
      const pin: Pin = { ...place, text: chosen }
      const kept = yield* Effect.option(originals.keep({ originals: [], pins: () => [pin], session }))
      // what cannot be kept would be chosen anew by whoever comes next
      return this.#keep(key, kept._tag === "None" ? AS_WRITTEN : decisionIn(kept.value.pins[0]?.text))
    })
  }

  #keep(key: Digest, decision: Decision): Decision {
    remember(this.#known, key, decision)
    return decision
  }

  #choose(own: Ttl, project: string): Effect.Effect<Decision> {
    const { callsIn, choice } = this.#options
    if (choice !== "auto") return Effect.succeed(choice)
    const other = own === "5m" ? "1h" : "5m"
    return Effect.map(callsIn(project), (calls) =>
      cheapestLifetime(coursesOf(calls), [LIFETIME_OF[own], LIFETIME_OF[other]]) === LIFETIME_OF[own]
        ? AS_WRITTEN
        : other
    )
  }
}

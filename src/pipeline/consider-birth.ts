/**
 * Considers, for a request that is settled, whether an epoch is born with it: at once where the provider's cache is cold, for then
 * the request waits for the provider anyway; behind it where the cache is warm, for requests that follow.
 */
import * as Effect from "effect/Effect"
import type { Fading } from "../compressors/fade/rules.ts"
import type { Digest } from "../domain/digest.ts"
import { CACHE_MS } from "../domain/economics.ts"
import { momentOf, type Occasion } from "../domain/epoch.ts"
import type { Treatments } from "../domain/policy.ts"
import type { Branches, Sent } from "./branches.ts"
import { Engine, type FadeJob, type FadeResult, type JobBlock } from "./ports/engine.ts"
import type { Session } from "./ports/originals.ts"
import type { Conversation } from "./read-request.ts"
import { jobBlocks, sentAs, type Settlement } from "./settlement.ts"

export interface Considering {
  readonly strength: Exclude<Fading, "off">
  readonly treatments: Treatments | undefined
  readonly session: Session
  /** Milliseconds since 1970. */
  readonly now: number
  readonly lastAt: LastAt | undefined
}

/** When a conversation's last request came, by another process too. */
export type LastAt = (conversation: string) => Effect.Effect<number | undefined>

/** What a request may be held up for where its prompt must be processed anew anyway, and what planning behind a request may take. */
const COLD_MS = 2_000
const WARM_MS = 10_000

/** The moment of the request; undefined where it is none for a birth. */
const momentIn = (
  { turns, facts }: Conversation,
  epoch: Digest | undefined,
  idleMs: number | undefined
): Occasion | undefined => {
  const born = epoch === undefined ? -1 : turns.findIndex((turn) => turn.digest === epoch)
  const callsFrom = (from: number): number => turns.slice(from).filter((turn) => turn.isAssistant).length
  return momentOf({
    calls: callsFrom(0),
    sinceBirth: callsFrom(born + 1),
    idleMs,
    lifetimeMs: facts.cacheMs ?? CACHE_MS
  })
}

/** The conversation with all that is known of it, its offer too: an epoch is pinned as a whole. */
const blocksOf = (conversation: Conversation, { sent }: Settlement): ReadonlyArray<JobBlock> => {
  const { offer } = conversation
  const known = offer === undefined ? undefined : sent.get(offer.key)
  const offered: ReadonlyArray<JobBlock> =
    offer === undefined || known === undefined
      ? []
      : [{ _tag: "Offer", at: { key: offer.key, known: { text: known.text }, isSent: true }, text: "system" }]
  return [...offered, ...jobBlocks(conversation, 0, sent)]
}

/** The settlement in the epoch that was born; what it sends is remembered before its birth is. */
const bornInto = (
  conversation: Conversation,
  branches: Branches,
  settlement: Settlement,
  birth: Digest,
  { slots }: Extract<FadeResult, { readonly _tag: "Born" }>
): Settlement => {
  const places = new Map(conversation.turns.flatMap((turn) => turn.slots.map((place) => [place.key, place] as const)))
  const sent = new Map<Digest, Sent>()
  for (const slot of slots) {
    const before = settlement.sent.get(slot.key)
    const as =
      before !== undefined && before.text === slot.text
        ? before
        : { ...sentAs(conversation, places.get(slot.key), "", slot), tokensBefore: before?.tokensBefore ?? 0 }
    sent.set(slot.key, as)
    branches.send(slot.key, birth, as)
  }
  branches.bear(birth)
  const faded = slots.flatMap(({ record }) => (record === undefined ? [] : [record]))
  const records = [...settlement.records, ...faded]
  return { ...settlement, sent, records, epoch: birth, shown: 0 }
}

/** The settlement as the request is to be sent. */
export const considerBirth = (
  conversation: Conversation,
  branches: Branches,
  settlement: Settlement,
  { strength, treatments, session, now, lastAt }: Considering
): Effect.Effect<Settlement, never, Engine> =>
  Effect.gen(function* () {
    const birth = conversation.turns.findLast((turn) => turn.isAssistant)?.digest
    if (birth === undefined || birth === settlement.epoch) return settlement
    const before = conversation.shared?.branch.at ?? (lastAt === undefined ? undefined : yield* lastAt(session.id))
    const idleMs = before === undefined ? undefined : now - Math.max(before, conversation.warmedAt ?? 0)
    const moment = momentIn(conversation, settlement.epoch, idleMs)
    if (moment === undefined) return settlement
    const { isCold } = moment
    const engine = yield* Engine
    const job: FadeJob = {
      blocks: blocksOf(conversation, settlement),
      birth,
      strength,
      moment,
      session,
      deadline: now + (isCold ? COLD_MS : WARM_MS),
      ...(settlement.epoch === undefined ? {} : { epoch: settlement.epoch }),
      ...(treatments === undefined ? {} : { treatments })
    }
    const born = Effect.map(engine.fade(job), (result) =>
      result._tag === "Born" ? bornInto(conversation, branches, settlement, birth, result) : settlement
    ).pipe(Effect.catchAllCause(() => Effect.succeed(settlement)))
    if (isCold) return yield* born
    yield* Effect.forkDaemon(born)
    return settlement
  })

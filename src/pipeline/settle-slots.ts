/**
 * Settles the slots of a proxy's requests: what is pinned is replayed, what the model has read before stays as it was read, what is new is
 * decided, kept and pinned, oldest first, one by one.
 *
 * One by one, because a later slot may point at what an earlier one shows, and another process may have pinned that first. What a
 * conversation shows so far is remembered between jobs; a job that it is not remembered for brings it along.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Digest } from "../domain/digest.ts"
import type { Slot } from "../domain/document.ts"
import { epochOf } from "../domain/epoch.ts"
import type { SlotRecord } from "../domain/exchange.ts"
import {
  addPrinted,
  addShown,
  asking,
  decisionFor,
  nothingSeen,
  reportOf,
  type Seen,
  type Settings,
  settingsOf,
  settle
} from "./compress-document.ts"
import {
  Engine,
  type Job,
  type JobBlock,
  type JobPlace,
  type JobResult,
  type Rendering,
  type SettledSlot,
  unknownIn
} from "./ports/engine.ts"
import { Originals } from "./ports/originals.ts"
import { fadeJob } from "./fade-job.ts"
import { Pins } from "./pins.ts"

/** Conversations whose lines are remembered: one of 500 kB takes about 10 MB. */
const MAX_REMEMBERED = 12

/** What jobs have shown, by the digest of the last block; the longest unused is forgotten first. */
class Memory {
  readonly #seen = new Map<string, Seen>()

  /** Takes out what is remembered: it will be added to, and is then another's. */
  take(key: string): Seen | undefined {
    const seen = this.#seen.get(key)
    this.#seen.delete(key)
    return seen
  }

  put(key: string, seen: Seen): void {
    this.#seen.delete(key)
    this.#seen.set(key, seen)
    const [oldest] = this.#seen.keys()
    if (this.#seen.size > MAX_REMEMBERED && oldest !== undefined) this.#seen.delete(oldest)
  }
}

type Offer = Extract<JobBlock, { readonly _tag: "Offer" }>

interface Fresh {
  readonly rendering: Rendering
  readonly record: SlotRecord
}

/** Decides a slot and keeps the original of what it hides; an empty rendering is none, for providers refuse empty blocks. */
const decideSlot = (slot: Slot<JobPlace>, seen: Seen, settings: Settings): Effect.Effect<Fresh, never, Originals> =>
  Effect.gen(function* () {
    const decision = decisionFor(slot, 0, seen.shown, asking(slot, seen, settings))
    const settled = yield* settle(decision, slot.text, settings)
    const report = reportOf(decision, settled)
    const text = settled.view?.text === "" ? undefined : settled.view?.text
    return {
      rendering: { text },
      record: {
        kind: report.kind,
        tool: slot.call?.tool,
        outcome: report.outcome,
        reason: report.reason,
        ref: report.ref,
        tokensBefore: report.tokensBefore,
        tokensAfter: text === undefined ? report.tokensBefore : report.tokensAfter
      }
    }
  })

const leftAs = (slot: Slot<JobPlace>, reason: SlotRecord["reason"]): Fresh => ({
  rendering: { text: undefined },
  record: {
    kind: "text",
    tool: slot.call?.tool,
    outcome: "Unchanged",
    reason,
    ref: undefined,
    // Its tokens are counted by whoever sends it.
    tokensBefore: 0,
    tokensAfter: 0
  }
})

/** What an epoch shows is remembered apart. */
const placeOf = (epoch: Digest | undefined, digest: Digest): string => `${epoch ?? ""}${digest}`

const settleJob = (job: Job, memory: Memory, kept: Pins): Effect.Effect<JobResult, never, Originals> =>
  Effect.gen(function* () {
    const { found, births, isWhole } = yield* kept.find(unknownIn(job), job.epoch, job.turns ?? [])
    const born = epochOf(job.turns ?? [], births)
    if (born !== undefined && born !== job.epoch) return { _tag: "Elsewhere", epoch: born }
    let seen = job.from === undefined ? nothingSeen() : memory.take(placeOf(job.epoch, job.from))
    if (seen === undefined) return { _tag: "Forgotten" }
    const passedOver = new Set<string>()
    const settings = settingsOf(
      {
        mode: job.mode,
        session: job.session.id,
        project: job.session.project,
        ...(job.treatments === undefined ? {} : { treatments: job.treatments })
      },
      job.isDry,
      true
    )
    if (!isWhole) passedOver.add("store")

    /** New slots are decided; where no pin can be read, what was sent may have been a rendering, and is rendered again as it was. */
    const freshOf = (slot: Slot<JobPlace>, before: Seen): Effect.Effect<Fresh, never, Originals> =>
      Effect.gen(function* () {
        if (slot.at.isSent && isWhole) return leftAs(slot, "sent")
        if ((yield* Clock.currentTimeMillis) > job.deadline) {
          passedOver.add("deadline")
          return leftAs(slot, "deadline")
        }
        return yield* decideSlot(slot, before, settings)
      }).pipe(
        Effect.catchAllDefect(() => {
          passedOver.add("bug")
          return Effect.succeed(leftAs(slot, "not-proven"))
        })
      )

    /** What is offered is taken before anything was sent, or never. */
    const takeOffer = ({ at, text }: Offer): Effect.Effect<Rendering, never, Originals> => {
      const fresh: Rendering = { text: at.isSent && isWhole ? undefined : text }
      return job.isDry
        ? Effect.succeed(fresh)
        : Effect.map(kept.put([[at.key, fresh]], job.epoch, job.session), (first) => first ?? fresh)
    }

    const slots: Array<SettledSlot> = []
    for (const block of job.blocks) {
      if (block._tag === "Forgets") {
        seen = nothingSeen()
        continue
      }
      if (block._tag === "Offer") {
        const { text } = found.get(block.at.key) ?? (yield* takeOffer(block))
        slots.push({ key: block.at.key, text, record: undefined })
        continue
      }
      if (block._tag !== "Slot") {
        addShown(block, seen)
        continue
      }
      let rendering: Rendering | undefined = block.at.known ?? found.get(block.at.key)
      if (block.at.known === undefined && rendering !== undefined) {
        slots.push({ key: block.at.key, text: rendering.text, record: undefined })
      } else if (rendering === undefined) {
        const fresh = yield* freshOf(block, seen)
        const original = fresh.rendering.text === undefined ? [] : ([block.text] as const)
        const first = job.isDry
          ? { ...fresh.rendering, ref: undefined }
          : yield* kept.put([[block.at.key, fresh.rendering]], job.epoch, job.session, ...original)
        if (first === undefined) passedOver.add("store")
        rendering = first ?? fresh.rendering
        const isOurs = rendering.text === fresh.rendering.text
        const record = { ...fresh.record, ref: fresh.record.ref ?? first?.ref }
        slots.push({ key: block.at.key, text: rendering.text, record: isOurs ? record : undefined })
      }
      addPrinted(block, rendering.text ?? block.text, seen)
    }
    if (!job.isDry) memory.put(placeOf(job.epoch, job.to), seen)
    return { _tag: "Settled", slots, passedOver: [...passedOver] }
  })

/** The engine on the thread that asks it. */
export const layerEngine: Layer.Layer<Engine, never, Originals> = Layer.effect(
  Engine,
  Effect.map(Originals, (originals) => {
    const memory = new Memory()
    const kept = new Pins()
    const provided = Effect.provideService(Originals, originals)
    return {
      settle: (job) => provided(settleJob(job, memory, kept)),
      fade: (job) => provided(fadeJob(job)),
      leave: (keys, session, epoch) =>
        provided(
          Effect.asVoid(
            kept.put(
              keys.map((key) => [key, { text: undefined }]),
              epoch,
              session
            )
          )
        )
    }
  })
)

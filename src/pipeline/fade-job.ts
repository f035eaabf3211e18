/**
 * A conversation of the proxy, considered for an epoch: what each slot is sent as is known, so the plan is made of that alone, and the whole
 * epoch is pinned with its birth in one transaction.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Account } from "../compressors/fade/account.ts"
import type { Digest, Ref } from "../domain/digest.ts"
import type { Block } from "../domain/document.ts"
import { estimateTokens } from "../domain/tokens.ts"
import { settingsOf } from "./compress-document.ts"
import { carryOut, type Entry, planFading } from "./fade-history.ts"
import { birthAt, pinIn } from "./pins.ts"
import type { FadeJob, FadeResult, JobBlock, JobPlace, SettledSlot } from "./ports/engine.ts"
import type { Originals, Pin } from "./ports/originals.ts"

const STILL: FadeResult = { _tag: "Still" }

/** What the model sees of the blocks, each with what it is sent as. */
const historyOf = (blocks: ReadonlyArray<JobBlock>): ReadonlyArray<Entry<JobPlace>> => {
  const from = blocks.findLastIndex((block) => block._tag === "Forgets")
  return blocks.slice(from + 1).flatMap((block): ReadonlyArray<Entry<JobPlace>> => {
    if (block._tag === "Forgets" || block._tag === "Offer") return []
    return [{ block, text: block._tag === "Slot" ? block.at.known?.text : undefined }]
  })
}

/** Slots and offers that the model sees nothing of any more, or that do not fade: they are as they were. */
const keysIn = (blocks: ReadonlyArray<JobBlock>): ReadonlyArray<JobPlace> =>
  blocks.flatMap((block) => (block._tag === "Slot" || block._tag === "Offer" ? [block.at] : []))

const keyOf = (block: Block<JobPlace> | undefined): Digest | undefined =>
  block?._tag === "Slot" ? block.at.key : undefined

const fade = (job: FadeJob): Effect.Effect<FadeResult, never, Originals> =>
  Effect.gen(function* () {
    const { session, treatments } = job
    const settings = settingsOf(
      {
        mode: "offload",
        session: session.id,
        project: session.project,
        ...(treatments === undefined ? {} : { treatments })
      },
      false,
      true
    )
    const history = historyOf(job.blocks)
    const account = new Account()
    for (const { block } of history) account.add(block)
    const plan = planFading(history, account, job.strength, job.moment, settings)
    if (plan === undefined || (yield* Clock.currentTimeMillis) > job.deadline) return STILL

    const refs = new Map<Digest, Ref>()
    const pinsOf = (
      texts: ReadonlyMap<number, string | undefined>,
      given: ReadonlyMap<number, Ref>
    ): ReadonlyArray<Pin> => {
      const changed = new Map<Digest, string | undefined>()
      for (const [index, text] of texts) {
        const key = keyOf(history[index]?.block)
        const ref = given.get(index)
        if (key === undefined) continue
        changed.set(key, text)
        if (ref !== undefined) refs.set(key, ref)
      }
      const all = keysIn(job.blocks).map(({ key, known }): Pin => {
        const original = refs.get(key)
        return {
          ...pinIn(job.birth, key),
          text: changed.has(key) ? changed.get(key) : known?.text,
          ...(original === undefined ? {} : { original })
        }
      })
      return [birthAt(job.birth), ...all]
    }
    const kept = yield* carryOut(plan, settings, pinsOf)
    if (kept === undefined) return STILL
    // Another process may have been first: then its epoch it is.
    const [, ...pins] = kept.pins
    const blocks = new Map(history.flatMap(({ block }) => (block._tag === "Slot" ? [[block.at.key, block]] : [])))
    const changed = new Map(plan.changes.map((change) => [keyOf(history[change.index]?.block), change]))
    const slots = pins.map(({ prefix, text }): SettledSlot => {
      const block = blocks.get(prefix)
      if (block === undefined || !changed.has(prefix)) return { key: prefix, text, record: undefined }
      return {
        key: prefix,
        text,
        record: {
          kind: "faded",
          tool: block.call?.tool,
          outcome: refs.has(prefix) ? "Offloaded" : "Visible",
          reason: undefined,
          ref: refs.get(prefix),
          tokensBefore: estimateTokens(block.at.known?.text ?? block.text),
          tokensAfter: estimateTokens(text ?? block.text)
        }
      }
    })
    return { _tag: "Born", slots }
  })

/** A bug of ours leaves the conversation in its epoch. */
export const fadeJob = (job: FadeJob): Effect.Effect<FadeResult, never, Originals> =>
  Effect.catchAllDefect(fade(job), () => Effect.succeed(STILL))

/**
 * What a request's slots are sent as: those known as before, the others as the engine settles them.
 *
 * The engine remembers what a conversation shows; it is told of what came since alone, and of everything again where it has forgotten.
 */
import * as Effect from "effect/Effect"
import type { Digest } from "../domain/digest.ts"
import { epochOf } from "../domain/epoch.ts"
import type { SlotRecord } from "../domain/exchange.ts"
import { roughTokens } from "../domain/tokens.ts"
import type { Place } from "../wire/transcript.ts"
import { withVanishing } from "../wire/window.ts"
import type { Branches, Sent } from "./branches.ts"
import {
  Engine,
  type EngineError,
  type Job,
  type JobBlock,
  type JobPlace,
  type JobResult,
  type SettledSlot
} from "./ports/engine.ts"
import type { Originals } from "./ports/originals.ts"
import { Pins } from "./pins.ts"
import type { Conversation } from "./read-request.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** What became of a request's slots. */
export interface Settlement {
  readonly sent: ReadonlyMap<Digest, Sent>
  readonly records: ReadonlyArray<SlotRecord>
  readonly passedOver: ReadonlyArray<string>
  /** How many turns the engine remembers as shown. */
  readonly shown: number
  readonly epoch: Digest | undefined
  /** Of how many turns it is known whether an epoch was born with them. */
  readonly known: number
}

/** How many of the conversation's turns the engine remembers in an epoch, by what it remembered for the request before. */
const shownTurns = ({ shared, turns }: Conversation, epoch: Digest | undefined): number => {
  if (shared === undefined || shared.branch.epoch !== epoch) return 0
  const { branch } = shared
  const last = branch.turns[branch.shown - 1]
  return last !== undefined && turns[branch.shown - 1]?.digest === last.digest ? branch.shown : 0
}

/** Of how many turns it is known already whether an epoch was born with them. */
const knownTurns = ({ shared }: Conversation): number =>
  shared === undefined ? 0 : Math.min(shared.count, shared.branch.known)

/** The blocks behind the first `from` turns, each slot with what is known of it. */
export const jobBlocks = (
  conversation: Conversation,
  from: number,
  known: ReadonlyMap<Digest, Sent>
): ReadonlyArray<JobBlock> => {
  const { turns, facts, offer } = conversation
  const lastAnswer = turns.findLastIndex((turn) => turn.isAssistant)
  const offered: ReadonlyArray<JobBlock> =
    offer === undefined || known.has(offer.key)
      ? []
      : [{ _tag: "Offer", at: { key: offer.key, known: undefined, isSent: lastAnswer !== -1 }, text: "system" }]
  const placed = conversation.blocks(from).flatMap((blocks, i): ReadonlyArray<JobBlock> => {
    const forgets: ReadonlyArray<JobBlock> = turns[from + i]?.forgets === true ? [{ _tag: "Forgets" }] : []
    const slots = withVanishing(blocks, facts.window).map((block): JobBlock => {
      if (block._tag !== "Slot") return block
      const { key } = block.at
      const sent = known.get(key)
      const at: JobPlace = { key, known: sent && { text: sent.text }, isSent: from + i < lastAnswer }
      return { ...block, at }
    })
    return [...forgets, ...slots]
  })
  return [...offered, ...placed]
}

/** The value that stands for a text in the place of a slot's old one. */
const valueFor = ({ list, shape }: Conversation, { span }: Place, text: string): Uint8Array => {
  const old: unknown = JSON.parse(decoder.decode(list.subarray(...span)))
  return encoder.encode(JSON.stringify(shape.put(old, text)))
}

/** What is asked of the engine for a request, whatever it remembers. */
type Request = Omit<Job, "from" | "blocks">

interface Answer {
  readonly blocks: ReadonlyArray<JobBlock>
  readonly result: JobResult
}

/** Asks the engine, once more with all blocks where it has forgotten the conversation. */
const ask = (
  conversation: Conversation,
  known: ReadonlyMap<Digest, Sent>,
  request: Request,
  from: number
): Effect.Effect<Answer, EngineError, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine
    const blocks = jobBlocks(conversation, from, known)
    const result = yield* engine.settle({ ...request, from: conversation.turns[from - 1]?.digest, blocks })
    return result._tag === "Forgotten" && from > 0 ? yield* ask(conversation, known, request, 0) : { blocks, result }
  })

/** Where nothing was settled, what is pinned is replayed all the same, by a look into the store from here; the rest is left, and pinned so. */
const leaveAll = (
  conversation: Conversation,
  known: ReadonlyMap<Digest, Sent>,
  keys: ReadonlyArray<Digest>,
  request: Request,
  error: EngineError
): Effect.Effect<Answer, never, Engine | Originals> =>
  Effect.gen(function* () {
    const engine = yield* Engine
    const { found, births } = yield* new Pins().find(keys, request.epoch, request.turns ?? [])
    const born = epochOf(request.turns ?? [], births)
    if (born !== undefined && born !== request.epoch) return { blocks: [], result: { _tag: "Elsewhere", epoch: born } }
    const left = keys.filter((key) => !found.has(key))
    if (!request.isDry && left.length > 0) yield* Effect.forkDaemon(engine.leave(left, request.session, request.epoch))
    const slots = keys.map((key) => ({ key, text: found.get(key)?.text, record: undefined }))
    const passedOver = [error.reason === "overdue" ? "deadline" : error.reason]
    return { blocks: jobBlocks(conversation, 0, known), result: { _tag: "Settled", slots, passedOver } }
  })

/** What a slot is sent as, with its tokens, which the engine counts for what it decides alone. */
export const sentAs = (
  conversation: Conversation,
  place: Place | undefined,
  original: string,
  { text, record }: SettledSlot
): Sent => {
  const value = text === undefined || place === undefined ? undefined : valueFor(conversation, place, text)
  const counted = record?.tokensBefore ?? 0
  const tokensBefore = counted > 0 ? counted : roughTokens(original)
  const tokensAfter = text === undefined ? tokensBefore : (record?.tokensAfter ?? roughTokens(text))
  return { value, text, tokensBefore, tokensAfter }
}

/** The last of the turns at which another process bore an epoch: the store alone knows, and words alone are not worth a job. */
const bornSince = (turns: Conversation["turns"]) => {
  const answers = turns.flatMap((turn) => (turn.isAssistant ? [turn.digest] : []))
  if (answers.length === 0) return Effect.succeed({ born: undefined, isWhole: true })
  return Effect.map(new Pins().find([], undefined, answers), ({ births, isWhole }) => ({
    born: epochOf(answers, births),
    isWhole
  }))
}

type Asking = Omit<Request, "to" | "epoch" | "turns">

/** What the slots are sent as in an epoch, where that is known. */
const knownIn = (keys: ReadonlyArray<Digest>, branches: Branches, epoch: Digest | undefined): Map<Digest, Sent> =>
  new Map(
    keys.flatMap((key) => {
      const sent = branches.sent(key, epoch)
      return sent === undefined ? [] : [[key, sent] as const]
    })
  )

/** Settles the slots that nothing is known of, in the epoch that the conversation is in. */
export const settle = (
  conversation: Conversation,
  branches: Branches,
  asking: Asking
): Effect.Effect<Settlement, never, Engine | Originals> =>
  settleIn(
    conversation,
    branches,
    asking,
    epochOf(
      conversation.turns.map((turn) => turn.digest),
      branches.births
    ),
    knownTurns(conversation)
  )

const settleIn = (
  conversation: Conversation,
  branches: Branches,
  asking: Asking,
  epoch: Digest | undefined,
  known: number
): Effect.Effect<Settlement, never, Engine | Originals> =>
  Effect.gen(function* () {
    const { turns } = conversation
    const bearIn = (born: Digest): Effect.Effect<Settlement, never, Engine | Originals> => {
      branches.bear(born)
      return settleIn(conversation, branches, asking, born, turns.length)
    }
    const shown = shownTurns(conversation, epoch)
    const places = new Map(turns.flatMap((turn) => turn.slots.map((place) => [place.key, place] as const)))
    const keys = [...places.keys(), ...(conversation.offer === undefined ? [] : [conversation.offer.key])]
    const sent = knownIn(keys, branches, epoch)
    const unknown = keys.filter((key) => !sent.has(key))
    const last = turns.at(-1)
    if (unknown.length === 0 || last === undefined) {
      const { born, isWhole } = yield* bornSince(turns.slice(known))
      if (born !== undefined && born !== epoch) return yield* bearIn(born)
      return { sent, records: [], passedOver: [], shown, epoch, known: isWhole ? turns.length : known }
    }

    const request: Request = {
      ...asking,
      ...(epoch === undefined ? {} : { epoch }),
      turns: turns.slice(known).map((turn) => turn.digest),
      to: last.digest
    }
    const isOld = new Set(turns.slice(0, shown).flatMap((turn) => turn.slots.map(({ key }) => key)))
    const from = asking.isDry || unknown.some((key) => isOld.has(key)) ? 0 : shown
    const asked = yield* Effect.either(ask(conversation, sent, request, from))
    const { blocks, result } =
      asked._tag === "Right" ? asked.right : yield* leaveAll(conversation, sent, unknown, request, asked.left)
    if (result._tag === "Forgotten") return { sent, records: [], passedOver: ["lost"], shown: 0, epoch, known }
    if (result._tag === "Elsewhere") return yield* bearIn(result.epoch)

    const originals = new Map(blocks.flatMap((block) => (block._tag === "Slot" ? [[block.at.key, block.text]] : [])))
    const records: Array<SlotRecord> = []
    for (const slot of result.slots) {
      const as = sentAs(conversation, places.get(slot.key), originals.get(slot.key) ?? "", slot)
      sent.set(slot.key, as)
      if (!asking.isDry) branches.send(slot.key, epoch, as)
      const { tokensBefore, tokensAfter } = as
      if (slot.record !== undefined) records.push({ ...slot.record, tokensBefore, tokensAfter })
    }
    const isSettled = asked._tag === "Right"
    const isLookedUp = isSettled && !result.passedOver.includes("store")
    return {
      sent,
      records,
      passedOver: result.passedOver,
      shown: isSettled && !asking.isDry ? turns.length : 0,
      epoch,
      known: isLookedUp ? turns.length : known
    }
  })

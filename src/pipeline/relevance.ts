/**
 * How near the passages of prose come to the question: a model is asked where text will be hidden and there is a question, and nowhere
 * else, for it takes seconds; without a question it chose worse than the words did.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Question, Registry } from "../compressors/decide.ts"
import { type Passage, passagesOf } from "../compressors/prose/passages.ts"
import { salienceOf } from "../compressors/prose/salience.ts"
import { isTalk } from "../compressors/prose/talk.ts"
import { type Unit, unitsOf } from "../compressors/prose/units.ts"
import type { Origin } from "../domain/content.ts"
import type { Digest } from "../domain/digest.ts"
import type { Relevance } from "../domain/relevance.ts"
import { estimateTokens } from "../domain/tokens.ts"
import { Originals, type Session } from "./ports/originals.ts"
import type { ProseModel, ProseModelError } from "./ports/prose-model.ts"

/** Passages that a model is given of one text: 60,000 tokens, a quarter of a minute; of a longer text those that its words speak for. */
const MAX_PASSAGES = 400

/** The passages worth a model's time, in the order of the text. */
const candidates = (
  text: string,
  units: ReadonlyArray<Unit>,
  passages: ReadonlyArray<Passage>,
  question: string
): ReadonlyArray<Passage> => {
  if (passages.length <= MAX_PASSAGES) return passages
  const salience = salienceOf({ text }, units, question)
  const best = passages.map(({ first, end }) =>
    salience.subarray(first, end).reduce((top, one) => Math.max(top, one), -Infinity)
  )
  const chosen = [...passages.keys()]
    .sort((a, b) => (best[b] as number) - (best[a] as number) || a - b)
    .slice(0, MAX_PASSAGES)
    .sort((a, b) => a - b)
  return chosen.map((at) => passages[at] as Passage)
}

interface Span {
  readonly from: number
  readonly to: number
}

const spansOf = (text: string, origin: Origin, question: string): ReadonlyArray<Span> => {
  const units = unitsOf(text, origin === "file")
  const passages = passagesOf(text, units, isTalk(text))
  return candidates(text, units, passages, question).map(({ first, end }) => ({
    from: (units[first] as Unit).start,
    to: (units[end - 1] as Unit).end
  }))
}

const relevanceFrom = (spans: ReadonlyArray<Span>, scores: ReadonlyArray<number>): Relevance =>
  spans.map((span, at) => ({ ...span, score: scores[at] as number }))

/** What the model says of a text. */
export const judge = (
  text: string,
  origin: Origin,
  question: string,
  model: ProseModel["Type"]
): Effect.Effect<Relevance, ProseModelError> =>
  Effect.suspend(() => {
    const spans = spansOf(text, origin, question)
    const passages = spans.map(({ from, to }) => text.slice(from, to).trim())
    return Effect.map(model.relevance(question, passages), (scores) => relevanceFrom(spans, scores))
  })

/** The epoch of pins that hold scores; they outlive the conversation that asked. */
const EPOCH = "relevance"

const fromJson = Schema.decodeUnknownOption(Schema.parseJson(Schema.Array(Schema.Number)))

/** Scores that were kept for the same passages, whatever machine they came from. */
const recall = (prefix: Digest, count: number) =>
  Effect.gen(function* () {
    const originals = yield* Originals
    const [pin] = yield* originals.pinned([{ epoch: EPOCH, prefix }])
    return Option.filter(fromJson(pin?.text), (scores) => scores.length === count)
  })

/** Keeps scores; gives the first ones, which another's may be. */
const keep = (prefix: Digest, scores: ReadonlyArray<number>, session: Session | undefined) =>
  Effect.gen(function* () {
    const originals = yield* Originals
    const pin = { epoch: EPOCH, prefix, text: JSON.stringify(scores) }
    const batch = { originals: [], pins: () => [pin], ...(session === undefined ? {} : { session }) }
    const kept = yield* originals.keep(batch)
    return Option.getOrElse(fromJson(kept.pins[0]?.text), () => scores)
  })

/** The same of a model whose scores are kept, so that what was chosen once is chosen again; a store that fails keeps nobody from asking. */
const keeping = (model: ProseModel["Type"], session: Session | undefined, dryRun: boolean) =>
  Effect.map(Originals, (originals): ProseModel["Type"] => ({
    ...model,
    relevance: (question, passages) =>
      Effect.gen(function* () {
        const key = model.keyOf(question, passages)
        const known = yield* Effect.orElseSucceed(recall(key, passages.length), Option.none)
        if (Option.isSome(known)) return known.value
        const scores = yield* model.relevance(question, passages)
        return dryRun ? scores : yield* Effect.orElseSucceed(keep(key, scores, session), () => scores)
      }).pipe(Effect.provideService(Originals, originals))
  }))

/** The relevance of the text's passages, where it is prose over the budget and there is a question and a model that answers. */
export const relevanceOf = (
  { text, hint, kind, want }: Question,
  {
    registry,
    model,
    session,
    dryRun
  }: {
    readonly registry: Registry
    readonly model?: ProseModel["Type"]
    readonly session: Session | undefined
    readonly dryRun: boolean
  }
): Effect.Effect<Relevance | undefined, never, Originals> =>
  Effect.gen(function* () {
    if (model === undefined || want.visibleOnly || want.question.trim() === "") return undefined
    if (estimateTokens(text) <= want.budgetTokens) return undefined
    if ((kind ?? registry.route(text, hint)) !== "prose") return undefined
    const judged = judge(text, hint.origin, want.question, yield* keeping(model, session, dryRun))
    return yield* Effect.catchAll(judged, (error) => Effect.as(Effect.logDebug(error.message), undefined))
  })

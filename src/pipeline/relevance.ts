/**
 * How near the passages of prose come to the question: a model is asked where text will be hidden and there is a question, and nowhere
 * else, for it takes seconds; without a question it chose worse than the words did.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Question, Registry } from "../compressors/decide.ts"
import { split } from "../compressors/mixed.ts"
import { type Passage, passagesOf } from "../compressors/prose/passages.ts"
import { salienceOf } from "../compressors/prose/salience.ts"
import { isTalk } from "../compressors/prose/talk.ts"
import { type Unit, unitsOf } from "../compressors/prose/units.ts"
import { type Kind, noHint, type Origin } from "../domain/content.ts"
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
  question: string,
  most: number
): ReadonlyArray<Passage> => {
  if (passages.length <= most) return passages
  const salience = salienceOf({ text }, units, question)
  const best = passages.map(({ first, end }) =>
    salience.subarray(first, end).reduce((top, one) => Math.max(top, one), -Infinity)
  )
  const chosen = [...passages.keys()]
    .sort((a, b) => (best[b] as number) - (best[a] as number) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b)
  return chosen.map((at) => passages[at] as Passage)
}

interface Span {
  readonly from: number
  readonly to: number
}

/** The passages of one stretch of prose, in offsets of the whole text, in which `from` is the stretch's own. */
const spansOf = (prose: string, from: number, most: number, origin: Origin, question: string): ReadonlyArray<Span> => {
  const units = unitsOf(prose, origin === "file")
  const passages = passagesOf(prose, units, isTalk(prose))
  return candidates(prose, units, passages, question, most).map(({ first, end }) => ({
    from: from + (units[first] as Unit).start,
    to: from + (units[end - 1] as Unit).end
  }))
}

/** Where prose stands in a text of the kind. */
const proseIn = (text: string, kind: Kind, registry: Registry): ReadonlyArray<Span> => {
  if (kind === "prose") return [{ from: 0, to: text.length }]
  if (kind !== "mixed") return []
  return split(text, (part) => registry.route(part, noHint)).flatMap((part) =>
    part.kind === "prose" ? [{ from: part.start, to: part.end }] : []
  )
}

const relevanceFrom = (spans: ReadonlyArray<Span>, scores: ReadonlyArray<number>): Relevance =>
  spans.map((span, at) => ({ ...span, score: scores[at] as number }))

/** What the model says of the prose in a text, which stands in all of it where nothing else is said. */
export const judge = (
  text: string,
  origin: Origin,
  question: string,
  model: ProseModel["Type"],
  prose: ReadonlyArray<Span> = [{ from: 0, to: text.length }]
): Effect.Effect<Relevance, ProseModelError> =>
  Effect.suspend(() => {
    const length = prose.reduce((sum, { from, to }) => sum + to - from, 0)
    const spans = prose.flatMap(({ from, to }) =>
      spansOf(text.slice(from, to), from, Math.floor((MAX_PASSAGES * (to - from)) / length), origin, question)
    )
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

/** The relevance of the text's passages, where prose is in it, it is over the budget and there is a question and a model that answers. */
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
    const prose = proseIn(text, kind ?? registry.route(text, hint), registry)
    if (prose.length === 0) return undefined
    const judged = judge(text, hint.origin, want.question, yield* keeping(model, session, dryRun), prose)
    return yield* Effect.catchAll(judged, (error) => Effect.as(Effect.logDebug(error.message), undefined))
  })

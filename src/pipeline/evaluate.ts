/**
 * Evaluation: probes put before the use case as an agent would put them, a question, a call, its output; and where the answer stands in
 * what comes back. What is hidden is asked for as a model would: by the question's words, then whole.
 */
import * as Effect from "effect/Effect"
import { bm25, byLot, type Cut, headTail } from "../domain/naive-cuts.ts"
import {
  holdsAll,
  metIn,
  NO_SIGHTS,
  pairedDifference,
  type PairedDifference,
  type Probe,
  scoreOf,
  type Sight,
  type Sights,
  withSight
} from "../domain/probe.ts"
import { estimateTokens } from "../domain/tokens.ts"
import { Headroom } from "./headroom.ts"
import { Answerer } from "./ports/answerer.ts"

/** A probe as it is shown. */
export interface Shown {
  readonly text: string
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly sight: Sight
  /** Needs that are in sight. */
  readonly met: number
}

/** What is asked where nothing is known of what the reader is after. */
const NOTHING_ASKED = "Go on."

/** Its command tells what its output is, not what the reader is after. */
const SHELL = "Bash"

/** Characters that a retrieval by words gives at once, as over MCP. */
const PASSAGES = 20_000

/** The question, the call that it leads to, and the output; where nothing is known of the reader, the call says nothing either. */
const conversation = (probe: Probe, isAsked: boolean) => [
  { role: "user", content: isAsked ? probe.question : NOTHING_ASKED },
  {
    role: "assistant",
    content: null,
    tool_calls: [
      {
        id: "call_1",
        type: "function",
        function: { name: probe.tool, arguments: JSON.stringify(isAsked || probe.tool === SHELL ? probe.input : {}) }
      }
    ]
  },
  { role: "tool", tool_call_id: "call_1", content: probe.text }
]

/** The probe's output with about `share` of its tokens kept, and where its answer stands. */
export const showProbe = Effect.fnUntraced(function* (probe: Probe, share: number, isAsked: boolean) {
  const headroom = yield* Headroom
  const budgetTokens = Math.max(1, Math.floor(estimateTokens(probe.text) * share))
  const { messages, refs } = yield* headroom.compress(conversation(probe, isAsked), {
    mode: "offload",
    budgetTokens
  })
  const text = messages[2]?.content ?? ""
  const met = metIn(text, probe.needs)
  const [ref] = refs
  const part = (options: { readonly query?: string; readonly maxLength?: number }) =>
    ref === undefined
      ? Effect.succeed("")
      : headroom.retrieve(ref, options).pipe(
          Effect.map((found) => found.text),
          Effect.orElseSucceed(() => "")
        )
  const sightOf = Effect.gen(function* () {
    if (met === probe.needs.length) return "visible"
    const passages = yield* part({ query: probe.question, maxLength: PASSAGES })
    if (holdsAll(`${text}\n${passages}`, probe.needs)) return "query"
    return holdsAll(yield* part({}), probe.needs) ? "whole" : "lost"
  })
  const sight: Sight = yield* sightOf
  return {
    text,
    tokensBefore: estimateTokens(probe.text),
    tokensAfter: estimateTokens(text),
    sight,
    met
  } satisfies Shown
})

const CUTS: ReadonlyArray<readonly [name: string, cut: Cut]> = [
  ["head and tail", headTail],
  ["BM25", bm25],
  ["random", byLot]
]

/** What a question set came to. */
export interface SetResult {
  readonly name: string
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly asked: Sights
  /** The same with nothing known of the question. */
  readonly blind: Sights
  /** Probes whose answer is in sight when the text is cut to the same size without knowing what it is. */
  readonly cuts: ReadonlyArray<{ readonly name: string; readonly visible: number; readonly met: number }>
  /** Probes whose answer is lost, by name. */
  readonly lost: ReadonlyArray<string>
}

export const evaluateSet = Effect.fnUntraced(function* (
  name: string,
  probes: ReadonlyArray<Probe>,
  share: number,
  onProbe: (done: number) => void
) {
  let asked = NO_SIGHTS
  let blind = NO_SIGHTS
  let tokensBefore = 0
  let tokensAfter = 0
  const cuts = CUTS.map(([cutName, cut]) => ({ name: cutName, cut, visible: 0, met: 0 }))
  const lost: Array<string> = []
  for (const [at, probe] of probes.entries()) {
    yield* Effect.yieldNow()
    const { needs } = probe
    const shown = yield* showProbe(probe, share, true)
    const unasked = yield* showProbe(probe, share, false)
    asked = withSight(asked, shown.sight, needs.length, shown.met)
    blind = withSight(blind, unasked.sight, needs.length, unasked.met)
    if (shown.sight === "lost" || unasked.sight === "lost") lost.push(probe.id)
    tokensBefore += shown.tokensBefore
    tokensAfter += shown.tokensAfter
    for (const one of cuts) {
      const met = metIn(one.cut(probe.text, probe.question, shown.tokensAfter), needs)
      one.met += met
      if (met === needs.length) one.visible++
    }
    onProbe(at + 1)
  }
  return {
    name,
    tokensBefore,
    tokensAfter,
    asked,
    blind,
    cuts: cuts.map(({ name: cutName, visible, met }) => ({ name: cutName, visible, met })),
    lost
  } satisfies SetResult
})

/** What a model answered with and without. */
export interface AnswerResult {
  readonly name: string
  /** Mean scores from 0 to 1. */
  readonly whole: number
  readonly smaller: number
  readonly difference: PairedDifference
  /** Retrievals that the model asked for. */
  readonly retrievals: number
}

/** Asks the model each question twice, over all of the output and over what is shown of it, with a retrieval where it wants one. */
export const answerSet = Effect.fnUntraced(function* (
  name: string,
  probes: ReadonlyArray<Probe>,
  share: number,
  onProbe: (done: number) => void
) {
  const answerer = yield* Answerer
  const headroom = yield* Headroom
  const differences: Array<number> = []
  let whole = 0
  let smaller = 0
  let retrievals = 0
  const retrieve = (ref: string, query: string | undefined): Effect.Effect<string> =>
    headroom.retrieve(ref, { maxLength: PASSAGES, ...(query === undefined ? {} : { query }) }).pipe(
      Effect.map((found) => found.text),
      Effect.catchAll((error) => Effect.succeed(error.message))
    )
  for (const [at, probe] of probes.entries()) {
    const { text } = yield* showProbe(probe, share, true)
    const full = yield* answerer.answer({ question: probe.question, output: probe.text, retrieve: undefined })
    const short = yield* answerer.answer({ question: probe.question, output: text, retrieve })
    const [before, after] = [scoreOf(full.text, probe.answers), scoreOf(short.text, probe.answers)]
    whole += before
    smaller += after
    retrievals += short.retrievals
    differences.push(after - before)
    onProbe(at + 1)
  }
  const count = Math.max(1, probes.length)
  return {
    name,
    whole: whole / count,
    smaller: smaller / count,
    difference: pairedDifference(differences),
    retrievals
  } satisfies AnswerResult
})

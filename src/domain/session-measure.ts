/**
 * What a rewritten session costs beside the recorded one, and what the agent would have missed: the net cost counts a retrieval for
 * every call that needed something which was not in sight, because tokens removed are no gain where they must be fetched again.
 */
import { CACHE_MS, LIST_PRICES, type Part, type PricedCall, type Prices, sessionCost } from "./economics.ts"
import { stringsIn } from "./json-strings.ts"
import { type ModelRequest, PartBook, requestOf } from "./model-request.ts"
import { needsOf } from "./recall.ts"
import { callsOf, type RecordedSession } from "./recording.ts"

/** Tokens of tools and system text that real requests carry and recordings lack. */
export const TOOLS_TOKENS = 18_000
/** Tokens that the model writes to ask for a hidden text. */
const ASKING_TOKENS = 60

export interface Replay {
  readonly session: RecordedSession
  /** The requests as forwarded, one a call. */
  readonly forwarded: ReadonlyArray<ModelRequest>
  /** Moments of the calls; those recorded, or invented. */
  readonly at: ReadonlyArray<number | undefined>
  /** Calls at which the history was rendered anew; none where that is left out. */
  readonly births?: ReadonlyArray<number>
}

/** Of each ratio, 1 is the recorded session. */
export interface SessionMeasure {
  readonly id: string
  readonly calls: number
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly cost: number
  readonly net: number
  /** The net cost where pauses empty the cache. */
  readonly netWithPauses: number
  readonly pauses: number
  readonly netWithTools: number
  /** With both, which is nearest to what is paid. */
  readonly netAsPaid: number
  readonly facts: number
  readonly factsKept: number
  readonly editLines: number
  readonly editLinesKept: number
  readonly retrievals: number
  /** Calls with which the history was rendered anew. */
  readonly births: number
  /** Whether every request began with the one before, but at births. */
  readonly isPrefixStable: boolean
}

/** The requests of a session's calls, each the beginning of these messages. */
export const requestsOf = (
  session: RecordedSession,
  messages: ModelRequest["messages"] = session.messages
): ReadonlyArray<ModelRequest> => callsOf(session.messages).map((at) => requestOf(session, messages.slice(0, at)))

/** Moments in which every so many calls a pause empties the cache. */
export const timesWithPauses = (calls: number, every: number): ReadonlyArray<number> =>
  Array.from({ length: calls }, (_, call) => call + Math.floor(call / every) * 2 * CACHE_MS)

const isExtended = (before: ReadonlyArray<Part> | undefined, after: ReadonlyArray<Part>): boolean =>
  before === undefined || (before.length <= after.length && before.every((part, i) => part === after[i]))

const tokensOf = (parts: ReadonlyArray<Part>): number => parts.reduce((all, part) => all + part.tokens, 0)

/** A vocabulary merges an unbroken run in time square in its length, so such runs are broken, alike in all that is compared. */
const broken = (text: string): string => text.replace(/\S{256}/g, "$& ")

/** Looks phrases up in requests, whose messages are mostly those of the request before. */
class Sight {
  readonly #texts = new WeakMap<object, string>()

  #textOf(value: object): string {
    const known = this.#texts.get(value)
    if (known !== undefined) return known
    const text = stringsIn(value).join("\n")
    this.#texts.set(value, text)
    return text
  }

  shows(request: ModelRequest, phrase: string): boolean {
    return (
      request.messages.some((message) => this.#textOf(message).includes(phrase)) ||
      stringsIn(request.system).some((text) => text.includes(phrase))
    )
  }
}

interface Recall {
  facts: number
  factsKept: number
  editLines: number
  editLinesKept: number
  retrievals: number
  cost: number
}

/** The first output that holds something missed: what a retrieval would bring back. */
const sourceOf = (session: RecordedSession, until: number, missed: ReadonlyArray<string>): string => {
  for (const message of session.messages.slice(0, until))
    for (const block of message.content)
      if (block.type === "tool_result" && missed.some((phrase) => block.content.includes(phrase))) return block.content
  return ""
}

const recallOf = (
  { session, forwarded }: Replay,
  parts: ReadonlyArray<ReadonlyArray<Part>>,
  count: (text: string) => number,
  prices: Prices
): Recall => {
  const sight = new Sight()
  const recall: Recall = { facts: 0, factsKept: 0, editLines: 0, editLinesKept: 0, retrievals: 0, cost: 0 }
  needsOf(session.messages).forEach((need, call) => {
    const request = forwarded[call] ?? { messages: [] }
    const isHidden = (phrase: string): boolean => !sight.shows(request, phrase)
    const facts = need.facts.filter(isHidden)
    const lines = need.lines.filter(isHidden)
    recall.facts += need.facts.length
    recall.factsKept += need.facts.length - facts.length
    recall.editLines += need.lines.length
    recall.editLinesKept += need.lines.length - lines.length
    if (facts.length + lines.length === 0) return
    recall.retrievals++
    const source = sourceOf(session, need.message, [...facts, ...lines])
    recall.cost +=
      tokensOf(parts[call] ?? []) * prices.read + ASKING_TOKENS * prices.output + count(source) * prices.write
  })
  return recall
}

/** A cache's terms: how long it lives, and what it costs to have it so. */
export interface CacheTerms {
  readonly cacheMs: number
  readonly prices: Prices
}

const USUAL: CacheTerms = { cacheMs: CACHE_MS, prices: LIST_PRICES }

/** Measures a replayed session; `tokens` counts those of a text. */
export const measureSession = (
  replay: Replay,
  tokens: (text: string) => number,
  { cacheMs, prices }: CacheTerms = USUAL
): SessionMeasure => {
  const count = (text: string): number => tokens(broken(text))
  const { session, forwarded, at, births = [] } = replay
  const book = new PartBook(count)
  const answers = callsOf(session.messages).map((message) =>
    count(JSON.stringify(session.messages[message]?.content ?? []))
  )
  const sent = requestsOf(session).map((request) => book.partsOf(request))
  const got = forwarded.map((request) => book.partsOf(request))
  const recall = recallOf(replay, got, count, prices)
  const cost = (requests: ReadonlyArray<ReadonlyArray<Part>>, timed: boolean, head: ReadonlyArray<Part> = []) =>
    sessionCost(
      requests.map((parts, call): PricedCall => {
        const moment = timed ? at[call] : undefined
        const request = head.length === 0 ? parts : [...head, ...parts]
        return { parts: request, outputTokens: answers[call] ?? 0, ...(moment === undefined ? {} : { at: moment }) }
      }),
      prices,
      cacheMs
    )
  const tools = [{ key: "tools", tokens: TOOLS_TOKENS }]
  const before = cost(sent, false)
  const after = cost(got, false)
  const ratio = (timed: boolean, head?: ReadonlyArray<Part>): number =>
    (cost(got, timed, head).cost + recall.cost) / cost(sent, timed, head).cost
  return {
    id: session.id,
    calls: sent.length,
    tokensBefore: before.read + before.written,
    tokensAfter: after.read + after.written,
    cost: after.cost / before.cost,
    net: (after.cost + recall.cost) / before.cost,
    netWithPauses: ratio(true),
    pauses: at.filter((moment, call) => (moment ?? 0) - (at[call - 1] ?? moment ?? 0) > cacheMs).length,
    netWithTools: ratio(false, tools),
    netAsPaid: ratio(true, tools),
    facts: recall.facts,
    factsKept: recall.factsKept,
    editLines: recall.editLines,
    editLinesKept: recall.editLinesKept,
    retrievals: recall.retrievals,
    births: births.length,
    isPrefixStable: got.every((parts, call) => births.includes(call) || isExtended(got[call - 1], parts))
  }
}

/** Sessions together; the larger weigh more, by the tokens they sent. */
export interface MeasureSummary {
  readonly sessions: number
  readonly calls: number
  readonly saved: number
  readonly cost: number
  readonly net: number
  readonly netWithPauses: number
  readonly netWithTools: number
  readonly medianNet: number
  readonly medianNetWithPauses: number
  /** Without the session that sent most, and without the one that gained most; undefined where there is but one. */
  readonly netWithoutLargest: number | undefined
  readonly netWithoutBest: number | undefined
  readonly worstNet: number
  readonly worstNetWithPauses: number
  readonly births: number
  /** Of the facts needed, the share in sight; 1 where none was needed. */
  readonly recall: number
  readonly editRecall: number
  readonly isPrefixStable: boolean
}

const weighted = (all: ReadonlyArray<SessionMeasure>, of: (one: SessionMeasure) => number): number => {
  const weight = all.reduce((total, one) => total + one.tokensBefore, 0)
  return weight === 0 ? 1 : all.reduce((total, one) => total + of(one) * one.tokensBefore, 0) / weight
}

/** All but the first session of which there is most. */
const without = (
  all: ReadonlyArray<SessionMeasure>,
  of: (one: SessionMeasure) => number
): ReadonlyArray<SessionMeasure> => {
  const most = all.reduce((top, one) => Math.max(top, of(one)), Number.NEGATIVE_INFINITY)
  const place = all.findIndex((one) => of(one) === most)
  return all.filter((_, at) => at !== place)
}

const share = (kept: number, all: number): number => (all === 0 ? 1 : kept / all)

type Figure = (one: SessionMeasure) => number

const medianOf = (all: ReadonlyArray<SessionMeasure>, of: Figure): number =>
  all.map(of).sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 1

const worstOf = (all: ReadonlyArray<SessionMeasure>, of: Figure): number =>
  all.length === 0 ? 1 : all.reduce((worst, one) => Math.max(worst, of(one)), 0)

export const summaryOf = (all: ReadonlyArray<SessionMeasure>): MeasureSummary => {
  const total = (of: (one: SessionMeasure) => number): number => all.reduce((sum, one) => sum + of(one), 0)
  const net = (some: ReadonlyArray<SessionMeasure>): number => weighted(some, (one) => one.net)
  return {
    sessions: all.length,
    calls: total((one) => one.calls),
    saved: weighted(all, (one) => 1 - one.tokensAfter / one.tokensBefore),
    cost: weighted(all, (one) => one.cost),
    net: net(all),
    netWithPauses: weighted(all, (one) => one.netWithPauses),
    netWithTools: weighted(all, (one) => one.netWithTools),
    medianNet: medianOf(all, (one) => one.net),
    medianNetWithPauses: medianOf(all, (one) => one.netWithPauses),
    netWithoutLargest: all.length < 2 ? undefined : net(without(all, (one) => one.tokensBefore)),
    netWithoutBest: all.length < 2 ? undefined : net(without(all, (one) => (1 - one.net) * one.tokensBefore)),
    worstNet: worstOf(all, (one) => one.net),
    worstNetWithPauses: worstOf(all, (one) => one.netWithPauses),
    births: total((one) => one.births),
    recall: share(
      total((one) => one.factsKept),
      total((one) => one.facts)
    ),
    editRecall: share(
      total((one) => one.editLinesKept),
      total((one) => one.editLines)
    ),
    isPrefixStable: all.every((one) => one.isPrefixStable)
  }
}

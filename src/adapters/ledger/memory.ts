/** The ledger in memory, for tests and where no file can be had; gone with the process. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Exchange } from "../../domain/exchange.ts"
import type { PricedTally } from "../../domain/figures.ts"
import { isAnswered, plusTally, tallyOf } from "../../domain/savings.ts"
import { inputOf, NO_USAGE } from "../../domain/usage.ts"
import {
  type Birth,
  CALLS_AMONG,
  CONVERSATIONS_AMONG,
  type ConversationTotal,
  type ExchangeFilter,
  type ExchangeTotal,
  Ledger,
  type LedgerLimits,
  RETENTION,
  type SlotTotal
} from "../../pipeline/ports/ledger.ts"

/** Newest first. */
const byTime = (a: Exchange, b: Exchange): number => b.at - a.at || (a.id < b.id ? 1 : -1)

const pricedOf = (exchange: Exchange, sizes: ReadonlyArray<number>): PricedTally => {
  const input = inputOf(exchange.usage ?? NO_USAGE)
  return {
    ...tallyOf(exchange),
    provider: exchange.provider,
    model: exchange.model,
    isSubscription: exchange.isSubscription,
    isRenewal: exchange.endpoint === "renewal",
    above: sizes.reduce((above, size) => (input > size ? size : above), 0)
  }
}

/** One sum for each key, in the order in which the keys first come. */
const summed = <A, B>(
  all: ReadonlyArray<A>,
  keyOf: (one: A) => ReadonlyArray<unknown>,
  from: (one: A) => B,
  plus: (sum: B, one: B) => B
): ReadonlyArray<B> => {
  const sums = new Map<string, B>()
  for (const one of all) {
    const key = JSON.stringify(keyOf(one))
    const sum = sums.get(key)
    sums.set(key, sum === undefined ? from(one) : plus(sum, from(one)))
  }
  return [...sums.values()]
}

/** What an exchange's prompt says of the epoch that it begins. */
const epochIn = ({ prefix }: Exchange) => (prefix._tag === "Changed" && prefix.part === "epoch" ? prefix : undefined)

class Memory {
  private readonly exchanges = new Map<string, Exchange>()

  record(exchange: Exchange, limits: LedgerLimits): void {
    if (this.exchanges.has(exchange.id)) return
    this.exchanges.set(exchange.id, exchange)
    const [oldest] = this.exchanges.keys()
    if (this.exchanges.size > limits.maxExchanges && oldest !== undefined) this.exchanges.delete(oldest)
  }

  matching(filter: ExchangeFilter = {}): ReadonlyArray<Exchange> {
    return [...this.exchanges.values()].filter(
      (exchange) =>
        exchange.at >= (filter.since ?? 0) &&
        exchange.at < (filter.until ?? Number.POSITIVE_INFINITY) &&
        (filter.project === undefined || exchange.project === filter.project) &&
        (filter.conversation === undefined || exchange.conversation === filter.conversation)
    )
  }

  latest(limit: number, filter?: ExchangeFilter): ReadonlyArray<Exchange> {
    return [...this.matching(filter)].sort(byTime).slice(0, limit)
  }

  /** Those that match of the latest within the filter's time. */
  among(limit: number, { since, until, project, conversation }: ExchangeFilter = {}): ReadonlyArray<Exchange> {
    const time = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }
    return this.latest(limit, time).filter(
      (one) =>
        (project === undefined || one.project === project) &&
        (conversation === undefined || one.conversation === conversation)
    )
  }

  totals(options: Parameters<Ledger["Type"]["totals"]>[0]): ReadonlyArray<ExchangeTotal> {
    const { sizes, spanMs, offsetMs } = options
    const startOf = (at: number): number => Math.floor((at + offsetMs) / spanMs) * spanMs - offsetMs
    return summed(
      [...this.matching(options)].sort((a, b) => byTime(b, a)),
      (one) => {
        const { provider, model, isSubscription, isRenewal, above } = pricedOf(one, sizes)
        const { project, cacheMiss, finish } = one
        return [startOf(one.at), provider, model, project, isSubscription, isRenewal, above, cacheMiss, finish]
      },
      (one): ExchangeTotal => ({
        ...pricedOf(one, sizes),
        at: startOf(one.at),
        project: one.project,
        cacheMiss: one.cacheMiss,
        finish: one.finish
      }),
      (sum, one) => ({ ...sum, ...plusTally(sum, one) })
    )
  }

  conversations(
    limit: number,
    options: Parameters<Ledger["Type"]["conversations"]>[1]
  ): ReadonlyArray<ConversationTotal> {
    const matching = this.latest(Number.POSITIVE_INFINITY, options)
    const among = matching.slice(0, CONVERSATIONS_AMONG)
    const newest = new Set([...new Set(among.map((exchange) => exchange.conversation))].slice(0, limit))
    return summed(
      matching.filter((exchange) => newest.has(exchange.conversation)),
      (one) => {
        const { provider, model, isSubscription, isRenewal, above } = pricedOf(one, options.sizes)
        return [one.conversation, provider, model, isSubscription, isRenewal, above]
      },
      (one): ConversationTotal => ({
        ...pricedOf(one, options.sizes),
        conversation: one.conversation,
        project: one.project,
        first: one.at,
        last: one.at
      }),
      (sum, one) => ({
        ...sum,
        ...plusTally(sum, one),
        project: sum.project > one.project ? sum.project : one.project,
        first: Math.min(sum.first, one.first)
      })
    )
  }

  slots(filter?: ExchangeFilter): ReadonlyArray<SlotTotal> {
    const slots = this.matching(filter)
      .filter(isAnswered)
      .flatMap((exchange) => exchange.slots)
    return [
      ...summed(
        slots,
        (slot) => [slot.kind, slot.tool, slot.outcome, slot.reason],
        ({ kind, tool, outcome, reason, tokensBefore, tokensAfter }): SlotTotal => ({
          kind,
          tool,
          outcome,
          reason,
          slots: 1,
          tokensBefore,
          tokensAfter
        }),
        (sum, slot) => ({
          ...sum,
          slots: sum.slots + 1,
          tokensBefore: sum.tokensBefore + slot.tokensBefore,
          tokensAfter: sum.tokensAfter + slot.tokensAfter
        })
      )
    ].sort((a, b) => b.tokensBefore - a.tokensBefore || b.slots - a.slots)
  }

  births(filter?: ExchangeFilter): ReadonlyArray<Birth> {
    const born = this.matching(filter).filter(
      (exchange) =>
        isAnswered(exchange) &&
        (epochIn(exchange) !== undefined || exchange.slots.some((slot) => slot.kind === "faded"))
    )
    return born
      .toSorted((a, b) => byTime(b, a))
      .map((exchange) => {
        const { at, provider, model, isSubscription, conversation, slots } = exchange
        const epoch = epochIn(exchange)
        const gone = slots.reduce(
          (sum, one) => sum + (one.kind === "faded" ? one.tokensBefore - one.tokensAfter : 0),
          0
        )
        const later = this.matching({ conversation, since: at + 1 }).filter(
          (one) => isAnswered(one) && one.endpoint !== "renewal"
        )
        return {
          at,
          provider,
          model,
          isSubscription,
          removed: epoch?.removed ?? gone,
          rewritten: epoch?.tokens ?? 0,
          later: later.length
        }
      })
  }

  passedOver(filter?: ExchangeFilter): ReadonlyArray<{ readonly cause: string; readonly requests: number }> {
    return [
      ...summed(
        this.matching(filter).flatMap((exchange) => exchange.passedOver),
        (cause) => [cause],
        (cause) => ({ cause, requests: 1 }),
        (sum) => ({ ...sum, requests: sum.requests + 1 })
      )
    ].sort((a, b) => b.requests - a.requests || (a.cause < b.cause ? -1 : 1))
  }

  collect(limits: LedgerLimits, now: number): number {
    const before = this.exchanges.size
    this.latest(Number.POSITIVE_INFINITY).forEach(({ id, at }, place) => {
      if (place >= limits.maxExchanges || at < now - limits.maxAgeMs) this.exchanges.delete(id)
    })
    return before - this.exchanges.size
  }
}

export const layerMemory = (retention: LedgerLimits = { ...RETENTION, maxExchanges: 10_000 }): Layer.Layer<Ledger> =>
  Layer.sync(Ledger, () => {
    const memory = new Memory()
    return {
      record: (exchange) => Effect.sync(() => memory.record(exchange, retention)),
      latest: (limit, filter) => Effect.sync(() => memory.latest(limit, filter)),
      lastSeen: (conversation) => Effect.sync(() => memory.latest(1, { conversation })[0]?.at),
      calls: (limit, filter) =>
        Effect.sync(() =>
          memory
            .among(CALLS_AMONG, filter)
            .filter((one) => isAnswered(one) && one.endpoint !== "renewal")
            .slice(0, limit)
            .map(({ conversation, at, tokensAfter: tokens, newTokensAfter: newTokens }) => ({
              conversation,
              at,
              tokens,
              newTokens
            }))
        ),
      totals: (options) => Effect.sync(() => memory.totals(options)),
      conversations: (limit, options) => Effect.sync(() => memory.conversations(limit, options)),
      slots: (filter) => Effect.sync(() => memory.slots(filter)),
      births: (filter) => Effect.sync(() => memory.births(filter)),
      passedOver: (filter) => Effect.sync(() => memory.passedOver(filter)),
      timings: (limit, filter) =>
        Effect.sync(() => {
          const latest = memory
            .latest(Number.POSITIVE_INFINITY, filter)
            .filter(({ endpoint }) => endpoint !== "renewal")
            .slice(0, limit)
          return {
            overheadMs: latest.map((exchange) => exchange.overheadMs),
            firstByteMs: latest.flatMap((exchange) => exchange.firstByteMs ?? [])
          }
        }),
      collect: (limits) => Effect.map(Clock.currentTimeMillis, (now) => memory.collect(limits, now))
    }
  })

/** Counters and histograms of this process, fed with the same records as the ledger. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Exchange } from "../../domain/exchange.ts"
import { avertedTokens, missedUsage, savedUsage, isAnswered } from "../../domain/savings.ts"
import { inputOf, type Usage } from "../../domain/usage.ts"
import { Ledger } from "../../pipeline/ports/ledger.ts"
import type { OriginalsError } from "../../pipeline/ports/originals.ts"
import { bounded, type Family, Histogram, Sums } from "./prometheus.ts"

const CLASSES: ReadonlyArray<readonly [label: string, name: keyof Usage]> = [
  ["uncached", "uncached"],
  ["cache_read", "cacheRead"],
  ["cache_write", "cacheWrite"],
  ["cache_write_hour", "cacheWriteHour"],
  ["output", "output"]
]

const OVERHEAD = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]
const FIRST_BYTE = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120]
const DURATION = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600]
const RATIO = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1]

export class Metrics extends Context.Tag("headroom/proxy/Metrics")<
  Metrics,
  {
    readonly observe: (exchange: Exchange) => void
    /** A record that the ledger kept, or why it could not. */
    readonly recorded: (failure: OriginalsError | undefined) => void
    /** What the last attempt to write to the store failed of; undefined where it did not fail. */
    readonly failing: () => string | undefined
    readonly dropped: () => number
    /** The text that a Prometheus server reads. */
    readonly text: () => string
  }
>() {}

const make = (): Metrics["Type"] => {
  const requests = new Sums("headroom_requests_total", "Requests by provider, endpoint and how their answer ended.")
  const statuses = new Sums(
    "headroom_answers_total",
    "Answers by provider and class of status; none where there was no answer."
  )
  const bytes = new Sums("headroom_request_bytes_total", "Bytes of request bodies, as they came and as they were sent.")
  const prompts = new Sums(
    "headroom_prompt_tokens_total",
    "Estimated tokens of answered prompts, as they came and as they were sent."
  )
  const used = new Sums("headroom_tokens_total", "Tokens that the provider counted, by price class.")
  const saved = new Sums(
    "headroom_saved_tokens",
    "Input tokens spared, by the price class that would have applied; falls where more was sent.",
    "gauge"
  )
  const misses = new Sums(
    "headroom_cache_misses_total",
    "Requests for which the provider's cache gave less than it held, by cause."
  )
  const missed = new Sums("headroom_cache_missed_tokens_total", "Tokens that the provider processed again for that.")
  const changes = new Sums(
    "headroom_prefix_changes_total",
    "Requests that do not repeat the one before, by the first part that differs."
  )
  const renewals = new Sums("headroom_renewals_total", "Requests sent to keep a cache warm, by how they ended.")
  const renewed = new Sums(
    "headroom_renewal_tokens_total",
    "Tokens that the provider counted for them, by price class."
  )
  const averted = new Sums(
    "headroom_averted_tokens_total",
    "Tokens read from a cache that was kept warm, which would have been written to it again."
  )
  const removed = new Sums(
    "headroom_epoch_tokens_total",
    "Estimated tokens that histories have less since epochs were born, and those written again for it."
  )
  const slots = new Sums("headroom_slots_total", "Tool outputs at first sight, by kind and outcome.")
  const unchanged = new Sums("headroom_slots_unchanged_total", "Tool outputs left as they came, by reason.")
  const slotTokens = new Sums(
    "headroom_slot_tokens_total",
    "Estimated tokens of tool outputs at first sight, before and after."
  )
  const passedOver = new Sums(
    "headroom_passed_over_total",
    "Failures of headroom's own that a request was not held up for, by cause."
  )
  const drops = new Sums("headroom_ledger_dropped_total", "Exchanges that the ledger could not keep.")
  const overhead = new Histogram(
    "headroom_overhead_seconds",
    "Headroom's own work before a request went out.",
    OVERHEAD
  )
  const firstByte = new Histogram(
    "headroom_first_byte_seconds",
    "From a request to the first byte of its answer.",
    FIRST_BYTE
  )
  const duration = new Histogram("headroom_duration_seconds", "From a request to the end of its answer.", DURATION)
  const ratio = new Histogram(
    "headroom_prompt_ratio",
    "Estimated tokens of a prompt as sent, for one as it came.",
    RATIO
  )
  const families: ReadonlyArray<Family> = [
    requests,
    statuses,
    bytes,
    prompts,
    used,
    saved,
    misses,
    missed,
    changes,
    renewals,
    renewed,
    averted,
    removed,
    slots,
    unchanged,
    slotTokens,
    passedOver,
    drops,
    overhead,
    firstByte,
    duration,
    ratio
  ]
  const model = bounded(50)
  const kind = bounded(30)
  const cause = bounded(30)
  let dropped = 0
  let failedRecord: string | undefined
  let failedSlots: string | undefined
  drops.add({}, 0)

  const observeUsage = (exchange: Exchange): void => {
    if (exchange.usage === undefined || !isAnswered(exchange)) return
    const { provider } = exchange
    const spared = savedUsage(exchange)
    const name = model(exchange.model ?? "")
    for (const [label, of] of CLASSES) {
      if (exchange.usage[of] > 0) used.add({ provider, model: name, class: label }, exchange.usage[of])
      if (spared[of] !== 0) saved.add({ provider, model: name, class: label }, spared[of])
    }
    if (exchange.cacheMiss === "averted") averted.add({ provider }, avertedTokens(exchange))
    if (exchange.cacheMiss === "none" || exchange.cacheMiss === "averted") return
    misses.add({ provider, cause: exchange.cacheMiss })
    missed.add({ provider }, inputOf(missedUsage(exchange)))
  }

  const observeRenewal = ({ provider, finish, usage }: Exchange): void => {
    renewals.add({ provider, finish })
    for (const [label, of] of CLASSES) {
      if (usage !== undefined && usage[of] > 0) renewed.add({ provider, class: label }, usage[of])
    }
  }

  return {
    observe: (exchange) => {
      if (exchange.endpoint === "renewal") return observeRenewal(exchange)
      const { provider, endpoint, finish, status, prefix } = exchange
      requests.add({ provider, endpoint, finish })
      statuses.add({ provider, status: status === 0 ? "none" : `${Math.floor(status / 100)}xx` })
      bytes.add({ side: "before" }, exchange.bytesBefore)
      bytes.add({ side: "after" }, exchange.bytesAfter)
      if (isAnswered(exchange) && exchange.tokensBefore > 0) {
        prompts.add({ provider, side: "before" }, exchange.tokensBefore)
        prompts.add({ provider, side: "after" }, exchange.tokensAfter)
        ratio.observe({ provider }, exchange.tokensAfter / exchange.tokensBefore)
      }
      observeUsage(exchange)
      if (prefix._tag === "Changed") changes.add({ provider, part: prefix.part })
      if (prefix._tag === "Changed" && prefix.part === "epoch") {
        removed.add({ provider, what: "removed" }, prefix.removed ?? 0)
        removed.add({ provider, what: "rewritten" }, prefix.tokens)
      }
      for (const slot of exchange.slots) {
        slots.add({ kind: kind(slot.kind), outcome: slot.outcome })
        slotTokens.add({ kind: kind(slot.kind), side: "before" }, slot.tokensBefore)
        slotTokens.add({ kind: kind(slot.kind), side: "after" }, slot.tokensAfter)
        if (slot.reason !== undefined) unchanged.add({ reason: slot.reason })
      }
      // outputs are written on a thread of their own
      if (exchange.passedOver.includes("store")) failedSlots = "failing"
      else if (exchange.slots.length > 0) failedSlots = undefined
      for (const one of exchange.passedOver) passedOver.add({ cause: cause(one) })
      overhead.observe({ provider }, exchange.overheadMs / 1000)
      if (exchange.firstByteMs !== undefined) firstByte.observe({ provider }, exchange.firstByteMs / 1000)
      duration.observe({ provider }, exchange.totalMs / 1000)
    },
    recorded: (failure) => {
      failedRecord = failure?.reason
      if (failure === undefined) return
      dropped++
      drops.add({})
    },
    failing: () => failedRecord ?? failedSlots,
    dropped: () => dropped,
    text: () => `${families.flatMap((family) => family.lines()).join("\n")}\n`
  }
}

/** The ledger, with what it records counted too. */
export const layerCounted: Layer.Layer<Ledger, never, Ledger | Metrics> = Layer.effect(
  Ledger,
  Effect.map(Effect.all([Ledger, Metrics]), ([ledger, metrics]) => ({
    ...ledger,
    record: (exchange: Exchange) =>
      Effect.suspend(() => {
        metrics.observe(exchange)
        return Effect.tapBoth(ledger.record(exchange), {
          onSuccess: () => Effect.sync(() => metrics.recorded(undefined)),
          onFailure: (error) => Effect.sync(() => metrics.recorded(error))
        })
      })
  }))
)

export const layerMetrics: Layer.Layer<Metrics> = Layer.sync(Metrics, make)

/**
 * Counters and histograms of this process in Prometheus' text form, fed with the same records as the ledger.
 *
 * Labels are bounded: a client chooses its model's name, so only so many names become series, and the rest is `other`.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { Exchange } from "../../domain/exchange.ts"
import { missedUsage, savedUsage, isAnswered } from "../../domain/savings.ts"
import { inputOf, type Usage } from "../../domain/usage.ts"

type Labels = Readonly<Record<string, string>>

const escaped = (text: string): string => text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")

const written = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`
}

interface Family {
  readonly lines: () => ReadonlyArray<string>
}

const headOf = (name: string, help: string, type: string): ReadonlyArray<string> => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`
]

/** A sum for each set of labels; a counter where it only grows. */
class Sums implements Family {
  readonly #name: string
  readonly #help: string
  readonly #type: "counter" | "gauge"
  readonly #sums = new Map<string, number>()

  constructor(name: string, help: string, type: "counter" | "gauge" = "counter") {
    this.#name = name
    this.#help = help
    this.#type = type
  }

  add(labels: Labels, amount = 1): void {
    const key = written(labels)
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + amount)
  }

  lines(): ReadonlyArray<string> {
    const samples = [...this.#sums].map(([labels, sum]) => `${this.#name}${labels} ${sum}`)
    return samples.length === 0 ? [] : [...headOf(this.#name, this.#help, this.#type), ...samples]
  }
}

/** How many values lie at or under each bound. */
class Histogram implements Family {
  readonly #name: string
  readonly #help: string
  readonly #bounds: ReadonlyArray<number>
  readonly #series = new Map<string, { readonly labels: Labels; readonly counts: Array<number>; sum: number }>()

  constructor(name: string, help: string, bounds: ReadonlyArray<number>) {
    this.#name = name
    this.#help = help
    this.#bounds = bounds
  }

  observe(labels: Labels, value: number): void {
    const key = written(labels)
    const series = this.#series.get(key) ?? { labels, counts: [...this.#bounds, 0].map(() => 0), sum: 0 }
    this.#series.set(key, series)
    const place = this.#bounds.findIndex((bound) => value <= bound)
    const at = place === -1 ? this.#bounds.length : place
    series.counts[at] = (series.counts[at] ?? 0) + 1
    series.sum += value
  }

  lines(): ReadonlyArray<string> {
    const samples = [...this.#series.values()].flatMap(({ counts, labels, sum }) => {
      let total = 0
      const buckets = counts.map((count, i) => {
        total += count
        return `${this.#name}_bucket${written({ ...labels, le: String(this.#bounds[i] ?? "+Inf") })} ${total}`
      })
      return [
        ...buckets,
        `${this.#name}_sum${written(labels)} ${sum}`,
        `${this.#name}_count${written(labels)} ${total}`
      ]
    })
    return samples.length === 0 ? [] : [...headOf(this.#name, this.#help, "histogram"), ...samples]
  }
}

/** Lets so many names through. */
const bounded = (limit: number): ((name: string) => string) => {
  const known = new Set<string>()
  return (name) => {
    const cut = name.slice(0, 100)
    if (known.has(cut)) return cut
    if (known.size >= limit) return "other"
    known.add(cut)
    return cut
  }
}

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
    /** A record that the ledger could not keep. */
    readonly drop: () => void
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
    if (exchange.cacheMiss === "none") return
    misses.add({ provider, cause: exchange.cacheMiss })
    missed.add({ provider }, inputOf(missedUsage(exchange)))
  }

  return {
    observe: (exchange) => {
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
      for (const slot of exchange.slots) {
        slots.add({ kind: kind(slot.kind), outcome: slot.outcome })
        slotTokens.add({ kind: kind(slot.kind), side: "before" }, slot.tokensBefore)
        slotTokens.add({ kind: kind(slot.kind), side: "after" }, slot.tokensAfter)
        if (slot.reason !== undefined) unchanged.add({ reason: slot.reason })
      }
      for (const one of exchange.passedOver) passedOver.add({ cause: cause(one) })
      overhead.observe({ provider }, exchange.overheadMs / 1000)
      if (exchange.firstByteMs !== undefined) firstByte.observe({ provider }, exchange.firstByteMs / 1000)
      duration.observe({ provider }, exchange.totalMs / 1000)
    },
    drop: () => {
      dropped++
      drops.add({})
    },
    dropped: () => dropped,
    text: () => `${families.flatMap((family) => family.lines()).join("\n")}\n`
  }
}

export const layerMetrics: Layer.Layer<Metrics> = Layer.sync(Metrics, make)

import { describe, expect, it } from "vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerMemory } from "../../../src/adapters/ledger/memory.ts"
import { layerCounted, layerMetrics, Metrics } from "../../../src/apps/proxy/metrics.ts"
import type { Exchange } from "../../../src/domain/exchange.ts"
import { isAnswered } from "../../../src/domain/savings.ts"
import { Ledger } from "../../../src/pipeline/ports/ledger.ts"
import { OriginalsError } from "../../../src/pipeline/ports/originals.ts"
import { exchangesOf } from "../../fixtures/exchanges.ts"

const NAME = /^[a-z_][a-z0-9_]*$/
const SAMPLE =
  /^([a-z_][a-z0-9_]*)(?:\{((?:[a-z_][a-z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*",?)*)\})? (-?[0-9.e+-]+|\+Inf|NaN)$/
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"/g

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}
interface Family {
  readonly type: string
  readonly help: string
  readonly samples: Array<Sample>
}

/** Reads the text as a Prometheus server does, and says what it would not take. */
const parse = (text: string): ReadonlyMap<string, Family> => {
  if (!text.endsWith("\n")) throw new Error("the last line has no end")
  const families = new Map<string, Family>()
  const seen = new Set<string>()
  let family: Family | undefined
  let help = ""
  for (const line of text.slice(0, -1).split("\n")) {
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (keyword === "HELP") {
      if (!NAME.test(name) || families.has(name)) throw new Error(`second or bad family: ${line}`)
      help = rest
      continue
    }
    if (keyword === "TYPE") {
      if (!["counter", "gauge", "histogram"].includes(rest)) throw new Error(`unknown type: ${line}`)
      family = { type: rest, help, samples: [] }
      families.set(name, family)
      continue
    }
    const match = SAMPLE.exec(line)
    if (match === null || family === undefined) throw new Error(`not a sample: ${line}`)
    const labels = Object.fromEntries(
      [...(match[2] ?? "").matchAll(LABEL)].map(([, key = "", value = ""]) => [key, value])
    )
    const [of] = [...families.keys()].slice(-1)
    const base = family.type === "histogram" ? match[1]?.replace(/_(bucket|sum|count)$/, "") : match[1]
    if (base !== of) throw new Error(`${match[1]} stands under ${of}`)
    const key = line.slice(0, line.lastIndexOf(" "))
    if (seen.has(key)) throw new Error(`twice: ${key}`)
    seen.add(key)
    family.samples.push({ name: match[1] ?? "", labels, value: Number(match[3]?.replace("+Inf", "Infinity")) })
  }
  return families
}

const observed = (exchanges: ReadonlyArray<Exchange>, drops = 0): ReadonlyMap<string, Family> =>
  Effect.runSync(
    Effect.map(Metrics, (metrics) => {
      for (const exchange of exchanges) metrics.observe(exchange)
      for (let i = 0; i < drops; i++) metrics.recorded(new OriginalsError({ operation: "record", reason: "full" }))
      expect(metrics.failing()).toBe(drops === 0 ? undefined : "full")
      expect(metrics.dropped()).toBe(drops)
      return parse(metrics.text())
    }).pipe(Effect.provide(layerMetrics))
  )

const many = exchangesOf({ count: 500, until: 1e12, seed: 3 })
const sum = (family: Family | undefined, labels: Readonly<Record<string, string>> = {}): number =>
  (family?.samples ?? [])
    .filter((sample) => Object.entries(labels).every(([name, value]) => sample.labels[name] === value))
    .reduce((total, sample) => total + sample.value, 0)

describe("metrics", () => {
  it("are text that a Prometheus server takes, before the first request too", () => {
    const first = observed([])
    expect([...first.keys()]).toEqual(["headroom_ledger_dropped_total"])
    expect(sum(first.get("headroom_ledger_dropped_total"))).toBe(0)
    const families = observed(many, 3)
    expect(families.size).toBeGreaterThan(15)
    expect(sum(families.get("headroom_ledger_dropped_total"))).toBe(3)
    for (const [name, { help, type }] of families) {
      expect(name).toMatch(/^headroom_/)
      expect(help.length).toBeGreaterThan(10)
      if (type === "counter") expect(name).toMatch(/_total$/)
    }
  })

  it("tell renewals of a cache from requests of clients, and what they averted", () => {
    const one = many.find((each) => isAnswered(each) && each.usage !== undefined)
    if (one === undefined) throw new Error("no exchange")
    const usage = { uncached: 3, cacheRead: 40_000, cacheWrite: 0, cacheWriteHour: 0, output: 1 }
    const families = observed([
      { ...one, endpoint: "renewal", usage },
      { ...one, usage, cacheMiss: "averted", missedTokens: 39_000 },
      { ...one, prefix: { _tag: "Changed", part: "epoch", message: 2, tokens: 700, removed: 9_000 }, cacheMiss: "none" }
    ])
    expect(sum(families.get("headroom_requests_total"))).toBe(2)
    expect(sum(families.get("headroom_renewals_total"), { finish: one.finish })).toBe(1)
    expect(sum(families.get("headroom_renewal_tokens_total"), { class: "cache_read" })).toBe(40_000)
    expect(sum(families.get("headroom_averted_tokens_total"))).toBe(39_000)
    expect(families.has("headroom_cache_misses_total")).toBe(false)
    expect(sum(families.get("headroom_epoch_tokens_total"), { what: "removed" })).toBe(9_000)
    expect(sum(families.get("headroom_epoch_tokens_total"), { what: "rewritten" })).toBe(700)
  })

  it("say what the last write to the store failed of, until one does not", () => {
    const one = many.find((each) => each.slots.length > 0)
    if (one === undefined) throw new Error("no exchange")
    const outcomes = Effect.runSync(
      Effect.map(Metrics, (metrics) => {
        const told: Array<string | undefined> = [metrics.failing()]
        const then = (act: () => void): void => {
          act()
          told.push(metrics.failing())
        }
        then(() => metrics.observe({ ...one, passedOver: ["store"] }))
        then(() => metrics.observe({ ...one, passedOver: [], slots: [] }))
        then(() => metrics.observe({ ...one, passedOver: [] }))
        then(() => metrics.recorded(new OriginalsError({ operation: "record", reason: "full" })))
        then(() => metrics.recorded(undefined))
        return told
      }).pipe(Effect.provide(layerMetrics))
    )
    expect(outcomes).toEqual([undefined, "failing", "failing", undefined, "full", undefined])
  })

  it("count what was observed", () => {
    const families = observed(many)
    const answered = many.filter(isAnswered)
    expect(sum(families.get("headroom_requests_total"))).toBe(many.length)
    expect(sum(families.get("headroom_requests_total"), { finish: "upstream-error" })).toBe(
      many.filter((one) => one.finish === "upstream-error").length
    )
    expect(sum(families.get("headroom_tokens_total"), { class: "cache_read" })).toBe(
      answered.reduce((total, one) => total + (one.usage?.cacheRead ?? 0), 0)
    )
    expect(sum(families.get("headroom_prompt_tokens_total"), { side: "after" })).toBe(
      answered.reduce((total, one) => total + one.tokensAfter, 0)
    )
    expect(sum(families.get("headroom_slots_total"))).toBe(many.flatMap((one) => one.slots).length)
    expect(sum(families.get("headroom_cache_misses_total"), { cause: "expired" })).toBe(
      answered.filter((one) => one.cacheMiss === "expired").length
    )
    expect(sum(families.get("headroom_saved_tokens"))).toBeGreaterThan(0)
  })

  it("have histograms whose buckets hold all below their bound, the last one everything", () => {
    const families = observed(many)
    const histograms = [...families].filter(([, { type }]) => type === "histogram")
    expect(histograms.map(([name]) => name)).toEqual([
      "headroom_overhead_seconds",
      "headroom_first_byte_seconds",
      "headroom_duration_seconds",
      "headroom_prompt_ratio"
    ])
    for (const [name, { samples }] of histograms) {
      for (const provider of ["anthropic", "openai", "gemini"]) {
        const mine = samples.filter((sample) => sample.labels["provider"] === provider)
        const buckets = mine.filter((sample) => sample.name === `${name}_bucket`)
        const bounds = buckets.map((sample) => Number(sample.labels["le"]?.replace("+Inf", "Infinity")))
        expect(bounds).toEqual([...bounds].sort((a, b) => a - b))
        expect(bounds.at(-1)).toBe(Number.POSITIVE_INFINITY)
        expect(buckets.map((sample) => sample.value)).toEqual(
          buckets.map((sample) => sample.value).sort((a, b) => a - b)
        )
        expect(mine.find((sample) => sample.name === `${name}_count`)?.value).toBe(buckets.at(-1)?.value)
        if (name !== "headroom_overhead_seconds") continue
        const seconds = many.filter((one) => one.provider === provider).map((one) => one.overheadMs / 1000)
        expect(buckets.map((sample) => sample.value)).toEqual(
          bounds.map((bound) => seconds.filter((value) => value <= bound).length)
        )
        expect(mine.find((sample) => sample.name === `${name}_sum`)?.value).toBeCloseTo(
          seconds.reduce((total, value) => total + value, 0),
          9
        )
      }
    }
  })

  it("count what the ledger is given, and what it could not keep", () => {
    const [one, other] = many as readonly [Exchange, Exchange]
    const failing = Layer.map(layerMemory(), (context) =>
      Context.make(Ledger, {
        ...Context.get(context, Ledger),
        record: (exchange) =>
          exchange === one ? Effect.void : Effect.fail(new OriginalsError({ operation: "record", reason: "full" }))
      })
    )
    const families = Effect.runSync(
      Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* ledger.record(one)
        yield* Effect.flip(ledger.record(other))
        return parse((yield* Metrics).text())
      }).pipe(Effect.provide(layerCounted.pipe(Layer.provide(failing), Layer.provideMerge(layerMetrics))))
    )
    expect(sum(families.get("headroom_requests_total"))).toBe(2)
    expect(sum(families.get("headroom_ledger_dropped_total"))).toBe(1)
  })

  it("bound their labels, whatever clients call their models and tools", () => {
    const one = many.find((exchange) => exchange.usage !== undefined && exchange.slots.length > 0)
    if (one === undefined) throw new Error("none")
    const flood = Array.from(
      { length: 2000 },
      (_, i): Exchange => ({
        ...one,
        model: `model-${i}-"\\\n${"x".repeat(1000)}`,
        passedOver: [`cause-${i}`],
        slots: one.slots.map((slot) => ({ ...slot, kind: `kind-${i}` }))
      })
    )
    const families = observed(flood)
    const samples = [...families.values()].reduce((total, family) => total + family.samples.length, 0)
    expect(samples).toBeLessThan(900)
    const models = new Set(families.get("headroom_tokens_total")?.samples.map((sample) => sample.labels["model"]))
    expect(models.size).toBe(51)
    expect(models).toContain("other")
  })
})

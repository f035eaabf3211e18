/** The first look: what was saved, of what, and where the tokens went. */
import type { StatsAnswer } from "../../stats.ts"
import { chart } from "./chart.ts"
import { type Column, html, section, table } from "./element.ts"
import { count, counted, dollars, duration, share, tokens, written } from "./format.ts"

interface Headline {
  readonly name: string
  readonly figure: string
  readonly of: string
  readonly isLoss: boolean
}

/** The one figure, its name, and the sentence that says what it is a part of. */
const headline = ({ total }: StatsAnswer): Headline => {
  const { context, money } = total
  if (money.requests > 0) {
    const { paid, saved, without } = money
    const isLoss = saved < 0
    const whole = `the ${dollars(without)} that ${counted(money.requests, "request")} would have cost without Headroom; ${dollars(paid)} was paid.`
    return {
      name: isLoss ? "Spent more, net" : "Saved, net",
      figure: dollars(Math.abs(saved)),
      of: `${share(Math.abs(saved), without)} ${isLoss ? "more than" : "of"} ${whole}`,
      isLoss
    }
  }
  const isSubscribed = context.requests > 0
  const { tokensAfter, tokensBefore } = isSubscribed ? context : total
  const spared = tokensBefore - tokensAfter
  const isLoss = spared < 0
  const requests = counted(isSubscribed ? context.requests : total.answered, "request")
  return {
    name: isLoss ? "More context used" : isSubscribed ? "Context kept free" : "Tokens kept out",
    figure: share(Math.abs(spared), tokensBefore),
    of: `${tokens(Math.abs(spared))} ${isLoss ? "more than" : "of"} the ${tokens(tokensBefore)} tokens that ${requests} would have carried without Headroom.`,
    isLoss
  }
}

/** What the figure leaves out, and where its prices come from. */
const remarks = ({ models, total }: StatsAnswer): ReadonlyArray<string> => {
  const { context, money, unpriced } = total
  const priced = models.flatMap((model) => (model.money.requests > 0 && model.price !== undefined ? [model.price] : []))
  const dates = priced.flatMap((price) => (price.asOf === "" ? [] : [price.asOf])).sort()
  const oldest = dates[0]
  const places = [...new Set(priced.map((price) => price.source.replace(/^https?:\/\/([^/]+).*$/, "$1")))]
  const unknown = models.filter((model) => model.unpriced > 0).map((model) => model.name)
  const uncounted = total.answered - total.counted
  return [
    ...(priced.length === 0
      ? []
      : [`Prices: ${places.join(", ")}${oldest === undefined ? "" : `, read on ${written(oldest)} or later`}.`]),
    ...(unpriced === 0
      ? []
      : [`${counted(unpriced, "request")} in tokens only: no price is known for ${unknown.join(", ")}.`]),
    ...(context.requests === 0 || money.requests === 0
      ? []
      : [
          `${counted(context.requests, "request")} under a subscription, ${share(context.tokensBefore - context.tokensAfter, context.tokensBefore)} of their context kept free.`
        ]),
    ...(uncounted === 0 ? [] : [`${counted(uncounted, "answer")} without the provider's count, not in any money.`])
  ]
}

export const overview = (stats: StatsAnswer): HTMLElement => {
  const { figure, isLoss, name, of } = headline(stats)
  return html(
    "section",
    { class: "overview", attributes: { "aria-labelledby": "title-overview" } },
    html(
      "div",
      {},
      html("h2", { attributes: { id: "title-overview" } }, name),
      html("p", { class: isLoss ? "figure loss" : "figure" }, figure),
      html("p", { class: "of" }, of),
      html("ul", { class: "remarks" }, ...remarks(stats).map((remark) => html("li", { class: "note" }, remark)))
    ),
    chart(stats) ?? ""
  )
}

interface Class {
  readonly name: string
  readonly key: "cacheRead" | "cacheWrite" | "cacheWriteHour" | "uncached"
  readonly used: number
  readonly saved: number
}

const CLASSES = [
  ["Read from the cache", "cacheRead"],
  ["Written to the cache", "cacheWrite"],
  ["Written for an hour", "cacheWriteHour"],
  ["Not cached", "uncached"]
] as const

export const tokensByClass = ({ total }: StatsAnswer): HTMLElement => {
  const classes = CLASSES.map(([name, key]): Class => ({ name, key, used: total.used[key], saved: total.saved[key] }))
  const shown = classes.filter((one) => one.used > 0 || one.saved !== 0)
  const input = classes.reduce((sum, one) => sum + one.used, 0)
  const saved = classes.reduce((sum, one) => sum + one.saved, 0)
  const columns: ReadonlyArray<Column<Class>> = [
    {
      title: "Input",
      cell: (one) => html("span", {}, html("span", { class: `swatch ${one.key}` }), one.name)
    },
    { title: "Tokens", isNumber: true, cell: (one) => tokens(one.used) },
    { title: "Share", isNumber: true, cell: (one) => share(one.used, input) },
    { title: "Spared", isNumber: true, cell: (one) => tokens(one.saved) }
  ]
  const strip = html("div", { class: "strip", attributes: { "aria-hidden": "true" } })
  for (const one of shown) {
    const part = html("span", { class: one.key })
    part.style.flexGrow = String(one.used)
    strip.append(part)
  }
  return section(
    "Tokens by price class",
    "classes",
    strip,
    table("Input tokens as the provider counted them", columns, shown),
    html(
      "p",
      { class: "note" },
      `${tokens(saved)} spared of ${tokens(input + saved)} input tokens; ${tokens(total.used.output)} of output.`
    )
  )
}

const CAUSES: Readonly<Record<StatsAnswer["cache"]["misses"][number]["cause"], string>> = {
  none: "Hit",
  "cold-start": "First request",
  expired: "Paused for longer than it lives",
  "prefix-changed": "The beginning changed",
  unknown: "No cause known",
  averted: "Averted"
}

type Miss = StatsAnswer["cache"]["misses"][number]

/** What was done about the cache, and what came of it. */
const cacheNotes = ({ epochs, total }: StatsAnswer): ReadonlyArray<string> => {
  const { averted, paid, requests } = total.renewals
  return [
    ...(requests === 0
      ? []
      : [
          `Kept warm by ${counted(requests, "request")} of ours, for ${dollars(paid)}; ${dollars(averted)} of writing anew averted.`
        ]),
    ...(epochs.births === 0
      ? []
      : [
          `${counted(epochs.births, "time")} a history was rendered anew: ${tokens(epochs.removed)} tokens less since, ${tokens(epochs.rewritten)} written again${total.money.requests === 0 ? "" : `; ${dollars(epochs.gained)} gained so far`}.`
        ])
  ]
}

export const cacheHealth = (stats: StatsAnswer): HTMLElement => {
  const { cache, total } = stats
  // a conversation's first request finds nothing, and loses nothing
  const misses = cache.misses.filter((miss) => miss.tokens > 0)
  const columns: ReadonlyArray<Column<Miss>> = [
    { title: "Missed because", cell: (miss) => CAUSES[miss.cause] },
    { title: "Times", isNumber: true, cell: (miss) => count(miss.requests) },
    { title: "Read again", isNumber: true, cell: (miss) => tokens(miss.tokens) },
    ...(total.money.requests === 0
      ? []
      : [{ title: "Cost", isNumber: true, cell: (miss: Miss) => dollars(miss.dollars) }])
  ]
  return section(
    "Prompt cache",
    "cache",
    html("p", { class: "second" }, share(cache.read, cache.input)),
    html("p", { class: "of" }, `of ${tokens(cache.input)} input tokens came from the provider's cache.`),
    misses.length === 0
      ? html("p", { class: "note" }, "It gave all that it held.")
      : table("Why the cache gave less than it held, and what that cost", columns, misses),
    ...cacheNotes(stats).map((note) => html("p", { class: "note" }, note))
  )
}

export const latency = ({ latency: { firstByteMs, overheadMs, requests } }: StatsAnswer): HTMLElement => {
  const rows = [
    { name: "Headroom's own work", quantiles: overheadMs },
    { name: "To the first byte", quantiles: firstByteMs }
  ]
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    { title: "Time", cell: (row) => row.name },
    ...(["p50", "p90", "p99", "max"] as const).map((name, i) => ({
      title: ["Half", "9 of 10", "99 of 100", "Longest"][i] ?? name,
      isNumber: true,
      cell: (row: (typeof rows)[number]) => (row.quantiles === undefined ? "–" : duration(row.quantiles[name]))
    }))
  ]
  return section(
    "Latency",
    "latency",
    table("How long requests took at most", columns, rows),
    html("p", { class: "note" }, `Of the latest ${counted(requests, "request")}.`)
  )
}

const FINISHES: Readonly<Record<StatsAnswer["finishes"][number]["finish"], string>> = {
  complete: "Complete",
  truncated: "Cut off by the provider",
  "upstream-error": "The provider's error",
  unreachable: "No answer from the provider",
  "client-abort": "Ended by the client",
  refused: "Refused by Headroom"
}

const PASSED_OVER: Readonly<Record<string, string>> = {
  deadline: "Too slow: sent as it came",
  store: "The store failed: nothing hidden",
  busy: "Too much at once: sent as it came",
  lost: "A thread was lost: sent as it came",
  bug: "A bug: sent as it came"
}

export const failures = ({ dropped, finishes, passedOver, total }: StatsAnswer): HTMLElement => {
  const rows = [
    ...finishes
      .filter(({ finish }) => finish !== "complete")
      .map(({ finish, requests }) => ({ what: FINISHES[finish], requests })),
    ...passedOver.map(({ cause, requests }) => ({ what: PASSED_OVER[cause] ?? cause, requests })),
    ...(dropped === 0 ? [] : [{ what: "Not recorded here", requests: dropped }])
  ]
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    { title: "What", cell: (row) => row.what },
    { title: "Requests", isNumber: true, cell: (row) => count(row.requests) },
    { title: "Share", isNumber: true, cell: (row) => share(row.requests, total.requests) }
  ]
  return section(
    "Errors",
    "failures",
    rows.length === 0
      ? html("p", { class: "note" }, `None among ${counted(total.requests, "request")}.`)
      : table("Requests that did not go as they should", columns, rows)
  )
}

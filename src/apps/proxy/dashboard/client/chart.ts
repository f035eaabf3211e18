/** What requests cost and would have cost over time, drawn: the spared part stands on top of what was paid. */
import type { StatsAnswer } from "../../stats.ts"
import { type Bar, barsOf } from "./bars.ts"
import { html, svg } from "./element.ts"
import { clock, day, dollars, share, tokens } from "./format.ts"

const DAY = 86_400_000

/** What would have been without Headroom, or what was, where that is more. */
const heightOf = (bar: Bar): number => bar.rest + Math.max(0, bar.spared)

/** Heights are shares of the highest bar; the drawing stretches to the room that there is. */
const drawing = (bars: ReadonlyArray<Bar>, highest: number, titleOf: (bar: Bar) => string): SVGSVGElement => {
  const part = (value: number): string => ((100 * value) / highest).toFixed(2)
  return svg(
    "svg",
    {
      attributes: { viewBox: `0 0 ${bars.length * 4} 100`, preserveAspectRatio: "none", "aria-hidden": "true" }
    },
    ...bars.map((bar, i) => {
      // the part that makes the difference stands on top
      const top = Math.abs(bar.spared)
      const ground = heightOf(bar) - top
      const place = { x: String(i * 4 + 0.4), width: "3.2" }
      const y = (value: number): string => (100 - Number(part(value))).toFixed(2)
      return svg(
        "g",
        {},
        svg("title", {}, titleOf(bar)),
        svg("rect", { class: "ground", attributes: { ...place, y: "0", height: "100" } }),
        svg("rect", { class: "rest", attributes: { ...place, y: y(ground), height: part(ground) } }),
        svg("rect", {
          class: bar.spared < 0 ? "more" : "spared",
          attributes: { ...place, y: y(heightOf(bar)), height: part(top) }
        })
      )
    })
  )
}

export const chart = (stats: StatsAnswer): HTMLElement | undefined => {
  const bars = barsOf(stats)
  const highest = bars.reduce((most, bar) => Math.max(most, heightOf(bar)), 0)
  if (highest === 0) return undefined
  const isMoney = stats.total.money.requests > 0
  const figure = isMoney ? dollars : tokens
  const isDay = stats.until - stats.since <= 2 * DAY
  const label = (bar: Bar): string => (isDay ? clock : day)(new Date(bar.at))
  const titleOf = (bar: Bar): string =>
    `${day(new Date(bar.at))}${stats.spanMs < DAY ? `, ${clock(new Date(bar.at))}` : ""}: ${figure(bar.spared)} of ${figure(bar.rest + bar.spared)} saved, ${share(bar.spared, bar.rest + bar.spared)}`
  const best = bars.reduce((most, bar) => (bar.spared > most.spared ? bar : most))
  const [first] = bars
  const middle = bars[Math.floor(bars.length / 2)]
  const summary = `Over time. Most saved: ${titleOf(best)}.`
  return html(
    "figure",
    { class: "chart", attributes: { role: "img", "aria-label": summary } },
    html("p", { class: "scale" }, figure(highest)),
    drawing(bars, highest, titleOf),
    html(
      "p",
      { class: "axis" },
      html("span", {}, first === undefined ? "" : label(first)),
      html("span", {}, middle === undefined ? "" : label(middle)),
      html("span", {}, "now")
    ),
    html(
      "figcaption",
      {},
      html("span", { class: "swatch rest" }),
      isMoney ? "paid " : "sent ",
      html("span", { class: "swatch spared" }),
      "saved ",
      ...(bars.some((bar) => bar.spared < 0) ? [html("span", { class: "swatch more" }), "more than without"] : [])
    )
  )
}

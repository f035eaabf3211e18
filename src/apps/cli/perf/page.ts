/** The report of a history as one page that needs nothing else: no script, no font, no request. */
import { count, counted, dollars } from "../figures.ts"
import { bars, columns, escaped, type Row } from "./plots.ts"
import { STYLE } from "./style.ts"
import { dayOf, type Report } from "./summary.ts"
import {
  betterFading,
  betterLifetime,
  countedNote,
  FADING_NAMES,
  FADING_NOTE,
  isGain,
  LIFETIME_NAMES,
  money,
  pauseName,
  plotted,
  share,
  shareOf,
  short,
  sourcesOf,
  unpricedNote
} from "./words.ts"

const tile = (figure: string, name: string, note: string): string =>
  `<div class="tile"><b>${escaped(figure)}</b><span>${escaped(name)}</span><small>${escaped(note)}</small></div>`

const section = (title: string, note: string, body: string): string =>
  body === ""
    ? ""
    : `<section><h2>${escaped(title)}</h2>${note === "" ? "" : `<p>${escaped(note)}</p>`}${body}</section>`

const table = (heading: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const cells = (row: ReadonlyArray<string>, tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`
  return `<details><summary>as a table</summary><table><thead>${cells(heading, "th")}</thead><tbody>${rows.map((row) => cells(row, "td")).join("")}</tbody></table></details>`
}

const LEGEND = '<p class="legend"><i class="kept"></i>with headroom <i class="gone"></i>saved</p>'

const tiles = ({ spent, misses, sessions, calls }: Report): string =>
  `<div class="tiles">${[
    ...(spent.dollarsBefore === 0
      ? []
      : [
          tile(
            share(spent.dollarsBefore, spent.dollarsAfter),
            "of the cost saved",
            `${dollars(spent.dollarsBefore)} → ${dollars(spent.dollarsAfter)}, at list prices`
          )
        ]),
    tile(
      share(spent.tokensBefore, spent.tokensAfter),
      "of the input tokens",
      `${short(spent.tokensBefore)} → ${short(spent.tokensAfter)}, over all calls`
    ),
    tile(
      money(misses.dollars) || `${short(misses.tokens)} tokens`,
      "for caches lost in pauses",
      `${counted(misses.calls, "pause")}, ${short(misses.tokens)} tokens written again`
    ),
    tile(count(sessions), "sessions", counted(calls, "call"))
  ].join("")}</div>`

const verdict = (report: Report): string => {
  const better = betterLifetime(report)
  const fading = betterFading(report)
  const lines = [
    ...(isGain(report)
      ? []
      : [
          "Nothing to gain here: little of what these agents read can be said in fewer tokens with everything in sight."
        ]),
    ...(better === undefined
      ? []
      : [
          `By these pauses, a cache that lives ${LIFETIME_NAMES[better.lifetime]} would have saved ${dollars(better.spared)} more.`
        ]),
    ...(fading === undefined
      ? []
      : [
          `With ${FADING_NAMES[fading.choice]} the same sessions would have cost ${(100 * fading.net).toFixed(1)} % of what they did.`
        ])
  ]
  return lines.map((line) => `<p class="verdict">${escaped(line)}</p>`).join("")
}

const overTime = (report: Report): string => {
  const { list } = report.periods
  if (list.length < 2) return ""
  const { name, text, before, after } = plotted(report)
  const drawn = list.map((one) => ({
    name: one.name.slice(2),
    solid: after(one),
    rest: Math.max(0, before(one) - after(one)),
    title: `${one.name}: ${text(before(one))} as it was, ${text(after(one))} with headroom, ${counted(one.calls, "call")}`
  }))
  return LEGEND + columns(`${name} by ${report.periods.unit}`, drawn, text)
}

const sources = (report: Report): string => {
  const { all, outputs } = sourcesOf(report)
  const whole = all.reduce((sum, one) => sum + one.tokens, 0)
  const row = (name: string, tokens: number, isMarked: boolean): Row => ({
    name,
    solid: tokens,
    rest: 0,
    figures: `${short(tokens)}, ${((100 * tokens) / Math.max(1, whole)).toFixed(0)} %`,
    title: `${name}: ${count(tokens)} tokens`,
    isMarked
  })
  return bars("What enters a context", [
    ...all.map((one) => row(one.name, one.tokens, false)),
    ...outputs.map((one) => row(`↳ ${one.name}`, one.tokens, true))
  ])
}

const projects = (report: Report): string =>
  LEGEND +
  bars(
    `${plotted(report).name} by project`,
    report.projects.map((one) => ({
      name: one.name,
      solid: plotted(report).after(one),
      rest: Math.max(0, plotted(report).before(one) - plotted(report).after(one)),
      figures: `${plotted(report).before(one) === 0 ? "no price known" : plotted(report).text(plotted(report).before(one))}, −${shareOf(one)}`,
      title: `${one.name}: ${counted(one.sessions, "session")}, ${counted(one.calls, "call")}, ${short(one.tokensBefore)} input tokens`
    }))
  ) +
  table(
    ["project", "sessions", "calls", "input tokens", "cost", "with headroom"],
    report.projects.map((one) => [
      one.name,
      count(one.sessions),
      count(one.calls),
      count(one.tokensBefore),
      dollars(one.dollarsBefore),
      dollars(one.dollarsAfter)
    ])
  )

const tools = ({ tools: list }: Report): string =>
  LEGEND +
  bars(
    "Tokens by tool",
    list.map((one) => ({
      name: one.tool,
      solid: one.tokensAfter,
      rest: Math.max(0, one.tokensBefore - one.tokensAfter),
      figures: `${short(one.tokensBefore)}, −${share(one.tokensBefore, one.tokensAfter)}`,
      title: `${one.tool}: ${counted(one.outputs, "output")}, ${dollars(one.dollarsSpared)} saved over all calls`
    }))
  ) +
  table(
    ["tool", "outputs", "tokens", "with headroom", "saved over all calls"],
    list.map((one) => [
      one.tool,
      count(one.outputs),
      count(one.tokensBefore),
      count(one.tokensAfter),
      dollars(one.dollarsSpared)
    ])
  )

const pauses = ({ pauses: list, misses }: Report): string =>
  misses.calls === 0
    ? ""
    : bars(
        "What pauses cost",
        list.map((one) => ({
          name: pauseName(one),
          solid: misses.dollars > 0 ? one.dollars : one.misses,
          rest: 0,
          figures: [money(one.dollars), `${one.misses} of ${one.pauses} missed`]
            .filter((text) => text !== "")
            .join(", "),
          title: `${counted(one.pauses, "pause")} of ${pauseName(one)}`
        }))
      )

const lifetimes = ({ lifetimes: list, lifetimeInUse }: Report): string => {
  const [best] = list
  return list.length === 0
    ? ""
    : bars(
        "Cost by the cache's lifetime",
        list.map((one) => ({
          name: `${LIFETIME_NAMES[one.lifetime]}${one.lifetime === lifetimeInUse ? ", in use" : ""}`,
          solid: one.dollarsAfter,
          rest: Math.max(0, one.dollarsBefore - one.dollarsAfter),
          figures: `${dollars(one.dollarsAfter)}${one === best ? ", cheapest" : ""}`,
          title: `${dollars(one.dollarsBefore)} as it was, ${dollars(one.dollarsAfter)} with headroom`
        }))
      )
}

const fadings = ({ fadings: list }: Report): string =>
  list.length === 0
    ? ""
    : bars(
        "Net cost by how old outputs fade",
        list.map((one) => ({
          name: FADING_NAMES[one.choice],
          solid: one.net,
          rest: Math.max(0, 1 - one.net),
          figures: `${(100 * one.net).toFixed(1)} %${one.dollars === 0 ? "" : `, ${dollars(one.dollars)}`}`,
          title: `${(100 * one.recall).toFixed(1)} % of the facts in sight, ${counted(one.births, "time")} a history rendered anew`
        }))
      ) +
      table(
        ["", "net cost", "dollars", "facts in sight", "rendered anew"],
        list.map((one) => [
          FADING_NAMES[one.choice],
          `${(100 * one.net).toFixed(1)} %`,
          money(one.dollars),
          `${(100 * one.recall).toFixed(1)} %`,
          count(one.births)
        ])
      )

const notes = (report: Report): string => {
  const providers = countedNote(report)
  const unpriced = unpricedNote(report)
  return [
    ...(unpriced === undefined ? [] : [unpriced]),
    ...(providers === undefined ? [] : [providers]),
    "Headroom in mode visible: nothing hidden, and what was sent stays as it was. Money is list prices with prefix caching, pauses counted. Made on this machine; nothing left it, and nothing that was said is in this page.",
    ...(report.unread === 0 ? [] : [`Not readable, and left out: ${counted(report.unread, "file")}.`])
  ]
    .map((line) => `<p>${escaped(line)}</p>`)
    .join("")
}

export const pageOf = (report: Report): string => {
  const when =
    report.from === undefined || report.to === undefined ? "" : `${dayOf(report.from)} to ${dayOf(report.to)} · `
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
    `<title>headroom perf</title><style>${STYLE}</style></head><body><main>`,
    `<header><h1>What headroom would have saved</h1><p>${escaped(when + report.agents.map((agent) => agent.name).join(", "))}</p></header>`,
    tiles(report),
    verdict(report),
    section(`${plotted(report).name} by ${report.periods.unit}`, "", overTime(report)),
    section(
      "What enters a context",
      "Each token once, when it comes in; it is paid for again at every call after that.",
      sources(report)
    ),
    section("By project", "", report.projects.length === 0 ? "" : projects(report)),
    section("By tool", "Tokens of the outputs, each once.", report.tools.length === 0 ? "" : tools(report)),
    section(
      "Pauses that emptied the cache",
      "By length: what it cost to write the context to the cache again.",
      pauses(report)
    ),
    section(
      "How long the cache should live",
      "Input of the calls whose client can choose, by the pauses that were made.",
      lifetimes(report)
    ),
    section("What fading would change", `Old outputs hidden once they are of no use. ${FADING_NOTE}`, fadings(report)),
    `<footer>${notes(report)}</footer></main></body></html>\n`
  ].join("\n")
}

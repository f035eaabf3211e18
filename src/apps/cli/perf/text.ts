/** The report of a history as lines for a terminal. */
import type { PauseShare, Share, ToolShare } from "../../../domain/history.ts"
import { count, counted as countedOf, dollars, table } from "../figures.ts"
import type { Paint } from "../terminal.ts"
import { bar, barOfTwo, columns } from "./bars.ts"
import { dayOf, type Report } from "./summary.ts"
import {
  betterFading,
  betterLifetime,
  countedNote,
  FADING_NAMES,
  FADING_NOTE,
  isGain,
  LIFETIME_FLAGS,
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

const CELLS = 24
const CHART_LINES = 5

const range = (from: number, length: number): ReadonlySet<number> => new Set(Array.from({ length }, (_, i) => from + i))

/** A table under a title. */
const section = (
  title: string,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  right: ReadonlySet<number>,
  paint: Paint
): ReadonlyArray<string> => {
  if (rows.length < 2) return []
  const [heading = "", ...lines] = table(rows, right)
  return ["", paint("bold", title), paint("dim", `  ${heading}`), ...lines.map((line) => `  ${line}`)]
}

const period = (report: Report): string =>
  report.from === undefined || report.to === undefined ? "" : `, ${dayOf(report.from)} to ${dayOf(report.to)}`

const headLines = (report: Report, paint: Paint): ReadonlyArray<string> => {
  const { spent } = report
  const rows = [
    ["", "as it was", "with headroom", "saved"],
    [
      "input tokens, all calls",
      short(spent.tokensBefore),
      short(spent.tokensAfter),
      share(spent.tokensBefore, spent.tokensAfter)
    ],
    ...(spent.dollarsBefore === 0
      ? []
      : [
          [
            "cost at list prices",
            dollars(spent.dollarsBefore),
            dollars(spent.dollarsAfter),
            share(spent.dollarsBefore, spent.dollarsAfter)
          ]
        ])
  ]
  const [heading = "", ...lines] = table(rows, range(1, 3))
  const agents = report.agents.map((agent) => agent.name).join(", ")
  return [
    paint(
      "bold",
      `${countedOf(report.sessions, "session")}, ${countedOf(report.calls, "call")} of ${agents}${period(report)}`
    ),
    "",
    paint("dim", heading),
    ...lines.map((line, i) => (i === 1 ? paint("green", line) : line))
  ]
}

/** The most of what is plotted. */
const mostOf = (report: Report, list: ReadonlyArray<Share>): number => Math.max(0, ...list.map(plotted(report).before))

const projectRow =
  (report: Report) =>
  (one: Share): ReadonlyArray<string> => [
    one.name,
    count(one.sessions),
    count(one.calls),
    short(one.tokensBefore),
    money(one.dollarsBefore),
    money(one.dollarsBefore - one.dollarsAfter),
    shareOf(one),
    barOfTwo(plotted(report).after(one), plotted(report).before(one), mostOf(report, report.projects), CELLS)
  ]

const toolRow =
  (most: number) =>
  (one: ToolShare): ReadonlyArray<string> => [
    one.tool,
    count(one.outputs),
    short(one.tokensBefore),
    short(one.tokensAfter),
    share(one.tokensBefore, one.tokensAfter),
    money(one.dollarsSpared),
    barOfTwo(one.tokensAfter, one.tokensBefore, most, CELLS)
  ]

const sourceLines = (report: Report, paint: Paint): ReadonlyArray<string> => {
  const { all, outputs } = sourcesOf(report)
  const rows = [...all, ...outputs.map((one) => ({ ...one, name: `  ${one.name}` }))]
  const most = Math.max(...rows.map((one) => one.tokens))
  return section(
    "What enters a context, each token once",
    [["", "tokens", ""], ...rows.map(({ name, tokens }) => [name, short(tokens), bar(tokens, most, CELLS)])],
    range(1, 1),
    paint
  )
}

const pauseRow = (one: PauseShare): ReadonlyArray<string> => [
  pauseName(one),
  count(one.pauses),
  count(one.misses),
  money(one.dollars)
]

const pauseLines = (report: Report, paint: Paint): ReadonlyArray<string> => {
  const { misses, pauses } = report
  if (misses.calls === 0) return []
  return section(
    `Pauses that emptied the cache: ${count(misses.calls)}; ${short(misses.tokens)} tokens were written again${misses.dollars > 0 ? `, for ${dollars(misses.dollars)}` : ""}`,
    [["pause", "pauses", "missed", "cost"], ...pauses.map(pauseRow)],
    range(1, 3),
    paint
  )
}

const lifetimeLines = (report: Report, paint: Paint): ReadonlyArray<string> => {
  const { lifetimes, lifetimeInUse } = report
  const [best] = lifetimes
  const most = Math.max(0, ...lifetimes.map((one) => one.dollarsAfter))
  const note = (lifetime: string): string =>
    [lifetime === lifetimeInUse ? "in use" : "", lifetime === best?.lifetime ? "cheapest" : ""]
      .filter((word) => word !== "")
      .join(", ")
  const better = betterLifetime(report)
  return [
    ...section(
      "How long the cache should live, by your pauses (input of Claude's calls, with headroom)",
      [
        ["lifetime", "cost", "", ""],
        ...lifetimes.map((one) => [
          LIFETIME_NAMES[one.lifetime],
          dollars(one.dollarsAfter),
          bar(one.dollarsAfter, most, CELLS),
          note(one.lifetime)
        ])
      ],
      range(1, 1),
      paint
    ),
    ...(better === undefined
      ? []
      : [
          paint(
            "green",
            `  ${LIFETIME_NAMES[better.lifetime]} would have saved ${dollars(better.spared)} more: headroom wrap AGENT ${LIFETIME_FLAGS[better.lifetime]}`
          )
        ])
  ]
}

const fadingLines = (report: Report, paint: Paint): ReadonlyArray<string> => {
  const most = Math.max(0, ...report.fadings.map((one) => one.net))
  return [
    ...section(
      "What fading would change (old outputs hidden once they are of no use, behind a retrieval)",
      [
        ["", "net cost", "", "facts in sight", "rendered anew", ""],
        ...report.fadings.map((one) => [
          FADING_NAMES[one.choice],
          `${(100 * one.net).toFixed(1)} %`,
          money(one.dollars),
          `${(100 * one.recall).toFixed(1)} %`,
          count(one.births),
          bar(one.net, most, CELLS)
        ])
      ],
      range(1, 4),
      paint
    ),
    ...(report.fadings.length === 0 ? [] : [paint("dim", `  ${FADING_NOTE}`)])
  ]
}

const chartLines = (report: Report, width: number, paint: Paint): ReadonlyArray<string> => {
  const { periods } = report
  const { name, text, before } = plotted(report)
  const list = periods.list.slice(-Math.max(1, width - 4))
  const [first, last] = [list[0], list.at(-1)]
  if (first === undefined || last === undefined || list.length < 3) return []
  const chart = columns(list.map(before), CHART_LINES)
  return [
    "",
    paint("bold", `${name} by ${periods.unit}, up to ${text(mostOf(report, list))}`),
    ...chart.map((line) => `  ${paint("cyan", line)}`),
    paint(
      "dim",
      `  ${first.name}${" ".repeat(Math.max(1, list.length - first.name.length - last.name.length))}${last.name}`
    )
  ]
}

const verdict = (report: Report, paint: Paint): ReadonlyArray<string> => {
  if (isGain(report)) return []
  const others = [
    ...(betterLifetime(report) === undefined ? [] : ["the cache could live longer or shorter for less"]),
    ...(betterFading(report) === undefined ? [] : ["letting old outputs fade would pay"])
  ]
  const other = others.length === 0 ? "" : `, but ${others.join(", and ")}: see below`
  return [
    "",
    paint(
      "yellow",
      `Nothing to gain here: little of what these agents read can be said in fewer tokens with everything in sight${other}.`
    )
  ]
}

const footLines = (report: Report, paint: Paint): ReadonlyArray<string> => {
  const counted = countedNote(report)
  const unpriced = unpricedNote(report)
  const notes = [
    ...(unpriced === undefined ? [] : [unpriced]),
    ...(counted === undefined ? [] : [counted]),
    "Mode visible: nothing hidden, what was sent stays as it was. Nothing left this machine.",
    ...(report.unread === 0 ? [] : [`Not readable, and left out: ${countedOf(report.unread, "file")}.`])
  ]
  return ["", ...notes.map((note) => paint("dim", note))]
}

export const reportLines = (report: Report, width: number, paint: Paint): ReadonlyArray<string> => {
  const mostTokens = Math.max(0, ...report.tools.map((one) => one.tokensBefore))
  return [
    ...headLines(report, paint),
    ...verdict(report, paint),
    ...chartLines(report, width, paint),
    ...sourceLines(report, paint),
    ...section(
      "By project",
      [["project", "sessions", "calls", "input", "cost", "saved", "", ""], ...report.projects.map(projectRow(report))],
      range(1, 6),
      paint
    ),
    ...section(
      "By tool, each output once",
      [
        ["tool", "outputs", "tokens", "with headroom", "saved", "over all calls", ""],
        ...report.tools.map(toolRow(mostTokens))
      ],
      range(1, 5),
      paint
    ),
    ...pauseLines(report, paint),
    ...lifetimeLines(report, paint),
    ...fadingLines(report, paint),
    ...footLines(report, paint),
    ""
  ]
}

/** The demo's findings as lines for a terminal. */
import { LIST_PRICES, type SessionCost } from "../../../domain/economics.ts"
import { count, percent, table } from "../figures.ts"
import type { Paint } from "../terminal.ts"
import type { SessionReport } from "./session.ts"
import type { Measured, Version } from "./texts.ts"

const cameBack = (measured: Measured): boolean => measured.visible.cameBack && measured.offloaded.cameBack

const saved = (before: number, version: Version): ReadonlyArray<string> => [
  count(version.tokens),
  percent(before, version.tokens),
  version.outcome
]

const HEADING = ["", "kind", "tokens", "visible", "saved", "", "offload", "saved", "", "round trip"]
const RIGHT = new Set([2, 3, 4, 6, 7])

export const tableOf = (all: ReadonlyArray<Measured>, paint: Paint): ReadonlyArray<string> => {
  const rows = all.map((measured) => [
    measured.title,
    measured.visible.kind,
    count(measured.tokens),
    ...saved(measured.tokens, measured.visible),
    ...saved(measured.tokens, measured.offloaded),
    cameBack(measured) ? "ok" : "FAILED"
  ])
  const sum = (tokens: (measured: Measured) => number): number =>
    all.reduce((total, measured) => total + tokens(measured), 0)
  const before = sum((measured) => measured.tokens)
  const visible = sum((measured) => measured.visible.tokens)
  const stored = sum((measured) => measured.offloaded.tokens)
  const total = [
    "in sum",
    "",
    count(before),
    count(visible),
    percent(before, visible),
    "",
    count(stored),
    percent(before, stored),
    "",
    ""
  ]
  const [heading = "", ...lines] = table([HEADING, ...rows, total], RIGHT)
  const last = lines.pop() ?? ""
  return [
    paint("bold", heading),
    ...lines.map((line) =>
      line.replace(/ok$/, (text) => paint("green", text)).replace(/FAILED$/, (text) => paint("red", text))
    ),
    paint("bold", last),
    paint(
      "dim",
      "visible hides nothing; offload stores the original and marks what it hides; ok: both gave the original back"
    )
  ]
}

const excerpt = (text: string, lines: number, columns: number): ReadonlyArray<string> => {
  const all = text.split("\n")
  const shown = all
    .slice(0, lines)
    .map((line) => (line.length <= columns - 4 ? line : `${line.slice(0, columns - 5)}…`))
  return all.length > lines ? [...shown, `… ${count(all.length - lines)} more lines`] : shown
}

const EXCERPT_LINES = 10

/** One sample as it was and as the model would read it. */
export const beforeAndAfter = (measured: Measured, paint: Paint, columns: number): ReadonlyArray<string> => [
  paint("bold", `${measured.title}, before: ${count(measured.tokens)} tokens`),
  ...excerpt(measured.text, EXCERPT_LINES, columns).map((line) => paint("red", `  - ${line}`)),
  paint("bold", `after, nothing hidden: ${count(measured.visible.tokens)} tokens`),
  ...excerpt(measured.visible.text, EXCERPT_LINES, columns).map((line) => paint("green", `  + ${line}`))
]

const input = (cost: SessionCost): number => cost.read + cost.written

export const sessionLines = (report: SessionReport, paint: Paint): ReadonlyArray<string> => {
  const { before, after } = report
  const rows = [
    ["", "before", "after", "saved"],
    ["input tokens", count(input(before)), count(input(after)), percent(input(before), input(after))],
    ["cost", count(before.cost), count(after.cost), percent(before.cost, after.cost)]
  ]
  const [heading = "", ...lines] = table(rows, new Set([1, 2, 3]))
  return [
    paint("bold", `A recorded session of a coding agent, ${report.calls} calls through headroom proxy, nothing hidden`),
    paint("bold", heading),
    ...lines,
    paint(
      "dim",
      `cost in uncached input tokens under prefix caching: reads ${LIST_PRICES.read}, writes ${LIST_PRICES.write}, output ${LIST_PRICES.output}`
    ),
    report.isPrefixStable
      ? paint("green", `each request that arrived goes on from the one before, byte for byte: the cache holds`)
      : paint("red", "a request changed bytes already sent: the cache broke (a bug, please report it)")
  ]
}

export const NEXT_STEPS = `Try next
  headroom proxy                                between your agent and its provider; /dashboard shows what it saves
  headroom compress FILE                        smaller, nothing hidden
  COMMAND | headroom compress --budget 800      what matters least is stored and marked
  headroom retrieve REF --lines 12-80           any part of an original, as the marker names it
  import { compress } from "headroom-ts"        in your own agent: messages in, messages out`

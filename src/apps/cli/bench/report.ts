/** What replayed sessions came to, as lines for a terminal and as one JSON object. */
import { type MeasureSummary, type SessionMeasure, summaryOf } from "../../../domain/session-measure.ts"
import { count, table } from "../figures.ts"
import type { Paint } from "../terminal.ts"
import { LIMITS, type Measured } from "./sessions.ts"

const ratio = (value: number): string => value.toFixed(3)

const share = (value: number): string => `${(100 * value).toFixed(1)} %`

const kept = (some: number, all: number): string => `${some}/${all}`

/** One session on one line. */
export const sessionLine = ({ measure, limits }: Measured, paint: Paint): string => {
  const { id, calls, tokensBefore, tokensAfter, net, netWithPauses, isPrefixStable } = measure
  const figures = [
    `${calls} calls, ${count(tokensBefore)} → ${count(tokensAfter)} tokens`,
    `cost ${ratio(measure.cost)}`,
    `net ${ratio(net)}`,
    `with pauses ${ratio(netWithPauses)} (${measure.pauses})`,
    `recall ${kept(measure.factsKept, measure.facts)}`,
    `edit lines ${kept(measure.editLinesKept, measure.editLines)}`,
    `oracle ${ratio(limits.oracle.net)}`
  ]
  const births = measure.births === 0 ? "" : `  epochs ${measure.births}`
  const broken = births + (isPrefixStable ? "" : `  ${paint("red", "PREFIX BROKEN")}`)
  return `${paint("bold", id)}  ${figures.join("  ")}${broken}`
}

const HEADING = [
  "",
  "sessions",
  "saved",
  "cost",
  "net",
  "with pauses",
  "with tools",
  "median",
  "− largest",
  "− best",
  "worst",
  "with pauses",
  "recall",
  "edit lines",
  "prefix"
]

const RIGHT = new Set(HEADING.slice(1).map((_, column) => column + 1))

const row = (name: string, all: MeasureSummary): ReadonlyArray<string> => [
  name,
  String(all.sessions),
  share(all.saved),
  ratio(all.cost),
  ratio(all.net),
  ratio(all.netWithPauses),
  ratio(all.netWithTools),
  ratio(all.medianNet),
  all.netWithoutLargest === undefined ? "" : ratio(all.netWithoutLargest),
  all.netWithoutBest === undefined ? "" : ratio(all.netWithoutBest),
  ratio(all.worstNet),
  ratio(all.worstNetWithPauses),
  ratio(all.recall),
  ratio(all.editRecall),
  all.isPrefixStable ? "stable" : "BROKEN"
]

/** The sessions together, by the name of what rewrote them. */
const totalsOf = (name: string, all: ReadonlyArray<Measured>): Readonly<Record<string, MeasureSummary>> => ({
  [name]: summaryOf(all.map((one) => one.measure)),
  ...Object.fromEntries(LIMITS.map((limit) => [limit, summaryOf(all.map((one) => one.limits[limit]))]))
})

export const totalLines = (name: string, all: ReadonlyArray<Measured>, paint: Paint): ReadonlyArray<string> => {
  const rows = Object.entries(totalsOf(name, all)).map(([title, summary]) => row(title, summary))
  const [heading = "", ...lines] = table([HEADING, ...rows], RIGHT)
  return [
    paint("bold", heading),
    ...lines,
    paint(
      "dim",
      "1 is the session as recorded, weighted by its tokens; net counts a retrieval wherever something needed was not in sight"
    )
  ]
}

/** The figures of the sessions, without what was in them. */
export const reportObject = (name: string, all: ReadonlyArray<Measured>): object => ({
  sessions: all.map(({ measure, limits }): object => ({ ...measure, limits: netOf(limits) })),
  totals: totalsOf(name, all)
})

const netOf = (limits: Readonly<Record<string, SessionMeasure>>): Readonly<Record<string, object>> =>
  Object.fromEntries(
    Object.entries(limits).map(([name, { net, netWithPauses, facts, factsKept }]) => [
      name,
      { net, netWithPauses, recall: facts === 0 ? 1 : factsKept / facts }
    ])
  )

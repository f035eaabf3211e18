/** A history as a report shows it: no more names than a reader takes in, and nothing that was said. */
import type { FadingShare } from "../../../domain/fading-shares.ts"
import type { HistorySummary, Share, ToolShare } from "../../../domain/history.ts"
import { leading, projectName } from "./words.ts"

const MOST_PROJECTS = 12
const MOST_TOOLS = 14
/** More days than this are shown by the week, and more weeks by the month. */
const MOST_PERIODS = 62

const mergedShare = (name: string, shares: ReadonlyArray<Share>): Share => ({
  name,
  sessions: shares.reduce((sum, one) => sum + one.sessions, 0),
  calls: shares.reduce((sum, one) => sum + one.calls, 0),
  tokensBefore: shares.reduce((sum, one) => sum + one.tokensBefore, 0),
  tokensAfter: shares.reduce((sum, one) => sum + one.tokensAfter, 0),
  dollarsBefore: shares.reduce((sum, one) => sum + one.dollarsBefore, 0),
  dollarsAfter: shares.reduce((sum, one) => sum + one.dollarsAfter, 0)
})

const mergedTools = (tools: ReadonlyArray<ToolShare>): ToolShare => ({
  tool: `${tools.length} others`,
  outputs: tools.reduce((sum, one) => sum + one.outputs, 0),
  tokensBefore: tools.reduce((sum, one) => sum + one.tokensBefore, 0),
  tokensAfter: tools.reduce((sum, one) => sum + one.tokensAfter, 0),
  dollarsSpared: tools.reduce((sum, one) => sum + one.dollarsSpared, 0)
})

const grouped = (shares: ReadonlyArray<Share>, nameOf: (name: string) => string): ReadonlyArray<Share> => {
  const groups = new Map<string, Array<Share>>()
  for (const share of shares) {
    const name = nameOf(share.name)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [share])
    else group.push(share)
  }
  return [...groups].map(([name, group]) => mergedShare(name, group))
}

const DAY_MS = 86_400_000

/** The Monday of a day's week. */
const weekOf = (day: string): string => {
  const moment = Date.parse(day)
  const weekday = (new Date(moment).getUTCDay() + 6) % 7
  return new Date(moment - weekday * DAY_MS).toISOString().slice(0, 10)
}

const UNITS = [
  { unit: "day", nameOf: (day: string) => day },
  { unit: "week", nameOf: weekOf },
  { unit: "month", nameOf: (day: string) => day.slice(0, 7) }
] as const

/** Every period from the first day to the last, those without calls too, in the smallest unit that keeps the list short. */
const periodsOf = (days: ReadonlyArray<Share>): Report["periods"] => {
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return { unit: "day", list: [] }
  const span = Math.round((Date.parse(last.name) - Date.parse(first.name)) / DAY_MS)
  const all = Array.from({ length: span + 1 }, (_, i): Share => {
    const day = new Date(Date.parse(first.name) + i * DAY_MS).toISOString().slice(0, 10)
    return days.find((one) => one.name === day) ?? mergedShare(day, [])
  })
  const lists = UNITS.map(({ unit, nameOf }) => ({ unit, list: grouped(all, nameOf) }))
  return lists.find(({ list }) => list.length <= MOST_PERIODS) ?? lists[2] ?? { unit: "day", list: days }
}

/** The day of a moment where the user lives. */
export const dayOf = (moment: number): string => {
  const date = new Date(moment)
  const two = (n: number): string => String(n).padStart(2, "0")
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

export interface Report extends Omit<HistorySummary, "days"> {
  readonly periods: { readonly unit: "day" | "week" | "month"; readonly list: ReadonlyArray<Share> }
  /** Files that could not be read. */
  readonly unread: number
  /** None where nobody asked. */
  readonly fadings: ReadonlyArray<FadingShare>
}

export const reportOf = (summary: HistorySummary, unread: number, fadings: ReadonlyArray<FadingShare> = []): Report => {
  const { days, ...rest } = summary
  return {
    ...rest,
    projects: leading(
      grouped(summary.projects, projectName).toSorted((a, b) => b.dollarsBefore - a.dollarsBefore),
      MOST_PROJECTS,
      (others) => mergedShare(`${others.length} others`, others)
    ),
    tools: leading(
      summary.tools.toSorted((a, b) => b.tokensBefore - a.tokensBefore),
      MOST_TOOLS,
      mergedTools
    ),
    periods: periodsOf(days),
    unread,
    fadings
  }
}

/** Figures as a person reads them: three digits that matter, units that fit, the same everywhere, as the page is in one language. */

import { count, signed } from "../../../../domain/amounts.ts"

export { count, counted, dollars } from "../../../../domain/amounts.ts"

const THIN = "\u202f"

/** @example tokens(1234567) // => "1.23M" */
export const tokens = (n: number): string =>
  signed(n, (size) => {
    if (size < 9_999.5) return count(size)
    if (size < 999_500) return `${Math.round(size / 1000)}k`
    return `${(size / 1e6).toFixed(size < 9.995e6 ? 2 : 1)}M`
  })

/** A part of a whole. @example share(1, 12) // => "8.3 %" */
export const share = (part: number, whole: number): string => {
  if (whole === 0 || part === 0) return `0${THIN}%`
  if (Math.abs(part / whole) < 0.0005) return `<0.1${THIN}%`
  return signed(part / whole, (size) => `${(100 * size).toFixed(size < 0.0995 ? 1 : 0)}${THIN}%`)
}

/** @example duration(1530) // => "1.5 s" */
export const duration = (ms: number): string => {
  if (ms < 9.95) return `${ms.toFixed(1)}${THIN}ms`
  if (ms < 999.5) return `${Math.round(ms)}${THIN}ms`
  return ms < 99_950 ? `${(ms / 1000).toFixed(1)}${THIN}s` : `${Math.round(ms / 1000)}${THIN}s`
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const two = (n: number): string => String(n).padStart(2, "0")

/** @example day(new Date(2026, 10, 4)) // => "4 Nov" */
export const day = (at: Date): string => `${at.getDate()} ${MONTHS[at.getMonth()] ?? ""}`

/** @example clock(new Date(2026, 10, 4, 9, 5)) // => "09:05" */
export const clock = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}`

/** The time of a day that may not be today. */
export const moment = (at: Date, now: Date): string =>
  at.toDateString() === now.toDateString() ? `${clock(at)}:${two(at.getSeconds())}` : `${day(at)}, ${clock(at)}`

/** A date as price lists write it. @example written("2026-09-18") // => "18 Sep 2026" */
export const written = (date: string): string => {
  const [year = "", month = "", dayOfMonth = ""] = date.split("-")
  const name = MONTHS[Number(month) - 1]
  return name === undefined ? date : `${Number(dayOfMonth)} ${name} ${year}`
}

/** The end of a path, or the beginning of an id. */
export const short = (name: string): string =>
  name.includes("/")
    ? (name.split("/").findLast((part) => part !== "") ?? name)
    : name.length > 24
      ? name.slice(0, 8)
      : name

/** Moments as agents write them, as milliseconds since 1970: by arithmetic alone, for a clock's library reads the machine's time zone. */

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:\d*)(Z|[+-]\d\d:?\d\d)?)?$/i

/** Seconds of a moment in our age are less; milliseconds are more. */
const SECONDS_BELOW = 1e12

/** Days from 1970 to a date, in years that begin in March, so that the leap day ends them. */
const daysTo = (year: number, month: number, day: number): number => {
  const years = month > 2 ? year : year - 1
  const months = (month + 9) % 12
  const leaps = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400)
  return 365 * years + leaps + Math.floor((153 * months + 2) / 5) + day - 719_469
}

const zoneMinutes = (zone: string | undefined): number => {
  if (zone === undefined || zone === "Z" || zone === "z") return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return zone.startsWith("-") ? -minutes : minutes
}

/**
 * The moment that a value names: seconds, milliseconds, or an ISO date, which is UTC where it names no zone.
 *
 * @example
 * moment("1970-01-02T00:00:00Z") // => 86400000
 */
export const moment = (value: unknown): number | undefined => {
  if (typeof value === "number")
    return Number.isFinite(value) ? (value < SECONDS_BELOW ? value * 1000 : value) : undefined
  if (typeof value !== "string") return undefined
  const match = ISO.exec(value)
  if (match === null) return undefined
  const [, year, month, day, hours = 0, minutes = 0, seconds = 0, fraction = "", zone] = match
  const whole = daysTo(Number(year), Number(month), Number(day)) * 24 + Number(hours)
  return (
    ((whole * 60 + Number(minutes) - zoneMinutes(zone)) * 60 + Number(seconds)) * 1000 +
    Math.floor(Number(`0.${fraction || "0"}`) * 1000 + 1e-6)
  )
}

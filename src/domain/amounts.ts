/** Amounts as text, the same on every machine: no locale has a say. */

const grouped = (whole: string): string => whole.replace(/\B(?=(\d{3})+$)/g, ",")

/** @example count(1234567) // => "1,234,567" */
export const count = (n: number): string => grouped(String(Math.round(n)))

/** @example counted(1, "pin") // => "1 pin" */
export const counted = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? "" : "s"}`

const MINUS = "\u2212"

/** The text of a size, with the sign of the amount. */
export const signed = (n: number, text: (size: number) => string): string => (n < 0 ? MINUS : "") + text(Math.abs(n))

/** Cents matter under a hundred dollars, and parts of one under a tenth. @example dollars(0.0312) // => "$0.031" */
export const dollars = (n: number): string =>
  signed(Math.abs(n) < 0.0005 ? 0 : n, (size) => {
    if (size === 0) return "$0.00"
    if (size < 0.0995) return `$${size.toFixed(3)}`
    if (size < 99.995) return `$${size.toFixed(2)}`
    return `$${grouped(size.toFixed(0))}`
  })

/** Figures as text, the same on every machine: no locale has a say. */

export { count, counted, dollars } from "../../domain/amounts.ts"

/** What is saved of `before`, in whole percent. @example percent(200, 50) // => "75 %" */
export const percent = (before: number, after: number): string =>
  before === 0 ? "0 %" : `${Math.round((100 * (before - after)) / before)} %`

/** @example bytes(1536) // => "1.5 kB" */
export const bytes = (n: number): string => {
  if (n < 1000) return `${n} B`
  if (n < 1_000_000) return `${(n / 1000).toFixed(1)} kB`
  if (n < 1_000_000_000) return `${(n / 1_000_000).toFixed(1)} MB`
  return `${(n / 1_000_000_000).toFixed(1)} GB`
}

/** Rows as columns of equal width, the first left-aligned, the rest as `right` says. */
export const table = (
  rows: ReadonlyArray<ReadonlyArray<string>>,
  right: ReadonlySet<number>
): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((width, row) => Math.max(width, (row[column] ?? "").length), 0)
  )
  return rows.map((row) =>
    row
      .map((cell, column) =>
        right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)
      )
      .join("  ")
      .trimEnd()
  )
}

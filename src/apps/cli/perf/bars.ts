/** Bars of a terminal: eighths of a cell, and what goes away in another shade. */

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

/** A bar of a value, where the most is so many cells. @example bar(1, 2, 4) // => "██" */
export const bar = (value: number, most: number, cells: number): string => {
  const eighths = most <= 0 ? 0 : Math.round((Math.max(0, value) / most) * cells * 8)
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "")
}

/** A bar of what stays, and behind it, in light shade, what goes. */
export const barOfTwo = (stays: number, all: number, most: number, cells: number): string => {
  const cellsOf = (value: number): number => (most <= 0 ? 0 : Math.round((Math.max(0, value) / most) * cells))
  return "█".repeat(cellsOf(stays)) + "░".repeat(Math.max(0, cellsOf(all) - cellsOf(stays)))
}

const HEIGHTS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

/** Columns of a chart over time, in lines from the top. */
export const columns = (values: ReadonlyArray<number>, lines: number): ReadonlyArray<string> => {
  const most = values.reduce((top, value) => Math.max(top, value), 0)
  return Array.from({ length: lines }, (_, line) =>
    values
      .map((value) => {
        const eighths = most <= 0 ? 0 : Math.round((value / most) * lines * 8)
        return HEIGHTS[Math.max(0, Math.min(8, eighths - (lines - 1 - line) * 8))]
      })
      .join("")
  )
}

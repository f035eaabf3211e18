/** The curves of bench/prose.ts as one SVG: what stays visible against what is kept, a panel a set. */
import { type Row, together } from "./prose-measure.ts"

const WIDTH = 300
const HEIGHT = 230
const LEFT = 44
const TOP = 34
const GAP = 40
const LEGEND = 26

/** Told apart by colour, dash and order alike. */
const LOOKS = ["#0b6e4f", "#0b6e4f", "#8a5a00", "#5b5f97", "#a33", "#888"]
const DASHES = ["", "5 3", "", "5 3", "2 3", "2 3"]

export const curvesOf = (
  rows: ReadonlyArray<Row>,
  shares: ReadonlyArray<number>,
  names: ReadonlyArray<string>
): string => {
  const sets = [...new Set(rows.map((row) => row.set))]
  const present = names.filter((name) => rows.some((row) => row.name === name))
  const most = Math.max(...shares)
  const panels = sets.map((set, panel) => {
    const left = LEFT + panel * (WIDTH + LEFT + GAP)
    const x = (kept: number): number => left + (Math.min(kept, most) / most) * WIDTH
    const y = (visible: number): number => TOP + (1 - visible) * HEIGHT
    const grid = [0, 0.25, 0.5, 0.75, 1].map(
      (value) =>
        `<line x1="${left}" x2="${left + WIDTH}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/><text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`
    )
    const ticks = shares.map(
      (share) =>
        `<text x="${x(share)}" y="${TOP + HEIGHT + 16}" text-anchor="middle">${Math.round(share * 100)} %</text>`
    )
    const curves = present.map((name) => {
      const points = shares.map((share) => {
        const { kept, visible } = together(rows, set, name, share)
        return `${x(kept).toFixed(1)},${y(visible).toFixed(1)}`
      })
      const look = names.indexOf(name)
      return `<polyline points="${points.join(" ")}" fill="none" stroke="${LOOKS[look]}" stroke-width="2" stroke-dasharray="${DASHES[look]}"/>`
    })
    return `<text x="${left}" y="${TOP - 14}" font-weight="600">${set}</text>${grid.join("")}${ticks.join("")}${curves.join("")}`
  })
  const width = LEFT + sets.length * (WIDTH + LEFT + GAP)
  const foot = TOP + HEIGHT + 44
  const legend = present.map((name, at) => {
    const look = names.indexOf(name)
    const left = LEFT + at * 150
    return `<line x1="${left}" x2="${left + 24}" y1="${foot - 4}" y2="${foot - 4}" stroke="${LOOKS[look]}" stroke-width="2" stroke-dasharray="${DASHES[look]}"/><text x="${left + 30}" y="${foot}">${name}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${foot + LEGEND}" font-family="system-ui, sans-serif" font-size="12" fill="#333"><rect width="100%" height="100%" fill="#fff"/>${panels.join("")}${legend.join("")}<text x="${LEFT}" y="${foot + 18}" fill="#777">what answers and is visible, against the tokens kept; npx tsx bench/prose.ts --plot</text></svg>\n`
}

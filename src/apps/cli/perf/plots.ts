/** Plots as SVG, drawn here: a page that must stand by itself, offline, in light and in dark, needs no more than bars. */

/** A text as it may stand in markup. */
export const escaped = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;")

const WIDTH = 860
const ROW = 28
const BAR = 14
const LABELS = 250
const FIGURES = 150

/** A row of a plot: a bar of two parts, the first solid, and the figures at its end. */
export interface Row {
  readonly name: string
  readonly solid: number
  readonly rest: number
  readonly figures: string
  /** For the reader who points at it. */
  readonly title: string
  readonly isMarked?: boolean
}

const svg = (height: number, label: string, inner: string): string =>
  `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(label)}">${inner}</svg>`

const rectangle = (x: number, y: number, width: number, height: number, kind: string): string =>
  width <= 0 || height <= 0
    ? ""
    : `<rect class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" rx="2"/>`

const NAME_LENGTH = 33

const clipped = (name: string): string => (name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name)

/** Bars beside their names. */
export const bars = (label: string, rows: ReadonlyArray<Row>): string => {
  const room = WIDTH - LABELS - FIGURES
  const most = rows.reduce((top, row) => Math.max(top, row.solid + row.rest), 0)
  const inner = rows
    .map((row, i) => {
      const y = i * ROW + (ROW - BAR) / 2
      const width = (value: number): number => (most === 0 ? 0 : (value / most) * room)
      const solid = width(row.solid)
      const kind = row.isMarked === false ? "other" : "kept"
      return [
        `<g><title>${escaped(row.title)}</title>`,
        `<text class="name" x="${LABELS - 12}" y="${y + BAR - 2}" text-anchor="end">${escaped(clipped(row.name))}</text>`,
        rectangle(LABELS, y, solid, BAR, kind),
        rectangle(LABELS + solid, y, width(row.rest), BAR, "gone"),
        `<text class="figure" x="${(LABELS + width(row.solid + row.rest) + 8).toFixed(1)}" y="${y + BAR - 2}">${escaped(row.figures)}</text>`,
        "</g>"
      ].join("")
    })
    .join("")
  return svg(rows.length * ROW, label, inner)
}

export interface Column {
  readonly name: string
  readonly solid: number
  readonly rest: number
  readonly title: string
}

const CHART = 220
const AXIS = 26
const LEFT = 64

/** A round step that cuts the range into two to five. */
const stepFor = (most: number): number => {
  const magnitude = 10 ** Math.floor(Math.log10(most))
  return [0.2, 0.25, 0.5, 1, 2, 2.5, 5].map((step) => step * magnitude).find((step) => most / step <= 5) ?? most
}

/** Columns over time, with a scale. */
export const columns = (label: string, list: ReadonlyArray<Column>, scale: (value: number) => string): string => {
  const most = list.reduce((top, one) => Math.max(top, one.solid + one.rest), 0)
  if (most <= 0) return ""
  const room = WIDTH - LEFT
  const step = stepFor(most)
  const top = Math.ceil(most / step) * step
  const y = (value: number): number => CHART - (value / top) * (CHART - 12)
  const lines = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => {
    const at = y(i * step)
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${at.toFixed(1)}" y2="${at.toFixed(1)}"/><text class="figure" x="${LEFT - 8}" y="${(at + 4).toFixed(1)}" text-anchor="end">${escaped(scale(i * step))}</text>`
  })
  const slot = room / list.length
  const width = Math.min(44, Math.max(2, slot * 0.7))
  const drawn = list.map((one, i) => {
    const x = LEFT + i * slot + (slot - width) / 2
    const solid = y(one.solid)
    const all = y(one.solid + one.rest)
    return `<g><title>${escaped(one.title)}</title>${rectangle(x, all, width, solid - all, "gone")}${rectangle(x, solid, width, CHART - solid, "kept")}</g>`
  })
  const every = Math.ceil(list.length / 8)
  const names = list.map((one, i) =>
    i % every === 0
      ? `<text class="figure" x="${(LEFT + i * slot + slot / 2).toFixed(1)}" y="${CHART + 18}" text-anchor="middle">${escaped(one.name)}</text>`
      : ""
  )
  return svg(CHART + AXIS, label, [...lines, ...drawn, ...names].join(""))
}

/** A bar chart as SVG text: for each row two bars of shares, one above the other. */

export interface Bars {
  readonly label: string
  readonly first: number
  readonly second: number
  readonly note: string
}

const WIDTH = 860
const LEFT = 280
const RIGHT = 150
const ROW = 38
const TOP = 62

const escape = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")

export const barChart = (title: string, names: readonly [string, string], rows: ReadonlyArray<Bars>): string => {
  const scale = WIDTH - LEFT - RIGHT
  const height = TOP + rows.length * ROW + 28
  const bar = (y: number, share: number, colour: string): string =>
    `<rect x="${LEFT}" y="${y}" width="${(Math.max(0, share) * scale).toFixed(1)}" height="13" fill="${colour}"/>` +
    `<text x="${(LEFT + Math.max(0, share) * scale + 5).toFixed(1)}" y="${y + 11}">${Math.round(100 * share)} %</text>`
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const x = LEFT + share * scale
    return `<line x1="${x}" y1="${TOP - 6}" x2="${x}" y2="${height - 24}" stroke="#ddd"/><text x="${x}" y="${height - 8}" text-anchor="middle" fill="#777">${100 * share} %</text>`
  })
  const body = rows.map(({ label, first, second, note }, at) => {
    const y = TOP + at * ROW
    return `<text x="${LEFT - 10}" y="${y + 18}" text-anchor="end">${escape(label)}</text>${bar(y, first, "#9db7d5")}${bar(y + 15, second, "#2f6fab")}<text x="${WIDTH - 8}" y="${y + 18}" text-anchor="end" fill="#555">${escape(note)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="12" y="22" font-size="15" font-weight="600">${escape(title)}</text>
<rect x="12" y="33" width="12" height="12" fill="#9db7d5"/><text x="30" y="43">${escape(names[0])}</text>
<rect x="${LEFT}" y="33" width="12" height="12" fill="#2f6fab"/><text x="${LEFT + 18}" y="43">${escape(names[1])}</text>
<text x="${WIDTH - 8}" y="43" text-anchor="end" fill="#555">what must stay, visible</text>
${grid.join("\n")}
${body.join("\n")}
</svg>
`
}

/** The page's looks, in light and in dark. */
export const STYLE = `
:root { --page: #fbfbfa; --card: #ffffff; --ink: #1c2226; --dim: #66717a; --line: #e4e7e9; --kept: #14746f; --gone: #9fd3cb; --other: #8b98a3; --note: #8a5a00 }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181b; --card: #1c2125; --ink: #e8ecee; --dim: #97a3ab; --line: #2c3338; --kept: #4fb3a9; --gone: #275651; --other: #6b7882; --note: #e0b050 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 940px; margin: 0 auto; padding: 32px 20px 48px }
h1 { font-size: 26px; margin: 0 } h2 { font-size: 17px; margin: 0 0 4px }
header p, section > p, footer p { color: var(--dim); margin: 4px 0 12px }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 12px; margin: 24px 0 }
.tile, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px }
.tile b { display: block; font-size: 28px; line-height: 1.2; color: var(--kept) }
.tile span { display: block } .tile small { color: var(--dim) }
section { margin: 14px 0; overflow-x: auto }
.verdict { border-left: 3px solid var(--note); padding-left: 12px; margin: 16px 0 }
.legend { font-size: 13px; margin: 0 0 8px !important }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin: 0 4px -1px 8px }
.legend i:first-child { margin-left: 0 }
i.kept { background: var(--kept) } i.gone { background: var(--gone) }
svg { width: 100%; min-width: 620px; height: auto; display: block; font: 13px system-ui, sans-serif }
svg .kept { fill: var(--kept) } svg .gone { fill: var(--gone) } svg .other { fill: var(--other) }
svg .name { fill: var(--ink) } svg .figure { fill: var(--dim) } svg .grid { stroke: var(--line) }
details { margin-top: 8px; font-size: 13px; color: var(--dim) } summary { cursor: pointer }
table { border-collapse: collapse; margin-top: 8px; width: 100% }
th, td { text-align: right; padding: 3px 10px; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums }
th:first-child, td:first-child { text-align: left } td { color: var(--ink) }
footer { margin-top: 24px; font-size: 13px }
`

/** Sums by what they belong to: kinds of output, tools, models, projects, conversations. */
import type { Sum } from "../../../../domain/figures.ts"
import type { StatsAnswer } from "../../stats.ts"
import { type Column, html, section, table } from "./element.ts"
import { count, counted, dollars, moment, share, short, tokens } from "./format.ts"

type SlotSum = StatsAnswer["kinds"][number]

/** What stayed, as a part of what came. */
const gauge = ({ tokensAfter, tokensBefore }: SlotSum, most: number): HTMLElement => {
  const after = html("span", { class: "after" })
  const gone = html("span", { class: "gone" })
  const room = html("span", { class: "room" })
  after.style.flexGrow = String(tokensAfter)
  gone.style.flexGrow = String(Math.max(0, tokensBefore - tokensAfter))
  room.style.flexGrow = String(Math.max(0, most - Math.max(tokensBefore, tokensAfter)))
  return html("span", { class: "gauge", attributes: { "aria-hidden": "true" } }, after, gone, room)
}

const slotColumns = (title: string, rows: ReadonlyArray<SlotSum>): ReadonlyArray<Column<SlotSum>> => {
  const most = rows.reduce((highest, row) => Math.max(highest, row.tokensBefore), 0)
  return [
    { title, cell: (row) => html("span", { class: "name" }, row.name === "" ? "unnamed" : row.name) },
    { title: "Outputs", isNumber: true, isWide: true, cell: (row) => count(row.slots) },
    { title: "Before", isNumber: true, cell: (row) => tokens(row.tokensBefore) },
    { title: "After", isNumber: true, cell: (row) => tokens(row.tokensAfter) },
    { title: "Saved", isNumber: true, cell: (row) => share(row.tokensBefore - row.tokensAfter, row.tokensBefore) },
    { title: "", isWide: true, cell: (row) => gauge(row, most) }
  ]
}

const OUTCOMES: Readonly<Record<string, string>> = {
  Exact: "Smaller, reads back by itself",
  Visible: "Smaller, nothing hidden",
  Offloaded: "Partly hidden, kept here",
  "no-gain": "As it came: no gain",
  "too-small": "As it came: too small",
  "too-large": "As it came: too large",
  protected: "As it came: protected",
  sent: "As it came: sent before",
  deadline: "As it came: too slow",
  empty: "As it came: empty",
  off: "As it came: turned off",
  "holds-marker": "As it came: retrieved or marked",
  "ill-formed": "As it came: not text",
  "not-proven": "As it came: not proven",
  "not-stored": "Nothing hidden: not stored",
  vetoed: "As it came: vetoed"
}

const MOST_ROWS = 10

/** Colours of the strip, by what was done; the rest stayed as it came. */
const DONE: Readonly<Record<string, string>> = { Exact: "exact", Visible: "visible", Offloaded: "offloaded" }

/** All outputs as one strip: what was done with how many of their tokens. */
const outcomeStrip = (outcomes: StatsAnswer["outcomes"]): ReadonlyArray<HTMLElement> => {
  const all = outcomes.reduce((sum, one) => sum + one.tokensBefore, 0)
  const ordered = [...outcomes].sort((a, b) => Number(b.name in DONE) - Number(a.name in DONE))
  const strip = html("div", { class: "strip", attributes: { "aria-hidden": "true" } })
  for (const { name, tokensBefore } of ordered) {
    const part = html("span", { class: DONE[name] ?? "left" })
    part.style.flexGrow = String(tokensBefore)
    strip.append(part)
  }
  const legend = ordered.map((one) =>
    html(
      "li",
      {},
      html("span", { class: `swatch ${DONE[one.name] ?? "left"}` }),
      `${OUTCOMES[one.name] ?? one.name} `,
      html("span", { class: "quiet" }, `${share(one.tokensBefore, all)}, ${counted(one.slots, "output")}`)
    )
  )
  return [strip, html("ul", { class: "legend" }, ...legend)]
}

export const compressed = ({ kinds, outcomes, tools }: StatsAnswer): HTMLElement =>
  kinds.length === 0
    ? section("What was made smaller", "compressed", html("p", { class: "note" }, "No tool output came through yet."))
    : section(
        "What was made smaller",
        "compressed",
        ...outcomeStrip(outcomes),
        html(
          "div",
          { class: "columns" },
          table("New tool outputs by kind", slotColumns("Kind", kinds), kinds.slice(0, MOST_ROWS)),
          table("By tool", slotColumns("Tool", tools), tools.slice(0, MOST_ROWS))
        )
      )

/** Money where there is any, else a share of tokens. */
const savedOf = (sum: Sum): string =>
  sum.money.requests > 0 ? dollars(sum.money.saved) : tokens(sum.tokensBefore - sum.tokensAfter)
const wholeOf = (sum: Sum): string =>
  sum.money.requests > 0 ? dollars(sum.money.without) : `${tokens(sum.tokensBefore)} tokens`
const shareOf = (sum: Sum): string =>
  sum.money.requests > 0
    ? share(sum.money.saved, sum.money.without)
    : share(sum.tokensBefore - sum.tokensAfter, sum.tokensBefore)

const sumColumns = <Row extends Sum>(title: string, cell: Column<Row>["cell"]): ReadonlyArray<Column<Row>> => [
  { title, cell },
  { title: "Requests", isNumber: true, isWide: true, cell: (row) => count(row.requests) },
  { title: "Without", isNumber: true, cell: wholeOf },
  { title: "Saved", isNumber: true, cell: savedOf },
  { title: "Share", isNumber: true, cell: shareOf }
]

const full = (name: string, shown: string): HTMLElement =>
  html("span", { class: "name", attributes: { title: name === shown ? undefined : name } }, shown)

export const belongings = ({ conversations, models, projects }: StatsAnswer): HTMLElement => {
  const now = new Date()
  return section(
    "Whose requests",
    "belongings",
    html(
      "div",
      { class: "columns" },
      html(
        "div",
        { class: "stack" },
        table(
          "By model",
          sumColumns<(typeof models)[number]>("Model", (row) =>
            full(row.name, row.name === "" ? row.provider : row.name)
          ),
          models.slice(0, MOST_ROWS)
        ),
        table(
          "By project",
          sumColumns<(typeof projects)[number]>("Project", (row) =>
            full(row.name, row.name === "" ? "none" : short(row.name))
          ),
          projects.slice(0, MOST_ROWS)
        )
      ),
      table(
        "By conversation, the latest first",
        sumColumns<(typeof conversations)[number]>("Conversation", (row) =>
          html(
            "span",
            {},
            full(row.name, row.name === "" ? "none" : row.name.slice(0, 8)),
            html("span", { class: "when" }, ` ${moment(new Date(row.last), now)}`)
          )
        ),
        conversations
      )
    )
  )
}

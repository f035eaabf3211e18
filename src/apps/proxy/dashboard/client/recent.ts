/** The latest requests, each with what was done to its outputs. */
import type { StatsAnswer } from "../../stats.ts"
import { compareButton } from "./compare.ts"
import { type Column, headOf, html, rowOf, section } from "./element.ts"
import { count, dollars, duration, moment, share, short, tokens } from "./format.ts"

type Recent = StatsAnswer["recent"][number]
type Slot = Recent["slots"][number]

/** What a person opened stays open when the page is drawn anew. */
const open = new Set<string>()
let isWhole = false
const FEW = 12

/** A dash where no model answered: nothing was bought, so nothing was saved. */
const savedOf = ({ sum, tokensAfter, tokensBefore }: Recent): string =>
  sum.answered === 0
    ? "–"
    : sum.money.requests > 0
      ? dollars(sum.money.saved)
      : share(tokensBefore - tokensAfter, tokensBefore)

const readOf = ({ missedTokens, usage }: Recent): HTMLElement =>
  html(
    "span",
    missedTokens > 0 ? { class: "bad" } : {},
    usage === undefined
      ? "–"
      : share(usage.cacheRead, usage.uncached + usage.cacheRead + usage.cacheWrite + usage.cacheWriteHour)
  )

const endOf = ({ finish, passedOver, status }: Recent): HTMLElement => {
  const isGood = finish === "complete" && passedOver.length === 0
  const text = finish === "complete" ? (passedOver[0] ?? "ok") : finish === "upstream-error" ? String(status) : finish
  return html("span", { class: isGood ? "good" : "bad" }, text.replace("-", " "))
}

const prefixOf = ({ prefix }: Recent): string => {
  if (prefix._tag === "First") return "The first request seen of its conversation."
  if (prefix._tag === "Extends") return "Repeats the request before and adds to it."
  const where = prefix.part === "message" ? `message ${(prefix.message ?? 0) + 1}` : `its ${prefix.part}`
  return `Differs from the request before at ${where}, with ${tokens(prefix.tokens)} tokens behind that.`
}

const MISSES: Readonly<Record<Recent["cacheMiss"], string>> = {
  none: "",
  "cold-start": "",
  expired: " The cache had expired.",
  "prefix-changed": " The cache could not be used.",
  unknown: " The cache gave less than it held; why is not known.",
  averted: " The cache had been kept warm."
}

const slotLine = (slot: Slot): HTMLElement => {
  const done =
    slot.outcome === "Unchanged" ? `as it came, ${(slot.reason ?? "").replace("-", " ")}` : slot.outcome.toLowerCase()
  return html(
    "li",
    {},
    html("span", { class: "name" }, slot.tool ?? "output"),
    html("span", { class: "quiet" }, `${slot.kind}, ${done}`),
    html(
      "span",
      { class: "change" },
      slot.outcome === "Unchanged"
        ? `${tokens(slot.tokensBefore)} ${slot.tokensBefore === 1 ? "token" : "tokens"}`
        : `${tokens(slot.tokensBefore)} → ${tokens(slot.tokensAfter)} tokens`
    ),
    slot.ref === undefined ? html("span") : compareButton(slot.ref, slot.tool ?? slot.kind)
  )
}

const details = (one: Recent): ReadonlyArray<HTMLElement> => {
  const { money } = one.sum
  const cost = money.requests === 0 ? "" : ` ${dollars(money.paid)} paid, ${dollars(money.without)} without Headroom.`
  return [
    html(
      "p",
      { class: "note" },
      `${one.model ?? one.provider}, ${short(one.project)}, conversation ${one.conversation.slice(0, 8)}. ${prefixOf(one)}${MISSES[one.cacheMiss]}${cost}`
    ),
    one.slots.length === 0
      ? html("p", { class: "note" }, "No new tool output.")
      : html("ul", { class: "slots" }, ...one.slots.map(slotLine))
  ]
}

const toggle = (one: Recent, now: Date, row: () => HTMLElement): HTMLButtonElement => {
  const button = html(
    "button",
    {
      class: "toggle",
      key: `row-${one.id}`,
      attributes: { type: "button", "aria-expanded": String(open.has(one.id)), "aria-controls": `detail-${one.id}` },
      on: {
        click: () => {
          const isOpen = !open.delete(one.id)
          if (isOpen) open.add(one.id)
          button.setAttribute("aria-expanded", String(isOpen))
          row().hidden = !isOpen
        }
      }
    },
    moment(new Date(one.at), now)
  )
  return button
}

export const recent = (stats: StatsAnswer): HTMLElement => {
  const now = new Date()
  const rows = stats.recent.map((one, place) => {
    const columns: ReadonlyArray<Column<Recent>> = [
      { title: "Time", cell: () => toggle(one, now, () => detail) },
      { title: "Model", isWide: true, cell: () => html("span", { class: "name" }, one.model ?? one.provider) },
      { title: "Prompt", isNumber: true, cell: () => `${tokens(one.tokensBefore)} → ${tokens(one.tokensAfter)}` },
      { title: "Saved", isNumber: true, cell: () => savedOf(one) },
      { title: "From cache", isNumber: true, isWide: true, cell: () => readOf(one) },
      { title: "Own work", isNumber: true, isWide: true, cell: () => duration(one.overheadMs) },
      {
        title: "First byte",
        isNumber: true,
        isWide: true,
        cell: () => (one.firstByteMs === undefined ? "–" : duration(one.firstByteMs))
      },
      { title: "Answer", cell: () => endOf(one) }
    ]
    const detail = html(
      "tr",
      { class: "detail", attributes: { id: `detail-${one.id}` } },
      html("td", { attributes: { colspan: String(columns.length) } }, ...details(one))
    )
    const row = rowOf(columns, one)
    row.hidden = place >= FEW && !isWhole
    detail.hidden = !open.has(one.id) || row.hidden
    return { columns, row, detail, id: one.id }
  })
  const [first] = rows
  const more = html(
    "button",
    {
      class: "plain more",
      key: "more",
      attributes: { type: "button" },
      on: {
        click: () => {
          isWhole = true
          for (const { detail, id, row } of rows) {
            row.hidden = false
            detail.hidden = !open.has(id)
          }
          more.remove()
        }
      }
    },
    `Show ${count(rows.length - FEW)} more`
  )
  return section(
    "Latest requests",
    "recent",
    first === undefined
      ? html("p", { class: "note" }, "None yet.")
      : html(
          "table",
          {},
          html("caption", {}, "Each opens to what was done"),
          headOf(first.columns),
          html("tbody", {}, ...rows.flatMap(({ detail, row }) => [row, detail]))
        ),
    rows.length > FEW && !isWhole ? more : undefined
  )
}

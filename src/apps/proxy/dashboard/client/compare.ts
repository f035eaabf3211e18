/** One output side by side, before and after, fetched when somebody asks for it. */
import type { BlockAnswer, Row } from "../block.ts"
import { ask } from "./ask.ts"
import { html } from "./element.ts"
import { count, share, tokens } from "./format.ts"
import { isAligned, pairsOf } from "./pairs.ts"

const linesOf = (row: Row): number => ("more" in row ? row.more : 1)

const textOf = (row: Row): string => {
  if (!("more" in row)) return row.line === "" ? " " : row.line
  return `… ${count(row.more)} more ${row.sign === " " ? "kept" : row.sign === "-" ? "gone" : "new"} lines`
}

const cellOf = (row: Row | undefined, line: number): ReadonlyArray<HTMLElement> => {
  if (row === undefined) return [html("td", { class: "line" }), html("td", { class: "none" })]
  const kind = row.sign === " " ? "kept" : row.sign === "-" ? "gone" : "new"
  return [
    html("td", { class: "line" }, "more" in row ? "" : count(line)),
    html("td", { class: "more" in row ? `${kind} more` : kind }, textOf(row))
  ]
}

/** Widths for so many sides: a line's number or sign, and its text. */
const columnsOf = (sides: number): HTMLElement =>
  html(
    "colgroup",
    {},
    ...Array.from({ length: 2 * sides }, (_, i) => html("col", { class: i % 2 === 0 ? "line" : "text" }))
  )

const sideBySide = (rows: ReadonlyArray<Row>): HTMLElement => {
  let before = 1
  let after = 1
  const body = pairsOf(rows).map((pair) => {
    const row = html("tr", {}, ...cellOf(pair.before, before), ...cellOf(pair.after, after))
    before += pair.before === undefined ? 0 : linesOf(pair.before)
    after += pair.after === undefined ? 0 : linesOf(pair.after)
    return row
  })
  const heading = (title: string): HTMLElement => html("th", { attributes: { scope: "col", colspan: "2" } }, title)
  return html(
    "table",
    { class: "sides", attributes: { "aria-label": "Lines before and after, side by side" } },
    columnsOf(2),
    html("thead", {}, html("tr", {}, heading("Before"), heading("After"))),
    html("tbody", {}, ...body)
  )
}

/** One side alone, its lines numbered. */
const side = (title: string, rows: ReadonlyArray<Row>): HTMLElement => {
  let line = 1
  const body = rows.map((row) => {
    const drawn = html("tr", {}, ...cellOf(row, line))
    line += linesOf(row)
    return drawn
  })
  return html(
    "table",
    { class: "sides" },
    columnsOf(1),
    html("thead", {}, html("tr", {}, html("th", { attributes: { scope: "col", colspan: "2" } }, title))),
    html("tbody", {}, ...body)
  )
}

/** Two sides that have no lines in common stand beside each other, each by itself. */
const apart = (rows: ReadonlyArray<Row>): HTMLElement =>
  html(
    "div",
    { class: "apart" },
    side(
      "Before",
      rows.filter((row) => row.sign !== "+")
    ),
    side(
      "After",
      rows.filter((row) => row.sign !== "-")
    )
  )

/** For narrow screens: one under the other. */
const oneColumn = (rows: ReadonlyArray<Row>): HTMLElement =>
  html(
    "table",
    { class: "sides single", attributes: { "aria-label": "Lines that stayed, went and came" } },
    columnsOf(1),
    html(
      "tbody",
      {},
      ...rows.map((row) => {
        const kind = row.sign === " " ? "kept" : row.sign === "-" ? "gone" : "new"
        return html(
          "tr",
          {},
          html("td", { class: "line" }, row.sign === "-" ? "\u2212" : row.sign),
          html("td", { class: "more" in row ? `${kind} more` : kind }, textOf(row))
        )
      })
    )
  )

const hiddenOf = ({ hidden }: BlockAnswer): HTMLElement | undefined =>
  hidden.length === 0
    ? undefined
    : html(
        "p",
        { class: "note" },
        `Hidden, and kept on this machine: ${hidden
          .map(({ count: units, profile, range, unit }) => {
            const where = range === undefined ? "" : ` ${range[0]}–${range[1]}`
            return `${unit}${where} (${count(units)}${profile === undefined ? "" : `, ${profile}`})`
          })
          .join("; ")}.`
      )

const SOURCES: Readonly<Record<BlockAnswer["source"], string>> = {
  sent: "As it was sent.",
  rendered: "Rendered anew: nothing is pinned for it, and lines that a request would name as shown before are printed."
}

const content = (answer: BlockAnswer, title: string, showAll: (() => void) | undefined): ReadonlyArray<HTMLElement> => {
  const isNarrow = matchMedia("(max-width: 720px)").matches
  const { tokensAfter, tokensBefore } = answer
  const all = html(
    "button",
    { class: "plain", attributes: { type: "button" }, on: { click: () => showAll?.() } },
    "Show every line"
  )
  return [
    heading(title),
    html(
      "p",
      { class: "of" },
      `${tokens(tokensBefore)} → ${tokens(tokensAfter)} tokens, ${share(tokensBefore - tokensAfter, tokensBefore)} saved. ${SOURCES[answer.source]} `
    ),
    ...(hiddenOf(answer) === undefined ? [] : [hiddenOf(answer) as HTMLElement]),
    ...(showAll !== undefined && answer.rows.some((row) => "more" in row) ? [html("p", {}, all)] : []),
    html(
      "div",
      { class: "scroll", attributes: { tabindex: "0", role: "region", "aria-label": "The lines" } },
      (isNarrow ? oneColumn : isAligned(answer.rows) ? sideBySide : apart)(answer.rows)
    )
  ]
}

const dialog = (): HTMLDialogElement => document.querySelector("dialog") as HTMLDialogElement

const heading = (title: string): HTMLElement =>
  html(
    "div",
    { class: "heading" },
    html("h2", { attributes: { id: "compared" } }, title),
    html("button", { class: "plain", attributes: { type: "button" }, on: { click: () => dialog().close() } }, "Close")
  )

const show = async (ref: string, title: string, isWhole: boolean): Promise<void> => {
  const answer = await ask<BlockAnswer>(`dashboard/blocks/${ref}${isWhole ? "?whole=1" : ""}`)
  const shown =
    answer._tag === "Failed"
      ? [heading(title), html("p", { class: "note" }, answer.message)]
      : content(answer.value, title, isWhole ? undefined : () => void show(ref, title, true))
  dialog().replaceChildren(...shown)
  if (!dialog().open) dialog().showModal()
}

export const compareButton = (ref: string, tool: string): HTMLElement =>
  html(
    "button",
    {
      class: "plain",
      key: `compare-${ref}`,
      attributes: {
        type: "button",
        "aria-label": `Compare ${tool} before and after`,
        "aria-haspopup": "dialog"
      },
      on: { click: () => void show(ref, tool, false) }
    },
    "Compare"
  )

/** Elements made by hand: text goes in as text alone, so nothing that a request carried can become markup. */

type Child = Node | string | number | undefined

export interface Properties {
  readonly class?: string
  /** Attributes by name; undefined ones are left out. */
  readonly attributes?: Readonly<Record<string, string | undefined>>
  readonly on?: Readonly<Record<string, (event: Event) => void>>
  /** What focus is given back to after the page is drawn anew. */
  readonly key?: string
}

const fill = <E extends Element>(element: E, properties: Properties, children: ReadonlyArray<Child>): E => {
  if (properties.class !== undefined) element.setAttribute("class", properties.class)
  for (const [name, value] of Object.entries(properties.attributes ?? {}))
    if (value !== undefined) element.setAttribute(name, value)
  for (const [name, listener] of Object.entries(properties.on ?? {})) element.addEventListener(name, listener)
  if (properties.key !== undefined) element.setAttribute("data-key", properties.key)
  for (const child of children)
    if (child !== undefined) element.append(typeof child === "number" ? String(child) : child)
  return element
}

export const html = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: ReadonlyArray<Child>
): HTMLElementTagNameMap[Name] => fill(document.createElement(name), properties, children)

export const svg = <Name extends keyof SVGElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: ReadonlyArray<Child>
): SVGElementTagNameMap[Name] =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", name), properties, children)

/** A section with its heading. */
export const section = (title: string, name: string, ...children: ReadonlyArray<Child>): HTMLElement =>
  html(
    "section",
    { class: name, attributes: { "aria-labelledby": `title-${name}` } },
    html("h2", { attributes: { id: `title-${name}` } }, title),
    ...children
  )

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => Child
  readonly isNumber?: boolean
  /** Left out on narrow screens. */
  readonly isWide?: boolean
}

const classOf = <Row>({ isNumber, isWide }: Column<Row>): string =>
  [isNumber === true ? "number" : "", isWide === true ? "wide" : ""].join(" ").trim()

export const headOf = <Row>(columns: ReadonlyArray<Column<Row>>): HTMLTableSectionElement =>
  html(
    "thead",
    {},
    html(
      "tr",
      {},
      ...columns.map((column) => html("th", { class: classOf(column), attributes: { scope: "col" } }, column.title))
    )
  )

export const rowOf = <Row>(columns: ReadonlyArray<Column<Row>>, row: Row): HTMLTableRowElement =>
  html(
    "tr",
    {},
    ...columns.map((column, i) =>
      i === 0
        ? html("th", { class: classOf(column), attributes: { scope: "row" } }, column.cell(row))
        : html("td", { class: classOf(column) }, column.cell(row))
    )
  )

export const table = <Row>(
  caption: string,
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>
): HTMLTableElement =>
  html(
    "table",
    {},
    html("caption", {}, caption),
    headOf(columns),
    html("tbody", {}, ...rows.map((row) => rowOf(columns, row)))
  )

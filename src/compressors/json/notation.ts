/**
 * The table notation, in words and in tests of single cells, so that writer and reader cannot drift apart.
 *
 *     # JSON as tables; k=v: same in all rows; k=a*b: cell stands for *; *x: text named here
 *     &a https://api.example.com/repos/acme/shop
 *     {"total":3,"items":[
 *     id,url=*,user{login,kind="User"},labels[{name,color}]
 *     7,*a/7,ann,[bug,red;docs,blue]
 *     8,*a/8,bob
 *     ]}
 *
 * A document is JSON in which an array of like values may be written as `[`, a header line, a line for each item, `]`; an object
 * of like members as `{`, a header that begins with `<key>`, a line for each member, `}`.
 *
 * Header   fields split by commas: `name` a cell; `name=JSON` the same everywhere, no cell (`name==*a` where it has a name); `name=before*after` the cell is what
 *          stands for `*` in a string; `name:JSON` what an empty cell stands for; `name{…}` an object; `name[…]` a list of such
 *          items; `name[^]` a list of items like the enclosing ones; `<value>` for items that are no objects.
 * Row      cells split by commas, keys in the header's order; empty cells at the end are left out. An empty cell: no such key.
 * Cell     bare text is a string unless it is a JSON number or word; `"…"` a JSON string as the source wrote it; `{…}`, `[…]` JSON;
 *          `*a…` the text named `a` and more. `=JSON` whatever the header says, here stands this; at the first cell of an object it
 *          stands for the whole object; `=` alone: no such key. List items are split by `;`, or stand one a line.
 * Gap      `…7` in the place of rows or items, or behind a string: so many more are hidden there; the marker behind the table has them.
 */

export const FIRST_LINE = "# JSON as tables"
export const FIRST_LINE_OF_LINES = "# JSON lines as a table"

/** Explanations that the first line gives of what the table makes use of. */
export const LEGEND = {
  constant: "; k=v: same in all rows",
  pattern: "; k=a*b: cell stands for *",
  fallback: "; k:v: v where empty",
  name: "; *x: text &x",
  gap: "; …n: n more hidden"
} as const

const FIRST_LINES =
  /^# JSON (?:as tables|lines as a table)(?:; k=v: same in all rows)?(?:; k=a\*b: cell stands for \*)?(?:; k:v: v where empty)?(?:; \*x: text &x)?(?:; …n: n more hidden)?$/

/** Whether the text is a table of this notation already. */
export const holdsTable = (text: string): boolean => {
  if (!text.startsWith("# JSON ")) return false
  const end = text.indexOf("\n")
  return end !== -1 && end < 200 && FIRST_LINES.test(text.slice(0, end))
}

const LITERAL = /^(?:null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

/** Whether bare text reads as a number, true, false or null. */
export const isLiteral = (text: string): boolean => {
  const code = text.charCodeAt(0)
  return (
    (code === 45 || (code >= 48 && code <= 57) || code === 110 || code === 116 || code === 102) && LITERAL.test(text)
  )
}

/** Marks that end bare text, by code. */
const ENDS = ',;]}"\n…'
/** Marks that bare text does not begin with. */
const ODD_STARTS = "={[*<"

const isOneOf = (marks: string, code: number): boolean => {
  for (let i = 0; i < marks.length; i++) if (marks.charCodeAt(i) === code) return true
  return false
}

const isBlank = (code: number): boolean =>
  code <= 32 || code === 0xa0 || code === 0xfeff || (code >= 0x2000 && code <= 0x206f)

const hasEnd = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if ((code < 0x7e || code === 0x2026) && isOneOf(ENDS, code)) return true
  }
  return false
}

/** Whether a string's body may stand in a cell as it is, where every bare text is a string. */
export const isBareText = (body: string): boolean => {
  if (body === "" || isBlank(body.charCodeAt(body.length - 1))) return false
  const first = body.charCodeAt(0)
  return !isBlank(first) && !isOneOf(ODD_STARTS, first) && !hasEnd(body)
}

/** Whether it may stand in a cell where bare numbers and words are literals. */
export const isBare = (body: string): boolean => isBareText(body) && !isLiteral(body)

const isWordOrOpen = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 91) || (code >= 97 && code <= 123)

/** Whether it may follow the name of a text: no letter or digit, which would read as part of the name. */
export const isBareRest = (rest: string): boolean =>
  rest === "" || !(isWordOrOpen(rest.charCodeAt(0)) || isBlank(rest.charCodeAt(rest.length - 1)) || hasEnd(rest))

/** Whether a key's body may stand in a header as it is. */
export const isBareKey = (body: string): boolean => body !== "" && !/[,;:=*{}[\]"<>^\s\\…]/.test(body)

const ODD_IN_AFFIX = ',;]}{["*\n\\$=<…'

/** How many characters from `from` on may be a part of a pattern. */
export const affixLength = (text: string, from = 0): number => {
  let at = from
  while (at < text.length && !isOneOf(ODD_IN_AFFIX, text.charCodeAt(at))) at++
  return at - from
}

/** The name of the n-th text: a to z, then aa to zz, and so on. */
export const nameOf = (n: number): string => {
  let name = ""
  for (let rest = n + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(97 + ((rest - 1) % 26)) + name
  }
  return name
}

/**
 * The header fields of an HTTP message in their order, spelling and number, because a proxy that keeps them in a record would lose all
 * three; and which of them go on to the other side.
 */

/** Name, value, name, value, as they stand on the wire. */
export type Fields = ReadonlyArray<string>

/** Fields between two neighbours, by RFC 9110 section 7.6.1; the rest of its kind is named in `Connection`. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade"
])

/** Fields that this side makes anew: the host of upstream, the length of what is sent, and the wait for a go-ahead that was given here. */
const REMADE: ReadonlySet<string> = new Set(["host", "content-length", "expect"])

/** Fields for us, the token among them: never shown to a provider. */
const OWN = "x-headroom-"

/** The field's value, or undefined; the values of a field that stands several times are joined as RFC 9110 section 5.3 joins them. */
export const fieldOf = (fields: Fields, name: string): string | undefined => {
  let found: string | undefined
  for (let i = 0; i + 1 < fields.length; i += 2)
    if (fields[i]?.toLowerCase() === name) found = found === undefined ? fields[i + 1] : `${found}, ${fields[i + 1]}`
  return found
}

/** By lower-case name, for readers that need no order. */
export const recordOf = (fields: Fields): Readonly<Record<string, string>> => {
  const record: Record<string, string> = {}
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = (fields[i] ?? "").toLowerCase()
    const value = fields[i + 1] ?? ""
    record[name] = Object.hasOwn(record, name) ? `${record[name]}, ${value}` : value
  }
  return record
}

/** The fields without those that are to go, each name in lower case. */
export const withoutFields = (fields: Fields, goes: (name: string) => boolean): Fields => {
  const kept: Array<string> = []
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ""
    if (!goes(name.toLowerCase())) kept.push(name, fields[i + 1] ?? "")
  }
  return kept
}

/** The members of a field that is a list, in lower case. */
const membersOf = (value: string | undefined): ReadonlySet<string> =>
  new Set(value === undefined ? [] : value.split(",").map((member) => member.trim().toLowerCase()))

/** The fields of a request that go on to upstream. */
export const requestFields = (fields: Fields): Fields => {
  const named = membersOf(fieldOf(fields, "connection"))
  return withoutFields(
    fields,
    (name) => HOP_BY_HOP.has(name) || REMADE.has(name) || named.has(name) || name.startsWith(OWN)
  )
}

/** The fields of an answer that go back to the client. */
export const answerFields = (fields: Fields): Fields => {
  const named = membersOf(fieldOf(fields, "connection"))
  return withoutFields(fields, (name) => HOP_BY_HOP.has(name) || named.has(name))
}

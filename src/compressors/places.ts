/**
 * Reads where a line of a build or test says that something is, `src/a.ts:12`, `a.cpp(12):`, `File "a.py", line 12`, because whoever reads a
 * report goes to these places next.
 */

/** What follows a file's name where a number of a line stands behind it. */
const NUMBERED =
  /\.([A-Za-z]\w{0,9})(?:::?\[?(\d+)|\[?\((\d+)(?:[,-]\d+){0,3}\) ?:|"?,? ?\(?(?:at )?line (\d+)|\[(\d+)(?:,\d+)?\])/g
/** Ends of hosts: what follows their colon is a port. */
const HOST = /^(?:com|net|org|io|local|localdomain|internal|lan|cloud|dev|app)$/
const PATH_LIMIT = 200

/** Letters, digits, and what stands in names of files and between them. */
const isOfPath = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 64 && code <= 90) ||
  (code >= 45 && code <= 57) ||
  code === 95 ||
  code === 92 ||
  code === 43 ||
  code === 126 ||
  code > 127

export interface NamedPlace {
  readonly from: number
  readonly to: number
  /** The path and the number of the line, however they are joined. */
  readonly name: string
}

/** The places that a text names, in order; each at most `PATH_LIMIT` long, so that the cost is linear. */
export const placesIn = (text: string): ReadonlyArray<NamedPlace> => {
  const places: Array<NamedPlace> = []
  let least = 0
  NUMBERED.lastIndex = 0
  for (let match = NUMBERED.exec(text); match !== null; match = NUMBERED.exec(text)) {
    let from = match.index
    const stop = Math.max(least, from - PATH_LIMIT)
    while (from > stop && isOfPath(text.charCodeAt(from - 1))) from--
    const extension = match[1] as string
    const end = match.index + 1 + extension.length
    if (from === match.index || HOST.test(extension)) continue
    least = NUMBERED.lastIndex
    places.push({
      from,
      to: NUMBERED.lastIndex,
      name: `${text.slice(from, end)}:${match[2] ?? match[3] ?? match[4] ?? match[5]}`
    })
  }
  return places
}

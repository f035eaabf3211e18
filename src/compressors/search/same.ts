/**
 * Rows of one file whose text is the same, printed once behind all their numbers, `20,25,52:text`; because a search finds a line as often as
 * it stands there, and each number keeps its place. Rows stand by rising number, so the numbers alone say where each was.
 */
import { numberEnd } from "./coordinate.ts"

const COLON = 58
/** Bounded, so that no short row stands for a long text. */
const MAX_NUMBERS = 64
/** Within so many characters a row is told from other lines. */
export const ROW_START = 11 * MAX_NUMBERS
/** Shorter texts, such as brackets, gain too little. */
const MIN_TEXT = 8

const JOINED = /^(\d{1,10}(?:,\d{1,10})+):/

/** The numbers of a row that stands for several, and where its text begins; undefined for any other. */
export const numbersOf = (
  row: string
): { readonly numbers: ReadonlyArray<string>; readonly body: number } | undefined => {
  const found = JOINED.exec(row.slice(0, ROW_START))
  if (found === null) return undefined
  const numbers = (found[1] as string).split(",")
  return numbers.length <= MAX_NUMBERS ? { numbers, body: found[0].length } : undefined
}

/** The rows that these stand for, by rising number; undefined where one has no number to stand by. */
export const partedRows = (rows: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
  if (rows.every((row) => numbersOf(row) === undefined)) return rows
  const parted: Array<readonly [number: number, row: string]> = []
  for (const row of rows) {
    const joined = numbersOf(row)
    const end = numberEnd(row, 0, COLON)
    if (joined !== undefined)
      for (const number of joined.numbers) parted.push([Number(number), `${number}:${row.slice(joined.body)}`])
    else if (end === -1) return undefined
    else parted.push([Number(row.slice(0, end)), row])
  }
  return parted.sort((a, b) => a[0] - b[0]).map(([, row]) => row)
}

/** The rows with those of the same text joined where the first of them stands, or as they are where that would not read back. */
export const joinedRows = (rows: ReadonlyArray<string>): ReadonlyArray<string> => {
  const byText = new Map<string, Array<string>>()
  const joined: Array<{ readonly numbers: Array<string>; readonly body: string }> = []
  let last = -1
  let steps = 0
  for (const row of rows) {
    const end = numberEnd(row, 0, COLON)
    const number = Number(row.slice(0, end))
    if (end === -1 || number <= last) return rows
    if (number === last + 1) steps++
    last = number
    const body = row.slice(end + 1)
    const same = byText.get(body)
    if (same !== undefined && same.length < MAX_NUMBERS) {
      same.push(row.slice(0, end))
      continue
    }
    const numbers = [row.slice(0, end)]
    if (body.trim().length >= MIN_TEXT) byText.set(body, numbers)
    joined.push({ numbers, body })
  }
  // a file numbered line by line is read from top to bottom
  return joined.length === rows.length || steps * 2 > rows.length
    ? rows
    : joined.map(({ numbers, body }) => `${numbers.join(",")}:${body}`)
}

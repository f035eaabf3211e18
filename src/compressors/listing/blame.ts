/**
 * The codec `git-blame`: what is said of a commit once, under a letter that the lines of it begin with.
 *
 *     # git blame; a row's first word names its commit
 *     a 8e5397bfa (Ann Example    2014-08-29 19:49:50 +0200
 *     a    2) // a line of that commit
 */
import type { Codec } from "../../domain/tiling.ts"

const OPENING = "# git blame; a row's first word names its commit\n"
const LINE = /^(\^?[0-9a-f]{7,40} .*? \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})( +\d+\).*)$/
const NAMED = /^([a-z]{1,2}) (\^?[0-9a-f]{7,40} .* [+-]\d{4})$/
const ROW = /^([a-z]{1,2})( +\d+\).*)$/

const decodeBlame = (shown: string): string | undefined => {
  if (!shown.startsWith(OPENING) || !shown.endsWith("\n")) return undefined
  const commits = new Map<string, string>()
  let out = ""
  for (const line of shown.slice(OPENING.length, -1).split("\n")) {
    const named = NAMED.exec(line)
    const row = named === null ? ROW.exec(line) : null
    if (named !== null) commits.set(named[1] as string, named[2] as string)
    else if (row === null) out += `${line}\n`
    else {
      const commit = commits.get(row[1] as string)
      if (commit === undefined) return undefined
      out += `${commit}${row[2] as string}\n`
    }
  }
  return out
}

export const blameCodec: Codec = { name: "git-blame", decode: decodeBlame }

const LETTERS = 26
const MAX_NAMES = LETTERS + LETTERS * LETTERS

const nameOf = (at: number): string =>
  at < LETTERS
    ? String.fromCharCode(97 + at)
    : String.fromCharCode(97 + Math.floor((at - LETTERS) / LETTERS), 97 + ((at - LETTERS) % LETTERS))

/** The whole lines of a text in the codec, or undefined where they would not come back. */
export const printBlame = (text: string): string | undefined => {
  const lines = text.slice(0, -1).split("\n")
  const parsed = lines.map((line) => LINE.exec(line))
  const counts = new Map<string, number>()
  for (const match of parsed)
    if (match !== null) counts.set(match[1] as string, (counts.get(match[1] as string) ?? 0) + 1)
  const names = new Map<string, string>()
  const often = [...counts].filter(([, count]) => count > 1).sort((a, b) => b[1] - a[1])
  for (const [commit] of often.slice(0, MAX_NAMES)) names.set(commit, nameOf(names.size))
  if (names.size === 0) return undefined
  const rows = lines.map((line, at) => {
    const name = names.get(parsed[at]?.[1] ?? "")
    return name === undefined ? line : `${name}${parsed[at]?.[2] as string}`
  })
  const shown = `${OPENING}${[...names].map(([commit, name]) => `${name} ${commit}\n`).join("")}${rows.join("\n")}\n`
  return decodeBlame(shown) === text ? shown : undefined
}

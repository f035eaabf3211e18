/** How much each line of a listing tells: below 0 for what must stay, more for what may go first. */
import { BRANCH, COMMIT, FOLDER, type Form, LONG, NO_MATCH, SIZED, STAT, STAT_SUM, STATUS_HEADING } from "./form.ts"

const TROUBLE = /\b(?:UNMET|invalid|extraneous|missing:|ERR!|both (?:modified|added)|deleted by|CONFLICT)\b/
/** Two characters a level are the least that any tree has. */
const LEVEL = 2

/** A folder as `find -ls` lists it, with its path. */
const LISTED = /^\s*\d+\s+\d+\s+d\S+\s.*\/[^/]*$/
const HASHED = /^[*|\\/ _]*[0-9a-f]{7,40} /
const NONE = /^(?!)/

const depthOf = (line: string): number => {
  const drawn = /^[│├└|`+─\s-]*/.exec(line)?.[0].length ?? 0
  return Math.ceil(drawn / (2 * LEVEL))
}

/** The newest of the commits must stay, whatever the budget. */
const NEWEST = 20

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/", path.length - 2) + 1)

/** The first path of each folder says that the folder is there. */
const pathRanks = (lines: ReadonlyArray<string>): ReadonlyArray<number> => {
  const inFolder = new Map<string, number>()
  return lines.map((line) => {
    const folder = folderOf(line)
    const before = inFolder.get(folder) ?? 0
    inFolder.set(folder, before + 1)
    return before === 0 ? STAYS : before
  })
}

/** What a size counts, in whatever unit. */
const UNITS = "KMGTP"
const amountOf = (line: string): number => {
  const size = SIZED.exec(line)
  if (size === null) return 0
  return Number(size[1]) * 1_024 ** (UNITS.indexOf(size[2] ?? "") + 1)
}

/** Where much is counted, first; of the others the first. */
const sizeRanks = (lines: ReadonlyArray<string>): ReadonlyArray<number> => {
  const order = lines
    .map((line, at) => ({ at, amount: amountOf(line) }))
    .sort((a, b) => b.amount - a.amount || a.at - b.at)
  const ranks = new Array<number>(lines.length).fill(0)
  order.forEach(({ at }, place) => {
    ranks[at] = Math.floor(Math.log2(place + 1))
  })
  return ranks
}

/** The rank of what stays beyond the budget. */
const STAYS = -1

/** A rank for each line. */
export const ranksOf = (form: Form, lines: ReadonlyArray<string>): ReadonlyArray<number> => {
  if (form === "paths") return pathRanks(lines)
  if (form === "sizes") return sizeRanks(lines)
  let commits = 0
  let isSubject = false
  let before = 0
  return lines.map((line) => {
    const isNewest = (form === "commits" ? COMMIT : form === "oneline" ? HASHED : NONE).test(line) && commits++ < NEWEST
    const rank = isNewest ? STAYS : rankOf(form, line, isSubject, before)
    if (COMMIT.test(line)) isSubject = true
    else if (line.startsWith("    ") && line.trim() !== "") isSubject = false
    if (line.trim() !== "") before = rank
    return rank
  })
}

const rankOf = (form: Form, line: string, isSubject: boolean, before: number): number => {
  if (line.trim() === "") return form === "commits" ? 2 : before
  if (TROUBLE.test(line)) return 0
  switch (form) {
    case "commits":
      if (COMMIT.test(line)) return 0
      if (line.startsWith("    ")) return isSubject ? 0 : 3
      if (STAT.test(line)) return 4
      return STAT_SUM.test(line) || line.startsWith("Date:") ? 1 : 2
    case "long":
      if (FOLDER.test(line)) return STAYS
      if (LISTED.test(line)) return STAYS
      return LONG.test(line) ? (/^\s*(?:\d+\s+)*d/.test(line) ? 1 : 2) : 3
    case "recursive":
      return FOLDER.test(line) ? STAYS : 2
    case "tree":
      return BRANCH.test(line) ? depthOf(line) : 0
    case "status":
      return STATUS_HEADING.test(line) ? 0 : line.startsWith("\t") ? 1 : 2
    case "short-status":
      return line.startsWith("##") ? 0 : /^[?!]/.test(line) ? 2 : 1
    case "stat":
      return STAT_SUM.test(line) ? 0 : 1
    case "counts":
      return NO_MATCH.test(line) ? 1 : STAYS
    case "paths":
    case "sizes":
    case "oneline":
    case "blame":
      return 1
  }
}

/** How much each line of a listing tells: 0 for what must stay, more for what may go first. */
import { BRANCH, COMMIT, FOLDER, type Form, LONG, STAT, STAT_SUM, STATUS_HEADING } from "./form.ts"

const TROUBLE = /\b(?:UNMET|invalid|extraneous|missing:|ERR!|both (?:modified|added)|deleted by|CONFLICT)\b/
/** Two characters a level are the least that any tree has. */
const LEVEL = 2

const depthOf = (line: string): number => {
  const drawn = /^[│├└|`+─\s-]*/.exec(line)?.[0].length ?? 0
  return Math.ceil(drawn / (2 * LEVEL))
}

/** A rank for each line. */
export const ranksOf = (form: Form, lines: ReadonlyArray<string>): ReadonlyArray<number> => {
  let isSubject = false
  let before = 0
  return lines.map((line) => {
    const rank = rankOf(form, line, isSubject, before)
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
      if (FOLDER.test(line)) return 0
      return LONG.test(line) ? (/^\s*(?:\d+\s+)*d/.test(line) ? 1 : 2) : 3
    case "recursive":
      return FOLDER.test(line) ? 0 : 2
    case "tree":
      return BRANCH.test(line) ? depthOf(line) : 0
    case "status":
      return STATUS_HEADING.test(line) ? 0 : line.startsWith("\t") ? 1 : 2
    case "short-status":
      return line.startsWith("##") ? 0 : /^[?!]/.test(line) ? 2 : 1
    case "stat":
      return STAT_SUM.test(line) ? 0 : 1
    case "paths":
    case "oneline":
    case "blame":
      return 1
  }
}

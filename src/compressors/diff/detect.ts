/** Whether a text is a diff, from the structure at its beginning: file headers with hunks that keep the counts of their headers. */
import type { Hint } from "../../domain/content.ts"
import { parsePatch } from "./patch.ts"

const LOOK_CHARACTERS = 65_536
const TOOLS =
  /^(?:git (?:diff|show|log|format-patch|stash|range-diff)|diff|gh pr|svn diff|hg diff|colordiff|interdiff|delta)$/
const MARKS = /^(?:diff --(?:git|cc|combined) |@@ -|@@@ -)/m

/** The share of the beginning that is diff; 0 where no file's changes stand in it. */
export const detectDiff = (text: string, hint: Hint): number => {
  const start = text.slice(0, LOOK_CHARACTERS)
  if (!MARKS.test(start)) return 0
  const parts = parsePatch(start)
  if (parts === undefined) return 0
  let covered = 0
  for (const part of parts) if (part._tag === "File" && part.end > part.nameEnd) covered += part.end - part.start
  if (covered === 0) return 0
  const share = covered / start.length
  const isSure = share > 0.5 || hint.commands.some((command) => TOOLS.test(command))
  return isSure ? Math.min(1, 0.8 + share / 5) : share
}

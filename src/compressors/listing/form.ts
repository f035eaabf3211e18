/** The forms that listings have: of files, of packages, of commits, of a working tree's changes. */
import { beginAlike, sampleLines } from "../forms.ts"

/**
 * paths: one a line, as `find` and `git ls-files` print them. long: `ls -l`. recursive: names under `folder:`. tree: `tree`, `npm ls`.
 * status: `git status`. short-status: `git status -s`. oneline and commits: `git log`. blame: `git blame`. stat: `git diff --stat`.
 * sizes: `du`, `wc -l`. counts: `grep -c`.
 */
export type Form =
  | "paths"
  | "long"
  | "recursive"
  | "tree"
  | "status"
  | "short-status"
  | "oneline"
  | "commits"
  | "blame"
  | "stat"
  | "sizes"
  | "counts"

export const LONG = /^\s*(?:\d+\s+(?:\d+\s+)?)?[bcdlps-](?:[r-][w-][xsS-]){2}[r-][w-][xtT-][@+.]?\s/
export const FOLDER = /^[^\s].*:$/
export const BRANCH = /^[│├└|`+─\s-]*(?:[├└]─|[|`+]--|\+-|├|└)/
export const STATUS_HEADING =
  /^(?:On branch |HEAD detached|Your branch |Changes |Untracked files:|Unmerged paths:|nothing |no changes |All conflicts|You (?:are|have) |Ignored files:|No commits yet|interactive rebase)/
const STATUS_FILE = /^(?:\t|\s{2,}\()/
const SHORT_STATUS = /^(?! {2})[ MADRCUT?!]{2} \S|^## \S/
const ONELINE = /^(?:[*|\\/ _]*\s)?[0-9a-f]{7,12} (?:\([^)]+\) )?\S/
export const COMMIT = /^commit [0-9a-f]{7,40}\b/
const BLAME = /^\^?[0-9a-f]{7,40} (?:\S+ +)?\(.* \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} +\d+\) ?/
export const STAT = /^ \S.* +\| +(?:\d+ ?[+-]*|Bin \d+ -> \d+ bytes|Unmerged|0)$/
export const STAT_SUM = /^ \d+ files? changed(?:, \d+ insertions?\(\+\))?(?:, \d+ deletions?\(-\))?$/
/** Lines of a log: of its headers, of messages, of what changed. */
const LOGGED =
  /^(?:commit |Author(?:Date)?:|Commit(?:Date)?:|Date:|Merge:|tree [0-9a-f]|parent [0-9a-f]|author .*>|committer .*>|gpgsig | {4}| \S.* \| |[MADRCT]\d*\t|(?:\d+|-)\t(?:\d+|-)\t)/
/** The date of a commit as git prints it: a part of its log may begin behind the commit's own line. */
const COMMIT_DATE = /^Date: {3}\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4} [+-]\d{4}$/
/** A path or name alone on its line: no prose, no sentence, no code. */
const PATH = /^(?:[A-Za-z]:)?[\w.@~+#%$()[\]{},=/\\-]+(?: [\w.@~+#%()/-]+){0,2}$/u
const TOTAL = /^total \d/
/** A number, in a unit or not, and what it counts. */
export const SIZED = /^ *(\d+(?:\.\d+)?)([KMGTP]?)[\t ] ?(?=\S)/
/** A path and how many lines of it match. */
const COUNTED = /^(\S.*):\d+$/
export const NO_MATCH = /:0$/
/** Of such lines the most are of paths, or the last is their sum. */
const SUM = /^ *\d+(?:\.\d+)?[KMGTP]?\s+(?:total|\.)$/
/** Rails that a graph of commits has between them. */
const RAILS = /^[*|\\/ _]+$/
/** base64 in lines of one width: its alphabet has the slash. */
const ENCODED = /^[A-Za-z0-9+/]{60,76}$/

const MOST = 0.9
const MANY = 0.6
const DEEP = 0.4
/** Folders of one file have a heading, a sum and a blank line for it. */
const FEW = 0.25
const MIN_LINES = 5

const share = (lines: ReadonlyArray<string>, is: (line: string) => boolean): number =>
  lines.filter(is).length / Math.max(1, lines.length)

const isDeep = (line: string): boolean => line.includes("/") || line.includes("\\")
/** A name alone may be a word of anything: most of a list must be paths. */
const isPathLine = (line: string): boolean => PATH.test(line) && (isDeep(line) || !line.includes(" "))

const isCounted = (line: string): boolean => {
  const path = COUNTED.exec(line)?.[1]
  return path !== undefined && PATH.test(path) && (isDeep(path) || /\.[A-Za-z]\w*$/.test(path))
}

/** The form of a text's lines, or undefined where they list nothing. */
export const formOf = (text: string): Form | undefined => {
  const lines = sampleLines(text)
  if (lines.length < MIN_LINES) return undefined
  const has = (pattern: RegExp): number => share(lines, (line) => pattern.test(line))
  if (has(BLAME) >= MOST) return "blame"
  const commits = lines.filter((line) => COMMIT.test(line)).length
  if (has(ENCODED) >= MOST) return undefined
  const isLog = COMMIT.test(lines[0] as string) || commits > 1 || lines.some((line) => COMMIT_DATE.test(line))
  if (isLog && has(LOGGED) >= MANY) return "commits"
  if (has(STAT) >= MOST || (has(STAT) >= MANY && lines.some((line) => STAT_SUM.test(line)))) return "stat"
  const isLong = share(lines, (line) => LONG.test(line) || FOLDER.test(line) || TOTAL.test(line)) >= MOST
  if (isLong && has(LONG) >= (has(TOTAL) > 0 ? FEW : MANY)) return "long"
  if (
    STATUS_HEADING.test(lines[0] as string) &&
    share(lines, (line) => STATUS_HEADING.test(line) || STATUS_FILE.test(line)) >= MOST
  )
    return "status"
  if (has(SHORT_STATUS) >= MOST) return "short-status"
  if (
    has(BRANCH) >= MANY &&
    share(lines, (line) => BRANCH.test(line) || !line.includes(" ") || /^\d+ director/.test(line)) >= 0.8
  )
    return "tree"
  if (has(ONELINE) >= MANY && share(lines, (line) => ONELINE.test(line) || RAILS.test(line)) >= MOST) return "oneline"
  if (
    has(SIZED) >= MOST &&
    (SUM.test(lines.at(-1) as string) ||
      share(lines, (line) => isDeep(line) && PATH.test(line.replace(SIZED, ""))) >= MOST)
  )
    return "sizes"
  if (share(lines, isCounted) >= MOST) return "counts"
  const folders = lines.filter((line) => FOLDER.test(line)).length
  if (
    folders >= 2 &&
    share(lines, (line) => FOLDER.test(line) || PATH.test(line)) >= MOST &&
    folders < MANY * lines.length
  )
    return "recursive"
  if (share(lines, isPathLine) < MOST || share(lines, isDeep) < DEEP) return undefined
  // One word in front of each path is what a program does with it.
  return share(lines, (line) => /^[^\s/\\]+ /.test(line)) >= MANY && beginAlike(lines) ? undefined : "paths"
}

export const detectListing = (text: string): number => (formOf(text) === undefined ? 0 : 0.97)

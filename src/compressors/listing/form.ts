/** The forms that listings have: of files, of packages, of commits, of a working tree's changes. */
import { beginAlike, sampleLines } from "../forms.ts"

/**
 * paths: one a line, as `find` and `git ls-files` print them. long: `ls -l`. recursive: names under `folder:`. tree: `tree`, `npm ls`.
 * status: `git status`. short-status: `git status -s`. oneline and commits: `git log`. blame: `git blame`. stat: `git diff --stat`.
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
/** The date of a commit as git prints it: a part of its log may begin behind the commit's own line. */
const COMMIT_DATE = /^Date: {3}\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4} [+-]\d{4}$/
/** A path or name alone on its line: no prose, no sentence, no code. */
const PATH = /^(?:[A-Za-z]:)?[\w.@~+#%$()[\]{},=/\\-]+(?: [\w.@~+#%()/-]+){0,2}$/u
const TOTAL = /^total \d/

const MOST = 0.9
const MANY = 0.6
const DEEP = 0.4
const MIN_LINES = 5

const share = (lines: ReadonlyArray<string>, is: (line: string) => boolean): number =>
  lines.filter(is).length / Math.max(1, lines.length)

const isDeep = (line: string): boolean => line.includes("/") || line.includes("\\")
/** A name alone may be a word of anything: most of a list must be paths. */
const isPathLine = (line: string): boolean => PATH.test(line) && (isDeep(line) || !line.includes(" "))

/** The form of a text's lines, or undefined where they list nothing. */
export const formOf = (text: string): Form | undefined => {
  const lines = sampleLines(text)
  if (lines.length < MIN_LINES) return undefined
  const has = (pattern: RegExp): number => share(lines, (line) => pattern.test(line))
  if (has(BLAME) >= MOST) return "blame"
  const commits = lines.filter((line) => COMMIT.test(line)).length
  const isLog = COMMIT.test(lines[0] as string) || commits > 1 || lines.some((line) => COMMIT_DATE.test(line))
  if (isLog && has(/^(?:commit |Author:|Date:|Merge:| {4}| \S.* \| )/) >= MANY) return "commits"
  if (has(STAT) >= MOST || (has(STAT) >= MANY && lines.some((line) => STAT_SUM.test(line)))) return "stat"
  if (share(lines, (line) => LONG.test(line) || FOLDER.test(line) || TOTAL.test(line)) >= MOST && has(LONG) >= MANY)
    return "long"
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
  if (has(ONELINE) >= MOST) return "oneline"
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

/**
 * The packages that a lockfile pins, each by its name and version with where both stand, read line by line, because a diff has only some
 * of the lines and every format puts a package's version on the line of its name or on one of the next.
 */

/** A line of the text without its line break. */
export interface Line {
  readonly start: number
  readonly end: number
}

export interface Package {
  /** What it is the same package by, in an older and a newer lockfile. */
  readonly name: string
  readonly version: string
  /** The name, or the name and the version behind it where both stand in one line. */
  readonly label: readonly [start: number, end: number]
  readonly labelLine: Line
  /** The version, and its line where it is another than the label's. */
  readonly versionAt: readonly [start: number, end: number]
  readonly versionLine: Line | undefined
}

const LOCK_PATH =
  /(?:^|[\\/])(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|bun\.lockb?|go\.(?:work\.)?sum|packages\.lock\.json|gradle\.lockfile|Package\.resolved|[\w.-]+\.lock)$/

/** Whether a file of this name pins what a package manager has resolved. */
export const isLockPath = (path: string): boolean => LOCK_PATH.test(path)

/** Name and version in one line: go, pnpm, Bundler, CocoaPods, Gradle, bun and deno. */
const BOTH: ReadonlyArray<RegExp> = [
  /^(?<name>\S+) (?<version>v\d\S*?)(?:\/go\.mod)? h1:\S+$/d,
  /^ {2}['"]?\/?(?<name>@?[^@'"\s():]+)[@/](?<version>\d[^:'"(\s]*)(?:\([^'"]*)?['"]?:(?: \{.*)?$/d,
  /^ {4}(?<name>[\w.-]+) \((?<version>\d[^)\s]*)\)$/d,
  /^ {2}- "?(?<name>[\w/.+-]+) \((?<version>\d[^)\s]*)\)"?:?$/d,
  /^(?<name>[\w.-]+:[\w.-]+):(?<version>\d[\w.-]*)=\S/d,
  /^ {4}"[^"]+": \["(?<name>@?[^@"]+)@(?<version>\d[^"]*)"/d,
  /^ {4}"(?<name>@?[^@"]+)@(?<version>\d[^"_]*)": \{$/d
]

/** The name as a key above the version: npm, Pipenv, NuGet, pub, and pnpm's direct dependencies; yarn's with its range behind. */
const KEY: ReadonlyArray<RegExp> = [
  /^\s+"(?:node_modules\/)?(?<name>[^"]+)": \{$/d,
  /^"?(?<name>@?[^@"\s]+)@.*:$/d,
  /^\s+['"]?(?<name>@?[\w./-]+)['"]?:$/d
]

/** The name as a value beside the version: Cargo, Poetry, uv, Composer, Swift. */
const FIELD: ReadonlyArray<RegExp> = [/^name = "(?<name>[^"]+)"$/d, /^\s+"(?:name|identity)" ?: "(?<name>[^"]+)",?$/d]

const VERSION: ReadonlyArray<RegExp> = [
  /^\s*"?version"?(?: ?[:=] | )['"]?(?:==)?(?<version>[^'"\s,(]+)['"]?(?:\([^'"]*)?,?$/d,
  /^\s+"resolved": "(?<version>\d[^"]*)",?$/d
]

/** Longer lines hold data. */
const MAX_LINE = 400

type Groups = Readonly<Record<string, readonly [number, number]>>

const groupsOf = (line: string, patterns: ReadonlyArray<RegExp>): Groups | undefined => {
  for (const pattern of patterns) {
    const found = pattern.exec(line)?.indices?.groups
    if (found !== undefined) return found
  }
  return undefined
}

const indentOf = (line: string): number => line.length - line.trimStart().length

/** A name that waits for its version. */
interface Named {
  readonly at: readonly [number, number]
  readonly line: Line
  readonly indent: number
  readonly isField: boolean
}

/** The packages of these lines, in order. */
export const packagesIn = (text: string, lines: ReadonlyArray<Line>): ReadonlyArray<Package> => {
  const packages: Array<Package> = []
  /** Keys by their depth, outer ones first, and a field of the same depth in place of the one before. */
  const open: Array<Named> = []
  for (const line of lines) {
    if (line.end - line.start > MAX_LINE) continue
    const body = text.slice(line.start, line.end)
    const indent = indentOf(body)
    const shift = ([from, to]: readonly [number, number]): readonly [number, number] => [
      line.start + from,
      line.start + to
    ]
    const both = groupsOf(body, BOTH)
    if (both?.["name"] !== undefined && both["version"] !== undefined) {
      const [name, version] = [shift(both["name"]), shift(both["version"])]
      packages.push({
        name: text.slice(...name),
        version: text.slice(...version),
        label: [name[0], version[1]],
        labelLine: line,
        versionAt: version,
        versionLine: undefined
      })
      continue
    }
    const field = groupsOf(body, FIELD)
    const named = field ?? groupsOf(body, KEY)
    if (named?.["name"] !== undefined) {
      while (open.length > 0 && (open[open.length - 1] as Named).indent >= indent) open.pop()
      open.push({ at: shift(named["name"]), line, indent, isField: field !== undefined })
      continue
    }
    const version = groupsOf(body, VERSION)?.["version"]
    if (version === undefined) continue
    while (open.length > 0 && (open[open.length - 1] as Named).indent > indent) open.pop()
    const owner = open[open.length - 1]
    if (owner === undefined || (owner.indent === indent) !== owner.isField) continue
    const versionAt = shift(version)
    packages.push({
      name: text.slice(...owner.at),
      version: text.slice(...versionAt),
      label: owner.at,
      labelLine: owner.line,
      versionAt,
      versionLine: line
    })
  }
  return packages
}

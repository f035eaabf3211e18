/**
 * A diff taken apart: files with their header and hunks, and what is neither (commit messages, mail, statistics), total on any text.
 *
 * A hunk's extent is counted by its header, never guessed by its lines, because a removed line `-- x` stands there as `--- x`.
 */

export interface Hunk {
  readonly start: number
  readonly end: number
  readonly added: number
  readonly removed: number
  /** Marks before each line: one, and in a merge one for each parent. */
  readonly columns: number
  readonly isBinary: boolean
}

export interface FilePatch {
  readonly _tag: "File"
  readonly start: number
  readonly end: number
  /** The line or lines that name the file, a git header's first line or `---` and `+++`. */
  readonly nameEnd: number
  readonly headEnd: number
  /** The path after the change, as the diff writes it. */
  readonly path: string
  /** What the header says besides, such as "new", "deleted", "binary". */
  readonly notes: ReadonlyArray<string>
  readonly hunks: ReadonlyArray<Hunk>
  readonly added: number
  readonly removed: number
}

export interface OtherText {
  readonly _tag: "Other"
  readonly start: number
  readonly end: number
}

export type Part = FilePatch | OtherText

const HUNK = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/
const COMBINED = /^(@{3,17}) ((?:-\d+(?:,\d+)? )+)\+\d+(?:,(\d+))? \1/
const GIT_HEAD = /^diff --(?:git|cc|combined) /
const HEAD_LINE =
  /^(?:index |mode |old mode |new mode |new file mode |deleted file mode |similarity index |dissimilarity index |rename from |rename to |copy from |copy to |--- |\+\+\+ |Binary files .* differ)/

const SPACE = 32
const PLUS = 43
const MINUS = 45
const BACKSLASH = 92

export const lineEnd = (text: string, at: number): number => {
  const newline = text.indexOf("\n", at)
  return newline === -1 ? text.length : newline + 1
}

/** The line's beginning, enough of it to tell what it is. */
const head = (text: string, at: number): string => text.slice(at, Math.min(lineEnd(text, at), at + 256))

const countOf = (digits: string | undefined): number => (digits === undefined ? 1 : Number(digits))

/** Whether nothing but a line break stands there: a context line whose blank got lost. */
const isEmptyLine = (text: string, at: number): boolean => text[at] === "\n" || text.startsWith("\r\n", at)

const skipNoNewline = (text: string, at: number): number =>
  text.charCodeAt(at) === BACKSLASH && text[at + 1] === " " ? lineEnd(text, at) : at

const plainHunk = (text: string, start: number, match: RegExpExecArray): Hunk => {
  let old = countOf(match[1])
  let fresh = countOf(match[2])
  let added = 0
  let removed = 0
  let at = lineEnd(text, start)
  while (at < text.length && (old > 0 || fresh > 0)) {
    const mark = text.charCodeAt(at)
    if (mark === PLUS && fresh > 0) {
      fresh--
      added++
    } else if (mark === MINUS && old > 0) {
      old--
      removed++
    } else if ((mark === SPACE || isEmptyLine(text, at)) && old > 0 && fresh > 0) {
      old--
      fresh--
    } else if (mark !== BACKSLASH) break
    at = lineEnd(text, at)
  }
  return { start, end: skipNoNewline(text, at), added, removed, columns: 1, isBinary: false }
}

/** A hunk of a merge: a column for each parent. */
const combinedHunk = (text: string, start: number, match: RegExpExecArray): Hunk => {
  const olds = (match[2] as string)
    .trim()
    .split(" ")
    .map((range) => countOf(range.split(",")[1]))
  let fresh = countOf(match[3])
  let added = 0
  let removed = 0
  let at = lineEnd(text, start)
  while (at < text.length && (fresh > 0 || olds.some((count) => count > 0))) {
    const marks = text.slice(at, at + olds.length)
    if (!/^[-+ ]+$/.test(marks) || marks.length < olds.length) {
      if (text.charCodeAt(at) !== BACKSLASH) break
    } else {
      const isRemoved = marks.includes("-")
      if (isRemoved) removed++
      else {
        fresh--
        if (marks.includes("+")) added++
      }
      for (let i = 0; i < olds.length; i++) if (marks[i] === (isRemoved ? "-" : " ")) olds[i] = (olds[i] as number) - 1
    }
    at = lineEnd(text, at)
  }
  return { start, end: skipNoNewline(text, at), added, removed, columns: olds.length, isBinary: false }
}

/** The data of a binary patch: blocks of a size line, encoded lines and a blank line. */
const binaryHunk = (text: string, start: number): Hunk => {
  let at = lineEnd(text, start)
  while (/^(?:literal|delta) \d+\s*$/.test(head(text, at))) {
    at = lineEnd(text, at)
    while (at < text.length && !isEmptyLine(text, at) && !GIT_HEAD.test(head(text, at))) at = lineEnd(text, at)
    if (at < text.length && isEmptyLine(text, at)) at = lineEnd(text, at)
  }
  return { start, end: at, added: 0, removed: 0, columns: 1, isBinary: true }
}

const hunkAt = (text: string, at: number): Hunk | undefined => {
  const first = text.charCodeAt(at)
  if (first === 71 && text.startsWith("GIT binary patch", at)) return binaryHunk(text, at)
  if (first !== 64) return undefined
  const line = head(text, at)
  const plain = HUNK.exec(line)
  if (plain !== null) return plainHunk(text, at, plain)
  const combined = COMBINED.exec(line)
  return combined === null ? undefined : combinedHunk(text, at, combined)
}

/** Whether a file's part starts here: git's line, or `---` and `+++` with a hunk behind. */
const startsFile = (text: string, at: number): "git" | "plain" | undefined => {
  const first = text.charCodeAt(at)
  if (first === 100 && GIT_HEAD.test(text.slice(at, at + 16))) return "git"
  if (first !== MINUS || !text.startsWith("--- ", at)) return undefined
  const second = lineEnd(text, at)
  if (!text.startsWith("+++ ", second)) return undefined
  return text.startsWith("@@ -", lineEnd(text, second)) ? "plain" : undefined
}

/** Path and notes out of a file's header. */
const readHead = (lines: ReadonlyArray<string>): { readonly path: string; readonly notes: ReadonlyArray<string> } => {
  let path = ""
  let mode = ""
  const notes: Array<string> = []
  for (const line of lines) {
    const value = (prefix: string): string | undefined =>
      line.startsWith(prefix) ? line.slice(prefix.length) : undefined
    const side = value("+++ ") ?? value("--- ")
    if (side !== undefined && !side.startsWith("/dev/null")) path = side.replace(/\t.*$/, "").replace(/^[abciwo]\//, "")
    path = value("rename to ") ?? value("copy to ") ?? path
    if (value("new file mode ") !== undefined) notes.push("new")
    if (value("deleted file mode ") !== undefined) notes.push("deleted")
    mode = value("old mode ") ?? mode
    const newMode = value("new mode ")
    if (newMode !== undefined) notes.push(`mode ${mode} to ${newMode}`)
    if (value("rename from ") !== undefined) notes.push("renamed")
    if (value("copy from ") !== undefined) notes.push("copied")
    if (value("Binary files ") !== undefined) notes.push("binary")
  }
  if (path === "") {
    const name = (lines[0] ?? "").replace(GIT_HEAD, "")
    const half = (name.length - 1) / 2
    path = name.slice(2, half) === name.slice(half + 3) ? name.slice(2, half) : name
  }
  return { path, notes }
}

const fileAt = (text: string, start: number, form: "git" | "plain"): FilePatch => {
  const lines: Array<string> = []
  let at = start
  const take = (): void => {
    const end = lineEnd(text, at)
    lines.push(text.slice(at, end).replace(/\r?\n$/, ""))
    at = end
  }
  take()
  if (form === "plain") take()
  const nameEnd = at
  while (form === "git" && at < text.length && HEAD_LINE.test(head(text, at))) take()
  const headEnd = at
  const hunks: Array<Hunk> = []
  for (let hunk = hunkAt(text, at); hunk !== undefined; hunk = hunkAt(text, at)) {
    hunks.push(hunk)
    at = hunk.end
  }
  const { path, notes } = readHead(lines)
  return {
    _tag: "File",
    start,
    end: at,
    nameEnd,
    headEnd,
    path,
    notes: hunks.some((hunk) => hunk.isBinary) ? [...notes, "binary"] : notes,
    hunks,
    added: hunks.reduce((sum, hunk) => sum + hunk.added, 0),
    removed: hunks.reduce((sum, hunk) => sum + hunk.removed, 0)
  }
}

/** The parts of a text, in order, covering it; undefined where no file's changes stand in it. */
export const parsePatch = (text: string): ReadonlyArray<Part> | undefined => {
  const parts: Array<Part> = []
  let other = 0
  let files = 0
  for (let at = 0; at < text.length; ) {
    const form = startsFile(text, at)
    if (form === undefined) {
      at = lineEnd(text, at)
      continue
    }
    if (at > other) parts.push({ _tag: "Other", start: other, end: at })
    const file = fileAt(text, at, form)
    parts.push(file)
    files++
    at = file.end
    other = at
  }
  if (files === 0) return undefined
  if (other < text.length) parts.push({ _tag: "Other", start: other, end: text.length })
  return parts
}

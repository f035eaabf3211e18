/**
 * What a call changes in files, read from its arguments: the lines that an edit looks for and those that it puts in their place, so that
 * lines read before are known to be false now.
 */
import { stringsIn } from "./json-strings.ts"

export interface Replacement {
  /** The file as the call names it; undefined where it names none. */
  readonly file: string | undefined
  /** The lines that stood there; undefined: the whole file. */
  readonly before: ReadonlyArray<string> | undefined
  readonly after: ReadonlyArray<string>
}

type Fields = { readonly [key: string]: unknown }

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const textAt = (fields: Fields, keys: ReadonlyArray<string>): string | undefined => {
  for (const key of keys) {
    const value = fields[key]
    if (typeof value === "string") return value
  }
  return undefined
}

const FILE = ["file_path", "filePath", "path", "absolute_path", "target_file", "filename", "TargetFile", "AbsolutePath"]
const OLD = ["old_string", "old_str", "oldText", "oldString"]
const NEW = ["new_string", "new_str", "newText", "newString"]
const WHOLE = ["content", "file_text", "contents", "fileText"]

const linesOf = (text: string): ReadonlyArray<string> => text.split("\n")

const exchanged = (fields: Fields, file: string | undefined): ReadonlyArray<Replacement> => {
  const before = textAt(fields, OLD)
  if (before === undefined || before === "") return []
  return [{ file, before: linesOf(before), after: linesOf(textAt(fields, NEW) ?? "") }]
}

const FILE_LINE = /^\*\*\* (?:Update|Delete|Add) File: (.{1,400})$/
const DELETED = /^\*\*\* Delete File: /

/** The hunks of `*** Begin Patch` patches. */
const patched = (text: string): ReadonlyArray<Replacement> => {
  const found: Array<Replacement> = []
  let file: string | undefined
  let isIn = false
  let before: Array<string> = []
  let after: Array<string> = []
  const close = (): void => {
    if (before.some((line) => !after.includes(line))) found.push({ file, before, after })
    before = []
    after = []
  }
  for (const line of text.split("\n")) {
    if (line.startsWith("*** Begin Patch")) isIn = true
    if (!isIn) continue
    const named = FILE_LINE.exec(line)
    if (named !== null || line.startsWith("@@") || line.startsWith("*** ")) {
      close()
      if (named !== null) file = named[1]
      if (DELETED.test(line)) found.push({ file, before: undefined, after: [] })
      if (line.startsWith("*** End Patch")) isIn = false
      continue
    }
    const rest = line.slice(1)
    if (line.startsWith("+")) after.push(rest)
    else if (line.startsWith("-")) before.push(rest)
    else {
      before.push(rest)
      after.push(rest)
    }
  }
  close()
  return found
}

const BLOCK = /<{5,7} SEARCH\n([\s\S]{0,200000}?)\n={5,7}\n([\s\S]{0,200000}?)(?:\n)?>{5,7} REPLACE/g

const searched = (text: string, file: string | undefined): ReadonlyArray<Replacement> =>
  [...text.matchAll(BLOCK)].map(([, before = "", after = ""]) => ({
    file,
    before: linesOf(before),
    after: linesOf(after)
  }))

/** The replacements that a call with these arguments makes, if it succeeds. */
export const replacementsIn = (input: unknown): ReadonlyArray<Replacement> => {
  const fields = isFields(input) ? input : {}
  const file = textAt(fields, FILE)
  const edits = Array.isArray(fields["edits"]) ? fields["edits"].filter(isFields) : []
  const content = file === undefined ? undefined : textAt(fields, WHOLE)
  const found = [...exchanged(fields, file), ...edits.flatMap((edit) => exchanged(edit, file))]
  if (found.length === 0 && content !== undefined) found.push({ file, before: undefined, after: linesOf(content) })
  const texts = stringsIn(input)
  return [
    ...found,
    ...texts.filter((text) => text.includes("*** Begin Patch")).flatMap(patched),
    ...texts.filter((text) => text.includes(" SEARCH\n")).flatMap((text) => searched(text, file))
  ]
}

/** Whether two names may be of one file: one path ends with the other. */
export const isSameFile = (a: string, b: string): boolean => {
  const one = normal(a)
  const other = normal(b)
  return one === other || one.endsWith(`/${other}`) || other.endsWith(`/${one}`)
}

const normal = (path: string): string =>
  path
    .replace(/\\/g, "/")
    .replace(/^(?:\.\/)+/, "")
    .replace(/\/{2,}/g, "/")

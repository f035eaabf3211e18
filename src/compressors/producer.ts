/**
 * Which program printed a tool's output, and whether the output can hold a file's text, read from the call's name and arguments:
 * tools and commands name themselves, so most of routing needs no look at the text.
 *
 * Where a part of the output may be a file's own lines the origin is "file": a later edit must match them to the last blank, and
 * being wrong the other way costs a few tokens only.
 */
import type { Hint, Origin } from "../domain/content.ts"
import type { Call } from "../domain/document.ts"
import { commandOf } from "./programs.ts"
import { rolesOf } from "./roles.ts"
import { parseShell, type Pipeline, type Script, type Stage } from "./shell.ts"

/** Shells inside shells, substitutions inside echo: read to this depth. */
const MAX_NESTING = 4

interface Printed {
  readonly commands: ReadonlyArray<string>
  readonly origin: Origin
  readonly files?: ReadonlyArray<string>
}

const nothing: Printed = { commands: [], origin: "output" }

/** Longer lists come of text that is no shell line. */
const MAX_COMMANDS = 12

/** No name of a program: words of prose, options, quoted code. */
const isName = (name: string): boolean => name.length <= 60 && /^[a-z@.][\w@.+:/-]*(?: [\w@.+:/-]+){0,2}$/.test(name)

const joined = (parts: ReadonlyArray<Printed>): Printed => ({
  commands: [...new Set(parts.flatMap((part) => part.commands))].filter(isName).slice(0, MAX_COMMANDS),
  origin: parts.some((part) => part.origin === "file") ? "file" : "output",
  ...filesOf(parts.filter((part) => part.commands.length > 0))
})

/** The files of all parts, where each part is known to print files alone. */
const filesOf = (parts: ReadonlyArray<Printed>): Pick<Hint, "files"> => {
  const files = [...new Set(parts.flatMap((part) => part.files ?? []))]
  const isAll = parts.every((part) => part.files !== undefined && part.files.length > 0)
  return files.length > 0 && isAll ? { files: files.slice(0, MAX_COMMANDS) } : {}
}

/** Words that name a file with an extension, such as `src/a.ts` and `HEAD:src/a.ts`. */
const FILE_NAME = /^(?:[^\s:]*:)?([^\s:*?{}$|;]{1,400}\.[A-Za-z]\w{0,9})$/

const filesIn = (words: ReadonlyArray<string>): ReadonlyArray<string> =>
  words.slice(1).flatMap((word) => FILE_NAME.exec(word)?.[1] ?? [])

/** Whether a script in another language reads files, so that it may print one. */
const readsFiles = (script: string): boolean =>
  /\bopen\s*\(|read_?text|read_?file|File\.read|slurp|FILE_CONTENT|\bcat\b/i.test(script)

const stagePrints = (stage: Stage, before: Printed | undefined, depth: number): Printed => {
  if (stage.silent) return nothing
  if (stage.group !== undefined) {
    const inner = scriptPrints(stage.group, depth)
    const fed: Printed = { commands: inner.commands, origin: stage.input === undefined ? inner.origin : "file" }
    // A loop over another command's lines may print them again.
    return before === undefined ? fed : joined([fed, inner.commands.length === 0 ? before : nothing])
  }
  const { words, stdinWords } = commandOf(stage.words)
  const [program] = words
  if (program === undefined) return nothing
  const roles = rolesOf(words, stdinWords || stage.input !== undefined)
  switch (roles.role) {
    case "shell": {
      const script = roles.script ?? stage.document
      return script === undefined || depth >= MAX_NESTING
        ? { commands: [roles.name], origin: "output" }
        : scriptPrints(parseShell(script), depth + 1)
    }
    case "echo": {
      const inner =
        depth >= MAX_NESTING ? [] : stage.substitutions.map((source) => scriptPrints(parseShell(source), depth + 1))
      const all = joined(inner)
      return all.origin === "file" ? all : nothing
    }
    case "silent":
      return nothing
    case "interpreter": {
      const script = roles.script ?? stage.document ?? ""
      return { commands: [roles.name], origin: readsFiles(script) || before?.origin === "file" ? "file" : "output" }
    }
    case "file":
      return { commands: [roles.name], origin: "file", files: filesIn(words) }
    case "filter":
      if (before === undefined) return { commands: [roles.name], origin: "output" }
      return before
    case "match":
      if (before === undefined) return { commands: [roles.name], origin: "output" }
      // Lines picked out of a patch or a file are no patch, and name no path.
      return before.origin === "file" || before.commands.some((name) => PATCHES.has(name))
        ? { commands: [roles.name], origin: before.origin }
        : before
    case "source":
      return { commands: [roles.name], origin: "output" }
  }
}

/** Programs that print lines of files under their paths. */
export const SEARCHES: ReadonlySet<string> = new Set(["rg", "grep", "git grep", "ag", "ack"])

/** Whether lines of files may stand in the output, as a search or a patch prints them. */
export const quotesFiles = ({ commands }: Hint): boolean =>
  commands.some((name) => SEARCHES.has(name) || PATCHES.has(name))

const PATCHES = new Set(["git diff", "git show", "git log", "git stash", "diff", "gh pr diff"])

const pipelinePrints = (pipeline: Pipeline, depth: number): Printed => {
  let printed: Printed | undefined
  for (const stage of pipeline) printed = stagePrints(stage, printed, depth)
  return printed ?? nothing
}

const scriptPrints = (script: Script, depth: number): Printed =>
  joined(script.map((pipeline) => pipelinePrints(pipeline, depth)))

/** The programs that print where no stage prints anything of note: `mkdir a && cd a` is still known as `mkdir`. */
const silentNames = (script: Script): ReadonlyArray<string> => {
  const names = new Set<string>()
  for (const pipeline of script)
    for (const stage of pipeline) {
      const { words } = commandOf(stage.words)
      if (words.length > 0 && words[0] !== "cd") names.add(rolesOf(words, false).name)
    }
  return [...names].filter(isName).slice(0, MAX_COMMANDS)
}

const lineHint = (line: string): Hint => {
  const script = parseShell(line)
  const printed = scriptPrints(script, 0)
  return printed.commands.length > 0 ? printed : { commands: silentNames(script), origin: printed.origin }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The words of a tool's name: `mcp__fs__readTextFile` is read, text, file; servers and namespaces are left out. */
const nameWords = (tool: string): ReadonlyArray<string> =>
  shortName(tool)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")

const shortName = (tool: string): string => {
  const name = tool.slice(0, 200)
  return name.replace(/^.*(?:__|[.:])(?=.)/s, "")
}

const FILE_WORDS = new Set(
  "read view open cat nl head tail edit multiedit write patch replace insert notebook editor undo readfile writefile applypatch".split(
    " "
  )
)
const NO_FILE_WORDS = new Set(
  "todo todos todowrite todoread stdin bash terminal process shell console thread web url browser page search grep".split(
    " "
  )
)
const SEARCH_NAME =
  /grep|search_?(?:file|code|text|content|in_|dir)|(?:code|file|text|content)_search|find_in|^ag$|^rg$/
const SHELL_NAME = /bash|shell|exec|command|terminal|^cmd$|^run$|powershell|^sh$|^zsh$/

const EDITOR_COMMANDS = new Set(["view", "create", "str_replace", "insert", "undo_edit"])

/** The shell line of a call, or undefined where the call runs none. */
const shellLine = (call: Call): string | undefined => {
  const { input } = call
  const shellNamed = SHELL_NAME.test(nameWords(call.tool).join("_"))
  if (typeof input === "string") return shellNamed ? input : undefined
  if (!isRecord(input)) return undefined
  const action = isRecord(input["action"]) ? input["action"] : input
  const language = action["language"]
  const shellCode = typeof language === "string" ? /^(?:ba|z)?sh|shell$/i.test(language) : shellNamed
  const keys = [
    "command",
    "cmd",
    ...(shellNamed ? ["CommandLine", "commandLine", "input"] : []),
    ...(shellCode ? ["script", "code"] : [])
  ]
  for (const key of keys) {
    const value = action[key]
    if (typeof value === "string" && !(EDITOR_COMMANDS.has(value) && "path" in action)) return value
    if (Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === "string"))
      return lineFromWords(value)
  }
  const list = action["commands"]
  if (!Array.isArray(list)) return undefined
  const lines = list.flatMap((each: unknown) =>
    typeof each === "string" ? [each] : isRecord(each) && typeof each["command"] === "string" ? [each["command"]] : []
  )
  return lines.length === 0 ? undefined : lines.join("\n")
}

/** A line that parses into the given words; the script of `bash -lc` as it is. */
const lineFromWords = (words: ReadonlyArray<string>): string => {
  const { role, script } = rolesOf(words, false)
  if (role === "shell" && script !== undefined) return script
  return words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`)).join(" ")
}

/** What the call tells of its output beforehand. */
export const hintFrom = (call: Call | undefined): Hint => {
  if (call === undefined) return nothing
  const line = shellLine(call)
  if (line !== undefined) {
    const hint = lineHint(line)
    return hint.commands.length > 0 ? hint : { commands: [shortName(call.tool).toLowerCase()], origin: hint.origin }
  }
  const words = nameWords(call.tool)
  const name = words.join("_")
  const file = words.some((word) => FILE_WORDS.has(word)) && !words.some((word) => NO_FILE_WORDS.has(word))
  const own = shortName(call.tool).toLowerCase()
  const searches = !file && SEARCH_NAME.test(name) && !/web/.test(name)
  const code = isRecord(call.input) && typeof call.input["code"] === "string" ? call.input["code"] : ""
  const exact = file || name === "create" || name === "create_file" || readsFiles(code)
  return {
    commands: searches && own !== "grep" ? [own, "grep"] : [own],
    origin: exact ? "file" : "output",
    ...(file ? fileGiven(call.input) : {})
  }
}

/** The file that a tool's arguments name. */
const fileGiven = (input: unknown): Pick<Hint, "files"> => {
  const key = isRecord(input) ? PATH_KEYS.find((name) => typeof input[name] === "string") : undefined
  return key === undefined ? {} : { files: [String((input as Record<string, unknown>)[key])] }
}

/** Whether the output is text that the model asked us for: it is never made smaller again. */
export const isRetrieval = (call: Call | undefined): boolean =>
  call !== undefined && (call.tool.endsWith("headroom_retrieve") || hintFrom(call).commands.includes("headroom"))

const NAME_LENGTH = 20

/** Text for a note: no quote, bracket or line break, blanks single. */
const tame = (text: string): string =>
  text
    .slice(0, 4 * NAME_LENGTH)
    .replace(/["[\]\p{Cc}\p{Cs}\u2028\u2029]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim()

/** The end of a path that fits, cut at a slash where one is near. */
const shortPath = (path: string, room: number): string => {
  const clean = tame(path.slice(-2 * NAME_LENGTH))
  if (clean.length <= room && path.length <= 2 * NAME_LENGTH) return clean
  const tail = clean.slice(-(room - 1))
  const slash = tail.search(/[/\\]/)
  return `…${slash === -1 || slash > room / 2 ? tail : tail.slice(slash)}`
}

const PATH_KEYS = [
  "file_path",
  "filePath",
  "path",
  "absolute_path",
  "target_file",
  "filename",
  "notebook_path",
  "TargetFile",
  "AbsolutePath",
  "file"
]
const OTHER_KEYS = ["pattern", "query", "url", "regex", "glob", "description", "prompt", "name", "id", "subject"]

/** A short name of the call for a note such as `[lines 3-9 as in Read src/a.ts above]`. */
export const nameOf = (call: Call | undefined): string => {
  if (call === undefined) return "output"
  const tool = tame(shortName(call.tool)).slice(0, 24).trim() || "tool"
  const room = Math.max(12, NAME_LENGTH - tool.length - 1)
  const line = shellLine(call)
  if (line !== undefined) {
    // A leading `cd` says where, not what.
    const rest = tame(line.slice(0, 2_000).replace(/^\s*(?:cd\s+[^\s;&|]+\s*(?:&&|;)\s*)+/, ""))
    const shown = rest.length <= room ? rest : `${rest.slice(0, room - 1).trimEnd()}…`
    return shown === "" ? tool : `${tool} ${shown}`
  }
  const { input } = call
  if (!isRecord(input)) return tool
  for (const key of PATH_KEYS) {
    const value = input[key]
    if (typeof value === "string" && tame(value) !== "") return `${tool} ${shortPath(value, room)}`
  }
  for (const key of OTHER_KEYS) {
    const value = input[key]
    if (typeof value !== "string") continue
    const text = tame(value)
    if (text !== "") return `${tool} ${text.length <= room ? text : `${text.slice(0, room - 1).trimEnd()}…`}`
  }
  return tool
}

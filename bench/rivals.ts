/**
 * Other projects' programs, each called as its users call it, on the same texts: what runs on PATH is measured, nothing is installed, and
 * what is not there or fails is said. Their homes are kept apart from the user's.
 */
import { spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, delimiter, join } from "node:path"

/** A text, and the words of the shell line that may have printed it. */
export interface Printed {
  readonly file: string
  readonly text: string
  readonly line: ReadonlyArray<string>
}

export interface Rival {
  readonly name: string
  readonly version: string
  /** The views of texts of one kind; undefined where it has none for such, an error where it fails. */
  readonly viewsOf: (texts: ReadonlyArray<Printed>) => ReadonlyArray<View>
}

export type View = string | undefined | Failure

/** Why a program gave no view, in its own words. */
export interface Failure {
  readonly why: string
}

const scratch = mkdtempSync(join(tmpdir(), "headroom-rivals-"))

const LIMIT = { encoding: "utf8", timeout: 120_000, maxBuffer: 2 ** 28 } as const

/** What a program prints, or why it prints nothing. */
const run = (words: ReadonlyArray<string>, more: Readonly<Record<string, string>> = {}): string | Failure => {
  const [program = "", ...others] = words
  const { status, stdout, stderr, error, signal } = spawnSync(program, others, {
    ...LIMIT,
    cwd: scratch,
    env: { ...process.env, HOME: scratch, ...more }
  })
  if (status === 0) return stdout
  if (signal !== null) return { why: `takes more than ${LIMIT.timeout / 1_000} s` }
  if (error !== undefined) return { why: error.message }
  const said = stderr.trim()
  return { why: said === "" ? `exit ${status}` : said.slice(said.lastIndexOf("\n") + 1) }
}

const inFile = ({ file, text }: Printed, at: number): string => {
  const folder = join(scratch, `text-${at}`)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, basename(file))
  writeFileSync(path, text)
  return path
}

/** A folder with a program of this name that prints the text in `HEADROOM_TEXT`, for those who run commands themselves. */
const standIn = (program: string): string => {
  const folder = join(scratch, "programs")
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, program), '#!/bin/sh\nexec /bin/cat "$HEADROOM_TEXT"\n')
  chmodSync(join(folder, program), 0o755)
  return `${folder}${delimiter}${process.env["PATH"] ?? ""}`
}

/** Reads source by its signatures, runs any other command; without the daemon, commands it does not know and the folder of the texts allowed. */
const leanCtx = (printed: Printed, at: number): View => {
  const path = inFile(printed, at)
  const settings = {
    __LEAN_CTX_NO_DAEMON: "1",
    LEAN_CTX_SHELL_SECURITY: "off",
    LEAN_CTX_PROJECT_ROOT: scratch,
    LEAN_CTX_ALLOW_PATH: scratch
  }
  const [program = "cat"] = printed.line
  if (printed.line.length === 0) return run(["lean-ctx", "read", path, "-m", "signatures"], settings)
  const PATH = standIn(program)
  return run(["lean-ctx", "-c", printed.line.join(" ")], { ...settings, PATH, HEADROOM_TEXT: path })
}

/**
 * The reduction of a tool's result, for each file that is named, in one process; beside each stands the shell line. It counts graphemes,
 * for which older releases of Node take the square of a text's length: without them it counts code points, as it provides for.
 */
const TOKENJUICE = `delete Intl.Segmenter
import { readFileSync, realpathSync, writeFileSync } from "node:fs"
import { execFileSync } from "node:child_process"
const program = realpathSync(execFileSync("which", ["tokenjuice"], { encoding: "utf8" }).trim())
const { reduceExecution } = await import(new URL("../index.js", "file://" + program).href)
for (const name of process.argv.slice(1)) {
  const argv = JSON.parse(readFileSync(name + ".line", "utf8"))
  const call = { toolName: "bash", command: argv.join(" "), argv, combinedText: readFileSync(name, "utf8"), exitCode: 0 }
  writeFileSync(name + ".view", (await reduceExecution(call)).inlineText)
}
`

/** What a program writes beside each of the files that it is given. */
const together = (words: ReadonlyArray<string>, texts: ReadonlyArray<Printed>): ReadonlyArray<View> => {
  const paths = texts.map(inFile)
  paths.forEach((path, at) => {
    const { line, file } = texts[at] as Printed
    writeFileSync(`${path}.line`, JSON.stringify(line.length === 0 ? ["cat", basename(file)] : line))
  })
  const done = run([...words, ...paths])
  return paths.map((path) => (typeof done === "string" ? readFileSync(`${path}.view`, "utf8") : done))
}

/** Its outline of source, without the summary and the tree that it prints around it; it reads nothing else. */
const repomix = (printed: Printed, at: number): View => {
  if (printed.line.length > 0) return undefined
  const path = inFile(printed, at)
  const flags = [
    "--compress",
    "--stdout",
    "--quiet",
    "--style",
    "plain",
    "--no-file-summary",
    "--no-directory-structure",
    "--no-security-check"
  ]
  return run(["repomix", ...flags, "--include", basename(path), join(path, "..")])
}

/** One tool result after a call, for each file that is named, in one process; the library's defaults. */
const HEADROOM_AI = `import sys, headroom
for name in sys.argv[1:]:
    text = open(name).read()
    call = {"id": "1", "type": "function", "function": {"name": "bash", "arguments": "{}"}}
    messages = [{"role": "user", "content": "go on"}, {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "1", "content": text}]
    open(name + ".view", "w").write(headroom.compress(messages).messages[2]["content"])
`

const versionIn = (text: string | Failure): string | undefined =>
  typeof text === "string" ? /\d+\.\d+\.\d+/.exec(text)?.[0] : undefined

const known: ReadonlyArray<readonly [string, ReadonlyArray<string>, Rival["viewsOf"]]> = [
  ["lean-ctx", ["lean-ctx", "--version"], (texts) => texts.map(leanCtx)],
  [
    "tokenjuice",
    ["tokenjuice", "--version"],
    (texts) => together(["node", "--input-type=module", "-e", TOKENJUICE], texts)
  ],
  ["repomix", ["repomix", "--version"], (texts) => texts.map(repomix)],
  [
    "headroom-ai",
    ["python3", "-c", "import headroom; print(headroom.__version__)"],
    (texts) => together(["python3", "-c", HEADROOM_AI], texts)
  ]
]

/** Those that are installed, and the names of those that are not. */
export const rivalsHere = (): { readonly here: ReadonlyArray<Rival>; readonly absent: ReadonlyArray<string> } => {
  const found = known.map(([name, words, viewsOf]) => ({ name, version: versionIn(run(words)), viewsOf }))
  return {
    here: found.flatMap(({ name, version, viewsOf }) => (version === undefined ? [] : [{ name, version, viewsOf }])),
    absent: found.flatMap(({ name, version }) => (version === undefined ? [name] : []))
  }
}

/**
 * What a command of a shell line does with text: prints files, picks lines, passes on, says nothing, or prints text of its own.
 */
import { afterOptions, baseName, commandOf, isOption, nameWithSubcommand, wordSet } from "./programs.ts"

export type Role =
  /** Prints text of its own: a listing, a diff, a test run. */
  | "source"
  /** Prints lines of files. */
  | "file"
  /** Passes its input on, cut or in another order. */
  | "filter"
  /** Picks lines of its input by a pattern. */
  | "match"
  | "silent"
  | "echo"
  /** Runs a script in its own arguments or here-document. */
  | "shell"
  | "interpreter"

export interface Roles {
  readonly role: Role
  /** The program with its subcommand, lower-case. */
  readonly name: string
  /** The script of `sh -c` or `python -c`. */
  readonly script?: string
}

/** Print the files that they name, else their input. */
const PRINTERS = wordSet(
  "cat head tail nl less more bat batcat sed awk gawk mawk sort uniq cut tr tac rev fold fmt expand unexpand column paste join comm pr tee iconv " +
    "dos2unix pygmentize highlight ccat glow zcat gzcat bzcat xzcat zless look split-lines shuf numfmt"
)
/** Print files whatever their arguments are. */
const OPENERS = wordSet(
  "get-content gc type open goto scroll_up scroll_down edit create str_replace_editor apply_patch applypatch zcat gzcat bzcat xzcat mdcat"
)
const MATCHERS = wordSet("grep egrep fgrep zgrep rg ripgrep ag ack ack-grep ugrep select-string findstr pcregrep")
const SILENT = wordSet(
  "cd pushd popd export unset set source . alias mkdir rmdir rm cp mv touch ln chmod chown sleep wait true false : test [ [[ read local declare " +
    "typeset return exit break continue shift trap ulimit umask kill pkill killall hash clear stty tput disown bg shopt setopt unalias"
)
const SHELLS = wordSet("bash sh zsh dash ksh ash fish powershell powershell.exe pwsh cmd cmd.exe eval ssh")
const INTERPRETERS = wordSet(
  "python python2 python3 py node nodejs ruby perl php lua deno bun tsx ts-node julia rscript osascript swift"
)

/** Words that are no options, after the program. */
const operands = (words: ReadonlyArray<string>, valued: ReadonlySet<string>): ReadonlyArray<string> => {
  const out: Array<string> = []
  let rest = false
  for (let i = 1; i < words.length; i++) {
    const word = words[i] as string
    if (rest || !isOption(word)) out.push(word)
    else if (word === "--") rest = true
    else if (valued.has(word)) i++
  }
  return out
}

const SCRIPT_FIRST = wordSet("sed awk gawk mawk tr")
const VALUED: Readonly<Record<string, ReadonlySet<string>>> = {
  head: wordSet("-n -c --lines --bytes"),
  tail: wordSet("-n -c --lines --bytes"),
  sed: wordSet("-e -f --expression"),
  awk: wordSet("-F -v -f"),
  gawk: wordSet("-F -v -f"),
  mawk: wordSet("-F -v -f"),
  sort: wordSet("-k -t -o"),
  uniq: wordSet("-f -s -w"),
  cut: wordSet("-d -f -c -b --delimiter --fields"),
  nl: wordSet("-b -w -s -n -v -i"),
  fold: wordSet("-w"),
  column: wordSet("-s -o -c -N"),
  tr: wordSet(""),
  tee: wordSet(""),
  bat: wordSet("-r --line-range -l --language --style --theme --color --paging"),
  batcat: wordSet("-r --line-range -l --language --style --theme --color --paging")
}
const noValues = wordSet("")

const printerRole = (program: string, words: ReadonlyArray<string>, fed: boolean): Role => {
  const valued = VALUED[program] ?? noValues
  if (program === "sed" && words.some((word) => /^(?:-[nErsz]*i|--in-place)/.test(word))) return "silent"
  if (program === "tee" || program === "tr") return "filter"
  const names = operands(words, valued)
  const scripted = words.some((word) => word === "-e" || word === "-f" || word === "--expression")
  const first = SCRIPT_FIRST.has(program) && !scripted ? 1 : 0
  return fed || names.slice(first).some((name) => name !== "-") ? "file" : "filter"
}

const MATCH_VALUED = wordSet(
  "-e -f -A -B -C -m -g -t -T -d -D -r -j -M --include --exclude --exclude-dir --glob --type --type-not --max-count --regexp --context --after-context --before-context --color --colors --max-columns --sort --iglob"
)
const EVERY_LINE = /^(?:|\.|\^|\$|\.\*|\.\+|\^\.\*|\^\.\*\$)$/

const matcherRole = (words: ReadonlyArray<string>, fed: boolean, recursive: boolean): Role => {
  const names = operands(words, MATCH_VALUED)
  const given = words.findIndex((word) => word === "-e" || word === "--regexp")
  const pattern = given === -1 ? names[0] : words[given + 1]
  const places = given === -1 ? names.slice(1) : names
  const short = words.filter((word) => /^-[A-Za-z]+$/.test(word)).join("")
  const lists =
    words.includes("--files") ||
    /[lLcq]/.test(short) ||
    words.some((word) => /^--(?:files-|count|quiet|json)/.test(word))
  const searches = places.length > 0 || fed || recursive || words.includes("--files") || /[rR]/.test(short)
  if (!searches) return "match"
  // Every line, or all lines but a few: the file itself.
  if (
    !lists &&
    ((pattern !== undefined && EVERY_LINE.test(pattern)) || short.includes("v") || words.includes("--invert-match"))
  )
    return "file"
  return "source"
}

const gitRole = (name: string, words: ReadonlyArray<string>): Role => {
  switch (name) {
    case "git show":
      return operands(words, noValues).some((word) => /^[^:\s]*:./.test(word)) ? "file" : "source"
    case "git cat-file":
    case "git blame":
    case "git annotate":
      return "file"
    default:
      return "source"
  }
}

/** What a command does with text. `fed`: its operands come from elsewhere (`xargs`, `<`). */
export const rolesOf = (words: ReadonlyArray<string>, fed: boolean): Roles => {
  const program = baseName(words[0] ?? "")
  const name = nameWithSubcommand(words, program)
  if (program === "echo" || program === "printf" || program === "write-output") return { role: "echo", name }
  if (SILENT.has(program)) return { role: "silent", name }
  if (program === "git" && name !== "git grep") return { role: gitRole(name, words), name }
  if (MATCHERS.has(program) || name === "git grep") {
    const own = name === "git grep" ? words.slice(words.indexOf("grep")) : words
    const recursive = name === "git grep" || words.includes("--recursive")
    return { role: matcherRole(own, fed, recursive), name }
  }
  if (OPENERS.has(program)) return { role: "file", name }
  if (PRINTERS.has(program)) return { role: printerRole(program, words, fed), name }
  if (SHELLS.has(program)) return shellRoles(program, words, name)
  if (INTERPRETERS.has(program)) return interpreterRoles(program, words, name)
  if (program === "find" || program === "fd") return findRoles(words, name)
  const extracts =
    (program === "unzip" && words.includes("-p")) ||
    (program === "tar" && words.some((word) => /^-?[a-zA-Z]*O/.test(word) || word === "--to-stdout")) ||
    ((program === "gzip" || program === "gunzip" || program === "xz" || program === "zstd") &&
      words.some((word) => /^-[a-z]*c/.test(word)))
  return { role: extracts ? "file" : "source", name }
}

const shellRoles = (program: string, words: ReadonlyArray<string>, name: string): Roles => {
  if (program === "eval") return { role: "shell", name, script: words.slice(1).join(" ") }
  if (program === "ssh") {
    const host = afterOptions(words, 1, wordSet("-p -i -l -o -F -J -L -R"))
    return words.length > host + 1
      ? { role: "shell", name, script: words.slice(host + 1).join(" ") }
      : { role: "shell", name }
  }
  const at = words.findIndex((word, i) => i > 0 && /^(?:-[a-z]*c|-command|\/c)$/i.test(word))
  if (at !== -1 && words[at + 1] !== undefined) {
    const joins = program.startsWith("p") || program.startsWith("cmd")
    return { role: "shell", name, script: joins ? words.slice(at + 1).join(" ") : (words[at + 1] as string) }
  }
  return words.slice(1).some((word) => !isOption(word)) ? { role: "source", name } : { role: "shell", name }
}

const interpreterRoles = (program: string, words: ReadonlyArray<string>, name: string): Roles => {
  const at = words.findIndex((word, i) => i > 0 && /^(?:-[a-zA-Z]*[ceEpr]|--eval|--print|eval)$/.test(word))
  const script = at === -1 ? undefined : words[at + 1]
  if (program === "perl" && words.some((word) => /^-[a-zA-Z]*i/.test(word))) return { role: "silent", name }
  if (program === "perl" && script !== undefined && /[np]/.test(words[at] as string))
    return { role: words.length > at + 2 ? "file" : "filter", name }
  if (script !== undefined) return { role: "interpreter", name, script }
  const runs = words.slice(1).some((word) => !isOption(word) && word !== "-")
  return { role: runs ? "source" : "interpreter", name }
}

/** `find … -exec cat {} \;` prints files, `-exec grep` prints matches. */
const findRoles = (words: ReadonlyArray<string>, name: string): Roles => {
  const at = words.findIndex((word) => /^(?:-exec|-execdir|-x|-X|--exec|--exec-batch)$/.test(word))
  if (at === -1) return { role: "source", name }
  const { words: inner } = commandOf(words.slice(at + 1))
  const program = baseName(inner[0] ?? "")
  if (program === "" || program === "find" || program === "fd" || SILENT.has(program)) return { role: "source", name }
  const { role, name: innerName } = rolesOf(inner, true)
  return role === "file" || role === "source"
    ? { role, name: innerName }
    : { role: role === "filter" ? "file" : "source", name }
}

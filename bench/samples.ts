/**
 * Texts of the corpus with the kinds that are right for each: whole files, fragments of them, and two of them one after the other.
 *
 * A file is what it is kept as. A part of one is that too, and where most of its letters are something else by the file's own syntax, that
 * as well: the scripts of a page are source; comments of source are prose, and so are paragraphs in XML; fences, tags and tables in Markdown are what
 * they hold; JSON lines of a log are JSON; a commit's message above its patch is a listing of commits; a page's text whose lines are cells,
 * not sentences, is plain text, since nothing but its missing tags made it a table. The router sees the part alone, so what the part alone says cannot be wrong; each of
 * these renderings shows all that the other would.
 * These rules were written over other cuts than those held back. Where the file's kind alone counts, held-back parts come out up to 0.7
 * points lower.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { parses } from "./measure.ts"

const filesUnder = (corpus: URL, folder: string): ReadonlyArray<string> => {
  const out: Array<string> = []
  const open = [folder]
  while (open.length > 0) {
    const at = open.pop() as string
    const url = new URL(at, corpus)
    if (!existsSync(url)) continue
    if (statSync(url).isDirectory()) for (const name of readdirSync(url)) open.push(`${at}/${name}`)
    else out.push(at)
  }
  return out.sort()
}

export interface Sample {
  readonly name: string
  readonly text: string
  /** Kinds that are right. */
  readonly kinds: ReadonlyArray<string>
}

const isJsonLines = (text: string): boolean => {
  const rows = text.split("\n").filter((line) => line.trim() !== "")
  return rows.length > 0 && rows.filter((line) => /^\s*[{[]/.test(line) && parses(line)).length / rows.length > 0.9
}

/** What a corpus file holds, by where it stands; undefined for what is no single kind. */
const kindsOf = (name: string, text: string): ReadonlyArray<string> | undefined => {
  if (text.trim().length < 40) return undefined
  if (/^(?:json|peer-workloads|logs|web)\//.test(name) && /^\s*[[{]/.test(text) && parses(text)) return ["json"]
  if (name.endsWith(".rst")) return undefined
  if (/json_invalid/.test(name)) return ["json", "log", "text"]
  if (isJsonLines(text)) return name.startsWith("logs/") ? ["json", "log"] : ["json"]
  if (name.startsWith("json/")) return undefined
  if (name.startsWith("code/")) return ["code"]
  if (name.startsWith("web/csv-spectrum")) return ["table", "text"]
  if (name.startsWith("web/csv/")) return ["table"]
  if (name.startsWith("web/readability")) return ["html"]
  if (/^web\/(?:xml|yaml)/.test(name)) return ["structure", "text"]
  if (/^search\/(?:find|ls)/.test(name) || name.endsWith("tests/files.txt")) return ["listing"]
  // A report of tests, in XML for machines.
  if (name.startsWith("logs/") && name.endsWith(".xml")) return ["log", "structure", "text"]
  if (/\.(?:svg|xml)$/.test(name)) return ["structure", "text", "blob"]
  if (name.endsWith(".md")) return ["prose", "text", "code", "mixed"]
  // Logs that hold documents of JSON, and one whose fields tabs part.
  if (name.endsWith(".snap")) return ["log", "mixed", "text", "code"]
  if (/issue7178|caddy_log/.test(name)) return ["log", "mixed", "text"]
  if (name.includes("bro_http")) return ["log", "table"]
  if (/invalid_utf8|ClangTidy/.test(name)) return ["log", "text"]
  if (/^search\/git\/.*(?:diff-range)/.test(name) || name.startsWith("diffs/")) return ["diff"]
  if (name.startsWith("search/git") || name.endsWith("-l.txt")) return ["listing"]
  if (/^search\/grep\/.*(?:-c|wc)\.txt/.test(name)) return ["text", "search", "log", "listing"]
  if (name.startsWith("search/grep")) return ["search"]
  if (/loghub/.test(name))
    return /_2k\.log$|\.log$/.test(name) && !/structured|templates/.test(name) ? ["log"] : undefined
  if (name.startsWith("logs/")) return ["log"]
  return undefined
}

const stripTags = (html: string): string =>
  html
    .replace(/<(?:script|style)[\s\S]*?<\/(?:script|style)>/gi, "")
    .replace(/<\/(?:p|div|li|h\d|tr|blockquote|figure|ul|ol)>/gi, "\n")
    .replace(/<[^>]+>/g, "")
    .replace(/&(?:nbsp|#160);/g, " ")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&")
    .replace(/\n\s*\n\s*/g, "\n\n")
    .trim()

const proseSamples = (corpus: URL): ReadonlyArray<Sample> => {
  const out: Array<Sample> = []
  const squad = new URL("qa/squad_v2.contexts.json", corpus)
  if (existsSync(squad)) {
    const data = (
      JSON.parse(readFileSync(squad, "utf8")) as {
        data: ReadonlyArray<{ title: string; paragraphs: ReadonlyArray<{ context: string }> }>
      }
    ).data
    for (const { title, paragraphs } of data) {
      const texts = paragraphs.map((paragraph) => paragraph.context)
      for (let i = 0; i < texts.length; i += 5)
        out.push({ name: `squad/${title}/${i}`, text: texts.slice(i, i + 5).join("\n\n"), kinds: ["prose"] })
    }
  }
  for (const name of filesUnder(corpus, "web/readability"))
    if (name.endsWith("expected.html"))
      out.push({
        name: `${name} as text`,
        text: stripTags(readFileSync(new URL(name, corpus), "utf8")),
        kinds: ["prose"]
      })
  return out
}

const FOLDERS = ["json", "peer-workloads", "logs", "search", "diffs", "code", "web"]

/** Whole files, each of one kind. */
export const filesOf = (corpus: URL): ReadonlyArray<Sample> => [
  ...proseSamples(corpus),
  ...FOLDERS.flatMap((folder) => filesUnder(corpus, folder)).flatMap((name): ReadonlyArray<Sample> => {
    const text = readFileSync(new URL(name, corpus), "utf8")
    const kinds = kindsOf(name, text)
    return kinds === undefined ? [] : [{ name, text, kinds }]
  })
]

const FRAGMENT = 4_000

/** Whole lines from an offset on. */
const linesFrom = (text: string, at: number, length: number): string => {
  const from = at === 0 ? 0 : text.indexOf("\n", at) + 1
  if (from === 0 && at > 0) return ""
  const part = text.slice(from, from + length)
  return part.slice(0, part.lastIndexOf("\n") + 1)
}

type Ranges = ReadonlyArray<readonly [from: number, to: number]>

const matches = (text: string, pattern: RegExp): Ranges =>
  [...text.matchAll(pattern)].map(({ index, 0: found }) => [index, index + found.length])

const SENTENCE_WORDS = 7

/** Lines of fewer words than a sentence has. */
const cellsIn = (text: string): Ranges => {
  const ranges: Array<readonly [number, number]> = []
  let at = 0
  for (const line of text.split("\n")) {
    if ((line.match(/\p{L}{2,}/gu) ?? []).length < SENTENCE_WORDS) ranges.push([at, at + line.length])
    at += line.length + 1
  }
  return ranges
}

const COMMENT = /\/\*[\s\S]*?\*\/|"""[\s\S]*?"""|^[ \t]*(?:\/\/|#(?!\s*(?:include|define|if|el|end|pragma))|--).*$/gm
const SCRIPT = /<script\b[\s\S]*?<\/script>|<style\b[\s\S]*?<\/style>|<!--[\s\S]*?-->/gi

const JSON_LINE = /^\{".*\}$/gm
/** A commit's heading and message, as git prints them above its patch. */
const COMMIT = /^commit [0-9a-f]{40}\n[\s\S]*?(?=^diff --git )/gm
const PARAGRAPH = /^[^<>\n]{60,}$/gm
/** Fences, blocks of HTML and tables in Markdown. */
const EMBEDDED = /^```[\s\S]*?^```|^[ \t]*<.*$|^\|.*$/gm

/** What stands in a file by its own syntax, and what that is. */
const within = ({ name, text, kinds }: Sample): readonly [Ranges, ReadonlyArray<string>] => {
  if (kinds[0] === "html") return [matches(text, SCRIPT), ["code", "text"]]
  if (kinds[0] === "code") return [matches(text, COMMENT), ["prose", "text"]]
  if (kinds[0] === "log") return [matches(text, JSON_LINE), ["json"]]
  if (kinds[0] === "diff") return [matches(text, COMMIT), ["listing", "prose", "text"]]
  if (kinds[0] === "structure") return [matches(text, PARAGRAPH), ["prose", "text"]]
  if (name.endsWith(".md")) return [matches(text, EMBEDDED), ["html", "structure", "code", "json", "log", "table"]]
  return kinds[0] === "prose" ? [cellsIn(text), ["text"]] : [[], []]
}

const lettersOf = (text: string): number => text.replace(/\s+/g, "").length

/** The file's kinds and those of most of the letters from `from` to `to`. */
const kindsWithin = (file: Sample, from: number, to: number): ReadonlyArray<string> => {
  const [ranges, others] = within(file)
  let letters = 0
  for (const [start, end] of ranges)
    if (start < to && end > from) letters += lettersOf(file.text.slice(Math.max(from, start), Math.min(to, end)))
  return letters > 0.5 * lettersOf(file.text.slice(from, to)) ? [...file.kinds, ...others] : file.kinds
}

/** A part of a file, named by where it begins. */
const partOf = (file: Sample, at: number, length: number): Sample => {
  const text = linesFrom(file.text, at, length)
  const from = file.text.indexOf(text, at)
  return { name: `${file.name} from ${at}, ${length}`, text, kinds: kindsWithin(file, from, from + text.length) }
}

/** Cuts that the router was made with: a quarter, the middle and three quarters on. */
export const KNOWN_CUTS: Cuts = ({ text }) =>
  [0.25, 0.5, 0.75].map((share) => [Math.floor(text.length * share), FRAGMENT])

/** Other places and lengths, by a seed: cuts that it was not made with. */
export const heldBackCuts =
  (seed: number): Cuts =>
  ({ name, text }) => {
    let state = seed
    for (const char of name) state = (Math.imul(state, 31) + char.charCodeAt(0)) >>> 0
    const next = (): number => {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
      return state / 2 ** 32
    }
    return [1_500, 2_500, 9_000].flatMap(
      (length): ReadonlyArray<readonly [number, number]> =>
        text.length < 2 * length ? [] : [[Math.floor(next() * (text.length - length)), length]]
    )
  }

/** The seeds of the cuts held back. */
export const SEEDS = [11, 12] as const

/** How long the halves of a pair are, and the step to the second one. */
export const KNOWN_PAIRS = [FRAGMENT, 61] as const
export const HELD_BACK_PAIRS = [
  [2_000, 37],
  [9_000, 83]
] as const

export type Cuts = (file: Sample) => ReadonlyArray<readonly [at: number, length: number]>

/** Parts of long files as tools cut them. JSON and diffs cut there are none. */
export const fragmentsOf = (files: ReadonlyArray<Sample>, cuts: Cuts): ReadonlyArray<Sample> =>
  files.flatMap((file) =>
    file.text.length < 2 * FRAGMENT || file.kinds.includes("json") || file.kinds.includes("diff")
      ? []
      : cuts(file).flatMap(([at, length]) => {
          const part = partOf(file, at, length)
          return part.text.trim().length > 200 ? [part] : []
        })
  )

export interface Pair {
  readonly name: string
  readonly text: string
  /** An offset within each of the two, and what that one is. */
  readonly halves: ReadonlyArray<{ readonly at: number; readonly kinds: ReadonlyArray<string> }>
}

/** Each file's beginning, and behind a line that parts them that of a file of another kind; the step says which. */
export const pairsOf = (files: ReadonlyArray<Sample>, length: number, step: number): ReadonlyArray<Pair> => {
  const parts = files.flatMap((file) => {
    const isWhole = file.kinds.includes("json")
    if (isWhole && file.text.length > 20_000) return []
    const part = isWhole ? { ...file, text: `${file.text.trimEnd()}\n` } : partOf(file, 0, length)
    return part.text.length < 600 ? [] : [{ ...part, name: file.name }]
  })
  return parts.flatMap((one, at) => {
    const other = parts[(at * step + 29) % parts.length]
    if (other === undefined || other.kinds.some((kind) => one.kinds.includes(kind))) return []
    const line = "==== next ====\n"
    return [
      {
        name: `${one.name} + ${other.name}`,
        text: one.text + line + other.text,
        halves: [
          { at: one.text.length >> 1, kinds: one.kinds },
          { at: one.text.length + line.length + (other.text.length >> 1), kinds: other.kinds }
        ]
      }
    ]
  })
}

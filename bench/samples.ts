/** Texts of the corpus with the kinds that are right for each: whole files, fragments of them, and two of them one after the other. */
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
  if (isJsonLines(text)) return name.startsWith("logs/") ? ["json", "log"] : ["json"]
  if (name.startsWith("json/")) return undefined
  if (name.startsWith("code/")) return ["code"]
  if (name.startsWith("web/csv-spectrum")) return ["table", "text"]
  if (name.startsWith("web/csv/")) return ["table"]
  if (name.startsWith("web/readability")) return ["html"]
  if (/^web\/(?:xml|yaml)/.test(name)) return ["structure", "text"]
  if (/^search\/(?:find|ls)/.test(name) || name.endsWith("tests/files.txt")) return ["listing"]
  if (/\.(?:svg|xml)$/.test(name)) return ["structure", "text", "blob"]
  if (name.endsWith(".md")) return ["prose", "text", "code", "mixed"]
  // Logs that hold documents of JSON, and one whose fields tabs part.
  if (/issue7178|caddy_log|\.snap$/.test(name)) return ["log", "mixed", "text"]
  if (name.includes("bro_http")) return ["log", "table"]
  if (/json_invalid/.test(name)) return ["json", "log", "text"]
  if (/\.snap$|invalid_utf8|ClangTidy/.test(name)) return ["log", "text"]
  if (/^search\/git\/.*(?:diff-range)/.test(name) || name.startsWith("diffs/")) return ["diff"]
  if (name.startsWith("search/git") || name.endsWith("-l.txt")) return ["listing"]
  if (/^search\/grep\/.*(?:-c|wc)\.txt/.test(name)) return ["text", "search", "log"]
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

/** Parts of long files as tools cut them: from a quarter, the middle and three quarters on. JSON and diffs cut there are none. */
export const fragmentsOf = (files: ReadonlyArray<Sample>): ReadonlyArray<Sample> =>
  files.flatMap(({ name, text, kinds }) =>
    text.length < 2 * FRAGMENT || kinds.includes("json") || kinds.includes("diff")
      ? []
      : [0.25, 0.5, 0.75].flatMap((share) => {
          const part = linesFrom(text, Math.floor(text.length * share), FRAGMENT)
          return part.trim().length > 200 ? [{ name: `${name} from ${share}`, text: part, kinds }] : []
        })
  )

export interface Pair {
  readonly name: string
  readonly text: string
  /** An offset within each of the two, and what that one is. */
  readonly halves: ReadonlyArray<{ readonly at: number; readonly kinds: ReadonlyArray<string> }>
}

/** Each file's beginning, and behind a line that parts them that of a file of another kind. */
export const pairsOf = (files: ReadonlyArray<Sample>): ReadonlyArray<Pair> => {
  const parts = files.flatMap((file) => {
    const isWhole = file.kinds.includes("json")
    const text = isWhole && file.text.length <= 20_000 ? `${file.text.trimEnd()}\n` : linesFrom(file.text, 0, FRAGMENT)
    return text.length < 600 || (isWhole && file.text.length > 20_000) ? [] : [{ ...file, text }]
  })
  return parts.flatMap((one, at) => {
    const other = parts[(at * 61 + 29) % parts.length]
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

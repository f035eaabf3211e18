/**
 * Route accuracy by kind over the corpus, as a confusion table: without a hint, and with the hint of the command in recorded sessions.
 *
 *     npx tsx bench/router.ts [--misses]
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { compressors } from "../src/compressors/registry.ts"
import { route } from "../src/compressors/detect.ts"
import { noHint } from "../src/domain/content.ts"

const corpus = new URL("../../shared/corpus/", import.meta.url)
const KINDS = ["json", "log", "search", "diff", "prose", "code", "html", "table", "text"]

const filesUnder = (folder: string): ReadonlyArray<string> => {
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

interface Sample {
  readonly name: string
  readonly text: string
  /** Kinds that are right. */
  readonly kinds: ReadonlyArray<string>
}

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
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
  if (/^(?:web\/(?:xml|yaml)|search\/(?:find|ls))/.test(name)) return ["text"]
  if (/\.(?:svg|xml|html)$/.test(name) || name.endsWith("tests/files.txt")) return ["text"]
  if (name.endsWith(".md")) return ["prose", "text", "code"]
  if (/json_invalid/.test(name)) return ["json", "log", "text"]
  if (/\.snap$|invalid_utf8|ClangTidy/.test(name)) return ["log", "text"]
  if (/^search\/git\/.*(?:diff-range)/.test(name) || name.startsWith("diffs/")) return ["diff"]
  if (/^search\/(?:git|grep\/.*(?:-l|-c|-wc|etcd-wc)\.txt)|search\/grep\/etcd-wc/.test(name))
    return ["text", "search", "log"]
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

const proseSamples = (): ReadonlyArray<Sample> => {
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
  for (const name of filesUnder("web/readability"))
    if (name.endsWith("expected.html"))
      out.push({
        name: `${name} as text`,
        text: stripTags(readFileSync(new URL(name, corpus), "utf8")),
        kinds: ["prose"]
      })
  return out
}

const samples: Array<Sample> = [...proseSamples()]
for (const folder of ["json", "peer-workloads", "logs", "search", "diffs", "code", "web"])
  for (const name of filesUnder(folder)) {
    const text = readFileSync(new URL(name, corpus), "utf8")
    const kinds = kindsOf(name, text)
    if (kinds === undefined) continue
    samples.push({ name, text, kinds })
    // A part from the middle, as a tool that cuts its output gives it.
    if (text.length > 8_000 && !kinds.includes("json") && !kinds.includes("diff")) {
      const from = text.indexOf("\n", text.length >> 1) + 1
      const part = text.slice(from, from + 4_000)
      if (from > 0 && part.trim().length > 200) samples.push({ name: `${name} (middle)`, text: part, kinds })
    }
  }

const table = new Map<string, Map<string, number>>()
const misses: Array<string> = []
let right = 0
let known = 0
let knownRight = 0
let harmful = 0
for (const { name, text, kinds } of samples) {
  const { kind, confidence } = route(text, noHint, compressors)
  const truth = kinds[0] as string
  const row = table.get(truth) ?? new Map<string, number>()
  table.set(truth, row)
  const shown = kinds.includes(kind) ? truth : kind
  row.set(shown, (row.get(shown) ?? 0) + 1)
  if (kinds.includes(kind)) right++
  else misses.push(`${truth} -> ${kind} ${confidence.toFixed(2)}  ${name}`)
  if (truth !== "text") {
    known++
    if (kinds.includes(kind)) knownRight++
  } else if (!kinds.includes(kind) && kind !== "prose") harmful++
}

console.log(`rows: what it is; columns: where it went (${samples.length} samples, no hint)`)
console.log(["", ...KINDS].map((kind) => kind.padStart(8)).join(""))
for (const truth of KINDS) {
  const row = table.get(truth)
  if (row !== undefined)
    console.log(truth.padStart(8) + KINDS.map((kind) => String(row.get(kind) ?? 0).padStart(8)).join(""))
}
console.log(
  `right ${right} of ${samples.length}; of the kinds ${knownRight} of ${known} (${((100 * knownRight) / known).toFixed(2)} %); none of them taken for json, log, search or diff: ${harmful}`
)
if (process.argv.includes("--misses")) for (const miss of misses) console.log(`  ${miss}`)

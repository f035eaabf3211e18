/**
 * The table of all kinds: tokens, what is saved with all visible and with originals stored, how much of what must stay is visible, and
 * beside it, in the same run, what a reader would do without us.
 *
 *     npm run bench [-- CORPUS] [--readme] [--rivals]
 *
 * Every view is what `decide` gives, proven. Writes bench/results/bench.md and bench.svg; `--readme` puts the table into the README;
 * `--rivals` also runs the peers' programs that are installed, each on the same texts.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { encode } from "@toon-format/toon"
import * as Effect from "effect/Effect"
import { layerTreeSitter } from "../src/adapters/code-parser/tree-sitter.ts"
import { toParse } from "../src/compressors/code/parsing.ts"
import { outlineOfLines } from "../src/compressors/code/scan.ts"
import { decide, type Question } from "../src/compressors/decide.ts"
import { registry } from "../src/compressors/registry.ts"
import type { Outline } from "../src/domain/outline.ts"
import { ShownIndex } from "../src/domain/shown.ts"
import { draft } from "../src/domain/view.ts"
import { CodeParser } from "../src/pipeline/ports/code-parser.ts"
import { bm25, countTokens, headAndTail } from "./measure.ts"
import { barChart } from "./plot.ts"
import { rivalsHere } from "./rivals.ts"
import { type Group, groupsIn, type Subject } from "./subjects.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { readme: { type: "boolean" }, rivals: { type: "boolean" } }
})
const corpus = positionals[0] ?? fileURLToPath(new URL("../../shared/corpus", import.meta.url))
if (!existsSync(corpus)) throw new Error(`no corpus at ${corpus}: give its folder`)

const { here: rivals, absent } = values.rivals === true ? rivalsHere() : { here: [], absent: [] }
/** What of the peers could not be run, a line each. */
const notRun = absent.map((name) => `${name} is not installed`)
for (const line of notRun) console.log(line)
/** The shell line that may have printed the texts of a kind: peers choose by it. None: source that is read. */
const LINES: Readonly<Record<string, string>> = {
  "JSON: GitHub, Kubernetes, registries": "gh api repos",
  "builds and tests": "make check",
  "search results": "grep -rn TODO .",
  diffs: "git show HEAD",
  source: "",
  "web pages": "curl https://example.com",
  listings: "find ."
}
const wordsOf = (name: string): ReadonlyArray<string> =>
  (LINES[name] ?? "cat out.txt").split(" ").filter((word) => word !== "")
/** Each question is about a text of its own, and no peer takes one: they are left to their own kinds. */
const isForRivals = ({ subjects }: Group): boolean => subjects.every(({ question }) => question === "")

interface Sums {
  texts: number
  given: number
  compact: number
  toon: number
  isJson: boolean
  visible: number
  stored: number
  must: number
  held: number
  ends: number
  ranked: number
  characters: number
  visibleMs: number
  storedMs: number
  readonly rivals: Map<string, { tokens: number; held: number }>
}

const compactOf = (text: string): string | undefined => {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Processor time, which other work on the machine does not slow. */
const timed = <A>(run: () => A): readonly [A, milliseconds: number] => {
  const started = process.cpuUsage()
  const result = run()
  const { user, system } = process.cpuUsage(started)
  return [result, (user + system) / 1_000]
}

const viewOf = (
  { text, file, origin, question }: Subject,
  visibleOnly: boolean,
  budgetTokens: number,
  outline: Outline | undefined
) => {
  const asked: Question = {
    text,
    hint: { commands: [], origin, ...(origin === "file" ? { files: [file] } : {}) },
    kind: undefined,
    want: { visibleOnly, budgetTokens, question },
    ...(outline === undefined ? {} : { outline })
  }
  const decision = decide(asked, new ShownIndex(), registry)
  const view = decision._tag === "Unchanged" ? text : draft(decision.proof.layers)
  return { view, hides: decision._tag === "Hide" }
}

/** What the source declares; the grammar is loaded before the clock runs. */
const outlineOf = ({ text, file, origin }: Subject) =>
  Effect.gen(function* () {
    if (origin !== "file") return undefined
    const parser = yield* CodeParser
    const { source, language } = toParse(text, { commands: [], origin, files: [file] })
    const byLines = outlineOfLines(source.split("\n"))
    return language === undefined
      ? byLines
      : yield* Effect.orElseSucceed(parser.outline(source, language), () => byLines)
  })

const measure = (group: Group) =>
  Effect.gen(function* () {
    const sums: Sums = {
      texts: 0,
      given: 0,
      compact: 0,
      toon: 0,
      isJson: true,
      visible: 0,
      stored: 0,
      must: 0,
      held: 0,
      ends: 0,
      ranked: 0,
      characters: 0,
      visibleMs: 0,
      storedMs: 0,
      rivals: new Map()
    }
    for (const subject of group.subjects) {
      const { text, held } = subject
      const outline = yield* outlineOf(subject)
      const given = countTokens(text)
      const [visible, visibleMs] = timed(() => viewOf(subject, true, group.budgetTokens, undefined))
      const [stored, storedMs] = timed(() => viewOf(subject, false, group.budgetTokens, outline))
      const tokens = countTokens(stored.view)
      const compact = compactOf(text)
      sums.isJson &&= compact !== undefined
      if (sums.isJson && compact !== undefined) {
        sums.compact += countTokens(compact)
        sums.toon += countTokens(encode(JSON.parse(text)))
      }
      const [found, must] = held(stored.view)
      // A view that hides nothing was proven to give every character back, though a table may hold a word in two parts.
      const mine = stored.hides ? found : must
      sums.texts++
      sums.given += given
      sums.visible += countTokens(visible.view)
      sums.stored += tokens
      sums.must += must
      sums.held += mine
      sums.ends += held(headAndTail(text, tokens / given))[0]
      sums.ranked += held(bm25(text, subject.question === "" ? group.query : subject.question, tokens))[0]
      sums.characters += text.length
      sums.visibleMs += visibleMs
      sums.storedMs += storedMs
    }
    if (!isForRivals(group)) return sums
    const line = wordsOf(group.name)
    for (const { name, viewsOf } of rivals) {
      const views = viewsOf(group.subjects.map(({ file, text }) => ({ file, text, line })))
      const failed = views.filter((view) => typeof view === "object")
      const [failure] = failed
      if (failure !== undefined) {
        const many =
          failed.length === views.length
            ? ""
            : `, ${failed.length} of ${views.length} texts, which count as shown whole`
        notRun.push(`${name}, ${group.name}${many}: ${failure.why}`)
        console.log(`  ${notRun[notRun.length - 1]}`)
      }
      if (views.every((view) => typeof view !== "string")) continue
      const sum = { tokens: 0, held: 0 }
      group.subjects.forEach(({ text, held }, at) => {
        const given = views[at]
        const view = typeof given === "string" ? given : text
        sum.tokens += countTokens(view)
        sum.held += view === text ? held(text)[1] : held(view)[0]
      })
      sums.rivals.set(name, sum)
      console.log(`  ${name}: ${percent(sum.tokens, sums.given)} saved, ${share(sum.held, sums.must)} held`)
    }
    return sums
  })

const percent = (after: number, before: number): string => `${(100 * (1 - after / before)).toFixed(1)} %`
const share = (part: number, all: number): string => (all === 0 ? "" : (part / all).toFixed(3))
const speed = (characters: number, milliseconds: number): string => (characters / 1_000 / milliseconds).toFixed(1)
const number = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ",")

const rows: Array<readonly [Group, Sums]> = []
await Effect.runPromise(
  Effect.gen(function* () {
    for (const group of groupsIn(corpus)) {
      const sums = yield* measure(group)
      rows.push([group, sums])
      console.log(
        `${group.name}: ${percent(sums.visible, sums.given)} visible, ${percent(sums.stored, sums.given)} stored, ${share(sums.held, sums.must)} held`
      )
    }
  }).pipe(Effect.provide(layerTreeSitter))
)

const table = (header: ReadonlyArray<string>, body: ReadonlyArray<ReadonlyArray<string>>): string =>
  [header, header.map((_, at) => (at === 0 ? "---" : "--:")), ...body].map((row) => `| ${row.join(" | ")} |`).join("\n")

const kinds = table(
  [
    "kind",
    "texts",
    "tokens",
    "all visible, saved",
    "stored, saved",
    "what must stay",
    "visible",
    "head and tail",
    "BM25",
    "MB/s"
  ],
  rows.map(([group, sums]) => [
    group.name,
    String(sums.texts),
    number(sums.given),
    percent(sums.visible, sums.given),
    percent(sums.stored, sums.given),
    group.must,
    share(sums.held, sums.must),
    share(sums.ends, sums.must),
    share(sums.ranked, sums.must),
    `${speed(sums.characters, sums.visibleMs)}, ${speed(sums.characters, sums.storedMs)}`
  ])
)
const json = table(
  ["JSON, all visible", "given", "compact", "TOON", "Headroom"],
  rows.flatMap(([group, sums]) =>
    sums.isJson ? [[group.name, number(sums.given), number(sums.compact), number(sums.toon), number(sums.visible)]] : []
  )
)
const peers = table(
  ["kind", "Headroom, all visible", "Headroom, stored", ...rivals.map(({ name, version }) => `${name} ${version}`)],
  rows
    .filter(([group]) => isForRivals(group))
    .map(([group, sums]) => [
      group.name,
      `${percent(sums.visible, sums.given)}, 1.000`,
      `${percent(sums.stored, sums.given)}, ${share(sums.held, sums.must)}`,
      ...rivals.map(({ name }) => {
        const sum = sums.rivals.get(name)
        return sum === undefined ? "" : `${percent(sum.tokens, sums.given)}, ${share(sum.held, sums.must)}`
      })
    ])
)

const results = new URL("results/", import.meta.url)
mkdirSync(results, { recursive: true })
const chart = barChart(
  "Tokens saved, by kind",
  ["all visible", "originals stored"],
  rows.map(([group, sums]) => ({
    label: group.name,
    first: 1 - sums.visible / sums.given,
    second: 1 - sums.stored / sums.given,
    note: share(sums.held, sums.must)
  }))
)
const text = `# Every kind, measured

\`npm run bench\` prints this. Tokens are exact o200k. *All visible* hides nothing; *stored* hides what matters least, at 2,000 tokens a text
(source: as few as its outline takes; pages and listings 1,000; prose 450) and stores the original. *Visible* is how much of what must stay stands in that
view, *head and tail* and *BM25* how much of it stands in the text cut to its ends, or to the lines ranked by BM25, at the same number of tokens. MB/s of
processor time is of whole decisions, all visible and stored, on a machine that does other work too.

${kinds}

${json}

![tokens saved by kind](bench.svg)
`
writeFileSync(new URL("bench.md", results), text)
writeFileSync(new URL("bench.svg", results), chart)
if (rivals.length > 0) {
  const header = `# Beside peers

\`npm run bench -- --rivals\` prints this: the same texts through the programs that are installed, in what each does by default; tokens saved, and how
much of what must stay is visible. Each is told a command that may have printed the text; \`lean-ctx\` reads source as signatures, \`repomix\`
outlines source alone. What they hide some of them store, as we do where originals are stored.
`
  const footer = notRun.length === 0 ? "" : `\nCould not be run:\n\n${notRun.map((line) => `* ${line}\n`).join("")}`
  writeFileSync(new URL("peers.md", results), `${header}\n${peers}\n${footer}`)
}
console.log(`\n${kinds}\n\n${json}`)

if (values.readme === true) {
  const readme = new URL("../README.md", import.meta.url)
  const before = readFileSync(readme, "utf8")
  const after = before.replace(
    /(<!-- kinds -->\n)[^]*?(<!-- \/kinds -->)/,
    (_, begin: string, end: string) => `${begin}${kinds}\n${end}`
  )
  if (after === before && !before.includes(kinds))
    throw new Error("the README has no place for the table: <!-- kinds --> and <!-- /kinds -->")
  writeFileSync(readme, after)
}

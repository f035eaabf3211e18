/**
 * Prints what an outline of source saves and keeps, language by language, beside the beginning and end of the file at the same size.
 *
 * Run: npx tsx bench/code.ts [folder] [--budget TOKENS] [--rivals FOLDER]
 * The folder has one folder a language; `--rivals` names one where repomix is installed.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { layerTreeSitter } from "../src/adapters/code-parser/tree-sitter.ts"
import { code } from "../src/compressors/code/code.ts"
import { toParse } from "../src/compressors/code/parsing.ts"
import { outlineOfLines } from "../src/compressors/code/scan.ts"
import type { Outline } from "../src/domain/outline.ts"
import { isLawful } from "../src/domain/tiling.ts"
import { draft } from "../src/domain/view.ts"
import { CodeParser } from "../src/pipeline/ports/code-parser.ts"
import { type Declared, declaredIn, linesSeen, namesSeen } from "./declared.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { budget: { type: "string" }, rivals: { type: "string" } }
})
const folder = positionals[0] ?? fileURLToPath(new URL("../../shared/corpus/code", import.meta.url))
const budgetTokens = Number(values.budget ?? 0)
if (!existsSync(folder)) throw new Error(`no folder ${folder}`)

/** The rival's outline of a file, where it is installed. */
type Rival = (source: string, path: string) => Promise<string | undefined>

const rivalIn = async (root: string): Promise<Rival> => {
  const entry = createRequire(`${resolve(root)}/package.json`).resolve("repomix")
  const { parseFile } = (await import(pathToFileURL(entry).href)) as {
    readonly parseFile: (source: string, path: string, config: object) => Promise<string | undefined>
  }
  return (source, path) => parseFile(source, path, { output: {} })
}
const rival = values.rivals === undefined ? undefined : await rivalIn(values.rivals)

/** First and last lines of a text, as many as so many tokens hold. */
const headAndTail = (source: string, tokens: number): string => {
  const lines = source.split("\n")
  let low = 0
  let high = lines.length >> 1
  const cut = (count: number): string =>
    [...lines.slice(0, count), "…", ...lines.slice(lines.length - count)].join("\n")
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (countTokens(cut(middle)) <= tokens) low = middle
    else high = middle - 1
  }
  return cut(low)
}

/** Tokens of views, and what of the truth stands in them. */
interface Sum {
  tokens: number
  names: number
  types: number
  imports: number
}
const nothing = (): Sum => ({ tokens: 0, names: 0, types: 0, imports: 0 })
const add = (sum: Sum, view: string, { names, types, imports }: Declared): void => {
  sum.tokens += countTokens(view)
  sum.names += namesSeen(names, view)
  sum.types += namesSeen(types, view)
  sum.imports += linesSeen(imports, view)
}
const addSum = (sum: Sum, other: Sum): void => {
  sum.tokens += other.tokens
  sum.names += other.names
  sum.types += other.types
  sum.imports += other.imports
}

interface Row {
  readonly given: Sum
  readonly outline: Sum
  readonly byLines: Sum
  readonly ends: Sum
  readonly rival: Sum
  parsing: number
  tiling: number
  length: number
  lawful: boolean
}
const emptyRow = (): Row => ({
  given: nothing(),
  outline: nothing(),
  byLines: nothing(),
  ends: nothing(),
  rival: nothing(),
  parsing: 0,
  tiling: 0,
  length: 0,
  lawful: true
})

const measure = (row: Row, language: string, name: string) =>
  Effect.gen(function* () {
    const text = readFileSync(`${folder}/${language}/${name}`, "utf8")
    const truth = declaredIn(text, language)
    const parser = yield* CodeParser
    const { source, language: own } = toParse(text, { commands: [], origin: "file", files: [name] })
    const tile = (outline: Outline) => {
      const content = { kind: "code", text, origin: "file", outline } as const
      const segments = code.tile(content, { visibleOnly: false, budgetTokens, question: "" })
      row.lawful &&= segments === undefined || isLawful({ input: text, segments })
      return segments === undefined ? text : draft([{ input: text, segments }])
    }
    const started = performance.now()
    const byLines = outlineOfLines(source.split("\n"))
    const outline =
      own === undefined ? byLines : yield* Effect.orElseSucceed(parser.outline(source, own), () => byLines)
    const parsed = performance.now()
    const view = tile(outline)
    row.tiling += performance.now() - parsed
    row.parsing += parsed - started
    row.length += text.length
    add(row.given, text, truth)
    add(row.outline, view, truth)
    add(row.byLines, tile(byLines), truth)
    add(row.ends, headAndTail(text, countTokens(view)), truth)
    if (rival !== undefined) add(row.rival, (yield* Effect.promise(() => rival(text, name))) ?? text, truth)
  })

const percent = (part: number, whole: number): string => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`)

const print = (row: Row) => {
  const { given } = row
  const share = (sum: Sum): string =>
    `${percent(given.tokens - sum.tokens, given.tokens)}, ${percent(sum.names, given.names)}`
  return {
    tokens: given.tokens,
    outline: row.outline.tokens,
    saved: percent(given.tokens - row.outline.tokens, given.tokens),
    names: `${row.outline.names}/${given.names}`,
    types: `${row.outline.types}/${given.types}`,
    imports: `${row.outline.imports}/${given.imports}`,
    "by lines: saved, names": share(row.byLines),
    "head and tail: names": percent(row.ends.names, given.names),
    ...(rival === undefined ? {} : { "repomix: saved, names": share(row.rival) }),
    lawful: row.lawful,
    "MB/s parsed": (row.length / 1e3 / row.parsing).toFixed(1),
    "MB/s tiled": (row.length / 1e3 / row.tiling).toFixed(1)
  }
}

const total = emptyRow()
const rows: Record<string, ReturnType<typeof print>> = {}
const languages = readdirSync(folder).sort()

await Effect.runPromise(
  Effect.gen(function* () {
    const parser = yield* CodeParser
    for (const language of languages) {
      const row = emptyRow()
      const names = readdirSync(`${folder}/${language}`)
      // The grammar is loaded before the clock runs.
      const { language: own } = toParse("", { commands: [], origin: "file", files: names.slice(0, 1) })
      if (own !== undefined) yield* parser.outline("", own)
      for (const name of names) yield* measure(row, language, name)
      rows[language] = print(row)
      for (const part of ["given", "outline", "byLines", "ends", "rival"] as const) addSum(total[part], row[part])
      total.parsing += row.parsing
      total.tiling += row.tiling
      total.length += row.length
      total.lawful &&= row.lawful
    }
  }).pipe(Effect.provide(layerTreeSitter))
)
rows["all"] = print(total)
console.table(rows)

/** Prints what the search compressor saves on a corpus of search results: `npx tsx bench/search.ts [folder]`. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { search } from "../src/compressors/search/search.ts"
import { parseResult } from "../src/compressors/search/result.ts"
import type { Segment } from "../src/domain/tiling.ts"
import { isLawful } from "../src/domain/tiling.ts"
import { estimateTokens } from "../src/domain/tokens.ts"
import { draft } from "../src/domain/view.ts"

const SHARE = 0.28
const folder = process.argv[2] ?? fileURLToPath(new URL("../../shared/corpus/search", import.meta.url))

/** Tokens of a text; long unbroken runs make byte-pair merging quadratic, so they are cut. */
const tokensOf = (text: string): number => {
  let tokens = 0
  for (let at = 0; at < text.length; at += 20_000)
    tokens += countTokens(text.slice(at, at + 20_000).replace(/\S{256}/g, "$& "))
  return tokens
}

const percent = (after: number, before: number): string => `${(100 * (1 - after / before)).toFixed(1)} %`

const print = (text: string, segments: ReadonlyArray<Segment>): string => draft([{ input: text, segments }])

const filesIn = (path: string): ReadonlyArray<string> =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesIn(`${path}/${entry.name}`)
      : entry.name.endsWith(".txt")
        ? [`${path}/${entry.name}`]
        : []
  )

if (!existsSync(folder)) throw new Error(`no folder ${folder}`)
const rows: Array<Record<string, string | number>> = []
const sum = { before: 0, visible: 0, large: 0, offloaded: 0 }
for (const path of filesIn(folder)) {
  const text = readFileSync(path, "utf8")
  const detected = search.detect(text, { commands: [], origin: "output" })
  if (detected < 0.3) continue
  const content = { kind: "search", text, origin: "output" } as const
  const want = { visibleOnly: true, budgetTokens: Math.floor(estimateTokens(text) * SHARE), question: "" }
  const started = performance.now()
  const visible = search.tile(content, want) ?? [{ _tag: "Shown", spans: [0, text.length], codec: "verbatim", text }]
  const middle = performance.now()
  const hidden = search.tile(content, { ...want, visibleOnly: false }) ?? visible
  const ended = performance.now()
  const before = tokensOf(text)
  const seen = tokensOf(print(text, visible))
  const offloaded = tokensOf(print(text, hidden))
  const view = print(text, hidden)
  const paths = new Set(parseResult(text)?.lines.map((line) => line.path))
  const named = [...paths].filter((name) => view.includes(name)).length
  sum.before += before
  sum.visible += seen
  if (before > 2_000) {
    sum.large += before
    sum.offloaded += offloaded
  }
  rows.push({
    file: path.slice(folder.length + 1),
    detected: detected.toFixed(2),
    tokens: before,
    visible: percent(seen, before),
    offloaded: percent(offloaded, before),
    files: `${named}/${paths.size}`,
    lawful: String(isLawful({ input: text, segments: hidden })),
    "MB/s": `${(text.length / 1e3 / (middle - started)).toFixed(0)} / ${(text.length / 1e3 / (ended - middle)).toFixed(0)}`
  })
}
console.table(rows)
console.log(`all: ${sum.before} tokens, visible saved ${percent(sum.visible, sum.before)}`)
console.log(`over 2,000 tokens, at ${SHARE} of the tokens: offloaded saved ${percent(sum.offloaded, sum.large)}`)

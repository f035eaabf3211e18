/** Prints what the diff compressor saves on a corpus of diffs: `npx tsx bench/diff.ts [folder] [budget]`. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { diff } from "../src/compressors/diff/diff.ts"
import { type FilePatch, parsePatch } from "../src/compressors/diff/patch.ts"
import { isLawful } from "../src/domain/tiling.ts"
import { draft } from "../src/domain/view.ts"

const folder = process.argv[2] ?? fileURLToPath(new URL("../../shared/corpus/diffs", import.meta.url))
const budgetTokens = Number(process.argv[3] ?? 1_800)

/** Tokens of a text; long unbroken runs make byte-pair merging quadratic, so they are cut. */
const tokensOf = (text: string): number => {
  let tokens = 0
  for (let at = 0; at < text.length; at += 20_000)
    tokens += countTokens(text.slice(at, at + 20_000).replace(/\S{256}/g, "$& "))
  return tokens
}

if (!existsSync(folder)) throw new Error(`no folder ${folder}`)
const rows: Array<Record<string, string | number>> = []
const sum = { before: 0, after: 0 }
for (const name of readdirSync(folder).filter((file) => file.endsWith(".diff") || file.endsWith(".patch"))) {
  const text = readFileSync(`${folder}/${name}`, "utf8")
  const content = { kind: "diff", text, origin: "output" } as const
  const started = performance.now()
  const segments = diff.tile(content, { visibleOnly: false, budgetTokens, question: "" })
  const ended = performance.now()
  const view = segments === undefined ? text : draft([{ input: text, segments }])
  const files = (parsePatch(text) ?? []).filter((part): part is FilePatch => part._tag === "File")
  const before = tokensOf(text)
  const after = tokensOf(view)
  if (before > 4_000) {
    sum.before += before
    sum.after += after
  }
  rows.push({
    file: name,
    detected: diff.detect(text, { commands: [], origin: "output" }).toFixed(2),
    tokens: before,
    after,
    saved: `${(100 * (1 - after / before)).toFixed(1)} %`,
    files: `${files.filter((file) => view.includes(file.path)).length}/${files.length}`,
    "+-": `+${files.reduce((all, file) => all + file.added, 0)} -${files.reduce((all, file) => all + file.removed, 0)}`,
    lawful: String(segments === undefined || isLawful({ input: text, segments })),
    "MB/s": (text.length / 1e3 / (ended - started)).toFixed(0)
  })
}
console.table(rows)
console.log(
  `over 4,000 tokens, budget ${budgetTokens}: ${sum.before} tokens, saved ${(100 * (1 - sum.after / sum.before)).toFixed(1)} %`
)

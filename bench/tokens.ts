/**
 * Prints how far `estimateTokens` is from exact o200k counts, by kind, beside characters / 4, and how fast both count.
 *
 *     npx tsx bench/tokens.ts [CORPUS] [--fitted]
 *
 * CORPUS is a folder with one folder a kind. Files are halved by a hash of their path; the half that the constants were fitted on is
 * measured with `--fitted` only. Of JSON transcripts (`sessions`, `traces`) the long strings are measured: what a model reads.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { estimateTokens } from "../src/domain/tokens.ts"

const words = process.argv.slice(2)
const option = words.find((word) => word.startsWith("--"))
const root = words.find((word) => word !== option) ?? fileURLToPath(new URL("../../shared/corpus", import.meta.url))
if (!existsSync(root)) {
  console.log(`no corpus at ${root}: give its folder`)
  process.exit()
}

const hash = (text: string): number => {
  let digest = 2166136261
  for (let i = 0; i < text.length; i++) digest = Math.imul(digest ^ text.charCodeAt(i), 16777619)
  digest = Math.imul(digest ^ (digest >>> 13), 0x5bd1e995)
  return (digest ^ (digest >>> 15)) >>> 0
}

const longStrings = (json: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  const open: Array<unknown> = [JSON.parse(json)]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === "string" && value.length >= 60) found.push(value)
    else if (typeof value === "object" && value !== null) open.push(...Object.values(value))
  }
  return found
}

const transcript = (text: string): string => {
  const parts = new Set<string>()
  for (const document of [text, ...text.split("\n")]) {
    try {
      for (const part of longStrings(document)) if (!/^[\w+/=-]{300,}$/.test(part)) parts.add(part)
    } catch {
      // One of the two readings, whole or by line, is no JSON.
    }
  }
  return [...parts].join("\n")
}

/** Byte-pair merging is quadratic in an unbroken run. */
const exactTokens = (text: string): number => {
  let tokens = 0
  for (let i = 0; i < text.length; i += 20_000)
    tokens += countTokens(text.slice(i, i + 20_000).replace(/\S{256}/g, "$& "))
  return tokens
}

const half = option === "--fitted" ? 0 : 1
const texts: Array<{ readonly kind: string; readonly text: string }> = []
for (const name of readdirSync(root, { recursive: true, encoding: "utf8" }).sort()) {
  const kind = name.slice(0, name.indexOf("/"))
  if (
    !name.includes(".") ||
    !name.includes("/") ||
    (hash(name) & 1) !== half ||
    name.includes("JSONTestSuite") ||
    kind === "wire"
  )
    continue
  let text = ""
  try {
    text = readFileSync(join(root, name), "utf8")
  } catch {
    continue
  }
  if (kind === "sessions" || kind === "traces") text = transcript(text)
  if (text.length >= 500 && !text.includes("\u0000")) texts.push({ kind, text: text.slice(0, 120_000) })
}

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length
const at = (values: ReadonlyArray<number>, share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(8)

interface Errors {
  exact: number
  estimate: number
  readonly files: Array<number>
  readonly quarters: Array<number>
  readonly lines: Array<number>
  readonly runs: Array<number>
}
const byKind = new Map<string, Errors>()
const all: Errors = { exact: 0, estimate: 0, files: [], quarters: [], lines: [], runs: [] }

for (const { kind, text } of texts) {
  const errors = byKind.get(kind) ?? { exact: 0, estimate: 0, files: [], quarters: [], lines: [], runs: [] }
  byKind.set(kind, errors)
  const lines = text.split("\n")
  const every = Math.max(1, Math.floor(lines.length / 150))
  const exact = exactTokens(text)
  const estimate = estimateTokens(text)
  for (const sums of [errors, all]) {
    sums.exact += exact
    sums.estimate += estimate
    sums.files.push(Math.abs(estimate / exact - 1))
    sums.quarters.push(Math.abs(text.length / 4 / exact - 1))
  }
  for (let i = 0; i < lines.length; i += every) {
    const line = lines[i] ?? ""
    const run = lines.slice(i, i + 3).join("\n")
    if (line.length <= 5 || run.length > 3000) continue
    const lineError = Math.abs(estimateTokens(line) - exactTokens(line))
    const runError = Math.abs(estimateTokens(run) / exactTokens(run) - 1)
    for (const sums of [errors, all]) {
      sums.lines.push(lineError)
      sums.runs.push(runError)
    }
  }
}

console.log("kind            files      sum     file      p90  chars/4   line (tokens)  3 lines      p90")
for (const [kind, errors] of [...byKind, ["all", all] as const]) {
  console.log(
    kind.padEnd(15),
    String(errors.files.length).padStart(5),
    percent(errors.estimate / errors.exact - 1),
    percent(mean(errors.files)),
    percent(at(errors.files, 0.9)),
    percent(mean(errors.quarters)),
    mean(errors.lines).toFixed(2).padStart(15),
    percent(mean(errors.runs)),
    percent(at(errors.runs, 0.9))
  )
}

const everything = texts.map(({ text }) => text).join("\n")
const speed = (count: (text: string) => number): string => {
  count(everything)
  const start = performance.now()
  count(everything)
  return `${(everything.length / 1000 / (performance.now() - start)).toFixed(0)} MB/s`
}
console.log(
  `estimate ${speed(estimateTokens)}, exact ${speed(exactTokens)}, on ${(everything.length / 1e6).toFixed(1)} MB`
)

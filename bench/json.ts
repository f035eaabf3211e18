/**
 * JSON: tokens (o200k, exact) of each group of files as given, compact, in TOON and in ours, with everything visible and with the
 * originals stored, and the speed of scanning and writing tables. Every tiling is proven before it is counted.
 *
 *     npx tsx bench/json.ts [corpus folder] [--dearer]    names the files where compact JSON or TOON is cheaper
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { encode } from "@toon-format/toon"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { json } from "../src/compressors/json/json.ts"
import { identify } from "../src/compressors/json/identity.ts"
import { scan } from "../src/compressors/json/scan.ts"
import { writeTable } from "../src/compressors/json/write.ts"
import { prove } from "../src/domain/outcome.ts"
import type { Segment } from "../src/domain/tiling.ts"
import { admits } from "../src/domain/tokens.ts"
import { draft } from "../src/domain/view.ts"

const corpus =
  process.argv.slice(2).find((word) => !word.startsWith("-")) ??
  new URL("../../shared/corpus", import.meta.url).pathname

/** Share of the given tokens that is asked for where originals are stored: budgets are estimates, of tables some per cent too low. */
const OFFLOAD_SHARE = 0.075

// Unbroken runs are cut, or byte-pair merging is quadratic.
const tokens = (text: string): number => {
  let count = 0
  for (let at = 0; at < text.length; at += 20_000) {
    count += countTokens(text.slice(at, at + 20_000).replace(/\S{256}/g, "$& "))
  }
  return count
}

const filesIn = (folder: string): ReadonlyArray<string> =>
  existsSync(`${corpus}/${folder}`)
    ? readdirSync(`${corpus}/${folder}`).map((name) => `${corpus}/${folder}/${name}`)
    : []

/** Every string of a recorded request that holds JSON: the tool results. */
const resultsOf = (file: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  const walk = (value: unknown): void => {
    if (typeof value === "string" && /^[[{]/.test(value) && value.length > 200) found.push(value)
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk)
  }
  walk(JSON.parse(readFileSync(file, "utf8")))
  return found
}

/** Indented JSON in a page of documentation. */
const blocksOf = (file: string): ReadonlyArray<string> =>
  [...readFileSync(file, "utf8").matchAll(/^( +)[[{]\n(?:.*\n)*?\1[\]}]$/gm)]
    .map((match) => match[0].replace(new RegExp(`^${match[1] ?? ""}`, "gm"), ""))
    .filter((text) => scan(text) !== undefined)

const groups: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ...filesIn("peer-workloads").map((file) => [file.slice(file.lastIndexOf("/") + 1, -5), resultsOf(file)] as const),
  ...["github-api", "kubernetes", "registry", "misc", "simdjson"].map(
    (name) => [`json/${name}`, filesIn(`json/${name}`).map((file) => readFileSync(file, "utf8"))] as const
  ),
  ["json/aws-cli", filesIn("json/aws-cli").flatMap(blocksOf)]
]

const reader = { codecs: new Map(json.codecs.map((codec) => [codec.name, codec.decode])), recall: () => undefined }

const viewOf = (text: string, segments: ReadonlyArray<Segment> | undefined): string => {
  const proof = segments === undefined ? undefined : prove([{ input: text, segments }], reader)
  if (proof === undefined) throw new Error(`not proven: ${text.slice(0, 80)}`)
  return draft(proof.layers)
}

const toon = (text: string): number | undefined => {
  try {
    return tokens(encode(JSON.parse(text)))
  } catch {
    return undefined
  }
}

/** Megabytes of input a second of processor time, scan to table, at the best of some runs. */
const speedOf = (texts: ReadonlyArray<string>): number => {
  let least = Number.POSITIVE_INFINITY
  for (let run = 0; run < 15; run++) {
    const started = process.cpuUsage()
    for (const text of texts) {
      const found = scan(text)
      if (found !== undefined) writeTable(identify(found))
    }
    const { user, system } = process.cpuUsage(started)
    least = Math.min(least, user + system)
  }
  return texts.reduce((sum, text) => sum + text.length, 0) / least
}

const columns = ["group", "given", "compact", "TOON", "visible", "saved", "offload", "of given", "MB/s", "dearer"]
const print = (cells: ReadonlyArray<string | number>): void =>
  console.log(cells.map((cell, at) => (at === 0 ? String(cell).padEnd(34) : String(cell).padStart(9))).join(""))

print(columns)
for (const [name, texts] of groups) {
  let [given, compact, inToon, visible, offload, dearer] = [0, 0, 0, 0, 0, 0]
  for (const text of texts) {
    const found = scan(text)
    if (found === undefined) continue
    const before = tokens(text)
    const content = { kind: "json", text, origin: "output" } as const
    const shown = tokens(viewOf(text, json.tile(content, { visibleOnly: true, budgetTokens: 0, question: "" })))
    const compactTokens = tokens(found.compact)
    const toonTokens = toon(text)
    const least = Math.min(compactTokens, toonTokens ?? compactTokens)
    if (shown > least && admits(before, least)) {
      dearer++
      if (process.argv.includes("--dearer")) console.log(name, texts.indexOf(text), shown, compactTokens, toonTokens)
    }
    given += before
    compact += compactTokens
    inToon += toonTokens ?? compactTokens
    visible += Math.min(shown, before)
    const budgetTokens = OFFLOAD_SHARE * before
    offload += tokens(viewOf(text, json.tile(content, { visibleOnly: false, budgetTokens, question: "" })))
  }
  const saved = `${(100 - (100 * visible) / given).toFixed(1)} %`
  const share = `${((100 * offload) / given).toFixed(1)} %`
  print([name, given, compact, inToon, visible, saved, offload, share, speedOf(texts).toFixed(0), dearer])
}

/**
 * Measures the log compressor on the corpus: `npx tsx bench/log.ts [SYSTEM]`. Tokens are exact o200k.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { headerFormat, splitHeader } from "../src/compressors/log/header.ts"
import { log } from "../src/compressors/log/log.ts"
import { mine } from "../src/compressors/log/template.ts"
import { stripTerminal } from "../src/compressors/terminal.ts"
import { lineAt, lineStarts } from "../src/domain/lines.ts"
import type { Segment } from "../src/domain/tiling.ts"
import { draft } from "../src/domain/view.ts"
import { parseCsv } from "./measure.ts"

const corpus = new URL("../../shared/corpus/logs/", import.meta.url)
const BUDGET = 2000

/** Exact tokens; unbroken runs are cut, for byte-pair merging is quadratic on them. */
const tokens = (text: string): number => {
  let sum = 0
  for (let at = 0; at < text.length; at += 20_000)
    sum += countTokens(text.slice(at, at + 20_000).replace(/\S{256}/g, "$& "))
  return sum
}

/** The text as the pipeline hands it on: without terminal noise. */
const clean = (raw: string): string =>
  stripTerminal(raw)
    .map((segment) => (segment._tag === "Shown" ? segment.text : ""))
    .join("")

const tile = (text: string, visibleOnly: boolean): ReadonlyArray<Segment> | undefined =>
  log.tile({ kind: "log", text, origin: "output" }, { visibleOnly, budgetTokens: BUDGET, question: "" })

const viewOf = (text: string, segments: ReadonlyArray<Segment> | undefined): string =>
  segments === undefined ? text : draft([{ input: text, segments }])

const shownLines = (text: string, segments: ReadonlyArray<Segment>): ReadonlySet<number> => {
  const starts = lineStarts(text)
  const lines = new Set<number>()
  for (const segment of segments)
    if (segment._tag === "Shown")
      for (
        let line = lineAt(starts, segment.spans[0] ?? 0);
        (starts[line] ?? Infinity) < (segment.spans[1] ?? 0);
        line++
      )
        lines.add(line)
  return lines
}

/** Megabytes a second of processor time, which other work on the machine does not slow. */
const speed = (text: string, visibleOnly: boolean): number => {
  const runs = Math.ceil(4e6 / text.length)
  for (let run = 0; run < runs; run++) tile(text, visibleOnly)
  const start = process.cpuUsage()
  for (let run = 0; run < runs; run++) tile(text, visibleOnly)
  const used = process.cpuUsage(start)
  return (text.length * runs) / (used.user + used.system)
}

/** Share of lines whose predicted group is exactly a true one. */
const groupAccuracy = (text: string, events: ReadonlyArray<string>): number => {
  const starts = lineStarts(text)
  const format = headerFormat(text, starts)
  const ends = Int32Array.from(starts, (_, line) => (starts[line + 1] ?? text.length + 1) - 1)
  const from = Int32Array.from(starts, (start, line) =>
    Math.floor(splitHeader(text, start, ends[line] as number, format) / 8)
  )
  const mined = mine(text, from, ends)
  const groups = new Map<number, Array<number>>()
  const truth = new Map<string, number>()
  events.forEach((event, line) => {
    truth.set(event, (truth.get(event) ?? 0) + 1)
    const template = mined.of[line] as number
    const group = groups.get(template)
    if (group === undefined) groups.set(template, [line])
    else group.push(line)
  })
  let right = 0
  for (const group of groups.values()) {
    const event = events[group[0] as number] as string
    if (group.length === truth.get(event) && group.every((line) => events[line] === event)) right += group.length
  }
  return right / events.length
}

const percent = (before: number, after: number): string => `${((100 * (before - after)) / before).toFixed(1)}%`

const sums = {
  before: 0,
  offloaded: 0,
  visible: 0,
  kinds: 0,
  kindsShown: 0,
  rare: 0,
  rareShown: 0,
  grave: 0,
  graveShown: 0,
  accuracy: 0,
  systems: 0
}
console.log("system      tokens  offloaded        kinds      rare    grave     GA   visible form     MB/s off, vis")
const root = new URL("loghub/", corpus)
for (const system of existsSync(root) ? readdirSync(root).sort() : []) {
  if (!existsSync(new URL(`${system}/${system}_2k.log`, root)) || (process.argv[2] ?? system) !== system) continue
  const raw = readFileSync(new URL(`${system}/${system}_2k.log`, root), "utf8")
  const text = clean(raw)
  const rows = parseCsv(readFileSync(new URL(`${system}/${system}_2k.log_structured.csv`, root), "utf8"))
  const column = (rows[0] ?? []).indexOf("EventId")
  const level = (rows[0] ?? []).indexOf("Level")
  const events = rows.slice(1).map((row) => row[column] ?? "")
  const segments = tile(text, false)
  const shown = shownLines(text, segments ?? [])
  const counts = new Map<string, number>()
  const grave = new Set<string>()
  events.forEach((event, line) => {
    counts.set(event, (counts.get(event) ?? 0) + 1)
    if (
      /\b(?:ERROR|FATAL)\b/i.test(rows[line + 1]?.[level] ?? "") ||
      /\b(?:ERROR|FATAL)\b/i.test(rows[line + 1]?.join(" ") ?? "")
    )
      grave.add(event)
  })
  const visibleKinds = new Set([...shown].map((line) => events[line]))
  const kinds = [...counts.keys()]
  const rare = kinds.filter((event) => (counts.get(event) ?? 0) <= 3)
  const seen = (list: Iterable<string>): number => [...list].filter((event) => visibleKinds.has(event)).length
  const before = tokens(raw)
  const after = tokens(viewOf(text, segments))
  const visible = tokens(viewOf(text, tile(text, true)))
  const accuracy = groupAccuracy(text, events)
  sums.before += before
  sums.offloaded += after
  sums.visible += visible
  sums.kinds += kinds.length
  sums.kindsShown += seen(kinds)
  sums.rare += rare.length
  sums.rareShown += seen(rare)
  sums.grave += grave.size
  sums.graveShown += seen(grave)
  sums.accuracy += accuracy
  sums.systems++
  console.log(
    `${system.padEnd(10)} ${String(before).padStart(7)} ${String(after).padStart(6)} ${percent(before, after).padStart(6)}  ${seen(kinds)}/${kinds.length}  ${seen(rare)}/${rare.length}  ${seen(grave)}/${grave.size}  ${accuracy.toFixed(3)}  ${String(visible).padStart(6)} ${percent(before, visible)}  ${speed(text, false).toFixed(0)}, ${speed(text, true).toFixed(0)}`
  )
}
console.log(
  `sum ${sums.before}: offloaded ${percent(sums.before, sums.offloaded)}, kinds ${(sums.kindsShown / sums.kinds).toFixed(3)}, rare ${(sums.rareShown / sums.rare).toFixed(3)}, grave ${(sums.graveShown / sums.grave).toFixed(3)}, GA ${(sums.accuracy / sums.systems).toFixed(4)}, visible form ${percent(sums.before, sums.visible)}`
)

/** What must be in view of a build's or test's output: lines with a verdict or an error's place. */
const MUST =
  /^.*(?:(?:\berror\b|\bERROR\b).*\.\w+[:(]\[?\d+|\.\w+[:(]\[?\d+.*\berror\b|--- FAIL|\bFAILED\b|✕|✗|not ok \d).*$/gm

for (const group of process.argv[2] === undefined ? ["ci-build", "tests", "services"] : []) {
  let before = 0
  let after = 0
  let visibleForm = 0
  let kept = 0
  let must = 0
  const folder = new URL(`${group}/`, corpus)
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const raw = readFileSync(new URL(name, folder), "utf8")
    const text = clean(raw)
    const confidence = log.detect(text, { commands: [], origin: "output" })
    const segments = confidence < 0.5 ? undefined : tile(text, false)
    const view = viewOf(text, segments)
    const tokensBefore = tokens(text)
    const tokensAfter = tokens(view)
    const wanted = new Set([...text.matchAll(MUST)].map((match) => match[0].trim()))
    const lines = new Set(view.split("\n").map((line) => line.trim()))
    const missing = [...wanted].filter((line) => !lines.has(line))
    if (confidence >= 0.5) {
      before += tokensBefore
      after += tokensAfter
      visibleForm += tokens(viewOf(text, tile(text, true)))
      must += wanted.size
      kept += wanted.size - missing.length
    }
    console.log(
      `  ${group}/${name}`.padEnd(52),
      confidence.toFixed(2),
      String(tokensBefore).padStart(7),
      String(tokensAfter).padStart(7),
      percent(tokensBefore, tokensAfter).padStart(7),
      `must ${wanted.size - missing.length}/${wanted.size}`,
      missing[0]?.slice(0, 90) ?? ""
    )
  }
  console.log(
    `${group}: ${before} -> ${after} offloaded ${percent(before, after)}, must ${kept}/${must}, visible form ${percent(before, visibleForm)}`
  )
}

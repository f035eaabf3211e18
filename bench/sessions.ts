/**
 * What recorded agent sessions cost with and without Headroom, by the lab's measure, beside its 94-line baseline.
 *
 * Run: npm run bench:sessions [-- DIR…] [-- --only PART] [--mode visible|offload] [--baseline]
 * The sessions and the lab stand beside the repository and are no part of a clone; without them this says so.
 */
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { createHeadroom, type Mode } from "../src/index.ts"

interface Block {
  readonly type: string
  readonly content?: unknown
}
interface Message {
  readonly role: string
  readonly content: ReadonlyArray<Block>
}
interface Trace {
  readonly id: string
  readonly system?: string
  readonly at: ReadonlyArray<number | undefined>
  readonly messages: ReadonlyArray<Message>
}
interface Measured {
  readonly netCostRatio: number
  readonly timedNetCostRatio: number
  readonly kept: number
  readonly facts: number
  readonly anchorsKept: number
  readonly anchors: number
  readonly stablePrefix: boolean
  readonly lost: ReadonlyArray<unknown>
}

const shared = fileURLToPath(new URL("../../shared/", import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    mode: { type: "string" },
    baseline: { type: "boolean" },
    lost: { type: "boolean" }
  }
})
const folders = positionals.length > 0 ? positionals : [`${shared}corpus/sessions`, `${shared}corpus/traces`]
if (!existsSync(`${shared}lab/replay.mjs`)) {
  console.log("bench:sessions needs the recorded sessions and the lab beside the repository; they are not here.")
  process.exit(0)
}

process.env["LAB_MODULES"] = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "")
const lab = async <T>(file: string): Promise<T> => (await import(`${shared}lab/${file}`)) as T
const { load } = await lab<{ load: (folder: string) => ReadonlyArray<Trace> }>("traces.mjs")
const { measure } = await lab<{ measure: (run: unknown) => Measured }>("replay.mjs")
const { report } = await lab<{ report: (name: string, rows: ReadonlyArray<Measured>) => string }>("report.mjs")
const { resultText, tok } = await lab<{ resultText: (block: Block) => string; tok: (text: string) => number }>(
  "metrics.mjs"
)
const baseline = await lab<{ rewrite: (trace: Trace, options: object) => ReadonlyArray<Message> }>("repeats.mjs")

/** Sessions with less tool output have nothing to show. */
const MIN_OUTPUT = 6_000

const outputSize = (trace: Trace): number =>
  trace.messages
    .flatMap((message) => message.content)
    .reduce((sum, block) => sum + (block.type === "tool_result" ? resultText(block).length : 0), 0)

const evaluate = (trace: Trace, messages: ReadonlyArray<Message>): Measured => {
  const turns = trace.messages.flatMap((message, at) => (message.role === "assistant" && at > 0 ? [at] : []))
  const system = trace.system === undefined ? {} : { system: [{ type: "text", text: trace.system }] }
  const bodies = (list: ReadonlyArray<Message>) => turns.map((at) => ({ ...system, messages: list.slice(0, at) }))
  const outputs = turns.map((at) => tok(JSON.stringify(trace.messages[at]?.content)))
  return measure({ trace, turns, sent: bodies(trace.messages), got: bodies(messages), outputs })
}

const headroom = createHeadroom()
const mode = (values.mode ?? "visible") as Mode

/** The whole session compressed once; that earlier calls would have sent the same is checked at a few of them. */
const compressed = async (
  trace: Trace
): Promise<{ readonly messages: ReadonlyArray<Message>; readonly stable: boolean }> => {
  const { messages } = await headroom.compress(trace.messages, { mode })
  let stable = true
  for (const share of [0.25, 0.5, 0.8]) {
    const calls = Math.floor(trace.messages.length * share)
    const prefix = await headroom.compress(trace.messages.slice(0, calls), { mode })
    stable &&= JSON.stringify(prefix.messages) === JSON.stringify(messages.slice(0, calls))
  }
  return { messages, stable }
}

for (const folder of folders) {
  const rows: Array<Measured> = []
  const others: Array<Measured> = []
  for (const trace of load(folder)) {
    if (outputSize(trace) < MIN_OUTPUT || (values.only !== undefined && !trace.id.includes(values.only))) continue
    const { messages, stable } = await compressed(trace)
    const result = evaluate(trace, messages)
    rows.push(result)
    if (values.baseline === true) others.push(evaluate(trace, baseline.rewrite(trace, {})))
    const beside = values.baseline === true ? ` (baseline ${others.at(-1)?.netCostRatio.toFixed(3)})` : ""
    console.log(
      `${trace.id.slice(0, 52).padEnd(53)}net ${result.netCostRatio.toFixed(3)}${beside} with pauses ${result.timedNetCostRatio.toFixed(3)} recall ${result.kept}/${result.facts} edit lines ${result.anchorsKept}/${result.anchors}${stable && result.stablePrefix ? "" : " PREFIX BROKEN"}`
    )
    if (values.lost === true && result.lost.length > 0) console.log(`  lost: ${JSON.stringify(result.lost)}`)
  }
  if (rows.length > 0) console.log(report(`headroom, ${mode}`, rows))
  if (others.length > 0) console.log(report("baseline", others))
}
await headroom.close()

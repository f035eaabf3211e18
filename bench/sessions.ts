/**
 * What recorded agent sessions cost with and without Headroom: `headroom bench sessions` over the sessions that stand beside the
 * repository; with --lab, the lab's own measure of the same rewrites beside ours, and its 94-line baseline.
 *
 * Run: npm run bench:sessions [-- DIR…] [-- --only PART] [--mode visible|offload] [--fade safe|strong] [--proxy] [--pause-every N] [--emit OUT] [--json] [--lab]
 * The sessions and the lab are no part of a clone; without them this says so.
 */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { callsOf, outputLength, type RecordedSession } from "../src/domain/recording.ts"
import { measureSession, requestsOf } from "../src/domain/session-measure.ts"
import { remembering } from "../src/domain/tokens.ts"
import { createHeadroom, type Mode } from "../src/index.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
const shared = fileURLToPath(new URL("../../shared/", import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    mode: { type: "string" },
    fade: { type: "string" },
    proxy: { type: "boolean" },
    "pause-every": { type: "string" },
    emit: { type: "string" },
    json: { type: "boolean" },
    lab: { type: "boolean" }
  }
})
const folders = positionals.length > 0 ? positionals : [`${shared}corpus/sessions`, `${shared}corpus/traces`]
if (!folders.every(existsSync)) {
  console.log("bench:sessions needs recorded sessions: name a folder of them, for none stand beside the repository.")
  process.exit(0)
}

const replay = (folder: string): number => {
  const flags = process.argv.slice(2).filter((flag) => !positionals.includes(flag))
  const command = ["--import", "tsx", "src/command.ts", "bench", "sessions", ...flags, folder]
  return spawnSync(process.execPath, command, { cwd: root, stdio: "inherit" }).status ?? 1
}

interface Trace {
  readonly id: string
  readonly system?: string
  readonly at: ReadonlyArray<number | undefined>
  readonly messages: RecordedSession["messages"]
}
interface LabMeasure {
  readonly saved: number
  readonly costRatio: number
  readonly netCostRatio: number
  readonly timedNetCostRatio: number
  readonly netWithTools: number
  readonly kept: number
  readonly anchorsKept: number
  readonly lost: ReadonlyArray<unknown>
}

/** The traces of the lab, rewritten by Headroom and by the lab's baseline, measured by both. */
const compare = async (folder: string): Promise<void> => {
  process.env["LAB_MODULES"] = root.replace(/\/$/, "")
  const lab = async <T>(file: string): Promise<T> => (await import(`${shared}lab/${file}`)) as T
  const { load } = await lab<{ load: (folder: string) => ReadonlyArray<Trace> }>("traces.mjs")
  const { rewrite, evaluate } = await lab<{
    rewrite: (trace: Trace, options: object) => Trace["messages"]
    evaluate: (trace: Trace, after: Trace["messages"]) => LabMeasure
  }>("repeats.mjs")
  const { report } = await lab<{ report: (name: string, rows: ReadonlyArray<LabMeasure>) => string }>("report.mjs")
  const headroom = createHeadroom()
  const rows: Array<LabMeasure> = []
  const baseline: Array<LabMeasure> = []
  let farthest = 0
  for (const trace of load(folder)) {
    const session: RecordedSession = {
      id: trace.id,
      agent: "",
      project: undefined,
      system: trace.system,
      messages: trace.messages,
      circumstances: trace.at.map((at) => ({ at }))
    }
    if (outputLength(session) < 6_000 || (values.only !== undefined && !trace.id.includes(values.only))) continue
    const count = remembering((text) => countTokens(text, { disallowedSpecial: new Set() }))
    const { messages } = await headroom.compress(trace.messages, { mode: (values.mode ?? "visible") as Mode })
    const theirs = evaluate(trace, messages)
    const at = callsOf(session.messages).map((message) => trace.at[message])
    const ours = measureSession({ session, forwarded: requestsOf(session, messages), at }, count)
    const distance = Math.max(
      ...[
        [theirs.saved, 1 - ours.tokensAfter / ours.tokensBefore],
        [theirs.costRatio, ours.cost],
        [theirs.netCostRatio, ours.net],
        [theirs.timedNetCostRatio, ours.netWithPauses],
        [theirs.netWithTools, ours.netWithTools],
        [theirs.kept, ours.factsKept],
        [theirs.anchorsKept, ours.editLinesKept]
      ].map(([a = 0, b = 0]) => Math.abs(a - b))
    )
    farthest = Math.max(farthest, distance)
    rows.push(theirs)
    baseline.push(evaluate(trace, rewrite(trace, {})))
    console.log(
      `${trace.id.slice(0, 52).padEnd(53)}net ${theirs.netCostRatio.toFixed(3)} by the lab, ${ours.net.toFixed(3)} here; largest distance of a figure ${distance.toExponential(1)}`
    )
    if (theirs.lost.length > 0) console.log(`  lost: ${JSON.stringify(theirs.lost)}`)
  }
  console.log(report("headroom, by the lab", rows))
  console.log(report("the lab's baseline", baseline))
  console.log(`farthest that a figure of ours is from the lab's: ${farthest.toExponential(1)}`)
  await headroom.close()
}

for (const folder of folders) {
  if (values.lab !== true) process.exitCode = replay(folder) || process.exitCode
  else if (existsSync(`${shared}lab/repeats.mjs`)) await compare(folder)
  else console.log("--lab needs the lab beside the repository; it is not here.")
}

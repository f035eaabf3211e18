/**
 * The hook on recorded sessions of Claude Code: what it saves of the tools' outputs, and what a call costs as a whole process.
 *
 *     npx tsx bench/hook.ts [--sessions DIR] [--mode visible|offload] [--timed 60]
 *
 * Each session is replayed result by result: what the hook has made of the earlier ones stands in the transcript that it reads. A timed call
 * runs the built hook (`npm run build`) in turn with `node -e 0`, on every so many-th output, with the transcript up to it. Tokens are
 * o200k, of the texts that the hook may replace.
 */
import { spawnSync } from "node:child_process"
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { sha256 } from "../src/adapters/originals/content.ts"
import { answerTo, type Circumstances } from "../src/apps/hook/answer.ts"
import { refOf } from "../src/domain/digest.ts"
import { grantReceipt } from "../src/domain/receipt.ts"
import { type HookEvent, printHookAnswer, readHookEvent } from "../src/wire/claude-code-hook.ts"
import { isRecord, type JsonRecord, listOf } from "../src/wire/json-value.ts"

const corpus = fileURLToPath(new URL("../../shared/corpus/sessions/claude-code", import.meta.url))
const hook = fileURLToPath(new URL("../dist/hook.cjs", import.meta.url))

const { values } = parseArgs({
  options: { sessions: { type: "string" }, mode: { type: "string" }, timed: { type: "string" } }
})
const folder = values.sessions ?? corpus
const mode = values.mode === "offload" ? "offload" : "visible"
const timed = Number(values.timed ?? 60)

const at: Circumstances = {
  protocol: { read: readHookEvent, print: printHookAnswer },
  mode,
  project: undefined,
  isRedeemable: true,
  now: 0,
  store: async () => ({
    keep: async (originals) =>
      originals.map((original) => {
        const digest = sha256(Buffer.from(String(original)))
        return grantReceipt(refOf(digest), digest)
      }),
    record: () => {},
    close: () => {}
  })
}

/** A result as it stands in the transcript, and as the agent tells the hook of it. */
interface Result {
  readonly part: JsonRecord
  readonly event: JsonRecord
}

const resultOf = (
  line: JsonRecord,
  calls: ReadonlyMap<unknown, JsonRecord>,
  transcript: string
): Result | undefined => {
  const message = line["message"]
  const part = isRecord(message)
    ? listOf(message["content"]).find((each) => isRecord(each) && each["type"] === "tool_result")
    : undefined
  const call = isRecord(part) ? calls.get(part["tool_use_id"]) : undefined
  const response = line["toolUseResult"]
  if (!isRecord(part) || call === undefined || response === undefined || part["is_error"] === true) return undefined
  const event = {
    hook_event_name: "PostToolUse",
    session_id: "bench",
    cwd: "/",
    transcript_path: transcript,
    tool_use_id: part["tool_use_id"],
    tool_name: call["name"],
    tool_input: call["input"],
    tool_response: response
  }
  return { part, event }
}

const numbered = (text: string, start: number): string =>
  text
    .split("\n")
    .map((line, i) => `${start + i}\t${line}`)
    .join("\n")

/** The part as the agent would write it with the new response: the texts replaced where they stand in what the model reads. */
const rewritten = (part: JsonRecord, before: HookEvent, after: HookEvent): JsonRecord => {
  const texts = before.outputs.map((output, i) => [output, after.outputs[i]?.text ?? output.text] as const)
  const put = (content: string): string =>
    texts.reduce((out, [{ text, form }, now]) => {
      if (form === "numbered" && isRecord(after.response) && isRecord(after.response["file"]))
        return text === now ? out : numbered(now, Number(after.response["file"]["startLine"]))
      return out.includes(text.trim()) ? out.replace(text.trim(), () => now) : out
    }, content)
  const { content } = part
  return {
    ...part,
    content:
      typeof content === "string"
        ? put(content)
        : listOf(content).map((each) =>
            isRecord(each) && typeof each["text"] === "string" ? { ...each, text: put(each["text"]) } : each
          )
  }
}

const median = (list: ReadonlyArray<number>, share = 0.5): number =>
  [...list].sort((a, b) => a - b)[Math.floor(list.length * share)] ?? Number.NaN

const place = mkdtempSync(join(tmpdir(), "headroom-bench-"))
const transcript = join(place, "session.jsonl")
const env = { PATH: place, HOME: place, HEADROOM_HOME: join(place, "home") }
writeFileSync(join(place, "headroom"), "")

const milliseconds = (args: ReadonlyArray<string>, input: string): number => {
  const start = process.hrtime.bigint()
  spawnSync(process.execPath, args, { input, env })
  return Number(process.hrtime.bigint() - start) / 1e6
}

const bare: Array<number> = []
const whole: Array<number> = []
const tools = new Map<string, { outputs: number; replaced: number; before: number; after: number }>()
let results = 0

for (const name of existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".jsonl")) : []) {
  writeFileSync(transcript, "")
  const calls = new Map<unknown, JsonRecord>()
  for (const text of readFileSync(join(folder, name), "utf8")
    .split("\n")
    .filter((line) => line !== "")) {
    const line = JSON.parse(text) as JsonRecord
    const message = isRecord(line["message"]) ? line["message"] : {}
    for (const part of listOf(message["content"]))
      if (isRecord(part) && part["type"] === "tool_use") calls.set(part["id"], part)
    const result = resultOf(line, calls, transcript)
    const event = readHookEvent(result?.event)
    if (result === undefined || event === undefined || event.outputs.length === 0) {
      appendFileSync(transcript, `${text}\n`)
      continue
    }
    const input = JSON.stringify(result.event)
    if (results++ % timed === 0 && existsSync(hook)) {
      bare.push(milliseconds(["-e", "0"], ""))
      whole.push(milliseconds([hook, "claude-code", "--mode", mode], input))
    }
    const answer = await answerTo(input, at)
    const told =
      answer === undefined
        ? undefined
        : (JSON.parse(answer) as { readonly hookSpecificOutput: { readonly updatedToolOutput: unknown } })
    const now =
      told === undefined
        ? event
        : (readHookEvent({ ...result.event, tool_response: told.hookSpecificOutput.updatedToolOutput }) ?? event)
    const tool = event.call.tool.startsWith("mcp__") ? "MCP" : event.call.tool
    const sum = tools.get(tool) ?? { outputs: 0, replaced: 0, before: 0, after: 0 }
    sum.outputs++
    if (answer !== undefined) sum.replaced++
    for (const [i, output] of event.outputs.entries()) {
      sum.before += countTokens(output.text)
      sum.after += countTokens(now.outputs[i]?.text ?? output.text)
    }
    tools.set(tool, sum)
    const content = listOf(message["content"]).map((part) =>
      part === result.part ? rewritten(result.part, event, now) : part
    )
    appendFileSync(transcript, `${JSON.stringify({ ...line, message: { ...message, content } })}\n`)
  }
}
rmSync(place, { recursive: true })

if (tools.size === 0)
  console.log(`no sessions in ${folder}: give a folder of Claude Code's transcripts with --sessions`)
else {
  console.log(`| ${mode} | outputs | replaced | tokens | with the hook | saved |\n|---|--:|--:|--:|--:|--:|`)
  const all = [...tools].sort((a, b) => b[1].before - a[1].before)
  const total = { outputs: 0, replaced: 0, before: 0, after: 0 }
  for (const [, sum] of all)
    for (const key of ["outputs", "replaced", "before", "after"] as const) total[key] += sum[key]
  for (const [tool, { outputs, replaced, before, after }] of [...all, ["in sum", total] as const])
    console.log(
      `| ${tool} | ${outputs} | ${replaced} | ${before} | ${after} | ${((100 * (before - after)) / before).toFixed(1)} % |`
    )
  if (whole.length > 0) {
    const [node, call, most] = [median(bare), median(whole), median(whole, 0.95)]
    console.log(
      `a call as a whole process, median of ${whole.length}: ${call.toFixed(0)} ms (p95 ${most.toFixed(0)}), ${(call / node).toFixed(2)} times \`node -e 0\` (${node.toFixed(0)} ms), ${(call - node).toFixed(0)} ms more`
    )
  }
}

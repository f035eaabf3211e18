/** Laws of the hook's answer, over generated transcripts, outputs of every tool's shape, and values that are no event at all. */
import * as fc from "effect/FastCheck"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { sha256 } from "../src/adapters/originals/content.ts"
import type { DirectStore } from "../src/adapters/originals/direct.ts"
import { answerTo, type Circumstances } from "../src/apps/hook/answer.ts"
import { printHookAnswer, readHookEvent } from "../src/wire/claude-code-hook.ts"
import { refOf } from "../src/domain/digest.ts"
import { refsIn } from "../src/domain/marker.ts"
import { grantReceipt } from "../src/domain/receipt.ts"
import { output } from "./conversations.ts"

const protocol = { read: readHookEvent, print: printHookAnswer }
const folder = mkdtempSync(join(tmpdir(), "headroom-hook-"))
afterAll(() => rmSync(folder, { recursive: true }))
const transcript = join(folder, "transcript.jsonl")

/** A store that remembers what it was given, or fails. */
const storeOf = (kept: Map<string, string>, failing: boolean): DirectStore => ({
  keep: async (originals) =>
    originals.map((original) => {
      if (failing) throw new Error("full")
      const text = String(original)
      const digest = sha256(Buffer.from(text))
      kept.set(refOf(digest), text)
      return grantReceipt(refOf(digest), digest)
    }),
  record: () => {
    if (failing) throw new Error("full")
  },
  close: () => {}
})

/** How each tool tells its output, and where the text stands in it. */
const shapes: ReadonlyArray<
  readonly [tool: string, wrap: (text: string) => unknown, unwrap: (value: never) => string]
> = [
  [
    "Bash",
    (stdout) => ({ stdout, stderr: "e", interrupted: false, isImage: false }),
    (value: { stdout: string }) => value.stdout
  ],
  [
    "Read",
    (content) => ({ type: "text", file: { filePath: "/a", content, numLines: 1, startLine: 1, totalLines: 1 } }),
    (value: { file: { content: string } }) => value.file.content
  ],
  [
    "Grep",
    (content) => ({ mode: "content", numFiles: 0, filenames: [], content }),
    (value: { content: string }) => value.content
  ],
  [
    "WebFetch",
    (result) => ({ bytes: 1, code: 200, codeText: "OK", result, url: "u" }),
    (value: { result: string }) => value.result
  ],
  ["mcp__a__b", (text) => [{ type: "text", text }], (value: [{ text: string }]) => value[0].text]
]

/** The value with every text put to the same, for comparing shapes. */
const shapeOf = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (typeof inner === "string" ? "" : key === "startLine" ? 0 : inner))
  )

const turn = fc.record({ tool: fc.constantFrom(...shapes.map(([tool]) => tool)), text: output })

describe("the hook's answer", () => {
  it("keeps the shape, is no dearer, and every ref in it gives the original", async () => {
    let answers = 0
    let refs = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(turn, { minLength: 1, maxLength: 4 }),
        fc.constantFrom<Circumstances["mode"]>("visible", "offload"),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        async (turns, mode, isRedeemable, failing, again) => {
          const all = again ? [...turns, ...turns.slice(0, 1)] : turns
          const events = all.flatMap(({ tool, text }, i) => [
            {
              uuid: `c${i}`,
              parentUuid: i === 0 ? null : `r${i - 1}`,
              type: "assistant",
              message: {
                role: "assistant",
                content: [{ type: "tool_use", id: `t${i}`, name: tool, input: { command: `run ${i % 3}` } }]
              }
            },
            {
              uuid: `r${i}`,
              parentUuid: `c${i}`,
              type: "user",
              message: { role: "user", content: [{ type: "tool_result", tool_use_id: `t${i}`, content: text }] }
            }
          ])
          writeFileSync(
            transcript,
            events
              .slice(0, -1)
              .map((line) => `${JSON.stringify(line)}\n`)
              .join("")
          )
          const last = all.length - 1
          const { tool, text } = all[last] ?? { tool: "", text: "" }
          const [, wrap, unwrap] = shapes.find(([name]) => name === tool) ?? ["", String, String]
          const kept = new Map<string, string>()
          const input = JSON.stringify({
            hook_event_name: "PostToolUse",
            session_id: "s",
            cwd: "/p",
            transcript_path: transcript,
            tool_use_id: `t${last}`,
            tool_name: tool,
            tool_input: { command: `run ${last % 3}` },
            tool_response: wrap(text)
          })
          const at: Circumstances = {
            protocol,
            mode,
            project: undefined,
            isRedeemable,
            now: 0,
            store: async () => storeOf(kept, failing)
          }
          const answer = await answerTo(input, at)
          expect(await answerTo(input, at)).toBe(answer)
          if (answer === undefined) return
          answers++
          const { hookSpecificOutput } = JSON.parse(answer) as {
            readonly hookSpecificOutput: { readonly updatedToolOutput: never }
          }
          expect(shapeOf(hookSpecificOutput.updatedToolOutput)).toEqual(shapeOf(wrap(text)))
          const view = unwrap(hookSpecificOutput.updatedToolOutput)
          expect(view.length).toBeGreaterThan(0)
          const named = refsIn(view).filter((ref) => !text.includes(ref))
          if (failing || !isRedeemable) expect(named).toEqual([])
          for (const ref of named) expect(kept.get(ref)).toBe(text)
          refs += named.length
        }
      )
    )
    expect(answers).toBeGreaterThan(10)
    expect(refs).toBeGreaterThan(1)
  })

  it("is none for what is no event of ours", async () => {
    const at: Circumstances = {
      protocol,
      mode: "offload",
      project: undefined,
      isRedeemable: true,
      now: 0,
      store: async () => undefined
    }
    const field = fc.oneof(
      fc.constantFrom<unknown>("PostToolUse", "Bash", "Read", "mcp__a__b", transcript, "t0"),
      fc.jsonValue()
    )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.jsonValue(),
          fc.record(
            {
              hook_event_name: fc.constant("PostToolUse"),
              session_id: field,
              tool_name: field,
              tool_input: field,
              tool_response: fc.oneof(
                field,
                fc.record({ stdout: field, file: field, content: field, filenames: field, result: field })
              ),
              tool_use_id: field,
              transcript_path: field
            },
            { requiredKeys: [] }
          )
        ),
        async (value) => {
          const answer = await answerTo(JSON.stringify(value), at)
          if (answer !== undefined)
            expect(JSON.parse(answer)).toHaveProperty("hookSpecificOutput.hookEventName", "PostToolUse")
        }
      )
    )
  })
})

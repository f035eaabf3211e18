/** The hook as an agent starts it: one process an output, events on standard input, a store of its own. */
import { spawnSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundleHook } from "../../../scripts/bundle.ts"
import { layerSqlite } from "../../../src/adapters/originals/sqlite.ts"
import { refsIn } from "../../../src/domain/marker.ts"
import { Originals } from "../../../src/pipeline/ports/originals.ts"
import { retrieve } from "../../../src/pipeline/retrieve.ts"

/** Inside the package, because the bundle finds the store's driver from there. */
const built = fileURLToPath(new URL(`../../../node_modules/.cache/headroom-hook-${process.pid}/`, import.meta.url))
const samples = fileURLToPath(new URL("../../../samples/", import.meta.url))

let folder = ""
let inputs: ReadonlyArray<string> = []
beforeAll(async () => {
  inputs = await bundleHook(built)
  folder = mkdtempSync(join(tmpdir(), "headroom-hook-"))
  mkdirSync(join(folder, "bin"))
  writeFileSync(join(folder, "bin", "headroom"), "")
})
afterAll(() => {
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const run = (
  input: string,
  options: {
    readonly home?: string
    readonly args?: ReadonlyArray<string>
    readonly path?: string
    readonly mode?: string
  } = {}
): Ran => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(built, "hook.cjs"), ...(options.args ?? ["claude-code"])],
    {
      input,
      encoding: "utf8",
      env: {
        PATH: options.path ?? join(folder, "bin"),
        HOME: folder,
        HEADROOM_HOME: join(folder, options.home ?? "home"),
        ...(options.mode === undefined ? {} : { HEADROOM_MODE: options.mode })
      }
    }
  )
  return { code: status, out: stdout, err: stderr }
}

/** A transcript in which `./report` printed the text, and is run again. */
const transcriptWith = (text: string, said?: string): string => {
  const path = join(folder, "transcript.jsonl")
  const call = (id: string) => ({
    role: "assistant",
    content: [{ type: "tool_use", id, name: "Bash", input: { command: "./report" } }]
  })
  const lines = [
    { uuid: "1", parentUuid: null, type: "user", message: { role: "user", content: "is the state of worker 3 bad?" } },
    { uuid: "2", parentUuid: "1", type: "assistant", message: call("t1") },
    {
      uuid: "3",
      parentUuid: "2",
      type: "user",
      message: { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: text }] }
    },
    ...(said === undefined
      ? []
      : [{ uuid: "said", parentUuid: "3", type: "assistant", message: { role: "assistant", content: said } }]),
    { uuid: "4", parentUuid: said === undefined ? "3" : "said", type: "assistant", message: call("t2") }
  ]
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""))
  return path
}

const bash = (stdout: string) => ({ stdout, stderr: "", interrupted: false, isImage: false, noOutputExpected: false })
const event = (response: unknown, tool = "Bash", transcript = "/nonexistent"): string =>
  JSON.stringify({
    session_id: "s",
    transcript_path: transcript,
    cwd: "/project",
    hook_event_name: "PostToolUse",
    tool_name: tool,
    tool_input: { command: "./report", file_path: "/project/report.txt" },
    tool_response: response,
    tool_use_id: "t2"
  })

const stdoutIn = (out: string): string =>
  (JSON.parse(out) as { readonly hookSpecificOutput: { readonly updatedToolOutput: { readonly stdout: string } } })
    .hookSpecificOutput.updatedToolOutput.stdout

const stored = (home: string, ref: string): Promise<string> =>
  Effect.runPromise(
    Effect.provide(
      Effect.map(retrieve(ref), ({ text }) => text),
      layerSqlite({ filename: join(folder, home, "originals.db") })
    )
  )

const report = Array.from(
  { length: 40 },
  (_, i) => `part ${"abcdefghij"[i % 10]}${i} of the report: ${"good bad fair".split(" ")[i % 3]}`
).join("\n")
const rows = JSON.stringify(
  Array.from({ length: 40 }, (_, id) => ({ id, name: `service ${id}`, zone: "eu-central-1" }))
)

describe("the hook, asked by a plugin", () => {
  const asked = (text: string, seen: ReadonlyArray<object> = []): string =>
    JSON.stringify({ session: "s", folder: "/project", tool: "bash", input: { command: "./report" }, text, seen })

  it("answers with the smaller text, and keeps what it only names", async () => {
    const { out } = run(asked(rows), { args: ["plugin"], home: "plugin" })
    expect((JSON.parse(out) as { readonly text: string }).text.length).toBeLessThan(rows.length / 2)
    const seen = [{ tool: "bash", input: { command: "./report" }, text: report }]
    const again = run(asked(report, seen), { args: ["plugin"], home: "plugin" })
    const { text } = JSON.parse(again.out) as { readonly text: string }
    expect(text).toMatch(/^\[lines 1-40 as in bash \.\/report above/)
    expect(await stored("plugin", refsIn(text)[0] ?? "")).toBe(report)
  })

  it("names nothing where the command is not there, whatever another agent has", () => {
    const seen = [{ tool: "bash", input: { command: "./report" }, text: report }]
    const { out } = run(asked(report, seen), { args: ["plugin"], path: "/nonexistent", home: "plugin" })
    expect(out).not.toMatch(/above|headroom retrieve/)
  })

  it.each(["", "{", "[]", "{}", '{"tool":"bash","session":1,"text":"x"}', '{"tool":"bash","session":"s","seen":[1]}'])(
    "says nothing to %j",
    (input) => {
      expect(run(input, { args: ["plugin"], home: "plugin" })).toEqual({ code: 0, out: "", err: "" })
    }
  )
})

describe("the hook", () => {
  it("holds neither the Effect runtime nor a tokenizer", () => {
    expect(inputs.length).toBeGreaterThan(30)
    // What reads pages: 43 kB, two packages without a dependency that is loaded.
    const reader = /node_modules\/(?:htmlparser2|entities)\//
    expect(inputs.filter((path) => path.includes("node_modules") && !reader.test(path))).toEqual([])
  })

  it("answers with the smaller output in the tool's own shape, and records what it saved", async () => {
    const { code, out, err } = run(event(bash(rows)))
    expect([code, err]).toEqual([0, ""])
    const { hookSpecificOutput } = JSON.parse(out) as {
      readonly hookSpecificOutput: { readonly updatedToolOutput: unknown }
    }
    expect(hookSpecificOutput).toMatchObject({
      hookEventName: "PostToolUse",
      updatedToolOutput: { ...bash(""), stdout: expect.any(String) }
    })
    expect(stdoutIn(out).length).toBeLessThan(rows.length / 2)
    const totals = await Effect.runPromise(
      Effect.provide(
        Effect.flatMap(Originals, (originals) => originals.totals({ project: "/project" })),
        layerSqlite({ filename: join(folder, "home", "originals.db") })
      )
    )
    expect(totals).toMatchObject([{ kind: "json", count: 1 }])
  })

  it("names what the transcript shows, with a ref that gives it back", async () => {
    const { out } = run(event(bash(report), "Bash", transcriptWith(report)), { home: "repeats" })
    const view = stdoutIn(out)
    expect(view).toMatch(/^\[lines 1-40 as in Bash \.\/report above/)
    const [ref = ""] = refsIn(view)
    expect(await stored("repeats", ref)).toBe(report)
  })

  it("names nothing above where neither the command nor the tool is there to get it back", () => {
    const { code, out } = run(event(bash(report), "Bash", transcriptWith(report)), {
      home: "unredeemable",
      path: "/nonexistent"
    })
    expect(code).toBe(0)
    expect(out).not.toContain("as in Bash")
    expect(refsIn(out)).toEqual([])
  })

  it("counts a tool of ours in the agent's settings as a way back", () => {
    mkdirSync(join(folder, "with-mcp"))
    writeFileSync(join(folder, "with-mcp", "edits.json"), '{"entries":[{"owner":"mcp/claude-code"}]}')
    const { out } = run(event(bash(report), "Bash", transcriptWith(report)), { home: "with-mcp", path: "/nonexistent" })
    expect(stdoutIn(out)).toContain("as in Bash ./report above")
  })

  it("hides what matters least where it is told to, and keeps what the agent is after", async () => {
    const log = readFileSync(join(samples, "service.log"), "utf8")
    const args = ["claude-code", "--mode", "offload"]
    const { out } = run(event(bash(log)), { home: "offload", args })
    const view = stdoutIn(out)
    const [ref = ""] = refsIn(view)
    expect(view).toMatch(/\[… \d+ of \d+ lines hidden; headroom retrieve /)
    expect(await stored("offload", ref)).toBe(log)
    expect(stdoutIn(run(event(bash(log)), { home: "visible" }).out)).not.toContain("hidden; headroom retrieve")
    expect(stdoutIn(run(event(bash(log)), { home: "by-setting", mode: "offload" }).out)).toContain(
      "hidden; headroom retrieve"
    )
    const wanted = log.match(/\bF\w{16,}\b/g)?.find((id) => !view.includes(id)) ?? ""
    expect(wanted).not.toBe("")
    const after = transcriptWith("ready", `I look for what became of ${wanted}.`)
    expect(stdoutIn(run(event(bash(log), "Bash", after), { home: "asked", args }).out)).toContain(wanted)
  })

  it("lets a file read again be counted from its end", () => {
    const response = {
      type: "text",
      file: { filePath: "/project/report.txt", content: report, numLines: 40, startLine: 11, totalLines: 90 }
    }
    const { out } = run(event(response, "Read", transcriptWith(report)), { home: "read" })
    const { hookSpecificOutput } = JSON.parse(out) as {
      readonly hookSpecificOutput: { readonly updatedToolOutput: unknown }
    }
    expect(hookSpecificOutput.updatedToolOutput).toEqual({
      type: "text",
      file: { ...response.file, startLine: 50, content: expect.stringMatching(/^\[lines 1-40 as in Bash/) }
    })
  })

  it("prints nothing where nothing is gained, and for events that it does not know", () => {
    for (const input of [
      event(bash("short")),
      event(bash("Nothing here is said twice, so that naming, folding and tables have nothing to offer at all.")),
      event({ filePath: "/a" }, "Edit"),
      event([{ type: "text", text: rows }], "SomeNewTool"),
      "{}",
      "[]",
      '{"hook_event_name":"SessionStart"}'
    ])
      expect(run(input), input.slice(0, 60)).toEqual({ code: 0, out: "", err: "" })
  })

  it("keeps its compiled code after a call with an answer, and works with a cache that is none", () => {
    const cache = join(folder, "cached", "cache")
    expect(run(event(bash("short")), { home: "cached" }).code).toBe(0)
    expect(existsSync(cache)).toBe(false)
    const first = run(event(bash(rows)), { home: "cached" })
    const [name = "", ...others] = readdirSync(cache)
    expect([name.startsWith("hook-v"), others]).toEqual([true, []])
    const kept = readFileSync(join(cache, name))
    expect(run(event(bash(rows)), { home: "cached" })).toEqual(first)
    writeFileSync(join(cache, name), kept.subarray(0, 1_000))
    writeFileSync(join(cache, "hook-of-another-version"), "")
    expect(run(event(bash(rows)), { home: "cached" })).toEqual(first)
    expect(readdirSync(cache)).toEqual([name])
    expect(readFileSync(join(cache, name)).length).toBeGreaterThan(10_000)
  })

  it("fails open: garbage in, no store, an unknown agent, mode off", () => {
    for (const input of ["", "{", "\u0000", '"x"', "null"]) expect(run(input)).toEqual({ code: 0, out: "", err: "" })
    expect(run(event(bash(rows)), { args: [] })).toEqual({ code: 0, out: "", err: "" })
    expect(run(event(bash(rows)), { args: ["other-agent"] })).toEqual({ code: 0, out: "", err: "" })
    expect(run(event(bash(rows)), { mode: "off" })).toEqual({ code: 0, out: "", err: "" })
    writeFileSync(join(folder, "no-folder"), "")
    const transcript = transcriptWith(report)
    const blocked = run(event(bash(`${report}\n${rows}`), "Bash", transcript), { home: "no-folder/home" })
    expect([blocked.code, blocked.err]).toEqual([0, ""])
    expect(refsIn(blocked.out)).toEqual([])
    mkdirSync(join(folder, "damaged"))
    writeFileSync(join(folder, "damaged", "originals.db"), "no database, but text of some length".repeat(300))
    const damaged = run(event(bash(rows)), { home: "damaged" })
    expect([damaged.code, damaged.err, stdoutIn(damaged.out).length < rows.length]).toEqual([0, "", true])
  })

  it.skipIf(process.getuid?.() === 0)("fails open where its folder is read-only", () => {
    const home = join(folder, "read-only")
    mkdirSync(home)
    chmodSync(home, 0o500)
    const { code, out, err } = run(event(bash(report), "Bash", transcriptWith(report)), { home: "read-only" })
    expect([code, err, refsIn(out)]).toEqual([0, "", []])
    expect(existsSync(join(home, "originals.db"))).toBe(false)
  })
})

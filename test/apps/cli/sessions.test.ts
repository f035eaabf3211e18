/** `headroom perf` and `headroom bench sessions` as a user runs them, on a home of our own; a socket that is opened ends the process. */
import { execFile } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../../scripts/bundle.ts"

/** Inside the package, because the bundle finds the store's driver from there. */
const built = fileURLToPath(new URL(`../../../node_modules/.cache/headroom-sessions-${process.pid}/`, import.meta.url))
/** What no report may hold. */
const SECRET = "the-contents-of-a-file"

let home = ""
let transcripts = ""

const event = (n: number, role: string, content: unknown, more: object = {}): string =>
  JSON.stringify({
    type: role,
    sessionId: "s1",
    uuid: `u${n}`,
    cwd: "/projects/team/shop",
    // a pause of twenty minutes after the fourth call
    timestamp: new Date(Date.UTC(2026, 2, 1, 10, n > 8 ? n + 20 : n)).toISOString(),
    message: { role, content, ...more }
  })

const rows = (n: number): string =>
  JSON.stringify(
    Array.from({ length: 60 }, (_, id) => ({
      id,
      name: `service-${id}`,
      note: SECRET,
      zone: `zone-${n}`
    })),
    null,
    2
  )

const stepAt = (step: number, output: (step: number) => string = rows): ReadonlyArray<string> => {
  const id = `t${step}`
  const call = { type: "tool_use", id, name: "Bash", input: { command: "kubectl get pods -o json" } }
  return [
    event(2 * step + 1, "assistant", [{ type: "text", text: `step ${step} with service-${step}` }, call], {
      id: `m${step}`,
      model: "claude-opus-5"
    }),
    event(2 * step + 2, "user", [{ type: "tool_result", tool_use_id: id, content: output(step) }])
  ]
}

const transcript = Array.from({ length: 8 }, (_, step) => stepAt(step)).flat()

/** An hour later. */
const later = (line: string): string => {
  const entry = JSON.parse(line) as { readonly timestamp: string }
  return JSON.stringify({ ...entry, timestamp: new Date(Date.parse(entry.timestamp) + 3_600_000).toISOString() })
}

beforeAll(async () => {
  await bundle(built)
  home = mkdtempSync(join(tmpdir(), "headroom-perf-"))
  transcripts = join(home, ".claude", "projects", "-projects-team-shop")
  mkdirSync(transcripts, { recursive: true })
  const end = event(17, "assistant", [{ type: "text", text: "done" }], { id: "m17" })
  writeFileSync(
    join(transcripts, "s1.jsonl"),
    [event(0, "user", "look around"), ...transcript, end, '{"torn'].join("\n")
  )
  writeFileSync(
    join(home, "no-sockets.cjs"),
    'require("node:net").Socket.prototype.connect = () => { process.stderr.write("a socket was opened"); process.exit(99) }'
  )
})
afterAll(() => {
  for (const path of [home, built]) rmSync(path, { recursive: true, force: true })
})

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

const headroom = (args: ReadonlyArray<string>, folder: string = home, mayConnect = false): Promise<Ran> =>
  new Promise((resolve) => {
    const guard = mayConnect ? [] : ["--require", join(home, "no-sockets.cjs")]
    execFile(
      process.execPath,
      [...guard, join(built, "headroom.js"), ...args],
      {
        cwd: home,
        env: { PATH: process.env["PATH"] ?? "", HOME: folder, HEADROOM_HOME: join(home, "headroom"), NO_COLOR: "1" },
        maxBuffer: 2 ** 26
      },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err })
    )
  })

describe("headroom perf", () => {
  it("shows what the agents of this machine would have been spared, and writes a page that stands by itself", async () => {
    const page = join(home, "report.html")
    const { code, out } = await headroom(["perf", "--html", page])
    expect(code).toBe(0)
    expect(out).toMatch(/^1 session, 9 calls of claude-code, 2026-03-01/)
    expect(out).toMatch(/team\/shop +1 +9 /)
    expect(out).toMatch(/kubectl get +8 /)
    expect(out).toMatch(/Pauses that emptied the cache: 1;/)
    expect(out).toMatch(/five minutes +\$[\d.]+ .*in use/)
    expect(out).not.toContain("Nothing to gain")
    const html = readFileSync(page, "utf8")
    expect(html).toMatch(/^<!doctype html>/)
    expect(html.match(/<svg/g)?.length).toBeGreaterThan(3)
    expect(html).toContain("prefers-color-scheme: dark")
    expect(html).not.toMatch(/https?:|<script|<link|@import|url\(/)
    for (const report of [out, html])
      for (const said of [SECRET, "look around", "service-4"]) expect(report).not.toContain(said)
  })

  it("prints one JSON object", async () => {
    const { out } = await headroom(["perf", transcripts, "--json"])
    const report = JSON.parse(out) as Record<string, never>
    expect(report).toMatchObject({ sessions: 1, calls: 9, gain: true, unread: 0, lifetimeInUse: "five-minutes" })
    expect(out).not.toContain(SECRET)
    expect(out.trim().split("\n")).toHaveLength(1)
  })

  it("shows what fading would change where it is asked to, in each form, and measures nothing twice", async () => {
    const page = join(home, "fading.html")
    const plain = JSON.parse((await headroom(["perf", transcripts, "--json"])).out)
    const { out } = await headroom(["perf", transcripts, "--fading", "--json", "--html", page])
    const { fadings, ...rest } = JSON.parse(out) as { readonly fadings: ReadonlyArray<Record<string, unknown>> }
    expect(plain).toEqual({ ...rest, fadings: [] })
    expect(fadings.map(({ choice }) => choice)).toEqual(["visible", "off", "safe", "strong"])
    for (const { net, dollars, recall } of fadings) {
      expect(net).toBeGreaterThan(0)
      expect(dollars).toBeGreaterThan(0)
      expect(recall).toBeLessThanOrEqual(1)
    }
    expect(fadings[0]).toMatchObject({ recall: 1, births: 0 })
    const text = (await headroom(["perf", transcripts, "--fading"])).out
    expect(text).toMatch(/What fading would change[\s\S]*nothing hidden \(visible\) +[\d.]+ % +\$[\d.]+ +100\.0 % +0 /)
    expect(text).toMatch(/offload, --fade strong +[\d.]+ %/)
    const html = readFileSync(page, "utf8")
    expect(html).toContain("What fading would change")
    for (const report of [out, text, html]) expect(report).not.toContain(SECRET)
  })

  it("says so where there is nothing, or nothing to gain", async () => {
    const empty = mkdtempSync(join(home, "empty-"))
    expect(await headroom(["perf"], empty)).toMatchObject({
      code: 0,
      out: expect.stringContaining("nothing to gain here")
    })
    const small = join(empty, "small.jsonl")
    writeFileSync(
      small,
      [
        event(0, "user", "hello"),
        event(1, "assistant", [{ type: "text", text: "hello" }]),
        event(2, "user", "bye")
      ].join("\n")
    )
    expect((await headroom(["perf", small])).out).toContain("Nothing to gain here")
    expect((await headroom(["perf", transcripts, "--since", "2999-01-01"])).out).toContain("since 2999-01-01")
  })

  it("names what it cannot take", async () => {
    expect(await headroom(["perf", join(home, "nowhere")])).toMatchObject({
      code: 1,
      err: expect.stringContaining(`${join(home, "nowhere")}: no such file or folder`)
    })
    expect(await headroom(["perf", "--since", "lately"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("--since lately")
    })
  })
})

describe("headroom eval", () => {
  it("finds every needle again, and every answer of a question set", async () => {
    const set = join(home, "problems.jsonl")
    const problem = (at: number) => ({
      question: `Ann has ${at} apples and buys 4. How many?`,
      answer: `#### ${at + 4}`
    })
    writeFileSync(set, Array.from({ length: 80 }, (_, at) => JSON.stringify(problem(at))).join("\n"))
    const ran = await headroom(["eval", set, "--limit", "24"])
    expect(ran).toMatchObject({ code: 0, err: "" })
    expect(ran.out).toMatch(/^needles +24 /m)
    expect(ran.out).toMatch(/^problems +24 /m)
    expect(ran.out).toContain("nothing is lost: ")
    const { out } = await headroom(["eval", set, "--only", "problems", "--limit", "3", "--json"])
    expect(JSON.parse(out)).toMatchObject({ keep: 0.3, sets: [{ name: "problems", lost: [] }], answers: [] })
  })

  it("names what it cannot take", async () => {
    const wrong = async (...args: ReadonlyArray<string>) => {
      const { code, err } = await headroom(["eval", ...args])
      return `${code} ${err}`
    }
    expect(await wrong(join(home, "nowhere"))).toContain(`1 headroom: ${join(home, "nowhere")}: no such file or folder`)
    expect(await wrong("--keep", "0")).toContain("2 headroom: --keep 0: give whole percent")
    expect(await wrong("--limit", "x")).toContain("2 headroom: --limit x: give a whole number")
    expect(await wrong("--llm", "nowhere")).toContain("2 headroom: --llm nowhere: give the base address")
    expect(await wrong("--llm", "http://127.0.0.1:9/v1")).toContain("give --model NAME too")
    expect(await wrong("--only", "none")).toContain(
      '1 headroom: no question set\'s name holds "none"; there are needles'
    )
  })
})

describe("headroom bench sessions", () => {
  it("replays what was recorded and tells what it came to", async () => {
    const out = join(home, "requests")
    const ran = await headroom(["bench", "sessions", transcripts, "--emit", out])
    expect(ran.code).toBe(0)
    expect(ran.out).toMatch(/^s1 {2}9 calls, [\d,]+ → [\d,]+ tokens .*with pauses [\d.]+ \(1\) {2}recall (\d+)\/\1 /)
    for (const name of ["headroom, visible", "oracle", "head and tail, 8 kB", "head and tail, 2 kB"])
      expect(ran.out).toMatch(new RegExp(`^${name} +1 .* stable$`, "m"))
    const requests = readdirSync(join(out, "s1")).map(
      (file) => JSON.parse(readFileSync(join(out, "s1", file), "utf8")) as { readonly messages: ReadonlyArray<unknown> }
    )
    expect(requests.map((request) => request.messages.length)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17])
    requests.forEach((request, call) =>
      expect(requests[call + 1]?.messages.slice(0, request.messages.length) ?? request.messages).toEqual(
        request.messages
      )
    )
  })

  it("pauses as often as it is told to, and prints one JSON object", async () => {
    const { out } = await headroom(["bench", "sessions", transcripts, "--pause-every", "2", "--json"])
    const report = JSON.parse(out) as {
      readonly sessions: ReadonlyArray<{ readonly id: string; readonly pauses: number; readonly net: number }>
      readonly totals: Readonly<Record<string, object>>
    }
    expect(report.sessions).toMatchObject([{ id: "s1", calls: 9, pauses: 4, isPrefixStable: true }])
    expect(Object.keys(report.totals)).toContain("oracle")
    expect(out).not.toContain(SECRET)
  })

  it("lets histories fade, and sends over the wire what the replay in process sends", async () => {
    const folder = mkdtempSync(join(home, "long-"))
    const words = "cold river stone under quiet amber field while north paper seldom orange candle".split(" ")
    const prose = (step: number): string =>
      Array.from({ length: 60 }, (_, line) =>
        words
          .map((_word, at) => words[((line * line * 31 + line * at * 7 + at * at * 5 + step * 17) % 211) % 13])
          .join(" ")
      ).join("\n")
    const steps = Array.from({ length: 16 }, (_, step) => stepAt(step, prose)).flat()
    const lines = [event(0, "user", "look around"), ...steps, event(33, "assistant", [{ type: "text", text: "done" }])]
    writeFileSync(join(folder, "s1.jsonl"), lines.map((line, at) => (at < 24 ? line : later(line))).join("\n"))
    const flags = ["bench", "sessions", folder, "--mode", "offload", "--fade", "strong", "--json"]
    const [inProcess, overTheWire] = (
      await Promise.all([headroom(flags), headroom([...flags, "--proxy"], home, true)])
    ).map(({ out }) => JSON.parse(out) as { readonly sessions: ReadonlyArray<{ readonly births: number }> })
    expect(inProcess?.sessions).toMatchObject([{ isPrefixStable: true, calls: 17 }])
    expect(inProcess?.sessions[0]?.births).toBeGreaterThan(0)
    expect(overTheWire?.sessions).toEqual(inProcess?.sessions)
    const [offload, visible] = await Promise.all(
      ["offload", "visible"].map((mode) => headroom(["bench", "sessions", folder, "--mode", mode]))
    )
    expect(offload?.out).toContain("headroom, offload, safe fading")
    expect(visible?.out).not.toContain("fading")
  })

  it("names what it cannot take", async () => {
    expect(await headroom(["bench", "sessions", transcripts, "--fade", "safe"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("--mode offload")
    })
    expect(await headroom(["bench", "sessions", transcripts, "--pause-every", "0"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("--pause-every 0")
    })
    expect(await headroom(["bench", "sessions", join(home, "nowhere")])).toMatchObject({ code: 1 })
    const empty = mkdtempSync(join(home, "none-"))
    expect((await headroom(["bench", "sessions", empty])).err).toContain("no session with tool output worth a replay")
    expect(existsSync(join(home, "headroom"))).toBe(false)
  })
})

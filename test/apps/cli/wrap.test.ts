/** `headroom wrap` with stub agents: what their processes are given, where their requests arrive, and what is left when anything dies. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
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
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../../scripts/bundle.ts"
import { agents } from "../../../src/adapters/agents/registry.ts"
import { readRecords } from "../../../src/adapters/proxies/record.ts"
import { refsIn } from "../../../src/domain/marker.ts"
import { BODIES, ROWS } from "../../fixtures/conversations.ts"
import { scriptedAnswer } from "../../fixtures/scripted-vendor.ts"
import type { StubOrder } from "../../fixtures/stub-agent.ts"

/** Inside the package, because the bundle finds the store's driver from there. */
const built = fileURLToPath(new URL(`../../../node_modules/.cache/headroom-wrap-${process.pid}/`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "headroom-wrap-"))
const bin = join(folder, "bin")

const seen: Array<{ readonly url: string; readonly body: string; readonly fields: ReadonlyArray<string> }> = []
const vendorServer = createServer((incoming, response) => {
  const chunks: Array<Buffer> = []
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
  incoming.on("end", () => {
    const { rawHeaders, url = "" } = incoming
    const body = Buffer.concat(chunks).toString()
    seen.push({ url, body, fields: rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()) })
    const { type, body: answer } = scriptedAnswer(url.replace(/^\/gateway/, ""), body, { _tag: "Text", text: "done" })
    response.writeHead(200, { "content-type": type }).end(answer)
  })
})
let vendor = ""

beforeAll(async () => {
  await bundle(built)
  mkdirSync(bin)
  await build({
    entryPoints: [fileURLToPath(new URL("../../fixtures/stub-agent.ts", import.meta.url))],
    outfile: join(folder, "stub.mjs"),
    platform: "node",
    format: "esm",
    logLevel: "error"
  })
  for (const { program } of agents) {
    if (program === undefined) continue
    writeFileSync(join(bin, program), `#!/bin/sh\nexec '${process.execPath}' '${join(folder, "stub.mjs")}' "$@"\n`)
    chmodSync(join(bin, program), 0o755)
  }
  await new Promise<void>((resolve) => vendorServer.listen(0, "127.0.0.1", resolve))
  vendor = `http://127.0.0.1:${(vendorServer.address() as AddressInfo).port}`
})
afterAll(() => {
  vendorServer.closeAllConnections()
  vendorServer.close()
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

const children: Array<ChildProcessWithoutNullStreams> = []
const homes: Array<string> = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL")
  for (const home of homes.splice(0))
    for (const { pid } of proxiesIn(home)) if (pid !== process.pid) process.kill(pid, "SIGKILL")
  seen.splice(0)
})

let count = 0
const newHome = (): string => {
  const home = join(folder, `home ${count++}`)
  mkdirSync(home)
  homes.push(home)
  return home
}

interface Told {
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  readonly pid: number
}

const NOTHING: Told = { args: [], env: {}, pid: 0 }

interface Run {
  readonly child: ChildProcessWithoutNullStreams
  readonly out: () => string
  readonly err: () => string
  readonly ended: Promise<number | string | null>
  /** What the stub told of itself. */
  readonly told: () => Told | undefined
  readonly asked: () => ReadonlyArray<{ readonly url: string; readonly status: number }>
}

const start = (
  home: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
  order: StubOrder = {}
): Run => {
  const log = join(home, `stub ${count++}`)
  const targets = { ANTHROPIC_TARGET_API_URL: vendor, OPENAI_TARGET_API_URL: vendor, GEMINI_TARGET_API_URL: vendor }
  const child = spawn(process.execPath, [join(built, "headroom.js"), ...args], {
    cwd: home,
    env: {
      PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
      HOME: home,
      HEADROOM_HOME: join(home, "kept"),
      HEADROOM_PORT: "0",
      STUB: JSON.stringify(order),
      STUB_LOG: log,
      ...targets,
      ...env
    }
  })
  children.push(child)
  let out = ""
  let err = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text))
  const lines = (): ReadonlyArray<object> =>
    existsSync(log)
      ? readFileSync(log, "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line) as object)
      : []
  return {
    child,
    out: () => out,
    err: () => err,
    ended: new Promise((resolve) => child.on("close", (code, signal) => resolve(code ?? signal))),
    told: () => lines()[0] as Told | undefined,
    asked: () => lines().slice(1) as ReadonlyArray<{ readonly url: string; readonly status: number }>
  }
}

const until = async <A>(look: () => A | undefined | false, what: string): Promise<A> => {
  for (let i = 0; i < 1500; i++) {
    const found = look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`waited in vain for ${what}`)
}

const proxiesIn = (home: string) => readRecords(join(home, "kept"))
const noProxy = (home: string) => until(() => proxiesIn(home).length === 0, "the end of the proxy")

type Body = keyof typeof BODIES

/** Where each agent's documentation says that it reads an address, and what it appends to it. */
const WAYS: ReadonlyArray<readonly [agent: string, base: string, path: string, body: Body, arrives: string]> = [
  ["claude", "ANTHROPIC_BASE_URL", "/v1/messages?beta=true", "messages", "/v1/messages?beta=true"],
  ["codex", "openai_base_url", "/responses", "responses", "/v1/responses"],
  ["opencode", "OPENCODE_CONFIG_CONTENT/provider/anthropic/options/baseURL", "/messages", "messages", "/v1/messages"],
  ["opencode", "OPENCODE_CONFIG_CONTENT/provider/openai/options/baseURL", "/responses", "responses", "/v1/responses"],
  [
    "opencode",
    "OPENCODE_CONFIG_CONTENT/provider/google/options/baseURL",
    "/models/g:generateContent",
    "contents",
    "/v1beta/models/g:generateContent"
  ],
  ["pi", "HEADROOM_PI/routes/anthropic", "/v1/messages", "messages", "/v1/messages"],
  ["pi", "HEADROOM_PI/routes/openai", "/responses", "responses", "/v1/responses"],
  ["pi", "HEADROOM_PI/routes/google", "/models/g:generateContent", "contents", "/v1beta/models/g:generateContent"],
  [
    "gemini",
    "GOOGLE_GEMINI_BASE_URL",
    "/v1beta/models/g:generateContent",
    "contents",
    "/v1beta/models/g:generateContent"
  ],
  ["goose", "ANTHROPIC_HOST", "/v1/messages", "messages", "/v1/messages"],
  ["goose", "OPENAI_HOST", "/v1/chat/completions", "chat", "/v1/chat/completions"],
  ["goose", "GOOGLE_HOST", "/v1beta/models/g:generateContent", "contents", "/v1beta/models/g:generateContent"],
  ["aider", "OPENAI_API_BASE", "/chat/completions", "chat", "/v1/chat/completions"],
  ["aider", "ANTHROPIC_API_BASE", "/v1/messages", "messages", "/v1/messages"],
  ["qwen", "OPENAI_BASE_URL", "/chat/completions", "chat", "/v1/chat/completions"],
  ["crush", "ANTHROPIC_API_ENDPOINT", "/v1/messages", "messages", "/v1/messages"],
  ["crush", "OPENAI_API_ENDPOINT", "/chat/completions", "chat", "/v1/chat/completions"],
  ["openhands", "LLM_BASE_URL", "/chat/completions", "chat", "/v1/chat/completions"],
  ["mini-swe-agent", "OPENAI_API_BASE", "/chat/completions", "chat", "/v1/chat/completions"]
]

describe("wrap leads", () => {
  const home = join(folder, "shared")
  beforeAll(async () => {
    mkdirSync(home)
    // keeps one proxy for all that follow
    await until(start(home, ["wrap", "gemini"], {}, { signal: "SIGTERM" }).told, "the first agent")
    children.splice(0)
  })
  afterAll(() => {
    for (const { pid } of proxiesIn(home)) process.kill(pid, "SIGKILL")
  })

  it.each(WAYS)("%s by %s, and its request arrives smaller at its path", async (agent, base, path, body, arrives) => {
    const run = start(home, ["wrap", agent, "--", "do", "it"], {}, { base, paths: [path], body: BODIES[body], code: 7 })
    expect([await run.ended, run.asked().map(({ status }) => status)], run.err()).toEqual([7, [200]])
    expect(run.told()?.args.slice(-2)).toEqual(["do", "it"])
    const [one, ...more] = seen
    expect([one?.url, more.length]).toEqual([arrives, 0])
    expect(one?.body).toContain("service 41")
    expect(one?.body.length).toBeLessThan(BODIES[body].length - ROWS.length / 2)
    expect(one?.fields.filter((name) => name.startsWith("x-headroom"))).toEqual([])
    expect(run.out()).toBe("")
    expect(run.err()).toMatch(
      /^headroom: [\w-]+: 1 request, [\d,]+ → [\d,]+ tokens, \d\d % less(?:; \$[\d.]+ of \$[\d.]+ saved, net)?\n$/
    )
    expect(readdirSync(home).filter((name) => !/^stub|^kept/.test(name))).toEqual([])
  })

  it("every agent that its process leads is in the table above, or tested below", () => {
    const led = agents.flatMap(({ name, route }) => (route._tag === "Process" ? [name] : []))
    expect([...new Set([...WAYS.map(([agent]) => agent), "copilot", "kimi"])].toSorted()).toEqual(led.toSorted())
  })

  it("kimi and Copilot CLI to the providers that their users have chosen", async () => {
    const home = newHome()
    const order = { base: "KIMI_BASE_URL", paths: ["/chat/completions"], body: BODIES.chat }
    await start(home, ["wrap", "kimi"], { KIMI_BASE_URL: `${vendor}/gateway/v1` }, order).ended
    const own = { base: "COPILOT_PROVIDER_BASE_URL", paths: ["/v1/messages"], body: BODIES.messages }
    const named = { COPILOT_PROVIDER_BASE_URL: `${vendor}/gateway`, COPILOT_PROVIDER_TYPE: "anthropic" }
    await start(home, ["wrap", "copilot"], named, own).ended
    expect(seen.map(({ url }) => url)).toEqual(["/gateway/v1/chat/completions", "/gateway/v1/messages"])
  })

  it("keeps what the client can, and promises the command that views name", async () => {
    const home = newHome()
    const run = start(home, ["wrap", "claude", "--cache-ttl", "1h", "--mode", "offload"])
    await run.ended
    const { args, env } = run.told() ?? NOTHING
    expect(env).toMatchObject({ ENABLE_TOOL_SEARCH: "true", ENABLE_PROMPT_CACHING_1H: "1" })
    expect(args).toEqual(["--settings", '{"permissions":{"allow":["Bash(headroom retrieve:*)"]}}'])
    expect(existsSync(join((env["PATH"] ?? "").split(delimiter)[0] ?? "", "headroom"))).toBe(true)
    expect(run.err()).toContain("no request of claude came by the proxy")
    const kept = start(home, ["wrap", "claude"], { ENABLE_TOOL_SEARCH: "auto:5" })
    await kept.ended
    expect(kept.told()?.env["ENABLE_TOOL_SEARCH"]).toBe("auto:5")
  })

  it("chooses a cache's lifetime by the pauses in the agent's own sessions, and asks the proxy for what is its own", async () => {
    const home = newHome()
    const sessions = join(home, ".claude", "projects", "shop")
    mkdirSync(sessions, { recursive: true })
    const entry = (minute: number, role: string, content: unknown, more: object = {}): string =>
      JSON.stringify({
        type: role,
        sessionId: "s",
        uuid: `u${minute}-${role}`,
        timestamp: new Date(Date.now() - 86_400_000 + minute * 60_000).toISOString(),
        message: { role, content, ...more }
      })
    const lines = Array.from({ length: 8 }, (_, turn) => [
      entry(turn * 30, "user", [{ type: "text", text: `turn ${turn}` }]),
      entry(turn * 30 + 1, "assistant", [{ type: "text", text: "done" }], {
        id: `m${turn}`,
        model: "claude-opus-5",
        usage: { input_tokens: 5, cache_creation_input_tokens: 40_000 + turn * 500, output_tokens: 9 }
      })
    ])
    const plan = ["--cache-ttl", "auto", "--fade", "safe", "--keep-warm", "--dry-run", "--json"]
    const none = start(home, ["wrap", "claude", ...plan])
    await none.ended
    expect(JSON.parse(none.out()).environment).not.toHaveProperty("ENABLE_PROMPT_CACHING_1H")
    expect(none.err()).toContain("no session to choose")
    writeFileSync(join(sessions, "s.jsonl"), lines.flat().join("\n"))
    const own = start(home, ["wrap", "claude", ...plan])
    await own.ended
    expect(JSON.parse(own.out())).toMatchObject({
      settings: { HEADROOM_FADE: "safe", HEADROOM_KEEP_WARM: "1" },
      environment: { ENABLE_PROMPT_CACHING_1H: "1" }
    })
    expect(JSON.parse(own.out()).settings).not.toHaveProperty("HEADROOM_CACHE_TTL")
    expect(own.err()).toContain("by your pauses in 1 session a cache of an hour is cheapest")
    const other = start(home, ["wrap", "aider", ...plan])
    await other.ended
    expect(JSON.parse(other.out()).settings).toEqual({
      HEADROOM_FADE: "safe",
      HEADROOM_CACHE_TTL: "auto",
      HEADROOM_KEEP_WARM: "1"
    })
  })

  it("says so where a proxy that runs has other settings, and starts one of its own", async () => {
    const home = newHome()
    const first = start(home, ["wrap", "claude"], {}, { signal: "SIGTERM" })
    const running = await until(() => proxiesIn(home)[0], "the first proxy")
    const port = new URL(running.address).port
    const second = start(home, ["wrap", "claude", "--cache-ttl", "auto", "--keep-warm"], { HEADROOM_PORT: port })
    expect(await second.ended).toBe(0)
    const said = second
      .err()
      .split("\n")
      .filter((line) => line.includes("has other settings"))
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(running.address)
    first.child.kill("SIGTERM")
    await first.ended
    await noProxy(home)
  })

  it("hides only what the agent can get back: by its shell, by our tool, or not at all", async () => {
    const home = newHome()
    const log = Array.from(
      { length: 400 },
      (_, i) =>
        `2026-01-01T00:00:${String(i % 60).padStart(2, "0")}Z INFO step ${i} of ${(i * 7919) % 10_007} took ${(i * 31) % 997} units`
    )
    const bodyOf = (attempt: number): string =>
      JSON.stringify({
        model: "claude-sonnet-4-5",
        messages: [
          { role: "user", content: `go ${attempt}` },
          { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Bash", input: { command: "make it" } }] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: log.join("\n") }] }
        ]
      })
    const order = { base: "ANTHROPIC_BASE_URL", paths: ["/v1/messages"] }
    let ref: string | undefined
    // a decision over its deadline leaves an output as it came
    for (let attempt = 0; ref === undefined && attempt < 4; attempt++) {
      const hiding = start(home, ["wrap", "claude", "--mode", "offload"], {}, { ...order, body: bodyOf(attempt) })
      expect(await hiding.ended).toBe(0)
      ref = refsIn(seen.at(-1)?.body ?? "")[0]
    }
    expect(ref).toBeDefined()
    const before = seen.length
    const again = start(
      home,
      ["wrap", "claude", "--mode", "offload"],
      {},
      { shell: `headroom retrieve ${ref} --lines 170-172` }
    )
    expect(await again.ended).toBe(0)
    expect(again.asked()).toEqual([{ url: `${log.slice(169, 172).join("\n")}\n`, status: 0 }])
    // no shell that runs it, no tool of ours in the request
    const aider = { ...order, base: "ANTHROPIC_API_BASE", body: bodyOf(9) }
    expect(await start(home, ["wrap", "aider", "--mode", "offload"], {}, aider).ended).toBe(0)
    expect(refsIn(seen.at(-1)?.body ?? "")).toEqual([])
    expect(seen.length).toBe(before + 1)
  })

  it("past settings that would come first, with the user's own `--settings`", async () => {
    const home = newHome()
    mkdirSync(join(home, ".claude"))
    const settings = `{ "env": { "ANTHROPIC_BASE_URL": "${vendor}/gateway" } } // mine\n`
    writeFileSync(join(home, ".claude", "settings.json"), settings)
    const order = { base: "ANTHROPIC_BASE_URL", paths: ["/v1/messages"], body: BODIES.messages }
    const run = start(home, ["wrap", "claude", "--", "--settings", '{"model":"opus","env":{"A":"1"}}', "-p"], {}, order)
    expect(await run.ended).toBe(0)
    const { args, env } = run.told() ?? NOTHING
    expect(JSON.parse(args[1] ?? "")).toEqual({
      model: "opus",
      env: { A: "1", ANTHROPIC_BASE_URL: env["ANTHROPIC_BASE_URL"] }
    })
    expect(args[2]).toBe("-p")
    expect(seen.map(({ url }) => url)).toEqual(["/gateway/v1/messages"])
    expect(readFileSync(join(home, ".claude", "settings.json"), "utf8")).toBe(settings)
  })

  it("Codex by its own provider, profile and login", async () => {
    const home = newHome()
    mkdirSync(join(home, ".codex"))
    const config = `model_provider = "corp" # ours\n[model_providers.corp]\nname = "corp"\nbase_url = "${vendor}/gateway/v1"\n[profiles.other]\nmodel_provider = "openai"\n`
    writeFileSync(join(home, ".codex", "config.toml"), config)
    const order = { base: "model_providers.corp.base_url", paths: ["/responses"], body: BODIES.responses }
    await start(home, ["wrap", "codex"], {}, order).ended
    expect(seen.map(({ url }) => url)).toEqual(["/gateway/v1/responses"])
    const other = start(home, ["wrap", "codex", "--", "-p", "other"])
    await other.ended
    expect(other.told()?.args[1]).toMatch(/^openai_base_url="http:\/\/127\.0\.0\.1:\d+\/wrap\/[0-9a-f]{12}\/v1"$/)
    writeFileSync(join(home, ".codex", "auth.json"), '{"auth_mode":"chatgpt","tokens":{"access_token":"x"}}')
    const login = start(home, ["wrap", "codex", "--dry-run", "--json", "--", "-p", "other"])
    await login.ended
    expect(JSON.parse(login.out())).toMatchObject({
      upstreams: { OPENAI_TARGET_API_URL: "https://chatgpt.com/backend-api/codex" },
      command: [join(bin, "codex"), "-c", expect.stringMatching(/^openai_base_url=".*RUN"$/), "-p", "other"]
    })
    expect(readFileSync(join(home, ".codex", "config.toml"), "utf8")).toBe(config)
  })
})

describe("wrap refuses", () => {
  it.each<readonly [string, ReadonlyArray<string>, Readonly<Record<string, string>>, RegExp, number]>([
    ["an unknown agent", ["nobody"], {}, /unknown agent "nobody"; there are claude, codex/, 2],
    ["one that has no way", ["amp"], {}, /^headroom: Amp: .*headroom run/, 1],
    ["a subscription that cannot be led", ["copilot"], {}, /GitHub's own servers.*COPILOT_PROVIDER_BASE_URL/, 1],
    ["signed requests", ["claude"], { CLAUDE_CODE_USE_BEDROCK: "1" }, /signed for their address.*--no-proxy/, 1],
    ["an address that is none", ["qwen"], { OPENAI_BASE_URL: "ftp://x" }, /"ftp:\/\/x" is none of http or https/, 1],
    ["a login in an address", ["qwen"], { OPENAI_BASE_URL: "http://u:secret@h/v1" }, /http:\/\/h\/v1 holds a login/, 1],
    ["a hook where there is none", ["aider", "--hook"], {}, /no hook/, 2],
    ["the agent's own among ours", ["claude", "-p", "hi"], {}, /-p is no option of wrap; .* behind --/, 2],
    ["a value that is missing", ["claude", "--port"], {}, /--port needs a value/, 2]
  ])("%s, in one line", async (_, args, env, line, code) => {
    const run = start(newHome(), ["wrap", ...args], env)
    expect(await run.ended).toBe(code)
    expect(run.err()).toMatch(line)
    expect(run.err()).not.toContain("secret")
    expect(run.err().split("\n").length).toBe(2)
    expect(run.told()).toBeUndefined()
  })

  it("to start what is not there, as a shell would", async () => {
    const home = newHome()
    const run = start(home, ["wrap", "claude"], { PATH: dirname(process.execPath) })
    expect([await run.ended, run.err()]).toEqual([127, "headroom: claude: no such command on your PATH\n"])
  })
})

describe("a wrapped agent", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("gets %s, and its exit code is kept", async (signal) => {
    const home = newHome()
    const run = start(home, ["wrap", "claude"], {}, { signal })
    await until(run.told, "the agent")
    run.child.kill(signal)
    expect(await run.ended).toBe(40)
  })

  const slow = (paths: number): StubOrder => ({
    base: "ANTHROPIC_BASE_URL",
    paths: Array.from({ length: paths }, () => "/v1/messages"),
    body: BODIES.messages,
    pauseMs: 400
  })

  it("shares its proxy, which the last one out ends, and is told its own sum", async () => {
    const home = newHome()
    const first = start(home, ["wrap", "claude"], {}, slow(12))
    const [proxy] = await until(() => (proxiesIn(home).length > 0 ? proxiesIn(home) : undefined), "a proxy")
    await until(() => first.asked().length > 0, "a request")
    const second = start(home, ["wrap", "claude"], {}, slow(2))
    expect(await second.ended).toBe(0)
    expect(second.err()).toContain("claude: 2 requests")
    expect(proxiesIn(home)).toEqual([proxy])
    expect(await first.ended).toBe(0)
    expect(first.err()).toContain("claude: 12 requests")
    await noProxy(home)
  })

  it("starts one proxy, though two start at once on the usual port", async () => {
    const home = newHome()
    const free = createServer()
    await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve))
    const port = String((free.address() as AddressInfo).port)
    await new Promise((resolve) => free.close(resolve))
    const runs = [1, 2, 3].map(() => start(home, ["wrap", "claude", "--port", port], {}, slow(6)))
    await until(() => runs.every((run) => run.asked().length > 0), "requests")
    expect(proxiesIn(home).map(({ address }) => address)).toEqual([`http://127.0.0.1:${port}`])
    expect(await Promise.all(runs.map((run) => run.ended))).toEqual([0, 0, 0])
    await noProxy(home)
  })

  it("goes on when its wrap is killed, and the proxy with it, as long as it lives", async () => {
    const home = newHome()
    const run = start(home, ["wrap", "claude"], {}, slow(12))
    await until(() => run.asked().length > 1, "requests")
    run.child.kill("SIGKILL")
    await until(() => run.asked().length === 12, "the agent's end")
    expect(run.asked().map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200))
    await noProxy(home)
  })

  it("finds another proxy at the same place when its own is killed", async () => {
    const home = newHome()
    const run = start(home, ["wrap", "claude"], {}, slow(20))
    await until(() => run.asked().length > 0, "a request")
    const [killed] = proxiesIn(home)
    process.kill(killed?.pid ?? 0, "SIGKILL")
    expect(await run.ended).toBe(0)
    expect(run.asked().at(-1)?.status).toBe(200)
    expect(run.err()).toMatch(/^headroom: claude: \d+ requests/)
    await noProxy(home)
  })

  it("finds it with the others that shared it", async () => {
    const home = newHome()
    const runs = [1, 2].map(() => start(home, ["wrap", "claude"], {}, slow(24)))
    await until(() => runs.every((run) => run.asked().length > 0), "requests")
    for (const { pid } of proxiesIn(home)) process.kill(pid, "SIGKILL")
    expect(await Promise.all(runs.map((run) => run.ended))).toEqual([0, 0])
    expect(runs.map((run) => run.asked().at(-1)?.status)).toEqual([200, 200])
    expect(runs.map((run) => run.err().split("\n").length)).toEqual([2, 2])
    await noProxy(home)
  })

  it("does not start where its folder cannot be used, and says so", async () => {
    const home = newHome()
    writeFileSync(join(home, "file"), "")
    const run = start(home, ["wrap", "claude"], { HEADROOM_HOME: join(home, "file") })
    expect(await run.ended).toBe(1)
    expect(run.err()).toMatch(/^headroom: .*file: .*\n$/)
    expect(run.told()).toBeUndefined()
  })

  it("is never led to what another listens with, whatever that says of itself", async () => {
    const home = newHome()
    const asked: Array<string> = []
    const impostor = createServer((incoming, response) => {
      asked.push(`${incoming.method} ${incoming.url}`)
      response.end(
        JSON.stringify({
          status: "ok",
          service: "headroom",
          version: "0.1.0",
          pid: process.pid,
          nonce: null,
          proof: "x"
        })
      )
    })
    await new Promise<void>((resolve) => impostor.listen(0, "127.0.0.1", resolve))
    const { port } = impostor.address() as AddressInfo
    // a record that it could have read of a proxy that is gone, its process number taken
    mkdirSync(join(home, "kept", "proxies"), { recursive: true })
    const record = {
      pid: process.pid,
      version: "0.1.0",
      address: `http://127.0.0.1:${port}`,
      secret: "s",
      key: "k",
      isLeased: true
    }
    writeFileSync(join(home, "kept", "proxies", `${process.pid}.json`), JSON.stringify(record))
    const run = start(home, ["wrap", "claude", "--port", String(port)], {}, slow(1))
    expect(await run.ended).toBe(0)
    expect([...new Set(asked)]).toEqual(["GET /livez"])
    expect(run.asked().map(({ status }) => status)).toEqual([200])
    expect(run.asked()[0]?.url).not.toContain(`:${port}/`)
    impostor.closeAllConnections()
    impostor.close()
    rmSync(join(home, "kept", "proxies", `${process.pid}.json`))
  })

  it("has the user's own address behind the proxy, and never a proxy of ours", async () => {
    const home = newHome()
    const own = start(home, ["wrap", "claude"], { ANTHROPIC_BASE_URL: `${vendor}/gateway` }, slow(8))
    await until(() => own.asked().length > 0, "a request")
    const usual = start(
      home,
      ["wrap", "claude"],
      { ANTHROPIC_BASE_URL: own.told()?.env["ANTHROPIC_BASE_URL"] ?? "" },
      slow(1)
    )
    expect(await usual.ended).toBe(0)
    expect(proxiesIn(home).length).toBe(2)
    expect([...new Set(seen.map(({ url }) => url))].toSorted()).toEqual(["/gateway/v1/messages", "/v1/messages"])
    await own.ended
    await noProxy(home)
  })
})

describe("without a proxy", () => {
  it("Claude Code has the hook, Codex the tools, and nothing is started or written", async () => {
    const home = newHome()
    const claude = start(home, ["wrap", "claude", "--no-proxy", "--", "-p"])
    expect(await claude.ended).toBe(0)
    expect(claude.told()?.env["ANTHROPIC_BASE_URL"]).toBeUndefined()
    const [, settings = "", ...rest] = claude.told()?.args ?? []
    expect(JSON.parse(settings)).toMatchObject({ hooks: { PostToolUse: [{ hooks: [{ type: "command" }] }] } })
    expect(rest).toEqual(["-p"])
    const codex = start(home, ["wrap", "codex", "--no-proxy"])
    expect(await codex.ended).toBe(0)
    expect(codex.told()?.args.join(" ")).toMatch(
      /^-c mcp_servers\.headroom\.command=".*" -c mcp_servers\.headroom\.args=\[.*\]$/
    )
    expect(proxiesIn(home)).toEqual([])
    expect(claude.err() + codex.err()).toBe("")
  })
})

describe("programs without a process of their own", () => {
  it("Cursor: what to enter and where, what goes another way, and the tools instead", async () => {
    const home = newHome()
    const run = start(home, ["wrap", "cursor"])
    const text = await until(() => (run.out().includes("Ctrl-C") ? run.out() : undefined), "the text")
    expect(text).toMatch(/Override OpenAI Base URL {3}http:\/\/127\.0\.0\.1:\d+\/v1\n/)
    expect(text).toContain("through its own servers")
    expect(text).toContain("headroom mcp install cursor")
    run.child.kill("SIGINT")
    expect(await run.ended).toBe(0)
    expect(readdirSync(home).filter((name) => !/^stub|^kept/.test(name))).toEqual([])
    await noProxy(home)
  })

  const ZED =
    '// Zed settings\r\n{\r\n\t"theme": "One", // mine\r\n\t"language_models": {\r\n\t\t"openai": { "api_url": "https://gateway.example/v1" },\r\n\t},\r\n}\r\n'
  const zedIn = (home: string): string => {
    const file = join(home, ".config", "zed", "settings.json")
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, ZED)
    return file
  }

  it("Zed: settings edited while it runs, and put back byte for byte by the last wrap", async () => {
    const home = newHome()
    const file = zedIn(home)
    const first = start(home, ["wrap", "zed"])
    await until(() => first.out() !== "", "the edit")
    expect(readFileSync(file, "utf8")).toMatch(/"api_url": "http:\/\/127\.0\.0\.1:\d+\/v1"/)
    expect(readFileSync(file, "utf8")).toContain("// mine")
    const second = start(home, ["wrap", "zed"])
    await until(() => second.out() !== "", "the second edit")
    first.child.kill("SIGINT")
    expect(await first.ended).toBe(0)
    expect(readFileSync(file, "utf8")).toContain("127.0.0.1")
    second.child.kill("SIGTERM")
    expect(await second.ended).toBe(0)
    expect(readFileSync(file, "utf8")).toBe(ZED)
  })

  it("Zed: after a wrap that was killed, unwrap puts them back without a proxy, once", async () => {
    const home = newHome()
    const file = zedIn(home)
    const run = start(home, ["wrap", "zed"])
    await until(() => run.out() !== "", "the edit")
    run.child.kill("SIGKILL")
    await run.ended
    await noProxy(home)
    expect(readFileSync(file, "utf8")).toContain("127.0.0.1")
    const back = start(home, ["unwrap"])
    expect([await back.ended, back.out()]).toEqual([0, expect.stringMatching(/^zed {2}put back {2}/)])
    expect(readFileSync(file, "utf8")).toBe(ZED)
    const again = start(home, ["unwrap", "zed"])
    expect([await again.ended, again.out()]).toEqual([0, "nothing to put back\n"])
  })

  it("Zed: the next wrap of anything puts back what a killed one left", async () => {
    const home = newHome()
    const file = zedIn(home)
    const run = start(home, ["wrap", "zed"])
    await until(() => run.out() !== "", "the edit")
    run.child.kill("SIGKILL")
    await run.ended
    await start(home, ["wrap", "gemini"]).ended
    expect(readFileSync(file, "utf8")).toBe(ZED)
  })
})

/**
 * Agents themselves, from npm, through the proxy to a scripted vendor on the loopback: each runs a command, sends its output back smaller
 * than it was, and ends its task.
 *
 * Not part of `npm test`. `npm run test:agents` with HEADROOM_AGENTS naming a folder in which `npm install @anthropic-ai/claude-code
 * @openai/codex opencode-ai` was run; an agent that is not there is skipped.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../scripts/bundle.ts"
import { type Said, scriptedAnswer } from "../fixtures/scripted-vendor.ts"

const LIMIT_MS = 120_000
const agents = process.env["HEADROOM_AGENTS"] ?? ""
const program = (name: string): string => join(agents, "node_modules", ".bin", name)

const folder = mkdtempSync(join(tmpdir(), "headroom-proxied-"))
/** Inside the package, because the bundle finds the store's driver from there. */
const built = fileURLToPath(new URL(`../../node_modules/.cache/headroom-proxied-${process.pid}/`, import.meta.url))
const ending: Array<() => unknown> = []

const isWanted = agents !== "" && existsSync(join(agents, "node_modules"))
beforeAll(async () => {
  if (isWanted) await bundle(`node_modules/.cache/headroom-proxied-${process.pid}`)
})
afterAll(() => {
  for (const end of ending) end()
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

const ROWS = JSON.stringify(
  Array.from({ length: 60 }, (_, id) => ({ id, name: `service ${id}`, state: id === 41 ? "failed" : "running" })),
  null,
  2
)

/** A vendor whose model calls the tool once, then is done; requests without tools are the agent's own errands. */
const startVendor = async (call: Said): Promise<{ readonly url: string; readonly bodies: ReadonlyArray<string> }> => {
  const bodies: Array<string> = []
  const server: Server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { url = "", method } = request
      const body = Buffer.concat(chunks).toString("utf8")
      if (method !== "POST" || !/messages|responses/.test(url)) return void response.writeHead(404).end("{}")
      const isErrand = !/"tools":\s*\[\s*\{/.test(body)
      if (!isErrand) bodies.push(body)
      const said: Said = !isErrand && bodies.length === 1 ? call : { _tag: "Text", text: "done" }
      const answer = scriptedAnswer(url, body, said)
      response.writeHead(200, { "content-type": answer.type }).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  ending.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies }
}

const startProxy = (vendor: string, home: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const targets = { ANTHROPIC_TARGET_API_URL: vendor, OPENAI_TARGET_API_URL: vendor }
    const child: ChildProcess = spawn(process.execPath, [join(built, "headroom.js"), "proxy", "--port", "0"], {
      env: { ...process.env, HEADROOM_HOME: home, ...targets },
      stdio: ["ignore", "ignore", "pipe"]
    })
    ending.push(() => child.kill())
    let told = ""
    child.stderr?.on("data", (chunk: Buffer) => {
      told += chunk.toString()
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(told)?.[0]
      if (address !== undefined) resolve(address)
    })
    child.on("error", reject)
    child.on("close", () => reject(new Error(told)))
  })

interface Agent {
  readonly name: string
  readonly tool: string
  readonly input: object
  readonly args: (base: string) => ReadonlyArray<string>
  readonly env: (base: string) => Readonly<Record<string, string>>
}

const provider = (field: string, value: string): ReadonlyArray<string> => [
  "-c",
  `model_providers.headroom.${field}=${value}`
]

const AGENTS: ReadonlyArray<Agent> = [
  {
    name: "claude",
    tool: "Bash",
    input: { command: "sh rows.sh", description: "rows" },
    args: () => ["-p", "show the rows", "--allowedTools", "Bash"],
    env: (base) => ({
      ANTHROPIC_BASE_URL: base,
      ANTHROPIC_API_KEY: "sk-ant-api03-scripted",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1"
    })
  },
  {
    name: "codex",
    tool: "exec_command",
    input: { cmd: "sh rows.sh" },
    args: (base) => [
      "exec",
      "--skip-git-repo-check",
      "--dangerously-bypass-approvals-and-sandbox",
      "-c",
      "model_provider=headroom",
      ...provider("name", "headroom"),
      ...provider("base_url", `"${base}/v1"`),
      ...provider("env_key", "OPENAI_API_KEY"),
      "show the rows"
    ],
    env: () => ({ OPENAI_API_KEY: "sk-scripted" })
  },
  {
    name: "opencode",
    tool: "bash",
    input: { command: "sh rows.sh", description: "rows" },
    args: () => ["run", "-m", "anthropic/claude-sonnet-4-5", "show the rows"],
    env: (base) => ({
      ANTHROPIC_API_KEY: "sk-ant-api03-scripted",
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        provider: { anthropic: { options: { baseURL: `${base}/v1` } } },
        permission: { bash: "allow" }
      })
    })
  }
]

const run = (agent: Agent, base: string, home: string, cwd: string) =>
  new Promise<{ readonly code: number | null; readonly out: string }>((resolve, reject) => {
    const child = spawn(program(agent.name), agent.args(base), {
      cwd,
      timeout: LIMIT_MS,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", HOME: home, TERM: "dumb", ...agent.env(base) }
    })
    let out = ""
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (out += chunk.toString()))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, out }))
  })

describe("through the proxy", () => {
  for (const agent of AGENTS) {
    it.skipIf(!isWanted || !existsSync(program(agent.name)))(
      `${agent.name} does its task, its tool's output sent at a fraction of its size`,
      async () => {
        const home = join(folder, agent.name)
        const work = join(home, "work")
        mkdirSync(work, { recursive: true })
        writeFileSync(join(work, "rows.sh"), `cat <<'END'\n${ROWS}\nEND\n`)
        const vendor = await startVendor({ _tag: "Call", id: "call_1", tool: agent.tool, input: agent.input })
        const base = await startProxy(vendor.url, join(home, "headroom"))
        const { code, out } = await run(agent, base, home, work)
        expect([code, out]).toEqual([0, expect.stringContaining("done")])
        const sent = vendor.bodies.at(-1) ?? ""
        expect(vendor.bodies.length).toBeGreaterThan(1)
        expect(sent).toContain("service 41")
        expect(sent).toContain("failed")
        expect(sent).not.toContain(JSON.stringify(ROWS).slice(1, 400))
        expect(sent.length - (vendor.bodies[0] ?? "").length).toBeLessThan(ROWS.length / 2)
      },
      LIMIT_MS + 60_000
    )
  }
})

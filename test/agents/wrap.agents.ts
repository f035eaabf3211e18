/**
 * Agents themselves, from npm, started by `headroom wrap` against a scripted vendor on the loopback: through the proxy, by the hook without
 * one, and by both. Each does a task of several tool calls; nothing of the user's is changed.
 *
 * Not part of `npm test`. `npm run test:agents` with HEADROOM_AGENTS naming a folder in which `npm install @anthropic-ai/claude-code
 * @openai/codex opencode-ai @mariozechner/pi-coding-agent` was run; an agent that is not there is skipped. HEADROOM_AGENTS_RECORD=1 writes
 * what was seen to `results.json`, from which docs/agents.md is made (`npx tsx scripts/agents.ts`).
 */
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../scripts/bundle.ts"
import { ROWS } from "../fixtures/conversations.ts"
import { type Said, scriptedAnswer } from "../fixtures/scripted-vendor.ts"

const LIMIT_MS = 120_000
const agents = process.env["HEADROOM_AGENTS"] ?? ""
const isRecorded = process.env["HEADROOM_AGENTS_RECORD"] === "1"
const binaries = join(agents, "node_modules", ".bin")
const isThere = (name: string): boolean => agents !== "" && existsSync(join(binaries, name))

const folder = mkdtempSync(join(tmpdir(), "headroom-wrapped-"))
/** Inside the package, because the bundle finds the store's driver from there. */
const cache = `node_modules/.cache/headroom-wrapped-${process.pid}`
const built = fileURLToPath(new URL(`../../${cache}/`, import.meta.url))
const servers: Array<Server> = []

interface Seen {
  readonly version: string
  /** Bytes of the last request's tool outputs, in what was sent and unwrapped. */
  readonly sent: number
  readonly plain: number
}
const results: Record<string, Record<string, Seen>> = {}
const RESULTS = fileURLToPath(new URL("results.json", import.meta.url))

beforeAll(async () => {
  if (agents !== "") await bundle(cache)
})
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  if (isRecorded && Object.keys(results).length > 0)
    writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`)
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

type Call = Extract<Said, { readonly _tag: "Call" }>

/** A vendor whose model makes the calls one by one, then is done; requests without tools are the agent's own errands. */
const startVendor = async (calls: ReadonlyArray<Call>) => {
  const bodies: Array<string> = []
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { url = "", method } = request
      const body = Buffer.concat(chunks).toString("utf8")
      if (method !== "POST" || !/messages|responses|completions/.test(url))
        return void response.writeHead(404).end("{}")
      const isErrand = !/"tools":\s*\[\s*\{/.test(body)
      const said = isErrand ? undefined : calls[bodies.length]
      if (!isErrand) bodies.push(body)
      const answer = scriptedAnswer(url, body, said ?? { _tag: "Text", text: "done" })
      response.writeHead(200, { "content-type": answer.type }).end(answer.body)
    })
  })
  server.on("upgrade", (_, socket) => socket.end("HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\n\r\n"))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies }
}

interface Agent {
  readonly name: string
  readonly calls: ReadonlyArray<readonly [tool: string, input: object]>
  readonly args: ReadonlyArray<string>
  readonly env: (vendor: string) => Readonly<Record<string, string>>
  /** Its settings in its home, as its user has left them. */
  readonly files: (vendor: string) => Readonly<Record<string, string>>
  /** Whether its hooks can replace outputs. */
  readonly isHooked: boolean
}

const EDIT = "sed -i s/value50/changed50/ file.ts && git diff --no-index --stat /dev/null file.ts | tail -1"

const AGENTS: ReadonlyArray<Agent> = [
  {
    name: "claude",
    calls: [
      ["Bash", { command: "sh rows.sh", description: "rows" }],
      ["Bash", { command: "sh rows.sh", description: "rows" }],
      ["Bash", { command: EDIT, description: "edit" }]
    ],
    args: ["-p", "show the rows", "--allowedTools", "Bash"],
    env: () => ({ ANTHROPIC_API_KEY: "sk-ant-api03-scripted", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1" }),
    files: (vendor) => ({
      ".claude/settings.json": `{\n\t"env": { "ANTHROPIC_BASE_URL": "${vendor}" },\n\t"permissions": { "allow": ["Bash(cat *)"] }\n}\n`
    }),
    isHooked: true
  },
  {
    name: "codex",
    calls: [
      ["exec_command", { cmd: "sh rows.sh" }],
      ["exec_command", { cmd: "sh rows.sh" }],
      ["exec_command", { cmd: EDIT }]
    ],
    args: ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "show the rows"],
    env: () => ({ OPENAI_API_KEY: "sk-scripted" }),
    files: (vendor) => ({
      ".codex/config.toml": `# mine\nopenai_base_url = "${vendor}/v1" # ours\n\n[projects."/a b"]\ntrust_level = "trusted"\n`
    }),
    isHooked: false
  },
  {
    name: "opencode",
    calls: [
      ["bash", { command: "sh rows.sh", description: "rows" }],
      ["bash", { command: "sh rows.sh", description: "rows" }],
      ["bash", { command: EDIT, description: "edit" }]
    ],
    args: ["run", "-m", "anthropic/claude-sonnet-4-5", "show the rows"],
    env: () => ({ ANTHROPIC_API_KEY: "sk-ant-api03-scripted" }),
    files: (vendor) => ({
      ".config/opencode/opencode.jsonc": `{\n  // mine\n  "$schema": "https://opencode.ai/config.json",\n  "permission": { "bash": "allow" },\n  "provider": { "anthropic": { "options": { "baseURL": "${vendor}/v1" } } }\n}\n`
    }),
    isHooked: true
  },
  {
    name: "pi",
    calls: [
      ["bash", { command: "sh rows.sh" }],
      ["bash", { command: "sh rows.sh" }],
      ["bash", { command: EDIT }]
    ],
    args: ["-p", "--provider", "anthropic", "--model", "claude-sonnet-4-5", "show the rows"],
    env: () => ({ ANTHROPIC_API_KEY: "sk-ant-api03-scripted" }),
    files: (vendor) => ({
      ".pi/agent/models.json": `{\n  "providers": { "anthropic": { "baseUrl": "${vendor}" } }\n}\n`
    }),
    isHooked: true
  }
]

const FILE = Array.from({ length: 120 }, (_, i) => `export const value${i} = compute(${i * 7919})\n`).join("")

let count = 0

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
  readonly bodies: ReadonlyArray<string>
}

/** The agent's task, wrapped or by itself; its settings must come out as they went in, its files as its calls left them. */
const task = async (agent: Agent, wrapping: ReadonlyArray<string> | undefined): Promise<Ran> => {
  const home = join(folder, `${agent.name} ${count++}`)
  const work = join(home, "work")
  mkdirSync(work, { recursive: true })
  writeFileSync(join(work, "rows.sh"), `cat <<'END'\n${ROWS}\nEND\n`)
  writeFileSync(join(work, "file.ts"), FILE)
  const calls = agent.calls.map(([tool, input], i): Call => ({ _tag: "Call", id: `call_${i}`, tool, input }))
  const vendor = await startVendor(calls)
  const files = agent.files(vendor.url)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), text)
  }
  const [command, args] =
    wrapping === undefined
      ? [join(binaries, agent.name), agent.args]
      : [
          process.execPath,
          [join(built, "headroom.js"), "wrap", agent.name, "--port", "0", ...wrapping, "--", ...agent.args]
        ]
  const ran = await new Promise<Omit<Ran, "bodies">>((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: work,
      timeout: LIMIT_MS,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: `${binaries}${delimiter}${process.env["PATH"] ?? ""}`,
        HOME: home,
        TERM: "dumb",
        ...agent.env(vendor.url)
      }
    })
    let [out, err] = ["", ""]
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, out, err }))
  })
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(home, name), "utf8"), name).toBe(text)
  expect(readFileSync(join(work, "file.ts"), "utf8")).toBe(FILE.replace("value50 ", "changed50 "))
  expect([ran.code, `${ran.out}${ran.err}`]).toEqual([0, expect.stringContaining("done")])
  return { ...ran, bodies: vendor.bodies }
}

/** What the outputs add to the requests. */
const grown = (bodies: ReadonlyArray<string>): number => (bodies.at(-1) ?? "").length - (bodies[0] ?? "").length

const versionOf = (name: string): string => {
  const { stderr, stdout } = spawnSync(join(binaries, name), ["--version"], { encoding: "utf8", timeout: 30_000 })
  return /\d+\.\d+\.\d+/.exec(`${stdout}${stderr}`)?.[0] ?? ""
}

const plain = new Map<string, Promise<Ran>>()
const unwrapped = (agent: Agent): Promise<Ran> => {
  const known = plain.get(agent.name) ?? task(agent, undefined)
  plain.set(agent.name, known)
  return known
}

const WAYS: Readonly<Record<string, ReadonlyArray<string>>> = {
  proxy: [],
  hook: ["--no-proxy"],
  both: ["--hook"]
}

describe("wrapped (each skipped where HEADROOM_AGENTS lacks its program)", () => {
  for (const agent of AGENTS)
    for (const [way, options] of Object.entries(WAYS))
      it.skipIf(!isThere(agent.name) || (way !== "proxy" && !agent.isHooked))(
        `${agent.name} by ${way} does its task, with its tools' outputs at a fraction of their size, and nothing else changed`,
        async () => {
          const before = await unwrapped(agent)
          const { bodies, err } = await task(agent, options)
          expect(bodies.length).toBe(before.bodies.length)
          const last = bodies.at(-1) ?? ""
          expect(last).toContain("service 41")
          expect(last).toContain("failed")
          expect(last).not.toContain(JSON.stringify(ROWS).slice(1, 400))
          expect(grown(bodies)).toBeLessThan(grown(before.bodies) / 2)
          if (way === "hook") expect(err).not.toContain("headroom:")
          else expect(err).toMatch(/headroom: \w+: \d+ requests?, [\d,]+ → [\d,]+ tokens, \d+ % less/)
          const all = (results[agent.name] ??= {})
          all[way] = { version: versionOf(agent.name), sent: grown(bodies), plain: grown(before.bodies) }
        },
        2 * LIMIT_MS + 60_000
      )

  const codex = AGENTS.find(({ name }) => name === "codex")
  it.skipIf(!isThere("codex") || codex === undefined)(
    "codex without a proxy has our tools for this process",
    async () => {
      if (codex === undefined) return
      const { bodies } = await task(codex, ["--no-proxy"])
      expect(bodies.at(-1)).toContain("mcp__headroom")
      const all = (results["codex"] ??= {})
      all["mcp"] = { version: versionOf("codex"), sent: 0, plain: 0 }
    }
  )
})

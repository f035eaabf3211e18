/** The MCP server as clients use it: the SDK's own client, over standard input and output and over HTTP. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../../scripts/bundle.ts"
import { refusalOf } from "../../../src/apps/mcp/http.ts"
import { refsIn } from "../../../src/domain/marker.ts"

/** Inside the package, because the bundle finds the store's driver from there. */
const built = fileURLToPath(new URL(`../../../node_modules/.cache/headroom-mcp-${process.pid}/`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "headroom-mcp-"))
const env = { PATH: process.env["PATH"] ?? "", HOME: folder, HEADROOM_HOME: join(folder, "home") }
const serve = [join(built, "headroom.js"), "mcp", "serve"]

let server: ChildProcess | undefined
let port = 0

/** Starts the HTTP server; fulfilled by the address that it names. */
const listening = (...args: ReadonlyArray<string>): Promise<{ readonly child: ChildProcess; readonly said: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [...serve, ...args], { env, stdio: ["ignore", "ignore", "pipe"] })
    let said = ""
    const done = (): void => resolve({ child, said })
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString()
      if (said.endsWith("\n")) done()
    })
    child.on("close", done)
  })

beforeAll(async () => {
  await bundle(built)
  const { child, said } = await listening("--http", "0")
  server = child
  port = Number(/127\.0\.0\.1:(\d+)\/mcp/.exec(said)?.[1])
})
afterAll(() => {
  server?.kill()
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

const connected = async (transport: Transport): Promise<Client> => {
  const client = new Client({ name: "test", version: "1" })
  await client.connect(transport)
  return client
}

const TRANSPORTS: Readonly<Record<string, () => Transport>> = {
  stdio: () => new StdioClientTransport({ command: process.execPath, args: serve, env, stderr: "ignore" }),
  "streamable HTTP": () => new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`))
}

interface Answer {
  readonly text: string
  readonly isError: boolean
}

const call = async (client: Client, name: string, args: Readonly<Record<string, unknown>> = {}): Promise<Answer> => {
  const { content, isError } = await client.callTool({ name, arguments: { ...args } })
  const [part, ...others] = content as ReadonlyArray<{ readonly type: string; readonly text: string }>
  expect([part?.type, others]).toEqual(["text", []])
  return { text: part?.text ?? "", isError: isError === true }
}

const log = Array.from(
  { length: 700 },
  (_, i) => `10:00:${i % 60} INFO worker ${i % 7} finished job ${1000 + i} in ${(i * 31) % 977} ms\n`
).join("")

describe.each(Object.entries(TRANSPORTS))("the MCP server over %s", (_, transport) => {
  let client: Client
  beforeAll(async () => {
    client = await connected(transport())
  })
  afterAll(() => client.close())

  it("offers three tools in at most 700 tokens", async () => {
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(["headroom_compress", "headroom_retrieve", "headroom_stats"])
    expect(countTokens(JSON.stringify(tools))).toBeLessThanOrEqual(700)
    expect(Object.keys(tools[0]?.inputSchema.properties ?? {})).toEqual(["content", "kind", "query", "budget"])
    expect(Object.keys(tools[1]?.inputSchema.properties ?? {})).toEqual(["id", "lines", "query", "path", "cursor"])
  })

  it("compresses with nothing hidden, or under a marker that retrieves what it hides", async () => {
    const visible = await call(client, "headroom_compress", { content: log })
    expect(visible.isError).toBe(false)
    expect(visible.text.length).toBeLessThan(log.length)
    expect(refsIn(visible.text)).toEqual([])
    const hidden = await call(client, "headroom_compress", { content: log, budget: 300, query: "worker 3" })
    const [id = ""] = refsIn(hidden.text)
    expect(await call(client, "headroom_retrieve", { id, lines: "12-13" })).toEqual({
      text: log.split("\n").slice(11, 13).join("\n") + "\n",
      isError: false
    })
    expect((await call(client, "headroom_retrieve", { id, query: "1234" })).text).toContain("finished job 1234 ")
    const stats = JSON.parse((await call(client, "headroom_stats")).text) as {
      readonly texts: number
      readonly tokensSaved: number
    }
    expect(stats.texts).toBeGreaterThan(1)
    expect(stats.tokensSaved).toBeGreaterThan(1_000)
  })

  it("cuts a long answer and says how to read on, until all is read", async () => {
    const [id = ""] = refsIn((await call(client, "headroom_compress", { content: log, budget: 300 })).text)
    let whole = ""
    let cursor: string | undefined
    do {
      const { text } = await call(client, "headroom_retrieve", { id, ...(cursor === undefined ? {} : { cursor }) })
      expect(text.length).toBeLessThan(25_000)
      const note = /\[cut: lines \d+-\d+ of 700; to read on: cursor (\S+)\]$/.exec(text)
      cursor = note?.[1]
      whole += note === null ? text : text.slice(0, note.index)
    } while (cursor !== undefined)
    expect(whole).toBe(log)
  })

  it("gives values by their path", async () => {
    const rows = JSON.stringify({
      items: Array.from({ length: 400 }, (__, id) => ({ id, name: `n${id * 7919}`, note: id === 7 ? "" : "x" }))
    })
    const [id = ""] = refsIn(
      (await call(client, "headroom_compress", { content: rows, budget: 100, kind: "json" })).text
    )
    expect(await call(client, "headroom_retrieve", { id, path: "$.items[3].name" })).toEqual({
      text: '"n23757"',
      isError: false
    })
    expect((await call(client, "headroom_retrieve", { id, path: "$.items[7].note" })).text).toBe('""')
  })

  it.each<readonly [name: string, args: Readonly<Record<string, unknown>>, says: RegExp]>([
    ["headroom_retrieve", { id: "000000000000" }, /not kept here.*run the command/],
    ["headroom_retrieve", { id: "xyz" }, /a ref is the 12 or more hex digits/],
    ["headroom_retrieve", {}, /id: is missing/],
    ["headroom_retrieve", { id: 5 }, /id: /],
    ["headroom_retrieve", { id: "000000000000", line: "3" }, /line: is unexpected.*"lines"/],
    ["headroom_compress", { content: "x", budget: 0 }, /budget: /],
    ["headroom_compress", { content: "x", kind: "poem" }, /kind: there is no "poem"; leave it out, or use/],
    ["headroom_compress", { content: "" }, /content: is empty/],
    ["headroom_erase", {}, /there is no tool "headroom_erase"; there are headroom_compress/]
  ])("answers %s %j with an error that says the way out", async (name, args, says) => {
    const answer = await call(client, name, args)
    expect(answer).toEqual({ text: expect.stringMatching(says), isError: true })
    expect(answer.text).not.toContain("\n")
  })
})

describe("the MCP server over HTTP", () => {
  const status = (
    headers: Readonly<Record<string, string>>,
    path = "/mcp",
    method = "POST"
  ): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asked.on("error", reject)
      asked.end("{}")
    })

  it("takes no request under another name, from another page, at another path or by another method", async () => {
    expect(await status({ host: "evil.example" })).toBe(403)
    expect(await status({ host: `127.0.0.1.evil.example:${port}` })).toBe(403)
    expect(await status({ origin: "http://evil.example" })).toBe(403)
    expect(await status({ origin: "null" })).toBe(403)
    expect(await status({ origin: `http://localhost:${port}`, host: `127.0.0.1:${port}` })).toBe(403)
    expect(await status({}, "/")).toBe(404)
    expect(await status({}, "/mcp", "GET")).toBe(405)
  })

  it("goes by the names of the loopback", () => {
    for (const host of ["localhost:1", "127.0.0.1:1", "[::1]:1", "127.1.2.3", "LOCALHOST"]) {
      expect(refusalOf(host, undefined, "POST", "/mcp")).toBe(undefined)
      expect(refusalOf(host, `http://${host}`, "POST", "/mcp?x=1")).toBe(undefined)
    }
    for (const host of [undefined, "", "localhost.evil.example", "127.0.0.1@evil.example", "10.0.0.1", "0.0.0.0"])
      expect(refusalOf(host, undefined, "POST", "/mcp")?.[0]).toBe(403)
  })

  it("says so where the port is taken, or none", async () => {
    const taken = await listening("--http", String(port))
    expect(taken.said).toBe(`headroom: port ${port} is taken; give another with --http\n`)
    for (const wrong of [["--http", "x"], ["--http"], ["--port", "1"], ["--http", "70000"]]) {
      const { said, child } = await listening(...wrong)
      await new Promise((resolve) => (child.exitCode === null ? child.on("close", resolve) : resolve(undefined)))
      expect([child.exitCode, said.trim().split("\n").length], wrong.join(" ")).toEqual([2, 1])
    }
  })
})

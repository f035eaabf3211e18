/**
 * What the proxy adds to a request, beside a minimal pass-through proxy on node:http in the same run: time by size of the body, with its
 * history known and at first sight, first byte of a stream, `/livez` under load, memory over many requests.
 *
 *     npx tsx bench/proxy.ts [--requests 300] [--soak 10000] [--failing-store]
 *
 * Memory is what the kernel counts as resident of the proxy's process, threads and all: of it the file pages (the text of node and of the
 * store's driver, 45 MB) are shared with every other process of node. With `--failing-store` no file of the proxy's may grow over 1 MB, so
 * that its store is full before long: only memory is measured then, and that every request is answered.
 *
 * Vendor, pass-through, headroom and client are processes of their own. The three ways (direct, pass-through, headroom) take turns
 * request by request, so that whatever else the machine does befalls all of them alike.
 */
import { type ChildProcess, fork, spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { Agent, createServer, type IncomingMessage, request } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const portOf = (address: string | AddressInfo | null): number =>
  typeof address === "object" && address !== null ? address.port : 0

const EVENTS = 30

/** Answers every request, with a stream of small events where the path asks for one. */
const vendor = (): void => {
  const answer = JSON.stringify({
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "x".repeat(1500) }],
    usage: { input_tokens: 10, output_tokens: 10 }
  })
  const event = `event: content_block_delta\ndata: ${JSON.stringify({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "word ".repeat(4) } })}\n\n`
  const server = createServer((incoming, response) => {
    incoming.resume().on("end", () => {
      if (incoming.headers["x-stream"] === undefined) {
        response.writeHead(200, { "content-type": "application/json", "content-length": answer.length })
        response.end(answer)
        return
      }
      response.writeHead(200, { "content-type": "text/event-stream" })
      let left = EVENTS
      const next = (): void => {
        if (left-- === 0) return void response.end()
        response.write(event)
        setImmediate(next)
      }
      next()
    })
  })
  server.listen(0, "127.0.0.1", () => process.send?.(portOf(server.address())))
}

/** The least that a proxy can do. */
const passThrough = (upstream: number): void => {
  const agent = new Agent({ keepAlive: true })
  const server = createServer((incoming, response) => {
    const { method = "GET", url = "/", headers } = incoming
    const outgoing = request({ agent, host: "127.0.0.1", port: upstream, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(response)
    })
    incoming.pipe(outgoing)
  })
  server.listen(0, "127.0.0.1", () => process.send?.(portOf(server.address())))
}

interface Times {
  /** Milliseconds to the first byte of the body, and to its end. */
  readonly first: number
  readonly total: number
}

const now = (): number => Number(process.hrtime.bigint()) / 1e6

const agent = new Agent({ keepAlive: true })

const call = (port: number, body: Uint8Array, isStream: boolean, path = "/v1/messages"): Promise<Times> =>
  new Promise((resolve, reject) => {
    const start = now()
    const outgoing = request(
      {
        agent,
        host: "127.0.0.1",
        port,
        path,
        method: body.length === 0 ? "GET" : "POST",
        headers: {
          "content-type": "application/json",
          "x-api-key": "key",
          "anthropic-version": "2023-06-01",
          ...(body.length === 0 ? {} : { "content-length": body.length }),
          ...(isStream ? { "x-stream": "1" } : {})
        }
      },
      (answer: IncomingMessage) => {
        let first: number | undefined
        answer.on("data", () => (first ??= now() - start))
        answer.on("end", () => resolve({ first: first ?? 0, total: now() - start }))
        answer.on("error", reject)
      }
    )
    outgoing.on("error", reject)
    outgoing.end(body)
  })

const quantile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

/** Lines such as tools print, none of which repeats. */
const toolOutput = (bytes: number, seed: number): string => {
  const lines: Array<string> = []
  for (let size = 0, i = 0; size < bytes; i++) {
    const line = `src/module${(seed * 7 + i) % 97}/file${i}.ts:${(i * 31 + seed) % 900}: warning ${((seed + 1) * (i + 3) * 2654435761) % 99991} in call ${i}`
    lines.push(line)
    size += line.length + 1
  }
  return lines.join("\n")
}

/** A conversation of so many bytes, as an agent holds one: calls and their outputs in turn. */
const conversation = (bytes: number, id: number): Buffer => {
  const messages: Array<unknown> = [{ role: "user", content: `task ${id}: find out why the build fails` }]
  for (let size = 400, i = 0; size < bytes; i++) {
    const output = toolOutput(Math.min(6_000, bytes - size), id * 1000 + i)
    size += output.length * 1.02 + 260
    messages.push(
      {
        role: "assistant",
        content: [{ type: "tool_use", id: `t${i}`, name: "Bash", input: { command: `make ${i}` } }]
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: `t${i}`, content: output }] }
    )
  }
  return Buffer.from(JSON.stringify({ model: "claude-sonnet-4-5", max_tokens: 100, messages }))
}

interface Ways {
  readonly direct: number
  readonly plain: number
  readonly headroom: number
}

const SIZES: ReadonlyArray<readonly [label: string, bytes: number]> = [
  ["< 20 kB", 10_000],
  ["20-100 kB", 60_000],
  ["100-300 kB", 200_000],
  ["> 300 kB", 400_000],
  ["500 kB", 500_000]
]

const row = (label: string, cells: ReadonlyArray<string | number>): void =>
  console.log(
    label.padEnd(22) + cells.map((cell) => (typeof cell === "number" ? cell.toFixed(2) : cell).padStart(9)).join("")
  )

/** Times of the three ways over bodies whose history was seen before. */
const measure = async (ways: Ways, bodies: ReadonlyArray<Buffer>, requests: number, isStream: boolean) => {
  const times: Record<keyof Ways, Array<Times>> = { direct: [], plain: [], headroom: [] }
  for (const body of bodies) for (const port of Object.values(ways)) await call(port as number, body, isStream)
  for (let i = 0; i < requests; i++)
    for (const way of ["direct", "plain", "headroom"] as const)
      times[way].push(await call(ways[way], bodies[i % bodies.length] as Buffer, isStream))
  return times
}

const added = (times: Record<keyof Ways, ReadonlyArray<Times>>, of: keyof Times): ReadonlyArray<number> =>
  [0.5, 0.9, 0.99].flatMap((share) => {
    const [plain, headroom, direct] = (["plain", "headroom", "direct"] as const).map((way) =>
      quantile(
        times[way].map((time) => time[of]),
        share
      )
    ) as [number, number, number]
    return [headroom - plain, headroom - direct]
  })

/** Megabytes resident: all, and what of it is pages of files. */
const residentOf = (pid: number): ReadonlyArray<number> => {
  const status = `/proc/${pid}/status`
  const text = existsSync(status) ? readFileSync(status, "utf8") : ""
  return ["VmRSS", "RssFile"].map(
    (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? Number.NaN) / 1024
  )
}

/** Agents at work: eight conversations at a time, each longer by one output with every call, sixty calls long. */
const agents = function* (): Generator<Buffer> {
  const head = '{"model":"claude-sonnet-4-5","max_tokens":100,"messages":['
  for (let round = 0; ; round++) {
    const bodies = Array.from({ length: 8 }, (_, id) => `${head}{"role":"user","content":"task ${round}.${id}"}`)
    for (let call = 0; call < 60; call++)
      for (const [id, body] of bodies.entries()) {
        const use = { type: "tool_use", id: `t${call}`, name: "Bash", input: { command: `make ${call}` } }
        const content = toolOutput(4_000, round * 7919 + id * 1009 + call)
        const turn = [
          { role: "assistant", content: [use] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: `t${call}`, content }] }
        ]
        bodies[id] = `${body},${JSON.stringify(turn).slice(1, -1)}`
        yield Buffer.from(`${bodies[id]}]}`)
      }
  }
}

const textOf = (port: number, path: string): Promise<string> =>
  new Promise((resolve, reject) =>
    request({ agent, host: "127.0.0.1", port, path }, (answer) => {
      let text = ""
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
      answer.on("end", () => resolve(text))
    })
      .on("error", reject)
      .end()
  )

const measureMemory = async (headroom: number, pid: number, soak: number): Promise<void> => {
  console.log(`\nmemory of the process in MB over ${soak} requests of growing conversations, 4 to 260 kB`)
  row("", ["resident", "of files"])
  const bodies = agents()
  let broken = 0
  for (let done = 0; done <= soak; done++) {
    if (done % Math.ceil(soak / 10) === 0) row(String(done), residentOf(pid))
    const { value } = bodies.next()
    const { total } = await call(headroom, value, done % 2 === 0).catch(() => ({ total: Number.NaN }))
    if (Number.isNaN(total)) broken++
  }
  const ready = await textOf(headroom, "/readyz")
  const passedOver = (await textOf(headroom, "/metrics")).match(/^headroom_passed_over_total.*$/gm) ?? []
  console.log(`requests without a whole answer: ${broken}\n${ready.trim()}\n${passedOver.join("\n")}`)
}

/** Times over bodies that were never seen before, as of an agent that resumes a long session. */
const measureOnce = async (ways: Ways, bodies: ReadonlyArray<Buffer>) => {
  const times: Record<keyof Ways, Array<Times>> = { direct: [], plain: [], headroom: [] }
  for (const body of bodies)
    for (const way of ["direct", "plain", "headroom"] as const) times[way].push(await call(ways[way], body, false))
  return times
}

const measureTimes = async (ways: Ways, requests: number): Promise<void> => {
  console.log(
    `added by headroom, in milliseconds, beside the pass-through (and beside no proxy); ${requests} requests each`
  )
  row("", ["p50", "(p50)", "p90", "(p90)", "p99", "(p99)"])
  for (const [label, bytes] of SIZES) {
    const bodies = [1, 2, 3].map((id) => conversation(bytes, bytes + id))
    row(label, added(await measure(ways, bodies, requests, false), "total"))
  }
  for (const [label, bytes] of SIZES.slice(0, 3)) {
    const bodies = Array.from({ length: Math.ceil(requests / 5) }, (_, id) => conversation(bytes, 100_000 + bytes + id))
    row(`${label}, all new`, added(await measureOnce(ways, bodies), "total"))
  }
  const small = [1, 2, 3].map((id) => conversation(10_000, id))
  const streams = await measure(ways, small, requests, true)
  row("stream, first byte", added(streams, "first"))
  row("stream, end", added(streams, "total"))

  const load = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => conversation(300_000, 90 + id))
  let isLoaded = true
  const loaders = load.map(async (body) => {
    while (isLoaded) await call(ways.headroom, body, true)
  })
  const probes: Array<number> = []
  for (let i = 0; i < 200; i++) probes.push((await call(ways.headroom, Buffer.alloc(0), false, "/livez")).total)
  isLoaded = false
  await Promise.all(loaders)
  row(
    "/livez, 8 busy clients",
    [0.5, 0.9, 0.99].flatMap((share) => [quantile(probes, share), ""])
  )
}

const run = async (requests: number, soak: number, failing: boolean): Promise<void> => {
  const { build } = await import("esbuild")
  const { bundle } = await import("../scripts/bundle.ts")
  const repository = fileURLToPath(new URL("..", import.meta.url))
  const cache = join(repository, "node_modules", ".cache", `bench-proxy-${process.pid}`)
  const home = mkdtempSync(join(tmpdir(), "bench-proxy-"))
  mkdirSync(cache, { recursive: true })
  const children: Array<ChildProcess> = []
  try {
    const script = join(cache, "bench.mjs")
    await build({
      entryPoints: [fileURLToPath(import.meta.url)],
      outfile: script,
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      logLevel: "error"
    })
    await bundle(cache)
    const start = (role: string, upstream: number): Promise<number> =>
      new Promise((resolve) => {
        const child = fork(script, ["--role", role, "--upstream", String(upstream)])
        children.push(child)
        child.once("message", (port) => resolve(Number(port)))
      })
    const direct = await start("vendor", 0)
    const plain = await start("plain", direct)
    const target = `http://127.0.0.1:${direct}`
    const command = [process.execPath, join(cache, "headroom.js"), "proxy", "--port", "0"]
    const limit = failing ? "ulimit -f 2048 && " : ""
    const proxy = spawn("sh", ["-c", `${limit}exec "$@"`, "sh", ...command], {
      env: { PATH: process.env["PATH"], HEADROOM_HOME: home, ANTHROPIC_TARGET_API_URL: target },
      stdio: ["ignore", "inherit", "pipe"]
    })
    children.push(proxy)
    const headroom = await new Promise<number>((resolve) =>
      proxy.stderr.setEncoding("utf8").on("data", (text: string) => {
        const port = /:(\d+), mode/.exec(text)?.[1]
        if (port === undefined) process.stderr.write(text)
        else resolve(Number(port))
      })
    )
    if (!failing) await measureTimes({ direct, plain, headroom }, requests)
    await measureMemory(headroom, proxy.pid ?? 0, soak)
  } finally {
    for (const child of children) child.kill()
    rmSync(cache, { recursive: true, force: true })
    rmSync(home, { recursive: true, force: true })
  }
}

const { values } = parseArgs({
  options: {
    requests: { type: "string" },
    soak: { type: "string" },
    "failing-store": { type: "boolean", default: false },
    role: { type: "string" },
    upstream: { type: "string" }
  }
})
if (values.role === "vendor") vendor()
else if (values.role === "plain") passThrough(Number(values.upstream))
else {
  await run(Number(values.requests ?? 300), Number(values.soak ?? 10_000), values["failing-store"])
  process.exit()
}

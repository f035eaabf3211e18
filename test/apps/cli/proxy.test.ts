/** `headroom proxy` as a user runs it: a process of its own, its line, its signals and its ways to fail. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, request } from "node:http"
import { createServer as createSecureServer } from "node:https"
import { type AddressInfo, connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundle } from "../../../scripts/bundle.ts"
import { CERTIFICATE, KEY } from "../../fixtures/certificate.ts"

/** Inside the package, because the bundle finds the store's driver from there. */
const built = fileURLToPath(
  new URL(`../../../node_modules/.cache/headroom-proxy-test-${process.pid}/`, import.meta.url)
)

let folder = ""
let vendor = ""
const server = createServer((incoming, response) => {
  incoming.resume().on("end", () => {
    if (incoming.url?.includes("hang") === true) return void response.writeHead(200).write("begun")
    response.end('{"type":"message"}')
  })
})
const children: Array<ChildProcessWithoutNullStreams> = []

beforeAll(async () => {
  await bundle(built)
  folder = mkdtempSync(join(tmpdir(), "headroom-proxy-"))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  vendor = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  for (const child of children) child.kill("SIGKILL")
  server.closeAllConnections()
  server.close()
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

interface Run {
  readonly child: ChildProcessWithoutNullStreams
  readonly out: () => string
  readonly err: () => string
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>
}

const start = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}): Run => {
  const child = spawn(process.execPath, [join(built, "headroom.js"), "proxy", ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HEADROOM_HOME: join(folder, "home"), ANTHROPIC_TARGET_API_URL: vendor, ...env }
  })
  children.push(child)
  let out = ""
  let err = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text))
  const ended = new Promise<number | string | null>((resolve) =>
    child.on("close", (code, signal) => resolve(code ?? signal))
  )
  return { child, out: () => out, err: () => err, ended }
}

/** Fulfilled with the port once the proxy says that it listens. */
const listening = (run: Run): Promise<number> =>
  new Promise((resolve, reject) => {
    const look = (): void => {
      const port = /^headroom proxy: http:\/\/127\.0\.0\.1:(\d+), /m.exec(run.err())?.[1]
      if (port !== undefined) resolve(Number(port))
    }
    run.child.stderr.on("data", look)
    void run.ended.then(() => reject(new Error(run.err())))
    look()
  })

const ask = (
  port: number,
  path: string,
  method = "GET"
): Promise<{ readonly status: number; readonly text: string; readonly isWhole: boolean }> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      { host: "127.0.0.1", port, path, method, agent: false, headers: { "x-api-key": "k" } },
      (answer) => {
        let text = ""
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
        answer.on("error", () => {})
        answer.on("close", () => resolve({ status: answer.statusCode ?? 0, text, isWhole: answer.complete }))
      }
    )
    outgoing.on("error", reject).end()
  })

describe("headroom proxy", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("says where it listens, serves, and ends well at %s", async (signal) => {
    const run = start(["--port", "0", "--log-level", "info"], { HEADROOM_PROXY_NONCE: "n" })
    const port = await listening(run)
    expect(run.err()).toBe(
      `headroom proxy: http://127.0.0.1:${port}, mode visible, upstreams anthropic ${vendor}, openai https://api.openai.com, gemini https://generativelanguage.googleapis.com\n`
    )
    expect(JSON.parse((await ask(port, "/livez")).text)).toMatchObject({ pid: run.child.pid, nonce: "n" })
    expect(JSON.parse((await ask(port, "/readyz")).text)).toMatchObject({ status: "ready", store: "ok" })
    expect((await ask(port, "/v1/messages", "POST")).text).toBe('{"type":"message"}')
    run.child.kill(signal)
    expect([await run.ended, run.out()]).toEqual([0, ""])
    expect(run.err().match(/message=exchange/g)?.length).toBe(1)
  })

  it("ends with open streams once their time is over", async () => {
    const run = start(["--port", "0"], { HEADROOM_GRACE_MS: "100" })
    const answer = ask(await listening(run), "/v1/messages?hang", "POST")
    await new Promise((resolve) => setTimeout(resolve, 300))
    run.child.kill("SIGTERM")
    expect(await run.ended).toBe(0)
    expect(await answer).toMatchObject({ status: 200, text: "begun", isWhole: false })
  })

  it("that is killed leaves nothing that hinders the next", async () => {
    const run = start(["--port", "0"])
    const answer = ask(await listening(run), "/v1/messages?hang", "POST")
    await new Promise((resolve) => setTimeout(resolve, 300))
    run.child.kill("SIGKILL")
    expect(await answer).toMatchObject({ text: "begun", isWhole: false })
    const next = start(["--port", "0"])
    const port = await listening(next)
    expect(JSON.parse((await ask(port, "/readyz")).text)).toMatchObject({ status: "ready", store: "ok" })
    next.child.kill("SIGTERM")
    expect(await next.ended).toBe(0)
  })

  it("serves without its store, and says so where it is asked", async () => {
    const run = start(["--port", "0"], { HEADROOM_HOME: join(built, "headroom.js") })
    const port = await listening(run)
    const ready = await ask(port, "/readyz")
    expect([ready.status, JSON.parse(ready.text)]).toMatchObject([503, { status: "not-ready" }])
    expect((await ask(port, "/v1/messages", "POST")).text).toBe('{"type":"message"}')
    run.child.kill("SIGTERM")
    expect(await run.ended).toBe(0)
  })

  it("on a port that is taken says who may have it and what to do", async () => {
    const { port } = server.address() as AddressInfo
    const run = start(["--port", String(port)], { ANTHROPIC_TARGET_API_URL: "http://127.0.0.1:1" })
    expect(await run.ended).toBe(1)
    expect(run.err()).toMatch(/^headroom: 127\.0\.0\.1:\d+ is in use, perhaps by another headroom proxy .*--port\n$/)
  })

  it("refuses in one line what cannot be meant", async () => {
    const cases: ReadonlyArray<readonly [args: ReadonlyArray<string>, env: Record<string, string>, line: RegExp]> = [
      [["--host", "0.0.0.0"], {}, /^headroom: setting HEADROOM_PROXY_TOKEN: 0\.0\.0\.0 can be reached from .*\n$/],
      [[], { OPENAI_TARGET_API_URL: "api.openai.com" }, /^headroom: setting OPENAI_TARGET_API_URL: expected an .*\n$/],
      [[], { GEMINI_TARGET_API_URL: "https://user:secret@host" }, /^headroom: setting GEMINI_TARGET_API_URL: [^@]*\n$/],
      [[], { HEADROOM_FADE: "all" }, /^headroom: setting HEADROOM_FADE: expected one of off, safe, strong\n$/],
      [[], { HEADROOM_PORT: "70000" }, /^headroom: setting HEADROOM_PORT: expected a number from 0 to 65535\n$/],
      [
        ["--port", "8901"],
        { OPENAI_TARGET_API_URL: "http://localhost:8901" },
        /^headroom: .* is this proxy's own.*\n$/
      ],
      [["--port"], {}, /^headroom: --port needs a value\n$/],
      [["--mode", "x"], {}, /^headroom: .*\n$/]
    ]
    await Promise.all(
      cases.map(async ([args, env, line]) => {
        const run = start(args, env)
        expect([await run.ended, run.err()]).toEqual([2, expect.stringMatching(line)])
      })
    )
  })
})

describe("an upstream behind TLS", () => {
  const secure = createSecureServer({ key: KEY, cert: CERTIFICATE }, (incoming, response) => {
    incoming.resume().on("end", () => response.end("secure"))
  })
  /** What a proxy of the user's own was asked to connect to. */
  const asked: Array<string> = []
  const gateway = createServer()
  gateway.on("connect", (incoming, socket) => {
    asked.push(incoming.url ?? "")
    const upstream = connect((secure.address() as AddressInfo).port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
      upstream.pipe(socket).pipe(upstream)
    })
    for (const one of [upstream, socket]) one.on("error", () => {})
  })
  beforeAll(async () => {
    for (const one of [secure, gateway]) await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve))
    writeFileSync(join(folder, "authority.pem"), CERTIFICATE)
  })
  afterAll(() => {
    for (const one of [secure, gateway]) {
      one.closeAllConnections()
      one.close()
    }
  })

  const askedBy = async (env: Readonly<Record<string, string>>, host = "localhost") => {
    const target = `https://${host}:${(secure.address() as AddressInfo).port}`
    const run = start(["--port", "0", "--mode", "off"], { ANTHROPIC_TARGET_API_URL: target, ...env })
    const answer = await ask(await listening(run), "/v1/messages", "POST")
    run.child.kill("SIGTERM")
    await run.ended
    return answer
  }

  it("must prove who it is, whatever the environment allows", async () => {
    for (const env of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }]) {
      const { status, text } = await askedBy(env)
      expect([status, text]).toEqual([502, expect.stringContaining("NODE_EXTRA_CA_CERTS")])
    }
  })

  it("may prove it by an authority of the user's", async () => {
    expect((await askedBy({ NODE_EXTRA_CA_CERTS: join(folder, "authority.pem") })).text).toBe("secure")
    expect(asked).toEqual([])
  })

  it("is reached through the user's own proxy, but for the hosts that are not", async () => {
    const env = {
      NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"),
      HTTPS_PROXY: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`
    }
    expect((await askedBy(env)).text).toBe("secure")
    expect(asked).toEqual([`localhost:${(secure.address() as AddressInfo).port}`])
    expect((await askedBy({ ...env, no_proxy: "localhost" })).text).toBe("secure")
    expect(asked.length).toBe(1)
  })
})

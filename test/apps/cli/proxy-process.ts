/** `headroom proxy` as a process of its own before a vendor in this one: what the vendor got, and what becomes of the process. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll } from "vitest"
import { bundle } from "../../../scripts/bundle.ts"

/** Inside the package, because the bundle finds the store's driver from there. */
const built = fileURLToPath(
  new URL(`../../../node_modules/.cache/headroom-proxy-process-${process.pid}/`, import.meta.url)
)
const folder = mkdtempSync(join(tmpdir(), "headroom-process-"))

/** Bodies in the order in which they came to the vendor. */
export const bodies: Array<string> = []

export const answerWhole = (response: ServerResponse): void => void response.end('{"type":"message"}')
let answer = answerWhole
/** What the vendor does from now on. */
export const vendorAnswers = (next: (response: ServerResponse) => void): void => {
  answer = next
}

const server = createServer((incoming: IncomingMessage, response) => {
  let text = ""
  incoming.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
  incoming.on("end", () => {
    bodies.push(text)
    answer(response)
  })
})
const running = new Set<ChildProcess>()

beforeAll(async () => {
  await bundle(built)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
})
afterAll(() => {
  for (const child of running) child.kill("SIGKILL")
  server.closeAllConnections()
  server.close()
  for (const path of [folder, built]) rmSync(path, { recursive: true, force: true })
})

export const newHome = (name: string): string => join(folder, name)

export interface ProxyProcess {
  readonly port: number
  /** Ends it by the signal; fulfilled when it is gone. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>
}

/** Fulfilled once it listens. `limits` stands before the command in a shell. */
export const startProcess = (home: string, args: ReadonlyArray<string> = [], limits = ""): Promise<ProxyProcess> => {
  const upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const command = [process.execPath, join(built, "headroom.js"), "proxy", "--port", "0", ...args]
  const child = spawn("sh", ["-c", `${limits} exec "$@"`, "sh", ...command], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HEADROOM_HOME: home, ANTHROPIC_TARGET_API_URL: upstream },
    stdio: ["ignore", "ignore", "pipe"]
  })
  running.add(child)
  const gone = new Promise<void>((resolve) => child.on("exit", () => resolve()))
  return new Promise((resolve, reject) => {
    let text = ""
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
      const port = /^headroom proxy: http:\/\/127\.0\.0\.1:(\d+), /m.exec(text)?.[1]
      const end = (signal: NodeJS.Signals): Promise<void> => {
        child.kill(signal)
        return gone
      }
      if (port !== undefined) resolve({ port: Number(port), end })
    })
    child.on("close", () => reject(new Error(text)))
  })
}

interface Got {
  readonly status: number
  readonly text: string
  readonly isWhole: boolean
}

/** One request on a connection of its own. */
export const ask = (
  port: number,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {}
): Promise<Got> =>
  new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST"
    const outgoing = request(
      { host: "127.0.0.1", port, path, method, agent: false, headers: { "x-api-key": "k", ...headers } },
      (got) => {
        let text = ""
        got.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
        got.on("error", () => {})
        got.on("close", () => resolve({ status: got.statusCode ?? 0, text, isWhole: got.complete }))
      }
    )
    outgoing.on("error", reject).end(body)
  })

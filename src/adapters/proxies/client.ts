/**
 * Proxies as those see them who need one: found by their records, known by their secrets, started where none is there, and held by a lease.
 *
 * What answers at an address is ours only when it proves that it knows the secret of a record that this user alone can read; its word for
 * it, its name, or an open port prove nothing.
 */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes, timingSafeEqual } from "node:crypto"
import { closeSync, mkdirSync, openSync } from "node:fs"
import { type ClientRequest, request } from "node:http"
import { createServer } from "node:net"
import { join } from "node:path"
import { CHALLENGE, type Lease, LEASES, type LeaseTold, proofOf, SECRET } from "./contract.ts"
import { type ProxyRecord, readRecords } from "./record.ts"

/** What answers on the loopback answers at once; what does not is stuck. */
const ANSWER_MS = 2_000
const MAX_ANSWER_BYTES = 1 << 20

interface Asked {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

const ask = (address: string, { headers, method, path }: Asked): Promise<string | undefined> =>
  new Promise((resolve) => {
    const outgoing = request(`${address}${path}`, { method, headers, agent: false, timeout: ANSWER_MS }, (answer) => {
      let text = ""
      answer.setEncoding("utf8")
      answer.on("data", (chunk: string) => {
        text += chunk
        if (text.length > MAX_ANSWER_BYTES) answer.destroy()
      })
      answer.on("error", () => resolve(undefined))
      answer.on("close", () => resolve(answer.complete && answer.statusCode === 200 ? text : undefined))
    })
    outgoing.on("timeout", () => outgoing.destroy())
    outgoing.on("error", () => resolve(undefined))
    outgoing.end()
  })

const parsed = (text: string | undefined): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text ?? "{}")
    return typeof value === "object" && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** Whether the proxy of the record is what answers at its address. */
const isProxy = ({ address, pid, secret, version }: ProxyRecord): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    const challenge = randomBytes(16).toString("hex")
    const told = parsed(await ask(address, { method: "GET", path: "/livez", headers: { [CHALLENGE]: challenge } }))
    const expected = Buffer.from(proofOf(secret, challenge))
    const given = Buffer.from(typeof told["proof"] === "string" ? told["proof"] : "")
    const isProven = given.length === expected.length && timingSafeEqual(given, expected)
    return isProven && told["pid"] === pid && told["version"] === version
  })

/** The proxies of this user that answer, and are what they are said to be. */
export const runningProxies = (home: string): Effect.Effect<ReadonlyArray<ProxyRecord>> =>
  Effect.filter(readRecords(home), isProxy, { concurrency: 8 })

/** What a run came to so far; undefined where the proxy does not know it. */
export const toldOf = ({ address, secret }: ProxyRecord, run: string): Effect.Effect<LeaseTold | undefined> =>
  Effect.map(
    Effect.promise(() => ask(address, { method: "GET", path: `${LEASES}/${run}`, headers: { [SECRET]: secret } })),
    (text) => (text === undefined ? undefined : (JSON.parse(text) as LeaseTold))
  )

/** A lease that is held. */
export interface Holding {
  /** Called once when it ends without having been let go: the proxy has ended. */
  onLost: () => void
  readonly release: () => void
}

/** Takes a lease; undefined where the proxy is on its way out. */
export const holdLease = ({ address, secret }: ProxyRecord, lease: Lease): Effect.Effect<Holding | undefined> =>
  Effect.promise(
    () =>
      new Promise((resolve) => {
        const body = JSON.stringify(lease)
        const headers = {
          [SECRET]: secret,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body)
        }
        let isReleased = false
        let outgoing: ClientRequest | undefined = undefined
        const holding: Holding = {
          onLost: () => {},
          release: () => {
            isReleased = true
            outgoing?.destroy()
          }
        }
        const end = (): void => {
          resolve(undefined)
          if (!isReleased) holding.onLost()
          isReleased = true
        }
        outgoing = request(`${address}${LEASES}`, { method: "POST", headers, agent: false }, (answer) => {
          if (answer.statusCode !== 200) return void answer.destroy()
          answer.once("data", () => resolve(holding))
          answer.on("close", end)
          answer.on("error", () => {})
          // a lease alone keeps nobody waiting
          answer.socket.unref()
        })
        outgoing.on("error", end)
        outgoing.end(body)
      })
  )

/** Whether a port of the loopback can be had. */
export const isFree = (port: number): Effect.Effect<boolean> =>
  Effect.async((resume) => {
    const server = createServer()
    server.once("error", () => resume(Effect.succeed(false)))
    server.listen(port, "127.0.0.1", () => server.close(() => resume(Effect.succeed(true))))
  })

export interface Start {
  readonly node: string
  /** What stands before the script, such as a loader. */
  readonly options: ReadonlyArray<string>
  readonly script: string
  /** The proxy's arguments. */
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/** A cold machine under load takes seconds. */
const START_MS = 30_000
const LOOK_MS = 25

/** What it says goes here. */
export const logFile = (home: string): string => join(home, "proxy.log")

const spawned = ({ args, env, home, node, options, script }: Start): ChildProcess => {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const log = openSync(logFile(home), "a", 0o600)
  try {
    return spawn(node, [...options, script, "proxy", ...args], {
      detached: true,
      env: { ...env },
      stdio: ["ignore", "ignore", log],
      windowsHide: true
    })
  } finally {
    closeSync(log)
  }
}

/** Starts a proxy that goes on when this process ends; undefined where it ends before it answers, as when its port is taken. */
export const startProxy = (start: Start): Effect.Effect<ProxyRecord | undefined> =>
  Effect.gen(function* () {
    const child = spawned(start)
    let isOver = false
    child.on("error", () => (isOver = true)).on("exit", () => (isOver = true))
    child.unref()
    const until = Date.now() + START_MS
    while (!isOver && Date.now() < until) {
      const record = readRecords(start.home).find(({ pid }) => pid === child.pid)
      if (record !== undefined && (yield* isProxy(record))) return record
      yield* Effect.sleep(LOOK_MS)
    }
    if (!isOver) child.kill()
    return undefined
  })

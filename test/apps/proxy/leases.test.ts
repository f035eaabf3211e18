/** Leases and runs: whose requests are counted where, what the path of a run changes, and who may ask. */
import { request } from "node:http"
import { connect } from "node:net"
import { describe, expect, it } from "vitest"
import {
  CHALLENGE,
  LEASES,
  type Lease,
  type LeaseTold,
  pathOfRun,
  proofOf,
  SECRET
} from "../../../src/adapters/proxies/contract.ts"
import { BODIES } from "../../fixtures/conversations.ts"
import { scriptedAnswer } from "../../fixtures/scripted-vendor.ts"
import {
  call,
  exchangeBytes,
  type RunningProxy,
  startProxy,
  startSocketVendor,
  startVendor,
  valuesOf
} from "./harness.ts"

const vendor = () =>
  startVendor(({ body, url }, _, response) => {
    const { type, body: answer } = scriptedAnswer(url, body.toString(), { _tag: "Text", text: "done" })
    response.writeHead(200, { "content-type": type }).end(answer)
  })

const lease: Lease = { run: "0123456789ab", project: "/projects/shop", hasShell: true, refusesWebSockets: true }
const KEYS = { "x-api-key": "k", "content-type": "application/json" }

/** A lease that is held until it is let go; its status. */
const hold = (
  { port, secret }: RunningProxy,
  value: object = lease,
  given = secret
): Promise<{ readonly status: number; readonly release: () => void; readonly ended: Promise<void> }> =>
  new Promise((resolve, reject) => {
    const headers = { [SECRET]: given, "content-type": "application/json" }
    const outgoing = request(
      { host: "127.0.0.1", port, path: LEASES, method: "POST", headers, agent: false },
      (answer) => {
        const ended = new Promise<void>((done) => answer.on("close", done))
        answer.resume().on("error", () => {})
        resolve({ status: answer.statusCode ?? 0, release: () => outgoing.destroy(), ended })
      }
    )
    outgoing.on("error", reject)
    outgoing.end(JSON.stringify(value))
  })

const told = async ({ port, secret }: RunningProxy, run: string): Promise<LeaseTold | undefined> => {
  const answer = await call(port, { method: "GET", path: `${LEASES}/${run}`, headers: { [SECRET]: secret } })
  return answer.status === 200 ? (JSON.parse(answer.body.toString()) as LeaseTold) : undefined
}

const path = `${pathOfRun(lease.run)}/v1/messages`

describe("a run's requests", () => {
  it("arrive without its path, are its project's, and its sum is theirs alone", async () => {
    const { port: upstream, seen } = await vendor()
    const proxy = await startProxy({ upstream })
    const held = await hold(proxy)
    expect(held.status).toBe(200)
    await call(proxy.port, { path, headers: KEYS, body: BODIES.messages })
    await call(proxy.port, { path: "/v1/messages", headers: KEYS, body: BODIES.messages.replace("show", "tell") })
    await call(proxy.port, { path, headers: { ...KEYS, "x-headroom-project": "own" }, body: BODIES.messages })
    const records = await proxy.recorded(3)
    expect(seen.map(({ url }) => url)).toEqual(["/v1/messages", "/v1/messages", "/v1/messages"])
    expect(seen.flatMap(({ rawHeaders }) => valuesOf(rawHeaders, "x-headroom-project"))).toEqual([])
    expect(records.map(({ project }) => project)).toEqual(["/projects/shop", process.cwd(), "own"])
    const sum = (await told(proxy, lease.run))?.sum
    expect(sum).toMatchObject({
      requests: 2,
      tokensBefore: (records[0]?.tokensBefore ?? 0) + (records[2]?.tokensBefore ?? 0),
      tokensAfter: (records[0]?.tokensAfter ?? 0) + (records[2]?.tokensAfter ?? 0)
    })
    expect(sum?.tokensAfter).toBeLessThan(sum?.tokensBefore ?? 0)
    held.release()
    expect((await told(proxy, lease.run))?.sum).toEqual(sum)
  })

  it("pass where nobody holds a lease of it, as after a crash", async () => {
    const { port: upstream, seen } = await vendor()
    const proxy = await startProxy({ upstream })
    expect((await call(proxy.port, { path, headers: KEYS, body: BODIES.messages })).status).toBe(200)
    expect(seen[0]?.url).toBe("/v1/messages")
    expect(await told(proxy, lease.run)).toBeUndefined()
  })

  it("reach the proxy's own routes too, but no lease", async () => {
    const proxy = await startProxy({ upstream: 1 })
    const at = pathOfRun(lease.run)
    for (const one of [at, `${at}/`, `${at}/livez`])
      expect((await call(proxy.port, { method: "GET", path: one, headers: {} })).body.toString(), one).toContain(
        '"headroom"'
      )
    const headers = { ...KEYS, [SECRET]: proxy.secret }
    expect((await call(proxy.port, { path: `${at}${LEASES}`, headers, body: JSON.stringify(lease) })).status).not.toBe(
      200
    )
  })

  it("ask for no WebSocket where the agent goes on without, and else get one", async () => {
    const upstream = await startSocketVendor((socket) =>
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
    )
    const proxy = await startProxy({ upstream: upstream.port })
    const upgrade = (at: string): string =>
      `GET ${at}/v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: Bearer k\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
    await hold(proxy)
    await hold(proxy, { ...lease, run: "ba9876543210", refusesWebSockets: false })
    expect(await exchangeBytes(proxy.port, upgrade(pathOfRun(lease.run)))).toMatch(/^HTTP\/1\.1 426 /)
    expect(await exchangeBytes(proxy.port, upgrade(pathOfRun("ba9876543210")))).toMatch(/^HTTP\/1\.1 403 /)
    expect(await exchangeBytes(proxy.port, upgrade(""))).toMatch(/^HTTP\/1\.1 403 /)
  })
})

describe("a lease", () => {
  it("is for who knows the secret, which a proof of it does not give away", async () => {
    const proxy = await startProxy({ upstream: 1 })
    expect((await hold(proxy, lease, "")).status).toBe(403)
    expect((await hold(proxy, lease, proofOf(proxy.secret, "c"))).status).toBe(403)
    const get = { method: "GET", path: `${LEASES}/${lease.run}`, headers: {} }
    expect((await call(proxy.port, get)).status).toBe(403)
    const live = await call(proxy.port, { method: "GET", path: "/livez", headers: { [CHALLENGE]: "c" } })
    expect(JSON.parse(live.body.toString())).toMatchObject({ proof: proofOf(proxy.secret, "c"), pid: process.pid })
    expect(live.body.toString()).not.toContain(proxy.secret)
    expect((await call(proxy.port, { method: "GET", path: "/livez" })).body.toString()).not.toContain("proof")
  })

  it.each([{}, { ...lease, run: "../../etc" }, { ...lease, hasShell: "yes" }, []])("is not %j", async (value) => {
    const proxy = await startProxy({ upstream: 1 })
    expect((await hold(proxy, value)).status).toBe(400)
  })

  it("ends with the proxy, at once", async () => {
    const proxy = await startProxy({ upstream: 1, set: { HEADROOM_GRACE_MS: "20000" } })
    const held = await hold(proxy)
    const closed = proxy.close()
    await held.ended
    await closed
    await new Promise<void>((resolve) => connect(proxy.port, "127.0.0.1").on("error", () => resolve()))
  })
})

/** WebSockets through the proxy: bytes both ways, and nobody who is not let in. */
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { WebSocket, WebSocketServer } from "ws"
import { exchangeBytes, onHead, startProxy, startSocketVendor, valuesOf } from "./harness.ts"

const closing: Array<() => void> = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A vendor that says everything back, and what it was asked. */
const startEcho = async () => {
  const asked: Array<IncomingMessage> = []
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  server.on("connection", (socket, request) => {
    asked.push(request)
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }))
    socket.on("message", (data: Buffer) => (data.toString() === "bye" ? socket.close(4001, "as asked") : undefined))
  })
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve))
  closing.push(() => {
    for (const one of server.clients) one.terminate()
    http.close()
  })
  return { port: (http.address() as AddressInfo).port, asked, server }
}

const open = (socket: WebSocket): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    closing.push(() => socket.terminate())
    socket.on("open", () => resolve(socket)).on("error", reject)
  })

const next = (socket: WebSocket): Promise<Buffer> =>
  new Promise((resolve) => socket.once("message", (data) => resolve(data as Buffer)))

const HEADERS = { authorization: "Bearer k", "x-headroom-token": "t", "openai-beta": "responses_websockets=2026-02-06" }

describe("a tunnel", () => {
  it("carries messages of all sizes both ways, and the fields of the request", async () => {
    const vendor = await startEcho()
    const proxy = await startProxy({ upstream: vendor.port })
    const socket = await open(
      new WebSocket(`ws://127.0.0.1:${proxy.port}/v1/responses?a=1`, "codex", { headers: HEADERS })
    )
    for (const size of [0, 1, 125, 126, 65_536, 3_000_000]) {
      const data = Buffer.alloc(size, size)
      const back = next(socket)
      socket.send(data)
      expect((await back).equals(data)).toBe(true)
    }
    const [asked] = vendor.asked
    expect([asked?.url, socket.protocol]).toEqual(["/v1/responses?a=1", "codex"])
    expect(asked?.headers).toMatchObject({ authorization: "Bearer k", "openai-beta": HEADERS["openai-beta"] })
    expect(valuesOf(asked?.rawHeaders ?? [], "x-headroom-token")).toEqual([])
  })

  it("ends on both sides when the vendor ends it, with its word", async () => {
    const vendor = await startEcho()
    const proxy = await startProxy({ upstream: vendor.port })
    const socket = await open(new WebSocket(`ws://127.0.0.1:${proxy.port}/v1/responses`, { headers: HEADERS }))
    const ended = new Promise((resolve) => socket.on("close", (code, reason) => resolve([code, String(reason)])))
    socket.send("bye")
    expect(await ended).toEqual([4001, "as asked"])
  })

  it("ends upstream when the client is gone", async () => {
    const vendor = await startEcho()
    const proxy = await startProxy({ upstream: vendor.port })
    const socket = await open(new WebSocket(`ws://127.0.0.1:${proxy.port}/v1/responses`, { headers: HEADERS }))
    const ended = new Promise((resolve) => [...vendor.server.clients][0]?.on("close", resolve))
    socket.terminate()
    await ended
  })

  it("ends with the proxy", async () => {
    const vendor = await startEcho()
    const proxy = await startProxy({ upstream: vendor.port, set: { HEADROOM_GRACE_MS: "50" } })
    const socket = await open(new WebSocket(`ws://127.0.0.1:${proxy.port}/v1/responses`, { headers: HEADERS }))
    const ended = new Promise((resolve) => socket.on("close", resolve))
    await proxy.close()
    await ended
  })

  it("that the vendor refuses is refused in its words", async () => {
    const vendor = await startSocketVendor((socket) =>
      onHead(socket, () =>
        socket.end("HTTP/1.1 401 No\r\nX-A: 1\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope")
      )
    )
    const proxy = await startProxy({ upstream: vendor.port })
    const head =
      "GET /v1/responses HTTP/1.1\r\nHost: localhost\r\nauthorization: Bearer k\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    const text = await exchangeBytes(proxy.port, `${head}\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 401 No\r\nX-A: 1\r\n.*\r\n\r\nnope$/s)
  })

  it("to a vendor that is not there is a 502", async () => {
    const proxy = await startProxy({ upstream: 1 })
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/v1/responses`, { headers: HEADERS })
    await expect(open(socket)).rejects.toThrow("502")
  })

  it.each<readonly [string, Record<string, string>, string]>([
    ["of a web page", { origin: "https://evil.example" }, "403"],
    ["by another name", { host: "evil.example" }, "403"],
    ["without the token", { "x-headroom-token": "x" }, "401"]
  ])("%s is refused", async (_, headers, status) => {
    const vendor = await startEcho()
    const proxy = await startProxy({ upstream: vendor.port, set: { HEADROOM_PROXY_TOKEN: "t" } })
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/v1/responses`, { headers: { ...HEADERS, ...headers } })
    await expect(open(socket)).rejects.toThrow(status)
    expect(vendor.asked.length).toBe(0)
  })
})

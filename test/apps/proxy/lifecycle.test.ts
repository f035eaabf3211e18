/** Exchanges that end early, slowly, or together with the proxy. */
import { Agent } from "node:http"
import { connect, type Socket } from "node:net"
import { describe, expect, it } from "vitest"
import { call, exchangeBytes, onHead, startProxy, startSocketVendor, startVendor } from "./harness.ts"

const HEAD = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nx-api-key: k\r\nContent-Type: application/json\r\n"
const REQUEST = `${HEAD}Content-Length: 2\r\n\r\n{}`
const STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

const closing = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once("close", resolve))
const firstBytes = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once("data", resolve))

const client = (port: number, bytes: string): Socket => {
  const socket = connect(port, "127.0.0.1")
  socket.on("error", () => {}).write(bytes)
  return socket
}

describe("a client that goes away", () => {
  /** The vendor's side of the one connection that is made to it. */
  const vendorSocket = async (onSocket: (socket: Socket) => void) => {
    let take: (socket: Socket) => void = () => {}
    const taken = new Promise<Socket>((resolve) => (take = resolve))
    const vendor = await startSocketVendor((socket) => {
      onSocket(socket)
      take(socket)
    })
    return { port: vendor.port, taken }
  }

  it("before the answer begins closes upstream", async () => {
    const vendor = await vendorSocket((socket) => socket.resume())
    const proxy = await startProxy({ upstream: vendor.port })
    const socket = client(proxy.port, REQUEST)
    const upstream = await vendor.taken
    await firstBytes(upstream)
    socket.destroy()
    await closing(upstream)
    const [exchange] = await proxy.recorded(1)
    expect([exchange?.finish, exchange?.status]).toEqual(["client-abort", 0])
  })

  it("within a quiet stream closes upstream", async () => {
    const vendor = await vendorSocket((socket) => onHead(socket, () => socket.write(`${STREAM}5\r\ndata:\r\n`)))
    const proxy = await startProxy({ upstream: vendor.port })
    const socket = client(proxy.port, REQUEST)
    await firstBytes(socket)
    const upstream = await vendor.taken
    socket.destroy()
    await closing(upstream)
    expect((await proxy.recorded(1))[0]).toMatchObject({ finish: "client-abort", status: 200 })
  })

  it("within its own body leaves nothing upstream", async () => {
    let connections = 0
    const vendor = await startSocketVendor(() => connections++)
    const proxy = await startProxy({ upstream: vendor.port })
    const socket = client(proxy.port, `${HEAD}Content-Length: 1000\r\n\r\n{"a":`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    await closing(socket)
    expect((await call(proxy.port, { method: "GET", path: "/livez" })).status).toBe(200)
    expect(connections).toBe(0)
  })

  it("within a body that passes unread closes upstream", async () => {
    const vendor = await vendorSocket((socket) => socket.resume())
    const proxy = await startProxy({ upstream: vendor.port })
    const socket = client(proxy.port, `${HEAD.replace("/v1/messages", "/v1/files")}Content-Length: 1000\r\n\r\n{"a":`)
    const upstream = await vendor.taken
    await firstBytes(upstream)
    socket.destroy()
    await closing(upstream)
    expect((await proxy.recorded(1))[0]?.finish).toBe("client-abort")
  })

  it("while the request waits to be sent again ends it", async () => {
    const vendor = await startVendor((_, __, response) => void response.writeHead(429, { "retry-after": "4" }).end())
    const proxy = await startProxy({ upstream: vendor.port })
    const socket = client(proxy.port, REQUEST)
    while (vendor.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    expect((await proxy.recorded(1))[0]?.finish).toBe("client-abort")
    expect(vendor.seen.length).toBe(1)
  })
})

describe("a slow reader", () => {
  const MEGABYTE = Buffer.alloc(1 << 20)

  it("of an answer holds the vendor back, and gets it all in the end", async () => {
    let sent = 0
    let isDone = false
    const vendor = await startVendor((_, __, response) => {
      const push = (): void => {
        while (sent < 64) {
          sent++
          if (!response.write(MEGABYTE)) return void response.once("drain", push)
        }
        isDone = true
        response.end()
      }
      push()
    })
    const proxy = await startProxy({ upstream: vendor.port })
    const socket = client(proxy.port, REQUEST.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
    socket.pause()
    let before = -1
    while (sent === 0 || before !== sent) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    expect(isDone).toBe(false)
    expect(sent).toBeLessThan(40)
    let size = 0
    socket.on("data", (chunk) => (size += chunk.length)).resume()
    await closing(socket)
    expect(size).toBeGreaterThan(64 << 20)
    expect((await proxy.recorded(1))[0]?.status).toBe(200)
  })

  it("of a body holds the client back", async () => {
    let upstream: Socket | undefined
    const vendor = await startSocketVendor((socket) => (upstream = socket.pause()))
    const proxy = await startProxy({ upstream: vendor.port })
    const socket = client(proxy.port, `${HEAD.replace("/v1/messages", "/v1/files")}Content-Length: ${64 << 20}\r\n\r\n`)
    let sent = 0
    const push = (): void => {
      while (sent < 64) {
        sent++
        if (!socket.write(MEGABYTE)) return void socket.once("drain", push)
      }
    }
    push()
    let before = -1
    while (upstream === undefined || before !== sent) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    expect(sent).toBeLessThan(40)
    socket.destroy()
  })
})

describe("the end of the proxy", () => {
  it("waits for an open stream, takes nothing new, and then lets go of idle connections", async () => {
    let finish: () => void = () => {}
    const vendor = await startVendor((_, __, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" })
      response.write("data: 1\n\n")
      finish = () => response.end("data: 2\n\n")
    })
    const proxy = await startProxy({ upstream: vendor.port, set: { HEADROOM_GRACE_MS: "10000" } })
    const socket = client(proxy.port, REQUEST)
    let text = ""
    socket.on("data", (chunk) => (text += chunk.toString()))
    const ended = closing(socket)
    await firstBytes(socket)
    const closed = proxy.close()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await exchangeBytes(proxy.port, REQUEST)).toBe("")
    finish()
    await Promise.all([closed, ended])
    expect(text).toMatch(/data: 1\n\n.*data: 2\n\n.*0\r\n\r\n$/s)
    expect(proxy.exchanges.map((one) => one.status)).toEqual([200])
  })

  it("cuts what does not end in its time, and records it", async () => {
    const vendor = await startSocketVendor((socket) => onHead(socket, () => socket.write(`${STREAM}5\r\ndata:\r\n`)))
    const proxy = await startProxy({ upstream: vendor.port, set: { HEADROOM_GRACE_MS: "50" } })
    const got = call(proxy.port, { body: "{}" })
    await new Promise((resolve) => setTimeout(resolve, 100))
    await proxy.close()
    expect(await got).toMatchObject({ status: 200, isWhole: false })
    expect(proxy.exchanges.length).toBe(1)
  })
})

it("two thousand requests leave nothing behind", async () => {
  const vendor = await startVendor((_, __, response) => void response.end("{}"))
  const proxy = await startProxy({ upstream: vendor.port })
  const agent = new Agent({ keepAlive: true })
  const some = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 20)
      await Promise.all(
        Array.from({ length: 20 }, (_, j) =>
          call(
            proxy.port,
            { body: `{"model":"m","messages":[{"role":"user","content":"${i + j}${"x".repeat(2_000)}"}]}` },
            agent
          )
        )
      )
    vendor.seen.splice(0)
  }
  await some(600)
  global.gc?.()
  const before = process.memoryUsage().heapUsed
  await some(1_400)
  global.gc?.()
  expect((await proxy.recorded(2_000)).length).toBe(2_000)
  // the records that the test itself keeps are a part of it
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000)
  agent.destroy()
})

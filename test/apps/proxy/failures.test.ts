/** Vendors that fail, each in its way: what the client sees of it, and what is recorded. */
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { describe, expect, it } from "vitest"
import { call, onHead, startProxy, startSocketVendor, startVendor } from "./harness.ts"

const STREAM_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

/** A port that nobody listens on. */
const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const ROUTES = [
  [
    "/v1/messages",
    { "x-api-key": "k" },
    { type: "error", error: { type: expect.any(String), message: expect.any(String) } }
  ],
  [
    "/v1/responses",
    { authorization: "Bearer k" },
    { error: { message: expect.any(String), type: expect.any(String), param: null, code: null } }
  ],
  [
    "/v1beta/models/g:generateContent",
    { "x-goog-api-key": "k" },
    { error: { code: expect.any(Number), message: expect.any(String), status: expect.any(String) } }
  ]
] as const

describe("a vendor", () => {
  it.each(ROUTES)("of %s that is not there is a 502 in its own form", async (path, headers, shape) => {
    const proxy = await startProxy({ upstream: await freePort(), set: { HEADROOM_RETRIES: "0" } })
    const got = await call(proxy.port, { path, headers, body: "{}" })
    expect([got.status, JSON.parse(got.body.toString())]).toEqual([502, shape])
    expect(got.body.toString()).toContain("ECONNREFUSED")
    const [exchange] = await proxy.recorded(1)
    expect([exchange?.finish, exchange?.status]).toEqual(["unreachable", 502])
  })

  it("that does not answer in time is a 504", async () => {
    const vendor = await startSocketVendor((socket) => socket.resume())
    const proxy = await startProxy({ upstream: vendor.port, set: { HEADROOM_ANSWER_TIMEOUT_MS: "50" } })
    const got = await call(proxy.port, { body: "{}" })
    expect([got.status, JSON.parse(got.body.toString()).error.type]).toEqual([504, expect.stringContaining("timeout")])
    expect((await proxy.recorded(1))[0]?.finish).toBe("unreachable")
  })

  it.each<readonly [how: string, end: "end" | "resetAndDestroy"]>([
    ["ends", "end"],
    ["is reset", "resetAndDestroy"]
  ])("whose connection %s before an answer is a 502, and not asked again: it may be at work", async (_, end) => {
    let count = 0
    const vendor = await startSocketVendor((socket) =>
      onHead(socket, () => {
        count++
        socket[end]()
      })
    )
    const proxy = await startProxy({ upstream: vendor.port })
    expect((await call(proxy.port, { body: "{}" })).status).toBe(502)
    expect(count).toBe(1)
  })

  it("that speaks something else is a 502", async () => {
    const vendor = await startSocketVendor((socket) => onHead(socket, () => socket.end("SSH-2.0-x\r\n")))
    const proxy = await startProxy({ upstream: vendor.port })
    expect((await call(proxy.port, { body: "{}" })).status).toBe(502)
  })

  const BEGUN = `event: a\ndata: 1\n\ndata: half of an ev`
  it.each<readonly [how: string, head: string, end: "end" | "resetAndDestroy"]>([
    ["a stream that ends", `${STREAM_HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk(BEGUN)}`, "end"],
    ["a stream that is reset", `${STREAM_HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk(BEGUN)}`, "resetAndDestroy"],
    ["a body shorter than its length", `${STREAM_HEAD}Content-Length: 99\r\n\r\n${BEGUN}`, "end"],
    ["a chunk that is no chunk", `${STREAM_HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk(BEGUN)}zz\r\n`, "end"]
  ])("that sends %s is seen to be cut off, after all that it sent", async (_, head, end) => {
    const vendor = await startSocketVendor((socket) =>
      onHead(socket, () => socket.write(head, () => setTimeout(() => socket[end](), 50)))
    )
    const proxy = await startProxy({ upstream: vendor.port })
    const got = await call(proxy.port, { body: '{"stream":true}' })
    expect([got.status, got.body.toString(), got.isWhole]).toEqual([200, BEGUN, false])
    const [exchange] = await proxy.recorded(1)
    expect([exchange?.finish, exchange?.status, exchange?.isStream]).toEqual(["truncated", 200, true])
  })

  it("whose answer ends with the connection ends well", async () => {
    const vendor = await startSocketVendor((socket) =>
      onHead(socket, () => socket.end(`${STREAM_HEAD}\r\ndata: 1\n\n`))
    )
    const proxy = await startProxy({ upstream: vendor.port })
    const got = await call(proxy.port, { path: "/v1/embeddings", body: "{}" })
    expect([got.body.toString(), got.isWhole]).toEqual(["data: 1\n\n", true])
    expect((await proxy.recorded(1))[0]?.finish).toBe("complete")
  })

  it("that refuses before it has read a large body is heard", async () => {
    const vendor = await startSocketVendor((socket) =>
      onHead(socket, () => {
        socket.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
        setTimeout(() => socket.destroy(), 100)
      })
    )
    const proxy = await startProxy({ upstream: vendor.port })
    const body = Array.from({ length: 40 }, () => Buffer.alloc(100_000))
    const got = await call(proxy.port, { path: "/v1/files", body })
    expect([got.status, got.body.toString()]).toEqual([401, "no"])
  })

  it("that fails leaves the next request well", async () => {
    const vendor = await startSocketVendor((socket, nth) =>
      onHead(socket, () =>
        nth === 0
          ? socket.resetAndDestroy()
          : socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
      )
    )
    const proxy = await startProxy({ upstream: vendor.port })
    expect((await call(proxy.port, { body: "{}" })).status).toBe(502)
    expect((await call(proxy.port, { body: "{}" })).status).toBe(200)
  })
})

describe("a request is sent again", () => {
  /** Answers in turn, the last one for ever. */
  const inTurn = (...answers: ReadonlyArray<readonly [number, Record<string, string>, string]>) => {
    let count = 0
    return startVendor((_, __, response) => {
      const [status, fields, body] = answers[Math.min(count++, answers.length - 1)] as (typeof answers)[number]
      response.writeHead(status, fields).end(body)
    })
  }
  const SOON = { "retry-after-ms": "1" }

  it.each<readonly [status: number, fields: Record<string, string>, times: number]>([
    [429, SOON, 3],
    [529, SOON, 3],
    [503, SOON, 3],
    [503, { "retry-after": "0" }, 3],
    [503, {}, 1],
    [429, { "retry-after": "60" }, 1],
    [429, { ...SOON, "x-should-retry": "false" }, 1],
    [500, SOON, 1],
    [400, SOON, 1]
  ])(
    "after %i with %o: asked %i times in all, and the last answer comes back as it is",
    async (status, fields, times) => {
      const vendor = await inTurn([status, { ...fields, "x-n": "1" }, "first"], [status, fields, "again"])
      const proxy = await startProxy({ upstream: vendor.port })
      const got = await call(proxy.port, { body: '{"a":1}' })
      expect([got.status, got.body.toString()]).toEqual([status, times === 1 ? "first" : "again"])
      expect(vendor.seen.map((one) => one.body.toString())).toEqual(Array.from({ length: times }, () => '{"a":1}'))
      expect((await proxy.recorded(1))[0]?.finish).toBe("upstream-error")
    }
  )

  it("until it is taken", async () => {
    const vendor = await inTurn([429, SOON, "no"], [200, {}, "yes"])
    const proxy = await startProxy({ upstream: vendor.port })
    expect((await call(proxy.port, { body: "{}" })).body.toString()).toBe("yes")
    expect(vendor.seen.length).toBe(2)
  })

  it("where no connection came about", async () => {
    const port = await freePort()
    const proxy = await startProxy({ upstream: port })
    const answered = call(proxy.port, { body: "{}" })
    const late = await new Promise<ReturnType<typeof createServer>>((resolve) => {
      const server = createServer((socket) =>
        onHead(socket, () => socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"))
      )
      setTimeout(() => server.listen(port, "127.0.0.1", () => resolve(server)), 100)
    })
    expect((await answered).status).toBe(200)
    late.close()
  })

  it("but not where its body has gone by", async () => {
    const vendor = await inTurn([429, SOON, "no"])
    const proxy = await startProxy({ upstream: vendor.port })
    expect((await call(proxy.port, { path: "/v1/embeddings", body: "{}" })).status).toBe(429)
    expect(vendor.seen.length).toBe(1)
  })
})

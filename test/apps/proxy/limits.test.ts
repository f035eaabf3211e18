/** Bodies over the limits: refused in the provider's own form, passed on unread, and never held. */
import { brotliCompressSync, gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { call, exchangeBytes, startProxy, startVendor } from "./harness.ts"

const OK: Parameters<typeof startVendor>[0] = (_, __, response) => void response.end("{}")
const set = { HEADROOM_MAX_BODY_BYTES: "200000", HEADROOM_MAX_READ_BYTES: "50000" }
const json = (bytes: number): string => `{"model":"m","messages":[],"x":"${"a".repeat(bytes)}"}`
const pieces = (bytes: number): ReadonlyArray<Buffer> =>
  Array.from({ length: bytes / 10_000 }, () => Buffer.alloc(10_000, 97))
const replaced = (): Uint8Array => Buffer.from("replaced")

describe("a body", () => {
  it("within what is read is read", async () => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port, set, rewrite: replaced })
    await call(proxy.port, { body: json(40_000) })
    await call(proxy.port, { body: pieces(40_000) })
    expect(vendor.seen.map((one) => one.body.toString())).toEqual(["replaced", "replaced"])
  })

  it("beyond what is read passes as it is, and the record says why", async () => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port, set, rewrite: replaced })
    const long = json(60_000)
    await call(proxy.port, { body: long })
    await call(proxy.port, { body: pieces(100_000) })
    expect(vendor.seen[0]?.body.toString()).toBe(long)
    expect(vendor.seen[1]?.body.equals(Buffer.alloc(100_000, 97))).toBe(true)
    expect((await proxy.recorded(2)).map((one) => one.passedOver)).toEqual([["too-large"], ["too-large"]])
  })

  it.each<readonly [what: string, sent: Parameters<typeof call>[1]]>([
    ["by its length", { body: json(250_000) }],
    ["as it comes", { body: pieces(400_000) }],
    ["on a route that is not read", { path: "/v1/messages/batches", body: pieces(400_000) }]
  ])("beyond all limits is a 413: %s", async (_, sent) => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port, set })
    const got = await call(proxy.port, sent)
    expect([got.status, JSON.parse(got.body.toString()).error.type]).toEqual([413, "request_too_large"])
    expect(vendor.seen.length).toBe(0)
    const [exchange] = await proxy.recorded(1)
    expect([exchange?.finish, exchange?.status]).toEqual(["refused", 413])
  })

  it("beyond all limits is refused before it is sent, where the client asks first", async () => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port, set })
    const head =
      "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nx-api-key: k\r\nConnection: close\r\nExpect: 100-continue\r\n"
    expect(await exchangeBytes(proxy.port, `${head}Content-Length: 300000\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /)
  })

  const bomb = Buffer.alloc(30_000_000, 32)
  it.each<readonly [string, Buffer]>([
    ["gzip", gzipSync(bomb)],
    ["br", brotliCompressSync(bomb)],
    // a frame of 8 blocks of 128 kB that repeat one byte
    [
      "zstd",
      Buffer.concat([
        Buffer.from("28b52ffd0060", "hex"),
        ...Array.from({ length: 8 }, (_, i) => Buffer.from([i === 7 ? 0x03 : 0x02, 0x00, 0x10, 0x61]))
      ])
    ]
  ])("in %s that unpacks to more than is read is a 413", async (encoding, body) => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port, set })
    const got = await call(proxy.port, { headers: { "x-api-key": "k", "content-encoding": encoding }, body })
    expect(got.status).toBe(413)
    expect(vendor.seen.length).toBe(0)
  })
})

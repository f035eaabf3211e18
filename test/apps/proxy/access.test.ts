/** Who is let in: programs of this machine, not the web pages that its browsers show. */
import { describe, expect, it } from "vitest"
import { call, exchangeBytes, startProxy, startVendor, valuesOf } from "./harness.ts"

const OK: Parameters<typeof startVendor>[0] = (_, __, response) => void response.end("{}")
const OWN = ["/livez", "/readyz", "/v1/compress", "/v1/retrieve/123456789abc", "/v1/messages", "/v1/models", "/nowhere"]

const start = async (set: Readonly<Record<string, string>> = {}) => {
  const vendor = await startVendor(OK)
  return { vendor, proxy: await startProxy({ upstream: vendor.port, set }) }
}

const statusOf = async (port: number, head: string): Promise<string> =>
  /^HTTP\/1\.1 (\d+)/.exec(await exchangeBytes(port, `${head}\r\nConnection: close\r\n\r\n`))?.[1] ?? ""

describe("a request", () => {
  it.each(["localhost", "LOCALHOST:1", "127.0.0.1", "127.8.9.1:99", "[::1]:8787"])(
    "by the name %s is taken",
    async (host) => {
      const { proxy } = await start()
      expect((await call(proxy.port, { method: "GET", path: "/livez", headers: { host } })).status).toBe(200)
    }
  )

  it.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example:8787",
    "10.0.0.1",
    "0.0.0.0",
    "[::2]",
    "x"
  ])("by the name %o is refused on every route", async (host) => {
    const { proxy, vendor } = await start()
    for (const path of OWN)
      expect((await call(proxy.port, { path, headers: { host, "x-api-key": "k" } })).status, path).toBe(403)
    expect(vendor.seen.length).toBe(0)
  })

  it("by a name that the settings allow is taken", async () => {
    const { proxy } = await start({ HEADROOM_ALLOWED_HOSTS: "proxy.local, other" })
    expect((await call(proxy.port, { headers: { host: "Proxy.Local:8787", "x-api-key": "k" } })).status).toBe(200)
  })

  it("by two names, or none, is refused", async () => {
    const { proxy } = await start()
    expect(await statusOf(proxy.port, "GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil.example")).toBe("400")
    expect(await statusOf(proxy.port, "GET /livez HTTP/1.1")).toBe("400")
    expect(await statusOf(proxy.port, "GET /livez HTTP/1.0")).toBe("400")
  })

  it.each<Readonly<Record<string, string>>>([
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://localhost:3000" },
    { origin: "http://127.0.0.1" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" }
  ])("of a web page (%o) is refused on every route, and nothing tells the page more", async (headers) => {
    const { proxy, vendor } = await start()
    for (const method of ["GET", "POST", "OPTIONS"])
      for (const path of OWN) {
        const got = await call(proxy.port, { method, path, headers: { "x-api-key": "k", ...headers } })
        expect(got.status, `${method} ${path}`).toBe(403)
        expect(got.rawHeaders.filter((name) => name.toLowerCase().startsWith("access-control"))).toEqual([])
      }
    expect(vendor.seen.length).toBe(0)
  })

  it("of our own page is taken", async () => {
    const { proxy } = await start()
    const headers = { origin: `http://127.0.0.1:${proxy.port}`, "sec-fetch-site": "same-origin" }
    expect((await call(proxy.port, { method: "GET", path: "/livez", headers })).status).toBe(200)
    expect(
      (await call(proxy.port, { method: "GET", path: "/livez", headers: { "sec-fetch-site": "none" } })).status
    ).toBe(200)
  })

  it.each([
    "http://evil.example/v1/messages",
    "//evil.example/v1/messages",
    "/v1/messages/../../etc",
    "/v1/%2e%2E/x",
    "/v1/..%2fx",
    "/..",
    "*"
  ])("for %s reaches no other host and climbs no path", async (path) => {
    const { proxy, vendor } = await start()
    const status = await statusOf(
      proxy.port,
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nx-api-key: k\r\nContent-Length: 0`
    )
    if (path.startsWith("//")) {
      expect(status).toBe("200")
      expect(vendor.seen.map((one) => one.url)).toEqual(["/evil.example/v1/messages"])
    } else {
      expect(status).toBe("400")
      expect(vendor.seen.length).toBe(0)
    }
  })

  it("cannot name another upstream by a field", async () => {
    const { proxy, vendor } = await start()
    const headers = {
      "x-api-key": "k",
      "x-headroom-base-url": "http://evil.example",
      "x-forwarded-host": "evil.example"
    }
    await call(proxy.port, { headers })
    expect(vendor.seen.map((one) => one.url)).toEqual(["/v1/messages"])
    expect(valuesOf(vendor.seen[0]?.rawHeaders ?? [], "host")).toEqual([`127.0.0.1:${vendor.port}`])
  })

  it("of no route stays here", async () => {
    const { proxy, vendor } = await start()
    expect((await call(proxy.port, { path: "/nowhere", headers: {} })).status).toBe(404)
    expect((await call(proxy.port, { method: "HEAD", path: "/", headers: {} })).status).toBe(200)
    expect(vendor.seen.length).toBe(0)
  })
})

describe("a token", () => {
  const token = { HEADROOM_PROXY_TOKEN: "s3cret" }

  it("is asked for on every route but the one that says the proxy lives", async () => {
    const { proxy, vendor } = await start(token)
    for (const path of OWN)
      for (const given of [undefined, "", "s3cre", "s3cret ", "S3CRET", "x".repeat(9000)]) {
        const headers = { "x-api-key": "k", ...(given === undefined ? {} : { "x-headroom-token": given }) }
        const expected = path === "/livez" ? 405 : given?.trim() === "s3cret" ? expect.any(Number) : 401
        expect((await call(proxy.port, { path, headers })).status, `${path} ${given}`).toEqual(expected)
      }
    expect(vendor.seen.every((one) => valuesOf(one.rawHeaders, "x-headroom-token").length === 0)).toBe(true)
  })

  it("opens, and never goes on to the vendor", async () => {
    const { proxy, vendor } = await start(token)
    const headers = { "x-api-key": "k", "X-Headroom-Token": "s3cret" }
    expect((await call(proxy.port, { headers })).status).toBe(200)
    expect(JSON.stringify(vendor.seen)).not.toContain("s3cret")
  })

  it("may come as a bearer's where no vendor sees it, and only there", async () => {
    const { proxy, vendor } = await start(token)
    const headers = { authorization: "Bearer s3cret" }
    expect((await call(proxy.port, { method: "GET", path: "/readyz", headers })).status).toBe(200)
    expect((await call(proxy.port, { path: "/v1/responses", headers })).status).toBe(401)
    expect(vendor.seen.length).toBe(0)
  })

  it("must be set where others can reach the proxy", async () => {
    await expect(startProxy({ upstream: 1, set: { HEADROOM_HOST: "0.0.0.0" } })).rejects.toMatchObject({
      cause: { error: { message: expect.stringContaining("0.0.0.0 can be reached from other machines") } }
    })
    const { proxy } = await start({ HEADROOM_HOST: "0.0.0.0", ...token })
    expect((await call(proxy.port, { headers: { "x-api-key": "k", "x-headroom-token": "s3cret" } })).status).toBe(200)
  })
})

describe("a log", () => {
  it("has one line an exchange, without content and credentials", async () => {
    const vendor = await startVendor(OK)
    const lines: Array<string> = []
    const proxy = await startProxy({ upstream: vendor.port, onLog: (line) => lines.push(line) })
    const headers = { "x-api-key": "sk-secret", authorization: "Bearer sk-secret", cookie: "sk-secret" }
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "sk-secret" }] })
    await call(proxy.port, { path: "/v1/messages?key=sk-secret", headers, body })
    await call(proxy.port, { path: "/v1/messages", headers, body: `${body}]` })
    await proxy.recorded(2)
    expect(lines.filter((line) => line.includes("message=exchange")).length).toBe(2)
    expect(lines.join("\n")).not.toContain("secret")
    expect(JSON.stringify(proxy.exchanges)).not.toContain("secret")
  })
})

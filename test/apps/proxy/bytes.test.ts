/** What passes through the proxy is what came, byte for byte, on both ways. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { call, exchangeBytes, fields, onHead, startProxy, startSocketVendor, startVendor, valuesOf } from "./harness.ts"

const OK: Parameters<typeof startVendor>[0] = (_, __, response) => void response.end("{}")

/** Bodies that a parser and printer would alter, or that are no JSON. */
const ODD: ReadonlyArray<readonly [what: string, body: string | Buffer]> = [
  [
    "numbers",
    '{"model":"m","messages":[{"role":"user","content":"a"}],"a":1.0,"b":1e400,"c":9223372036854775808,"d":-0}'
  ],
  ["doubled keys", '{"model":"m","model":"n","messages":[],"messages":[{"role":"user","content":"a"}]}'],
  ["white space", '\n\t{ "model" :"m"\r\n,"messages":[ {"role":"user","content":"a"} ] }\n\n'],
  ["escapes", '{"model":"\\u006d","messages":[{"role":"user","content":"\\/\\u00e9é\\ud83d\\ude00\\ud800"}]}'],
  ["no JSON", '{"model":"m","messages":[{"role":'],
  ["a byte order mark", '\ufeff{"model":"m","messages":[]}'],
  ["no UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d])],
  ["deep nesting", `{"model":"m","messages":[{"role":"user","content":${"[".repeat(5000)}${"]".repeat(5000)}}]}`],
  ["an empty list", "[]"]
]

const ROUTES: ReadonlyArray<readonly [path: string, headers: Readonly<Record<string, string>>]> = [
  ["/v1/messages?beta=true", { "x-api-key": "k" }],
  ["/v1/messages/count_tokens", { "x-api-key": "k" }],
  ["/v1/chat/completions", { authorization: "Bearer k" }],
  ["/v1/responses", { authorization: "Bearer k" }],
  ["/v1beta/models/gemini-3-pro:generateContent", { "x-goog-api-key": "k" }],
  ["/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse", { "x-goog-api-key": "k" }],
  ["/v1/embeddings", { authorization: "Bearer k" }],
  ["/v1/messages/batches", { "x-api-key": "k" }]
]

describe("a request", () => {
  it.each(ROUTES)("to %s arrives as it was sent, whatever its body", async (path, headers) => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port })
    for (const [what, body] of ODD) {
      expect((await call(proxy.port, { path, headers, body })).status, what).toBe(200)
      expect(vendor.seen.at(-1)?.body.equals(Buffer.from(body)), what).toBe(true)
      expect(vendor.seen.at(-1)?.url).toBe(path)
    }
  })

  it.each(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])(
    "by %s arrives, with and without a body",
    async (method) => {
      const vendor = await startVendor((_, __, response) => {
        response.writeHead(200, { "content-length": 5 })
        response.end("hello")
      })
      const proxy = await startProxy({ upstream: vendor.port })
      const path = "/v1/files/abc?a=%2F&b=é".replace("é", "%C3%A9")
      const got = await call(proxy.port, { method, path })
      expect([got.status, got.headers["content-length"], got.isWhole]).toEqual([200, "5", true])
      expect(got.body.toString()).toBe(method === "HEAD" ? "" : "hello")
      const headers = { "x-api-key": "k", "transfer-encoding": "chunked" }
      if (method !== "HEAD" && method !== "GET")
        await call(proxy.port, { method, path, headers, body: [Buffer.from("a"), Buffer.from("b")] })
      expect(vendor.seen.map((one) => [one.method, one.url, one.body.toString()])).toEqual(
        method === "HEAD" || method === "GET"
          ? [[method, path, ""]]
          : [
              [method, path, ""],
              [method, path, "ab"]
            ]
      )
    }
  )

  it.each<readonly [string, (body: Buffer) => Buffer]>([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["zstd", () => Buffer.from("KLUv/QRY2QAAeyJtb2RlbCI6Im0iLCJtZXNzYWdlcyI6W119ubCY6Q==", "base64")],
    ["snappy", (body) => body],
    ["gzip", (body) => body]
  ])("in %s keeps its encoding where nothing changes", async (encoding, encode) => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port })
    const body = encode(Buffer.from('{"model":"m","messages":[]}'))
    expect((await call(proxy.port, { headers: { "x-api-key": "k", "content-encoding": encoding }, body })).status).toBe(
      200
    )
    expect(vendor.seen[0]?.body.equals(body)).toBe(true)
    expect(valuesOf(vendor.seen[0]?.rawHeaders ?? [], "content-encoding")).toEqual([encoding])
    expect(valuesOf(vendor.seen[0]?.rawHeaders ?? [], "content-length")).toEqual([String(body.length)])
  })

  it("in gzip is read, and goes on plain where it changes", async () => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({
      upstream: vendor.port,
      rewrite: (body) => Buffer.from(Buffer.from(body).toString().replace("long", "short"))
    })
    const body = gzipSync('{"messages":["long"]}')
    await call(proxy.port, { headers: { "x-api-key": "k", "Content-Encoding": "gzip", "x-b": "b" }, body })
    expect(vendor.seen[0]?.body.toString()).toBe('{"messages":["short"]}')
    expect(valuesOf(vendor.seen[0]?.rawHeaders ?? [], "content-encoding")).toEqual([])
    expect(valuesOf(vendor.seen[0]?.rawHeaders ?? [], "content-length")).toEqual(["22"])
    expect(valuesOf(vendor.seen[0]?.rawHeaders ?? [], "x-b")).toEqual(["b"])
    const [exchange] = await proxy.recorded(1)
    expect([exchange?.bytesBefore, exchange?.bytesAfter]).toEqual([body.length, 22])
  })

  it("keeps its fields, their order, spelling and number, and loses those of the hop and ours", async () => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port })
    const headers = fields(
      `Host: 127.0.0.1:${proxy.port}
       X-Api-Key: k
       ACCEPT-encoding: gzip, br
       X-Twice: 1
       x-twice: 2
       Connection: keep-alive, X-Hop
       X-Hop: 1
       Keep-Alive: timeout=5
       TE: trailers
       Upgrade: h2c
       Proxy-Authorization: secret
       Proxy-Connection: close
       Authorization: Bearer \u00e9
       Cookie: a=b
       x-headroom-token: t
       X-Headroom-Session-Id: s
       User-Agent: a/1
       Content-Length: 2`
    )
    await call(proxy.port, { headers, body: Buffer.from("{}") })
    expect(vendor.seen[0]?.rawHeaders).toEqual(
      fields(
        `host: 127.0.0.1:${vendor.port}
         connection: keep-alive
         X-Api-Key: k
         ACCEPT-encoding: gzip, br
         X-Twice: 1
         x-twice: 2
         Authorization: Bearer \u00e9
         Cookie: a=b
         User-Agent: a/1
         content-length: 2`
      )
    )
  })

  it("that asks for a go-ahead gets it, and then its answer", async () => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port })
    const head = `POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nx-api-key: k\r\nExpect: 100-continue\r\nConnection: close\r\n`
    const text = await exchangeBytes(proxy.port, `${head}Content-Length: 2\r\n\r\n{}`)
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
    expect(valuesOf(vendor.seen[0]?.rawHeaders ?? [], "expect")).toEqual([])
  })

  it("that offers another protocol on the side is taken in the one it came in", async () => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port })
    const head = `POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nx-api-key: k\r\nConnection: Upgrade, HTTP2-Settings\r\n`
    const rest = `Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 4\r\n\r\n{"a"`
    const got = exchangeBytes(proxy.port, `${head}${rest}`)
    await proxy.recorded(1)
    expect(vendor.seen[0]?.body.toString()).toBe('{"a"')
    await proxy.close()
    expect(await got).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })

  it("keeps the path of its provider's base before its own", async () => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({
      upstream: vendor.port,
      set: { ANTHROPIC_TARGET_API_URL: `http://127.0.0.1:${vendor.port}/team/a/` }
    })
    await call(proxy.port, { body: "{}" })
    await call(proxy.port, { path: "/v1/responses", headers: { authorization: "Bearer k" }, body: "{}" })
    expect(vendor.seen.map((one) => one.url)).toEqual(["/team/a/v1/messages", "/v1/responses"])
  })

  const lines = Array.from({ length: 60 }, (_, i) => `${i} \u001b[32mok\u001b[0m   `).join("\n")
  const use = { role: "assistant", content: [{ type: "tool_use", id: "t", name: "Bash", input: { command: "make" } }] }
  const output = { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: lines }] }
  const smaller = JSON.stringify({ model: "m", messages: [{ role: "user", content: "a" }, use, output] })

  it("with the bypass is not changed though it could be", async () => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port })
    await call(proxy.port, { body: smaller })
    await call(proxy.port, { headers: { "x-api-key": "k", "x-headroom-bypass": "true" }, body: smaller })
    expect(vendor.seen[0]?.body.length).toBeLessThan(smaller.length)
    expect(vendor.seen[1]?.body.toString()).toBe(smaller)
  })

  it("whose signature covers its body is not changed though it could be; by a Google token it is read", async () => {
    const vendor = await startVendor(OK)
    const proxy = await startProxy({ upstream: vendor.port })
    const aws = { authorization: "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/bedrock/aws4_request, Signature=0" }
    const paths = ["/model/anthropic.claude-x/invoke", "/model/anthropic.claude-x/converse-stream", "/v1/messages"]
    for (const path of paths) {
      await call(proxy.port, { path, headers: aws, body: smaller })
      expect(vendor.seen.at(-1)?.body.toString()).toBe(smaller)
      expect(valuesOf(vendor.seen.at(-1)?.rawHeaders ?? [], "authorization")).toEqual([aws.authorization])
    }
    const path = "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-x:rawPredict"
    await call(proxy.port, { path, headers: { authorization: "Bearer ya29.x" }, body: smaller })
    expect(vendor.seen.at(-1)?.url).toBe(path)
    expect(vendor.seen.at(-1)?.body.length).toBeLessThan(smaller.length)
  })
})

describe("an answer", () => {
  it("keeps status, reason, fields and body, and loses the fields of the hop", async () => {
    const vendor = await startSocketVendor((socket) =>
      onHead(socket, () =>
        socket.end(
          "HTTP/1.1 418 Short and stout\r\nDate: then\r\nX-B: 1\r\nx-b: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Latin: \xe9\r\n" +
            "Connection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=1\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
          "latin1"
        )
      )
    )
    const proxy = await startProxy({ upstream: vendor.port })
    const got = await call(proxy.port, { body: "{}" })
    expect([got.status, got.statusMessage, got.body.toString(), got.isWhole]).toEqual([
      418,
      "Short and stout",
      "abc",
      true
    ])
    expect(got.rawHeaders.slice(0, 16)).toEqual(
      fields(
        `Date: then
         X-B: 1
         x-b: 2
         Set-Cookie: a=1
         Set-Cookie: b=2
         X-Latin: \u00e9
         Content-Encoding: gzip
         Content-Length: 3`
      )
    )
    expect(valuesOf(got.rawHeaders, "x-hop")).toEqual([])
  })

  it.each([204, 304])("of status %i has no body", async (status) => {
    const vendor = await startVendor((_, __, response) => void response.writeHead(status, { etag: "x" }).end())
    const proxy = await startProxy({ upstream: vendor.port })
    const got = await call(proxy.port, { method: "GET", path: "/v1/models" })
    expect([got.status, got.headers.etag, got.body.length, got.isWhole]).toEqual([status, "x", 0, true])
  })

  it("comes after the notes that a vendor sends ahead of it", async () => {
    const vendor = await startSocketVendor((socket) =>
      onHead(socket, () =>
        socket.end(
          "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
        )
      )
    )
    const proxy = await startProxy({ upstream: vendor.port })
    const got = await call(proxy.port, { body: "{}" })
    expect([got.status, got.body.toString()]).toEqual([200, "ok"])
  })

  it("goes out head first, before a body that is long in coming", async () => {
    const vendor = await startVendor((_, __, response) =>
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders()
    )
    const proxy = await startProxy({ upstream: vendor.port, set: { HEADROOM_GRACE_MS: "0" } })
    const text = exchangeBytes(
      proxy.port,
      "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nx-api-key: k\r\nContent-Length: 2\r\n\r\n{}"
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    await proxy.close()
    expect(await text).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/event-stream\r\n/)
  })
})

const recordings = new URL("../../../../shared/corpus/wire/", import.meta.url)
const built = (name: string, text: string): readonly [string, Buffer] => [name, Buffer.from(text)]

/** Streams as vendors send them, and what the grammar of streams allows besides. */
const streams = (): ReadonlyArray<readonly [name: string, bytes: Buffer]> => [
  built("LF", 'event: a\ndata: {"é":"😀"}\n\ndata: [DONE]\n\n'),
  built("CRLF", "event: a\r\ndata: 1\r\n\r\n: ping\r\n\r\ndata: 2\r\n\r\n"),
  built("CR", "\ufeffdata: 1\rdata: 2\r\rid: 3\rretry: 10\r\r"),
  built("half an event", 'event: message_start\ndata: {"type":"mess'),
  built(
    "an error in the middle",
    'data: 1\n\nevent: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n'
  ),
  built("no stream", '{"type":"message"}'),
  ["no text", Buffer.from([0xff, 0x00, 0xc3, 0x28, 0x0a, 0x0a])],
  ...["anthropic-sse", "gemini-sse"].flatMap((folder) => {
    const url = new URL(`${folder}/`, recordings)
    return existsSync(url)
      ? readdirSync(url).map((name) => [`${folder}/${name}`, readFileSync(new URL(name, url))] as const)
      : []
  })
]

/** Cuts at places that follow from the seed. */
const cut = (bytes: Buffer, seed: number): ReadonlyArray<Buffer> => {
  const parts: Array<Buffer> = []
  let state = seed + 1
  for (let at = 0; at < bytes.length; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const size = 1 + (state % Math.ceil(Math.max(2, bytes.length / 4)))
    parts.push(bytes.subarray(at, at + size))
    at += size
  }
  return parts
}

describe("a stream", () => {
  it(`passes as it is in whatever pieces it comes${existsSync(recordings) ? "" : " (recorded ones skipped: no corpus beside the repository)"}`, async () => {
    const all = streams()
    const encoded = [...all, ...all.slice(0, 3).map(([name, bytes]) => [`${name} in gzip`, gzipSync(bytes)] as const)]
    const vendor = await startVendor((seen, _, response) => {
      const [index = 0, seed = 0] =
        seen.url
          .split("#")[0]
          ?.split("&")
          .map((part) => Number(part.split("=")[1])) ?? []
      const [name, bytes] = encoded[index] as readonly [string, Buffer]
      response.writeHead(200, {
        "content-type": "text/event-stream",
        ...(name.endsWith("gzip") ? { "content-encoding": "gzip" } : {})
      })
      const parts = cut(bytes, seed)
      let at = 0
      const next = (): void => {
        if (at === parts.length) return void response.end()
        response.write(parts[at++])
        setImmediate(next)
      }
      next()
    })
    const proxy = await startProxy({ upstream: vendor.port })
    for (const [index, [name, bytes]] of encoded.entries()) {
      const gots = await Promise.all(
        [1, 2].map((seed) => call(proxy.port, { path: `/v1/messages?i=${index}&s=${seed}`, body: "{}" }))
      )
      for (const got of gots) expect([got.body.equals(bytes), got.isWhole], name).toEqual([true, true])
    }
  }, 60_000)
})

/** The routes that the proxy answers itself, and the terms that clients of its services know. */
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { call, startProxy } from "./harness.ts"

const start = (set: Readonly<Record<string, string>> = {}) => startProxy({ upstream: 1, set })
const read = (got: { readonly body: Buffer }): Record<string, unknown> => JSON.parse(got.body.toString())

const lines = Array.from({ length: 400 }, (_, i) => `2026-01-01 00:00:${i % 60} INFO served request ${i} in 3 ms`).join(
  "\n"
)
const messages = (content: string): string =>
  `[ {"role":"user","content":"why?","n":1.0,"big":12345678901234567890},
     {"role":"assistant","tool_calls":[{"id":"t","type":"function","function":{"name":"Bash","arguments":"{\\"command\\":\\"make\\"}"}}]},
     {"role":"tool","tool_call_id":"t","content":${JSON.stringify(content)},"x":1.50} ]`

describe("/livez", () => {
  it("says which proxy it is", async () => {
    const proxy = await start({ HEADROOM_PROXY_NONCE: "n-1" })
    const got = await call(proxy.port, { method: "GET", path: "/livez", headers: {} })
    expect(got.status).toBe(200)
    expect(read(got)).toEqual({
      status: "ok",
      service: "headroom",
      version: expect.any(String),
      pid: process.pid,
      nonce: "n-1"
    })
    expect((await call(proxy.port, { method: "HEAD", path: "/livez", headers: {} })).body.length).toBe(0)
    expect((await call(proxy.port, { method: "POST", path: "/livez", headers: {} })).status).toBe(405)
  })
})

describe("/readyz", () => {
  it("says what stands behind it", async () => {
    const proxy = await start()
    const got = await call(proxy.port, { method: "GET", path: "/readyz", headers: {} })
    const upstreams = { anthropic: "http://127.0.0.1:1/", openai: "http://127.0.0.1:1/", gemini: "http://127.0.0.1:1/" }
    expect([got.status, read(got)]).toEqual([200, { status: "ready", store: "ok", recordsLost: 0, upstreams }])
  })
})

describe("/v1/compress", () => {
  const compress = async (port: number, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    call(port, { path: "/v1/compress", headers: { "content-type": "application/json", ...headers }, body })

  it("answers in its clients' terms, and hides nothing unasked", async () => {
    const proxy = await start()
    const got = await compress(proxy.port, `{"model":"gpt-4o","messages":${messages(lines)}}`)
    const answer = read(got)
    expect(answer).toEqual({
      messages: expect.any(Array),
      tokens_before: expect.any(Number),
      tokens_after: expect.any(Number),
      tokens_saved: expect.any(Number),
      compression_ratio: expect.any(Number),
      transforms_applied: ["log"],
      ccr_hashes: []
    })
    const { tokens_before: before, tokens_after: after } = answer as Record<string, number>
    expect(after).toBeLessThan(before as number)
    expect(answer["compression_ratio"]).toBeCloseTo((after as number) / (before as number))
    expect(answer["tokens_saved"]).toBe((before as number) - (after as number))
  })

  it("leaves the text of all that it does not replace", async () => {
    const proxy = await start()
    const text = (
      await compress(proxy.port, gzipSync(`{"messages":${messages(lines)}}`), { "content-encoding": "gzip" })
    ).body.toString()
    expect(text).toContain('{"role":"user","content":"why?","n":1.0,"big":12345678901234567890},\n     {"role"')
    expect(text).toContain('"x":1.50} ]')
    expect(text).not.toContain("served request 200 in 3 ms")
  })

  it("with the bypass gives back the very text", async () => {
    const proxy = await start()
    const given = messages(lines)
    const got = await compress(proxy.port, `{"messages":${given}}`, { "X-Headroom-Bypass": "True" })
    expect(got.body.toString().startsWith(`{"messages":${given},"tokens_before":`)).toBe(true)
    expect(read(got)["compression_ratio"]).toBe(1)
  })

  it.each(["ccr", "offload"])("in mode %s names what it hid, and gives it back", async (mode) => {
    const proxy = await start()
    const noise = Array.from(
      { length: 3000 },
      (_, i) => `note ${(i * 2654435761) % 99991} of ${(i * 40503) % 65521}, see page ${i}`
    ).join("\n")
    const got = read(
      await compress(proxy.port, JSON.stringify({ messages: JSON.parse(messages(noise)), config: { mode } }))
    )
    const [hash] = got["ccr_hashes"] as ReadonlyArray<string>
    expect(hash).toMatch(/^[0-9a-f]{12,24}$/)
    expect(JSON.stringify(got["messages"])).toContain(hash)
    const whole = read(await call(proxy.port, { method: "GET", path: `/v1/retrieve/${hash}`, headers: {} }))
    expect(whole).toMatchObject({ hash, original_content: noise, total_lines: 3000, cursor: null })
    const part = read(
      await call(proxy.port, { method: "GET", path: `/v1/retrieve/${hash}?lines=2-3&query=`, headers: {} })
    )
    expect(part["original_content"]).toBe(`${noise.split("\n").slice(1, 3).join("\n")}\n`)
    const page = read(
      await call(proxy.port, { method: "GET", path: `/v1/retrieve/${hash}?max_length=1000`, headers: {} })
    )
    expect(page["cursor"]).toEqual(expect.any(String))
  })

  it.each(["", "{", "[]", '{"messages":1}', '{"messages":[],"config":{"lossless":1}}'])(
    "says what it expects, given %o",
    async (body) => {
      const proxy = await start()
      const got = await compress(proxy.port, body)
      expect([got.status, read(got)]).toEqual([
        400,
        { error: { type: "invalid_request_error", message: 'expected JSON like {"messages": [...], "model": "..."}' } }
      ])
    }
  )

  it("takes no more than is read", async () => {
    const proxy = await start({ HEADROOM_MAX_READ_BYTES: "1000" })
    expect((await compress(proxy.port, " ".repeat(1001))).status).toBe(413)
    expect((await compress(proxy.port, gzipSync(" ".repeat(1001)), { "content-encoding": "gzip" })).status).toBe(413)
    expect((await compress(proxy.port, "{}", { "content-encoding": "snappy" })).status).toBe(415)
  })
})

describe("/v1/retrieve", () => {
  it.each<readonly [path: string, status: number, type: string]>([
    ["/v1/retrieve/0123456789ab", 404, "unknown-ref"],
    ["/v1/retrieve/", 400, "malformed-ref"],
    ["/v1/retrieve/%ff", 400, "malformed-ref"]
  ])("%s is a %i", async (path, status, type) => {
    const proxy = await start()
    const got = await call(proxy.port, { method: "GET", path, headers: {} })
    expect([got.status, read(got)]).toEqual([status, { error: { type, message: expect.any(String) } }])
  })
})

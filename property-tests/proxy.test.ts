/** Laws of forwarding, over generated exchanges on real sockets: what either side sends is what the other gets. */
import * as fc from "effect/FastCheck"
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { call, startProxy, startVendor } from "../test/apps/proxy/harness.ts"

const bytes = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array)) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 300_000 }))
      .map(([byte, size]) => Buffer.alloc(size, byte))
  }
)

/** A body with the places at which it is cut. */
const body = fc.record({ bytes, cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }) })

const pieces = ({ bytes: whole, cuts }: { readonly bytes: Buffer; readonly cuts: ReadonlyArray<number> }) => {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * whole.length)), whole.length].toSorted((a, b) => a - b)
  return places.slice(1).map((to, i) => whole.subarray(places[i], to))
}

/** Fields that belong to nobody on the way. */
const field = fc.tuple(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,12}$/).map((name) => `Q-${name}`),
  fc.stringMatching(/^[!-~\u00a1-\u00ff]([ -~\u00a1-\u00ff]{0,20}[!-~\u00a1-\u00ff])?$/)
)
const someFields = fc.array(field, { maxLength: 6 }).map((pairs) => pairs.flat())

const own = (rawHeaders: ReadonlyArray<string>): ReadonlyArray<string> =>
  rawHeaders.filter((_, i) => /^q-/i.test(rawHeaders[i - (i % 2)] ?? ""))

const exchange = fc.record({
  path: fc.constantFrom("/v1/messages", "/v1/messages/count_tokens", "/v1/messages/batches", "/v1/files"),
  method: fc.constantFrom("POST", "PUT", "PATCH"),
  sent: body,
  sentFields: someFields,
  isPacked: fc.boolean(),
  isChunked: fc.boolean(),
  status: fc.constantFrom(200, 201, 400, 401, 404, 422, 500, 502),
  answered: body,
  answeredFields: someFields
})

describe("the proxy", () => {
  it("passes bodies and fields on as they are, both ways", async () => {
    let next: { readonly parts: ReadonlyArray<Buffer>; readonly status: number; readonly fields: ReadonlyArray<string> }
    const vendor = await startVendor((_, __, response) => {
      response.writeHead(next.status, [...next.fields])
      for (const part of next.parts) response.write(part)
      response.end()
    })
    const proxy = await startProxy({ upstream: vendor.port })
    await fc.assert(
      fc.asyncProperty(exchange, async ({ path, method, sent, sentFields, isPacked, isChunked, status, ...answer }) => {
        next = { parts: pieces(answer.answered), status, fields: answer.answeredFields }
        const given = isPacked ? gzipSync(sent.bytes) : sent.bytes
        const packed = isPacked ? ["Content-Encoding", "gzip"] : []
        const framed = isChunked ? ["Transfer-Encoding", "chunked"] : ["Content-Length", String(given.length)]
        const headers = ["Host", "localhost", "x-api-key", "k", ...sentFields, ...packed, ...framed]
        const got = await call(proxy.port, { path, method, headers, body: pieces({ ...sent, bytes: given }) })
        const seen = vendor.seen.at(-1)
        expect([seen?.method, seen?.url, seen?.body.equals(given)]).toEqual([method, path, true])
        expect(own(seen?.rawHeaders ?? [])).toEqual(sentFields)
        expect([got.status, got.isWhole, got.body.equals(answer.answered.bytes)]).toEqual([status, true, true])
        expect(own(got.rawHeaders)).toEqual(answer.answeredFields)
      })
    )
    expect((await proxy.recorded(vendor.seen.length)).every((one) => one.finish !== "truncated")).toBe(true)
  })
})

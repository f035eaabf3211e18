import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerMemory } from "../../../src/adapters/ledger/memory.ts"
import { layerMemory as layerOriginals } from "../../../src/adapters/originals/memory.ts"
import type { BlockAnswer } from "../../../src/apps/proxy/dashboard/block.ts"
import { insideRoute } from "../../../src/apps/proxy/inside.ts"
import { layerMetrics } from "../../../src/apps/proxy/metrics.ts"
import { optionsFrom, type StatsAnswer } from "../../../src/apps/proxy/stats.ts"
import type { Asked } from "../../../src/apps/proxy/shown.ts"
import { LIST } from "../../../src/domain/prices.ts"
import { Ledger } from "../../../src/pipeline/ports/ledger.ts"
import { Originals, OriginalsError } from "../../../src/pipeline/ports/originals.ts"
import { Prices } from "../../../src/pipeline/ports/prices.ts"
import { layer as layerHeadroom } from "../../../src/pipeline/service.ts"
import { exchangesOf } from "../../fixtures/exchanges.ts"
import { type InsideServer, serveInside } from "../../fixtures/inside-server.ts"

const now = Date.now()
const exchanges = exchangesOf({ count: 200, until: now, days: 3, seed: 5 })

let server: InsideServer
beforeAll(async () => {
  server = await serveInside(exchanges)
})
afterAll(() => server.close())

const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers })

const refOf = async (): Promise<string> => {
  const stats = (await (await get("/stats?last=7d")).json()) as StatsAnswer
  const ref = stats.recent.flatMap((one) => one.slots).find((slot) => slot.ref !== undefined)?.ref
  if (ref === undefined) throw new Error("no ref")
  return ref
}

describe("/stats", () => {
  it("answers with sums over the time asked for", async () => {
    const stats = (await (await get("/stats?last=7d&offset=60")).json()) as StatsAnswer
    expect(stats.total.requests).toBe(exchanges.length)
    expect(stats.dropped).toBe(0)
    const { money } = stats.total
    expect(money.saved).toBeCloseTo(money.without - money.paid, 9)
    expect(stats.series.every((point) => (point.at + 3_600_000) % stats.spanMs === 0)).toBe(true)
    const day = (await (await get("/stats")).json()) as StatsAnswer
    expect(day.total.requests).toBe(exchanges.filter((one) => one.at >= now - 86_400_000).length)
    const all = (await (await get("/stats?last=all")).json()) as StatsAnswer
    expect(all.total.requests).toBe(exchanges.length)
  })

  it("holds no content", async () => {
    const text = await (await get("/stats?last=all")).text()
    expect(text).not.toMatch(/octokit|INFO|ERROR/)
  })

  it.each([
    ["last=yesterday", /^last: expected/],
    ["last=0h", /^last: expected/],
    ["last=99999d", /^last: expected/],
    ["offset=x", /^offset: expected/],
    ["offset=900", /^offset: expected/]
  ])("says what is wrong with %s", async (query, says) => {
    const response = await get(`/stats?${query}`)
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { readonly error: { readonly message: string } }
    expect(error.message).toMatch(says)
  })

  it("takes a project and a conversation", () => {
    expect(optionsFrom(new URLSearchParams("last=2h&project=/p&conversation=c&offset=-90"), 1e13)).toEqual({
      since: 1e13 - 7_200_000,
      until: 1e13 + 1,
      offsetMs: -5_400_000,
      project: "/p",
      conversation: "c"
    })
  })

  it("says in its own form where the ledger cannot be read", async () => {
    const closed = Effect.fail(new OriginalsError({ operation: "totals", reason: "busy" }))
    const broken = Layer.succeed(Ledger, {
      record: () => closed,
      latest: () => closed,
      lastSeen: () => closed,
      calls: () => closed,
      births: () => closed,
      totals: () => closed,
      conversations: () => closed,
      slots: () => closed,
      passedOver: () => closed,
      timings: () => closed,
      collect: () => closed
    })
    const asked: Asked = { headers: {}, path: "/stats", query: new URLSearchParams() }
    const layer = Layer.mergeAll(broken, layerMetrics, Layer.succeed(Prices, LIST), layerStored)
    const shown = await Effect.runPromise(
      Effect.provide(insideRoute("/stats")?.respond(asked) ?? Effect.die("none"), layer)
    )
    expect(shown.status).toBe(503)
    expect(JSON.parse(shown.body)).toEqual({
      error: { type: "busy", message: expect.stringContaining("another process") }
    })
  })
})

const layerStored = Layer.provideMerge(layerHeadroom, layerOriginals())

describe("/dashboard", () => {
  it("is one document with a strict policy that no inline code but its own satisfies", async () => {
    const response = await get("/dashboard")
    const html = await response.text()
    const policy = response.headers.get("content-security-policy") ?? ""
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(response.headers.get("x-content-type-options")).toBe("nosniff")
    expect(html).not.toMatch(/ style=| on\w+=|src=|@import|url\(/)
    expect([...html.matchAll(/https?:\/\/[^"'\s`)]+/g)].map(([url]) => url)).toEqual(["http://www.w3.org/2000/svg"])
    expect(html.length).toBeLessThan(60_000)
  })

  it("asks in relative places alone, so that it works under any name", async () => {
    const html = await (await get("/dashboard")).text()
    expect(html).toContain("dashboard/blocks/")
    expect(html).not.toContain('"/stats')
  })
})

describe("/dashboard/blocks", () => {
  it("shows an output as it came and as it was sent", async () => {
    const answer = (await (await get(`/dashboard/blocks/${await refOf()}?whole=1`)).json()) as BlockAnswer
    expect(answer.source).toBe("sent")
    expect(answer.tokensAfter).toBeLessThan(answer.tokensBefore)
    const before = answer.rows.filter((row) => row.sign !== "+").length
    expect(before).toBeGreaterThan(3)
  })

  it("names what is hidden", async () => {
    const stats = (await (await get("/stats?last=all")).json()) as StatsAnswer
    const refs = [...new Set(stats.recent.flatMap((one) => one.slots.flatMap((slot) => slot.ref ?? [])))]
    const answers = await Promise.all(
      refs.map(async (ref) => (await (await get(`/dashboard/blocks/${ref}`)).json()) as BlockAnswer)
    )
    expect(answers.some(({ hidden }) => hidden.length > 0 && hidden.every((gap) => gap.count > 0))).toBe(true)
  })

  it("renders anew what nothing is pinned for, and says so", async () => {
    const rows = JSON.stringify(
      Array.from({ length: 30 }, (_, id) => ({ id, state: "running", zone: "eu-1" })),
      null,
      2
    )
    const answer = await Effect.runPromise(
      Effect.gen(function* () {
        const originals = yield* Originals
        const kept = yield* originals.keep({ originals: [rows] })
        const asked: Asked = {
          headers: { host: "localhost:8787" },
          path: `/dashboard/blocks/${kept.receipts[0]?.ref ?? ""}`,
          query: new URLSearchParams(),
          remoteAddress: "::ffff:127.0.0.1"
        }
        return yield* insideRoute(asked.path)?.respond(asked) ?? Effect.die("none")
      }).pipe(Effect.provide(Layer.mergeAll(layerStored, layerMemory(), layerMetrics, Layer.succeed(Prices, LIST))))
    )
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body)).toMatchObject({ source: "rendered", hidden: [] })
  })

  it.each<readonly [string, number]>([
    ["000000000000", 404],
    ["nothing", 400],
    ["", 400],
    ["..%2f..%2fetc", 400]
  ])("says why it cannot show %j", async (ref, status) => {
    const response = await get(`/dashboard/blocks/${ref}`)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } })
  })

  it.each<readonly [why: string, asked: Partial<Asked>]>([
    ["from another machine", { remoteAddress: "192.168.1.7" }],
    ["from an address that only looks like one of here", { remoteAddress: "127.0.0.1.evil" }],
    ["from nobody knows where", { remoteAddress: undefined }],
    ["under a foreign name", { headers: { host: "evil.example:8787" } }],
    ["without a name", { headers: {} }],
    ["by another site's page", { headers: { host: "localhost:8787", "sec-fetch-site": "cross-site" } }],
    ["by a page of a sister site", { headers: { host: "127.0.0.1", "sec-fetch-site": "same-site" } }]
  ])("shows nothing %s", async (_, change) => {
    const ref = await refOf()
    const asked: Asked = {
      headers: { host: "127.0.0.1:8787", "sec-fetch-site": "same-origin" },
      path: `/dashboard/blocks/${ref}`,
      query: new URLSearchParams(),
      remoteAddress: "127.0.0.1",
      ...change
    }
    const shown = await Effect.runPromise(
      Effect.provide(
        insideRoute(asked.path)?.respond(asked) ?? Effect.die("none"),
        Layer.mergeAll(layerStored, layerMemory(), layerMetrics, Layer.succeed(Prices, LIST))
      )
    )
    expect(shown.status).toBe(403)
    expect(shown.body).not.toContain("rows")
  })
})

describe("the routes", () => {
  it("are these alone, and the page alone is open", () => {
    expect(["/", "/stats/", "/dashboardx", "/__proto__", "/constructor"].map(insideRoute)).toEqual(
      Array(5).fill(undefined)
    )
    expect(
      ["/stats", "/metrics", "/dashboard", "/dashboard/blocks/x"].map((path) => insideRoute(path)?.isOpen)
    ).toEqual([false, false, true, false])
  })
})

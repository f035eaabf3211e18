/** `/v1/compress` on a thread beside the streams: what becomes of a request when the thread works, hangs, or breaks off. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import { afterAll, describe, expect, it } from "vitest"
import { Compression } from "../../../src/apps/proxy/compression.ts"
import { type BesideOptions, layerBeside } from "../../../src/apps/proxy/compression-beside.ts"

/** Answers with how often it was asked; the body says what else to do. */
const SCRIPT = `
import { parentPort } from "node:worker_threads"
let asked = 0
parentPort.on("message", ({ body }) => {
  const text = Buffer.from(body).toString()
  if (text === "hang") for (;;) {}
  if (text === "throw") throw new Error("broken")
  if (text === "exit") process.exit(1)
  parentPort.postMessage({ status: 200, type: "text/plain", body: text + " " + asked++ })
})
`
const folder = mkdtempSync(join(tmpdir(), "beside-"))
writeFileSync(join(folder, "script.mjs"), SCRIPT)
afterAll(() => rmSync(folder, { recursive: true }))

const options: BesideOptions = {
  script: pathToFileURL(join(folder, "script.mjs")),
  told: {},
  deadlineMs: 60_000,
  idleMs: 60_000
}

const ask = (text: string) =>
  Effect.flatMap(Compression, (compression) =>
    compression.answer({
      headers: {},
      body: Buffer.from(text),
      defaults: { mode: undefined, model: undefined, project: "" }
    })
  ).pipe(Effect.map(({ status, body }) => [status, String(body)] as const))

const on = <A>(body: Effect.Effect<A, never, Compression>, set: Partial<BesideOptions> = {}): Promise<A> =>
  Effect.runPromise(Effect.provide(body, layerBeside({ ...options, ...set })))

describe("a thread that compresses", () => {
  it("answers one request after another", async () => {
    const answers = await on(Effect.all([ask("a"), ask("b"), ask("c")], { concurrency: 3 }))
    expect(answers).toEqual([
      [200, "a 0"],
      [200, "b 1"],
      [200, "c 2"]
    ])
  })

  it("is ended where it takes too long, and those behind it are refused in time, not left waiting", async () => {
    const answers = await on(
      Effect.all([ask("hang"), ask("b")], { concurrency: 2 }).pipe(
        Effect.zip(
          Effect.retry(
            Effect.filterOrFail(ask("c"), ([status]) => status === 200),
            { times: 50 }
          ).pipe(Effect.orDie)
        )
      ),
      { deadlineMs: 1_000 }
    )
    expect(answers[0].map(([status]) => status)).toEqual([503, 503])
    expect(answers[0][0]?.[1]).toContain("overdue")
    expect(answers[1]).toEqual([200, "c 0"])
  })

  it.each(["throw", "exit"])("that breaks off (%s) says so, and another answers the next", async (how) => {
    const answers = await on(Effect.zip(ask(how), ask("b")))
    expect(answers).toEqual([
      [503, expect.stringContaining("broke off")],
      [200, "b 0"]
    ])
  })

  it("goes where nobody asks, and comes back where somebody does", async () => {
    const answers = await on(Effect.zip(ask("a"), Effect.delay(ask("b"), "300 millis")), { idleMs: 10 })
    expect(answers).toEqual([
      [200, "a 0"],
      [200, "b 0"]
    ])
  })
})

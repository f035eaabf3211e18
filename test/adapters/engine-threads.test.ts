import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll } from "vitest"
import { layerThreads, type ThreadsOptions } from "../../src/adapters/engine/threads.ts"
import type { Digest } from "../../src/domain/digest.ts"
import { Engine, type Job } from "../../src/pipeline/ports/engine.ts"

/** Answers each job with what it was told and how many jobs it had before; `from` says what else to do. */
const SCRIPT = `
import { parentPort, workerData } from "node:worker_threads"
let jobs = 0
parentPort.on("message", (asked) => {
  if (asked._tag === "Leave") return
  const { id, job } = asked
  if (job.from === "hang") for (;;) {}
  if (job.from === "die") process.exit(1)
  if (job.from === "throw") throw new Error("broken")
  if (job.from === "wait") return
  parentPort.postMessage({ _tag: "Settled", id, result: { _tag: "Settled", slots: [], passedOver: [workerData.name, String(jobs++)] } })
})
if (workerData.name === "no start") process.exit(1)
parentPort.postMessage({ _tag: "Ready" })
`

const folder = mkdtempSync(join(tmpdir(), "threads-"))
writeFileSync(join(folder, "script.mjs"), SCRIPT)
afterAll(() => rmSync(folder, { recursive: true }))

const options: ThreadsOptions = {
  script: pathToFileURL(join(folder, "script.mjs")),
  told: { name: "told" },
  threads: 1,
  graceMs: 100,
  maxWaiting: 4
}

const job = (from?: string, deadline = Date.now() + 20_000): Job => ({
  from: from as Digest | undefined,
  to: "b" as Digest,
  blocks: [],
  mode: "visible",
  session: { id: "s", project: "" },
  deadline,
  isDry: false
})

const settle = (...asked: Parameters<typeof job>) =>
  Effect.flatMap(Engine, (engine) => engine.settle(job(...asked))).pipe(
    Effect.map((result) => (result._tag === "Settled" ? result.passedOver.join(" ") : result._tag)),
    Effect.catchAll((error) => Effect.succeed(error.reason))
  )

/** Asked again until a new thread is ready. */
const settleInTime: Effect.Effect<string, never, Engine> = Effect.flatMap(settle(), (answer) =>
  answer === "lost" ? Effect.zipRight(Effect.sleep("20 millis"), settleInTime) : Effect.succeed(answer)
)

const live = <A>(body: Effect.Effect<A, unknown, Engine>, settings: Partial<ThreadsOptions> = {}) =>
  body.pipe(Effect.provide(layerThreads({ ...options, ...settings })))

describe("an engine on threads", () => {
  it.live("answers from the thread that a conversation keeps to", () =>
    live(
      Effect.gen(function* () {
        assert.strictEqual(yield* settle(), "told 0")
        assert.strictEqual(yield* settle(), "told 1")
      }),
      { threads: 3 }
    )
  )

  it.live("ends a thread that is overdue, and goes on with another", () =>
    live(
      Effect.gen(function* () {
        assert.strictEqual(yield* settle(), "told 0")
        assert.strictEqual(yield* settle("hang", Date.now()), "overdue")
        assert.strictEqual(yield* settleInTime, "told 0")
      })
    )
  )

  it.live("fails what waits for a thread that is gone", () =>
    live(
      Effect.gen(function* () {
        for (const end of ["die", "throw"]) {
          assert.deepStrictEqual(yield* Effect.all([settle("wait"), settle(end)], { concurrency: 2 }), ["lost", "lost"])
          assert.strictEqual(yield* settleInTime, "told 0")
        }
      })
    )
  )

  it.live("takes no more jobs than may wait", () =>
    live(
      Effect.gen(function* () {
        const many = Array.from({ length: 6 }, () => settle("wait", Date.now() + 200))
        const answers = yield* Effect.all(many, { concurrency: "unbounded" })
        assert.strictEqual(answers.filter((answer) => answer === "busy").length, 2)
      })
    )
  )

  it.live("is not built where its thread cannot start", () =>
    Effect.map(Effect.flip(live(settle(), { told: { name: "no start" } })), (error) => {
      assert.match(String(error), /lost/)
    })
  )
})

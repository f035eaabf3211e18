/**
 * Request bodies made of every JSON file at hand, as it stands and as a tool's output: outside what is replaced, and everywhere where
 * nothing is, the bytes that go on are the bytes that came.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, describe, expect, it } from "vitest"
import { hashParts, sameBytes } from "../src/adapters/bytes/node.ts"
import { layerMemory } from "../src/adapters/originals/memory.ts"
import { layerRewriter } from "../src/pipeline/rewrite-request.ts"
import { Rewriter } from "../src/pipeline/rewriter.ts"
import { layerEngine } from "../src/pipeline/settle-slots.ts"
import { routeOf } from "../src/wire/endpoint.ts"
import { spanOf } from "../src/wire/json-spans.ts"

const folder = fileURLToPath(new URL("../../shared/corpus/json/", import.meta.url))
const isThere = existsSync(folder)
/** A body of a larger one is like those of the others. */
const MOST = 300_000

const files = isThere
  ? readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(folder + name).isFile() && statSync(folder + name).size <= MOST)
      .sort()
  : []

const runtime = ManagedRuntime.make(
  layerRewriter({
    mode: "visible",
    stabilises: false,
    deadlineMs: 60_000,
    memoryBytes: 4_000_000,
    hash: hashParts,
    same: sameBytes
  }).pipe(Layer.provide(layerEngine), Layer.provide(layerMemory()))
)
afterAll(() => runtime.dispose())

const route = routeOf("POST", "/v1/messages", {})

const sent = (body: Buffer): Promise<Uint8Array> =>
  runtime.runPromise(
    Effect.flatMap(Rewriter, (rewriter) =>
      route === undefined
        ? Effect.die("no route")
        : Effect.map(rewriter.rewrite({ route, headers: {}, body }), (rewritten) => rewritten.body)
    )
  )

const joined = (...parts: ReadonlyArray<string | Buffer>): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)))

const CALL = '{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"fetch","input":{}}]}'
const RESULT = '{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":'
const PATH = ["messages", 1, "content", 0, "content"]

describe.skipIf(!isThere)("a body made of a file (skipped where no corpus stands beside the repository)", () => {
  it("that is its own JSON is the bytes that came", async () => {
    for (const name of files) {
      const file = readFileSync(folder + name)
      for (const body of [
        file,
        joined('{"seed":1.0, "x":', file, ',"messages":[]}'),
        joined('{"messages":[', file, "]}")
      ]) {
        const after = await sent(body)
        expect(after === body, name).toBe(true)
      }
    }
  })

  it("that holds it as a tool's output changes there alone", async () => {
    for (const name of files) {
      const text = JSON.stringify(readFileSync(folder + name, "utf8"))
      const body = joined(`{"n":1e400,"n":-0.0,"messages":[${CALL},${RESULT}`, text, '}]}] , "u":"\\ud83d\\u0041"}\n')
      const after = await sent(body)
      const [before, now] = [spanOf(body, PATH), spanOf(after, PATH)]
      if (before === undefined || now === undefined) throw new Error(`${name}: no output`)
      expect(Buffer.compare(body.subarray(0, before[0]), after.subarray(0, now[0])), name).toBe(0)
      expect(Buffer.compare(body.subarray(before[1]), after.subarray(now[1])), name).toBe(0)
      expect(Buffer.compare(body, after) === 0, name).toBe(after === body)
    }
  })
})

import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import { layerMemory } from "../../src/adapters/originals/memory.ts"
import { needleProbes } from "../../src/domain/needle.ts"
import type { Probe } from "../../src/domain/probe.ts"
import { answerSet, evaluateSet, showProbe } from "../../src/pipeline/evaluate.ts"
import type { Headroom } from "../../src/pipeline/headroom.ts"
import { Answerer } from "../../src/pipeline/ports/answerer.ts"
import { layer } from "../../src/pipeline/service.ts"

const inMemory = Layer.provide(layer, layerMemory())
const run = <A, E>(effect: Effect.Effect<A, E, Headroom>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, inMemory))

const rows = Array.from({ length: 120 }, (_, at) => ({
  id: at,
  name: `node-${at * 7919}`,
  note: `kept since week ${at % 50}`
}))
const probe: Probe = {
  id: "row",
  question: "What is noted of node-633520?",
  tool: "list_nodes",
  input: {},
  text: JSON.stringify(rows.map((row) => (row.id === 80 ? { ...row, note: "moved to Halle" } : row))),
  needs: [["moved to Halle"]],
  answers: ["Halle"]
}

describe("evaluation", () => {
  it("loses no needle: each is in sight or one retrieval away, markers that are not ours too", async () => {
    const result = await run(evaluateSet("needles", needleProbes, 0.3, () => undefined))
    expect(result.lost).toEqual([])
    expect(result.asked.probes).toBe(needleProbes.length)
    for (const { visible, query, whole, lost, probes } of [result.asked, result.blind])
      expect(visible + query + whole + lost).toBe(probes)
  })

  it("keeps what the question names in sight, which nobody could know without it", async () => {
    const asked = await run(showProbe(probe, 0.2, true))
    expect(asked.tokensAfter).toBeLessThan(asked.tokensBefore / 2)
    expect(asked.sight).toBe("visible")
  })

  it("tells what is lost from what is hidden", async () => {
    const absent = await run(showProbe({ ...probe, needs: [["stands nowhere"]] }, 0.2, true))
    expect(absent.sight).toBe("lost")
    const hidden = await run(
      showProbe({ ...probe, question: "Go.", needs: [["node-633520"], ["node-23757"], ["node-316760"]] }, 0.1, false)
    )
    expect(hidden.sight).toBe("whole")
  })

  it("asks over all of it and over less, and compares answer by answer", async () => {
    const answerer = Layer.succeed(Answerer, {
      answer: ({ output, retrieve }) =>
        Effect.succeed({
          text: output.includes("moved to Halle") ? "Halle" : "unknown",
          retrievals: retrieve === undefined ? 0 : 1
        })
    })
    const hidden: Probe = { ...probe, question: "Go.", input: {} }
    const result = await run(
      Effect.provide(
        answerSet("rows", [probe, hidden], 0.1, () => undefined),
        answerer
      )
    )
    expect(result.whole).toBe(1)
    expect(result.retrievals).toBe(2)
    expect(result.difference.pairs).toBe(2)
    expect(result.difference.mean).toBeLessThanOrEqual(0)
  })
})

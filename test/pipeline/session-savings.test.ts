import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerMemory } from "../../src/adapters/originals/memory.ts"
import { layerEstimate } from "../../src/adapters/tokenizer/estimate.ts"
import { History, type SessionFigures } from "../../src/domain/history.ts"
import type { Rates } from "../../src/domain/prices.ts"
import type { Circumstance, RecordedMessage, RecordedSession } from "../../src/domain/recording.ts"
import { TOOLS_TOKENS } from "../../src/domain/session-measure.ts"
import { inputOf, NO_USAGE, plusUsage, type Usage } from "../../src/domain/usage.ts"
import { layer } from "../../src/pipeline/service.ts"
import { sessionSavings } from "../../src/pipeline/session-savings.ts"

const layers = Layer.merge(Layer.provide(layer, layerMemory()), layerEstimate)

const rows = JSON.stringify(
  Array.from({ length: 40 }, (_, id) => ({ id, name: `service-${id}`, state: "running", zone: "north" })),
  null,
  2
)
const MINUTE = 60_000
const RATES: Rates = { uncached: 3, cacheRead: 0.3, cacheWrite: 3.75, cacheWriteHour: 6, output: 15 }

const step = (n: number, name: string, input: object, output: string): ReadonlyArray<RecordedMessage> => [
  { role: "assistant", content: [{ type: "tool_use", id: `t${n}`, name, input: { ...input } }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: `t${n}`, content: output }] }
]

const messages: ReadonlyArray<RecordedMessage> = [
  { role: "user", content: [{ type: "text", text: "look around" }] },
  ...step(1, "Bash", { command: "kubectl get pods -o json" }, rows),
  ...step(2, "Bash", { command: "date" }, "Sun Mar 1"),
  ...step(3, "mcp__shop__list_items", {}, rows),
  { role: "assistant", content: [{ type: "text", text: "all running" }] }
]

/** Calls at these minutes, of a model, as one provider counted them. */
const session = (minutes: ReadonlyArray<number>, more: Partial<Circumstance> = {}): RecordedSession => ({
  id: "s",
  agent: "claude-code",
  project: "/projects/shop",
  system: undefined,
  messages,
  circumstances: messages.map((message, at) => ({
    at: (minutes[Math.floor(at / 2)] ?? 0) * MINUTE,
    ...(message.role === "assistant" ? { model: "claude-opus-5", callId: `m${at}`, ...more } : {})
  }))
})

const savings = (one: RecordedSession, seen: Set<string> = new Set()) =>
  Effect.provide(sessionSavings(one, "visible", seen), layers)

const total = (figures: SessionFigures, of: "before" | "after"): Usage =>
  figures.calls.reduce((sum, call) => plusUsage(sum, { ...call[of], output: 0 }), NO_USAGE)

const spared = (figures: SessionFigures): Usage =>
  figures.outputs.reduce((sum, output) => plusUsage(sum, output.spared), NO_USAGE)

describe("a session's savings", () => {
  it.effect("by tool add up to those of its calls, pauses or none", () =>
    Effect.gen(function* () {
      for (const minutes of [
        [0, 1, 2, 3],
        [0, 1, 30, 31],
        [0, 90, 91, 200]
      ]) {
        const figures = yield* savings(session(minutes))
        const saved = spared(figures)
        assert.deepStrictEqual(total(figures, "before"), plusUsage(total(figures, "after"), saved))
        assert.isTrue(inputOf(saved) > 0)
        const [five] = figures.lifetimes
        assert.deepStrictEqual(five?.usage, total(figures, "before"))
        assert.deepStrictEqual(five?.usageAfter, total(figures, "after"))
      }
    })
  )

  it.effect("name a tool by the program that a shell ran", () =>
    Effect.gen(function* () {
      const figures = yield* savings(session([0, 1, 2, 3]))
      assert.deepStrictEqual(
        figures.outputs.map((output) => output.tool),
        ["kubectl get", "date", "shop__list_items"]
      )
      assert.deepStrictEqual([...(figures.outputs[1]?.left.keys() ?? [])], ["too-small"])
    })
  )

  it.effect("tell what a pause made the provider write again", () =>
    Effect.gen(function* () {
      const figures = yield* savings(session([0, 1, 30, 31]))
      const rewritten = figures.calls.map((call) => call.rewritten)
      assert.deepStrictEqual(
        rewritten.map((tokens) => tokens > 0),
        [false, false, true, false]
      )
      assert.strictEqual(rewritten[2], inputOf(figures.calls[1]?.before ?? NO_USAGE))
    })
  )

  it.effect("take tools and system text from the provider's count, or assume some", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* savings(session([0]))).head, TOOLS_TOKENS)
      const usage = { ...NO_USAGE, cacheWriteHour: 40_000, output: 7 }
      const figures = yield* savings(session([0, 1, 30, 31], { usage }))
      assert.strictEqual(figures.lifetime, "hour")
      assert.isTrue(figures.head > 39_000 && figures.head < 40_000)
      assert.deepStrictEqual(
        figures.calls.map((call) => call.rewritten),
        [0, 0, 0, 0]
      )
    })
  )

  it.effect("are not counted again for a copy that goes on", () =>
    Effect.gen(function* () {
      const seen = new Set<string>()
      const first = yield* savings(session([0, 1, 2, 3]), seen)
      const copy = yield* savings(session([0, 1, 2, 3]), seen)
      assert.strictEqual(first.calls.length, 4)
      assert.deepStrictEqual([copy.calls, copy.outputs, copy.head], [[], [], 0])
    })
  )
})

describe("a history", () => {
  it.effect("adds sessions up by project, agent, tool and day", () =>
    Effect.gen(function* () {
      const history = new History({ ratesOf: () => RATES, dayOf: (at) => String(Math.floor(at / (60 * MINUTE))) })
      const figures = yield* savings(session([0, 1, 90, 91]))
      history.add(figures)
      history.add({ ...figures, project: undefined, agent: "codex", model: "gpt-5.5" })
      const { summary } = history
      assert.deepStrictEqual([summary.sessions, summary.calls], [2, 8])
      assert.deepStrictEqual(
        summary.projects.map((one) => [one.name, one.calls]),
        [
          ["/projects/shop", 4],
          ["", 4]
        ]
      )
      assert.deepStrictEqual(
        summary.agents.map((one) => one.name),
        ["claude-code", "codex"]
      )
      assert.deepStrictEqual(
        summary.days.map((one) => [one.name, one.calls]),
        [
          ["0", 4],
          ["1", 4]
        ]
      )
      const saved = summary.tools.reduce((sum, tool) => sum + tool.dollarsSpared, 0)
      assert.closeTo(saved, summary.spent.dollarsBefore - summary.spent.dollarsAfter, 1e-9)
      assert.deepStrictEqual([summary.misses.calls, summary.pauses.map((one) => one.misses)], [2, [0, 0, 2, 0]])
      assert.closeTo(
        summary.misses.dollars,
        summary.pauses.reduce((sum, one) => sum + one.dollars, 0),
        1e-9
      )
      const { sources } = summary
      assert.isTrue(sources.left.reduce((sum, one) => sum + one.tokens, 0) < sources.outputs)
      assert.deepStrictEqual([summary.lifetimes.length, summary.lifetimeInUse], [3, "five-minutes"])
    })
  )

  it("of nothing is nothing", () => {
    const { summary } = new History({ ratesOf: () => RATES, dayOf: String })
    assert.deepStrictEqual([summary.sessions, summary.projects, summary.spent.dollarsBefore], [0, [], 0])
  })
})

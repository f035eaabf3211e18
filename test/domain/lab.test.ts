/** The measures beside the lab's, on the lab's own rewrites of recorded sessions; where the lab stands beside the repository. */
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import { describe, expect, it } from "vitest"
import { callsOf, type RecordedSession } from "../../src/domain/recording.ts"
import { headAndTail, oracleOf, withResults } from "../../src/domain/session-limits.ts"
import { measureSession, requestsOf } from "../../src/domain/session-measure.ts"

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url))
const isThere = existsSync(`${shared}lab/repeats.mjs`) && existsSync(`${shared}corpus/sessions`)

interface Trace {
  readonly id: string
  readonly system?: string
  readonly at: ReadonlyArray<number | undefined>
  readonly messages: RecordedSession["messages"]
}
interface LabMeasure {
  readonly calls: number
  readonly saved: number
  readonly costRatio: number
  readonly netCostRatio: number
  readonly timedNetCostRatio: number
  readonly netWithTools: number
  readonly pauses: number
  readonly facts: number
  readonly kept: number
  readonly anchors: number
  readonly anchorsKept: number
  readonly retrievals: number
  readonly stablePrefix: boolean
}

/** Small ones of several agents: the lab takes its time. */
const FILES = [
  ["pi-agent", "pi-agent/MandavkarPranjal-prsui.019f8532-217.jsonl"],
  ["codex", "codex/EntityProcess-agentv.019f03e0-321.jsonl"]
] as const

describe.skipIf(!isThere)("measures", () => {
  it.each(FILES)("of %s are the lab's to the third decimal: %s", async (agent, file) => {
    process.env["LAB_MODULES"] = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "")
    const { readOne } = (await import(`${shared}lab/sessions.mjs`)) as {
      readOne: (agent: string, path: string, id: string) => ReadonlyArray<Trace>
    }
    const { rewrite, evaluate } = (await import(`${shared}lab/repeats.mjs`)) as {
      rewrite: (trace: Trace, options: object) => Trace["messages"]
      evaluate: (trace: Trace, after: Trace["messages"]) => LabMeasure
    }
    const known = new Map<string, number>()
    const count = (text: string): number => {
      const tokens = known.get(text) ?? countTokens(text, { disallowedSpecial: new Set() })
      known.set(text, tokens)
      return tokens
    }
    const [trace] = readOne(agent, `${shared}corpus/sessions/${file}`, file)
    if (trace === undefined) throw new Error("the lab reads nothing here")
    const session: RecordedSession = {
      id: trace.id,
      agent,
      project: undefined,
      system: trace.system,
      messages: trace.messages,
      circumstances: trace.at.map((at) => ({ at }))
    }
    for (const after of [
      rewrite(trace, {}),
      withResults(session.messages, oracleOf(session.messages)),
      withResults(session.messages, headAndTail(2_000))
    ]) {
      const lab = evaluate(trace, after)
      const own = measureSession(
        {
          session,
          forwarded: requestsOf(session, after),
          at: callsOf(session.messages).map((message) => trace.at[message])
        },
        count
      )
      expect(own.net).toBeCloseTo(lab.netCostRatio, 3)
      expect(own.cost).toBeCloseTo(lab.costRatio, 3)
      expect(own.netWithPauses).toBeCloseTo(lab.timedNetCostRatio, 3)
      expect(own.netWithTools).toBeCloseTo(lab.netWithTools, 3)
      expect(1 - own.tokensAfter / own.tokensBefore).toBeCloseTo(lab.saved, 3)
      expect(own).toMatchObject({
        calls: lab.calls,
        pauses: lab.pauses,
        facts: lab.facts,
        factsKept: lab.kept,
        editLines: lab.anchors,
        editLinesKept: lab.anchorsKept,
        retrievals: lab.retrievals,
        isPrefixStable: lab.stablePrefix
      })
    }
  })
})

import { describe, expect, it } from "vitest"
import { PartBook } from "../../src/domain/model-request.ts"
import type { RecordedMessage, RecordedSession } from "../../src/domain/recording.ts"
import { headAndTail, oracleOf, withResults } from "../../src/domain/session-limits.ts"
import { measureSession, requestsOf, summaryOf, timesWithPauses } from "../../src/domain/session-measure.ts"

const count = (text: string): number => text.length

const said = (role: "user" | "assistant", text: string): RecordedMessage => ({
  role,
  content: [{ type: "text", text }]
})

const session = (messages: ReadonlyArray<RecordedMessage>, at: ReadonlyArray<number> = []): RecordedSession => ({
  id: "s",
  agent: "test",
  project: undefined,
  system: undefined,
  messages,
  circumstances: messages.map((_, i) => ({ at: at[i] }))
})

const output = `${"filler line\n".repeat(80)}the answer is maxRetries\n${"filler line\n".repeat(80)}`

const recorded = session(
  [
    said("user", "begin"),
    { role: "assistant", content: [{ type: "tool_use", id: "t", name: "Bash", input: { command: "cat" } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: output }] },
    said("assistant", "it is maxRetries"),
    said("user", "thanks"),
    said("assistant", "bye")
  ],
  [0, 0, 0, 1_000, 1_000, 400_000]
)

const replay = (
  messages: ReadonlyArray<RecordedMessage>,
  at: ReadonlyArray<number | undefined> = [0, 1_000, 400_000]
) => measureSession({ session: recorded, forwarded: requestsOf(recorded, messages), at }, count)

describe("the parts of a request", () => {
  it("are its blocks in order, the same where their bytes are, whatever their cache marks", () => {
    const book = new PartBook(count)
    const block = { type: "text", text: "a" }
    const [first, second] = book.partsOf({
      tools: [{ name: "t" }],
      system: "rules",
      messages: [{ role: "user", content: [block, { ...block, cache_control: { type: "ephemeral" } }] }]
    })
    expect(book.partsOf({ system: [{ type: "text", text: "rules" }], messages: [] })).toEqual([second])
    const parts = book.partsOf({
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: [block] }
      ]
    })
    expect(parts.map((part) => part.tokens)).toEqual([5, 5])
    expect(parts[0]).toBe(book.partsOf({ messages: [{ role: "user", content: [block] }] })[0])
    expect(parts[0]).not.toBe(parts[1])
    expect(first).not.toBe(second)
  })
})

describe("a replayed session", () => {
  it("pays for a retrieval where something needed was not in sight", () => {
    const whole = replay(recorded.messages)
    const cut = replay(withResults(recorded.messages, headAndTail(200)))
    expect(whole).toMatchObject({ calls: 3, facts: 1, factsKept: 1, retrievals: 0, net: 1, isPrefixStable: true })
    expect(cut).toMatchObject({ facts: 1, factsKept: 0, retrievals: 1 })
    expect(cut.net).toBeGreaterThan(cut.cost)
  })

  it("is cheapest with the lines that were used alone", () => {
    const oracle = replay(withResults(recorded.messages, oracleOf(recorded.messages)))
    expect(oracle).toMatchObject({ factsKept: 1, retrievals: 0 })
    expect(oracle.net).toBeLessThan(0.5)
    expect(oracleOf(recorded.messages)(output)).toBe("the answer is maxRetries")
  })

  it("writes everything again after a pause", () => {
    expect(replay(recorded.messages).pauses).toBe(1)
    const shorter = withResults(recorded.messages, oracleOf(recorded.messages))
    // what is small costs less to write again, so a pause makes the ratio better
    expect(replay(shorter).netWithPauses).toBeLessThan(replay(shorter).net)
    expect(replay(shorter, [undefined, undefined, undefined]).netWithPauses).toBe(replay(shorter).net)
  })

  it("tells when a request did not begin with the one before", () => {
    const forwarded = requestsOf(recorded)
    const [first, second, third] = forwarded
    const changed = { messages: [said("user", "another beginning"), ...(third?.messages.slice(1) ?? [])] }
    const measure = measureSession(
      {
        session: recorded,
        forwarded: [first, second, changed].flatMap((one) => (one === undefined ? [] : [one])),
        at: []
      },
      count
    )
    expect(measure.isPrefixStable).toBe(false)
    expect(measure.cost).toBeGreaterThan(1)
  })

  it("is paused where it is told to", () => {
    const times = timesWithPauses(5, 2)
    expect(times.map((time, call) => time - (times[call - 1] ?? time) > 300_000)).toEqual([
      false,
      false,
      true,
      false,
      true
    ])
  })
})

describe("sessions together", () => {
  it("weigh by their tokens", () => {
    const one = replay(recorded.messages)
    const summary = summaryOf([
      { ...one, id: "a", tokensBefore: 300, tokensAfter: 150, net: 0.5, facts: 4, factsKept: 4 },
      { ...one, id: "b", tokensBefore: 100, tokensAfter: 100, net: 0.9, facts: 4, factsKept: 2 }
    ])
    expect(summary).toMatchObject({
      sessions: 2,
      saved: 0.375,
      net: 0.6,
      medianNet: 0.9,
      worstNet: 0.9,
      netWithoutLargest: 0.9,
      netWithoutBest: 0.9,
      recall: 0.75
    })
    expect(summaryOf([one]).netWithoutLargest).toBeUndefined()
  })
})

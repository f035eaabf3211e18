/** Laws of recorded sessions: what readers give can be sent, readers are total, measures of nothing changed are 1, exposures add up. */
import * as fc from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { arrivalAfter, exposures, LIFETIMES, pausesOf } from "../src/domain/cache-lifetime.ts"
import { needsOf } from "../src/domain/recall.ts"
import { callsOf, type RecordedMessage, type RecordedSession } from "../src/domain/recording.ts"
import { oracleOf, withResults } from "../src/domain/session-limits.ts"
import { measureSession, requestsOf } from "../src/domain/session-measure.ts"
import { ALL } from "../test/fixtures/transcripts.ts"
import { moment } from "../src/wire/sessions/moment.ts"
import { READERS, readTranscript, valuesOf } from "../src/wire/sessions/read.ts"
import { sessionsOf } from "../src/wire/sessions/session-reader.ts"
import { callBlock, messagesFrom, resultBlock, textBlock, type Turn } from "../src/wire/sessions/turns.ts"

/** What a provider would refuse of a message list; undefined where it would take it. */
const refused = (messages: ReadonlyArray<RecordedMessage>): string | undefined => {
  for (const [at, message] of messages.entries()) {
    const before = messages[at - 1]
    const after = messages[at + 1]
    if (message.role === before?.role) return `two messages of the ${message.role} in a row`
    if (message.content.length === 0) return "an empty message"
    if (at === 0 && message.role !== "user") return "does not begin with the user"
    const asked = new Set(before?.content.flatMap((block) => (block.type === "tool_use" ? [block.id] : [])))
    const answered = new Set(
      after?.content.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : []))
    )
    let isPastResults = false
    for (const block of message.content) {
      if (block.type === "tool_result") {
        // what was recorded may begin in the middle
        if (at > 0 && !asked.has(block.tool_use_id)) return "a result without its call"
        if (isPastResults) return "a result behind a text"
      } else if (message.role === "user") isPastResults = true
      if (block.type === "tool_use" && !answered.has(block.id)) return "a call without its result"
      if (block.type === "text" && block.text.trim() === "") return "a blank text"
    }
  }
  return undefined
}

const id = fc.constantFrom("a", "b", "c", "d")
const text = fc.constantFrom("", "  ", "done", "read src/a.ts", "see a_b-c.d and 12,345", "1\tconst maxRetries = 5")
const turn: fc.Arbitrary<Turn> = fc.oneof(
  fc.record({
    role: fc.constant("assistant" as const),
    at: fc.option(fc.nat(1e6), { nil: undefined }),
    blocks: fc.array(
      fc.oneof(
        text.map(textBlock),
        fc.tuple(id, text).map(([name, said]) => callBlock(name, "Bash", { said }))
      ),
      {
        maxLength: 3
      }
    )
  }),
  fc.record({
    role: fc.constant("user" as const),
    at: fc.option(fc.nat(1e6), { nil: undefined }),
    blocks: fc.array(
      fc.oneof(
        text.map(textBlock),
        fc.tuple(id, text).map(([name, said]) => resultBlock(name, said))
      ),
      {
        maxLength: 3
      }
    )
  })
)

const session: fc.Arbitrary<RecordedSession> = fc
  .array(
    fc.record({
      tool: fc.constantFrom("Read", "Bash"),
      output: fc.array(fc.constantFrom("src/a.ts", "maxRetries = 5", "x", "deadbeef01", "const anchorLine = 1"), {
        maxLength: 60
      }),
      said: fc.constantFrom("look at src/a.ts", "maxRetries it is", "deadbeef01", "nothing", ""),
      old: fc.constantFrom("const anchorLine = 1", "not there at all"),
      wait: fc.nat(900_000)
    }),
    { minLength: 1, maxLength: 8 }
  )
  .map((steps) => {
    let at = 0
    const turns = steps.flatMap((step, i): ReadonlyArray<Turn> => {
      at += step.wait
      return [
        {
          role: "assistant",
          at,
          blocks: [textBlock(step.said), callBlock(`c${i}`, step.tool, { old_string: step.old })]
        },
        { role: "user", at, blocks: [resultBlock(`c${i}`, step.output.join("\n"))] }
      ]
    })
    const start: Turn = { role: "user", at: 0, blocks: [textBlock("begin")] }
    return { id: "s", agent: "test", project: undefined, system: undefined, ...messagesFrom([start, ...turns]) }
  })

const count = (value: string): number => Math.ceil(value.length / 4)

const replay = (recorded: RecordedSession, messages: ReadonlyArray<RecordedMessage>) =>
  measureSession(
    {
      session: recorded,
      forwarded: requestsOf(recorded, messages),
      at: callsOf(recorded.messages).map((message) => recorded.circumstances[message]?.at)
    },
    count
  )

describe("turns", () => {
  it("make messages that a provider takes", () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 12 }), (turns) => {
        const { messages, circumstances } = messagesFrom(turns)
        expect(refused(messages)).toBeUndefined()
        expect(circumstances.length).toBe(messages.length)
      })
    )
  })
})

/** Values that look like entries of transcripts, and any other. */
const names = fc
  .constantFrom(
    "type role content message parts messages info tool_calls toolCalls timestamp uuid sessionId payload data history id callID".split(
      " "
    )
  )
  .chain((all) => fc.constantFrom(...all))
const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; record: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(
      null,
      1,
      "",
      "user",
      "assistant",
      "text",
      "tool_use",
      "tool_result",
      "model",
      "gemini",
      "session_meta",
      "response_item",
      "function_call",
      "compacted",
      "assistant.message",
      "session",
      "tool",
      "step-start",
      "2026-01-01T00:00:00Z"
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("record")
  ),
  record: fc.dictionary(names, tie("value"), { maxKeys: 6 })
})).value

/** The value with some of its parts replaced; one in forty. */
const withSpoilt = (root: unknown, other: unknown, places: Iterator<number>): unknown => {
  if (places.next().value === 0) return other
  if (Array.isArray(root)) return root.map((inner) => withSpoilt(inner, other, places))
  if (typeof root !== "object" || root === null) return root
  return Object.fromEntries(Object.entries(root).map(([key, inner]) => [key, withSpoilt(inner, other, places)]))
}

describe("readers", () => {
  it.each(READERS.map((reader) => [reader.agent, reader] as const))("of %s take any values", (_, reader) => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), (values) => {
        reader.detect(values)
        for (const transcript of reader.read(values))
          for (const found of sessionsOf(transcript, reader.agent, "x")) expect(refused(found.messages)).toBeUndefined()
      })
    )
  })

  it.each(ALL)("of %s take what it wrote with anything in the place of any part", (_, agent, lines) => {
    const reader = READERS.find((candidate) => candidate.agent === agent)
    const values = [...valuesOf(lines)]
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(40)), value, (places, other) => {
        const spoilt = values.map((one) => withSpoilt(one, other, places))
        for (const transcript of reader?.read(spoilt) ?? [])
          for (const found of sessionsOf(transcript, agent, "x")) expect(refused(found.messages)).toBeUndefined()
      }),
      { numRuns: 60 }
    )
  })

  it("take any text", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.json(),
            value.map((one) => JSON.stringify(one))
          )
        ),
        (lines) => {
          for (const found of readTranscript(lines, "x")) expect(refused(found.messages)).toBeUndefined()
        }
      )
    )
  })
})

describe("moment", () => {
  const date = fc.date({ min: new Date(0), max: new Date("2199-12-31"), noInvalidDate: true })

  it("reads ISO dates as the clock's library does", () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -14 * 60, max: 14 * 60 }), (when, minutes) => {
        expect(moment(when.toISOString())).toBe(when.getTime())
        expect(moment(when.toISOString().slice(0, 10))).toBe(Date.parse(when.toISOString().slice(0, 10)))
        const two = (n: number): string => String(Math.abs(n)).padStart(2, "0")
        const zone = `${minutes < 0 ? "-" : "+"}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`
        const local = when.toISOString().replace("Z", zone)
        expect(moment(local)).toBe(Date.parse(local))
      })
    )
  })
})

describe("measures", () => {
  it("of a session that nothing was done to are 1, with all in sight", () => {
    fc.assert(
      fc.property(session, (recorded) => {
        const measure = replay(recorded, recorded.messages)
        expect(measure).toMatchObject({ cost: 1, net: 1, netWithPauses: 1, netWithTools: 1, isPrefixStable: true })
        expect([measure.factsKept, measure.editLinesKept]).toEqual([measure.facts, measure.editLines])
        expect(measure.retrievals).toBe(0)
      })
    )
  })

  it("of the oracle are no dearer, with all in sight", () => {
    fc.assert(
      fc.property(session, (recorded) => {
        const measure = replay(recorded, withResults(recorded.messages, oracleOf(recorded.messages)))
        expect([measure.factsKept, measure.editLinesKept]).toEqual([measure.facts, measure.editLines])
        expect(measure.net).toBeLessThanOrEqual(1)
      })
    )
  })

  it("count what was not in sight", () => {
    fc.assert(
      fc.property(session, (recorded) => {
        const needs = needsOf(recorded.messages)
        const measure = replay(
          recorded,
          withResults(recorded.messages, () => "")
        )
        expect(measure.retrievals).toBe(needs.filter((need) => need.facts.length + need.lines.length > 0).length)
        expect([measure.factsKept, measure.editLinesKept]).toEqual([0, 0])
      })
    )
  })
})

describe("exposures", () => {
  it("add up to what each call writes and reads", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ wait: fc.nat(5_000_000), tokens: fc.nat(1000) }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...LIFETIMES),
        (steps, lifetime) => {
          const pauses = steps.map((step, call) => (call === 0 ? 0 : step.wait))
          let held = 0
          const paid = { written: 0, read: 0 }
          steps.forEach((step, call) => {
            const { isCold, renewals } = arrivalAfter(pauses[call] ?? 0, lifetime)
            paid.written += step.tokens + (isCold ? held : 0)
            paid.read += (isCold ? 0 : held) + renewals * held
            held += step.tokens
          })
          const tail = exposures([0], lifetime)[0]?.read ?? 0
          const summed = exposures(pauses, lifetime).reduce(
            (sum, one, call) => ({
              written: sum.written + one.written * (steps[call]?.tokens ?? 0),
              read: sum.read + one.read * (steps[call]?.tokens ?? 0)
            }),
            { written: 0, read: 0 }
          )
          expect(summed).toEqual({ written: paid.written, read: paid.read + tail * held })
        }
      )
    )
  })

  it("are those of the pauses between moments", () => {
    expect(pausesOf([5, undefined, 9, 20])).toEqual([0, 0, 0, 11])
  })
})

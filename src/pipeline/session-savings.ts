/**
 * What a recorded session cost and would have cost with Headroom: every message counted once, before and after, and paid for by how
 * often the recorded calls made the provider write and read it.
 */
import * as Effect from "effect/Effect"
import { hintFrom } from "../compressors/producer.ts"
import {
  arrivalAfter,
  type Exposure,
  exposures,
  type Lifetime,
  LIFETIMES,
  pausesOf,
  usageOf
} from "../domain/cache-lifetime.ts"
import type { CallFigures, OutputFigures, SessionFigures } from "../domain/history.ts"
import { type ModelMessage, PartBook } from "../domain/model-request.ts"
import { lifetimeIn } from "../domain/recorded-course.ts"
import { callsOf, type RecordedMessage, type RecordedSession } from "../domain/recording.ts"
import { TOOLS_TOKENS } from "../domain/session-measure.ts"
import { inputOf, NO_USAGE, plusUsage, type Usage } from "../domain/usage.ts"
import { type BlockReport, Headroom, type Mode } from "./headroom.ts"
import { encodingOf, Tokenizer } from "./ports/tokenizer.ts"

const total = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, one) => sum + one, 0)

/** When a session's calls came, and which of its messages each sent first. */
interface Course {
  /** Positions of the answers. */
  readonly calls: ReadonlyArray<number>
  readonly moments: ReadonlyArray<number | undefined>
  readonly pauses: ReadonlyArray<number>
  /** The first call that no other file has paid for. */
  readonly from: number
  /** By message: the call that sent it first; as many as there are calls where none did. */
  readonly firstCall: ReadonlyArray<number>
  readonly lifetime: Lifetime
}

const courseOf = (session: RecordedSession, seen: Set<string>): Course => {
  const calls = callsOf(session.messages)
  const known = calls.map((message) => session.circumstances[message])
  const own = known.findIndex((one) => one?.callId === undefined || !seen.has(one.callId))
  for (const one of known) if (one?.callId !== undefined) seen.add(one.callId)
  const moments = known.map((one) => one?.at)
  let call = 0
  const firstCall = session.messages.map((_, message) => {
    while (call < calls.length && (calls[call] ?? 0) <= message) call++
    return call
  })
  return {
    calls,
    moments,
    pauses: pausesOf(moments),
    from: own === -1 ? calls.length : own,
    firstCall,
    lifetime: lifetimeIn(session)
  }
}

/** Tokens by the call that sends them first; tools and system text come with the first of all. */
const addedBy = (course: Course, tokens: ReadonlyArray<number>, head: number): ReadonlyArray<number> => {
  const added = course.calls.map((_, call) => (call === 0 ? head : 0))
  tokens.forEach((count, message) => {
    const call = course.firstCall[message] ?? 0
    if (call < added.length) added[call] = (added[call] ?? 0) + count
  })
  return added
}

/** What each call paid for. */
const paidBy = ({ pauses, lifetime }: Course, added: ReadonlyArray<number>): ReadonlyArray<Usage> => {
  let held = 0
  return added.map((tokens, call) => {
    const { isCold } = arrivalAfter(pauses[call] ?? 0, lifetime)
    const usage = usageOf(1, { written: tokens + (isCold ? held : 0), read: isCold ? 0 : held }, lifetime)
    held += tokens
    return usage
  })
}

const NO_EXPOSURE: Exposure = { written: 0, read: 0 }

const paidUnder = (course: Course, added: ReadonlyArray<number>, lifetime: Lifetime): Usage => {
  const exposure = exposures(course.pauses, lifetime, course.from)
  return added.reduce(
    (sum, tokens, call) => plusUsage(sum, usageOf(tokens, exposure[call] ?? NO_EXPOSURE, lifetime)),
    NO_USAGE
  )
}

/** A tool as people know it: its own name, or the program that a shell ran. */
const labelOf = (tool: string, input: unknown): string => {
  const [program] = hintFrom({ tool, input }).commands
  const name = tool.replace(/^mcp__/, "").slice(0, 40)
  return program === undefined || name.toLowerCase().endsWith(program) ? name : program
}

/** A tool's output: where it stands, and whose it is. */
interface Output {
  readonly message: number
  readonly block: number
  readonly tool: string
}

const outputsOf = (messages: ReadonlyArray<RecordedMessage>): ReadonlyArray<Output> => {
  const tools = new Map<string, string>()
  return messages.flatMap(({ content }, message) =>
    content.flatMap((block, at): ReadonlyArray<Output> => {
      if (block.type === "tool_use") tools.set(block.id, labelOf(block.name, block.input))
      if (block.type !== "tool_result") return []
      return [{ message, block: at, tool: tools.get(block.tool_use_id) ?? "" }]
    })
  )
}

type Tally = { -readonly [Name in keyof Omit<OutputFigures, "tool" | "left">]: OutputFigures[Name] } & {
  readonly left: Map<string, number>
}

/** Outputs by tool, each counted once; `tokens` tells an output's, before and after. */
const talliesOf = (
  course: Course,
  outputs: ReadonlyArray<Output>,
  reports: ReadonlyArray<BlockReport>,
  tokens: (output: Output) => readonly [before: number, after: number]
): ReadonlyMap<string, Tally> => {
  const exposure = exposures(course.pauses, course.lifetime, course.from)
  const tallies = new Map<string, Tally>()
  for (const [at, output] of outputs.entries()) {
    const call = course.firstCall[output.message] ?? 0
    if (call < course.from || call >= course.calls.length) continue
    const [before, after] = tokens(output)
    const tally = tallies.get(output.tool) ?? {
      outputs: 0,
      tokensBefore: 0,
      tokensAfter: 0,
      spared: NO_USAGE,
      left: new Map<string, number>()
    }
    tallies.set(output.tool, tally)
    tally.outputs++
    tally.tokensBefore += before
    tally.tokensAfter += after
    tally.spared = plusUsage(tally.spared, usageOf(before - after, exposure[call] ?? NO_EXPOSURE, course.lifetime))
    const reason = reports[at]?.reason ?? "shown"
    tally.left.set(reason, (tally.left.get(reason) ?? 0) + after)
  }
  return tallies
}

/** Tools and system text: what the provider counted in the first request beyond its messages. */
const headTokens = (first: Usage | undefined, messages: number): number =>
  first === undefined || inputOf(first) === 0 ? TOOLS_TOKENS : Math.max(0, inputOf(first) - messages)

const callFigures = (
  session: RecordedSession,
  course: Course,
  answers: ReadonlyArray<number>,
  [added, addedAfter]: readonly [ReadonlyArray<number>, ReadonlyArray<number>]
): ReadonlyArray<CallFigures> => {
  const paid = paidBy(course, added)
  const paidAfter = paidBy(course, addedAfter)
  return course.calls.slice(course.from).map((message, own): CallFigures => {
    const call = course.from + own
    const recorded = session.circumstances[message]?.usage
    // agents write down an answer's length before it has ended
    const output = Math.max(recorded?.output ?? 0, answers[call] ?? 0)
    const pause = course.pauses[call] ?? 0
    const usage = paid[call] ?? NO_USAGE
    return {
      at: course.moments[call],
      pause,
      before: { ...usage, output },
      after: { ...(paidAfter[call] ?? NO_USAGE), output },
      rewritten: arrivalAfter(pause, course.lifetime).isCold ? inputOf(usage) - (added[call] ?? 0) : 0,
      recorded: recorded === undefined || inputOf(recorded) === 0 ? undefined : recorded
    }
  })
}

/** Figures of one session; `seen` remembers calls over the sessions of a history, for copies of a session begin with the same calls. */
export const sessionSavings = (session: RecordedSession, mode: Mode, seen: Set<string>) =>
  Effect.gen(function* () {
    const course = courseOf(session, seen)
    const headroom = yield* Headroom
    const tokenizer = yield* Tokenizer
    const model = session.circumstances.findLast((one) => one.model !== undefined)?.model
    const counter = yield* tokenizer.counter(encodingOf(model ?? ""))
    const book = new PartBook((text) => counter(text).tokens)
    const tokensOf = (message: ModelMessage): number =>
      total(book.partsOf({ messages: [message] }).map((part) => part.tokens))
    // of a copy nothing is counted, so nothing needs to be known
    const isCopy = course.from === course.calls.length
    const { messages, blocks } = yield* headroom.compress(session.messages, { mode: isCopy ? "off" : mode })

    const before = session.messages.map(tokensOf)
    const after = messages.map(tokensOf)
    const first = course.calls[0] ?? 0
    const head = headTokens(session.circumstances[first]?.usage, total(before.slice(0, first)))
    const added = addedBy(course, before, head)
    const addedAfter = addedBy(course, after, head)
    const tallies = talliesOf(course, outputsOf(session.messages), blocks, ({ message, block }) => [
      tokensOf({ role: "user", content: [session.messages[message]?.content[block]] }),
      tokensOf({ role: "user", content: [messages[message]?.content[block]] })
    ])
    const outputs = [...tallies].map(([tool, tally]): OutputFigures => ({ tool, ...tally }))
    const own = total(before.filter((_, message) => (course.firstCall[message] ?? 0) >= course.from))
    const figures: SessionFigures = {
      agent: session.agent,
      project: session.project,
      model,
      lifetime: course.lifetime,
      calls: callFigures(
        session,
        course,
        course.calls.map((message) => before[message] ?? 0),
        [added, addedAfter]
      ),
      outputs,
      head: course.from === 0 ? head : 0,
      said: own - total(outputs.map((one) => one.tokensBefore)),
      lifetimes: LIFETIMES.map((lifetime) => ({
        lifetime,
        usage: paidUnder(course, added, lifetime),
        usageAfter: paidUnder(course, addedAfter, lifetime)
      }))
    }
    return figures
  })

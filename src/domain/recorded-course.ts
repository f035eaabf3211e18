/** A recorded session as the course of a conversation: what its calls' moments and counts tell of pauses and of how long its cache lived. */
import { type Course, type Lifetime, pausesOf } from "./cache-lifetime.ts"
import { callsOf, type RecordedSession } from "./recording.ts"
import { inputOf, NO_USAGE, plusUsage } from "./usage.ts"

/** What Anthropic's clients wrote to the cache tells how long they made it live. */
export const lifetimeIn = ({ circumstances }: Pick<RecordedSession, "circumstances">): Lifetime => {
  const sum = circumstances.reduce((all, one) => plusUsage(all, one.usage ?? NO_USAGE), NO_USAGE)
  return sum.cacheWriteHour > sum.cacheWrite ? "hour" : "five-minutes"
}

/** Where nothing is counted each call is taken to add as much as any other. */
const UNCOUNTED = 1_000

/**
 * The course of a session by what its provider counted; `seen` remembers calls over sessions, for a session that was resumed begins with
 * the calls of another. Undefined where it has no call of its own.
 */
export const recordedCourse = (session: RecordedSession, seen: Set<string>): Course | undefined => {
  const calls = callsOf(session.messages).map((message) => session.circumstances[message])
  const own = calls.filter((call) => call?.callId === undefined || !seen.has(call.callId))
  for (const call of own) if (call?.callId !== undefined) seen.add(call.callId)
  if (own.length === 0) return undefined
  let held = 0
  return {
    pauses: pausesOf(own.map((call) => call?.at)),
    added: own.map((call) => {
      const input = call?.usage === undefined ? 0 : inputOf(call.usage)
      const more = input === 0 ? UNCOUNTED : Math.max(0, input - held)
      held = Math.max(held, input)
      return more
    })
  }
}

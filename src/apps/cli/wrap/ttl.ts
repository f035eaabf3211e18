/** How long an agent's cache should live by what its own transcripts tell of its user's pauses; nothing is sent anywhere for it. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Agent } from "../../../adapters/agents/agent.ts"
import { thisMachine } from "../../../adapters/settings/machine.ts"
import { cheapestLifetime, type Course, type Lifetime, type Ttl } from "../../../domain/cache-lifetime.ts"
import { lifetimeIn, recordedCourse } from "../../../domain/recorded-course.ts"
import { Sessions } from "../../../pipeline/ports/sessions.ts"

/** What is looked at, the newest first: an agent is to start at once, and habits are those of late. */
const MAX_BYTES = 48 << 20
const MAX_FILES = 200
const MAX_AGE_MS = 60 * 86_400_000

export interface ChosenTtl {
  readonly ttl: Ttl
  /** The sessions that it was chosen by. */
  readonly sessions: number
}

/** The choice; undefined where there is no session to choose by. */
export const ttlFor = (agent: Agent): Effect.Effect<ChosenTtl | undefined, never, Sessions> =>
  Effect.gen(function* () {
    const sessions = yield* Sessions
    const since = (yield* Clock.currentTimeMillis) - MAX_AGE_MS
    const found = yield* Effect.forEach(agent.transcripts(thisMachine()), ({ path }) =>
      Effect.orElseSucceed(sessions.under(path), () => [])
    )
    const newest = found
      .flat()
      .filter(({ modified }) => modified >= since)
      .toSorted((a, b) => b.modified - a.modified)
      .slice(0, MAX_FILES)
    const courses: Array<Course> = []
    const lived: Record<Lifetime, number> = { "five-minutes": 0, hour: 0, "keep-warm": 0 }
    const seen = new Set<string>()
    let bytes = 0
    for (const file of newest) {
      bytes += file.bytes
      if (bytes > MAX_BYTES) break
      for (const session of yield* Effect.orElseSucceed(sessions.read(file), () => [])) {
        const course = recordedCourse(session, seen)
        if (course === undefined) continue
        courses.push(course)
        lived[lifetimeIn(session)] += course.pauses.length
      }
    }
    if (courses.length === 0) return undefined
    const [own, other]: readonly [Lifetime, Lifetime] =
      lived.hour > lived["five-minutes"] ? ["hour", "five-minutes"] : ["five-minutes", "hour"]
    const lifetime = cheapestLifetime(courses, [own, other])
    return { ttl: lifetime === "hour" ? "1h" : "5m", sessions: courses.length }
  })

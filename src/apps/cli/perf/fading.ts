/** A session replayed as a proxy would lead it, under each way in which old outputs may fade. */
import * as Effect from "effect/Effect"
import { INPUT_RATIOS, type Lifetime, TTL_MS } from "../../../domain/cache-lifetime.ts"
import { LIST_PRICES } from "../../../domain/economics.ts"
import type { FadingChoice } from "../../../domain/fading-shares.ts"
import { FADING_CHOICES } from "../../../domain/fading-shares.ts"
import type { RecordedSession } from "../../../domain/recording.ts"
import { lifetimeIn } from "../../../domain/recorded-course.ts"
import { type CacheTerms, measureSession, type Replay, type SessionMeasure } from "../../../domain/session-measure.ts"
import { estimateTokens, remembering } from "../../../domain/tokens.ts"
import type { Headroom } from "../../../pipeline/headroom.ts"
import type { Originals } from "../../../pipeline/ports/originals.ts"
import { compressing, fading, replaySession } from "../../../pipeline/replay-session.ts"

const FIVE_MINUTES: CacheTerms = { cacheMs: TTL_MS["5m"], prices: LIST_PRICES }
/** A session is replayed with the cache that it had. */
const TERMS: Readonly<Record<Lifetime, CacheTerms>> = {
  "five-minutes": FIVE_MINUTES,
  "keep-warm": FIVE_MINUTES,
  hour: { cacheMs: TTL_MS["1h"], prices: { ...LIST_PRICES, write: INPUT_RATIOS.cacheWriteHour } }
}

const replayed = (
  session: RecordedSession,
  choice: FadingChoice,
  cacheMs: number
): Effect.Effect<Replay, never, Headroom | Originals> => {
  switch (choice) {
    case "visible":
      return replaySession(session, compressing({ mode: "visible" }))
    case "off":
      return replaySession(session, compressing({ mode: "offload" }))
    case "safe":
    case "strong":
      return replaySession(session, fading({ mode: "offload" }, choice, cacheMs))
  }
}

/** The session's measures, one a choice. */
export const fadingsOf = (
  session: RecordedSession
): Effect.Effect<ReadonlyArray<readonly [FadingChoice, SessionMeasure]>, never, Headroom | Originals> => {
  const count = remembering(estimateTokens)
  const terms = TERMS[lifetimeIn(session)]
  return Effect.forEach(FADING_CHOICES, (choice) =>
    Effect.map(
      replayed(session, choice, terms.cacheMs),
      (replay) => [choice, measureSession(replay, count, terms)] as const
    )
  )
}
